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
  - Create, update, and delete webhooks. Mailtrap posts events to the URL of a webhook.
  - The module selects a webhook by its O(url), and by O(webhook_type), O(sending_stream), O(domain), and
    O(inbound_inbox_id) if they are given. If more than one webhook matches, the task fails, changes nothing, and lists
    the IDs.
  - The user, password, and query values in a URL are treated as secrets. They are masked in messages, diffs, logs, and
    results.
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
      - The URL that Mailtrap posts events to. Mailtrap only connects to the ports 80 and 443.
      - Required unless O(id) is given.
      - With O(id), this is the new URL.
    type: str
  webhook_type:
    description:
      - The type of events that the webhook receives.
      - Required to create a webhook. Changing it requires O(recreate=true).
    type: str
    choices:
      email_sending: Events of sent messages. Requires O(event_types) and O(sending_stream).
      campaigns: Events of campaign messages. Requires O(event_types).
      audit_log: Actions of users and API tokens in the account.
      inbound_receiving: Messages that arrive in inbound inboxes.
  active:
    description:
      - Whether Mailtrap posts events. Mailtrap activates new webhooks.
      - Mailtrap deactivates a webhook if it cannot deliver events for several hours. With V(true), the module activates
        it again and issues a warning, in check mode too.
    type: bool
  payload_format:
    description:
      - Whether Mailtrap posts events as a single JSON document or as one JSON document per line. New webhooks use
        V(json).
    type: str
    choices:
      - json
      - jsonlines
  sending_stream:
    description:
      - The sending stream whose events the webhook receives.
      - Required to create a webhook with O(webhook_type=email_sending). Changing it requires O(recreate=true).
    type: str
    choices:
      - transactional
      - bulk
  domain:
    description:
      - The name of the sending domain whose events the webhook receives.
      - Resolving the name takes an additional request.
      - V("") means all domains. This is the default of a new webhook.
      - Only valid with O(webhook_type=email_sending) and O(webhook_type=campaigns). Changing it requires
        O(recreate=true).
    type: str
    aliases:
      - sending_domain
  domain_id:
    description: The ID of the sending domain whose events the webhook receives. V(0) means all domains.
    type: int
    aliases:
      - sending_domain_id
  inbound_inbox_id:
    description:
      - The ID of the inbound inbox whose messages the webhook receives.
      - V(0) means all inbound inboxes. This is the default of a new webhook.
      - Only valid with O(webhook_type=inbound_receiving). To change it, select the webhook by O(id).
    type: int
  event_types:
    description:
      - The events that the webhook receives. The list replaces the current list. Order does not matter.
      - Possible values are V(delivery), V(soft_bounce), V(bounce), V(suspension), V(unsubscribe), V(open),
        V(spam_complaint), V(click), and V(reject).
      - In posted events, Mailtrap writes C(soft bounce) instead of V(soft_bounce), and C(spam) instead of
        V(spam_complaint).
    type: list
    elements: str
  state:
    description:
      - V(present) creates the webhook if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the webhook.
  recreate:
    description:
      - Whether to replace an existing webhook if an option differs that Mailtrap cannot change. The module creates the
        new webhook before it deletes the old one.
      - The new webhook has another ID and another signing secret.
      - With V(false), the task fails instead and changes nothing.
notes:
  - Mailtrap returns the signing secret only once, when the webhook is created. Write it to O(dest), or register the
    result with C(no_log=true).
seealso:
  - module: community.mailtrap.webhook_info
"""

EXAMPLES = r"""
- name: Create a webhook for undelivered mail and write its signing secret to a file
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

- name: Create a webhook for the audit log, with a password in its URL
  community.mailtrap.webhook:
    url: "https://mailtrap:{{ hook_password }}@hooks.shop.example/audit"
    webhook_type: audit_log
  register: audit
  no_log: true

- name: Delete the webhook for the audit log
  community.mailtrap.webhook:
    url: "https://mailtrap:{{ hook_password }}@hooks.shop.example/audit"
    webhook_type: audit_log
    state: absent
"""

RETURN = r"""
webhook:
  description: The webhook as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the webhook. V(null) in check mode if the webhook would be created.
      type: int
      sample: 3001
    url:
      description: The URL that Mailtrap posts events to. Secrets are masked unless O(reveal_secrets=true).
      type: str
      sample: https://***@hooks.shop.example/mailtrap
    active:
      description: Whether Mailtrap posts events.
      returned: when the webhook exists or the option is given
      type: bool
      sample: true
    webhook_type:
      description: The type of events that the webhook receives.
      type: str
      sample: email_sending
    payload_format:
      description: The format of the posted events.
      returned: when the webhook exists or the option is given
      type: str
      sample: json
    sending_stream:
      description: The sending stream whose events the webhook receives. V(null) if the type has no stream.
      returned: when the webhook exists or the option is given
      type: str
      sample: transactional
    domain_id:
      description: The ID of the sending domain whose events the webhook receives. V(null) means all domains.
      returned: when the webhook exists or the option is given
      type: int
      sample: 435
    inbound_inbox_id:
      description: The ID of the inbound inbox whose messages the webhook receives. V(null) means all inboxes.
      returned: when RV(webhook.webhook_type) is V(inbound_receiving)
      type: int
      sample: 513
    event_types:
      description: The events that the webhook receives.
      returned: when the webhook exists or the option is given
      type: list
      elements: str
      sample:
        - bounce
        - reject
    signing_secret:
      description: The secret that verifies the signature of posted events.
      returned: when the webhook was created and O(dest) is not given
      type: str
      sample: 8d9a3c0e7f5b2d4a6c1e9f8b3a7d5c2e
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.webhooks import WEBHOOK

main = state_module(WEBHOOK)


if __name__ == "__main__":
    main()
