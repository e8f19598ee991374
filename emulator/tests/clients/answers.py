# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of the answers in the emulator's journal against the official specifications.

The specifications only have current names. Answers with older names are translated to current names first:
docs/service.md#api-generations
"""

import re
from typing import Any

import jsonschema_rs
from specifications import check_answer, match_operation

from mailtrap_emulator.http.api_generations import PATH_NOUNS
from mailtrap_emulator.model.legacy_names import CURRENT_NAMES, LEGACY_NAMES

ACCOUNT_PREFIX = re.compile(r"^/api/accounts/[^/]+(?=/.)")


def to_current_path(path: str) -> tuple[str, bool]:
    """Return the current form of a path, and whether answers under the path have older names."""
    path_without_account = ACCOUNT_PREFIX.sub("/api", path)
    # Names below these paths never changed.
    if path_without_account.startswith(("/api/inbound/", "/api/webhooks")):
        return path_without_account, False
    segments = path_without_account.split("/")
    current = [CURRENT_NAMES[segment] if CURRENT_NAMES.get(segment) in PATH_NOUNS else segment for segment in segments]
    # In paths of statistics "domains" is a way to group them, which has the same name in all generations.
    has_noun = "stats" not in segments and any(noun in segments for noun in PATH_NOUNS)
    return "/".join(current), current != segments or (path_without_account != path and not has_noun)


def to_current_name(name: str) -> str:
    """Return the current form of an older name.

    A name that is current already is changed to an unknown name, because it is wrong in an answer with older names.
    """
    return CURRENT_NAMES.get(name) or (f"current {name}" if name in LEGACY_NAMES else name)


def to_current_names(data: Any) -> Any:
    """Translate the older names of an answer to current names."""
    if isinstance(data, list):
        return [to_current_names(item) for item in data]
    if not isinstance(data, dict):
        return data
    translated = {}
    for name, value in data.items():
        if name in ("resource_type", "type") and isinstance(value, str):
            translated[name] = to_current_name(value)
        else:
            # The key "domain" of a DNS record or a sandbox has the same name in all generations.
            translated[name if name == "domain" else to_current_name(name)] = to_current_names(value)
    return translated


def check_answers(journal: list[dict[str, Any]]) -> None:
    """Validate the answers of a journal.

    Answers changed by a fault and answers to undocumented operations are not validated.
    """
    errors = []
    for entry in journal:
        answer = entry["answer"]
        if answer is None or entry["fault"]:
            continue
        path, has_older_names = to_current_path(entry["path"])
        operation = match_operation(entry["headers"]["host"], entry["method"], path)
        if operation is None:
            continue
        media_type = (answer["content_type"] or "").partition(";")[0]
        body = to_current_names(answer["body"]) if has_older_names else answer["body"]
        if media_type != "application/json":
            body = body or ""
        try:
            check_answer(operation, entry["status"], media_type, body)
        except (AssertionError, jsonschema_rs.ValidationError) as error:
            request = f"{entry['method']} {entry['path']}"
            errors.append(f"The answer {entry['status']} to {request} violates the schema of {operation}: {error}")
    assert not errors, "\n".join(errors)
