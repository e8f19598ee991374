# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations of the API, one module for each resource.

Every module here defines ``routes``, a :class:`Routes`. A new module needs no registration.
"""

from importlib import import_module
from pkgutil import iter_modules

from ..http.routing import Operation


def list_operations() -> list[Operation]:
    """Return the operations of all modules in this package."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return [operation for module in modules for operation in module.routes.operations]
