# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.due_tokens import due_tokens


def token(token_id, name, days):
    """Return a token that expires in a number of days, or never."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    return {"id": token_id, "name": name, "expires_at": expires_at and expires_at.isoformat()}


TOKENS = [
    token(1001, "nightly", 29),
    token(1002, "later", 31),
    token(1003, "forever", None),
    token(1004, "shop", 0.4),
    token(1005, "shop 1005", 0.4),
    token(1006, "shop 1005 1006", 10),
    token(1007, "build 7", 5),
    token(1008, "web/eu", -1),
]


def test_tokens_that_expire_soon_are_due_unless_they_were_rotated():
    due = due_tokens(TOKENS, "30d")
    assert [(item["id"], item["original_name"]) for item in due] == [
        (1001, "nightly"),
        (1006, "shop"),
        (1007, "build 7"),
        (1008, "web/eu"),
    ]
    assert due[0]["file_name"] == "nightly" and due[3]["file_name"].startswith("web-eu-")


def test_unlimited_selects_tokens_that_never_expire():
    assert [item["id"] for item in due_tokens(TOKENS, "1h", True)] == [1003, 1008]


@pytest.mark.parametrize(
    "tokens, within, message",
    [({}, "1d", "expects a list"), ([], "soon", "within must be a duration such as 12h, 30d or 4w, not 'soon'")],
)
def test_invalid_arguments_are_refused(tokens, within, message):
    with pytest.raises(AnsibleFilterError, match=message):
        due_tokens(tokens, within)
