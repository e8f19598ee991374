# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sandbox_credentials
short_description: Get the SMTP credentials of a Mailtrap sandbox
version_added: 0.1.0
description:
  - Return what an application needs to send its mail into a sandbox, host, port, user name and password, and the e-mail
    address of the sandbox.
  - Any number of sandboxes takes one request. Ansible evaluates a variable whenever it is used, so have a lookup
    that is used often evaluated once, by M(ansible.builtin.set_fact).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._connection
  - community.mailtrap._connection.plugin
options:
  _terms:
    description:
      - The sandboxes. A text is the name of one, a number is its id.
    type: list
    elements: raw
    required: true
  project:
    description: The name of the project of the sandboxes, where their names alone are not unique.
    type: str
  project_id:
    description: The id of the project of the sandboxes, where their names alone are not unique.
    type: int
notes:
  - What is read from the environment is read from that of the controller; the C(environment) of a task does not reach
    lookups.
  - The API token must be an admin of the sandbox. Others are not shown the password.
  - Set C(no_log=true) for a task that would show the password.
seealso:
  - module: community.mailtrap.sandbox
  - module: community.mailtrap.sandbox_credentials
"""

EXAMPLES = r"""
- name: Have the application send its mail into a sandbox
  ansible.builtin.template:
    src: mail.env.j2
    dest: /etc/shop/mail.env
    mode: "0600"
  vars:
    smtp: "{{ lookup('community.mailtrap.sandbox_credentials', 'Staging', project='Shop') }}"
  no_log: true

- name: Send a mail into a sandbox by SMTP
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
  description: The credentials of each sandbox, in the order in which they were asked for.
  type: list
  elements: dict
  contains:
    host:
      description: The SMTP host.
      type: str
      sample: sandbox.smtp.mailtrap.io
    port:
      description: The port that networks block least often, the last of RV(_list[].ports).
      type: int
      sample: 2525
    ports:
      description: All ports of the SMTP host.
      type: list
      elements: int
      sample: [25, 465, 587, 2525]
    username:
      description: The user name.
      type: str
    password:
      description: The password.
      type: str
    email:
      description: The address at which the sandbox receives mail; V(null) when it does not.
      type: str
      sample: shopstaging-1a2b3c@inbox.mailtrap.io
"""

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_credentials import read_credentials
from ansible_collections.community.mailtrap.plugins.plugin_utils._connection import client_of, connection_variables


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=connection_variables(self, variables), direct=kwargs)
        place = {name: self.get_option(name) for name in ("project", "project_id")}
        try:
            return read_credentials(client_of(self), self._flatten(terms), place)
        except MailtrapError as error:
            raise AnsibleLookupError(str(error)) from None
