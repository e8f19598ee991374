# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files: texts that a user wrote, and what only its owner may read, which is secrets and mail."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile

from .._api.errors import MailtrapError

_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_dest(path):
    """Refuse a path that write_secret could not write to, as far as that can be known. It changes nothing.

    To be called before the request that brings the secret: what cannot be kept then is lost.

    :param path: str, the file, which need not be there yet.
    :raises MailtrapError: one sentence.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise MailtrapError(f"dest names {path!r}, and there is no folder {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise MailtrapError(f"dest names {path!r}, and the folder {folder} cannot be written to")
    if not os.path.basename(path) or (os.path.exists(path) and not os.path.isfile(path)):
        raise MailtrapError(f"dest names {path!r}, which is not a file")
    try:
        os.lstat(path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None


def read_text(path, option):
    """Return the text of a file: str. It is UTF-8.

    :param option: str, the option that names it, for the sentence.
    :raises MailtrapError: when it cannot be read, or is no text.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        raise MailtrapError(f"{option} {path!r} is not text in UTF-8") from None
    except (OSError, ValueError) as error:
        raise MailtrapError(f"{option} {path!r} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def write_secret(path, text):
    """Put a text into a file, with a line break at its end; see write_private.

    :param path: str. :param text: str.
    """
    write_private(path, text.rstrip("\n").encode() + b"\n")


def read_secret(path):
    """Return what write_secret put into a file: str, empty where it cannot be read."""
    try:
        return read_text(path, "dest").rstrip("\n")
    except MailtrapError:
        return ""


def write_private(path, content):
    """Put bytes into a file of mode 0600, which is there whole or not at all; what was there before is replaced.

    :param path: str; a symbolic link is replaced, not followed. :param content: bytes.
    :raises MailtrapError: when it cannot be written; what was there before is still there.
    """
    try:
        descriptor, draft = tempfile.mkstemp(prefix=".mailtrap-", dir=os.path.dirname(os.path.abspath(path)))
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except BaseException:
            with contextlib.suppress(OSError):  # what went wrong first is what to tell
                os.unlink(draft)
            raise
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None


def check_folder(path):
    """Refuse a folder in which keep could not write, as far as that can be known. It changes nothing.

    :param path: str. :raises MailtrapError: one sentence.
    """
    if not os.path.isdir(path):
        raise MailtrapError(f"dest names {path!r}, and there is no such folder")
    if not os.access(path, os.W_OK | os.X_OK):
        raise MailtrapError(f"dest names {path!r}, and this folder cannot be written to")


def keep(path, content, check_mode):
    """Have a file that holds these bytes and is its owner's alone; its folder is made where that is missing.

    :param path: str. :param content: bytes. :param check_mode: bool, whether to leave it as it is all the same.
    :returns: bool, whether it was otherwise.
    :raises MailtrapError: when it cannot be written.
    """
    if holds(path, content):
        return False
    if not check_mode:
        try:
            os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o700, exist_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from None
        write_private(path, content)
    return True


def holds(path, content):
    """Say whether write_private would change nothing: bool.

    :param path: str. :param content: bytes.
    """
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_mode & _FOR_OTHERS or status.st_size != len(content):
            return False
        with open(path, "rb") as file:
            return file.read() == content
    except (OSError, ValueError):
        return False


def _unwritable(path, error):
    return MailtrapError(f"the file {path!r} cannot be written: {getattr(error, 'strerror', None) or error}")
