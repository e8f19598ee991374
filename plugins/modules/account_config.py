#!/usr/bin/python
# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_config
short_description: Bring a whole Mailtrap account to what one document says
version_added: 0.1.0
description:
  - Takes the wanted state of an account as one document, reads every list that it touches once, and makes the least
    requests that lead there, those that are independent of each other side by side.
  - What the document does not mention is left alone, unless O(purge) says otherwise.
  - The requests are paced to the rate limits of the service.
  - All that is wrong with the document is told at once, each with its place, before anything is requested; a name that
    refers to nothing, neither in the document nor in the account, before anything is changed.
  - When a change fails, what depends on it is left out, the rest is done, and the task fails and tells both. The next
    run carries on.
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
      - The document. Its keys are the kinds of objects, each with a list of entries. The sandboxes of a project stand
        in its entry, and so do the inboxes of an inbound folder.
      - An entry has the options of the module of its kind, such as M(community.mailtrap.email_template), and refers to
        other objects by their names. An C(id) is only needed where several objects share a name.
      - Files that entries name are looked for on the controller, as M(ansible.builtin.copy) looks for its C(src).
      - M(community.mailtrap.account_config_info) returns an account as such a document.
    type: dict
    required: true
  files_dir:
    description: The folder on the controller that the relative names of files in O(config) are below.
    type: str
  purge:
    description:
      - The kinds of which objects that the document does not mention are deleted.
      - Objects that live in others, such as sandboxes in a project, are only deleted where the document mentions those.
      - The API token in use, the demo domain, the owner of the account and what the service lets nobody change any more
        always stay. So do tokens that expire within a day, as those do that were rotated.
    type: list
    elements: str
    default: []
  protect:
    description:
      - Patterns, as of a shell, of the names of objects that O(purge) leaves alone. The name of what lives in another
        object is preceded by that one's name and a slash, such as V(Shop/Staging).
      - A pattern that begins with a kind and a colon, such as V(projects:Prod*), is only for that kind.
    type: list
    elements: str
    default: []
  max_deletions:
    description: How many objects O(purge) may delete. When it would be more, the task fails and changes nothing.
    type: int
  recreate:
    description:
      - Whether a new object may take the place of one that the service cannot change as it is asked to.
      - The new one has another id, and whatever belonged to the old one is gone with it. Otherwise such a change is
        refused before anything is changed.
    type: bool
    default: false
  dest:
    description:
      - A file, where the module runs, for the secrets that the service shows only once, such as the values of new API
        tokens. The result then does not hold them.
      - The file is JSON, kind by kind and name by name. It has mode V(0600), and what it holds of other objects stays.
    type: path
seealso:
  - module: community.mailtrap.account_config_info
"""

EXAMPLES = r"""
- name: Have two projects, a template and a list of contacts
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
          subject: A deployment has ended
          body_text: It has.
      contact_lists:
        - name: Customers

- name: Have these lists of contacts and no others, but for those that begin with a word
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
  description: What happens, or in check mode would happen, to which objects.
  returned: success
  type: dict
  contains:
    created:
      description: The names of the objects that are made, by kind.
      type: dict
      returned: success
      sample:
        projects: [Shop]
        sandboxes: [Shop/Staging, Shop/Review]
    updated:
      description: The names of the objects that are changed, by kind.
      type: dict
      returned: success
      sample: {}
    deleted:
      description: The names of the objects that are deleted, by kind.
      type: dict
      returned: success
      sample: {}
    unchanged:
      description: The names of the objects that are as the document says, by kind.
      type: dict
      returned: success
      sample:
        projects: [Blog]
changes:
  description: What was done, in this order; empty in check mode.
  returned: success, or when a change failed
  type: list
  elements: dict
  contains:
    action:
      description: V(create), V(update) or V(delete).
      type: str
      returned: always
      sample: create
    kind:
      description: The kind of the object.
      type: str
      returned: always
      sample: projects
    name:
      description: The name of the object.
      type: str
      returned: always
      sample: Shop
    id:
      description: The id of the object.
      type: raw
      returned: always
      sample: 2570001
failures:
  description: What could not be done, each with C(kind), C(name), C(where) in the document, C(status) and C(msg).
  returned: when a change failed
  type: list
  elements: dict
  sample: []
omitted:
  description: What was not attempted because of that.
  returned: when a change failed
  type: list
  elements: str
  sample: []
"""

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
)


if __name__ == "__main__":
    main()
