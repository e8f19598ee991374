# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file: an SQLite database with every row of the store."""

import contextlib
import json
import os
import sqlite3
from pathlib import Path

from .store import Change, Row, Store

# Identifies the file as a state file: "MTEM". The emulator refuses any other database.
APPLICATION_ID = 0x4D54454D
FORMAT = 1


class StateFileError(Exception):
    """The state file cannot be used. The message is one sentence for the user."""


class StateFile:
    """An SQLite database in write-ahead mode that only its owner can read.

    A committed change survives any end of the process, including SIGKILL.

    :raises StateFileError: if the file cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._path.chmod(0o600)
            self._db = sqlite3.connect(self._path, isolation_level=None, timeout=0.2)
            self._open()
        except (OSError, sqlite3.Error) as error:
            raise StateFileError(f"Cannot use the state file {path}: {describe_error(error)}.") from None

    def _open(self) -> None:
        # An exclusive lock keeps a second emulator away from the file.
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("BEGIN IMMEDIATE")
        application_id = self._db.execute("PRAGMA application_id").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version={FORMAT}")
            self._db.execute("CREATE TABLE rows (kind TEXT, id, fields TEXT, raw BLOB, PRIMARY KEY (kind, id))")
        elif application_id != APPLICATION_ID:
            raise sqlite3.DatabaseError("it is not a state file of the emulator")
        elif version != FORMAT:
            raise sqlite3.DatabaseError(f"its format is {version}, this version of the emulator reads format {FORMAT}")
        self._db.execute("COMMIT")

    def load(self, store: Store) -> None:
        """Load all rows into the tables of a store.

        :raises StateFileError: if the file cannot be read.
        """
        try:
            for table, fields, raw in self._db.execute("SELECT kind, fields, raw FROM rows ORDER BY kind, id"):
                row = json.loads(fields)
                store[table].load([row if raw is None else row | {"raw": raw}])
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise StateFileError(f"Cannot read the state file {self._path}: {describe_error(error)}.") from None

    def write(self, changes: list[Change]) -> None:
        """Write changes in one transaction: insert or replace rows, delete removed ones (None).

        :raises sqlite3.Error: if the file cannot be written; it is unchanged then.
        """
        kept = [(table, key, *encode_row(row)) for table, key, row in changes if row is not None]
        removed = [(table, key) for table, key, row in changes if row is None]
        self._db.execute("BEGIN")
        try:
            self._db.executemany("DELETE FROM rows WHERE kind = ? AND id = ?", removed)
            self._db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", kept)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):  # the first error is the one to report
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def encode_row(row: Row) -> tuple[str, bytes | None]:
    """Split a row into JSON and its raw bytes, if it has any."""
    return json.dumps({name: value for name, value in row.items() if name != "raw"}), row.get("raw")


def describe_error(error: Exception) -> str:
    """Return the reason of an error as text."""
    return getattr(error, "strerror", None) or str(error)
