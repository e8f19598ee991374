# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of objects that have a state, as rows of a table: test_walk.py walks through the life of each."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """One row.

    :ivar options: dict, what a new object is described by, its key and its place included.
    :ivar change: dict, options with other values. None where nothing can be changed.
    :ivar rename: dict, options that give it another key; None where the key is fixed.
    :ivar place: tuple of str, those of the options that are needed to find it, besides its key.
    :ivar seeds: dict, what the account holds before, as the emulator takes it.
    :ivar table: str, what the emulator calls a list of them to be seeded with.
    :ivar twin: dict, what the emulator is seeded with to have one of the same key in the same place; its id is added.
    :ivar unique: bool, whether the service has no room for two of them.
    :ivar find: list of str, the requests that find it by its key. :ivar look: list of str, by its id.
    :ivar create: list of str, the writes that make it. :ivar update: list of str, the writes of ``change``.
    :ivar delete: list of str, the write that deletes it.
    :ivar foresee: list of str, what check mode reads besides, for a new one. In all of them ``{id}`` is its id.
    :ivar looked_at: bool, whether one that is known by its id is looked at before it is deleted.
    :ivar missing: dict, options that are not enough, and part of the sentence that says so.
    :ivar shown: dict, what the result shows where that is not what the options say.
    """

    name: str
    plural: str
    path: str
    options: dict
    change: dict | None
    rename: dict | None = None
    key: str = "name"
    place: tuple[str, ...] = ()
    seeds: dict = field(default_factory=dict)
    table: str = ""
    twin: dict = field(default_factory=dict)
    unique: bool = False
    find: list[str] | None = None
    look: list[str] | None = None
    create: list[str] | None = None
    update: list[str] | None = None
    delete: list[str] | None = None
    foresee: list[str] | None = None
    looked_at: bool = False
    missing: tuple[dict, str] = ({}, "one of the following is required: id, ")
    shown: dict = field(default_factory=dict)

    def requests(self, what):
        """The requests of a step, where the row does not tell: list of str."""
        usual = {
            "find": [f"GET {self.path}"],
            "look": [f"GET {self.path}/{{id}}"],
            "create": [f"POST {self.path}"],
            "update": [f"PATCH {self.path}/{{id}}"],
            "delete": [f"DELETE {self.path}/{{id}}"],
            "foresee": [],
        }
        told = getattr(self, what)
        return usual[what] if told is None else told

    @property
    def known(self):
        """The options that find it: dict."""
        return {name: self.options[name] for name in (self.key, *self.place)}

    def task(self, **options):
        return {f"community.mailtrap.{self.name}": options}

    def info(self, **options):
        return {f"community.mailtrap.{self.name}_info": options}


SHOP = {"projects": [{"id": 7, "name": "Shop"}]}
SHOP_DOMAIN = {"verified_domains": [{"id": 435, "domain_name": "shop.example"}]}

KINDS = [
    Kind(
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
        table="api_tokens",
        twin={"name": "deploy", "resources": [{"resource_type": "project", "resource_id": 7, "access_level": 10}]},
        unique=True,
        looked_at=True,
    ),
    Kind(
        "project",
        "projects",
        "/api/projects",
        {"name": "Shop"},
        None,
        rename={"name": "Store"},
        table="projects",
        twin={"name": "Shop"},
    ),
    Kind(
        "sandbox",
        "sandboxes",
        "/api/sandboxes",
        {"name": "Staging", "project": "Shop", "email_username": "shop", "email_username_enabled": True},
        {"email_username": "store"},
        rename={"name": "Live"},
        place=("project",),
        seeds=SHOP,
        table="sandboxes",
        twin={"name": "Staging", "project_id": 7},
        find=["GET /api/projects"],
        create=[
            "POST /api/projects/7/sandboxes",
            "PATCH /api/sandboxes/{id}",
            "PATCH /api/sandboxes/{id}/toggle_email_username",
        ],
        shown={"email_username": None},
    ),
    Kind(
        "email_template",
        "email_templates",
        "/api/email_templates",
        {"name": "Report", "category": "report", "subject": "Hi {{ '{{' }} name {{ '}}' }}", "body_html": "<p>Ä</p>\n"},
        {"subject": "Hello", "body_text": "Hello"},
        rename={"name": "Bericht"},
        table="email_templates",
        twin={"name": "Report", "category": "report", "subject": "Hi {{ name }}", "body_html": "<p>Ä</p>"},
    ),
    Kind(
        "contact_list",
        "contact_lists",
        "/api/contacts/lists",
        {"name": "Customers"},
        None,
        rename={"name": "Clients"},
        table="contact_lists",
        twin={"name": "Customers"},
        unique=True,
    ),
    Kind(
        "contact_field",
        "contact_fields",
        "/api/contacts/fields",
        {"merge_tag": "orders", "name": "Orders", "data_type": "integer"},
        {"name": "Number of orders"},
        rename={"merge_tag": "order_count"},
        key="merge_tag",
        table="contact_fields",
        twin={"merge_tag": "orders", "name": "Orders", "data_type": "integer"},
        unique=True,
    ),
    Kind(
        "contact",
        "contacts",
        "/api/contacts",
        {"email": "ann@example.com", "list_ids": [1]},
        {"list_ids": [2]},
        key="email",
        place=("email",),
        seeds={"contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Testers"}]},
        table="contacts",
        twin={"id": "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", "email": "Ann@example.com"},
        unique=True,
        find=["GET /api/contacts/ann%40example.com"],
        create=["PATCH /api/contacts/ann%40example.com"],
    ),
    Kind(
        "email_campaign",
        "email_campaigns",
        "/api/email_campaigns",
        {"name": "Spring", "domain_id": 940000, "from_local_part": "news", "subject": "Hi", "contact_list_ids": [1]},
        {"from_display_name": "The shop", "delivery_mode": "gradual"},
        rename={"name": "Summer"},
        table="email_campaigns",
        seeds={"contact_lists": [{"id": 1, "name": "Customers"}]},
        twin={"name": "Spring", "domain_id": 940000},
        looked_at=True,
    ),
    Kind(
        "domain",
        "domains",
        "/api/domains",
        {"domain_name": "mail.example", "click_tracking_enabled": True},
        {"open_tracking_enabled": False, "tracking_opt_out_enabled": True, "inbound_enabled": True},
        key="domain_name",
        table="domains",
        twin={"domain_name": "mail.example"},
        unique=True,
        create=["POST /api/domains", "PATCH /api/domains/{id}"],
        looked_at=True,
    ),
    Kind(
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
        place=("sending_stream", "domain"),
        seeds=SHOP_DOMAIN,
        table="webhooks",
        twin={
            "url": "https://hooks.example/mail",
            "sending_stream": "bulk",
            "domain_id": 435,
            "event_types": ["open", "bounce"],
        },
        find=["GET /api/domains", "GET /api/webhooks"],
    ),
    Kind(
        "suppression",
        "suppressions",
        "/api/suppressions",
        {"email": "ann@example.com", "domain": "shop.example", "sending_stream": "bulk"},
        None,
        key="email",
        place=("domain", "sending_stream"),
        seeds=SHOP_DOMAIN,
        table="suppressions",
        twin={
            "id": "64d71bf3-1276-417b-86e1-8e66f138acfe",
            "email": "Ann@example.com",
            "domain_id": 435,
            "sending_stream": "bulk",
        },
        unique=True,
        look=["GET /api/suppressions"],
        foresee=["GET /api/domains"],
        create=["GET /api/domains", "POST /api/suppressions"],
    ),
    Kind(
        "tracking_opt_out",
        "tracking_opt_outs",
        "/api/tracking_opt_outs",
        {"email": "ann@example.com", "domain": "shop.example"},
        None,
        key="email",
        place=("domain",),
        seeds=SHOP_DOMAIN,
        table="tracking_opt_outs",
        twin={"id": "7bb8c5d1-0c3c-4a5d-9a47-8a3a9a3f1d20", "email": "Ann@example.com", "domain_id": 435},
        unique=True,
        look=["GET /api/tracking_opt_outs"],
        foresee=["GET /api/domains"],
        create=["GET /api/domains", "POST /api/tracking_opt_outs"],
    ),
    Kind(
        "inbound_folder",
        "inbound_folders",
        "/api/inbound/folders",
        {"name": "Support"},
        None,
        rename={"name": "Help"},
        table="inbound_folders",
        twin={"name": "Support"},
        unique=True,
    ),
    Kind(
        "inbound_inbox",
        "inbound_inboxes",
        "/api/inbound/folders/{folder}/inboxes",
        {"name": "Tickets", "inbound_folder_id": 77},
        None,
        rename={"name": "Requests"},
        place=("inbound_folder_id",),
        seeds={"inbound_folders": [{"id": 77, "name": "Support"}]},
        table="inbound_inboxes",
        twin={"name": "Tickets", "folder_id": 77},
        find=["GET /api/inbound/folders/77/inboxes"],
        look=["GET /api/inbound/folders/77/inboxes/{id}"],
        create=["POST /api/inbound/folders/77/inboxes"],
        update=["PATCH /api/inbound/folders/77/inboxes/{id}"],
        delete=["DELETE /api/inbound/folders/77/inboxes/{id}"],
        missing=({"name": "Tickets"}, "one of the following is required: inbound_folder, inbound_folder_id"),
    ),
    Kind(
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
        place=("inbound_inbox_id",),
        seeds={
            "inbound_folders": [{"id": 77, "name": "Support"}],
            "inbound_inboxes": [{"id": 513, "folder_id": 77, "name": "Tickets"}],
        },
        table="inbound_forward_rules",
        twin={"name": "Invoices", "inbox_id": 513, "destinations": [{"email": "ann@example.com"}]},
        find=["GET /api/inbound/inboxes/513/forward_rules"],
        look=["GET /api/inbound/inboxes/513/forward_rules/{id}"],
        create=["POST /api/inbound/inboxes/513/forward_rules"],
        update=["PATCH /api/inbound/inboxes/513/forward_rules/{id}"],
        delete=["DELETE /api/inbound/inboxes/513/forward_rules/{id}"],
        missing=({"name": "Invoices"}, "one of the following is required: inbound_inbox, inbound_inbox_id"),
        shown={"destinations": None},
    ),
]
