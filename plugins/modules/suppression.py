#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: suppression
short_description: Manage Mailtrap suppressions
version_added: 0.1.0
description:
  - Create and delete suppressions. Mailtrap rejects mail to a suppressed email address.
  - The module selects a suppression by its O(email), and by O(domain) and O(sending_stream) if they are given. If more
    than one suppression matches, the task fails, changes nothing, and lists the IDs.
  - Each change takes a request, and Mailtrap accepts ten of these requests per minute. The module waits as long as
    necessary and returns the waiting time as RV(rate_limit_wait).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.addresses
  - community.mailtrap._identity.state
options:
  sending_stream:
    description:
      - The sending stream on which the address is suppressed. Required to create a suppression.
      - V(any) selects suppressions that apply to both streams. Only Mailtrap itself creates such suppressions.
    type: str
    choices:
      - transactional
      - bulk
      - any
  type:
    description:
      - The reason for a new suppression. If not set, Mailtrap uses V(manual import).
      - The type of an existing suppression is neither compared nor changed.
    type: str
    choices:
      - hard bounce
      - unsubscription
      - spam complaint
      - manual import
  state:
    description:
      - V(present) creates the suppression if it does not exist.
      - V(absent) deletes the suppression, so that mail is sent to the address again.
notes:
  - The API token needs admin access to the sending domain.
seealso:
  - module: community.mailtrap.suppression_info
  - module: community.mailtrap.tracking_opt_out
"""

EXAMPLES = r"""
- name: Suppress bulk mail to an address
  community.mailtrap.suppression:
    email: ann@example.com
    domain: shop.example
    sending_stream: bulk

- name: Import addresses that have unsubscribed from another service
  community.mailtrap.suppression:
    emails: "{{ lookup('file', 'unsubscribed.txt').splitlines() }}"
    domain: shop.example
    sending_stream: bulk
    type: unsubscription

- name: Delete the suppression of an address
  community.mailtrap.suppression:
    email: bob@example.com
    domain: shop.example
    sending_stream: transactional
    state: absent
"""

RETURN = r"""
suppression:
  description: The suppression as returned by the API. V(null) with O(state=absent).
  returned: success, unless O(emails) is given
  type: dict
  contains: &suppression
    id:
      description: The ID of the suppression. V(null) in check mode if the suppression would be created.
      type: str
      sample: 64d71bf3-1276-417b-86e1-8e66f138acfe
    email:
      description: The suppressed email address.
      type: str
      sample: ann@example.com
    type:
      description: The reason for the suppression.
      returned: when the suppression exists or the option is given
      type: str
      sample: manual import
    sending_stream:
      description: The sending stream on which the address is suppressed.
      type: str
      sample: bulk
    domain_name:
      description: The name of the sending domain. Empty if the suppression applies to all domains.
      type: str
      sample: shop.example
    created_at:
      description: The time at which the suppression was created.
      returned: when the suppression exists
      type: str
      sample: "2026-01-31T12:00:00Z"
    message_subject:
      description:
        - The subject of the message that caused the suppression. Empty if no message caused it.
        - Nine more keys that start with C(message_) describe this message.
      returned: when the suppression exists
      type: str
      sample: Your order
emails:
  description:
    - The result for each address, in the order of O(emails), without duplicates.
    - If the task fails, the list contains the addresses that were processed before the failure.
  returned: when O(emails) is given
  type: list
  elements: dict
  contains:
    email:
      description: The email address as given.
      type: str
      sample: ann@example.com
    changed:
      description: Whether the module changed anything for this address.
      type: bool
      sample: true
    suppression:
      description: The suppression of this address. V(null) with O(state=absent).
      type: dict
      contains: *suppression
rate_limit_wait:
  description: The number of seconds that the task waited because of rate limits.
  returned: when O(emails) is given
  type: float
  sample: 120.3
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.suppressions import SUPPRESSION

main = state_module(SUPPRESSION)


if __name__ == "__main__":
    main()
