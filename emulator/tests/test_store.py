# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables and their indexes, compared with a search of a list."""

import random

import pytest

from mailtrap_emulator.state.store import DuplicateValueError, Store, TableSpec

SPEC = TableSpec(
    "things",
    first_id=100,
    unique=("name",),
    groups={"colour": lambda row: row["colour"], "big": lambda row: "yes" if row["size"] > 5 else None},
)
SEED = 20261101


def test_indexes_agree_with_a_linear_search():
    rng = random.Random(SEED)
    store = Store([SPEC])
    table = store["things"]
    for step in range(3000):
        rows = list(table)
        action = rng.random()
        if not rows or action < 0.5:
            row = {"name": f"n{step}", "colour": rng.choice("rgb"), "size": rng.randrange(10)}
            if rng.random() < 0.3:
                row["id"] = rng.randrange(1, 10_000)
                if table.get(row["id"]):
                    continue
            table.add(row)
        elif action < 0.8:
            table.update(rng.choice(rows), colour=rng.choice("rgb"), size=rng.randrange(10))
        else:
            table.remove(rng.choice(rows))
    assert len(table) > 100
    for colour in "rgb":
        expected = sorted(row["id"] for row in table if row["colour"] == colour)
        assert list(table.ids("colour", colour)) == expected
        assert [row["id"] for row in table.select("colour", colour)] == expected
    assert list(table.ids("big", "yes")) == sorted(row["id"] for row in table if row["size"] > 5)
    assert {table.find("name", row["name"])["id"] for row in table} == {row["id"] for row in table}


def test_ids_ascend_and_are_never_reused():
    store = Store([SPEC])
    table = store["things"]
    fields = {"colour": "r", "size": 1}
    first = table.add({"name": "a", **fields})
    assert first["id"] == 100
    table.remove(first)
    assert table.add({"name": "b", **fields})["id"] == 101
    table.add({"id": 500, "name": "c", **fields})
    assert table.add({"name": "d", **fields})["id"] == 501
    table.add({"id": 3, "name": "e", **fields})
    assert table.add({"name": "f", **fields})["id"] == 502


def test_unique_values_cannot_repeat():
    table = Store([SPEC])["things"]
    first = table.add({"name": "a", "colour": "r", "size": 1})
    second = table.add({"name": "b", "colour": "r", "size": 1})
    with pytest.raises(DuplicateValueError, match="name a"):
        table.add({"name": "a", "colour": "r", "size": 1})
    with pytest.raises(DuplicateValueError):
        table.update(second, name="a")
    assert second["name"] == "b"
    table.update(first, name="a")
    table.update(first, name="c")
    assert table.find("name", "a") is None
    table.update(second, name="a")
    assert table.find("name", "a") is second


def test_commit_writes_each_changed_row_once_in_its_last_state():
    commits = []
    store = Store([SPEC], commits.append)
    table = store["things"]
    row = table.add({"name": "a", "colour": "r", "size": 1})
    table.update(row, size=2)
    removed = table.add({"name": "b", "colour": "r", "size": 1})
    table.remove(removed)
    store.commit()
    (changes,) = commits
    assert {(kind, key): state for kind, key, state in changes if kind == "things"} == {
        ("things", 100): {"id": 100, "name": "a", "colour": "r", "size": 2},
        ("things", 101): None,
    }
    store.commit()
    assert len(commits) == 1


def test_failed_commit_is_repeated():
    attempts = []

    def keep(changes):
        attempts.append(changes)
        if len(attempts) == 1:
            raise OSError("disk full")

    store = Store([SPEC], keep)
    store["things"].add({"name": "a", "colour": "r", "size": 1})
    with pytest.raises(OSError, match="disk full"):
        store.commit()
    store.commit()
    assert attempts[0] == attempts[1]
