# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encoding a request body as JSON in chunks, with its attached files as Base64."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import stat
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, List

from .._api.errors import MailtrapError

if TYPE_CHECKING:
    from .._api.json_types import Json

_CHUNK_SIZE = 3 * 2**18  # bytes; a multiple of three, because Base64 must not be padded between chunks

# Marks the place of a file in the encoded JSON. It is random, so that no message can contain it.
_PLACEHOLDER = uuid.uuid4().hex


@dataclass(frozen=True)
class Base64File:
    """A file that is read and encoded as Base64 when the body is encoded.

    :ivar length: the size of the Base64 text in bytes, when the file was inspected.
    """

    path: str
    length: int

    @classmethod
    def from_path(cls, path: str) -> Base64File:
        """Inspect a file.

        :raises MailtrapError: if it is not a regular file, or cannot be read.
        """
        with _reading(path):
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):  # opening or reading a pipe or a device could block
                raise OSError(0, "it is not a regular file")
            open(path, "rb").close()
        return cls(path, (status.st_size + 2) // 3 * 4)

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the Base64 text in chunks.

        :raises MailtrapError: if the file can no longer be read.
        """
        with _reading(self.path), open(self.path, "rb") as file:
            chunk = file.read(_CHUNK_SIZE)
            while chunk:
                yield base64.b64encode(chunk)
                chunk = file.read(_CHUNK_SIZE)


def encode_json(value: Json) -> List[bytes]:
    """Encode a value as JSON, in chunks. The value may contain :class:`Base64File` objects.

    :raises MailtrapError: if the value cannot be encoded, or a file cannot be read.
    """
    files: List[Base64File] = []

    def insert_placeholder(file: Base64File) -> str:
        files.append(file)
        return _PLACEHOLDER

    try:
        texts = json.dumps(value, default=insert_placeholder, allow_nan=False).split(_PLACEHOLDER)
    except ValueError as error:
        raise MailtrapError(f"the message cannot be encoded as JSON: {error}") from None
    chunks = [texts[0].encode()]
    for file, text in zip(files, texts[1:]):
        chunks.extend(file.read_chunks())
        chunks.append(text.encode())
    return chunks


@contextlib.contextmanager
def _reading(path: str) -> Iterator[None]:
    """Convert the errors of reading an attachment to MailtrapError."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MailtrapError(f"attachment {path!r} cannot be read: {reason}") from None
