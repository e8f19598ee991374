#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_config
short_description: Manage a whole Mailtrap account with one document
version_added: 0.1.0
description:
  - Apply a document that describes the desired state of an account. The module reads each list of objects only once and
    sends only the requests that are necessary. It sends independent requests in parallel, within Mailtrap's rate
    limits.
  - Objects that are not in the document do not change, unless their type is listed in O(purge).
  - The module validates the whole document before it sends the first request, and reports all errors with their
    locations.
  - Before it changes the first object, the module also checks that each referenced object exists in the document or in
    the account.
  - If a change fails, the module skips the changes that depend on it and makes the others. The task then fails and
    lists the failed and skipped changes. Run the task again to continue.
  - After an authentication error, a network error, or an exhausted rate limit, the module makes no further changes.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._attributes
  - community.mailtrap._attributes.state
  - community.mailtrap._connection
  - community.mailtrap._account_config
options:
  config:
    description:
      - The document. It maps resource types, such as C(projects), to lists of entries. Each entry describes one object.
      - An entry has the options of the module that manages the object, for example
        M(community.mailtrap.email_template). It refers to other objects by name. An C(id) is only necessary if several
        objects have the same name.
      - The entry of a project contains its C(sandboxes). The entry of an inbound folder contains its
        C(inbound_inboxes), and the entry of an inbound inbox contains its C(inbound_forward_rules).
      - Files that an entry refers to are read on the controller. They are searched for in the same directories as the
        C(src) of M(ansible.builtin.copy).
      - M(community.mailtrap.account_config_info) returns the current state of an account as a document.
    type: dict
    required: true
  files_dir:
    description: The directory on the controller that contains the files with relative paths in O(config).
    type: str
  purge:
    description:
      - The resource types whose objects are deleted if they are not in the document.
      - Objects inside another object, such as the sandboxes of a project, are purged only if the document contains the
        outer object.
      - The module never purges the API token in use, the demo domain, the access of the account owner, and other
        objects that Mailtrap does not allow to change. Neither does it purge API tokens that expire within a day, such
        as those that were rotated.
    type: list
    elements: str
    default: []
  protect:
    description:
      - Shell-style patterns of the names of objects that O(purge) must not delete. The name of an object inside another
        object starts with the name of the outer object and a slash, such as V(Shop/Staging).
      - A pattern that starts with a resource type and a colon applies only to this type. An example is
        V(projects:Prod*).
    type: list
    elements: str
    default: []
  max_deletions:
    description:
      - The maximum number of objects that O(purge) may delete. If there are more, the task fails and changes nothing.
    type: int
  recreate:
    description:
      - Whether to replace an existing object if an option differs that Mailtrap cannot change. The module creates a new
        object and deletes the old one.
      - The new object has another ID. Everything that belonged to the old object is lost.
      - With V(false), the task fails instead and changes nothing.
    type: bool
    default: false
  dest:
    description:
      - The file to write secrets to that Mailtrap shows only once, such as the values of new API tokens. It is on the
        host where the module runs. The result then does not contain these secrets.
      - The file is a JSON document that maps resource types to object names to secrets. Secrets of other objects in the
        file are kept.
      - The file has the mode V(0600). Its directory must exist.
    type: path
seealso:
  - module: community.mailtrap.account_config_info
"""

EXAMPLES = r"""
- name: Create projects, sandboxes, a template, and a contact list
  community.mailtrap.account_config:
    config:
      projects:
        - name: Shop
          sandboxes:
            - name: Staging
            - name: Review
        - name: Blog
      email_templates:
        - name: Report
          category: deployment
          subject: Deployment finished
          body_text: The deployment has finished.
      contact_lists:
        - name: Customers

- name: Delete all other contact lists, except those whose names start with Marketing
  community.mailtrap.account_config:
    config:
      contact_lists:
        - name: Customers
    purge: [contact_lists]
    protect: ["contact_lists:Marketing*"]
    max_deletions: 5
"""

RETURN = r"""
plan:
  description: The planned changes. In check mode, these are the changes that would be made.
  returned: success
  type: dict
  contains:
    created:
      description: The names of the objects to create, by resource type.
      type: dict
      returned: success
      sample:
        projects: [Shop]
        sandboxes: [Shop/Staging, Shop/Review]
    updated:
      description: The names of the objects to update or replace, by resource type.
      type: dict
      returned: success
      sample: {}
    deleted:
      description: The names of the objects to delete, by resource type.
      type: dict
      returned: success
      sample: {}
    unchanged:
      description: The names of the objects that match the document, by resource type.
      type: dict
      returned: success
      sample:
        projects: [Blog]
changes:
  description: The changes that were made, in this order. Empty in check mode.
  returned: success, or when a change failed
  type: list
  elements: dict
  contains:
    action:
      description: V(create), V(update), or V(delete).
      type: str
      returned: always
      sample: create
    kind:
      description: The resource type of the object.
      type: str
      returned: always
      sample: projects
    name:
      description: The name of the object.
      type: str
      returned: always
      sample: Shop
    id:
      description: The ID of the object.
      type: raw
      returned: always
      sample: 2570001
failures:
  description:
    - The changes that failed. Each entry contains C(kind), C(name), C(where) with the location in the document,
      C(status), and C(msg).
  returned: when a change failed
  type: list
  elements: dict
  sample: []
omitted:
  description: The objects whose changes were skipped because of a failure.
  returned: when a change failed
  type: list
  elements: str
  sample: []
"""

from ansible_collections.community.mailtrap.plugins.module_utils._account.document import get_file_option_paths
from ansible_collections.community.mailtrap.plugins.module_utils._account.runner import DOCUMENT_OPTIONS, apply_account
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import custom_module

main = custom_module(
    apply_account,
    {
        **DOCUMENT_OPTIONS,
        "config": {"type": "dict", "required": True},
        "files_dir": {"type": "str"},
        "purge": {"type": "list", "elements": "str", "default": []},
        "protect": {"type": "list", "elements": "str", "default": []},
        "max_deletions": {"type": "int"},
        "recreate": {"type": "bool", "default": False},
        "dest": {"type": "path"},
    },
    controller_files={("config", *path): None for path in get_file_option_paths()},
    reports_missing_files=True,
)


if __name__ == "__main__":
    main()
