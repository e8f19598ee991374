# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resource types whose objects have a state: test_walk.py runs each of them through its life cycle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ResourceCase:
    """Options of one resource type, and the requests that its module is expected to make.

    The lists of requests default to those of a REST resource at ``path``. ``{id}`` in a request is the object's ID.

    :ivar options: options that create an object, including those of its key and its location.
    :ivar change: options with other values, or None if nothing can be changed.
    :ivar rename: options with another key, or None if the key is create-only.
    :ivar key: the option that names the object.
    :ivar location: the options that are needed besides the key to find the object.
    :ivar seeds: objects that the account contains beforehand, as the emulator accepts them.
    :ivar seed_table: the emulator's name for the list of these objects.
    :ivar existing: seeds an object with the same key and location; the test adds an ID.
    :ivar unique: whether the service refuses a second object with the same key.
    :ivar find_requests: find the object by its key.
    :ivar read_requests: read the object by its ID.
    :ivar create_requests: create the object.
    :ivar update_requests: apply ``change``.
    :ivar delete_requests: delete the object.
    :ivar create_lookups: further reads in check mode, if the object would be created.
    :ivar reads_before_delete: whether an object that is given by its ID is read before it is deleted.
    :ivar incomplete: options that are not sufficient, and a part of the resulting message.
    :ivar returned: returned values that differ from the given options; None skips the comparison.
    """

    name: str
    plural: str
    path: str
    options: dict[str, Any]
    change: dict[str, Any] | None
    rename: dict[str, Any] | None = None
    key: str = "name"
    location: tuple[str, ...] = ()
    seeds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seed_table: str = ""
    existing: dict[str, Any] = field(default_factory=dict)
    unique: bool = False
    find_requests: list[str] | None = None
    read_requests: list[str] | None = None
    create_requests: list[str] | None = None
    update_requests: list[str] | None = None
    delete_requests: list[str] | None = None
    create_lookups: list[str] | None = None
    reads_before_delete: bool = False
    incomplete: tuple[dict[str, Any], str] = ({}, "one of the following is required: id, ")
    returned: dict[str, Any] = field(default_factory=dict)

    def requests(self, step: str) -> list[str]:
        """Return the requests of a step, such as ``find_requests``."""
        defaults = {
            "find_requests": [f"GET {self.path}"],
            "read_requests": [f"GET {self.path}/{{id}}"],
            "create_requests": [f"POST {self.path}"],
            "update_requests": [f"PATCH {self.path}/{{id}}"],
            "delete_requests": [f"DELETE {self.path}/{{id}}"],
            "create_lookups": [],
        }
        requests: list[str] | None = getattr(self, step)
        return defaults[step] if requests is None else requests

    @property
    def identity(self) -> dict[str, Any]:
        """The options that find the object without its ID."""
        return {name: self.options[name] for name in (self.key, *self.location)}

    def task(self, **options: Any) -> dict[str, Any]:
        """Return a task with the module that manages the object."""
        return {f"community.mailtrap.{self.name}": options}

    def info_task(self, **options: Any) -> dict[str, Any]:
        """Return a task with the module that lists the objects."""
        return {f"community.mailtrap.{self.name}_info": options}


SHOP = {"projects": [{"id": 7, "name": "Shop"}]}
SHOP_DOMAIN = {"verified_domains": [{"id": 435, "domain_name": "shop.example"}]}

RESOURCE_CASES = [
    ResourceCase(
        "api_token",
        "api_tokens",
        "/api/api_tokens",
        {
            "name": "deploy",
            "permissions": [{"resource_type": "project", "resource_id": 7, "access_level": "viewer"}],
            "expires_at": "90d",
        },
        None,
        seeds=SHOP,
        seed_table="api_tokens",
        existing={"name": "deploy", "resources": [{"resource_type": "project", "resource_id": 7, "access_level": 10}]},
        unique=True,
        reads_before_delete=True,
    ),
    ResourceCase(
        "project",
        "projects",
        "/api/projects",
        {"name": "Shop"},
        None,
        rename={"name": "Store"},
        seed_table="projects",
        existing={"name": "Shop"},
    ),
    ResourceCase(
        "sandbox",
        "sandboxes",
        "/api/sandboxes",
        {"name": "Staging", "project": "Shop", "email_username": "shop", "email_username_enabled": True},
        {"email_username": "store"},
        rename={"name": "Live"},
        location=("project",),
        seeds=SHOP,
        seed_table="sandboxes",
        existing={"name": "Staging", "project_id": 7},
        find_requests=["GET /api/projects"],
        create_requests=[
            "POST /api/projects/7/sandboxes",
            "PATCH /api/sandboxes/{id}",
            "PATCH /api/sandboxes/{id}/toggle_email_username",
        ],
        returned={"email_username": None},
    ),
    ResourceCase(
        "email_template",
        "email_templates",
        "/api/email_templates",
        {"name": "Report", "category": "report", "subject": "Hi {{ '{{' }} name {{ '}}' }}", "body_html": "<p>Ä</p>\n"},
        {"subject": "Hello", "body_text": "Hello"},
        rename={"name": "Bericht"},
        seed_table="email_templates",
        existing={"name": "Report", "category": "report", "subject": "Hi {{ name }}", "body_html": "<p>Ä</p>"},
    ),
    ResourceCase(
        "contact_list",
        "contact_lists",
        "/api/contacts/lists",
        {"name": "Customers"},
        None,
        rename={"name": "Clients"},
        seed_table="contact_lists",
        existing={"name": "Customers"},
        unique=True,
    ),
    ResourceCase(
        "contact_field",
        "contact_fields",
        "/api/contacts/fields",
        {"merge_tag": "orders", "name": "Orders", "data_type": "integer"},
        {"name": "Number of orders"},
        rename={"merge_tag": "order_count"},
        key="merge_tag",
        seed_table="contact_fields",
        existing={"merge_tag": "orders", "name": "Orders", "data_type": "integer"},
        unique=True,
    ),
    ResourceCase(
        "contact",
        "contacts",
        "/api/contacts",
        {"email": "ann@example.com", "list_ids": [1]},
        {"list_ids": [2]},
        key="email",
        location=("email",),
        seeds={"contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Testers"}]},
        seed_table="contacts",
        existing={"id": "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", "email": "Ann@example.com"},
        unique=True,
        find_requests=["GET /api/contacts/ann%40example.com"],
        create_requests=["PATCH /api/contacts/ann%40example.com"],
    ),
    ResourceCase(
        "email_campaign",
        "email_campaigns",
        "/api/email_campaigns",
        {"name": "Spring", "domain_id": 940000, "from_local_part": "news", "subject": "Hi", "contact_list_ids": [1]},
        {"from_display_name": "The shop", "delivery_mode": "gradual"},
        rename={"name": "Summer"},
        seed_table="email_campaigns",
        seeds={"contact_lists": [{"id": 1, "name": "Customers"}]},
        existing={"name": "Spring", "domain_id": 940000},
        reads_before_delete=True,
    ),
    ResourceCase(
        "domain",
        "domains",
        "/api/domains",
        {"domain_name": "mail.example", "click_tracking_enabled": True},
        {"open_tracking_enabled": False, "tracking_opt_out_enabled": True, "inbound_enabled": True},
        key="domain_name",
        seed_table="domains",
        existing={"domain_name": "mail.example"},
        unique=True,
        create_requests=["POST /api/domains", "PATCH /api/domains/{id}"],
        reads_before_delete=True,
    ),
    ResourceCase(
        "webhook",
        "webhooks",
        "/api/webhooks",
        {
            "url": "https://hooks.example/mail",
            "webhook_type": "email_sending",
            "sending_stream": "bulk",
            "domain": "shop.example",
            "event_types": ["bounce", "open"],
        },
        {"active": False, "payload_format": "jsonlines", "event_types": ["reject"]},
        rename={"url": "https://hooks.example/other"},
        key="url",
        location=("sending_stream", "domain"),
        seeds=SHOP_DOMAIN,
        seed_table="webhooks",
        existing={
            "url": "https://hooks.example/mail",
            "sending_stream": "bulk",
            "domain_id": 435,
            "event_types": ["open", "bounce"],
        },
        find_requests=["GET /api/domains", "GET /api/webhooks"],
    ),
    ResourceCase(
        "suppression",
        "suppressions",
        "/api/suppressions",
        {"email": "ann@example.com", "domain": "shop.example", "sending_stream": "bulk"},
        None,
        key="email",
        location=("domain", "sending_stream"),
        seeds=SHOP_DOMAIN,
        seed_table="suppressions",
        existing={
            "id": "64d71bf3-1276-417b-86e1-8e66f138acfe",
            "email": "Ann@example.com",
            "domain_id": 435,
            "sending_stream": "bulk",
        },
        unique=True,
        read_requests=["GET /api/suppressions"],
        create_lookups=["GET /api/domains"],
        create_requests=["GET /api/domains", "POST /api/suppressions"],
    ),
    ResourceCase(
        "tracking_opt_out",
        "tracking_opt_outs",
        "/api/tracking_opt_outs",
        {"email": "ann@example.com", "domain": "shop.example"},
        None,
        key="email",
        location=("domain",),
        seeds=SHOP_DOMAIN,
        seed_table="tracking_opt_outs",
        existing={"id": "7bb8c5d1-0c3c-4a5d-9a47-8a3a9a3f1d20", "email": "Ann@example.com", "domain_id": 435},
        unique=True,
        read_requests=["GET /api/tracking_opt_outs"],
        create_lookups=["GET /api/domains"],
        create_requests=["GET /api/domains", "POST /api/tracking_opt_outs"],
    ),
    ResourceCase(
        "inbound_folder",
        "inbound_folders",
        "/api/inbound/folders",
        {"name": "Support"},
        None,
        rename={"name": "Help"},
        seed_table="inbound_folders",
        existing={"name": "Support"},
        unique=True,
    ),
    ResourceCase(
        "inbound_inbox",
        "inbound_inboxes",
        "/api/inbound/folders/{folder}/inboxes",
        {"name": "Tickets", "inbound_folder_id": 77},
        None,
        rename={"name": "Requests"},
        location=("inbound_folder_id",),
        seeds={"inbound_folders": [{"id": 77, "name": "Support"}]},
        seed_table="inbound_inboxes",
        existing={"name": "Tickets", "folder_id": 77},
        find_requests=["GET /api/inbound/folders/77/inboxes"],
        read_requests=["GET /api/inbound/folders/77/inboxes/{id}"],
        create_requests=["POST /api/inbound/folders/77/inboxes"],
        update_requests=["PATCH /api/inbound/folders/77/inboxes/{id}"],
        delete_requests=["DELETE /api/inbound/folders/77/inboxes/{id}"],
        incomplete=({"name": "Tickets"}, "one of the following is required: inbound_folder, inbound_folder_id"),
    ),
    ResourceCase(
        "inbound_forward_rule",
        "inbound_forward_rules",
        "/api/inbound/inboxes/{inbox}/forward_rules",
        {
            "name": "Invoices",
            "inbound_inbox_id": 513,
            "destinations": ["ann@example.com"],
            "conditions": [{"match_type": "sender", "operator": "contains", "value": "shop"}],
        },
        {"destinations": ["bob@example.com", "eve@example.com"]},
        rename={"name": "Bills"},
        location=("inbound_inbox_id",),
        seeds={
            "inbound_folders": [{"id": 77, "name": "Support"}],
            "inbound_inboxes": [{"id": 513, "folder_id": 77, "name": "Tickets"}],
        },
        seed_table="inbound_forward_rules",
        existing={"name": "Invoices", "inbox_id": 513, "destinations": [{"email": "ann@example.com"}]},
        find_requests=["GET /api/inbound/inboxes/513/forward_rules"],
        read_requests=["GET /api/inbound/inboxes/513/forward_rules/{id}"],
        create_requests=["POST /api/inbound/inboxes/513/forward_rules"],
        update_requests=["PATCH /api/inbound/inboxes/513/forward_rules/{id}"],
        delete_requests=["DELETE /api/inbound/inboxes/513/forward_rules/{id}"],
        incomplete=({"name": "Invoices"}, "one of the following is required: inbound_inbox, inbound_inbox_id"),
        returned={"destinations": None},
    ),
]


def find_case(name: str) -> ResourceCase:
    """Return the case of the module with a name."""
    return next(case for case in RESOURCE_CASES if case.name == name)
