#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox
short_description: Manage Mailtrap sandboxes
version_added: 0.1.0
description:
  - Create, update, and delete sandboxes. A sandbox captures the mail of an application under test. Mailtrap formerly
    called it an inbox.
  - Several sandboxes can have the same name. If O(name), together with the project if given, matches more than one, the
    task fails, changes nothing, and lists the IDs.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._identity.state
  - community.mailtrap._identity.secrets
options:
  name:
    description:
      - The name of the sandbox.
      - Required unless O(id) is given.
      - With O(id), this is the new name.
    type: str
  project:
    description:
      - The name of the project that contains the sandbox.
      - Either this or O(project_id) is required to create a sandbox.
      - A sandbox cannot be moved to another project.
    type: str
  project_id:
    description: The ID of the project that contains the sandbox.
    type: int
  email_username:
    description:
      - The alias in the email address of the sandbox. It consists of letters and digits.
      - Mailtrap appends a hyphen and six characters that never change. The module ignores this suffix when it compares
        values, and removes it if it is given.
    type: str
  email_username_enabled:
    description:
      - Whether the sandbox receives mail at its email address.
      - The API can only toggle this flag. The module toggles it only if the current value differs.
    type: bool
  state:
    description:
      - V(present) creates the sandbox if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the sandbox and all messages in it.
seealso:
  - module: community.mailtrap.sandbox_info
  - module: community.mailtrap.sandbox_message_info
  - module: community.mailtrap.project
"""

EXAMPLES = r"""
- name: Create the staging sandbox
  community.mailtrap.sandbox:
    name: Staging
    project: Shop

- name: Enable the email address of the sandbox
  community.mailtrap.sandbox:
    name: Staging
    project: Shop
    email_username: shopstaging
    email_username_enabled: true

- name: Get the SMTP credentials of the sandbox
  community.mailtrap.sandbox:
    name: Staging
    project: Shop
    reveal_secrets: true
  register: staging
  no_log: true

- name: Delete the sandbox
  community.mailtrap.sandbox:
    name: Staging
    project: Shop
    state: absent
"""

RETURN = r"""
sandbox:
  description: The sandbox as returned by the API. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    id:
      description: The ID of the sandbox. V(null) in check mode if the sandbox would be created.
      type: int
      sample: 4310001
    name:
      description: The name of the sandbox.
      type: str
      sample: Staging
    project_id:
      description: The ID of the project that contains the sandbox.
      type: int
      sample: 2570001
    domain:
      description: The SMTP host.
      returned: when the sandbox exists
      type: str
      sample: sandbox.smtp.mailtrap.io
    smtp_ports:
      description: The ports of the SMTP host.
      returned: when the sandbox exists
      type: list
      elements: int
      sample: [25, 465, 587, 2525]
    username:
      description: The user name for SMTP and POP3.
      returned: when O(reveal_secrets=true) and the sandbox exists
      type: str
    password:
      description: The password for SMTP and POP3.
      returned: when O(reveal_secrets=true), the sandbox exists, and the API token has admin access to it
      type: str
    email_username:
      description: The local part of the email address of the sandbox, including the suffix that Mailtrap appends.
      returned: when the sandbox exists or the option is given
      type: str
      sample: shopstaging-1a2b3c
    email_username_enabled:
      description: Whether the sandbox receives mail at its email address.
      returned: when the sandbox exists or the option is given
      type: bool
      sample: false
    email_domain:
      description: The domain of the email address of the sandbox.
      returned: when the sandbox exists
      type: str
      sample: inbox.mailtrap.io
    emails_count:
      description: The number of messages in the sandbox.
      returned: when the sandbox exists
      type: int
      sample: 0
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.sandboxes import SANDBOX

main = state_module(SANDBOX)


if __name__ == "__main__":
    main()
