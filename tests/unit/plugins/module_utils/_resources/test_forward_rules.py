# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions and destinations of inbound forward rules."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._resources.email_addresses import validate_addresses
from ansible_collections.community.mailtrap.plugins.module_utils._resources.forward_rules import (
    CONDITIONS,
    validate_conditions,
)

SENDER = {"match_type": "sender", "operator": "equal", "value": "a@b.example"}
HEADER = {"match_type": "header", "operator": "empty", "header_key": "X-Ticket"}


@pytest.mark.parametrize(
    "conditions, error",
    [
        ([], None),
        ([SENDER, HEADER, {**HEADER, "operator": "contains", "value": "7"}], None),
        ([{**SENDER, "value": None}], "[0]: the operator equal needs a value"),
        ([SENDER, {**SENDER, "value": " "}], "[1]: the operator equal needs a value"),
        (
            [{**SENDER, "operator": "empty", "value": None}],
            "[0]: the operator empty can only be used with match_type=header",
        ),
        ([{**HEADER, "value": "7"}], "[0]: the operator empty takes no value"),
        ([{**HEADER, "header_key": None}], "[0]: match_type=header needs a header_key"),
        ([{**SENDER, "header_key": "X"}], "[0]: header_key can only be used with match_type=header"),
    ],
)
def test_validate_conditions(conditions, error):
    assert validate_conditions(conditions) == error


@pytest.mark.parametrize(
    "addresses, error",
    [
        (["ann@example.com"], None),
        (["ann", "a b@c.example"], "'ann', 'a b@c.example' are not e-mail addresses, such as ann@example.com"),
    ],
)
def test_validate_destinations(addresses, error):
    assert validate_addresses(addresses) == error


def test_equivalent_conditions():
    current = [{**SENDER, "header_key": None}, {**HEADER, "value": None}]
    assert CONDITIONS.normalize([{**HEADER, "header_key": "x-ticket"}, SENDER]) == CONDITIONS.normalize(current)
    assert CONDITIONS.normalize([{**SENDER, "value": "A@b.example"}]) != CONDITIONS.normalize([SENDER])
    assert CONDITIONS.normalize(None) == CONDITIONS.normalize([])
