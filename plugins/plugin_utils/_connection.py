# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of lookup and callback plugins, which document them with ``_connection.plugin``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from ansible_collections.community.mailtrap.plugins.module_utils._api import client, transport
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import CONNECTION_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible.plugins import AnsiblePlugin
    from ansible.plugins.lookup import LookupBase

_VARIABLES = [f"mailtrap_{name}" for name in CONNECTION_OPTIONS]


def connection_variables(plugin: LookupBase, variables: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the connection variables among a lookup's variables, templated.

    ``set_options`` does not template the variables that it reads.
    """
    return {name: plugin._templar.template(variables[name]) for name in _VARIABLES if variables and name in variables}


def client_of(plugin: AnsiblePlugin) -> client.Client:
    """Create an API client from the connection options of a plugin.

    :raises MailtrapError: if an option is invalid, or requests is not installed.
    """
    if transport.REQUESTS_IMPORT_ERROR:
        raise MailtrapError(missing_required_lib("requests"))
    options = {name: _option_value(plugin.get_option(name), spec) for name, spec in CONNECTION_OPTIONS.items()}
    return client.Client(**options)


def _option_value(value: Any, spec: Any) -> Any:
    """Return an option's value; an empty value counts as unset, because CI systems set unused variables to ''."""
    if value not in (None, ""):
        return value
    try:
        read_fallback, names = spec["fallback"]
        return read_fallback(*names)
    except (KeyError, AnsibleFallbackNotFound):
        return spec.get("default")
