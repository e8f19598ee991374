# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Save messages and their attachments in files."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Set, Tuple

from .._engine.files import ensure_private_file

if TYPE_CHECKING:
    from typing import Protocol

    from .._api.json_types import JsonObject

    class Message(Protocol):
        """A message of a sandbox or of an inbound inbox, whose contents can be downloaded."""

        fields: JsonObject

        def get_part(self, name: str) -> Any: ...

        def download_eml(self) -> bytes: ...

        def download_attachment(self, attachment: JsonObject) -> bytes: ...


# In bytes. File systems allow 255; the rest is reserved for a number that makes the name unique.
_MAX_NAME_LENGTH = 240
_DEFAULT_NAME = "attachment"


def save_message(message: Message, folder: str, parts: List[str], check_mode: bool) -> Tuple[bool, Dict[str, Any]]:
    """Save the parts ``eml`` and ``attachments`` of a message in files that only the owner can read.

    The whole message is saved as ``<id>.eml`` in the folder, and the attachments in the subfolder ``<id>``.

    :returns: whether a file was created or changed; and the saved parts: the path of the .eml file, and the
        attachments, each with its path.
    :raises MailtrapError: if a part cannot be downloaded or a file cannot be written.
    """
    base_path = os.path.join(folder, str(message.fields["id"]))
    changed = False
    saved: Dict[str, Any] = {}
    if "eml" in parts:
        saved["eml"] = f"{base_path}.eml"
        changed = ensure_private_file(saved["eml"], message.download_eml(), check_mode)
    if "attachments" in parts:
        # The names must not depend on the order of the answer, or a second run could write other files.
        attachments = sorted(message.get_part("attachments"), key=_attachment_id, reverse=True)
        names = choose_file_names(attachment.get("filename") for attachment in reversed(attachments))
        saved["attachments"] = []
        for attachment, name in zip(attachments, reversed(names)):
            path = os.path.join(base_path, name)
            changed = ensure_private_file(path, message.download_attachment(attachment), check_mode) or changed
            saved["attachments"].append({**attachment, "path": path})
    return changed, saved


def _attachment_id(attachment: JsonObject) -> Any:
    """Return the id of an attachment; inbound mail has another key (docs/service.md#inbound-messages)."""
    return attachment["id"] if "id" in attachment else str(attachment.get("attachment_id"))


def choose_file_names(names: Iterable[Any]) -> List[str]:
    """Return a safe, unique file name for each attachment name of a message, in the same order.

    A safe name contains no path, does not start with a dot, and has no control characters. Names that differ only by
    case count as equal, because some file systems ignore case.
    """
    used: Set[str] = set()
    file_names = []
    for name in map(_sanitize_name, names):
        stem, extension = os.path.splitext(name)
        candidates = itertools.chain([name], (f"{stem}-{number}{extension}" for number in itertools.count(2)))
        file_name = next(candidate for candidate in candidates if candidate.casefold() not in used)
        used.add(file_name.casefold())
        file_names.append(file_name)
    return file_names


def _sanitize_name(name: Any) -> str:
    name = re.split(r"[/\\]", str(name or ""))[-1]
    # Control characters, including those of writing direction, can make a name look like another one.
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C")
    stem, extension = os.path.splitext(name.strip(". ") or _DEFAULT_NAME)
    extension = extension.encode()[: _MAX_NAME_LENGTH // 2].decode(errors="ignore")
    return stem.encode()[: _MAX_NAME_LENGTH - len(extension.encode())].decode(errors="ignore") + extension
