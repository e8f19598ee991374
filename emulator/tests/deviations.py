# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Known differences between the service and its official specifications.

Rows are those of docs/service.md#disagreements, and shapes such as E18 those of docs/service.md#error-bodies. A test
fails if a deviation is not needed.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

ACCOUNT, CONTACTS, SENDING, INBOUND = "account-management", "contacts", "email-sending", "inbound"
SANDBOX, SANDBOX_SENDING, TEMPLATES = "sandbox", "sandbox-sending", "templates"
TRANSACTIONAL, BULK = "email-sending-transactional", "email-sending-bulk"

# Routes without a specification, by their source
UNDOCUMENTED_ROUTES = {
    "recorded threads, replies and forwards of inbound mail: docs/service.md#inbound-messages": [
        "GET inbound/inboxes/{inbox_id}/threads",
        "GET inbound/inboxes/{inbox_id}/threads/{thread_id}",
        "DELETE inbound/inboxes/{inbox_id}/threads/{thread_id}",
        "POST inbound/inboxes/{inbox_id}/messages/{message_id}/reply",
        "POST inbound/inboxes/{inbox_id}/messages/{message_id}/reply_all",
        "POST inbound/inboxes/{inbox_id}/messages/{message_id}/forward",
    ],
    "forward rules of the SDKs: docs/service.md#inbound": [
        "GET inbound/inboxes/{inbox_id}/forward_rules",
        "POST inbound/inboxes/{inbox_id}/forward_rules",
        "GET inbound/inboxes/{inbox_id}/forward_rules/{rule_id}",
        "PATCH inbound/inboxes/{inbox_id}/forward_rules/{rule_id}",
        "DELETE inbound/inboxes/{inbox_id}/forward_rules/{rule_id}",
    ],
    "campaigns of the recordings and SDKs: docs/service.md#email-campaigns": [
        "GET email_campaigns",
        "POST email_campaigns",
        "GET email_campaigns/{email_campaign_id}",
        "PATCH email_campaigns/{email_campaign_id}",
        "DELETE email_campaigns/{email_campaign_id}",
        "POST email_campaigns/{email_campaign_id}/start",
        "POST email_campaigns/{email_campaign_id}/schedule",
        "POST email_campaigns/{email_campaign_id}/cancel",
        "POST email_campaigns/{email_campaign_id}/reset",
        "POST email_campaigns/{email_campaign_id}/terminate",
        "GET email_campaigns/{email_campaign_id}/stats",
    ],
    "tracking opt-outs of the SDKs: docs/service.md#tracking-opt-outs": [
        "GET tracking_opt_outs",
        "POST tracking_opt_outs",
        "DELETE tracking_opt_outs/{tracking_opt_out_id}",
    ],
    "paths that sandbox messages contain: docs/service.md#sandbox-messages": [
        *(f"GET testing_message_parts/{{opaque}}/body.{part}" for part in ("txt", "raw", "html", "htmlsource", "eml")),
        "GET testing_message_parts/{opaque}/attachment_download",
    ],
    "paginated templates of the SDKs: docs/service.md#email-templates": [
        "GET templates",
        "POST templates",
        "GET templates/{email_template_id}",
        "PATCH templates/{email_template_id}",
        "DELETE templates/{email_template_id}",
    ],
    "files that answers link to, which the service stores on other hosts: docs/service.md#contact-jobs, #email-logs": [
        "GET contact_export_files/{name}",
        "GET email_logs/{sending_message_id}/raw",
        "GET inbound/files/{sealed}/{name}",
    ],
}


class UndocumentedAnswer(NamedTuple):
    """An answer with a status or media type that the specification does not have.

    ``pattern`` matches "document METHOD /path status". ``body`` is the schema of a JSON body, or the text of another.
    """

    reason: str
    pattern: str
    media_type: str
    body: Any

    def __hash__(self) -> int:
        return hash(self.pattern)


def exact_property(name: str, *values: str) -> dict[str, Any]:
    """Return the schema of an object with one property that has one of these values."""
    return {"properties": {name: {"enum": list(values)}}, "required": [name], "additionalProperties": False}


JSON = "application/json"
MESSAGES_SCHEMA = {"type": "array", "items": {"type": "string"}, "minItems": 1}
ERRORS_BY_FIELD = {
    "properties": {"errors": {"type": "object", "additionalProperties": MESSAGES_SCHEMA, "minProperties": 1}},
    "required": ["errors"],
    "additionalProperties": False,
}
SENDING_ERRORS = {
    "properties": {"success": {"const": False}, "errors": MESSAGES_SCHEMA},
    "required": ["errors"],
    "additionalProperties": False,
}
GENERAL_HOST = f"({ACCOUNT}|{CONTACTS}|{SENDING}|{INBOUND}|{SANDBOX}|{TEMPLATES})"

UNDOCUMENTED_ANSWERS = [
    UndocumentedAnswer(
        "a missing or unreadable body is answered with an empty page: E18, row 19",
        rf"{GENERAL_HOST} (POST|PUT|PATCH) \S+ 400",
        "text/html",
        "",
    ),
    UndocumentedAnswer(
        "the token has no permission or no account: E3, docs/service.md#status-codes",
        rf"{GENERAL_HOST} \S+ \S+ 403",
        JSON,
        exact_property("errors", "Account access forbidden"),
    ),
    UndocumentedAnswer(
        "an ID in the path is unknown: E1, docs/service.md#status-codes",
        rf"{GENERAL_HOST} \S+ \S+{{\S+ 404",
        JSON,
        exact_property("error", "Not Found"),
    ),
    UndocumentedAnswer(
        "the request exceeds the limit of the server: E21", r"\S+ \S+ \S+ 413", "text/plain", "message too large"
    ),
    UndocumentedAnswer(
        "a message is too large: E21, docs/service.md#status-codes",
        r"\S+ POST /api/send\S* 413",
        JSON,
        SENDING_ERRORS,
    ),
    UndocumentedAnswer(
        "a sandbox is unknown, in the shape of the sending hosts: docs/service.md#status-codes",
        rf"{SANDBOX_SENDING} POST \S+ 404",
        JSON,
        SENDING_ERRORS,
    ),
    UndocumentedAnswer("the token must not send: E16", r"\S+ POST /api/(send|batch)\S* 403", JSON, SENDING_ERRORS),
    UndocumentedAnswer(
        "every endpoint has a rate limit: E4, docs/service.md#rate-limits",
        rf"{GENERAL_HOST} \S+ \S+ 429",
        JSON,
        exact_property("errors", "Rate limit exceeded"),
    ),
    UndocumentedAnswer(
        "a project, sandbox or forward is invalid: row 20, docs/service.md#status-codes",
        rf"{SANDBOX} (POST|PATCH) /api/(projects|sandboxes)\S* 422",
        JSON,
        ERRORS_BY_FIELD,
    ),
    UndocumentedAnswer(
        "permissions are invalid: docs/service.md#permissions",
        rf"{ACCOUNT} PUT \S+/permissions/bulk 422",
        JSON,
        ERRORS_BY_FIELD,
    ),
    UndocumentedAnswer(
        "the name of a contact list is taken or too long: docs/service.md#contact-lists",
        rf"{CONTACTS} (POST|PATCH) /api/contacts/lists\S* 422",
        JSON,
        ERRORS_BY_FIELD,
    ),
]


# Corrections of schemas. Each changes a schema of a documented answer in place.
Schema = dict[str, Any]
Correction = Callable[[Schema], None]


def return_complete_message(schema: Schema) -> None:
    """Return the complete message after PATCH and DELETE (row 14).

    The specification has a boolean instead of the blacklist report, and lacks the template and the recipients of the
    envelope.
    """
    properties = schema["properties"]
    assert properties["blacklists_report_info"] == {"type": "boolean"}
    report: Schema = {"type": "object", "properties": {"result": {"enum": ["pending", "success"]}}}
    for name, json_type in (("domain", "string"), ("ip", "string"), ("report", "array")):
        report["properties"][name] = {"type": json_type}
    properties["blacklists_report_info"] = report
    properties["template_variables"] = {"type": ["object", "null"]}
    properties["template_id"] = {"type": ["integer", "null"]}
    envelope = properties["smtp_information"]["properties"]["data"]["properties"]
    envelope["rcpt_to_addrs"] = {"type": "array", "items": {"type": "string"}}


def allow_null_template_id(schema: Schema) -> None:
    """Allow null as a template ID (row 15)."""
    schema["properties"]["template_id"]["type"] = ["integer", "null"]


def add_success(schema: Schema) -> None:
    """Add ``success`` to the answer to a forward (row 16)."""
    schema["properties"]["success"] = {"const": True}


def rename_analysis_status(schema: Schema) -> None:
    """Rename ``success`` of an HTML analysis to ``status`` (row 17), and add ``msg``.

    ``msg`` is returned for messages without HTML: docs/service.md#sandbox-messages
    """
    report = schema["properties"]["report"]["properties"]
    report["status"] = report.pop("success")
    report["msg"] = {"type": "string"}


def return_points_as_text(schema: Schema) -> None:
    """Return the points of a spam report as text instead of numbers (row 18)."""
    details = schema["properties"]["report"]["properties"]["Details"]["items"]["properties"]
    details["Pts"] = {"type": "string", "pattern": r"^-?\d+\.\d$"}


def nest_messages(schema: Schema) -> None:
    """Nest the messages of each field in another list, as in the examples of the specification (E12)."""
    errors = schema["properties"]["errors"]
    errors["additionalProperties"] = {"type": "array", "items": errors["additionalProperties"]}


def nest_messages_except_email(schema: Schema) -> None:
    """Nest the messages of each field except ``email`` in another list (E12).

    An example of the specification has a flat list for ``email``: docs/service.md#validation-messages
    """
    errors = schema["properties"]["errors"]
    errors["properties"] = {"email": errors["additionalProperties"]}
    errors["required"] = []
    nest_messages(schema)


def return_filters_error_as_text(schema: Schema) -> None:
    """Return the error of ``filters`` as text instead of a list (row 10)."""
    errors = schema["properties"]["errors"]
    errors["properties"] = {"filters": {"const": "invalid"}}
    errors["required"] = []


def make_import_counts_optional(schema: Schema) -> None:
    """Make the counts of an import optional. Only a finished import has them: docs/service.md#contact-jobs"""
    schema["required"] = ["id", "status"]


def allow_any_merge_tag(schema: Schema) -> None:
    """Allow all merge tags and lists as keys of errors.

    ``field_merge_tag`` in the specification is a placeholder: docs/service.md#validation-messages
    """
    errors = schema["properties"]["errors"]["items"]["properties"]["errors"]
    errors["required"] = []
    errors["additionalProperties"] = errors["properties"]["field_merge_tag"]


def allow_tokens_without_expiry(schema: Schema) -> None:
    """Allow null as the expiry of an API token (row 28)."""
    specifiers = schema["items"]["properties"]["specifier"]["anyOf"]
    (token,) = (specifier for specifier in specifiers if "token" in specifier["properties"])
    token["properties"]["expires_at"] = {"anyOf": [{"type": "null"}, token["properties"]["expires_at"]]}


def allow_null_bodies(schema: Schema) -> None:
    """Allow null as the body of a template: docs/service.md#email-templates"""
    for name in ("body_html", "body_text"):
        schema["properties"][name]["type"] = ["string", "null"]


def add_domain_flags(schema: Schema) -> None:
    """Add the flags of domains that are newer than the specification: docs/service.md#domains"""
    for name in ("tracking_opt_out_enabled", "inbound_enabled", "inbound_verified"):
        assert name not in schema["properties"]
        schema["properties"][name] = {"type": "boolean"}


def allow_empty_message_time(schema: Schema) -> None:
    """Allow "" as the time of the message that caused a suppression (row 34)."""
    schema["properties"]["message_created_at"] = {"anyOf": [{"const": ""}, {"type": "string", "format": "date-time"}]}


def update_email_log(schema: Schema) -> None:
    """Allow null as variables of an email log (row 11), and add the keys of its thread.

    The keys are newer than the specification: docs/service.md#email-logs
    """
    properties = schema["properties"]
    for name in ("custom_variables", "template_variables"):
        properties[name]["type"] = ["object", "null"]
    properties |= {
        "rfc_message_id": {"type": "string"},
        "in_reply_to": {"type": ["string", "null"]},
        "references": {"type": "array", "items": {"type": "string"}},
        "thread_id": {"type": ["string", "null"]},
    }


def make_inbound_inbox_optional(schema: Schema) -> None:
    """Make ``inbound_inbox_id`` of webhooks optional (row 21)."""
    schema["required"] = [name for name in schema["properties"] if name != "inbound_inbox_id"]


def add_inbox_domain(schema: Schema) -> None:
    """Add the domain of an inbound inbox (row 13)."""
    schema["properties"]["domain_id"] = {"type": "integer"}


def update_inbound_message(schema: Schema) -> None:
    """Rename ``message_id`` of an inbound message (row 12), and add its thread and forwards (row 13)."""
    properties = schema["properties"]
    properties["rfc_message_id"] = properties.pop("message_id")
    properties |= {"thread_id": {"type": "string"}, "forwards": {"type": "array"}}


def correct_inside(correction: Correction, *path: str) -> Correction:
    """Return a correction that applies another one to a nested schema."""

    def correct(schema: Schema) -> None:
        for key in path:
            schema = schema[key]
        correction(schema)

    return correct


def correct_items(correction: Correction) -> Correction:
    """Return a correction that applies another one to the items of a list."""
    return correct_inside(correction, "items")


DATA = ("properties", "data")
MESSAGES = "/api/sandboxes/{sandbox_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"
TEMPLATE = "/api/email_templates/{email_template_id}"
CONTACT = "/api/contacts/{contact_identifier}"
DOMAIN = "/api/domains/{domain_id}"
WEBHOOK = "/api/webhooks/{webhook_id}"
INBOXES = "/api/inbound/folders/{folder_id}/inboxes"
INBOX = INBOXES + "/{inbox_id}"
INBOUND_MESSAGES = "/api/inbound/inboxes/{inbox_id}/messages"

SCHEMA_DEVIATIONS: dict[tuple[str, str, str, int], Correction] = {
    (SANDBOX, "PATCH", MESSAGE, 200): return_complete_message,
    (SANDBOX, "DELETE", MESSAGE, 200): return_complete_message,
    (SANDBOX, "GET", MESSAGE, 200): allow_null_template_id,
    (SANDBOX, "GET", MESSAGES, 200): correct_items(allow_null_template_id),
    (SANDBOX, "POST", MESSAGE + "/forward", 200): add_success,
    (SANDBOX, "GET", MESSAGE + "/analyze", 200): rename_analysis_status,
    (SANDBOX, "GET", MESSAGE + "/spam_report", 200): return_points_as_text,
    (ACCOUNT, "GET", "/api/account_accesses", 200): allow_tokens_without_expiry,
    (TEMPLATES, "GET", "/api/email_templates", 200): correct_items(allow_null_bodies),
    (TEMPLATES, "POST", "/api/email_templates", 201): allow_null_bodies,
    (TEMPLATES, "GET", TEMPLATE, 200): allow_null_bodies,
    (TEMPLATES, "PATCH", TEMPLATE, 200): allow_null_bodies,
    (CONTACTS, "POST", "/api/contacts", 422): nest_messages_except_email,
    (CONTACTS, "PATCH", CONTACT, 422): nest_messages,
    (CONTACTS, "POST", "/api/contacts/fields", 422): nest_messages,
    (CONTACTS, "PATCH", "/api/contacts/fields/{field_id}", 422): nest_messages,
    (CONTACTS, "POST", "/api/contacts/exports", 422): return_filters_error_as_text,
    (CONTACTS, "POST", "/api/contacts/imports", 422): allow_any_merge_tag,
    (CONTACTS, "POST", "/api/contacts/imports", 201): make_import_counts_optional,
    (CONTACTS, "GET", "/api/contacts/imports/{import_id}", 200): make_import_counts_optional,
    (SENDING, "GET", "/api/domains", 200): correct_inside(add_domain_flags, *DATA, "items"),
    (SENDING, "POST", "/api/domains", 200): add_domain_flags,
    (SENDING, "GET", DOMAIN, 200): add_domain_flags,
    (SENDING, "PATCH", DOMAIN, 200): add_domain_flags,
    (SENDING, "GET", "/api/suppressions", 200): correct_items(allow_empty_message_time),
    (SENDING, "POST", "/api/suppressions", 201): correct_inside(allow_empty_message_time, *DATA),
    (SENDING, "DELETE", "/api/suppressions/{suppression_id}", 200): allow_empty_message_time,
    (SENDING, "GET", "/api/email_logs", 200): correct_inside(update_email_log, "properties", "messages", "items"),
    (SENDING, "GET", "/api/email_logs/{sending_message_id}", 200): update_email_log,
    (SENDING, "POST", "/api/webhooks", 200): correct_inside(make_inbound_inbox_optional, *DATA),
    (SENDING, "GET", "/api/webhooks", 200): correct_inside(make_inbound_inbox_optional, *DATA, "items"),
    (SENDING, "GET", WEBHOOK, 200): correct_inside(make_inbound_inbox_optional, *DATA),
    (SENDING, "PATCH", WEBHOOK, 200): correct_inside(make_inbound_inbox_optional, *DATA),
    (SENDING, "DELETE", WEBHOOK, 200): correct_inside(make_inbound_inbox_optional, *DATA),
    (INBOUND, "GET", INBOXES, 200): correct_items(add_inbox_domain),
    (INBOUND, "POST", INBOXES, 201): add_inbox_domain,
    (INBOUND, "GET", INBOX, 200): add_inbox_domain,
    (INBOUND, "PATCH", INBOX, 200): add_inbox_domain,
    (INBOUND, "GET", INBOUND_MESSAGES, 200): correct_inside(update_inbound_message, *DATA, "items"),
    (INBOUND, "GET", INBOUND_MESSAGES + "/{id}", 200): update_inbound_message,
}


class AcceptedInvalidRequest(NamedTuple):
    """An invalid request, according to the specification, that the service accepts.

    ``operation_pattern`` matches "document METHOD /path". ``violation_pattern`` matches how schemathesis describes the
    violation. ``example`` is the method, path and body of an accepted request.
    """

    reason: str
    operation_pattern: str
    violation_pattern: str
    example: tuple[str, str, Any]


WRITES = rf"{GENERAL_HOST} (POST|PATCH) \S+"
ACCEPTED_INVALID_REQUESTS = [
    AcceptedInvalidRequest(
        "unknown parameters and invalid filters are ignored: docs/service.md#query-arrays",
        r"\S+ GET \S+",
        ".*",
        ("GET", "/api/suppressions?last_id=x", None),
    ),
    AcceptedInvalidRequest(
        "a batch is always answered with 200 and reports the errors of each message: E17",
        r"\S+ POST /api/batch\S*",
        ".*",
        ("POST", "/api/batch", {"requests": [{"subject": {}}]}),
    ),
    AcceptedInvalidRequest(
        "Rails casts numbers and booleans to text: rows 25, 26",
        WRITES,
        r"violates `type` at \S+ \(was string, became (boolean|integer|number)\)",
        ("POST", "/api/contacts/lists", {"name": 7}),
    ),
    AcceptedInvalidRequest(
        "Rails casts every value that is not false to true",
        WRITES,
        r"violates `type` at \S+ \(was boolean, became (string|integer|number)\)",
        ("PATCH", "/api/domains/435", {"domain": {"open_tracking_enabled": "x"}}),
    ),
    AcceptedInvalidRequest(
        "Rails casts null to false",
        rf"{SANDBOX} PATCH {re.escape(MESSAGE)}",
        r"violates `type` at \S+is_read \(was string, became null\)",
        ("PATCH", "/api/sandboxes/70/messages/700", {"message": {"is_read": None}}),
    ),
    AcceptedInvalidRequest(
        "the stream of a webhook is only validated for webhook types that have a stream: docs/service.md#webhooks",
        rf"{SENDING} POST /api/webhooks",
        r"violates `enum` at \S+/sending_stream",
        (
            "POST",
            "/api/webhooks",
            {"webhook": {"url": "http://a.bc/", "webhook_type": "audit_log", "sending_stream": "x"}},
        ),
    ),
    AcceptedInvalidRequest(
        "Rails ignores lists and objects that are given instead of a scalar",
        WRITES,
        r"violates `type` at \S+ \(was \w+, became (array|object)\)",
        ("PATCH", "/api/email_templates/5", {"email_template": {"name": "x", "subject": []}}),
    ),
    AcceptedInvalidRequest(
        "updates are partial, although the specification requires some fields: rows 23, 24",
        rf"{GENERAL_HOST} PATCH \S+",
        r"violates `required`.*",
        ("PATCH", "/api/inbound/folders/77", {}),
    ),
    AcceptedInvalidRequest(
        "a flat body that is not an object is treated like an empty object",
        WRITES,
        r"violates `type` \(was object, became \w+\)",
        ("POST", "/api/contacts/exports", []),
    ),
]
