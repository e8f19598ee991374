# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test installed_collection; documented in installed_collection.yml."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


def installed_collection(name: Any) -> bool:
    """Return whether a collection is installed on the controller.

    :raises AnsibleFilterError: if the name is not of the form ``namespace.name``.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise AnsibleFilterError(
            f"installed_collection expects the name of a collection, such as community.dns, not {name!r}"
        )
    try:
        importlib.import_module(f"ansible_collections.{name}")
    except ImportError:
        return False
    return True


class TestModule:
    """Provide the test to Ansible."""

    def tests(self) -> dict[str, Callable[..., bool]]:
        return {"installed_collection": installed_collection}
