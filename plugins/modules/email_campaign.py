#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_campaign
short_description: Manage drafts of Mailtrap email campaigns
version_added: 0.1.0
description:
  - Create, update, and delete drafts of email campaigns. A campaign sends a message to the contacts on contact lists.
  - Only drafts can be changed or deleted. If a scheduled or started campaign differs from the given options, the task
    fails.
  - This module does not send mail. Use M(community.mailtrap.email_campaign_action) to start or schedule a campaign.
  - Several campaigns can have the same name. If O(name) matches more than one, the task fails, changes nothing, and
    lists the IDs.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
  - community.mailtrap._identity.domain
options:
  name:
    description:
      - The name of the campaign. Recipients do not see it.
      - Required unless O(id) is given.
      - With O(id), this is the new name.
    type: str
  domain:
    description:
      - The name of the sending domain. Resolving the name takes an additional request.
      - Either this or O(domain_id) is required to create a campaign.
  domain_id:
    description: The ID of the sending domain.
  from_local_part:
    description:
      - The part of the sender address before the C(@). The sending domain follows it.
      - Required to create a campaign.
    type: str
  from_display_name:
    description: The display name of the sender.
    type: str
  reply_to:
    description:
      - The address that replies go to. The given value replaces the current address. V({}) clears it.
    type: dict
    suboptions:
      display_name:
        description: The display name.
        type: str
      local_part:
        description: The part of the address before the C(@).
        type: str
      domain:
        description: The part of the address after the C(@).
        type: str
  subject:
    description:
      - The subject of the message, up to 255 characters.
      - Required to create a campaign.
    type: str
  body_html:
    description:
      - The HTML body of the message. V("") clears it. A campaign cannot be started or scheduled without it.
      - Line breaks at the end are ignored when values are compared.
    type: str
  body_text:
    description:
      - The plain-text body of the message. V("") clears it.
      - Line breaks at the end are ignored when values are compared.
    type: str
  body_html_src:
    description:
      - A UTF-8 file that contains the HTML body. Mutually exclusive with O(body_html).
      - The file is read on the controller. It is searched for in the same directories as the C(src) of
        M(ansible.builtin.copy).
    type: path
  body_text_src:
    description:
      - A UTF-8 file that contains the plain-text body. Mutually exclusive with O(body_text).
      - The file is read on the controller. It is searched for in the same directories as the C(src) of
        M(ansible.builtin.copy).
    type: path
  merge_tags:
    description:
      - The merge tags of contact fields that the message uses. The list replaces the current list. Order does not
        matter.
    type: list
    elements: str
  delivery_mode:
    description:
      - V(rapid) sends all messages as soon as possible. V(gradual) limits the number of messages per hour.
    type: str
    choices:
      - rapid
      - gradual
  emails_per_hour:
    description: The maximum number of messages per hour with O(delivery_mode=gradual), up to 150,000.
    type: int
  contact_lists:
    description:
      - The names of the contact lists that receive the message. They replace the current lists. V([]) removes all
        lists.
      - Can be combined with O(contact_list_ids). If neither is given, the lists do not change.
      - Resolving names takes an additional request.
    type: list
    elements: str
  contact_list_ids:
    description:
      - The IDs of the contact lists that receive the message. They replace the current lists. V([]) removes all lists.
      - Can be combined with O(contact_lists). If neither is given, the lists do not change.
    type: list
    elements: int
  contact_segment_ids:
    description:
      - The IDs of the contact segments that receive the message. They replace the current segments. V([]) removes all
        segments.
    type: list
    elements: int
  state:
    description:
      - V(present) creates the draft if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the draft. The task fails if the campaign is no longer a draft.
seealso:
  - module: community.mailtrap.email_campaign_info
  - module: community.mailtrap.email_campaign_action
  - module: community.mailtrap.contact_list
"""

EXAMPLES = r"""
- name: Create a campaign draft with bodies from files
  community.mailtrap.email_campaign:
    name: Spring sale
    domain: shop.example
    from_local_part: news
    from_display_name: The shop
    subject: Everything must go
    body_html_src: report.html
    body_text_src: report.txt
    contact_lists:
      - Customers

- name: Limit the campaign to 1000 messages per hour
  community.mailtrap.email_campaign:
    name: Spring sale
    delivery_mode: gradual
    emails_per_hour: 1000

- name: Delete the campaign draft
  community.mailtrap.email_campaign:
    name: Spring sale
    state: absent
"""

RETURN = r"""
email_campaign:
  description: The campaign as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the campaign. V(null) in check mode if the campaign would be created.
      type: int
      sample: 37001
    name:
      description: The name of the campaign.
      type: str
      sample: Spring sale
    current_state:
      description:
        - The state of the campaign. One of V(draft), V(scheduled), V(started), V(queued), V(paused), V(terminating),
          V(under_review), V(finished), V(failed), and V(failed_immediately).
      returned: when the campaign exists
      type: str
      sample: draft
    domain_id:
      description: The ID of the sending domain.
      type: int
      sample: 435
    template:
      description:
        - The message. It contains C(subject) and C(merge_tags), and also C(body_html) and C(body_text) if the module
          has read or written them.
      type: dict
      sample:
        id: 61001
        subject: Everything must go
        merge_tags: []
    contact_list_ids:
      description: The IDs of the contact lists that receive the message.
      type: list
      elements: int
      sample:
        - 1
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.email_campaigns import EMAIL_CAMPAIGN

main = state_module(EMAIL_CAMPAIGN)


if __name__ == "__main__":
    main()
