# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
import re

from ansible.errors import AnsibleFilterError

_NAME = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


def installed_collection(name):
    """Say whether Ansible finds a collection: bool.

    :param name: str, its namespace and its name. :raises AnsibleFilterError: when it is no such name.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise AnsibleFilterError(f"installed_collection takes a name such as community.dns, not {name!r}")
    try:
        importlib.import_module(f"ansible_collections.{name}")
    except ImportError:
        return False
    return True


class TestModule:
    def tests(self):
        return {"installed_collection": installed_collection}
