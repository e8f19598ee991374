#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: email_template
short_description: Manage e-mail templates of Mailtrap
version_added: 0.1.0
description:
  - Create, change and delete a template, from which mail is sent with variables filled in.
  - A template is found by its name. Mailtrap lets several templates share a name; the module then changes nothing, and
    names their ids.
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
    type: str
  category:
    description:
      - The category under which the service counts its mail, up to 255 characters.
      - Required for a new template.
    type: str
  subject:
    description:
      - The subject, up to 255 characters.
      - Required for a new template.
    type: str
  body_html:
    description:
      - The HTML of the message. V("") clears it.
      - Line breaks at the end make no difference.
    type: str
  body_text:
    description:
      - The plain text of the message. V("") clears it.
      - Line breaks at the end make no difference.
    type: str
  body_html_src:
    description:
      - A file with the HTML of the message, in UTF-8, instead of O(body_html).
      - It is looked for on the controller, as M(ansible.builtin.copy) looks for its C(src).
    type: path
  body_text_src:
    description:
      - A file with the plain text of the message, in UTF-8, instead of O(body_text).
      - It is looked for on the controller, as M(ansible.builtin.copy) looks for its C(src).
    type: path
  state:
    description:
      - With V(absent), the template is gone, and mail that names its UUID can no longer be sent.
seealso:
  - module: community.mailtrap.email_template_info
  - module: community.mailtrap.notify
"""

EXAMPLES = r"""
- name: Have a template whose bodies are in files
  community.mailtrap.email_template:
    name: Deployment report
    category: deployment
    subject: "{{ '{{' }} version {{ '}}' }} is live"
    body_html_src: report.html
    body_text_src: report.txt

- name: Have no such template
  community.mailtrap.email_template:
    name: Deployment report
    state: absent
"""

RETURN = r"""
email_template:
  description: The template as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the template; V(null) in check mode when it would be created.
      type: int
      sample: 40123
    uuid:
      description: The UUID by which mail is sent from it.
      returned: when the template exists
      type: str
      sample: b81aabcd-1a1e-41cf-91b6-eca0254b3d96
    name:
      description: The name.
      type: str
      sample: Deployment report
    category:
      description: The category.
      type: str
      sample: deployment
    subject:
      description: The subject.
      type: str
      sample: The shop is live
    body_html:
      description: The HTML, or V(null).
      type: str
      sample: <p>Live</p>
    body_text:
      description: The plain text, or V(null).
      type: str
      sample: Live
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import EMAIL_TEMPLATE

main = state_module(EMAIL_TEMPLATE)


if __name__ == "__main__":
    main()
