# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter due_tokens; documented in due_tokens.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.community.mailtrap.plugins.module_utils._engine.times import parse_duration
from ansible_collections.community.mailtrap.plugins.module_utils._resources.token_lifecycle import (
    expires_within,
    get_original_name,
    has_successor,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._file_names import file_name

if TYPE_CHECKING:
    from ansible_collections.community.mailtrap.plugins.module_utils._api.json_types import JsonObject


def due_tokens(tokens: list[JsonObject], within: str, unlimited: bool = False) -> list[JsonObject]:
    """Return the API tokens that are due for rotation, each with ``original_name`` and ``file_name``.

    :param within: the time before its expiry at which a token becomes due, such as ``30d``.
    :param unlimited: whether tokens without an expiry are due.
    :raises AnsibleFilterError: if an argument is invalid.
    """
    if not isinstance(tokens, list) or not all(isinstance(token, Mapping) for token in tokens):
        raise AnsibleFilterError("due_tokens expects a list of API tokens, such as the api_tokens of api_token_info")
    lead_time = parse_duration(str(within))
    if lead_time is None:
        raise AnsibleFilterError(f"due_tokens: within must be a duration such as 12h, 30d or 4w, not {within!r}")
    now = datetime.now(UTC)
    due = [token for token in tokens if not has_successor(token, tokens) and _is_due(token, lead_time, now, unlimited)]
    return [{**token, **_build_names(get_original_name(token))} for token in due]


def _is_due(token: JsonObject, lead_time: timedelta, now: datetime, unlimited: bool) -> bool:
    return expires_within(token, lead_time, now) if token.get("expires_at") else bool(unlimited)


def _build_names(original_name: str) -> dict[str, str]:
    # Names may contain braces, which Ansible must not evaluate.
    return wrap_var({"original_name": original_name, "file_name": file_name(original_name)})


class FilterModule:
    """Provide the filter to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"due_tokens": due_tokens}
