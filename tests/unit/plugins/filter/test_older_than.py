# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.older_than import older_than


def ago(**span):
    return (datetime.now(UTC) - timedelta(**span)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_older_than():
    objects = [{"id": 1, "at": ago(days=8)}, {"id": 2, "at": ago(days=6)}, {"id": 3, "at": None}, {"id": 4}]
    assert [one["id"] for one in older_than(objects, "7d", "at")] == [1]
    assert [one["id"] for one in older_than(objects, "1h", "at")] == [1, 2]
    assert older_than(objects, "2w", "at") == []


def test_offsets_count():
    """Some times come with the offset of whoever looks at them."""
    half_past = datetime.now(timezone(timedelta(hours=-12))) - timedelta(minutes=30)
    assert older_than([{"at": half_past.isoformat()}], "20m", "at") and not older_than(
        [{"at": half_past.isoformat()}], "40m", "at"
    )


@pytest.mark.parametrize(
    "objects, age, told",
    [
        ({"id": 1}, "7d", "takes a list of objects"),
        ([1], "7d", "takes a list of objects"),
        ([], "a week", "older_than: 'a week' is not a valid time"),
        ([{"at": "yesterday"}], "7d", "at 'yesterday' is not a valid time"),
    ],
)
def test_what_it_does_not_take(objects, age, told):
    with pytest.raises(AnsibleFilterError, match=told):
        older_than(objects, age, "at")
