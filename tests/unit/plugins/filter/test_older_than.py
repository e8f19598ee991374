# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.older_than import older_than


def format_time_ago(**age):
    return (datetime.now(UTC) - timedelta(**age)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_objects_older_than_an_age_are_selected():
    objects = [
        {"id": 1, "at": format_time_ago(days=8)},
        {"id": 2, "at": format_time_ago(days=6)},
        {"id": 3, "at": None},
        {"id": 4},
    ]
    assert [item["id"] for item in older_than(objects, "7d", "at")] == [1]
    assert [item["id"] for item in older_than(objects, "1h", "at")] == [1, 2]
    assert older_than(objects, "2w", "at") == []


def test_utc_offsets_are_respected():
    """The API returns some times with the UTC offset of the current user."""
    half_an_hour_ago = datetime.now(timezone(timedelta(hours=-12))) - timedelta(minutes=30)
    assert older_than([{"at": half_an_hour_ago.isoformat()}], "20m", "at") and not older_than(
        [{"at": half_an_hour_ago.isoformat()}], "40m", "at"
    )


@pytest.mark.parametrize(
    "objects, age, message",
    [
        ({"id": 1}, "7d", "expects a list of objects"),
        ([1], "7d", "expects a list of objects"),
        ([], "a week", "older_than: 'a week' is not a valid time"),
        ([{"at": "yesterday"}], "7d", "at 'yesterday' is not a valid time"),
    ],
)
def test_invalid_arguments_are_refused(objects, age, message):
    with pytest.raises(AnsibleFilterError, match=message):
        older_than(objects, age, "at")
