# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module utility is private to the collection: it may change in any release.

"""The mail that lies in a sandbox (facts 3.9)."""

from __future__ import annotations

from ansible_collections.community.mailtrap.plugins.module_utils._catalog import SANDBOX
from ansible_collections.community.mailtrap.plugins.module_utils._engine import (
    ABSENT,
    find_one,
    objects,
    read,
)
from ansible_collections.community.mailtrap.plugins.module_utils._errors import MailtrapError, attempting

PAGE_SIZE = 30

# Part of a message -> where it is, and for JSON the key in it.
_TEXT_PARTS = {
    "text": "body.txt",
    "html": "body.html",
    "html_source": "body.htmlsource",
    "raw": "body.raw",
}
_JSON_PARTS = {
    "headers": ("mail_headers", "headers"),
    "attachments": ("attachments", None),
    "spam_report": ("spam_report", "report"),
    "html_analysis": ("analyze", "report"),
}
PARTS = tuple(_TEXT_PARTS) + tuple(_JSON_PARTS)

# The options of a module that works in one sandbox.
SANDBOX_OPTIONS = {
    "sandbox": {"type": "str", "aliases": ["inbox"]},
    "sandbox_id": {"type": "int", "aliases": ["inbox_id"]},
    "project": {"type": "str"},
    "project_id": {"type": "int"},
}


def meant_sandbox(client, options, check_mode):
    """Find the sandbox that the SANDBOX_OPTIONS of a module mean; see find_one."""
    identity = {"id": options["sandbox_id"], "name": options["sandbox"]}
    place = {"project": options["project"], "project_id": options["project_id"]}
    return find_one(client, SANDBOX, {**identity, **place}, check_mode)


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
        there = read(client, SANDBOX, place).found
        return [credentials_of(_picked(there, sandbox)) for sandbox in sandboxes]


def credentials_of(sandbox):
    """Return how an application logs in to a sandbox: dict with host, port, ports, username and password. Pure.

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
    }


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


def read_messages(client, options, check_mode):
    """Read messages of a sandbox.

    :param options: dict, the options of community.mailtrap.sandbox_message_info.
    :returns: dict with sandbox_messages: list of dict, newest first, each with the parts that were asked for.
    :raises MailtrapError: when there is no such sandbox; a message that is not there is not an error.
    """
    if options["limit"] is not None and options["limit"] < 1:
        raise MailtrapError(f"limit must be 1 or more; it is {options['limit']}")
    sandbox = meant_sandbox(client, options, check_mode)
    if not sandbox.found:
        return {"changed": False, "sandbox_messages": [], "warnings": sandbox.warnings}
    sandbox_id = sandbox.found["id"]
    base = f"{SANDBOX.path_of(sandbox_id)}/messages"
    with attempting(f"read the messages of sandbox {sandbox_id}"):
        if options["id"] is not None:
            message = client.find(f"{base}/{options['id']}", absent=ABSENT)
            messages = [] if message is ABSENT else objects([message], "messages", base)
        else:
            messages = _listed(client, base, options["search"], options["limit"])
        if options["include"]:
            for message in messages:
                path = f"{base}/{message['id']}"
                message["parts"] = {part: _part(client, path, part) for part in options["include"]}
    return {"changed": False, "sandbox_messages": messages}


def _listed(client, base, search, limit):
    """Return the messages of a sandbox by following its pages, up to a limit: list of dict."""
    found = []
    query = {"search": search} if search else {}
    while limit is None or len(found) < limit:
        page = objects(client.get(base, query), "messages", base)
        if found and page and page[0]["id"] >= found[-1]["id"]:
            raise MailtrapError("the service's pages of messages do not go on", method="GET", path=base)
        found.extend(page)
        if len(page) < PAGE_SIZE:
            break
        query = dict(query, last_id=page[-1]["id"])
    return found[:limit]


def _part(client, path, part):
    """Return one part of a message: str for a body, else what the JSON holds; None for a body that is not there."""
    if part in _JSON_PARTS:
        word, key = _JSON_PARTS[part]
        answer = client.get(f"{path}/{word}")
        if key is None:
            return answer
        if not isinstance(answer, dict) or key not in answer:
            raise MailtrapError(f"the service's answer holds no {key}", method="GET", path=f"{path}/{word}")
        return answer[key]
    try:
        return client.text(f"{path}/{_TEXT_PARTS[part]}")
    except MailtrapError as error:
        if error.status == 409:  # the message has no such part
            return None
        raise
