# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Explicit state from outside: what a seed document may hold, and how its mistakes are told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from types import NoneType, UnionType
from typing import Any

from .errors import ControlError
from .world import World


@dataclass(frozen=True)
class Seed:
    """One key of the seed document. ``apply`` gets the world and one item; the keys in ``after`` go before it."""

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
    """One entry of a seed list. Reading notes the fields used, so that a misspelled one is told and not lost."""

    def __init__(self, location: str, fields: Any) -> None:
        if not isinstance(fields, dict):
            raise ControlError(f"{location} must be an object.")
        self.location = location
        self.fields = fields
        self._read: set[str] = set()

    def get(self, name: str, kind: type | UnionType, default: Any = None) -> Any:
        """An optional field; null is the same as leaving it out."""
        self._read.add(name)
        value = self.fields.get(name)
        if value is None:
            return default
        allowed = [part for part in getattr(kind, "__args__", (kind,)) if part is not NoneType]
        # In Python true is a number; in JSON it is not.
        matches = [
            part for part in allowed if isinstance(value, part) and (part is bool or not isinstance(value, bool))
        ]
        if not matches:
            raise ControlError(f"{self.location}: {name} must be {' or '.join(TYPE_NAMES[part] for part in allowed)}.")
        return value

    def require(self, name: str, kind: type | UnionType) -> Any:
        """A field that must be there."""
        value = self.get(name, kind)
        if value is None:
            raise ControlError(f"{self.location}: {name} is required.")
        return value

    def identity_fields(self, world: World, kind: str) -> dict[str, int]:
        """``{"id": N}`` where the item gives a free one, else nothing, and the table counts on."""
        value = self.get("id", int)
        if value is None:
            return {}
        if not 0 < value < 2**63:
            raise ControlError(f"{self.location}: id must be between 1 and 2^63.")
        if world.store[kind].get(value) is not None:
            raise ControlError(f"{self.location}: there is a row {value} in {kind} already.")
        return {"id": value}

    def find_parent(self, world: World, kind: str, name: str) -> dict:
        """The row that a field such as ``project_id`` points at."""
        key = self.require(name, int)
        row = world.store[kind].get(key)
        if row is None:
            raise ControlError(f"{self.location}: there is no row {key} in {kind}.")
        return row

    def read_rest(self) -> dict[str, Any]:
        """All fields that have not been read; they count as read."""
        rest = {name: value for name, value in self.fields.items() if name not in self._read}
        self._read.update(rest)
        return rest

    def reject_unknown(self) -> None:
        """Refuse what nobody asked for."""
        unknown = sorted(set(self.fields) - self._read)
        if unknown:
            raise ControlError(f"{self.location}: unknown field {unknown[0]}.")


def seed_document(world: World, seeds: Iterable[Seed], document: Any) -> None:
    """Put a whole document into the world. Raises ControlError; what stood before the mistake has been planted."""
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
