# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Describes why a task failed, from its result.

Only the message, the return code and the output of a result get into the mail. Module arguments never do, because they
may hold secrets.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .formatting import strip_control_characters, truncate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_REASON_LENGTH = 900
_MAX_ITEMS = 3
_MAX_ITEM_LABEL_LENGTH = 60
_MAX_MESSAGE_LENGTH = 400
_MAX_OUTPUT_LINES = 8
_MAX_OUTPUT_LINE_LENGTH = 160
_MAX_OUTPUT_LENGTH = 400

HIDDEN = "The result is hidden by no_log."


def describe_failure(
    result: Mapping[str, Any], clean: Callable[[object], str] = strip_control_characters, cause: str = ""
) -> str:
    """Describe why a task failed; for a loop, describe its first failed items.

    :param result: the result as the callback receives it.
    :param clean: converts a value to text that may be shown.
    :param cause: the innermost error message, if the result does not contain it.
    """
    if _is_hidden(result):
        return HIDDEN
    results = result.get("results")
    items = results if isinstance(results, list) and all(isinstance(item, dict) for item in results) else []
    failed_items = [(number, item) for number, item in enumerate(items, 1) if _has_item_failed(item)]
    if not failed_items:
        return truncate(_describe_result(result, clean, cause), MAX_REASON_LENGTH)
    length = (MAX_REASON_LENGTH - 100) // min(len(failed_items), _MAX_ITEMS)
    lines = [f"{len(failed_items)} of {len(items)} items failed"] if len(items) > 1 else []
    for number, item in failed_items[:_MAX_ITEMS]:
        lines.append(truncate(f"{_item_label(item, number, clean)}: {_describe_result(item, clean)}", length))
    if len(failed_items) > _MAX_ITEMS:
        lines.append(f"and {len(failed_items) - _MAX_ITEMS} more items")
    return "\n".join(lines)


def _is_hidden(result: Mapping[str, Any]) -> bool:
    """Return whether the console hides a result because of no_log."""
    return bool(result.get("_ansible_no_log") or "censored" in result)


def _has_item_failed(item: Mapping[str, Any]) -> bool:
    # In ansible-core 2.22 and newer, a failed item has an exception and no "failed".
    failed = item.get("failed_when_result", item.get("failed") or "exception" in item)
    return bool(failed or item.get("unreachable"))


def _item_label(item: Mapping[str, Any], number: int, clean: Callable[[object], str]) -> str:
    """Return an item's label, or its number if the label is hidden or not a plain value, as a dict of arguments is."""
    label = item.get("_ansible_item_label", item.get("item"))
    if _is_hidden(item) or not isinstance(label, (str, int, float)):
        return f"item {number}"
    return truncate(" ".join(clean(label).split()), _MAX_ITEM_LABEL_LENGTH)


def _describe_result(result: Mapping[str, Any], clean: Callable[[object], str], cause: str = "") -> str:
    if _is_hidden(result):
        return HIDDEN
    message = result.get("msg") or result.get("reason") or ""
    if not isinstance(message, str):
        message, cause = json.dumps(message, ensure_ascii=False, default=str), ""
    message, cause = clean(message).strip(), clean(cause).strip()
    if cause and cause not in message and message not in cause:
        message = f"{message.rstrip('.')}: {cause}"
    first_line = truncate(message, _MAX_MESSAGE_LENGTH)
    if isinstance(result.get("rc"), int) and result["rc"] != 0:
        first_line = f"{first_line} (rc {result['rc']})".strip()
    # module_stdout is left out: the output of a crashed module contains its arguments.
    names = ("stderr", "module_stderr", "stdout")
    output = next((result[name] for name in names if isinstance(result.get(name), str) and result[name].strip()), "")
    last_lines = _last_lines(clean(output), message)
    return "\n".join(filter(None, [first_line, last_lines])) or "The task gave no reason."


def _last_lines(output: str, message: str) -> str:
    """Return the last lines of an output, which usually hold the error, unless the message already contains them."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    kept: list[str] = []
    for line in reversed(lines[-_MAX_OUTPUT_LINES:]):
        line = truncate(line, _MAX_OUTPUT_LINE_LENGTH)
        if sum(map(len, kept)) + len(line) > _MAX_OUTPUT_LENGTH:
            break
        kept.insert(0, line)
    if "\n".join(kept) in message:
        return ""
    return "\n".join(["…"] * (len(kept) < len(lines)) + kept)
