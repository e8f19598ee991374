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
  - Create, change and delete a sandbox, once called an inbox, which catches the mail of an application under test.
  - A sandbox is found by its name, in its project when that is given. Several that share the name are not touched; the
    module names their ids.
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
    type: str
  project:
    description:
      - The name of the project that holds the sandbox.
      - A new sandbox needs this or O(project_id). An existing one cannot be moved to another project.
    type: str
  project_id:
    description: The id of the project that holds the sandbox.
    type: int
  email_username:
    description:
      - The alias in the e-mail address of the sandbox, letters and digits.
      - The service adds a hyphen and six characters of its own, which never change. They are not part of the alias, and
        are ignored when they are given.
    type: str
  email_username_enabled:
    description:
      - Whether the sandbox receives mail at its e-mail address.
      - The service only knows how to turn this over; it is done when the sandbox shows the other value, and only then.
    type: bool
  state:
    description:
      - With V(absent), all mail in the sandbox is deleted with it.
seealso:
  - module: community.mailtrap.sandbox_info
  - module: community.mailtrap.sandbox_message_info
  - module: community.mailtrap.project
"""

EXAMPLES = r"""
- name: Have a sandbox for the staging environment
  community.mailtrap.sandbox:
    name: Staging
    project: Shop

- name: Let it receive mail at an address of its own
  community.mailtrap.sandbox:
    name: Staging
    project: Shop
    email_username: shopstaging
    email_username_enabled: true

- name: Get the SMTP credentials of a sandbox
  community.mailtrap.sandbox:
    name: Staging
    project: Shop
    reveal_secrets: true
  register: staging
  no_log: true

- name: Have no such sandbox
  community.mailtrap.sandbox:
    name: Staging
    project: Shop
    state: absent
"""

RETURN = r"""
sandbox:
  description: The sandbox as the API shows it; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the sandbox; V(null) in check mode when it would be created.
      type: int
      sample: 4310001
    name:
      description: The name of the sandbox.
      type: str
      sample: Staging
    project_id:
      description: The id of the project that holds it.
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
      returned: with O(reveal_secrets=true), when the sandbox exists
      type: str
    password:
      description: The password for SMTP and POP3.
      returned: with O(reveal_secrets=true), when the sandbox exists and the token may administer it
      type: str
    email_username:
      description: The name in the e-mail address of the sandbox, with the part that the service adds.
      returned: when the sandbox exists, or the option is given
      type: str
      sample: shopstaging-1a2b3c
    email_username_enabled:
      description: Whether the sandbox receives mail at its e-mail address.
      returned: when the sandbox exists, or the option is given
      type: bool
      sample: false
    email_domain:
      description: The host in the e-mail address of the sandbox.
      returned: when the sandbox exists
      type: str
      sample: inbox.mailtrap.io
    emails_count:
      description: How many messages are in the sandbox.
      returned: when the sandbox exists
      type: int
      sample: 0
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import state_module
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import SANDBOX

main = state_module(SANDBOX)


if __name__ == "__main__":
    main()
