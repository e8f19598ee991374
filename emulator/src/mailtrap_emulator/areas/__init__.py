# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The areas of the API, one module each.

A module here is found by itself. It may define ``TABLES`` (a list of TableSpec), ``routes`` (a Routes), ``SEEDS``
(a list of Seed), ``LISTENERS`` (functions that are told events, see events.py) and ``JOBS`` (what happens by itself,
see schedule.py); nothing else has to know it.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from ..routing import Operation
from ..seeding import Seed
from ..store import TableSpec


def modules() -> list[ModuleType]:
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def tables() -> list[TableSpec]:
    return [spec for module in modules() for spec in getattr(module, "TABLES", [])]


def operations() -> list[Operation]:
    return [operation for module in modules() if hasattr(module, "routes") for operation in module.routes.operations]


def seeds() -> list[Seed]:
    return [seed for module in modules() for seed in getattr(module, "SEEDS", [])]


@cache
def listeners() -> list[Callable]:
    return [listener for module in modules() for listener in getattr(module, "LISTENERS", [])]


@cache
def jobs() -> dict[str, Callable]:
    return {kind: handler for module in modules() for kind, handler in getattr(module, "JOBS", {}).items()}
