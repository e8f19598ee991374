# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seed documents: objects that a test puts into the world, and the reader that validates them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from types import NoneType, UnionType
from typing import Any

from .errors import ControlError
from .store import Row
from .world import World


@dataclass(frozen=True)
class Seed:
    """A key of the seed document.

    ``apply`` adds one item of its list to the world. The keys in ``after`` are applied before this one.
    """

    key: str
    apply: Callable[[World, "FieldReader"], object]
    after: tuple[str, ...] = ()


TYPE_NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


class FieldReader:
    """Reads the fields of an object in a control request and refuses unknown fields.

    ``location`` names the object in error messages, for example ``projects[0]``.

    :raises ControlError: from each method, if a field is invalid.
    """

    def __init__(self, location: str, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise ControlError(f"{location} must be an object.")
        self.location = location
        self.fields: dict[str, Any] = fields
        self._read: set[str] = set()

    def get(self, name: str, expected: type | UnionType, default: Any = None) -> Any:
        """Return an optional field. Null means the same as a missing field."""
        self._read.add(name)
        value = self.fields.get(name)
        if value is None:
            return default
        parts = expected.__args__ if isinstance(expected, UnionType) else (expected,)
        allowed = [part for part in parts if isinstance(part, type) and part is not NoneType]
        # In Python a bool is an int; in JSON it is not.
        if not any(isinstance(value, part) and (part is bool or not isinstance(value, bool)) for part in allowed):
            raise ControlError(f"{self.location}: {name} must be {' or '.join(TYPE_NAMES[part] for part in allowed)}.")
        return value

    def require(self, name: str, expected: type | UnionType) -> Any:
        """Return a required field."""
        value = self.get(name, expected)
        if value is None:
            raise ControlError(f"{self.location}: {name} is required.")
        return value

    def identity_fields(self, world: World, table: str) -> dict[str, int]:
        """Return ``{"id": N}`` if the object chooses its id, else an empty dict."""
        value = self.get("id", int)
        if value is None:
            return {}
        if not 0 < value < 2**63:
            raise ControlError(f"{self.location}: id must be between 1 and 2^63.")
        if world.store[table].get(value) is not None:
            raise ControlError(f"{self.location}: there is a row {value} in {table} already.")
        return {"id": value}

    def find_parent(self, world: World, table: str, name: str) -> Row:
        """Return the row that a required field such as ``project_id`` refers to."""
        key = self.require(name, int)
        row = world.store[table].get(key)
        if row is None:
            raise ControlError(f"{self.location}: there is no row {key} in {table}.")
        return row

    def read_rest(self) -> dict[str, Any]:
        """Return all fields that were not read yet."""
        rest = {name: value for name, value in self.fields.items() if name not in self._read}
        self._read.update(rest)
        return rest

    def reject_unknown(self) -> None:
        """Refuse the object if it has a field that was not read."""
        unknown = sorted(set(self.fields) - self._read)
        if unknown:
            raise ControlError(f"{self.location}: unknown field {unknown[0]}.")


def seed_document(world: World, seeds: Iterable[Seed], document: Any) -> None:
    """Add all objects of a seed document to the world.

    :raises ControlError: if an object is invalid. The objects before it stay in the world.
    """
    by_key = {seed.key: seed for seed in seeds}
    if not isinstance(document, dict):
        raise ControlError("The seed document must be an object.")
    for key, items in document.items():
        if key not in by_key:
            raise ControlError(f"Unknown key {key}; known are {', '.join(sorted(by_key))}.")
        if not isinstance(items, list):
            raise ControlError(f"{key} must be a list.")
    for key in TopologicalSorter({seed.key: seed.after for seed in by_key.values()}).static_order():
        for number, fields in enumerate(document.get(key, [])):
            item = FieldReader(f"{key}[{number}]", fields)
            by_key[key].apply(world, item)
            item.reject_unknown()
