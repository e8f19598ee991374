# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of object that the collection manages, described (facts 3)."""

from __future__ import annotations

import re
from dataclasses import replace

from .._api.errors import MailtrapError
from .._api.pages import BY_LAST_ID, BY_TOKEN, until_short_page
from .._engine.resource import (
    NOTHING,
    Field,
    Parent,
    Reference,
    Resource,
    Write,
)
from . import api_tokens, campaign_rules, company_info, forward_rules, permissions, webhooks
from .contact_values import (
    fitted,
    may_be_otherwise,
    type_of,
)
from .domain_names import ascii_name, name_fault

# The part of a sandbox's e-mail address that the server adds to the alias and never changes (facts 0.4, trap 1).
_ALIAS_SUFFIX = re.compile(r"-[0-9a-f]{6}$")

_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")


def _alias(username):
    return _ALIAS_SUFFIX.sub("", username)


def _alias_of(stored, now):
    return _alias(stored)


def _with_suffix(wanted, current):
    suffix = _ALIAS_SUFFIX.search(current or "")
    return _alias(wanted) + (suffix.group() if suffix else "")


def _turned_over(path, stored, now):
    """There is no request that sets it (facts 0.4, trap 2)."""
    return Write("PATCH", f"{path}/toggle_email_username")


def _but_for_the_end(text):
    """A block scalar in YAML ends with a line break that the text in the service may lack (facts 3.13)."""
    return (text or "").rstrip("\n")


def _lower(text):
    return (text or "").lower()


def _status(unsubscribed, now):
    return "unsubscribed" if unsubscribed else "subscribed"


def _is_unsubscribed(status, now=None):
    return status in (True, "unsubscribed")


def _put_over(values, now):
    return {**(now or {}), **values}


def _differing(values, now):
    return {name: value for name, value in values.items() if value != (now or {}).get(name)}


def _moves(list_ids, now):
    """Membership is written as a difference (facts 3.14)."""
    moves = {
        "list_ids_included": [one for one in list_ids if one not in (now or ())],
        "list_ids_excluded": [one for one in now or () if one not in list_ids],
    }
    return {name: ids for name, ids in moves.items() if ids}


def _as_set(ids):
    return frozenset(ids or ())


def _field_values(values, now, directory):
    """A contact shows all fields, those without a value too; the account tells them where it has not one yet."""
    types = {name: type_of(value) for name, value in (now or {}).items()}
    if now is None or any(types.get(name, "") is None and may_be_otherwise(values[name]) for name in values):
        types = {field["merge_tag"]: field["data_type"] for field in directory.list(CONTACT_FIELD)}
    return fitted(values, types, directory.report_missing)


def _or_none(number, now=None):
    return number or None


def _ascii_name(name, now):
    return ascii_name(name)


def _is_for_ever(domain):
    return "it is the demo domain, which comes with the account and stays as it is" if domain.get("demo") else None


def _no_address(text):
    return None if _ADDRESS.fullmatch(text) else f"{text!r} is not an e-mail address, such as ann@example.com"


def _stream_of_new(stored, now):
    """Only the service itself suppresses an address on all streams (facts 3.18)."""
    if stored == "any":
        raise MailtrapError("sending_stream 'any' is there to find what the service made; a new one needs another")
    return stored


def _with_ids(permissions, id_of):
    return permissions.resolved(permissions, id_of, GRANTED)


def _with_account_id(grants, now, directory):
    return permissions.completed(grants, now, directory, ACCOUNT)


def _with_names(grants, name_of):
    return permissions.named(grants, name_of, GRANTED)


def _bulk_update(path, stored, now):
    """Permissions that are not in the request stay as they are (facts 3.3)."""
    body = {"permissions": permissions.differences(stored, now)}
    return Write("PUT", f"{path}/permissions/bulk", body, answers=NOTHING)


def _is_in_use(token, client):
    """The values of tokens are not shown, but their ends are (facts 3.4)."""
    if token.get("last_4_digits") != client.token_suffix:
        return None
    return f"API token {token['id']} ends as the one does that this task uses, and is taken for it"


def _is_owners(access):
    if not permissions.is_owner(access.get("resources")):
        return None
    return "it is the owner's, whose access cannot be changed"


def _of_token(accesses, token_id):
    return [
        access
        for access in accesses
        if access.get("specifier_type") == "ApiToken" and (access.get("specifier") or {}).get("id") == token_id
    ]


# The content of a campaign is written under another word than it is read (facts 3.22).
_THROTTLE = ("delivery_options", "emails_per_hour")


def _written(word):
    return ("template_attributes", word)


PROJECT = Resource(
    name="project",
    plural="projects",
    path="/api/projects",
    wrapper="project",
    fields=(Field("name", length=(2, 100)),),
    secrets=("share_links", "username", "password"),
)

SANDBOX = Resource(
    name="sandbox",
    plural="sandboxes",
    former="inbox",
    path="/api/sandboxes",
    create_path="/api/projects/{project_id}/sandboxes",
    wrapper="sandbox",
    parent=Parent(PROJECT, field="project_id", children="sandboxes"),
    fields=(
        Field("name", length=(1, 100)),
        Field("email_username", create=False, length=(1, 64), stored=_with_suffix, sent=_alias_of),
        Field("email_username_enabled", {"type": "bool"}, create=False, request=_turned_over),
    ),
    secrets=("username", "password"),
)

DOMAIN = Resource(
    name="domain",
    plural="domains",
    former="sending_domain",
    path="/api/domains",
    wrapper="domain",
    key="domain_name",
    fields=(
        Field(
            "domain_name",
            {"type": "str", "aliases": ["name"]},
            update=False,
            check=name_fault,
            stored=_ascii_name,
            normal=ascii_name,
        ),
        Field("open_tracking_enabled", {"type": "bool"}, create=False),
        Field("click_tracking_enabled", {"type": "bool"}, create=False),
        Field("auto_unsubscribe_link_enabled", {"type": "bool"}, create=False),
        Field("tracking_opt_out_enabled", {"type": "bool"}, create=False),
        Field("inbound_enabled", {"type": "bool"}, create=False),
        Field(
            "company_info",
            company_info.SPEC,
            create=False,
            fetched="company_info",
            shared=True,
            request=company_info.write,
            stored=company_info.put_over,
            normal=company_info.without_blanks,
        ),
    ),
    frozen=_is_for_ever,
)

WEBHOOK = Resource(
    name="webhook",
    plural="webhooks",
    path="/api/webhooks",
    wrapper="webhook",
    key="url",
    within=("webhook_type", "sending_stream", "domain_id", "inbound_inbox_id"),
    fields=(
        Field("url", check=webhooks.url_fault, told=webhooks.url_told, veiled=True),
        Field("active", {"type": "bool"}, remark=webhooks.paused),
        Field("webhook_type", {"type": "str", "choices": list(webhooks.TYPES)}, required=True, update=False),
        Field("payload_format", {"type": "str", "choices": ["json", "jsonlines"]}),
        Field("sending_stream", {"type": "str", "choices": ["transactional", "bulk"]}, update=False),
        Field(
            "domain_id",
            reference=Reference(DOMAIN, "domain", nothing=0),
            update=False,
            stored=_or_none,
            normal=_or_none,
        ),
        Field("inbound_inbox_id", {"type": "int"}, stored=_or_none, normal=_or_none),
        Field(
            "event_types",
            {"type": "list", "elements": "str"},
            check=webhooks.event_types_fault,
            stored=webhooks.without_repeats,
            normal=_as_set,
        ),
    ),
    one_time="signing_secret",
    needs="webhooks are managed with a token that is an admin of the account",
    rules=webhooks.rules,
    foreign=webhooks.foreign,
)

# Whom a suppression or an opt-out is about: the domain is written by its id and read by its name, "" or null for all.
_EMAIL = Field("email", update=False, check=_no_address, normal=_lower)
_DOMAIN = Field(
    "domain_name",
    {"type": "str", "aliases": ["sending_domain"]},
    option="domain",
    create=False,
    update=False,
    stored=_ascii_name,
    normal=ascii_name,
)
_DOMAIN_ID = Field(
    "domain_id", option="domain", reference=Reference(DOMAIN, "domain", nothing=""), required=True, shown=False
)

SUPPRESSION = Resource(
    name="suppression",
    plural="suppressions",
    needs="suppressions are made and lifted with a token that is an admin of the domain",
    path="/api/suppressions",
    key="email",
    within=("domain_name", "sending_stream"),
    pages=until_short_page(1000),
    filters=("email",),
    period=("start_time", "end_time"),
    bulk="emails",
    readable=False,
    # Mail would be sent while there is none.
    replaceable=False,
    unique=True,
    id_type="str",
    fields=(
        _EMAIL,
        _DOMAIN,
        _DOMAIN_ID,
        Field(
            "sending_stream",
            {"type": "str", "choices": ["transactional", "bulk", "any"]},
            required=True,
            update=False,
            sent=_stream_of_new,
        ),
        Field(
            "type",
            {"type": "str", "choices": ["hard bounce", "unsubscription", "spam complaint", "manual import"]},
            initial=True,
        ),
    ),
)

TRACKING_OPT_OUT = Resource(
    name="tracking_opt_out",
    plural="tracking_opt_outs",
    needs="tracking opt outs are made and lifted with a token that is an admin of the domain",
    path="/api/tracking_opt_outs",
    key="email",
    within=("domain_name",),
    pages=BY_LAST_ID,
    filters=("email",),
    period=("start_time", "end_time"),
    bulk="emails",
    readable=False,
    unique=True,
    id_type="str",
    fields=(_EMAIL, _DOMAIN, _DOMAIN_ID),
)

EMAIL_TEMPLATE = Resource(
    name="email_template",
    plural="email_templates",
    path="/api/email_templates",
    wrapper="email_template",
    fields=(
        Field("name", required=True, length=(1, 255)),
        Field("category", required=True, length=(1, 255)),
        Field("subject", required=True, length=(1, 255)),
        Field("body_html", source="body_html_src", normal=_but_for_the_end),
        Field("body_text", source="body_text_src", normal=_but_for_the_end),
    ),
)

CONTACT_LIST = Resource(
    name="contact_list",
    plural="contact_lists",
    path="/api/contacts/lists",
    fields=(Field("name"),),
)

CONTACT_FIELD = Resource(
    name="contact_field",
    plural="contact_fields",
    path="/api/contacts/fields",
    key="merge_tag",
    unique=True,
    fields=(
        Field("name", required=True),
        # The values that contacts have would be lost with it (facts 3.16).
        Field(
            "data_type",
            {"type": "str", "choices": ["text", "integer", "float", "boolean", "date"]},
            required=True,
            update=False,
        ),
        Field("merge_tag"),
    ),
)

CONTACT = Resource(
    name="contact",
    plural="contacts",
    path="/api/contacts",
    wrapper="contact",
    key="email",
    by_key=True,
    upsert=True,
    id_type="str",
    fields=(
        Field("email", always=True, normal=_lower),
        Field("fields", {"type": "dict"}, fit=_field_values, stored=_put_over, sent=_differing),
        Field(
            "list_ids",
            reference=Reference(CONTACT_LIST, "lists", many=True),
            sent_at=(),
            sent=_moves,
            normal=_as_set,
        ),
        Field(
            "unsubscribed",
            {"type": "bool"},
            at=("status",),
            stored=_status,
            sent=_is_unsubscribed,
            told=_is_unsubscribed,
        ),
    ),
)

EMAIL_CAMPAIGN = Resource(
    name="email_campaign",
    plural="email_campaigns",
    path="/api/email_campaigns",
    pages=BY_TOKEN,
    frozen=campaign_rules.frozen,
    fields=(
        Field("name"),
        Field("domain_id", reference=Reference(DOMAIN, "domain"), required=True),
        Field("from_local_part", required=True),
        Field("from_display_name"),
        Field(
            "reply_to",
            campaign_rules.REPLY_TO,
            stored=campaign_rules.without_blanks,
            normal=campaign_rules.without_blanks,
        ),
        Field("subject", required=True, length=(1, 255), at=("template", "subject"), sent_at=_written("subject")),
        Field(
            "body_html",
            source="body_html_src",
            at=("template", "body_html"),
            sent_at=_written("body_html"),
            listed=False,
            normal=_but_for_the_end,
        ),
        Field(
            "body_text",
            source="body_text_src",
            at=("template", "body_text"),
            sent_at=_written("body_text"),
            listed=False,
            normal=_but_for_the_end,
        ),
        Field(
            "merge_tags",
            {"type": "list", "elements": "str"},
            at=("template", "merge_tags"),
            sent_at=_written("merge_tags"),
            normal=_as_set,
        ),
        Field("delivery_mode", {"type": "str", "choices": ["rapid", "gradual"]}),
        Field("emails_per_hour", {"type": "int"}, at=_THROTTLE, sent_at=_THROTTLE, check=campaign_rules.throttle_fault),
        Field("contact_list_ids", reference=Reference(CONTACT_LIST, "contact_lists", many=True), normal=_as_set),
        Field("contact_segment_ids", {"type": "list", "elements": "int"}, normal=_as_set),
    ),
)

INBOUND_FOLDER = Resource(
    name="inbound_folder",
    plural="inbound_folders",
    path="/api/inbound/folders",
    fields=(Field("name"),),
)

INBOUND_INBOX = Resource(
    name="inbound_inbox",
    plural="inbound_inboxes",
    path="/api/inbound/folders/{inbound_folder_id}/inboxes",
    parent=Parent(INBOUND_FOLDER, field="inbound_folder_id"),
    unique=True,
    fields=(
        Field("name", length=(1, 100)),
        Field("domain_id", reference=Reference(DOMAIN, "domain"), update=False),
    ),
)

INBOUND_FORWARD_RULE = Resource(
    name="inbound_forward_rule",
    plural="inbound_forward_rules",
    path="/api/inbound/inboxes/{inbound_inbox_id}/forward_rules",
    parent=Parent(INBOUND_INBOX, field="inbound_inbox_id"),
    fields=(
        Field("name"),
        Field(
            "conditions",
            forward_rules.CONDITIONS,
            check=forward_rules.conditions_fault,
            stored=forward_rules.complete,
            normal=forward_rules.same_conditions,
            sent=forward_rules.without_blanks,
        ),
        Field(
            "destinations",
            {"type": "list", "elements": "str"},
            required=True,
            check=forward_rules.destinations_fault,
            stored=forward_rules.as_destinations,
            normal=forward_rules.same_destinations,
            told=forward_rules.addresses,
            named=forward_rules.addresses,
        ),
    ),
)

# Its mail comes from elsewhere: what is known of it can be read, and it can be deleted.
INBOUND_MESSAGE = Resource(
    name="inbound_message",
    plural="inbound_messages",
    path="/api/inbound/inboxes/{inbound_inbox_id}/messages",
    parent=Parent(INBOUND_INBOX, field="inbound_inbox_id"),
    key="id",
    id_type="str",
    pages=BY_LAST_ID,
    creatable=False,
    secrets=("raw_message_url", "download_url"),
    fields=(Field("id", update=False),),
)

INBOUND_THREAD = Resource(
    name="inbound_thread",
    plural="inbound_threads",
    path="/api/inbound/inboxes/{inbound_inbox_id}/threads",
    parent=Parent(INBOUND_INBOX, field="inbound_inbox_id"),
    key="id",
    id_type="str",
    pages=BY_LAST_ID,
    filters=("search",),
    creatable=False,
    secrets=("raw_message_url", "download_url"),
    fields=(Field("id", update=False),),
)

ACCOUNT = Resource(
    name="account",
    plural="accounts",
    path="/api/accounts",
    fields=(Field("name"),),
    readable=False,
    creatable=False,
    deletable=False,
)

# What permissions can be given on, where there are many of it.
GRANTED = {"domain": DOMAIN, "project": PROJECT, "sandbox": SANDBOX}

_PERMISSIONS = Field(
    "resources",
    permissions.PERMISSIONS,
    option="permissions",
    resolve=_with_ids,
    names=tuple(GRANTED.values()),
    named=_with_names,
    check=permissions.fault,
    fit=_with_account_id,
    normal=permissions.as_set,
    told=permissions.in_words,
)

API_TOKEN = Resource(
    name="api_token",
    plural="api_tokens",
    path="/api/api_tokens",
    unique=True,
    hits=api_tokens.newest,
    one_time="token",
    fits=lambda token, value: value.endswith(token.get("last_4_digits") or ""),
    leaving=api_tokens.is_in_grace,
    protected=_is_in_use,
    needs="API tokens are managed with a token that is an admin of the account",
    fields=(
        Field("name", update=False, stored=api_tokens.name_stays),
        replace(_PERMISSIONS, required=True, update=False),
        Field(
            "expires_at",
            update=False,
            check=api_tokens.expiry_fault,
            stored=api_tokens.expiry_stored,
            normal=api_tokens.expiry_normal,
            told=api_tokens.expiry_told,
        ),
    ),
)

ACCOUNT_ACCESS = Resource(
    name="account_access",
    plural="account_accesses",
    path="/api/account_accesses",
    key="email",
    readable=False,
    creatable=False,
    made="people are invited on the website of the service",
    needs="the access of others is managed with a token that is an admin of the account",
    frozen=_is_owners,
    fields=(
        Field("email", create=False, update=False, at=("specifier", "email"), normal=_lower),
        replace(_PERMISSIONS, create=False, stored=permissions.exactly, request=_bulk_update),
    ),
)

# The list of those who have rights on certain things takes their ids, and holds API tokens too.
ACCESS_FILTERS = {"project_ids": "project", "sandbox_ids": "sandbox", "domain_ids": "domain"}

TOKEN_ACCESS = replace(
    ACCOUNT_ACCESS,
    key="token_id",
    hits=_of_token,
    filters=tuple(ACCESS_FILTERS),
    fields=(
        Field(
            "token_id",
            {"type": "int"},
            create=False,
            update=False,
            at=("specifier", "id"),
            told=lambda token_id: f"API token {token_id}",
        ),
        *ACCOUNT_ACCESS.fields[1:],
    ),
)

LISTED_ACCESS = replace(
    ACCOUNT_ACCESS,
    filters=tuple(ACCESS_FILTERS),
    fields=(
        *ACCOUNT_ACCESS.fields,
        *(
            Field(name, reference=Reference(GRANTED[kind], GRANTED[kind].plural, many=True), shown=False)
            for name, kind in ACCESS_FILTERS.items()
        ),
    ),
)

SUB_ACCOUNT = Resource(
    name="sub_account",
    plural="sub_accounts",
    path="/api/organizations/{organization_id}/sub_accounts",
    wrapper="account",
    parent=Parent(None, field="organization_id"),
    readable=False,
    deletable=False,
    needs="sub accounts need the API token of their organization; that of an account will not do",
    fields=(Field("name", update=False),),
)
