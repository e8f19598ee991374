#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_template
short_description: Manage Mailtrap email templates
version_added: 0.1.0
description:
  - Create, update, and delete email templates. A message that is sent from a template fills in its variables.
  - Several templates can have the same name. If O(name) matches more than one, the task fails, changes nothing, and
    lists the IDs.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
options:
  name:
    description:
      - The name of the template, up to 255 characters.
      - Required unless O(id) is given.
      - With O(id), this is the new name.
    type: str
  category:
    description:
      - The category of messages that are sent from the template, up to 255 characters. It groups messages in
        statistics.
      - Required to create a template.
    type: str
  subject:
    description:
      - The subject of the message, up to 255 characters.
      - Required to create a template.
    type: str
  body_html:
    description:
      - The HTML body of the message. V("") clears it.
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
  state:
    description:
      - V(present) creates the template if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the template. Requests that send mail with its UUID then fail.
seealso:
  - module: community.mailtrap.email_template_info
  - module: community.mailtrap.notify
"""

EXAMPLES = r"""
- name: Create a template with bodies from files
  community.mailtrap.email_template:
    name: Deployment report
    category: deployment
    subject: "{{ '{{' }} version {{ '}}' }} is live"
    body_html_src: report.html
    body_text_src: report.txt

- name: Delete the template
  community.mailtrap.email_template:
    name: Deployment report
    state: absent
"""

RETURN = r"""
email_template:
  description: The template as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the template. V(null) in check mode if the template would be created.
      type: int
      sample: 40123
    uuid:
      description: The UUID of the template. Requests that send mail select the template by its UUID.
      returned: when the template exists
      type: str
      sample: b81aabcd-1a1e-41cf-91b6-eca0254b3d96
    name:
      description: The name of the template.
      type: str
      sample: Deployment report
    category:
      description: The category of messages that are sent from the template.
      type: str
      sample: deployment
    subject:
      description: The subject of the message.
      type: str
      sample: The shop is live
    body_html:
      description: The HTML body of the message. V(null) if there is none.
      type: str
      sample: <p>Live</p>
    body_text:
      description: The plain-text body of the message. V(null) if there is none.
      type: str
      sample: Live
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.email_templates import EMAIL_TEMPLATE

main = state_module(EMAIL_TEMPLATE)


if __name__ == "__main__":
    main()
