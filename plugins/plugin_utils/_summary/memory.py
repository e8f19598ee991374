# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a run failed the last time: a file that is there from its first failure until it works again."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError


class Memory:
    """What is remembered about one run.

    :param folder: str, where the files are. :param name: str, what tells this run from others.
    """

    def __init__(self, folder, name):
        self._folder = folder
        self._name = name
        self._path = os.path.join(folder, hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32])

    def failing_since(self):
        """Return when the first of the failures was since which the run has not worked: datetime, or None."""
        try:
            return datetime.datetime.fromtimestamp(os.stat(self._path).st_mtime).astimezone()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from None

    def failed(self):
        """Remember that it failed; the first time counts."""
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(file, "w", encoding="utf-8", errors="surrogateescape") as text:
                    text.write(f"{self._name}\n")
        except OSError as error:
            raise self._unusable(error) from None

    def worked(self):
        """Forget the failures."""
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error):
        return MailtrapError(f"state_dir {self._folder!r} cannot be used: {error.strerror}")
