# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world in a file: every changed row is on its way to disk before the answer that tells of it."""

import contextlib
import json
import os
import sqlite3
from pathlib import Path

from .store import Key, Row, Store

# Marks the file as ours, so that nobody's database is taken for one: "MTEM".
APPLICATION_ID = 0x4D54454D
FORMAT = 1


class StateFileError(Exception):
    """The file cannot be used; the text is one sentence for the user."""


class StateFile:
    """An SQLite database in write-ahead mode, readable by its owner alone.

    A committed change survives the end of the process in any way, SIGKILL included. Raises StateFileError.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._path.chmod(0o600)
            self._db = sqlite3.connect(self._path, isolation_level=None, timeout=0.2)
            self._open()
        except (OSError, sqlite3.Error) as error:
            raise StateFileError(f"Cannot use the state file {path}: {reason(error)}.") from None

    def _open(self) -> None:
        # An exclusive lock keeps a second emulator away from the file.
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("BEGIN IMMEDIATE")
        owner = self._db.execute("PRAGMA application_id").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version={FORMAT}")
            self._db.execute("CREATE TABLE rows (kind TEXT, id, fields TEXT, raw BLOB, PRIMARY KEY (kind, id))")
        elif owner != APPLICATION_ID:
            raise sqlite3.DatabaseError("it is not a state file of the emulator")
        elif version != FORMAT:
            raise sqlite3.DatabaseError(f"it is of format {version}, not {FORMAT}")
        self._db.execute("COMMIT")

    def load(self, store: Store) -> None:
        """Put every kept row into the tables of a store. Raises StateFileError."""
        try:
            for kind, fields, raw in self._db.execute("SELECT kind, fields, raw FROM rows ORDER BY kind, id"):
                row = json.loads(fields)
                store[kind].load([row if raw is None else row | {"raw": raw}])
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise StateFileError(f"Cannot read the state file {self._path}: {reason(error)}.") from None

    def write(self, changes: list[tuple[str, Key, Row | None]]) -> None:
        """Keep new and changed rows, forget removed ones (None), all or nothing."""
        kept = [(kind, key, *encode(row)) for kind, key, row in changes if row is not None]
        gone = [(kind, key) for kind, key, row in changes if row is None]
        self._db.execute("BEGIN")
        try:
            self._db.executemany("DELETE FROM rows WHERE kind = ? AND id = ?", gone)
            self._db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", kept)
            self._db.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):  # what went wrong first is what to tell
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._db.close()


def encode(row: Row) -> tuple[str, bytes | None]:
    """A row as JSON, and its bytes beside it."""
    return json.dumps({name: value for name, value in row.items() if name != "raw"}), row.get("raw")


def reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
