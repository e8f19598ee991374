# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and reset the SMTP credentials of sandboxes (docs/service.md#sandboxes)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, List, Mapping, Sequence, Union

from .._api.errors import MailtrapError, attempting, warn_of_possible_effect
from .._engine.check_mode import run_unless_check_mode
from .._engine.directory import parse_object
from .._engine.files import check_dest, write_secret
from .._engine.lookup import find_objects
from .._engine.plan import mask_secrets
from .._resources.sandboxes import SANDBOX
from .._resources.targets import SANDBOX_TARGET

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options, Result

_LOOKUP = "community.mailtrap.sandbox_credentials"


def reset_credentials(client: Client, options: Options, check_mode: bool) -> Result:
    """Reset the SMTP credentials or the e-mail address of a sandbox; see the module sandbox_credentials.

    The request is never repeated, because an application may already use the new credentials.
    """
    dest = options["dest"]
    if dest is not None:
        check_dest(dest)
    lookup = SANDBOX_TARGET.find(client, options, check_mode)
    path = f"{SANDBOX.object_path(lookup.found.get('id'))}/reset_{options['reset']}"
    with attempting(f"reset the {options['reset']} of {SANDBOX_TARGET.label(options)}"):
        try:
            sandbox = run_unless_check_mode(
                check_mode, lambda: parse_object(SANDBOX, client.request("PATCH", path), "PATCH", path), lookup.found
            )
        except MailtrapError as error:
            warn_of_possible_effect(error, f"read the current credentials with the lookup {_LOOKUP}")
            raise
        if dest is not None:
            run_unless_check_mode(check_mode, lambda: _write_credentials(sandbox, dest), None)
    if dest is not None or not options["reveal_secrets"]:
        sandbox = mask_secrets(SANDBOX, sandbox)
    return {"changed": True, "sandbox": sandbox or None, "warnings": lookup.warnings}


def _write_credentials(sandbox: JsonObject, dest: str) -> None:
    try:
        write_secret(dest, json.dumps(extract_credentials(sandbox), indent=2))
    except MailtrapError as error:
        error.data = {"changed": True}
        error.messages.append(f"the reset itself succeeded: read the credentials with the lookup {_LOOKUP}")
        raise


def read_credentials(
    client: Client, sandboxes: Sequence[Union[str, int]], project_options: Mapping[str, Union[str, int, None]]
) -> List[JsonObject]:
    """Read the SMTP credentials of sandboxes with one request.

    :param sandboxes: the name or the id of each sandbox.
    :param project_options: the options ``project`` and ``project_id``, which exclude each other.
    :raises MailtrapError: if a sandbox does not exist, its name is ambiguous, or the token cannot read the password.
    """
    with attempting("read the SMTP credentials"):
        if not sandboxes:
            raise MailtrapError("the lookup needs the name or the id of a sandbox")
        if None not in project_options.values():
            raise MailtrapError("project and project_id are mutually exclusive")
        candidates = find_objects(client, SANDBOX, dict(project_options)).found
        return [extract_credentials(_find_sandbox(candidates, name_or_id)) for name_or_id in sandboxes]


def extract_credentials(sandbox: JsonObject) -> JsonObject:
    """Return what an application needs to send mail into a sandbox, with the keys that the lookup documents.

    :raises MailtrapError: if the service did not return the credentials.
    """
    missing = [name for name in ("domain", "smtp_ports", "username", "password") if not sandbox.get(name)]
    if missing:
        raise MailtrapError(
            f"the service did not return {' and '.join(missing)} of sandbox {sandbox['id']}: "
            "the API token needs admin access to the sandbox"
        )
    return {
        "host": sandbox["domain"],
        "port": sandbox["smtp_ports"][-1],
        "ports": sandbox["smtp_ports"],
        "username": sandbox["username"],
        "password": sandbox["password"],
        "email": f"{sandbox['email_username']}@{sandbox['email_domain']}" if _has_email_address(sandbox) else None,
    }


def _has_email_address(sandbox: JsonObject) -> bool:
    return all(map(sandbox.get, ("email_username_enabled", "email_username", "email_domain")))


def _find_sandbox(candidates: List[JsonObject], name_or_id: Union[str, int]) -> JsonObject:
    key = "id" if isinstance(name_or_id, int) else "name"
    matches = [sandbox for sandbox in candidates if sandbox.get(key) == name_or_id]
    if len(matches) > 1:
        ids = ", ".join(str(sandbox["id"]) for sandbox in matches)
        raise MailtrapError(
            f"{len(matches)} sandboxes have the name {name_or_id!r}, with the ids {ids}: give the id or the project"
        )
    if not matches:
        label = f"with id {name_or_id}" if key == "id" else repr(name_or_id)
        raise MailtrapError(f"there is no sandbox {label}")
    return matches[0]
