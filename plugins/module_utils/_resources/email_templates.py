# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Email templates (docs/service.md#email-templates)."""

from __future__ import annotations

from .._engine.codecs import TEXT_BLOCK
from .._engine.resource import ApiShape, Field, Resource

EMAIL_TEMPLATE = Resource(
    name="email_template",
    plural="email_templates",
    api=ApiShape("/api/email_templates", wrapper="email_template"),
    fields=(
        Field("name", required=True, length=(1, 255)),
        Field("category", required=True, length=(1, 255)),
        Field("subject", required=True, length=(1, 255)),
        Field("body_html", file_option="body_html_src", codec=TEXT_BLOCK),
        Field("body_text", file_option="body_text_src", codec=TEXT_BLOCK),
    ),
)
