# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the service: one module for each resource.

Modules are found automatically. A module may define ``TABLES`` (a list of :class:`TableSpec`), ``SEEDS`` (a list of
:class:`Seed`), ``LISTENERS`` (functions that receive events, see events.py) and ``JOBS`` (handlers of scheduled jobs by
job type, see state/schedule.py).
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from ..state.seeding import Seed
from ..state.settings import Settings
from ..state.store import Keep
from ..state.world import World


def load_modules() -> list[ModuleType]:
    """Import and return all modules of this package, sorted by name."""
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def list_seeds() -> list[Seed]:
    """Return the keys that a seed document may contain."""
    return [seed for module in load_modules() for seed in getattr(module, "SEEDS", [])]


def create_world(keep: Keep | None = None, initial_settings: Settings | None = None) -> World:
    """Create an empty world with the tables, listeners and jobs of all modules."""
    modules = load_modules()
    return World(
        [spec for module in modules for spec in getattr(module, "TABLES", [])],
        keep,
        initial_settings,
        listeners=[listener for module in modules for listener in getattr(module, "LISTENERS", [])],
        jobs={name: job for module in modules for name, job in getattr(module, "JOBS", {}).items()},
    )
