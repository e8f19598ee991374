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
  - Create, change and delete a campaign, a mail to the contacts on lists, as long as it is a draft.
  - Once it is scheduled or started, the service changes it no more. The task then fails, unless all of it is as it
    should be already.
  - Nothing is sent. That is for M(community.mailtrap.email_campaign_action).
  - A campaign is found by its name. Mailtrap lets several campaigns share a name; the module then changes nothing, and
    names their ids.
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
      - The name of the campaign, which recipients do not see.
      - Required unless O(id) is given.
    type: str
  domain:
    description:
      - The name of the sending domain from which it is sent. It is looked up, which costs a request.
      - This or O(domain_id) is required for a new campaign.
  domain_id:
    description: The id of that domain.
  from_local_part:
    description:
      - What is before the C(@) in the address of the sender.
      - Required for a new campaign.
    type: str
  from_display_name:
    description: The name of the sender.
    type: str
  reply_to:
    description:
      - Where answers go. It is replaced whole; an empty dictionary clears it.
    type: dict
    suboptions:
      display_name:
        description: The name.
        type: str
      local_part:
        description: What is before the C(@) in the address.
        type: str
      domain:
        description: What is after it.
        type: str
  subject:
    description:
      - The subject, up to 255 characters.
      - Required for a new campaign.
    type: str
  body_html:
    description:
      - The HTML of the mail. It is needed before the campaign can be sent. V("") clears it.
      - Line breaks at the end make no difference.
    type: str
  body_text:
    description:
      - The plain text of the mail. V("") clears it.
      - Line breaks at the end make no difference.
    type: str
  body_html_src:
    description:
      - A file with the HTML, in UTF-8, instead of O(body_html).
      - It is looked for on the controller, as M(ansible.builtin.copy) looks for its C(src).
    type: path
  body_text_src:
    description:
      - A file with the plain text, in UTF-8, instead of O(body_text).
      - It is looked for on the controller, as M(ansible.builtin.copy) looks for its C(src).
    type: path
  merge_tags:
    description: The merge tags of contacts that the mail uses, in any order. The list is replaced whole.
    type: list
    elements: str
  delivery_mode:
    description: Whether all mail is sent as soon as possible, or so much an hour.
    type: str
    choices:
      - rapid
      - gradual
  emails_per_hour:
    description: How much mail is sent in an hour with O(delivery_mode=gradual), up to 150,000.
    type: int
  contact_lists:
    description:
      - The names of all lists whose contacts get the mail. They are looked up, which costs a request.
      - Together with O(contact_list_ids), the lists of both count. An empty list clears them.
    type: list
    elements: str
  contact_list_ids:
    description: As O(contact_lists), by the ids of the lists.
    type: list
    elements: int
  contact_segment_ids:
    description: The ids of all segments whose contacts get the mail. An empty list clears them.
    type: list
    elements: int
  state:
    description:
      - With V(absent), the draft is gone. A campaign that has been started cannot be deleted.
seealso:
  - module: community.mailtrap.email_campaign_info
  - module: community.mailtrap.email_campaign_action
  - module: community.mailtrap.contact_list
"""

EXAMPLES = r"""
- name: Have a draft whose bodies are in files
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

- name: Send it slowly
  community.mailtrap.email_campaign:
    name: Spring sale
    delivery_mode: gradual
    emails_per_hour: 1000

- name: Have no such draft
  community.mailtrap.email_campaign:
    name: Spring sale
    state: absent
"""

RETURN = r"""
email_campaign:
  description: The campaign as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the campaign; V(null) in check mode when it would be created.
      type: int
      sample: 37001
    name:
      description: The name.
      type: str
      sample: Spring sale
    current_state:
      description:
        - V(draft), V(scheduled), V(started), V(queued), V(paused), V(terminating), V(under_review), V(finished),
          V(failed) or V(failed_immediately).
      returned: when the campaign exists
      type: str
      sample: draft
    domain_id:
      description: The id of the sending domain.
      type: int
      sample: 435
    template:
      description:
        - C(subject) and C(merge_tags), with C(body_html) and C(body_text) where the module has read or written them.
      type: dict
      sample:
        id: 61001
        subject: Everything must go
        merge_tags: []
    contact_list_ids:
      description: The ids of the lists.
      type: list
      elements: int
      sample:
        - 1
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import EMAIL_CAMPAIGN

main = state_module(EMAIL_CAMPAIGN)


if __name__ == "__main__":
    main()
