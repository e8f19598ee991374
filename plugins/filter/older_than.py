# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter older_than; documented in older_than.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.times import parse_time_or_age

if TYPE_CHECKING:
    from ansible_collections.community.mailtrap.plugins.module_utils._api.json_types import JsonObject


def older_than(objects: list[JsonObject], age: str, attribute: str) -> list[JsonObject]:
    """Return the objects whose time lies before a given age. Objects without a time are left out.

    :param age: a duration such as ``7d``, or an ISO 8601 time.
    :param attribute: the key of the time in each object.
    :raises AnsibleFilterError: if an argument or an object's time is invalid.
    """
    if not isinstance(objects, list) or not all(isinstance(item, Mapping) for item in objects):
        raise AnsibleFilterError("older_than expects a list of objects, such as the sandboxes of sandbox_info")
    now = datetime.now(UTC)
    try:
        limit = parse_time_or_age(str(age), now, "older_than:")
        return [
            item
            for item in objects
            if item.get(attribute) and parse_time_or_age(str(item[attribute]), now, attribute) < limit
        ]
    except MailtrapError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"older_than": older_than}
