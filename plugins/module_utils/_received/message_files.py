# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep mail in files."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata

from .._engine.files import keep

# Bytes. File systems take 255; the rest is for a number.
_LONGEST_NAME = 240
# A name without letters would be none, and Unicode's control characters, those of writing direction included, can make
# it look like another one.
_NAMELESS = "attachment"


def save(message, folder, parts, check_mode):
    """Keep a message, its attachments, or both in files that only their owner can read.

    :param message: Message. :param folder: str, which is there.
    :param parts: list of str; eml is the whole message, in <id>.eml, and attachments are in a folder <id>.
    :returns: bool, whether a file was not as it should be, and dict, the parts: eml, a path, and attachments, a list of
        dict, each with its path.
    :raises MailtrapError: when a file cannot be written.
    """
    place = os.path.join(folder, str(message.fields["id"]))
    changed, saved = False, {}
    if "eml" in parts:
        saved["eml"] = f"{place}.eml"
        changed = keep(saved["eml"], message.eml(), check_mode)
    if "attachments" in parts:
        attachments = sorted(message.part("attachments"), key=_number, reverse=True)
        names = file_names([attachment.get("filename") for attachment in reversed(attachments)])
        saved["attachments"] = []
        for attachment, name in zip(attachments, reversed(names)):
            path = os.path.join(place, name)
            changed = keep(path, message.attachment(attachment), check_mode) or changed
            saved["attachments"].append({**attachment, "path": path})
    return changed, saved


def _number(attachment):
    """Return the id of an attachment, which is called otherwise in inbound mail (facts 3.21)."""
    return attachment["id"] if "id" in attachment else str(attachment.get("attachment_id"))


def file_names(names):
    """Return names for files in one folder out of those that a mail gives: list of str, in their order. Pure.

    None of them leads out of the folder, hides, or is that of another one where upper and lower case are the same.
    """
    taken, safe = set(), []
    for name in map(_safe, names):
        stem, extension = os.path.splitext(name)
        candidates = itertools.chain([name], (f"{stem}-{number}{extension}" for number in itertools.count(2)))
        chosen = next(candidate for candidate in candidates if candidate.casefold() not in taken)
        taken.add(chosen.casefold())
        safe.append(chosen)
    return safe


def _safe(name):
    name = re.split(r"[/\\]", str(name or ""))[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    stem, extension = os.path.splitext(name.strip(". ") or _NAMELESS)
    extension = extension.encode()[: _LONGEST_NAME // 2].decode(errors="ignore")
    return stem.encode()[: _LONGEST_NAME - len(extension.encode())].decode(errors="ignore") + extension
