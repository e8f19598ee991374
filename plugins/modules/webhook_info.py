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
  - Return all webhooks, or only those that match the given options.
  - Signing secrets are not returned, because Mailtrap shows them only when a webhook is created.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.info
  - community.mailtrap._connection
  - community.mailtrap._identity.secrets
options:
  id:
    description: Return only the webhook with this ID.
    type: int
  url:
    description: Return only webhooks with this URL.
    type: str
  active:
    description:
      - Return only active webhooks, or only inactive webhooks. Mailtrap deactivates a webhook if it repeatedly fails to
        deliver events.
    type: bool
  webhook_type:
    description: Return only webhooks of this type.
    type: str
    choices:
      - email_sending
      - campaigns
      - audit_log
      - inbound_receiving
  sending_stream:
    description: Return only webhooks for this sending stream.
    type: str
    choices:
      - transactional
      - bulk
  domain:
    description:
      - Return only webhooks for the sending domain with this name. Resolving the name takes an additional request.
      - V("") returns only webhooks for all domains.
    type: str
    aliases:
      - sending_domain
  domain_id:
    description:
      - Return only webhooks for the sending domain with this ID. V(0) returns only webhooks for all domains.
    type: int
    aliases:
      - sending_domain_id
  inbound_inbox_id:
    description: Return only webhooks for the inbound inbox with this ID.
    type: int
seealso:
  - module: community.mailtrap.webhook
"""

EXAMPLES = r"""
- name: Find the webhooks that Mailtrap has deactivated
  community.mailtrap.webhook_info:
    active: false
  register: inactive

- name: Activate the webhooks again
  community.mailtrap.webhook:
    id: "{{ item.id }}"
    active: true
  loop: "{{ inactive.webhooks }}"
"""

RETURN = r"""
webhooks:
  description: The matching webhooks, each as returned by M(community.mailtrap.webhook). Empty if there are none.
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
from ansible_collections.community.mailtrap.plugins.module_utils._resources.webhooks import WEBHOOK

OTHERS = ("active", "webhook_type", "sending_stream", "domain", "domain_id", "inbound_inbox_id")
main = info_module(WEBHOOK, pick_field_options(WEBHOOK, *OTHERS))


if __name__ == "__main__":
    main()
