# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # For modules that manage one object.
    STATE = r"""
options:
  id:
    description:
      - The ID of an existing object. The module selects the object by this ID and ignores other objects.
      - With O(state=present), the task fails if no object has this ID.
    type: int
  state:
    description:
      - V(present) creates the object if it does not exist, and updates it if the given options differ.
      - V(absent) deletes the object if it exists.
    type: str
    default: present
    choices:
      - present
      - absent
notes:
  - If several hosts create the same object at the same time, the account can end up with duplicates. Use
    C(run_once=true) or C(throttle=1) on tasks that run for several hosts.
  - In check mode, an object that would be created has no ID. Refer to it by name in later tasks.
"""

    # For modules that work in one sandbox.
    SANDBOX = r"""
options:
  sandbox:
    description: The name of the sandbox. Resolving the name takes an additional request.
    type: str
  sandbox_id:
    description: The ID of the sandbox.
    type: int
    aliases:
      - inbox_id
  project:
    description: The name of the project that contains the sandbox. Use it if several sandboxes have the same name.
    type: str
  project_id:
    description: The ID of the project that contains the sandbox. Use it if several sandboxes have the same name.
    type: int
"""

    # For modules that work on one sending domain.
    DOMAIN = r"""
options:
  domain:
    description:
      - The name of the sending domain, such as V(shop.example). Resolving the name takes an additional request.
    type: str
    aliases:
      - sending_domain
  domain_id:
    description: The ID of the sending domain.
    type: int
    aliases:
      - sending_domain_id
"""

    # For modules that manage entries about email addresses, for one sending domain or for all of them.
    ADDRESSES = r"""
options:
  id:
    description: The ID of an existing entry. With O(state=present), the task fails if no entry has this ID.
    type: str
  email:
    description:
      - The email address. Case is ignored.
      - One of O(id), O(email), and O(emails) is required.
    type: str
  emails:
    description:
      - Several email addresses. All other options apply to each of them.
      - The module reads the existing entries once. It checks all addresses before it changes the first entry.
    type: list
    elements: str
  domain:
    description:
      - The name of the sending domain that the entry applies to. Required to create an entry.
      - V("") selects entries that apply to all domains. Only Mailtrap itself creates such entries.
    type: str
    aliases:
      - sending_domain
"""

    # For modules that list objects by the time at which they were created.
    PERIOD = r"""
options:
  start_time:
    description:
      - Return only entries from this time on.
      - Either an ISO 8601 time, such as V(2026-01-31T12:00:00Z), or a duration before now, such as V(90s), V(15m),
        V(12h), V(7d), or V(2w). A time without a UTC offset is in UTC.
    type: str
  end_time:
    description: Return only entries up to this time. The format is that of O(start_time).
    type: str
  limit:
    description:
      - The maximum number of entries to return, newest first.
      - If not set, all entries are returned. The module sends one request for each 1000 entries.
    type: int
"""

    # For modules that work in one folder of inbound inboxes.
    INBOUND_FOLDER = r"""
options:
  inbound_folder:
    description:
      - The name of the folder. Resolving the name takes an additional request.
      - Either this or O(inbound_folder_id) is required.
    type: str
  inbound_folder_id:
    description: The ID of the folder. Either this or O(inbound_folder) is required.
    type: int
"""

    # For modules that work in one inbound inbox.
    INBOUND_INBOX = r"""
options:
  inbound_inbox:
    description:
      - The name of the inbox. It requires O(inbound_folder) or O(inbound_folder_id).
      - Resolving the name takes an additional request.
      - Either this or O(inbound_inbox_id) is required.
    type: str
  inbound_inbox_id:
    description: The ID of the inbox. Either this or O(inbound_inbox) is required.
    type: int
  inbound_folder:
    description: The name of the folder that contains O(inbound_inbox). Resolving the name takes an additional request.
    type: str
  inbound_folder_id:
    description: The ID of the folder that contains O(inbound_inbox).
    type: int
"""

    SECRETS = r"""
options:
  reveal_secrets:
    description:
      - Whether the result contains secrets, such as the SMTP credentials of a sandbox, the share links of a project,
        the download links of a message, or the password in the URL of a webhook.
      - With V(false), secrets are removed from the result, and secret parts of URLs are masked.
      - With V(true), set C(no_log=true) on the task.
    type: bool
    default: false
"""

    # For modules that receive a secret only once, when an object is created.
    DEST = r"""
options:
  dest:
    description:
      - The file to write the secret to, on the host where the module runs. The result then does not contain the secret.
      - The file is replaced atomically and has the mode V(0600). Its directory must exist. The module checks this
        before it sends a request.
      - Mailtrap shows a secret only once, so the file is only written when Mailtrap issues a new secret. Otherwise, the
        module warns if the file is missing.
    type: path
"""

    # For modules of objects that have create-only fields.
    RECREATE = r"""
options:
  recreate:
    description:
      - Whether to replace an existing object if an option differs that Mailtrap cannot change. The module creates a new
        object and deletes the old one.
      - The new object has another ID. Everything that belonged to the old object is lost.
      - With V(false), the task fails instead and changes nothing.
    type: bool
    default: false
"""
