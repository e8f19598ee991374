#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webhook_info
short_description: List Mailtrap webhooks
version_added: 0.1.0
description:
  - Return all of them, those that are as described, or the one with an id.
  - The user, password and query values in their URLs are masked, unless O(reveal_secrets=true).
  - Signing secrets are never among what is returned, since the service does not show them.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
options:
  id:
    description: The id of the only one to return.
    type: int
  url:
    description: Where those to return post to.
    type: str
  active:
    description: Whether those to return are switched on. The service switches off those that it could not deliver to.
    type: bool
  webhook_type:
    description: What those to return tell of.
    type: str
    choices:
      - email_sending
      - campaigns
      - audit_log
      - inbound_receiving
  sending_stream:
    description: The stream that those to return tell of.
    type: str
    choices:
      - transactional
      - bulk
  domain:
    description:
      - The name of the sending domain that those to return tell of, and of no other. It is looked up, which costs a
        request. V("") is for those that tell of all domains.
    type: str
    aliases:
      - sending_domain
  domain_id:
    description: The id of that sending domain, V(0) for all domains.
    type: int
    aliases:
      - sending_domain_id
  inbound_inbox_id:
    description: The id of the inbound inbox that those to return tell of.
    type: int
seealso:
  - module: community.mailtrap.webhook
"""

EXAMPLES = r"""
- name: Find the webhooks that the service has switched off
  community.mailtrap.webhook_info:
    active: false
  register: paused

- name: Switch them on again
  community.mailtrap.webhook:
    id: "{{ item.id }}"
    active: true
  loop: "{{ paused.webhooks }}"
"""

RETURN = r"""
webhooks:
  description: What was found, each as M(community.mailtrap.webhook) returns it; empty when there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 3001
      url: https://hooks.shop.example/mailtrap
      active: false
      webhook_type: email_sending
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.argspec import pick_field_options
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import info_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import WEBHOOK

OTHERS = ("active", "webhook_type", "sending_stream", "domain", "domain_id", "inbound_inbox_id")
main = info_module(WEBHOOK, pick_field_options(WEBHOOK, *OTHERS))


if __name__ == "__main__":
    main()
