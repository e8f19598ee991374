# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""The glue between AnsibleModule and the engine: options, failures, exit."""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from ansible_collections.community.mailtrap.plugins.module_utils import _client, _engine
from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._resource import diff, without_secrets


def _env(*names):
    """Return the first of the environment variables that is set to something: an empty one is an unset one in CI."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


CONNECTION_OPTIONS = {
    "api_token": {
        "type": "str",
        "no_log": True,
        "fallback": (_env, ["MAILTRAP_API_TOKEN", "MAILTRAP_API_KEY"]),
    },
    "api_url": {
        "type": "str",
        "default": _client.DEFAULT_URL,
        "fallback": (_env, ["MAILTRAP_API_URL"]),
    },
    "account_id": {"type": "int", "fallback": (_env, ["MAILTRAP_ACCOUNT_ID"])},
    "timeout": {"type": "int", "default": 30},
    "retries": {"type": "int", "default": 5},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path", "fallback": (_env, ["REQUESTS_CA_BUNDLE"])},
}


def run(work, argument_spec, **constraints):
    """Run a module: validate its options, do the work, exit with its result.

    :param work: function (client, options, check_mode) -> dict, the result; it may hold a diff and warnings.
    :param argument_spec: dict, the options besides those of the connection.
    :param constraints: further arguments of AnsibleModule, such as mutually_exclusive.
    """
    module = AnsibleModule(
        argument_spec={**CONNECTION_OPTIONS, **argument_spec}, supports_check_mode=True, **constraints
    )
    if _client.REQUESTS_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=_client.REQUESTS_IMPORT_ERROR)
    failure = None
    try:
        result = work(_connected(module.params), module.params, module.check_mode)
    except MailtrapError as error:
        failure = error
    if failure:  # told outside of the except clause: it is no traceback to show at any verbosity
        module.fail_json(**failure.as_result())
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    if not module._diff:
        result.pop("diff", None)
    module.exit_json(**result)


def run_state(resource, argument_spec):
    """Run a module that brings one object of a kind to a state; argument_spec: dict, its fields and its parent."""

    def work(client, options, check_mode):
        try:
            outcome = _engine.ensure(client, resource, options, check_mode)
        except MailtrapError as error:
            error.data = _shown(resource, error.data, options)
            raise
        return {
            "changed": outcome.changed,
            resource.name: _shown(resource, outcome.after, options),
            "diff": diff(resource, outcome.before, outcome.after),
            "warnings": outcome.warnings,
        }

    run(
        work,
        {
            "id": {"type": "int"},
            "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
            **_secrets_option(resource),
            **argument_spec,
        },
        required_one_of=[("id", resource.key)],
        mutually_exclusive=_one_place(resource),
    )


def run_info(resource, argument_spec):
    """Run a module that reads the objects of a kind; argument_spec: dict, its key and its parent."""

    def work(client, options, check_mode):
        lookup = _engine.read(client, resource, options, check_mode)
        found = _shown(resource, lookup.found, options)
        return {"changed": False, resource.plural: found, "warnings": lookup.warnings}

    run(
        work,
        {"id": {"type": "int"}, **_secrets_option(resource), **argument_spec},
        mutually_exclusive=[*_one_place(resource), ("id", resource.key)],
    )


def _one_place(resource):
    """Return the rule that an object is looked for in one place: list of pairs of options that exclude each other."""
    if resource.parent is None:
        return []
    by_name, by_id = resource.parent.resource.name, resource.parent.field
    return [(by_name, by_id), ("id", by_name), ("id", by_id)]


def _secrets_option(resource):
    return {"reveal_secrets": {"type": "bool", "default": False, "no_log": False}} if resource.secrets else {}


def _shown(resource, value, options):
    return value if options.get("reveal_secrets", True) else without_secrets(resource, value)


def _connected(options):
    return _client.Client(**{name: options[name] for name in CONNECTION_OPTIONS})
