#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: suppression
short_description: Manage the addresses that Mailtrap sends no mail to
version_added: 0.1.0
description:
  - Suppress an address, or many, so that mail to it is rejected, and lift suppressions.
  - A suppression is found by its O(email), and by as much of O(domain) and O(sending_stream) as is given. When several
    are like that, the module changes nothing, and names their ids.
  - Each suppression takes a request, and the service takes ten in a minute. A task with more of them waits as long as
    it has to, and RV(rate_limit_wait) tells how long that was.
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
      - The stream that the address is suppressed on. Required for a new suppression.
      - V(any) is both of them, which only the service makes.
    type: str
    choices:
      - transactional
      - bulk
      - any
  type:
    description:
      - Why the address is suppressed, for a new suppression. It is V(manual import) when not given.
      - A suppression that is there keeps its type.
    type: str
    choices:
      - hard bounce
      - unsubscription
      - spam complaint
      - manual import
  state:
    description:
      - With V(absent), mail is sent to the address again.
notes:
  - The API token must be an admin of the domain.
seealso:
  - module: community.mailtrap.suppression_info
  - module: community.mailtrap.tracking_opt_out
"""

EXAMPLES = r"""
- name: Send no newsletter to an address
  community.mailtrap.suppression:
    email: ann@example.com
    domain: shop.example
    sending_stream: bulk

- name: Take over who has unsubscribed elsewhere
  community.mailtrap.suppression:
    emails: "{{ lookup('file', 'unsubscribed.txt').splitlines() }}"
    domain: shop.example
    sending_stream: bulk
    type: unsubscription

- name: Send mail to an address again whose mailbox was full
  community.mailtrap.suppression:
    email: bob@example.com
    domain: shop.example
    sending_stream: transactional
    state: absent
"""

RETURN = r"""
suppression:
  description: The suppression as the API shows it; V(null) when it is absent.
  returned: success, but for O(emails)
  type: dict
  contains: &suppression
    id:
      description: The id of the suppression; V(null) in check mode when it would be created.
      type: str
      sample: 64d71bf3-1276-417b-86e1-8e66f138acfe
    email:
      description: The address.
      type: str
      sample: ann@example.com
    type:
      description: Why the address is suppressed.
      returned: when the suppression exists, or the option is given
      type: str
      sample: manual import
    sending_stream:
      description: The stream.
      type: str
      sample: bulk
    domain_name:
      description: The name of the domain, empty for all domains.
      type: str
      sample: shop.example
    created_at:
      description: When the address was suppressed.
      returned: when the suppression exists
      type: str
      sample: "2026-01-31T12:00:00Z"
    message_subject:
      description: The subject of the mail that led to the suppression; nine more keys tell more of it. Empty for none.
      returned: when the suppression exists
      type: str
      sample: Your order
emails:
  description:
    - What became of each address, in the order in which they were given, each of them once.
    - After a failure, what had become of those that were done before.
  returned: with O(emails)
  type: list
  elements: dict
  contains:
    email:
      description: The address, as it was given.
      type: str
      sample: ann@example.com
    changed:
      description: Whether anything was changed.
      type: bool
      sample: true
    suppression:
      description: Its suppression, or V(null).
      type: dict
      contains: *suppression
rate_limit_wait:
  description: How long the task waited because of the service's limits, in seconds.
  returned: with O(emails)
  type: float
  sample: 120.3
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import SUPPRESSION

main = state_module(SUPPRESSION)


if __name__ == "__main__":
    main()
