# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection of plugins that are not modules, from the options that they document by _connection.plugin."""

from __future__ import annotations

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from ansible_collections.community.mailtrap.plugins.module_utils._api import client, transport
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import CONNECTION_OPTIONS

_VARIABLES = [f"mailtrap_{name}" for name in CONNECTION_OPTIONS]


def connection_variables(plugin, variables):
    """Return those variables that are about the connection, for set_options: Ansible itself leaves templates in them.

    :param plugin: a lookup plugin. :param variables: dict, the variables that it is run with, or None.
    """
    return {name: plugin._templar.template(variables[name]) for name in _VARIABLES if name in (variables or {})}


def client_of(plugin):
    """Return the Client that the options of a plugin describe.

    :param plugin: an Ansible plugin whose options have been set.
    :raises MailtrapError: when the options cannot be used, or requests is not there.
    """
    if transport.REQUESTS_IMPORT_ERROR:
        raise MailtrapError(missing_required_lib("requests"))
    return client.Client(**{name: _value(plugin.get_option(name), spec) for name, spec in CONNECTION_OPTIONS.items()})


def _value(value, spec):
    """Return a value, or what takes its place when it is empty, as an unset variable is in CI."""
    if value not in (None, ""):
        return value
    try:
        read, names = spec["fallback"]
        return read(*names)
    except (KeyError, AnsibleFallbackNotFound):
        return spec.get("default")
