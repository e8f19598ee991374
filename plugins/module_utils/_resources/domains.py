# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending domains (docs/service.md#domains)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._engine.resource import ApiShape, Field, Hooks, Resource, Subresource
from .company_info import COMPANY_INFO, COMPANY_INFO_SPEC, make_company_info_write
from .domain_names import ASCII_DOMAIN, validate_domain_name

if TYPE_CHECKING:
    from .._api.json_types import JsonObject


def _explain_demo_domain(domain: JsonObject) -> Optional[str]:
    return "it is the demo domain of the account, which cannot be changed or deleted" if domain.get("demo") else None


DOMAIN = Resource(
    name="domain",
    plural="domains",
    legacy_name="sending_domain",
    api=ApiShape("/api/domains", wrapper="domain"),
    natural_key="domain_name",
    fields=(
        Field(
            "domain_name",
            {"type": "str", "aliases": ["name"]},
            codec=ASCII_DOMAIN,
            validate=validate_domain_name,
            create_only=True,
        ),
        Field("open_tracking_enabled", {"type": "bool"}, set_after_create=True),
        Field("click_tracking_enabled", {"type": "bool"}, set_after_create=True),
        Field("auto_unsubscribe_link_enabled", {"type": "bool"}, set_after_create=True),
        Field("tracking_opt_out_enabled", {"type": "bool"}, set_after_create=True),
        Field("inbound_enabled", {"type": "bool"}, set_after_create=True),
        Field(
            "company_info",
            COMPANY_INFO_SPEC,
            codec=COMPANY_INFO,
            set_after_create=True,
            subresource=Subresource("company_info", account_wide=True),
            update_request=make_company_info_write,
        ),
    ),
    hooks=Hooks(read_only_reason=_explain_demo_domain),
)
