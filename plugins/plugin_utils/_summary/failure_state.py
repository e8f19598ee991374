# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remembers between runs that a run failed, in a file that exists until the run succeeds again."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError


class FailureState:
    """The stored failure of one run.

    :param folder: the folder of the state files.
    :param run_id: a text that is the same whenever the same run is repeated.
    """

    def __init__(self, folder: str, run_id: str) -> None:
        self._folder = folder
        self._run_id = run_id
        file_name = hashlib.sha256(run_id.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._path = os.path.join(folder, file_name)

    def failing_since(self) -> datetime.datetime | None:
        """Return the time of the first failure since the last success, or None if the last run succeeded."""
        try:
            return datetime.datetime.fromtimestamp(os.stat(self._path).st_mtime).astimezone()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._error(error) from None

    def record_failure(self) -> None:
        """Record that the run failed, unless a failure is recorded already."""
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
                    file.write(f"{self._run_id}\n")
        except OSError as error:
            raise self._error(error) from None

    def clear(self) -> None:
        """Delete the recorded failure, if there is one."""
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
        except OSError as error:
            raise self._error(error) from None

    def _error(self, error: OSError) -> MailtrapError:
        return MailtrapError(f"Could not use state_dir {self._folder!r}: {error.strerror}")
