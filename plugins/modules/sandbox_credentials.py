#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_credentials
short_description: Reset the credentials of a Mailtrap sandbox
version_added: 0.1.0
description:
  - Replace the user name and the password of a sandbox for SMTP and POP3, or its e-mail address, by new random ones.
    The old ones stop working.
  - To read the current credentials, use the lookup P(community.mailtrap.sandbox_credentials#lookup).
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._connection
  - community.mailtrap._identity.sandbox
  - community.mailtrap._identity.secrets
  - community.mailtrap._identity.dest
attributes:
  check_mode:
    support: full
    details:
      - Check mode finds the sandbox, but does not reset the credentials or write the file.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Every run resets the credentials.
options:
  sandbox:
    description:
      - The name of the sandbox. Finding its id takes one request.
      - One of O(sandbox) and O(sandbox_id) is required.
    aliases:
      - inbox
  reset:
    description: What to reset.
    type: str
    default: credentials
    choices:
      credentials: The user name and the password.
      email_username: The alias in the e-mail address. The suffix that the service adds to the alias stays the same.
  dest:
    description:
      - The file in which to save the credentials as JSON, with the keys that
        P(community.mailtrap.sandbox_credentials#lookup) returns. It is on the host on which the module runs. The result
        then does not contain the credentials.
      - The file has mode V(0600). An existing file is replaced in one step. The folder of the file must exist. The
        module checks this before it resets the credentials.
seealso:
  - plugin: community.mailtrap.sandbox_credentials
    plugin_type: lookup
  - module: community.mailtrap.sandbox
"""

EXAMPLES = r"""
- name: Reset the SMTP credentials and save them in a file
  community.mailtrap.sandbox_credentials:
    sandbox: Staging
    project: Shop
    dest: "{{ playbook_dir }}/smtp.json"

- name: Reset the SMTP credentials and return them
  community.mailtrap.sandbox_credentials:
    sandbox: Staging
    project: Shop
    reveal_secrets: true
  register: renewed
  no_log: true

- name: Reset the e-mail address of the sandbox
  community.mailtrap.sandbox_credentials:
    sandbox: Staging
    project: Shop
    reset: email_username
"""

RETURN = r"""
sandbox:
  description:
    - The sandbox as returned by the API. In check mode, V(null) if the sandbox does not exist yet.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the sandbox.
      type: int
      sample: 4310001
    domain:
      description: The SMTP host.
      returned: outside of check mode
      type: str
      sample: sandbox.smtp.mailtrap.io
    smtp_ports:
      description: The ports of the SMTP host.
      returned: outside of check mode
      type: list
      elements: int
      sample: [25, 465, 587, 2525]
    username:
      description: The user name for SMTP and POP3.
      returned: with O(reveal_secrets=true) and without O(dest)
      type: str
    password:
      description: The password for SMTP and POP3.
      returned: with O(reveal_secrets=true) and without O(dest)
      type: str
    email_username:
      description: The part before the C(@) in the e-mail address of the sandbox.
      returned: outside of check mode
      type: str
      sample: 5d1c0b7aa1-1a2b3c
    email_domain:
      description: The part after the C(@) in the e-mail address of the sandbox.
      returned: outside of check mode
      type: str
      sample: inbox.mailtrap.io
"""

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module
from ansible_collections.community.mailtrap.plugins.module_utils._received.sandbox_credentials import (
    reset_credentials,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.targets import SANDBOX_TARGET

main = custom_module(
    reset_credentials,
    {
        **SANDBOX_TARGET.argument_spec,
        "reset": {"type": "str", "default": "credentials", "choices": ["credentials", "email_username"]},
        "reveal_secrets": {"type": "bool", "default": False, "no_log": False},
        "dest": {"type": "path"},
    },
    required_one_of=[("sandbox", "sandbox_id")],
    mutually_exclusive=[("sandbox", "sandbox_id"), ("project", "project_id")],
)


if __name__ == "__main__":
    main()
