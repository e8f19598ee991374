# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The glue between AnsibleModule and the engine: options, failures, exit."""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from .._api import client, transport
from .._api.errors import MailtrapError, attempting
from . import apply
from .argspec import options_of, place_of, rules_of, within
from .bulk import ensure_each, entries
from .files import (
    check_dest,
    read_secret,
    read_text,
    write_secret,
)
from .resource import diff, without_secrets
from .times import period


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
        "default": client.DEFAULT_URL,
        "fallback": (_env, ["MAILTRAP_API_URL"]),
    },
    "account_id": {"type": "int", "fallback": (_env, ["MAILTRAP_ACCOUNT_ID"])},
    "timeout": {"type": "int", "default": 30},
    "retries": {"type": "int", "default": 5},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path", "fallback": (_env, ["REQUESTS_CA_BUNDLE"])},
}


class _Module(AnsibleModule):
    """An AnsibleModule that neither returns nor logs its options as they are, but what may be told of them.

    :param told: dict of option -> function (value) -> what may be told of it.
    """

    def __init__(self, told, **arguments):
        self._told = told
        super().__init__(**arguments)

    def exit_json(self, **result):
        super().exit_json(invocation={"module_args": self._told_params()}, **result)

    def fail_json(self, msg, **result):
        super().fail_json(msg, invocation={"module_args": self._told_params()}, **result)

    def _log_invocation(self):
        params, self.params = self.params, self._told_params()
        super()._log_invocation()
        self.params = params

    def _told_params(self):
        told = {name: tell(self.params[name]) for name, tell in self._told.items() if self.params.get(name) is not None}
        return {**self.params, **told}


def module_of(work, argument_spec, told=None, **constraints):
    """Return a module: a function that validates the options, does the work, and exits with its result.

    :param work: function (client, options, check_mode) -> dict, the result; it may hold a diff and warnings.
    :param argument_spec: dict, the options besides those of the connection.
    :param told: dict of option -> function (value) -> what may be told of it, for options that hold secrets in part.
    :param constraints: further arguments of AnsibleModule, such as mutually_exclusive.
    """
    arguments = {"argument_spec": {**CONNECTION_OPTIONS, **argument_spec}, "supports_check_mode": True, **constraints}

    def main():
        module = _Module(told or {}, **arguments)
        if transport.REQUESTS_IMPORT_ERROR:
            module.fail_json(msg=missing_required_lib("requests"), exception=transport.REQUESTS_IMPORT_ERROR)
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

    return main


def state_module(resource, argument_spec=None, bring=apply.ensure, names=(), **constraints):
    """Return a module that brings one object of a kind to a state. The description of the kind tells its options.

    :param argument_spec: dict, options besides those.
    :param names: tuple of str, those of them that can say which object it is in place of the key.
    :param bring: function (client, resource, options, check_mode) -> Outcome, where a kind knows more states.
    :param constraints: further arguments of AnsibleModule.
    """

    def work(client, options, check_mode):
        if options.get("dest"):
            check_dest(options["dest"])
        if resource.bulk and options[resource.bulk] is not None:
            return _brought_each(client, resource, options, check_mode)
        try:
            outcome = bring(client, resource, _with_sources(resource, options), check_mode)
        except MailtrapError as error:
            if error.data.get(resource.name):
                error.data[resource.name] = _delivered(resource, error.data[resource.name], options)
            raise
        return {
            "changed": outcome.changed,
            resource.name: _delivered(resource, outcome.after, options),
            "diff": diff(resource, outcome.before, outcome.after),
            "warnings": [*outcome.warnings, *_undelivered(resource, outcome, options)],
        }

    states = ["present", "absent"] if resource.deletable else ["present"]
    spec = {
        "id": {"type": resource.id_type},
        "state": {"type": "str", "default": "present", "choices": states},
        **_secrets_option(resource),
        **({"recreate": {"type": "bool", "default": False}} if resource.recreatable else {}),
        **({"dest": {"type": "path"}} if resource.one_time else {}),
        **place_of(resource),
        **options_of(resource),
        **({resource.bulk: {"type": "list", "elements": "str"}} if resource.bulk else {}),
        **(argument_spec or {}),
    }
    rules = rules_of(resource)
    several = (resource.bulk,) if resource.bulk else ()
    which = list(dict.fromkeys(["id", resource.key, *several, *names]))
    if len(which) > 1:
        rules["required_one_of"].append(tuple(which))
    else:
        spec["id"] = {**spec["id"], "required": True}
    rules["mutually_exclusive"].extend((name, option) for name in ("id", resource.key) for option in several)
    return module_of(work, spec, _told(resource), **_together(within(rules, spec), constraints))


def info_module(resource, argument_spec=None, **constraints):
    """Return a module that reads the objects of a kind: all, those of a key, those of a place, or the one of an id.

    :param argument_spec: dict, what else they are chosen by.
    """

    def work(client, options, check_mode):
        if resource.period:
            with attempting(f"read the {resource.many}"):
                options = {**options, **period(options, *resource.period)}
        lookup = apply.find_objects(client, resource, options, check_mode)
        found = _shown(resource, lookup.found, options)
        return {"changed": False, resource.plural: found, "warnings": lookup.warnings}

    key = resource.field(resource.key)
    spec = {
        "id": {"type": resource.id_type},
        key.option or key.name: key.spec or {"type": "str"},
        **_secrets_option(resource),
        **place_of(resource),
        **{name: {"type": "str"} for name in resource.period},
        **(argument_spec or {}),
    }
    rules = rules_of(resource)
    rules["mutually_exclusive"].append(("id", resource.key))
    return module_of(work, spec, _told(resource), **_together(within(rules, spec), constraints))


def _brought_each(client, resource, options, check_mode):
    """Bring the objects of several keys to a state, and return the result: dict."""

    def shown(found):
        return [{**entry, resource.name: _shown(resource, entry[resource.name], options)} for entry in found]

    try:
        outcomes = ensure_each(client, resource, options, check_mode)
    except MailtrapError as error:
        error.data["rate_limit_wait"] = round(client.seconds_waited, 1)
        if resource.bulk in error.data:
            error.data[resource.bulk] = shown(error.data[resource.bulk])
        raise
    changed = {key: outcome for key, outcome in outcomes.items() if outcome.changed}
    diffs = {key: diff(resource, outcome.before, outcome.after) for key, outcome in changed.items()}
    return {
        "changed": bool(changed),
        resource.bulk: shown(entries(resource, outcomes)),
        "rate_limit_wait": round(client.seconds_waited, 1),
        "diff": {side: {key: one[side] for key, one in diffs.items() if one[side]} for side in ("before", "after")},
        "warnings": list(dict.fromkeys(text for outcome in outcomes.values() for text in outcome.warnings)),
    }


def _told(resource):
    """Return the options that hold secrets in part: dict of option -> function (value) -> what may be told of it."""
    return {field.option or field.name: field.told for field in resource.fields if field.veiled}


def _together(rules, constraints):
    """Return the arguments of AnsibleModule of both, the rules of one kind joined: dict."""
    return {**constraints, **{name: [*own, *constraints.get(name, ())] for name, own in rules.items()}}


def _with_sources(resource, options):
    """Return the options with the texts of the files that some of them name: dict.

    :raises MailtrapError: when a file cannot be read as text.
    """
    texts = {}
    for field in resource.fields:
        path = options.get(field.source) if field.source else None
        if path is not None:
            texts[field.name] = read_text(path, field.source)
    return {**options, **texts}


def _secrets_option(resource):
    return {"reveal_secrets": {"type": "bool", "default": False, "no_log": False}} if resource.reveals else {}


def _delivered(resource, shown, options):
    """Return an object as the user may see it: dict or None. A secret that is shown only once goes to its file.

    :raises MailtrapError: when the file cannot be written; the secret is in its data then.
    """
    dest, secret = options.get("dest"), (shown or {}).get(resource.one_time)
    if dest and secret:
        try:
            write_secret(dest, secret)
        except MailtrapError as error:
            error.data = {"changed": True, resource.name: shown}
            error.messages.append(f"the {resource.noun} is there, and its {resource.one_time} is in this result")
            raise
        shown = {name: value for name, value in shown.items() if name != resource.one_time}
    return _shown(resource, shown, options)


def _undelivered(resource, outcome, options):
    """Return the warning that what belongs in a file is not there, and can no longer be asked for: list of str."""
    dest = options.get("dest")
    if not dest or outcome.changed or outcome.after is None:
        return []
    once = f"the service shows its {resource.one_time} only once"
    if not os.path.exists(dest):
        return [f"The {resource.noun} is there already, and {once}: {dest} is not written."]
    if resource.fits and not resource.fits(outcome.after, read_secret(dest)):
        return [f"{dest} holds another {resource.one_time} than that of the {resource.noun}, and {once}."]
    return []


def _shown(resource, value, options):
    return value if options.get("reveal_secrets", True) else without_secrets(resource, value)


def _connected(options):
    return client.Client(**{name: options[name] for name in CONNECTION_OPTIONS})
