# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.due_tokens import due_tokens


def token(number, name, days):
    at = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    return {"id": number, "name": name, "expires_at": at and at.isoformat()}


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


def test_those_in_force_that_expire_soon():
    due = due_tokens(TOKENS, "30d")
    assert [(one["id"], one["original_name"]) for one in due] == [
        (1001, "nightly"),
        (1006, "shop"),
        (1007, "build 7"),
        (1008, "web/eu"),
    ]
    assert due[0]["file_name"] == "nightly" and due[3]["file_name"].startswith("web-eu-")


def test_those_that_never_expire_as_well():
    assert [one["id"] for one in due_tokens(TOKENS, "1h", True)] == [1003, 1008]


@pytest.mark.parametrize(
    "tokens, within, told", [({}, "1d", "takes a list"), ([], "soon", "'soon' is no length of time")]
)
def test_what_it_does_not_take(tokens, within, told):
    with pytest.raises(AnsibleFilterError, match=told):
        due_tokens(tokens, within)
