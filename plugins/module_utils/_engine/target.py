# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The existing object that a module works on without managing it, such as the sandbox whose messages are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .._api.errors import attempting
from .directory import parse_object
from .lookup import Lookup, find_object

if TYPE_CHECKING:
    from .._api.client import Client
    from .directory import Directory
    from .resource import Resource


@dataclass(frozen=True)
class Target:
    """Selects one existing object by the options with its name or id, and finds it."""

    resource: Resource

    @property
    def name_option(self) -> str:
        """The option that holds the object's name."""
        return self.resource.name

    @property
    def id_option(self) -> str:
        """The option that holds the object's id."""
        return f"{self.resource.name}_id"

    @property
    def argument_spec(self) -> Dict[str, Dict[str, Any]]:
        """The options that select the object: its name, its id, and the name or id of its parent."""
        spec: Dict[str, Dict[str, Any]] = {
            self.name_option: {"type": "str"},
            self.id_option: {"type": self.resource.api.id_type},
        }
        legacy_name = self.resource.legacy_name
        if legacy_name:
            spec[self.name_option]["aliases"] = [legacy_name]
            spec[self.id_option]["aliases"] = [f"{legacy_name}_id"]
        parent = self.resource.parent
        if parent and parent.resource:
            spec[parent.resource.name] = {"type": "str"}
            spec[parent.id_field] = {"type": parent.resource.api.id_type}
        return spec

    def label(self, options: Dict[str, Any]) -> str:
        """Return the object's label for messages, such as ``sandbox 'Staging'``."""
        name = options[self.name_option]
        return f"{self.resource.noun} {options[self.id_option] if name is None else repr(name)}"

    def find(
        self, client: Client, options: Dict[str, Any], check_mode: bool, directory: Optional[Directory] = None
    ) -> Lookup:
        """Find the object; see :func:`find_object`."""
        selection = {"id": options[self.id_option], self.resource.natural_key: options[self.name_option]}
        parent = self.resource.parent
        if parent and parent.resource:
            selection.update({name: options.get(name) for name in (parent.resource.name, parent.id_field)})
        return find_object(client, self.resource, selection, check_mode, directory)

    def find_details(self, client: Client, options: Dict[str, Any], check_mode: bool) -> Lookup:
        """Find the object as the service returns it, even if the options contain only its id.

        :raises MailtrapError: if the object does not exist, or several objects have its name.
        """
        lookup = self.find(client, options, check_mode)
        if lookup.found.keys() == {"id"}:
            path = self.resource.object_path(lookup.found["id"])
            with attempting(f"read {self.label(options)}"):
                lookup.found = parse_object(self.resource, client.get(path), "GET", path)
        return lookup

    def find_ids(self, client: Client, names: List[str], check_mode: bool, directory: Directory) -> Lookup:
        """Find the ids of several objects by their names.

        :returns: a Lookup of the list of ids; of None, with warnings, if an object is missing in check mode.
        """
        lookups = [
            find_object(client, self.resource, {self.resource.natural_key: name}, check_mode, directory)
            for name in names
        ]
        warnings = [warning for lookup in lookups for warning in lookup.warnings]
        return Lookup(None if warnings else [lookup.found["id"] for lookup in lookups], warnings)
