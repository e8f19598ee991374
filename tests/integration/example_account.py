# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects, files, and variables that the examples of the modules use."""

from __future__ import annotations

from typing import Any

SENT_MESSAGE_ID = "9b1deb4d-3b7d-1bad-9bdd-2b0d7b3dcb6d"
ORGANIZATION_TOKEN = "0123456789abcdef0123456789abcdef"

# Seeds for the emulator.
ACCOUNT: dict[str, list[dict[str, Any]]] = {
    "accounts": [{"id": 1234601, "name": "Headquarters", "organization_id": 2222222}],
    "api_tokens": [
        {"name": "everything", "organization_id": 2222222, "token": ORGANIZATION_TOKEN},
        {"name": "ci", "resources": [{"resource_type": "sandbox", "resource_id": 4310001, "access_level": "admin"}]},
    ],
    "account_accesses": [
        {"email": "ann@example.com", "name": "Ann", "access_level": "viewer"},
        {"email": "ben@example.com", "name": "Ben", "access_level": "viewer"},
        {"email": "carl@example.com"},
    ],
    "projects": [{"id": 2570001, "name": "Shop"}, {"id": 2570002, "name": "Blog"}],
    "sandboxes": [
        {"id": 4310001, "project_id": 2570001, "name": "Staging"},
        {"id": 4310002, "project_id": 2570002, "name": "Comments"},
    ],
    "messages": [
        {
            "id": 5000000001,
            "sandbox_id": 4310001,
            "from": {"email": "shop@example.com"},
            "to": [{"email": "karl@example.com"}],
            "subject": "Confirm your address",
            "text": "Your code is 123456: https://example.com/confirm",
            "html": "<p>Your code is 123456</p>",
        },
        {
            "id": 5000000002,
            "sandbox_id": 4310001,
            "from": {"email": "shop@example.com"},
            "to": [{"email": "karl@example.com"}],
            "reply_to": {"email": "help@example.com"},
            "subject": "Order 4711 confirmed",
            "text": "Thank you, Karl. See https://shop.example/orders/4711",
            "html": "<p>Thank you, Karl. <a href='https://shop.example/orders/4711'>Your order</a>",
            "attachments": [{"filename": "invoice.pdf", "type": "application/pdf", "content": "JVBERi0xLjQK"}],
        },
    ],
    "confirmed_addresses": [{"email": "design@example.com"}],
    "contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Testers"}],
    "contact_fields": [{"id": 9000, "name": "Orders", "data_type": "integer", "merge_tag": "orders"}],
    "contacts": [
        {"id": "018dd5e3-f6d2-7c00-8f9b-e5c3f2d8a132", "email": "ann@example.com", "list_ids": [1]},
        {"email": "bob@example.com", "unsubscribed": True},
    ],
    "email_templates": [
        {
            "id": 40123,
            "name": "Deployment report",
            "category": "deployment",
            "subject": "{{version}}",
            "body_text": "Hi",
        },
    ],
    "email_campaigns": [
        {"name": "Winter sale", "domain_id": 435, "current_state": "finished"},
        {"name": "Autumn sale", "domain_id": 435, "body_html": "<p>Hi</p>", "contact_list_ids": [1]},
    ],
    "inbound_folders": [{"id": 77, "name": "Support"}],
    "inbound_inboxes": [{"id": 513, "folder_id": 77, "name": "Tickets"}],
    "inbound_messages": [
        {
            "id": "1871574677877796928",
            "inbox_id": 513,
            "raw": "From: ann@example.org\nSubject: My order\n\nWhere is it?\n",
        }
    ],
    "verified_domains": [{"id": 435, "domain_name": "shop.example"}],
    "suppressions": [{"email": "bob@example.com", "domain_id": 435, "sending_stream": "transactional"}],
    "tracking_opt_outs": [{"email": "bob@example.com", "domain_id": 435}],
    "webhooks": [{"id": 3001, "url": "https://hooks.shop.example/old", "active": False}],
    "email_logs": [{"message_id": SENT_MESSAGE_ID, "domain_id": 435, "to": "ann@example.com", "status": "delivered"}],
}

# Path, relative to the playbook's directory -> content.
FILES: dict[str, bytes] = {
    "mail/README": b"\n",
    "customers.csv": b"email;orders\nann@example.com;4\neve@example.com;\n",
    "unsubscribed.txt": b"ann@example.com\neve@example.com\n",
    "report.html": b"<p>Live</p>\n",
    "report.txt": b"Live\n",
    "logo.png": b"\x89PNG",
    "report.pdf": b"%PDF-1.4\n",
}

VARIABLES: dict[str, Any] = {
    "hook_password": "secret",
    "nameserver": "127.0.0.1",
    "organization_token": ORGANIZATION_TOKEN,
    "sent": {"message_ids": [SENT_MESSAGE_ID]},
}
