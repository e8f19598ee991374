# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state: plain tables of plain dicts, with the indexes that hot paths need.

A row is a dict that JSON can hold; the one exception is a field called ``raw``, which is bytes.
Rows are read freely but changed only through their table, which keeps the indexes and notes what to write to disk.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Key = int | str
# A changed row to write: table, id, and the row, or None for a removed one.
Change = tuple[str, Key, Row | None]
Keep = Callable[[list[Change]], None]


@dataclass(frozen=True)
class TableSpec:
    """What an area says about one kind of object.

    ``unique`` fields find at most one row by value. ``groups`` sort the ids of rows under the value that a function
    makes of the row (None: in no group), so that a parent's children, newest or oldest first, cost no scan.
    """

    name: str
    first_id: int = 1
    unique: tuple[str, ...] = ()
    groups: dict[str, Callable[[Row], Any]] = field(default_factory=dict)


class DuplicateValueError(ValueError):
    """A value that must be unique is in use; the text names it."""


class Table:
    """All rows of one kind."""

    def __init__(self, spec: TableSpec, store: "Store") -> None:
        self.spec = spec
        self.rows: dict[Key, Row] = {}
        self._store = store
        self._unique: dict[str, dict[Any, Key]] = {name: {} for name in spec.unique}
        self._groups: dict[str, dict[Any, list]] = {name: {} for name in spec.groups}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __getitem__(self, key: Key) -> Row:
        """Return the row with this id. Raises KeyError if there is none."""
        return self.rows[key]

    def get(self, key: Key) -> Row | None:
        """Return the row with this id, or None."""
        return self.rows.get(key)

    def find(self, name: str, value: Any) -> Row | None:
        """The row whose unique field ``name`` has this value."""
        key = self._unique[name].get(value)
        return None if key is None else self.rows[key]

    def ids(self, group: str, value: Any) -> list:
        """The ids of a group, ascending. The caller must not change the list, nor the table while walking it."""
        return self._groups[group].get(value, [])

    def values(self, group: str) -> list:
        """The values that a group has rows under, in no particular order."""
        return list(self._groups[group])

    def select(self, group: str, value: Any) -> list[Row]:
        """The rows of a group, by ascending id."""
        return [self.rows[key] for key in self.ids(group, value)]

    def add(self, row: Row) -> Row:
        """Take in a row; without an ``id`` it gets the next one, with one it replaces a row of that id.

        Raises Taken if another row has one of its unique values.
        """
        self._check_unique(row, row.get("id"))
        if "id" not in row:
            row = {"id": self._store.next_id(self.spec), **row}
        elif isinstance(row["id"], int):
            self._store.reserve_id(self.spec, row["id"])
        old = self.rows.get(row["id"])
        if old is not None:
            self._unlist(old)
        self.rows[row["id"]] = row
        self._list(row)
        self._store.note(self.spec.name, row["id"], row)
        return row

    def update(self, row: Row, **fields: Any) -> Row:
        """Set fields of a row that is in the table. Raises Taken like :meth:`add`."""
        self._check_unique(fields, row["id"])
        # Most changes leave a row where the indexes have it, and its group may be long.
        if self._places({**row, **fields}) == self._places(row):
            row.update(fields)
        else:
            self._unlist(row)
            row.update(fields)
            self._list(row)
        self._store.note(self.spec.name, row["id"], row)
        return row

    def remove(self, row: Row) -> None:
        self._unlist(row)
        del self.rows[row["id"]]
        self._store.note(self.spec.name, row["id"], None)

    def load(self, rows: Iterable[Row]) -> None:
        """Take in rows as they were kept, without noting a change."""
        for row in rows:
            self.rows[row["id"]] = row
            self._list(row)

    def _check_unique(self, fields: Row, key: Key | None) -> None:
        for name, index in self._unique.items():
            if index.get(fields.get(name), key) != key:
                raise DuplicateValueError(f"{name} {fields[name]}")

    def _places(self, row: Row) -> list:
        """Under which values the indexes have the row."""
        return [*(row[name] for name in self._unique), *(value(row) for value in self.spec.groups.values())]

    def _list(self, row: Row) -> None:
        key = row["id"]
        for name, index in self._unique.items():
            if row[name] is not None:
                index[row[name]] = key
        for name, groups in self._groups.items():
            value = self.spec.groups[name](row)
            if value is not None:
                members = groups.setdefault(value, [])
                if not members or members[-1] < key:
                    members.append(key)
                else:
                    insort(members, key)

    def _unlist(self, row: Row) -> None:
        key = row["id"]
        for name, index in self._unique.items():
            if index.get(row[name]) == key:
                del index[row[name]]
        for name, groups in self._groups.items():
            value = self.spec.groups[name](row)
            if value is not None:
                members = groups[value]
                del members[bisect_left(members, key)]
                if not members:
                    del groups[value]


# The id counters, the settings and what is still to happen are rows like any other, so that a restart finds them too.
COUNTERS_TABLE = TableSpec("counters")
SETTINGS_TABLE = TableSpec("settings")


class Store:
    """All tables, and the changes since the last commit.

    ``keep`` writes a list of ``(kind, id, row or None)`` for good before it returns; without it nothing is kept.
    """

    def __init__(self, specs: Iterable[TableSpec], keep: Keep | None = None) -> None:
        self._keep = keep
        self._changes: dict[tuple[str, Key], Row | None] = {}
        self.tables = {spec.name: Table(spec, self) for spec in (COUNTERS_TABLE, SETTINGS_TABLE, JOBS_TABLE, *specs)}

    def __getitem__(self, kind: str) -> Table:
        return self.tables[kind]

    def next_id(self, spec: TableSpec) -> int:
        counter = self[COUNTERS_TABLE.name].get(spec.name)
        value = counter["next"] if counter else spec.first_id
        self._count(spec, value + 1)
        return value

    def reserve_id(self, spec: TableSpec, used: int) -> None:
        """Let the counter never give out an id that was given from outside."""
        counter = self[COUNTERS_TABLE.name].get(spec.name)
        if used >= (counter["next"] if counter else spec.first_id):
            self._count(spec, used + 1)

    def _count(self, spec: TableSpec, following: int) -> None:
        self[COUNTERS_TABLE.name].add({"id": spec.name, "next": following})

    def note(self, kind: str, key: Key, row: Row | None) -> None:
        if self._keep is not None:
            self._changes[kind, key] = row

    def commit(self) -> None:
        """Write what has changed since the last commit. Called before each answer goes out."""
        if self._changes and self._keep is not None:
            self._keep([(kind, key, row) for (kind, key), row in self._changes.items()])
            self._changes.clear()

    def clear(self) -> None:
        """Forget every row."""
        for table in self.tables.values():
            # From the end, where the lists of the groups lose a row without moving the others.
            for row in reversed(list(table)):
                table.remove(row)


JOBS_TABLE = TableSpec("jobs", groups={"all": lambda row: "all"})
