#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webhook
short_description: Manage Mailtrap webhooks
version_added: 0.1.0
description:
  - Create, change and delete a webhook, by which the service tells a program of yours what happens.
  - A webhook is found by its O(url), and by as much of O(webhook_type), O(sending_stream), O(domain) and
    O(inbound_inbox_id) as is given. When several are like that, the module changes nothing, and names their ids.
  - The user, password and query values in a URL are taken for secrets. They are masked in messages, differences, logs
    and results.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
  - community.mailtrap._identity.secrets
  - community.mailtrap._identity.dest
  - community.mailtrap._identity.recreate
options:
  url:
    description:
      - Where the service posts to. It uses ports 80 and 443 only.
      - Required unless O(id) is given.
    type: str
  webhook_type:
    description:
      - What the webhook tells of. Required for a new one; another type takes a new one, see O(recreate).
    type: str
    choices:
      email_sending: What becomes of mail. It needs O(event_types) and O(sending_stream).
      campaigns: What becomes of the mail of campaigns. It needs O(event_types).
      audit_log: What people and API tokens do in the account.
      inbound_receiving: Mail that arrives in inbound inboxes.
  active:
    description:
      - Whether the service posts. It does, for a new webhook.
      - The service switches off a webhook that has refused everything for hours. With V(true) it is switched on again,
        and a warning says so, in check mode too.
    type: bool
  payload_format:
    description:
      - Whether events come as one JSON document, which is so for a new webhook, or one JSON document on each line.
    type: str
    choices:
      - json
      - jsonlines
  sending_stream:
    description:
      - Whose mail the webhook tells of, for O(webhook_type=email_sending). Another one takes a new webhook, see
        O(recreate).
    type: str
    choices:
      - transactional
      - bulk
  domain:
    description:
      - The name of the sending domain that the webhook tells of, for mail and campaigns. It is looked up, which costs a
        request.
      - V("") is for a webhook that tells of all domains, as a new one does when this is not given. Another domain takes
        a new webhook, see O(recreate).
    type: str
    aliases:
      - sending_domain
  domain_id:
    description: The id of the sending domain, V(0) for all domains.
    type: int
    aliases:
      - sending_domain_id
  inbound_inbox_id:
    description:
      - The id of the inbound inbox that the webhook tells of, for O(webhook_type=inbound_receiving).
      - V(0) is for a webhook that tells of all inboxes, as a new one does when this is not given.
      - With O(id) it can be changed.
    type: int
  event_types:
    description:
      - The events that the webhook tells of, in any order. V(delivery), V(soft_bounce), V(bounce), V(suspension),
        V(unsubscribe), V(open), V(spam_complaint), V(click) and V(reject).
      - In what the service posts, C(soft_bounce) is called C(soft bounce), and C(spam_complaint) is called C(spam).
    type: list
    elements: str
  recreate:
    description:
      - Whether a new webhook may take the place of one that the service cannot change as it is asked to.
      - The new one has another id and another signing secret. It is made before the old one is deleted.
notes:
  - The signing secret of a new webhook is returned once, or written to O(dest), and never again.
seealso:
  - module: community.mailtrap.webhook_info
"""

EXAMPLES = r"""
- name: Have a webhook for mail that does not arrive, and keep its signing secret
  community.mailtrap.webhook:
    url: https://hooks.shop.example/mailtrap
    webhook_type: email_sending
    sending_stream: transactional
    domain: shop.example
    event_types:
      - bounce
      - spam_complaint
      - reject
    active: true
    dest: signing_secret

- name: Have a webhook for what is done in the account, with a password
  community.mailtrap.webhook:
    url: "https://mailtrap:{{ hook_password }}@hooks.shop.example/audit"
    webhook_type: audit_log
  register: audit
  no_log: true

- name: Have no webhook for what is done in the account
  community.mailtrap.webhook:
    url: "https://mailtrap:{{ hook_password }}@hooks.shop.example/audit"
    webhook_type: audit_log
    state: absent
"""

RETURN = r"""
webhook:
  description: The webhook as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the webhook; V(null) in check mode when it would be created.
      type: int
      sample: 3001
    url:
      description: Where the service posts to, with secrets masked unless O(reveal_secrets=true).
      type: str
      sample: https://***@hooks.shop.example/mailtrap
    active:
      description: Whether the service posts.
      returned: when the webhook exists, or the option is given
      type: bool
      sample: true
    webhook_type:
      description: What the webhook tells of.
      type: str
      sample: email_sending
    payload_format:
      description: How events come.
      returned: when the webhook exists, or the option is given
      type: str
      sample: json
    sending_stream:
      description: Whose mail the webhook tells of, or V(null).
      returned: when the webhook exists, or the option is given
      type: str
      sample: transactional
    domain_id:
      description: The id of the sending domain, or V(null) for all.
      returned: when the webhook exists, or the option is given
      type: int
      sample: 435
    inbound_inbox_id:
      description: The id of the inbound inbox, or V(null) for all.
      returned: when the webhook is for inbound mail
      type: int
      sample: 513
    event_types:
      description: The events that the webhook tells of.
      returned: when the webhook exists, or the option is given
      type: list
      elements: str
      sample:
        - bounce
        - reject
    signing_secret:
      description: The secret by which the signature of what is posted can be checked.
      returned: when the webhook was created, and O(dest) is not given
      type: str
      sample: 8d9a3c0e7f5b2d4a6c1e9f8b3a7d5c2e
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import WEBHOOK

main = state_module(WEBHOOK)


if __name__ == "__main__":
    main()
