# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Email campaigns (docs/service.md#email-campaigns)."""

from __future__ import annotations

from typing import Optional, Tuple

from .._api.pages import BY_TOKEN
from .._engine.codecs import SPARSE_DICT, TEXT_BLOCK, UNORDERED
from .._engine.resource import ApiShape, Field, Hooks, Reference, Resource
from .campaign_states import explain_read_only
from .contacts import CONTACT_LIST
from .domains import DOMAIN

_MAX_EMAILS_PER_HOUR = 150_000
_EMAILS_PER_HOUR_PATH = ("delivery_options", "emails_per_hour")

_REPLY_TO = {
    "type": "dict",
    "options": {"display_name": {"type": "str"}, "local_part": {"type": "str"}, "domain": {"type": "str"}},
}


def _validate_emails_per_hour(number: int) -> Optional[str]:
    if 1 <= number <= _MAX_EMAILS_PER_HOUR:
        return None
    return f"must be between 1 and {_MAX_EMAILS_PER_HOUR}, not {number}"


def _get_content_path(name: str) -> Tuple[str, str]:
    """Return the path of a content field in a request; in answers, it is under another key."""
    return ("template_attributes", name)


def _body(name: str) -> Field:
    """Return the field of a body, which lists do not contain."""
    return Field(
        name,
        file_option=f"{name}_src",
        codec=TEXT_BLOCK,
        detail_only=True,
        response_path=("template", name),
        request_path=_get_content_path(name),
    )


EMAIL_CAMPAIGN = Resource(
    name="email_campaign",
    plural="email_campaigns",
    api=ApiShape("/api/email_campaigns", pagination=BY_TOKEN),
    fields=(
        Field("name"),
        Field("domain_id", reference=Reference(DOMAIN, "domain"), required=True),
        Field("from_local_part", required=True),
        Field("from_display_name"),
        Field("reply_to", _REPLY_TO, codec=SPARSE_DICT),
        Field(
            "subject",
            required=True,
            length=(1, 255),
            response_path=("template", "subject"),
            request_path=_get_content_path("subject"),
        ),
        _body("body_html"),
        _body("body_text"),
        Field(
            "merge_tags",
            {"type": "list", "elements": "str"},
            codec=UNORDERED,
            response_path=("template", "merge_tags"),
            request_path=_get_content_path("merge_tags"),
        ),
        Field("delivery_mode", {"type": "str", "choices": ["rapid", "gradual"]}),
        Field(
            "emails_per_hour",
            {"type": "int"},
            validate=_validate_emails_per_hour,
            response_path=_EMAILS_PER_HOUR_PATH,
            request_path=_EMAILS_PER_HOUR_PATH,
        ),
        Field("contact_list_ids", reference=Reference(CONTACT_LIST, "contact_lists", many=True), codec=UNORDERED),
        Field("contact_segment_ids", {"type": "list", "elements": "int"}, codec=UNORDERED),
    ),
    hooks=Hooks(read_only_reason=explain_read_only),
)
