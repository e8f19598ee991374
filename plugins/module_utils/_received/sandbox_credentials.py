# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox that a task is about, and how an application logs in to it (facts 3.8)."""

from __future__ import annotations

import json

from .._api.errors import MailtrapError, attempting
from .._engine.apply import send_write
from .._engine.files import check_dest, write_secret
from .._engine.lookup import find_objects, parse_object
from .._engine.plan import mask_secrets
from .._engine.resource import Write
from .._resources.catalog import SANDBOX
from .._resources.targets import SANDBOX_TARGET


def reset_credentials(client, options, check_mode):
    """Have the service make new SMTP credentials, or a new address, for a sandbox.

    :param options: dict, the options of community.mailtrap.sandbox_credentials.
    :returns: dict with changed, and the sandbox, without its secrets unless they are to be shown.
    :raises MailtrapError: it says so when they may have been reset.
    """
    dest = options["dest"]
    if dest is not None:
        check_dest(dest)
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    found = sandbox.found
    path = f"{SANDBOX.object_path(found.get('id'))}/reset_{options['reset']}"
    with attempting(f"reset the {options['reset']} of {SANDBOX_TARGET.label(options)}"):
        try:
            answer = send_write(client, Write("PATCH", path), check_mode)
            if not check_mode:
                found = parse_object(SANDBOX, answer, "PATCH", path)
        except MailtrapError as error:
            if error.uncertain:
                error.messages.append("they may have been reset all the same: read them anew")
            raise
        if dest is not None and not check_mode:
            _deliver(found, dest)
    revealed = options["reveal_secrets"] and dest is None
    return {
        "changed": True,
        "sandbox": (found if revealed else mask_secrets(SANDBOX, found)) or None,
        "warnings": sandbox.warnings,
    }


def _deliver(sandbox, dest):
    try:
        write_secret(dest, json.dumps(credentials_of(sandbox), indent=2))
    except MailtrapError as error:
        error.data = {"changed": True}
        error.messages.append(
            "they have been reset, and can be read by the lookup community.mailtrap.sandbox_credentials"
        )
        raise


def read_credentials(client, sandboxes, place):
    """Read the SMTP credentials of sandboxes with one request.

    :param sandboxes: list, a name (str) or an id (int) of each.
    :param place: dict with project and project_id, one of them None.
    :returns: list of dict; see credentials_of.
    :raises MailtrapError: when there is no such sandbox, or several, or the token may not see the password.
    """
    with attempting("read the SMTP credentials"):
        if not sandboxes:
            raise MailtrapError("no sandbox is named")
        if None not in place.values():
            raise MailtrapError("project and project_id are given: leave out one of them")
        there = find_objects(client, SANDBOX, place).found
        return [credentials_of(_picked(there, sandbox)) for sandbox in sandboxes]


def credentials_of(sandbox):
    """Return how an application reaches a sandbox: dict with host, port, ports, username, password and email. Pure.

    :raises MailtrapError: when the sandbox, as the service showed it, lacks some of it.
    """
    missing = [name for name in ("domain", "smtp_ports", "username", "password") if not sandbox.get(name)]
    if missing:
        raise MailtrapError(
            f"the service does not show {' and '.join(missing)} of sandbox {sandbox['id']}: "
            "the API token must be an admin of the sandbox"
        )
    return {
        "host": sandbox["domain"],
        "port": sandbox["smtp_ports"][-1],
        "ports": sandbox["smtp_ports"],
        "username": sandbox["username"],
        "password": sandbox["password"],
        "email": f"{sandbox['email_username']}@{sandbox['email_domain']}" if _has_address(sandbox) else None,
    }


def _has_address(sandbox):
    return all(map(sandbox.get, ("email_username_enabled", "email_username", "email_domain")))


def _picked(sandboxes, wanted):
    key = "id" if isinstance(wanted, int) else "name"
    hits = [sandbox for sandbox in sandboxes if sandbox.get(key) == wanted]
    if len(hits) > 1:
        ids = ", ".join(str(sandbox["id"]) for sandbox in hits)
        raise MailtrapError(
            f"{len(hits)} sandboxes are called {wanted!r}, with the ids {ids}: give an id, or the project"
        )
    if not hits:
        raise MailtrapError(
            f"there is no sandbox {wanted!r}" if key == "name" else f"there is no sandbox with id {wanted}"
        )
    return hits[0]
