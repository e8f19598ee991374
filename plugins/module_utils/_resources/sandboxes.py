# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects and their sandboxes (docs/service.md#projects, docs/service.md#sandboxes)."""

from __future__ import annotations

import re
from typing import Any

from .._engine.codecs import Codec
from .._engine.resource import ApiShape, Field, Parent, Resource, Write

# The service appends these characters to email_username, and never changes them.
_USERNAME_SUFFIX = re.compile(r"-[0-9a-f]{6}$")


def _remove_suffix(username: str, current: Any = None) -> str:
    return _USERNAME_SUFFIX.sub("", username)


def _add_current_suffix(wanted: str, current: Any) -> str:
    suffix = _USERNAME_SUFFIX.search(current or "")
    return _remove_suffix(wanted) + (suffix.group() if suffix else "")


_EMAIL_USERNAME = Codec(expected=_add_current_suffix, encode=_remove_suffix, decode=_remove_suffix)


def _make_toggle_write(path: str, expected: bool, current: Any) -> Write:
    """Return the request that toggles email_username_enabled; the API cannot set it (docs/service.md#sandboxes)."""
    return Write("PATCH", f"{path}/toggle_email_username")


PROJECT = Resource(
    name="project",
    plural="projects",
    api=ApiShape("/api/projects", wrapper="project"),
    fields=(Field("name", length=(2, 100)),),
    # A project contains its sandboxes, with their user names and passwords.
    sensitive_fields=("share_links", "username", "password"),
)

SANDBOX = Resource(
    name="sandbox",
    plural="sandboxes",
    legacy_name="inbox",
    api=ApiShape("/api/sandboxes", create_path="/api/projects/{project_id}/sandboxes", wrapper="sandbox"),
    parent=Parent(PROJECT, id_field="project_id", children="sandboxes"),
    fields=(
        Field("name", length=(1, 100)),
        Field("email_username", codec=_EMAIL_USERNAME, set_after_create=True, length=(1, 64)),
        Field("email_username_enabled", {"type": "bool"}, set_after_create=True, update_request=_make_toggle_write),
    ),
    sensitive_fields=("username", "password"),
)
