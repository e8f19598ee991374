# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sandbox_credentials
short_description: Read the SMTP credentials of a Mailtrap sandbox
version_added: 0.1.0
description:
  - Return what an application needs to send mail into a sandbox. This is the SMTP host, its port, the user name, the
    password, and the e-mail address of the sandbox.
  - One request reads the credentials of any number of sandboxes.
  - Ansible evaluates a variable each time it is used. If a variable with this lookup is used often, store its value
    with M(ansible.builtin.set_fact).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._connection
  - community.mailtrap._connection.plugin
options:
  _terms:
    description:
      - The sandboxes. A string is the name of a sandbox, and a number is its id.
    type: list
    elements: raw
    required: true
  project:
    description: The name of the project of the sandboxes. Required if the name of a sandbox is not unique.
    type: str
  project_id:
    description: The id of the project of the sandboxes. Required if the name of a sandbox is not unique.
    type: int
notes:
  - The lookup reads environment variables of the controller. The C(environment) keyword of a task does not affect
    lookups.
  - The API token needs admin access to the sandbox. The service does not return the password to other tokens.
  - Set C(no_log=true) for a task if its output would contain the password.
seealso:
  - module: community.mailtrap.sandbox
  - module: community.mailtrap.sandbox_credentials
"""

EXAMPLES = r"""
- name: Write the SMTP credentials to the configuration of an application
  ansible.builtin.template:
    src: mail.env.j2
    dest: /etc/shop/mail.env
    mode: "0600"
  vars:
    smtp: "{{ lookup('community.mailtrap.sandbox_credentials', 'Staging', project='Shop') }}"
  no_log: true

- name: Send a message into the sandbox by SMTP
  community.general.mail:
    host: "{{ smtp.host }}"
    port: "{{ smtp.port }}"
    username: "{{ smtp.username }}"
    password: "{{ smtp.password }}"
    sender: shop@example.com
    to: karl@example.com
    subject: Your order
  vars:
    smtp: "{{ lookup('community.mailtrap.sandbox_credentials', 4310001) }}"
"""

RETURN = r"""
_list:
  description: The credentials of each sandbox, in the order of the terms.
  type: list
  elements: dict
  contains:
    host:
      description: The SMTP host.
      type: str
      sample: sandbox.smtp.mailtrap.io
    port:
      description: The last of RV(_list[].ports), which networks block least often.
      type: int
      sample: 2525
    ports:
      description: All ports of the SMTP host.
      type: list
      elements: int
      sample: [25, 465, 587, 2525]
    username:
      description: The user name for SMTP.
      type: str
    password:
      description: The password for SMTP.
      type: str
    email:
      description: The e-mail address of the sandbox, or V(null) if the sandbox does not receive mail by address.
      type: str
      sample: shopstaging-1a2b3c@inbox.mailtrap.io
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_credentials import read_credentials
from ansible_collections.community.mailtrap.plugins.plugin_utils._connection import client_of, connection_variables


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        """Return the credentials of the sandboxes that the terms name."""
        self.set_options(var_options=connection_variables(self, variables), direct=kwargs)
        project_options = {name: self.get_option(name) for name in ("project", "project_id")}
        try:
            return read_credentials(client_of(self), self._flatten(terms), project_options)
        except MailtrapError as error:
            raise AnsibleLookupError(str(error)) from None
