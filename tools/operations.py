# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which module reaches which operation of the API: the page of the documentation that tells it, and what was reached.

What the kinds of objects need follows from their descriptions. What else there is stands in VERBS.
"""

from __future__ import annotations

import re
import sys

from checkout import COLLECTIONS, ROOT, link_collection

link_collection()
sys.path.insert(0, str(COLLECTIONS))

from ansible_collections.community.mailtrap.plugins.module_utils._engine.resource import Resource
from ansible_collections.community.mailtrap.plugins.module_utils._resources import catalog

PAGE = ROOT / "docs" / "docsite" / "rst" / "operations.rst"
# Each process of the integration tests leaves a file here.
REACHED = ROOT / ".build" / "reached"

# Operation -> module, and the option that reaches it.
VERBS: dict[str, tuple[str, str]] = {
    "GET /api/billing/usage": ("billing_usage_info", ""),
    "GET /api/permissions/resources": ("permission_info", ""),
    "PUT /api/account_accesses/{}/permissions/bulk": ("account_access", "permissions"),
    "POST /api/api_tokens/{}/reset": ("api_token", "state=rotated"),
    "POST /api/domains/{}/company_info": ("domain", "company_info"),
    "PATCH /api/domains/{}/company_info": ("domain", "company_info"),
    "POST /api/domains/{}/send_setup_instructions": ("domain_setup_instructions", "email"),
    "POST /api/send": ("notify", "stream"),
    "POST /api/send/{}": ("notify", "sandbox"),
    "POST /api/batch": ("notify", "messages"),
    "POST /api/batch/{}": ("notify", "messages"),
    "GET /api/stats": ("stats_info", "include"),
    **{
        f"GET /api/stats/{group}": ("stats_info", "include")
        for group in ("domains", "categories", "email_service_providers", "date")
    },
    "GET /api/email_logs": ("email_log_info", ""),
    "GET /api/email_logs/{}": ("email_log_info", "id"),
    "PATCH /api/sandboxes/{}/toggle_email_username": ("sandbox", "email_username_enabled"),
    "PATCH /api/sandboxes/{}/reset_credentials": ("sandbox_credentials", "reset"),
    "PATCH /api/sandboxes/{}/reset_email_username": ("sandbox_credentials", "reset"),
    "PATCH /api/sandboxes/{}/clean": ("sandbox_messages", "state=absent"),
    "PATCH /api/sandboxes/{}/all_read": ("sandbox_messages", "state=read"),
    "GET /api/sandboxes/{}/messages": ("sandbox_message_info", "sandbox"),
    "GET /api/sandboxes/{}/messages/{}": ("sandbox_message_info", "id"),
    "PATCH /api/sandboxes/{}/messages/{}": ("sandbox_messages", "state=read"),
    "DELETE /api/sandboxes/{}/messages/{}": ("sandbox_messages", "state=absent"),
    "POST /api/sandboxes/{}/messages/{}/forward": ("sandbox_message_forward", "email"),
    **{
        f"GET /api/sandboxes/{{}}/messages/{{}}/{part}": ("sandbox_message_info", "include")
        for part in (
            *("body.txt", "body.html", "body.htmlsource", "body.raw", "body.eml"),
            *("mail_headers", "attachments", "spam_report", "analyze"),
        )
    },
    "POST /api/contacts/{}/events": ("contact_event", "name"),
    "POST /api/contacts/imports": ("contact_import", ""),
    "GET /api/contacts/imports/{}": ("contact_import", "wait"),
    "POST /api/contacts/exports": ("contact_export", ""),
    "GET /api/contacts/exports/{}": ("contact_export", "wait"),
    "POST /api/inbound/inboxes/{}/messages/{}/reply": ("inbound_message_reply", ""),
    "POST /api/inbound/inboxes/{}/messages/{}/reply_all": ("inbound_message_reply", "all"),
    "POST /api/inbound/inboxes/{}/messages/{}/forward": ("inbound_message_forward", ""),
    **{
        f"POST /api/email_campaigns/{{}}/{action}": ("email_campaign_action", "action")
        for action in ("start", "schedule", "cancel", "terminate", "reset")
    },
    "GET /api/email_campaigns/{}/stats": ("email_campaign_info", "include"),
}

# Operation -> module and option that have its effect by another operation.
REPLACED: dict[str, tuple[str, str]] = {
    # A PATCH by the address makes what is not there, and may be repeated.
    "POST /api/contacts": ("contact", "state=present"),
    # The list tells the same of each.
    "GET /api/sandboxes/{}/messages/{}/attachments/{}": ("sandbox_message_info", "include"),
}

HEAD = """\
..
  Copyright (c) the community.mailtrap authors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made by: make operations

.. _ansible_collections.community.mailtrap.docsite.operations:

Operations of the API
=====================

Each operation of Mailtrap's API, and the module and option that reach it. Paths are those of today, without an account;
with :ansopt:`community.mailtrap.project#module:account_id` the older ones are used.
"""


def operations() -> dict[str, tuple[str, str]]:
    """Return operation -> module and option, where a variable part of a path is {}; sorted by path."""
    found = {}
    for kind in vars(catalog).values():
        if isinstance(kind, Resource):
            found.update(_of_kind(kind))
    found.update(VERBS)
    found.update(REPLACED)
    return dict(sorted(found.items(), key=lambda item: item[0].split(" ")[::-1]))


def _of_kind(kind: Resource) -> dict[str, tuple[str, str]]:
    """The operations that follow from the description of a kind."""
    one = kind.api.path + "/{}"
    found = {}
    if not (kind.api.creatable or kind.api.deletable):
        return {bare(f"GET {kind.api.path}"): (f"{kind.name}_info", "")}
    if not kind.api.addressed_by_key:
        found[f"GET {kind.api.path}"] = (f"{kind.name}_info", "")
    if kind.api.readable:
        found[f"GET {one}"] = (f"{kind.name}_info", "id")
    if kind.api.creatable:
        found[f"POST {kind.api.create_path or kind.api.path}"] = (kind.name, "state=present")
    if any(
        not (field.create_only or field.write_only or field.update_request or field.default_on_create)
        for field in kind.fields
    ):
        found[f"PATCH {one}"] = (kind.name, "state=present")
    if kind.api.deletable:
        found[f"DELETE {one}"] = (kind.name, "state=absent")
    for field in kind.fields:
        if field.subresource:
            found[f"GET {one}/{field.subresource.path}"] = (kind.name, field.option or field.name)
    return {bare(operation): reached for operation, reached in found.items()}


def bare(operation: str) -> str:
    """Return an operation with {} for each variable part of its path, whatever that is called."""
    return re.sub(r"\{[^}]*\}", "{}", operation)


def page() -> str:
    """Return the page of the documentation."""
    lines = [HEAD, ".. list-table::", "  :header-rows: 1", "", "  * - Operation", "    - Module", "    - Option"]
    for operation, (module, option) in operations().items():
        name = f"community.mailtrap.{module}"
        lines.append(f"  * - ``{operation.replace('{}', '{id}')}``")
        lines.append(f"    - :ansplugin:`{name}#module`")
        lines.append(f"    - :ansopt:`{name}#module:{option}`" if option else "    -")
    return "\n".join(lines) + "\n"


def named(method: str, path: str) -> str | None:
    """Return the operation that a request is, the one with the fewest variable parts; None where it is none of ours."""
    path = path.removeprefix("/bulk")
    fitting = [one for one in operations() if _pattern(one).fullmatch(f"{method} {path}")]
    return min(fitting, key=lambda one: one.count("{}"), default=None)


def _pattern(operation: str) -> re.Pattern[str]:
    return re.compile(r"[^/]+".join(map(re.escape, operation.split("{}"))))


def not_reached() -> list[str]:
    """Return the operations that no playbook of the integration tests has reached."""
    requests = {line for file in REACHED.glob("*") for line in file.read_text(encoding="utf-8").splitlines()}
    reached = {named(*request.split(" ", 1)) for request in requests}
    return [operation for operation in operations() if operation not in reached | REPLACED.keys()]


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
