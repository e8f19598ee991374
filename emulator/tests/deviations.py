# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the service is known to differ from its official specifications: the one list.

Rows are those of facts 6. A deviation that no answer needs is a failure.
"""

import re
from typing import NamedTuple

ACCOUNT, CONTACTS, SENDING, INBOUND = "account-management", "contacts", "email-sending", "inbound"
SANDBOX, SANDBOX_SENDING, TEMPLATES = "sandbox", "sandbox-sending", "templates"
TRANSACTIONAL, BULK = "email-sending-transactional", "email-sending-bulk"

# Routes without a specification, each with where it is known from.
ROUTES = {
    "the recorded inbound threads, replies and forwards (facts 3.21)": [
        "GET inbound/inboxes/{inbox_id}/threads",
        "GET inbound/inboxes/{inbox_id}/threads/{thread_id}",
        "DELETE inbound/inboxes/{inbox_id}/threads/{thread_id}",
        "POST inbound/inboxes/{inbox_id}/messages/{message_id}/reply",
        "POST inbound/inboxes/{inbox_id}/messages/{message_id}/reply_all",
        "POST inbound/inboxes/{inbox_id}/messages/{message_id}/forward",
    ],
    "the forward rules of the SDKs (facts 11)": [
        "GET inbound/inboxes/{inbox_id}/forward_rules",
        "POST inbound/inboxes/{inbox_id}/forward_rules",
        "GET inbound/inboxes/{inbox_id}/forward_rules/{rule_id}",
        "PATCH inbound/inboxes/{inbox_id}/forward_rules/{rule_id}",
        "DELETE inbound/inboxes/{inbox_id}/forward_rules/{rule_id}",
    ],
    "the campaigns of the recordings and SDKs (facts 3.22)": [
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
    "the tracking opt-outs of the SDKs (facts 11)": [
        "GET tracking_opt_outs",
        "POST tracking_opt_outs",
        "DELETE tracking_opt_outs/{tracking_opt_out_id}",
    ],
    "the paths that a message names for its parts (facts 3.9)": [
        *(f"GET testing_message_parts/{{opaque}}/body.{kind}" for kind in ("txt", "raw", "html", "htmlsource", "eml")),
        "GET testing_message_parts/{opaque}/attachment_download",
    ],
    "the templates in pages of the SDKs (facts 11)": [
        "GET templates",
        "POST templates",
        "GET templates/{email_template_id}",
        "PATCH templates/{email_template_id}",
        "DELETE templates/{email_template_id}",
    ],
    "files that the service keeps elsewhere, and answers link to (facts 3.17, 3.20, 3.21)": [
        "GET contact_export_files/{name}",
        "GET email_logs/{sending_message_id}/raw",
        "GET inbound/files/{sealed}/{name}",
    ],
}


class NewerStatus(NamedTuple):
    """A status that the specification does not have, for the operations and statuses that ``where`` matches
    ("document METHOD /path status"). ``schema`` is the whole text where the answer is no JSON."""

    why: str
    where: str
    media_type: str
    schema: object

    def __hash__(self) -> int:
        return hash(self.where)


def said(name: str, *values: str) -> dict:
    return {"properties": {name: {"enum": list(values)}}, "required": [name], "additionalProperties": False}


SENTENCES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
BY_FIELD = {
    "properties": {"errors": {"type": "object", "additionalProperties": SENTENCES, "minProperties": 1}},
    "required": ["errors"],
    "additionalProperties": False,
}
JSON = "application/json"
SEND_REFUSED = {
    "properties": {"success": {"const": False}, "errors": SENTENCES},
    "required": ["errors"],
    "additionalProperties": False,
}
GENERAL_HOST = f"({ACCOUNT}|{CONTACTS}|{SENDING}|{INBOUND}|{SANDBOX}|{TEMPLATES})"

NEWER_STATUSES = [
    NewerStatus(
        "a body that is missing or cannot be read is an empty page (E18, facts 8.1; row 19 where it is documented)",
        rf"{GENERAL_HOST} (POST|PUT|PATCH) \S+ 400",
        "text/html",
        "",
    ),
    NewerStatus(
        "no level, or a token without an account (E3, facts 2.2)",
        rf"{GENERAL_HOST} \S+ \S+ 403",
        JSON,
        said("errors", "Account access forbidden"),
    ),
    NewerStatus(
        "an unknown id anywhere in a path (E1, facts 2.2)",
        rf"{GENERAL_HOST} \S+ \S+{{\S+ 404",
        JSON,
        said("error", "Not Found"),
    ),
    NewerStatus("what is beyond all limits (E21)", r"\S+ \S+ \S+ 413", "text/plain", "message too large"),
    NewerStatus("a message that is too big (E21, facts 2.2)", r"\S+ POST /api/send\S* 413", JSON, SEND_REFUSED),
    NewerStatus(
        "an unknown sandbox, as the sending hosts speak (facts 2.2)",
        rf"{SANDBOX_SENDING} POST \S+ 404",
        JSON,
        SEND_REFUSED,
    ),
    NewerStatus("sending without a level (E16)", r"\S+ POST /api/(send|batch)\S* 403", JSON, SEND_REFUSED),
    NewerStatus(
        "every endpoint has a rate (facts 1.10, E4)",
        rf"{GENERAL_HOST} \S+ \S+ 429",
        JSON,
        said("errors", "Rate limit exceeded"),
    ),
    NewerStatus(
        "what a project or sandbox is refused for, and a forward (row 20, facts 2.2)",
        rf"{SANDBOX} (POST|PATCH) /api/(projects|sandboxes)\S* 422",
        JSON,
        BY_FIELD,
    ),
    NewerStatus(
        "permissions that make no sense (facts 3.3)", rf"{ACCOUNT} PUT \S+/permissions/bulk 422", JSON, BY_FIELD
    ),
    NewerStatus(
        "names of lists are unique and have a length (facts 3.15)",
        rf"{CONTACTS} (POST|PATCH) /api/contacts/lists\S* 422",
        JSON,
        BY_FIELD,
    ),
]


# How the schemas of documented answers are mended.


def changed_messages_are_whole(schema):
    """Row 14: for PATCH and DELETE of a message the specification has a boolean in place of the blacklist report, and
    leaves out the template and the recipients of the envelope; the service gives the whole message, as for GET."""
    properties = schema["properties"]
    assert properties["blacklists_report_info"] == {"type": "boolean"}
    report = {"type": "object", "properties": {"result": {"enum": ["pending", "success"]}}}
    for name, kind in (("domain", "string"), ("ip", "string"), ("report", "array")):
        report["properties"][name] = {"type": kind}
    properties["blacklists_report_info"] = report
    properties["template_variables"] = {"type": ["object", "null"]}
    properties["template_id"] = {"type": ["integer", "null"]}
    envelope = properties["smtp_information"]["properties"]["data"]["properties"]
    envelope["rcpt_to_addrs"] = {"type": "array", "items": {"type": "string"}}


def template_id_may_be_null(schema):
    """Row 15: the specification knows integers, the service gives 0, null or an id."""
    schema["properties"]["template_id"]["type"] = ["integer", "null"]


def forward_has_success(schema):
    """Row 16: the service adds ``success``."""
    schema["properties"]["success"] = {"const": True}


def analysis_has_status(schema):
    """Row 17: the specification calls the key ``success``, its example and the service ``status``. Facts 3.9: where
    there is no HTML, ``msg`` says so."""
    report = schema["properties"]["report"]["properties"]
    report["status"] = report.pop("success")
    report["msg"] = {"type": "string"}


def points_are_text(schema):
    """Row 18: the specification says number, the service gives a string."""
    details = schema["properties"]["report"]["properties"]["Details"]["items"]["properties"]
    details["Pts"] = {"type": "string", "pattern": r"^-?\d+\.\d$"}


def sentences_are_nested(schema):
    """Facts 2.1 E12: the schema has lists of sentences, its own examples and the service have them in lists."""
    errors = schema["properties"]["errors"]
    errors["additionalProperties"] = {"type": "array", "items": errors["additionalProperties"]}


def sentences_are_nested_or_about_the_email(schema):
    """Facts 2.1 E12, 3.14: all but the sentences about the e-mail, which the specification's example has flat."""
    errors = schema["properties"]["errors"]
    errors["properties"] = {"email": errors["additionalProperties"]}
    errors["required"] = []
    sentences_are_nested(schema)


def filters_are_a_text(schema):
    """Row 10: the specification has a list of sentences, the service a text."""
    errors = schema["properties"]["errors"]
    errors["properties"] = {"filters": {"const": "invalid"}}
    errors["required"] = []


def counts_come_at_the_end(schema):
    """Facts 3.17: the counts of an import are there when it has ended, as their own descriptions say."""
    schema["required"] = ["id", "status"]


def merge_tags_are_any(schema):
    """Facts 2.3: ``field_merge_tag`` stands for every merge tag, and lists are told of in the same way."""
    errors = schema["properties"]["errors"]["items"]["properties"]["errors"]
    errors["required"] = []
    errors["additionalProperties"] = errors["properties"]["field_merge_tag"]


def token_may_never_expire(schema):
    """Row 28: the specification knows only tokens with an end."""
    (token,) = (one for one in schema["items"]["properties"]["specifier"]["anyOf"] if "token" in one["properties"])
    token["properties"]["expires_at"] = {"anyOf": [{"type": "null"}, token["properties"]["expires_at"]]}


def bodies_may_be_null(schema):
    """Facts 3.13: a template can do without one or both of its bodies."""
    for name in ("body_html", "body_text"):
        schema["properties"][name]["type"] = ["string", "null"]


def flags_are_newer(schema):
    """Facts 11: three flags that are newer than the specification."""
    for name in ("tracking_opt_out_enabled", "inbound_enabled", "inbound_verified"):
        assert name not in schema["properties"]
        schema["properties"][name] = {"type": "boolean"}


def time_may_be_blank(schema):
    """Row 34: the specification says null, the service ``""`` where no mail is behind a suppression."""
    schema["properties"]["message_created_at"] = {"anyOf": [{"const": ""}, {"type": "string", "format": "date-time"}]}


def log_is_newer(schema):
    """Row 11: the specification has objects for the variables, the service null where there are none. Facts 3.20: it
    also tells the thread, which is younger than the specification."""
    properties = schema["properties"]
    for name in ("custom_variables", "template_variables"):
        properties[name]["type"] = ["object", "null"]
    properties |= {
        "rfc_message_id": {"type": "string"},
        "in_reply_to": {"type": ["string", "null"]},
        "references": {"type": "array", "items": {"type": "string"}},
        "thread_id": {"type": ["string", "null"]},
    }


def inbox_is_only_of_inbound(schema):
    """Row 21: the specification has ``inbound_inbox_id`` always, the service not for e-mail webhooks."""
    schema["required"] = [name for name in schema["properties"] if name != "inbound_inbox_id"]


def inbox_has_a_domain(schema):
    """Row 13: the domain of an inbox is newer than the specification."""
    schema["properties"]["domain_id"] = {"type": "integer"}


def inbound_message_is_newer(schema):
    """Row 12: the header's id has another name. Row 13, facts 11: threads and forwards are newer than the
    specification."""
    properties = schema["properties"]
    properties["rfc_message_id"] = properties.pop("message_id")
    properties |= {"thread_id": {"type": "string"}, "forwards": {"type": "array"}}


def inside(mend, *path):
    """The deviation of a thing inside an answer."""

    def mend_inside(schema):
        for step in path:
            schema = schema[step]
        mend(schema)

    return mend_inside


def listed(mend):
    return inside(mend, "items")


DATA = ("properties", "data")
MESSAGES = "/api/sandboxes/{sandbox_id}/messages"
MESSAGE = MESSAGES + "/{message_id}"
TEMPLATE = "/api/email_templates/{email_template_id}"
CONTACT = "/api/contacts/{contact_identifier}"
DOMAIN = "/api/domains/{domain_id}"
WEBHOOK = "/api/webhooks/{webhook_id}"
INBOXES = "/api/inbound/folders/{folder_id}/inboxes"
INBOX = INBOXES + "/{inbox_id}"
RECEIVED = "/api/inbound/inboxes/{inbox_id}/messages"

DEVIATIONS = {
    (SANDBOX, "PATCH", MESSAGE, 200): changed_messages_are_whole,
    (SANDBOX, "DELETE", MESSAGE, 200): changed_messages_are_whole,
    (SANDBOX, "GET", MESSAGE, 200): template_id_may_be_null,
    (SANDBOX, "GET", MESSAGES, 200): listed(template_id_may_be_null),
    (SANDBOX, "POST", MESSAGE + "/forward", 200): forward_has_success,
    (SANDBOX, "GET", MESSAGE + "/analyze", 200): analysis_has_status,
    (SANDBOX, "GET", MESSAGE + "/spam_report", 200): points_are_text,
    (ACCOUNT, "GET", "/api/account_accesses", 200): token_may_never_expire,
    (TEMPLATES, "GET", "/api/email_templates", 200): listed(bodies_may_be_null),
    (TEMPLATES, "POST", "/api/email_templates", 201): bodies_may_be_null,
    (TEMPLATES, "GET", TEMPLATE, 200): bodies_may_be_null,
    (TEMPLATES, "PATCH", TEMPLATE, 200): bodies_may_be_null,
    (CONTACTS, "POST", "/api/contacts", 422): sentences_are_nested_or_about_the_email,
    (CONTACTS, "PATCH", CONTACT, 422): sentences_are_nested,
    (CONTACTS, "POST", "/api/contacts/fields", 422): sentences_are_nested,
    (CONTACTS, "PATCH", "/api/contacts/fields/{field_id}", 422): sentences_are_nested,
    (CONTACTS, "POST", "/api/contacts/exports", 422): filters_are_a_text,
    (CONTACTS, "POST", "/api/contacts/imports", 422): merge_tags_are_any,
    (CONTACTS, "POST", "/api/contacts/imports", 201): counts_come_at_the_end,
    (CONTACTS, "GET", "/api/contacts/imports/{import_id}", 200): counts_come_at_the_end,
    (SENDING, "GET", "/api/domains", 200): inside(flags_are_newer, *DATA, "items"),
    (SENDING, "POST", "/api/domains", 200): flags_are_newer,
    (SENDING, "GET", DOMAIN, 200): flags_are_newer,
    (SENDING, "PATCH", DOMAIN, 200): flags_are_newer,
    (SENDING, "GET", "/api/suppressions", 200): listed(time_may_be_blank),
    (SENDING, "POST", "/api/suppressions", 201): inside(time_may_be_blank, *DATA),
    (SENDING, "DELETE", "/api/suppressions/{suppression_id}", 200): time_may_be_blank,
    (SENDING, "GET", "/api/email_logs", 200): inside(log_is_newer, "properties", "messages", "items"),
    (SENDING, "GET", "/api/email_logs/{sending_message_id}", 200): log_is_newer,
    (SENDING, "POST", "/api/webhooks", 200): inside(inbox_is_only_of_inbound, *DATA),
    (SENDING, "GET", "/api/webhooks", 200): inside(inbox_is_only_of_inbound, *DATA, "items"),
    (SENDING, "GET", WEBHOOK, 200): inside(inbox_is_only_of_inbound, *DATA),
    (SENDING, "PATCH", WEBHOOK, 200): inside(inbox_is_only_of_inbound, *DATA),
    (SENDING, "DELETE", WEBHOOK, 200): inside(inbox_is_only_of_inbound, *DATA),
    (INBOUND, "GET", INBOXES, 200): listed(inbox_has_a_domain),
    (INBOUND, "POST", INBOXES, 201): inbox_has_a_domain,
    (INBOUND, "GET", INBOX, 200): inbox_has_a_domain,
    (INBOUND, "PATCH", INBOX, 200): inbox_has_a_domain,
    (INBOUND, "GET", RECEIVED, 200): inside(inbound_message_is_newer, *DATA, "items"),
    (INBOUND, "GET", RECEIVED + "/{id}", 200): inbound_message_is_newer,
}


class Lenient(NamedTuple):
    """Where the service takes what a specification forbids: the operations ("document METHOD /path"), what is wrong in
    the words of schemathesis, and a request of this kind that is answered well."""

    why: str
    where: str
    wrong: str
    example: tuple[str, str, object]


WRITES = rf"{GENERAL_HOST} (POST|PATCH) \S+"
LENIENT = [
    Lenient(
        "parameters and filters that make no sense are ignored (facts 1.3, 3.20, 8.1)",
        r"\S+ GET \S+",
        ".*",
        ("GET", "/api/suppressions?last_id=x", None),
    ),
    Lenient(
        "a batch is always a 200 and tells of each mail what is wrong with it (E17)",
        r"\S+ POST /api/batch\S*",
        ".*",
        ("POST", "/api/batch", {"requests": [{"subject": {}}]}),
    ),
    Lenient(
        "numbers and truth are text as well, as Rails casts them (rows 25, 26)",
        WRITES,
        r"violates `type` at \S+ \(was string, became (boolean|integer|number)\)",
        ("POST", "/api/contacts/lists", {"name": 7}),
    ),
    Lenient(
        "whatever is not false is true, as Rails casts it",
        WRITES,
        r"violates `type` at \S+ \(was boolean, became (string|integer|number)\)",
        ("PATCH", "/api/domains/435", {"domain": {"open_tracking_enabled": "x"}}),
    ),
    Lenient(
        "null is not true either",
        rf"{SANDBOX} PATCH {re.escape(MESSAGE)}",
        r"violates `type` at \S+is_read \(was string, became null\)",
        ("PATCH", "/api/sandboxes/70/messages/700", {"message": {"is_read": None}}),
    ),
    Lenient(
        "the stream of a webhook counts only where it is of its type (facts 3.10)",
        rf"{SENDING} POST /api/webhooks",
        r"violates `enum` at \S+/sending_stream",
        (
            "POST",
            "/api/webhooks",
            {"webhook": {"url": "http://a.bc/", "webhook_type": "audit_log", "sending_stream": "x"}},
        ),
    ),
    Lenient(
        "lists and objects in the place of a value are not permitted, and what is not permitted is not looked at",
        WRITES,
        r"violates `type` at \S+ \(was \w+, became (array|object)\)",
        ("PATCH", "/api/email_templates/5", {"email_template": {"name": "x", "subject": []}}),
    ),
    Lenient(
        "an update is partial whatever the specification requires (rows 23, 24)",
        rf"{GENERAL_HOST} PATCH \S+",
        r"violates `required`.*",
        ("PATCH", "/api/inbound/folders/77", {}),
    ),
    Lenient(
        "a flat body that is no object has no fields (facts 8.1)",
        WRITES,
        r"violates `type` \(was object, became \w+\)",
        ("POST", "/api/contacts/exports", []),
    ),
]
