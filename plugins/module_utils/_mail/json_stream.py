# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A body that holds files, as JSON in pieces: a file is read when the body is written, and held once, as base64."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import stat
import uuid
from dataclasses import dataclass

from .._api.errors import MailtrapError

_PIECE = 3 * 2**18  # bytes; a multiple of three, so that the pieces of base64 make one text

# What stands in the JSON where a file goes. Nobody who writes a message can know it.
_PLACE = uuid.uuid4().hex


@dataclass(frozen=True)
class Base64File:
    """The content of a file, as base64.

    :ivar path: str. :ivar length: int, bytes of base64, by what the file was when it was looked at.
    """

    path: str
    length: int

    @classmethod
    def of(cls, path):
        """Look at a file.

        :raises MailtrapError: when it is none that can be read.
        """
        with _readable(path):
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):  # opening it could wait for ever, and reading it too
                raise OSError(0, "it is not a file")
            open(path, "rb").close()
        return cls(path, (status.st_size + 2) // 3 * 4)

    def pieces(self):
        """Yield the base64: bytes.

        :raises MailtrapError: when the file cannot be read any longer.
        """
        with _readable(self.path), open(self.path, "rb") as file:
            piece = file.read(_PIECE)
            while piece:
                yield base64.b64encode(piece)
                piece = file.read(_PIECE)


def written(value):
    """Return a value as JSON: list of bytes; the value may hold Base64File.

    :raises MailtrapError: when it cannot be written as JSON, or a file not be read.
    """
    files = []

    def place(file):
        files.append(file)
        return _PLACE

    try:
        texts = json.dumps(value, default=place, allow_nan=False).split(_PLACE)
    except ValueError as error:
        raise MailtrapError(f"the message cannot be written as JSON: {error}") from None
    pieces = [texts[0].encode()]
    for file, text in zip(files, texts[1:]):
        pieces.extend(file.pieces())
        pieces.append(text.encode())
    return pieces


@contextlib.contextmanager
def _readable(path):
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MailtrapError(f"attachment {path!r} cannot be read: {reason}") from None
