# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This documentation fragment is private to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # For modules that bring one object to a state.
    STATE = r"""
options:
  id:
    description:
      - The id of the object, when it exists already.
      - With it, no other object is looked at, and the name can be changed.
    type: int
  state:
    description: Whether the object is to be there.
    type: str
    default: present
    choices:
      - present
      - absent
notes:
  - The service lets objects share a name. Where several hosts run the same task, have it run once, by C(run_once) or
    C(throttle), so that they do not make one each at the same moment.
  - In check mode an object that would be created has no id yet. Let later tasks name it, rather than use its id.
"""

    # For modules that work in one sandbox.
    SANDBOX = r"""
options:
  sandbox:
    description: The name of the sandbox. It is looked up, which costs a request.
    type: str
  sandbox_id:
    description: The id of the sandbox.
    type: int
    aliases:
      - inbox_id
  project:
    description: The name of the project of the sandbox, where the name of the sandbox alone is not unique.
    type: str
  project_id:
    description: The id of the project of the sandbox, where the name of the sandbox alone is not unique.
    type: int
"""

    # For modules that work on one sending domain.
    DOMAIN = r"""
options:
  domain:
    description: The name of the sending domain, such as V(shop.example). It is looked up, which costs a request.
    type: str
    aliases:
      - sending_domain
  domain_id:
    description: The id of the sending domain.
    type: int
    aliases:
      - sending_domain_id
"""

    # For modules of what is true of an address, for one domain or for all of them.
    ADDRESSES = r"""
options:
  id:
    description: The id, when it exists already.
    type: str
  email:
    description:
      - The address. Upper and lower case are the same.
      - One of O(id), O(email) and O(emails) is required.
    type: str
  emails:
    description:
      - Several addresses, which have all other options in common.
      - What is there is read once for all of them, and nothing is changed before all of them have been looked at.
    type: list
    elements: str
  domain:
    description:
      - The name of the sending domain that it is about. Required for a new one.
      - V("") is for what is about all domains, which only the service makes.
    type: str
    aliases:
      - sending_domain
"""

    # For modules that read what has a time.
    PERIOD = r"""
options:
  start_time:
    description:
      - Return only what is from this time on.
      - Write an ISO 8601 time such as V(2026-01-31T12:00:00Z), which is in UTC when it has no offset, or a number of
        seconds, minutes, hours, days or weeks ago, such as V(90s), V(15m), V(12h), V(7d) or V(2w).
    type: str
  end_time:
    description: Return only what is up to this time, written like O(start_time).
    type: str
  limit:
    description: How many to return at most, the newest first. All of them when not given, a request for each 1000.
    type: int
"""

    # For modules that work in one folder of inbound inboxes.
    INBOUND_FOLDER = r"""
options:
  inbound_folder:
    description: The name of the folder, which costs a request. This or O(inbound_folder_id) is required.
    type: str
  inbound_folder_id:
    description: The id of the folder. This or O(inbound_folder) is required.
    type: int
"""

    # For modules that work in one inbound inbox.
    INBOUND_INBOX = r"""
options:
  inbound_inbox:
    description:
      - The name of the inbox, which is looked up in its folder. This or O(inbound_inbox_id) is required.
    type: str
  inbound_inbox_id:
    description: The id of the inbox. This or O(inbound_inbox) is required.
    type: int
  inbound_folder:
    description: The name of the folder of the inbox. This or O(inbound_folder_id) is required with O(inbound_inbox).
    type: str
  inbound_folder_id:
    description: The id of the folder of the inbox. This or O(inbound_folder) is required with O(inbound_inbox).
    type: int
"""

    SECRETS = r"""
options:
  reveal_secrets:
    description:
      - Whether the result holds what gives access to something, such as the SMTP credentials of a sandbox, the share
        links of a project, and the address of a sent message. They are left out otherwise.
      - Set C(no_log=true) for the task when they are in its result.
    type: bool
    default: false
"""

    # For modules that are told a secret; check_dest and write_secret do it.
    DEST = r"""
options:
  dest:
    description:
      - A file, where the module runs, to write the secret to. The result then does not hold it.
      - The file has mode V(0600) and is written in one step, in place of one that is there. Its folder must exist,
        which is checked before anything is requested.
    type: path
"""

    # For modules of objects some of whose fields are fixed when they are made.
    RECREATE = r"""
options:
  recreate:
    description:
      - Whether a new object may take the place of one that the service cannot change as it is asked to.
      - The new one has another id, and whatever belonged to the old one is gone with it. Otherwise such a change is
        refused.
    type: bool
    default: false
"""
