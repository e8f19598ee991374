# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What other people's clients were answered, as the journal tells, held against the official specifications.

Those speak current words only, so that what an older generation was told (facts 1.3) is put into current words first.
"""

import re

import jsonschema_rs
from specifications import check_answer, find

from mailtrap_emulator.http.api_generations import PATH_NOUNS
from mailtrap_emulator.model.legacy_names import CURRENT_NAMES, LEGACY_NAMES

ACCOUNT = re.compile(r"^/api/accounts/[^/]+(?=/.)")


def current_path(path: str) -> tuple[str, bool]:
    """The path of today, and whether the call speaks the old words."""
    today = ACCOUNT.sub("/api", path)
    # What is in these has never had another name.
    if today.startswith(("/api/inbound/", "/api/webhooks")):
        return today, False
    segments = today.split("/")
    current = [CURRENT_NAMES[one] if CURRENT_NAMES.get(one) in PATH_NOUNS else one for one in segments]
    # The domains of statistics are a group and no noun.
    has_noun = "stats" not in segments and any(noun in segments for noun in PATH_NOUNS)
    return "/".join(current), current != segments or (today != path and not has_noun)


def current_word(word: str) -> str:
    """A current word, which has no place in an answer in old ones, becomes one that no specification knows."""
    return CURRENT_NAMES.get(word) or (f"current {word}" if word in LEGACY_NAMES else word)


def current_words(data: object) -> object:
    """An answer in old words put into current ones."""
    if isinstance(data, list):
        return [current_words(item) for item in data]
    if not isinstance(data, dict):
        return data
    turned = {}
    for name, value in data.items():
        if name in ("resource_type", "type") and isinstance(value, str):
            turned[name] = current_word(value)
        else:
            # A domain as such, of a host or a record, is one in all generations.
            turned[name if name == "domain" else current_word(name)] = current_words(value)
    return turned


def check_answers(journal: list[dict]) -> None:
    """Answers that faults have touched, and those to operations without a specification, are let pass."""
    wrong = []
    for entry in journal:
        answer = entry["answer"]
        if answer is None or entry["fault"]:
            continue
        path, speaks_old = current_path(entry["path"])
        operation = find(entry["headers"]["host"], entry["method"], path)
        if operation is None:
            continue
        media_type = (answer["content_type"] or "").partition(";")[0]
        body = current_words(answer["body"]) if speaks_old else answer["body"]
        if media_type != "application/json":
            body = body or ""
        try:
            check_answer(operation, entry["status"], media_type, body)
        except (AssertionError, jsonschema_rs.ValidationError) as error:
            wrong.append(f"{entry['method']} {entry['path']} {entry['status']} is not as {operation} says: {error}")
    assert not wrong, "\n".join(wrong)
