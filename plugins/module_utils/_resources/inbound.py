# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inbound folders, inboxes, forward rules, messages and threads (docs/service.md#inbound)."""

from __future__ import annotations

from .._api.pages import BY_LAST_ID
from .._engine.resource import ApiShape, Field, Parent, Reference, Resource
from .domains import DOMAIN
from .email_addresses import validate_addresses
from .forward_rules import CONDITIONS, CONDITIONS_SPEC, DESTINATIONS, to_addresses, validate_conditions

INBOUND_FOLDER = Resource(
    name="inbound_folder",
    plural="inbound_folders",
    api=ApiShape("/api/inbound/folders"),
    fields=(Field("name"),),
)

INBOUND_INBOX = Resource(
    name="inbound_inbox",
    plural="inbound_inboxes",
    api=ApiShape("/api/inbound/folders/{inbound_folder_id}/inboxes", unique_key=True),
    parent=Parent(INBOUND_FOLDER, id_field="inbound_folder_id"),
    fields=(
        Field("name", length=(1, 100)),
        Field("domain_id", reference=Reference(DOMAIN, "domain"), create_only=True),
    ),
)

INBOUND_FORWARD_RULE = Resource(
    name="inbound_forward_rule",
    plural="inbound_forward_rules",
    api=ApiShape("/api/inbound/inboxes/{inbound_inbox_id}/forward_rules"),
    parent=Parent(INBOUND_INBOX, id_field="inbound_inbox_id"),
    fields=(
        Field("name"),
        Field("conditions", CONDITIONS_SPEC, codec=CONDITIONS, validate=validate_conditions),
        Field(
            "destinations",
            {"type": "list", "elements": "str"},
            codec=DESTINATIONS,
            required=True,
            validate=validate_addresses,
            describe=to_addresses,
        ),
    ),
)

# Messages and threads can only be read and deleted, so the id is their only field.
INBOUND_MESSAGE = Resource(
    name="inbound_message",
    plural="inbound_messages",
    api=ApiShape(
        "/api/inbound/inboxes/{inbound_inbox_id}/messages", pagination=BY_LAST_ID, creatable=False, id_type="str"
    ),
    parent=Parent(INBOUND_INBOX, id_field="inbound_inbox_id"),
    natural_key="id",
    sensitive_fields=("raw_message_url", "download_url"),
    fields=(Field("id", create_only=True),),
)

INBOUND_THREAD = Resource(
    name="inbound_thread",
    plural="inbound_threads",
    api=ApiShape(
        "/api/inbound/inboxes/{inbound_inbox_id}/threads",
        pagination=BY_LAST_ID,
        filters=("search",),
        creatable=False,
        id_type="str",
    ),
    parent=Parent(INBOUND_INBOX, id_field="inbound_inbox_id"),
    natural_key="id",
    sensitive_fields=("raw_message_url", "download_url"),
    fields=(Field("id", create_only=True),),
)
