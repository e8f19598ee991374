# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The in-memory store: tables of dict rows, with the indexes that frequent queries need.

A row is a dict that JSON can represent, except for a field called ``raw``, which holds bytes. Anybody may read rows,
but only the table may change them, because it maintains the indexes and records the changes for the state file.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
# The id of a row. All rows of one table have ids of the same type.
Key = int | str
# A changed row to write: table, id, and the row, or None if it was removed.
Change = tuple[str, Key, Row | None]
# Writes changes durably before it returns.
Keep = Callable[[list[Change]], None]


@dataclass(frozen=True)
class TableSpec:
    """The declaration of a table.

    A field in ``unique`` identifies at most one row by its value. A group function in ``groups`` returns the value that
    a row is listed under, or None to leave it out, so that the children of a parent are found without a scan.
    """

    name: str
    first_id: int = 1
    unique: tuple[str, ...] = ()
    groups: dict[str, Callable[[Row], Hashable]] = field(default_factory=dict)


class DuplicateValueError(ValueError):
    """Another row has a value that must be unique. The message names the field and the value."""


class Table:
    """The rows of one table."""

    def __init__(self, spec: TableSpec, store: "Store") -> None:
        self.spec = spec
        self.rows: dict[Key, Row] = {}
        self._store = store
        self._unique: dict[str, dict[Any, Key]] = {name: {} for name in spec.unique}
        self._groups: dict[str, dict[Hashable, list[Any]]] = {name: {} for name in spec.groups}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __getitem__(self, key: Key) -> Row:
        """Return the row with this id.

        :raises KeyError: if there is none.
        """
        return self.rows[key]

    def get(self, key: Key) -> Row | None:
        """Return the row with this id, or None."""
        return self.rows.get(key)

    def find(self, name: str, value: Any) -> Row | None:
        """Return the row whose unique field ``name`` has this value, or None."""
        key = self._unique[name].get(value)
        return None if key is None else self.rows[key]

    def ids(self, group: str, value: Hashable) -> list[Any]:
        """Return the ids that a group lists under a value, ascending.

        The list belongs to the index. Do not change it, and do not change the table while iterating over it.
        """
        return self._groups[group].get(value, [])

    def values(self, group: str) -> list[Any]:
        """Return the values that a group lists rows under, unordered."""
        return list(self._groups[group])

    def select(self, group: str, value: Hashable) -> list[Row]:
        """Return the rows that a group lists under a value, by ascending id."""
        return [self.rows[key] for key in self.ids(group, value)]

    def add(self, row: Row) -> Row:
        """Add a row and return it. A row without an ``id`` gets the next one; a row with one replaces its predecessor.

        :raises DuplicateValueError: if another row has one of its unique values.
        """
        self._check_unique(row, row.get("id"))
        if "id" not in row:
            row = {"id": self._store.next_id(self.spec), **row}
        elif isinstance(row["id"], int):
            self._store.reserve_id(self.spec, row["id"])
        old = self.rows.get(row["id"])
        if old is not None:
            self._remove_from_indexes(old)
        self.rows[row["id"]] = row
        self._add_to_indexes(row)
        self._store.record_change(self.spec.name, row["id"], row)
        return row

    def update(self, row: Row, **fields: Any) -> Row:
        """Set fields of a row of this table and return the row.

        :raises DuplicateValueError: if another row has one of the new unique values.
        """
        self._check_unique(fields, row["id"])
        # Most updates do not move the row in the indexes, and its group may be long.
        if self._index_values({**row, **fields}) == self._index_values(row):
            row.update(fields)
        else:
            self._remove_from_indexes(row)
            row.update(fields)
            self._add_to_indexes(row)
        self._store.record_change(self.spec.name, row["id"], row)
        return row

    def remove(self, row: Row) -> None:
        """Remove a row of this table."""
        self._remove_from_indexes(row)
        del self.rows[row["id"]]
        self._store.record_change(self.spec.name, row["id"], None)

    def load(self, rows: Iterable[Row]) -> None:
        """Add rows from the state file, without recording a change."""
        for row in rows:
            self.rows[row["id"]] = row
            self._add_to_indexes(row)

    def _check_unique(self, fields: Row, key: Key | None) -> None:
        for name, index in self._unique.items():
            if index.get(fields.get(name), key) != key:
                raise DuplicateValueError(f"{name} {fields[name]}")

    def _index_values(self, row: Row) -> list[Any]:
        """Return the values that the indexes list a row under."""
        return [*(row[name] for name in self._unique), *(value(row) for value in self.spec.groups.values())]

    def _add_to_indexes(self, row: Row) -> None:
        key = row["id"]
        for name, index in self._unique.items():
            if row[name] is not None:
                index[row[name]] = key
        for name, groups in self._groups.items():
            value = self.spec.groups[name](row)
            if value is not None:
                members = groups.setdefault(value, [])
                # New rows usually have the highest id.
                if not members or members[-1] < key:
                    members.append(key)
                else:
                    insort(members, key)

    def _remove_from_indexes(self, row: Row) -> None:
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


# Id counters, settings and scheduled jobs are rows, so that the state file keeps them too.
COUNTERS_TABLE = TableSpec("counters")
SETTINGS_TABLE = TableSpec("settings")
JOBS_TABLE = TableSpec("jobs", groups={"all": lambda row: "all"})


class Store:
    """All tables, and the changes since the last commit. Without ``keep`` the changes are not written anywhere."""

    def __init__(self, specs: Iterable[TableSpec], keep: Keep | None = None) -> None:
        self._keep = keep
        self._changes: dict[tuple[str, Key], Row | None] = {}
        self.tables = {spec.name: Table(spec, self) for spec in (COUNTERS_TABLE, SETTINGS_TABLE, JOBS_TABLE, *specs)}

    def __getitem__(self, table: str) -> Table:
        """Return the table with this name."""
        return self.tables[table]

    def next_id(self, spec: TableSpec) -> int:
        """Take the next id of a table."""
        counter = self[COUNTERS_TABLE.name].get(spec.name)
        value: int = counter["next"] if counter else spec.first_id
        self._set_counter(spec, value + 1)
        return value

    def reserve_id(self, spec: TableSpec, used: int) -> None:
        """Move the id counter of a table past an id that a caller chose."""
        counter = self[COUNTERS_TABLE.name].get(spec.name)
        if used >= (counter["next"] if counter else spec.first_id):
            self._set_counter(spec, used + 1)

    def _set_counter(self, spec: TableSpec, following: int) -> None:
        self[COUNTERS_TABLE.name].add({"id": spec.name, "next": following})

    def record_change(self, table: str, key: Key, row: Row | None) -> None:
        """Record a changed row, or a removed one (None), for the next commit."""
        if self._keep is not None:
            self._changes[table, key] = row

    def commit(self) -> None:
        """Write the changes since the last commit. This happens before each response is sent."""
        if self._changes and self._keep is not None:
            self._keep([(table, key, row) for (table, key), row in self._changes.items()])
            self._changes.clear()

    def clear(self) -> None:
        """Remove all rows."""
        for table in self.tables.values():
            # From the end, because the last id of a group is the cheapest to remove.
            for row in reversed(list(table)):
                table.remove(row)
