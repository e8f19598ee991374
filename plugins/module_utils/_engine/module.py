"""Build modules from the descriptions of resource types: options, secrets, failures and results."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

from .._api import transport
from .._api.client import DEFAULT_URL, Client
from .._api.errors import MailtrapError, attempting
from .._api.json_types import ArgumentSpec, JsonObject, Options, Result
from . import apply
from .argspec import (
    Constraints,
    drop_unknown_options,
    get_constraints,
    get_field_options,
    get_file_options,
    get_parent_options,
)
from .bulk import ensure_each, to_item_results
from .directory import Directory
from .files import check_dest, read_secret, read_text, write_secret
from .lookup import find_objects
from .plan import diff, mask_secrets
from .resource import Resource
from .times import parse_period

# Function that runs a module: (client, options, check_mode) -> the task's result, with "diff" and "warnings" if any.
Work = Callable[[Client, Options, bool], Result]

# Function that applies the state of the options to one object; see apply.ensure.
Ensure = Callable[[Directory, Resource, Options], apply.Outcome]

# Maps the path of an option that holds a file on the controller, such as ("attachments", "src"), to the sibling option
# that receives the file's name, such as "filename", or to None.
ControllerFiles = Dict[Tuple[str, ...], Optional[str]]


def _read_environment(*names: str) -> str:
    """Return the first environment variable that is not empty: CI systems pass missing variables as empty strings."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


CONNECTION_OPTIONS: ArgumentSpec = {
    "api_token": {
        "type": "str",
        "no_log": True,
        "fallback": (_read_environment, ["MAILTRAP_API_TOKEN", "MAILTRAP_API_KEY"]),
    },
    "api_url": {
        "type": "str",
        "default": DEFAULT_URL,
        "fallback": (_read_environment, ["MAILTRAP_API_URL"]),
    },
    "account_id": {"type": "int", "fallback": (_read_environment, ["MAILTRAP_ACCOUNT_ID"])},
    "timeout": {"type": "int", "default": 30},
    "retries": {"type": "int", "default": 5},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path", "fallback": (_read_environment, ["REQUESTS_CA_BUNDLE"])},
}


class _Module(AnsibleModule):
    """An AnsibleModule that masks secrets inside its options, both in the result's ``invocation`` and in the log.

    :param masks: maps the name of an option to a function that masks the secrets in the option's value.
    """

    params: Options

    def __init__(self, masks: Mapping[str, Callable[[Any], Any]], **arguments: Any) -> None:
        self._masks = masks
        super().__init__(**arguments)

    def exit_json(self, **result: Any) -> None:
        super().exit_json(invocation={"module_args": self._masked_params()}, **result)

    def fail_json(self, msg: str, **result: Any) -> None:
        super().fail_json(msg, invocation={"module_args": self._masked_params()}, **result)

    def _log_invocation(self) -> None:
        params, self.params = self.params, self._masked_params()
        super()._log_invocation()
        self.params = params

    def _masked_params(self) -> Options:
        masked = {
            name: mask(self.params[name]) for name, mask in self._masks.items() if self.params.get(name) is not None
        }
        return {**self.params, **masked}


def custom_module(
    work: Work,
    argument_spec: ArgumentSpec,
    masks: Optional[Mapping[str, Callable[[Any], Any]]] = None,
    controller_files: Optional[ControllerFiles] = None,
    reports_missing_files: bool = False,
    **constraints: Any,
) -> Callable[[], None]:
    """Return the main function of a module that runs a given function.

    :param argument_spec: the options of the module, without the connection options.
    :param masks: maps the name of an option to a function that masks the secrets in the option's value.
    :param controller_files: the options with files on the controller, which the action plugin finds and copies to the
        managed host.
    :param reports_missing_files: whether the module reports missing files together with its other errors; if not, the
        action plugin reports them.
    :param constraints: further arguments of AnsibleModule, such as mutually_exclusive.
    """
    arguments = {"argument_spec": {**CONNECTION_OPTIONS, **argument_spec}, "supports_check_mode": True, **constraints}

    def main() -> None:
        module = _Module(masks or {}, **arguments)
        if transport.REQUESTS_IMPORT_ERROR:
            module.fail_json(msg=missing_required_lib("requests"), exception=transport.REQUESTS_IMPORT_ERROR)
        failure = None
        result: Result = {}
        try:
            client = Client(**{name: module.params[name] for name in CONNECTION_OPTIONS})
            result = work(client, module.params, module.check_mode)
        except MailtrapError as error:
            failure = error
        if failure:  # outside the except clause, because Ansible would show the exception's traceback
            module.fail_json(**failure.as_result())
        for warning in result.pop("warnings", ()):
            module.warn(warning)
        if not module._diff:
            result.pop("diff", None)
        module.exit_json(**result)

    # Attributes that the action plugins read.
    main.controller_files = controller_files or {}  # type: ignore[attr-defined]
    main.reports_missing_files = reports_missing_files  # type: ignore[attr-defined]
    return main


def state_module(
    resource: Resource,
    argument_spec: Optional[ArgumentSpec] = None,
    ensure: Ensure = apply.ensure,
    identity_options: Sequence[str] = (),
    **constraints: Any,
) -> Callable[[], None]:
    """Return the main function of a module that manages one object of a resource type.

    :param argument_spec: options besides those that the description of the resource type provides.
    :param ensure: applies the state to the object; other than the default for modules with states of their own.
    :param identity_options: options that can select the object instead of its natural key.
    :param constraints: further arguments of AnsibleModule.
    """
    bulk_option = resource.bulk_option

    def work(client: Client, options: Options, check_mode: bool) -> Result:
        directory = Directory(client, check_mode)
        if options.get("dest"):
            check_dest(options["dest"])
        if bulk_option and options[bulk_option] is not None:
            return _run_bulk(directory, resource, options)
        try:
            outcome = ensure(directory, resource, _read_file_options(resource, options))
        except MailtrapError as error:
            if error.data.get(resource.name):
                error.data[resource.name] = _deliver_secret(resource, error.data[resource.name], options)
            raise
        return {
            "changed": outcome.changed,
            resource.name: _deliver_secret(resource, outcome.after, options),
            "diff": diff(resource, outcome.before, outcome.after),
            "warnings": [*outcome.warnings, *_check_delivered_secret(resource, outcome, options)],
        }

    states = ["present", "absent"] if resource.api.deletable else ["present"]
    spec: ArgumentSpec = {
        "id": {"type": resource.api.id_type},
        "state": {"type": "str", "default": "present", "choices": states},
        **_get_reveal_option(resource),
        **({"recreate": {"type": "bool", "default": False}} if resource.supports_recreate else {}),
        **({"dest": {"type": "path"}} if resource.one_time_secret else {}),
        **get_parent_options(resource),
        **get_field_options(resource),
        **({bulk_option: {"type": "list", "elements": "str"}} if bulk_option else {}),
        **(argument_spec or {}),
    }
    derived = get_constraints(resource)
    bulk_options = [bulk_option] if bulk_option else []
    identity = list(dict.fromkeys(["id", resource.natural_key, *bulk_options, *identity_options]))
    if len(identity) > 1:
        derived["required_one_of"].append(tuple(identity))
    else:
        spec["id"] = {**spec["id"], "required": True}
    derived["mutually_exclusive"].extend(
        (name, option) for name in ("id", resource.natural_key) for option in bulk_options
    )
    files: ControllerFiles = {(option,): None for option in get_file_options(resource)}
    return custom_module(
        work, spec, _get_masks(resource), files, **_merge(drop_unknown_options(derived, spec), constraints)
    )


def info_module(
    resource: Resource, argument_spec: Optional[ArgumentSpec] = None, **constraints: Any
) -> Callable[[], None]:
    """Return the main function of a module that reads the objects of a resource type.

    :param argument_spec: options besides those that the description of the resource type provides.
    """

    def work(client: Client, options: Options, check_mode: bool) -> Result:
        if resource.api.period:
            with attempting(f"read the {resource.plural_noun}"):
                options = {**options, **parse_period(options, *resource.api.period)}
        lookup = find_objects(client, resource, options, check_mode)
        found = _mask_unless_revealed(resource, lookup.found, options)
        return {"changed": False, resource.plural: found, "warnings": lookup.warnings}

    spec: ArgumentSpec = {
        "id": {"type": resource.api.id_type},
        resource.key_field.option_name: resource.key_field.spec or {"type": "str"},
        **_get_reveal_option(resource),
        **get_parent_options(resource),
        **{name: {"type": "str"} for name in resource.api.period},
        **(argument_spec or {}),
    }
    derived = get_constraints(resource)
    derived["mutually_exclusive"].append(("id", resource.natural_key))
    return custom_module(work, spec, _get_masks(resource), **_merge(drop_unknown_options(derived, spec), constraints))


def _run_bulk(directory: Directory, resource: Resource, options: Options) -> Result:
    """Apply the state to each object in the bulk option, and return the result of the task."""
    client, bulk_option = directory.client, str(resource.bulk_option)

    def mask_items(items: List[JsonObject]) -> List[JsonObject]:
        name = resource.name
        return [{**item, name: _mask_unless_revealed(resource, item[name], options)} for item in items]

    try:
        outcomes = ensure_each(directory, resource, options)
    except MailtrapError as error:
        error.data["rate_limit_wait"] = round(client.seconds_waited, 1)
        if bulk_option in error.data:
            error.data[bulk_option] = mask_items(error.data[bulk_option])
        raise
    diffs = {key: diff(resource, outcome.before, outcome.after) for key, outcome in outcomes.items() if outcome.changed}
    return {
        "changed": bool(diffs),
        bulk_option: mask_items(to_item_results(resource, outcomes)),
        "rate_limit_wait": round(client.seconds_waited, 1),
        "diff": {side: {key: item[side] for key, item in diffs.items() if item[side]} for side in ("before", "after")},
        "warnings": list(dict.fromkeys(text for outcome in outcomes.values() for text in outcome.warnings)),
    }


def _get_masks(resource: Resource) -> Dict[str, Callable[[Any], Any]]:
    return {field.option_name: field.describe for field in resource.fields if field.sensitive}


def _merge(derived: Constraints, constraints: Mapping[str, Any]) -> Dict[str, Any]:
    """Return both sets of AnsibleModule constraints, concatenating the groups under the same name."""
    return {**constraints, **{name: [*groups, *constraints.get(name, ())] for name, groups in derived.items()}}


def _read_file_options(resource: Resource, options: Options) -> Options:
    """Return the options with the texts of fields that are read from files, such as ``body_html_src``.

    :raises MailtrapError: if a file cannot be read as text.
    """
    texts = {}
    for field in resource.fields:
        path = options.get(field.file_option) if field.file_option else None
        if path is not None:
            texts[field.name] = read_text(path, str(field.file_option))
    return {**options, **texts}


def _get_reveal_option(resource: Resource) -> ArgumentSpec:
    return {"reveal_secrets": {"type": "bool", "default": False, "no_log": False}} if resource.has_secrets else {}


def _deliver_secret(resource: Resource, obj: Optional[JsonObject], options: Options) -> Optional[JsonObject]:
    """Write the one-time secret of an object to ``dest``, and return the object as results show it.

    :raises MailtrapError: if the file cannot be written; its data contains the secret.
    """
    dest, name = options.get("dest"), resource.one_time_secret
    secret = obj.get(name) if obj and name else None
    if obj and dest and secret:
        try:
            write_secret(dest, secret)
        except MailtrapError as error:
            error.data = {"changed": True, resource.name: obj}
            error.messages.append(f"the {resource.noun} exists, and this result contains its {name}")
            raise
        obj = {key: value for key, value in obj.items() if key != name}
    return _mask_unless_revealed(resource, obj, options)


def _check_delivered_secret(resource: Resource, outcome: apply.Outcome, options: Options) -> List[str]:
    """Return a warning if ``dest`` does not contain the one-time secret of an existing object."""
    dest, matches_secret = options.get("dest"), resource.hooks.matches_secret
    if not dest or outcome.changed or outcome.after is None:
        return []
    noun, secret = resource.noun, resource.one_time_secret
    if not os.path.exists(dest):
        return [
            f"The {noun} already exists, and Mailtrap does not return its {secret} again, so {dest} was not written."
        ]
    if matches_secret and not matches_secret(outcome.after, read_secret(dest)):
        return [f"{dest} does not contain the {secret} of the {noun}, and Mailtrap does not return it again."]
    return []


def _mask_unless_revealed(resource: Resource, value: Any, options: Options) -> Any:
    return value if options.get("reveal_secrets", True) else mask_secrets(resource, value)
