# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conversion of values of contact fields to their types."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._resources.contact_values import (
    convert_value,
    infer_type,
    is_ambiguous,
)


@pytest.mark.parametrize(
    "value, data_type, expected",
    [
        (None, "integer", None),
        ("5", "integer", 5),
        (" -5 ", "integer", -5),
        (5.0, "integer", 5),
        ("9007199254740993", "integer", 9007199254740993),
        ("5", "float", 5),
        ("5e-1", "float", 0.5),
        ("no", "boolean", False),
        (True, "boolean", True),
        (5, "text", "5"),
        (True, "text", "true"),
        ("", "text", ""),
        ("2026-01-31", "date", "2026-01-31"),
        ("5", "colour", "5"),
        ("5", None, "5"),
    ],
)
def test_values_are_converted(value, data_type, expected):
    converted = convert_value(value, data_type)
    assert converted == expected and type(converted) is type(expected)


@pytest.mark.parametrize(
    "value, data_type",
    [
        ("", "integer"),
        ("5.5", "integer"),
        ("1_000", "integer"),
        ("nan", "float"),
        ("inf", "integer"),
        (True, "float"),
        ([], "float"),
        ({}, "boolean"),
        ("", "boolean"),
        ("x" * 256, "text"),
        ({}, "text"),
        ("20260131", "date"),
        (20260131, "date"),
    ],
)
def test_invalid_values(value, data_type):
    with pytest.raises(MailtrapError, match=r"is not an? "):
        convert_value(value, data_type)


@pytest.mark.parametrize(
    "value, data_type", [(None, None), (True, "boolean"), (0, "number"), (0.5, "number"), ("", "text"), ("5", "text")]
)
def test_infer_type(value, data_type):
    assert infer_type(value) == data_type


@pytest.mark.parametrize(
    "value, expected", [(None, False), ("Ann", False), ("", False), ("5", True), ("yes", True), (5, True), (True, True)]
)
def test_is_ambiguous(value, expected):
    assert is_ambiguous(value) == expected
