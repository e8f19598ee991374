# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Suppressions and tracking opt-outs (docs/service.md#suppressions, docs/service.md#tracking-opt-outs)."""

from __future__ import annotations

from typing import Any

from .._api.errors import MailtrapError
from .._api.pages import BY_LAST_ID, until_short_page
from .._engine.codecs import CASELESS, Codec
from .._engine.resource import ApiShape, Field, Reference, Resource
from .domain_names import ASCII_DOMAIN
from .domains import DOMAIN
from .email_addresses import validate_address


def _encode_stream(expected: str, current: Any) -> str:
    """Return the stream of a new suppression.

    :raises MailtrapError: for ``any``, which only the service itself can set.
    """
    if expected == "any":
        raise MailtrapError(
            "sending_stream 'any' only selects existing suppressions, because only Mailtrap can create them; "
            "use transactional or bulk for a new one"
        )
    return expected


_EMAIL = Field("email", codec=CASELESS, validate=validate_address, create_only=True)

# One option, two fields: answers contain the domain's name, and requests its id. Empty means all domains.
_DOMAIN_NAME = Field(
    "domain_name",
    {"type": "str", "aliases": ["sending_domain"]},
    option="domain",
    codec=ASCII_DOMAIN,
    set_after_create=True,
    create_only=True,
)
_DOMAIN_ID = Field(
    "domain_id", option="domain", reference=Reference(DOMAIN, "domain", empty_value=""), required=True, write_only=True
)

SUPPRESSION = Resource(
    name="suppression",
    plural="suppressions",
    api=ApiShape(
        "/api/suppressions",
        pagination=until_short_page(1000),
        filters=("email",),
        period=("start_time", "end_time"),
        readable=False,
        unique_key=True,
        id_type="str",
    ),
    natural_key="email",
    identity_fields=("domain_name", "sending_stream"),
    bulk_option="emails",
    # Between the deletion and the creation, the address could receive mail.
    replaceable=False,
    required_access="suppressions can only be managed with an API token that has admin access to the domain",
    fields=(
        _EMAIL,
        _DOMAIN_NAME,
        _DOMAIN_ID,
        Field(
            "sending_stream",
            {"type": "str", "choices": ["transactional", "bulk", "any"]},
            codec=Codec(encode=_encode_stream),
            required=True,
            create_only=True,
        ),
        Field(
            "type",
            {"type": "str", "choices": ["hard bounce", "unsubscription", "spam complaint", "manual import"]},
            ignored_on_update=True,
        ),
    ),
)

TRACKING_OPT_OUT = Resource(
    name="tracking_opt_out",
    plural="tracking_opt_outs",
    api=ApiShape(
        "/api/tracking_opt_outs",
        pagination=BY_LAST_ID,
        filters=("email",),
        period=("start_time", "end_time"),
        readable=False,
        unique_key=True,
        id_type="str",
    ),
    natural_key="email",
    identity_fields=("domain_name",),
    bulk_option="emails",
    required_access="tracking opt-outs can only be managed with an API token that has admin access to the domain",
    fields=(_EMAIL, _DOMAIN_NAME, _DOMAIN_ID),
)
