# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading of text files, and atomic writing of files that only their owner can read, such as secrets and mail."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile

from .._api.errors import MailtrapError

_GROUP_AND_OTHER_BITS = stat.S_IRWXG | stat.S_IRWXO


def check_dest(path: str) -> None:
    """Check that :func:`write_secret` can write a file, as far as this is possible without changing anything.

    Call it before the request that returns the secret: a secret that cannot be written is lost.

    :raises MailtrapError: if the file cannot be written.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise MailtrapError(f"dest {path!r} cannot be written: the folder {folder} does not exist")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise MailtrapError(f"dest {path!r} cannot be written: the folder {folder} is not writable")
    if not os.path.basename(path) or (os.path.exists(path) and not os.path.isfile(path)):
        raise MailtrapError(f"dest {path!r} is not a regular file")
    try:
        os.lstat(path)  # fails if the name is too long or contains a NUL byte
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise _write_error(path, error) from None


def read_text(path: str, option: str) -> str:
    """Read a text file in UTF-8.

    :param option: the option that contains the path, for the message.
    :raises MailtrapError: if the file cannot be read, or is not UTF-8.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        raise MailtrapError(f"{option} {path!r} is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise MailtrapError(f"{option} {path!r} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def write_secret(path: str, text: str) -> None:
    """Write a secret and a line break to a file; see :func:`write_private`."""
    write_private(path, text.rstrip("\n").encode() + b"\n")


def read_secret(path: str) -> str:
    """Return the secret that :func:`write_secret` wrote, or an empty string if the file cannot be read."""
    try:
        # The option is only needed for the message, which is dropped.
        return read_text(path, "dest").rstrip("\n")
    except MailtrapError:
        return ""


def write_private(path: str, content: bytes) -> None:
    """Write a file with mode 0600 atomically, replacing an existing file or symbolic link.

    :raises MailtrapError: if the file cannot be written. An existing file is unchanged then.
    """
    try:
        descriptor, temporary_path = tempfile.mkstemp(prefix=".mailtrap-", dir=os.path.dirname(os.path.abspath(path)))
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary_path, path)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to report
                os.unlink(temporary_path)
            raise
    except (OSError, ValueError) as error:
        raise _write_error(path, error) from None


def check_folder(path: str) -> None:
    """Check that :func:`ensure_private_file` can write into a folder, as far as possible without changing anything.

    :raises MailtrapError: if it cannot be written.
    """
    if not os.path.isdir(path):
        raise MailtrapError(f"dest {path!r} is not an existing folder")
    if not os.access(path, os.W_OK | os.X_OK):
        raise MailtrapError(f"dest {path!r} is not writable")


def ensure_private_file(path: str, content: bytes, check_mode: bool) -> bool:
    """Ensure that a file has this content and that only its owner can read it; return whether it was written.

    A missing parent folder is created.

    :param check_mode: if true, write nothing, and return whether the file would be written.
    :raises MailtrapError: if the file cannot be written.
    """
    if has_private_content(path, content):
        return False
    if not check_mode:
        try:
            os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o700, exist_ok=True)
        except OSError as error:
            raise _write_error(path, error) from None
        write_private(path, content)
    return True


def has_private_content(path: str, content: bytes) -> bool:
    """Return whether a file has this content and only its owner can read it."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_mode & _GROUP_AND_OTHER_BITS or status.st_size != len(content):
            return False
        with open(path, "rb") as file:
            return file.read() == content
    except (OSError, ValueError):
        return False


def _write_error(path: str, error: Exception) -> MailtrapError:
    return MailtrapError(f"the file {path!r} cannot be written: {getattr(error, 'strerror', None) or error}")
