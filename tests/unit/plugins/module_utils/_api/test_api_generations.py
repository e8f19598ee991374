# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Translation between the current and the legacy API."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.api_generations import (
    is_scoped,
    to_current_names,
    to_legacy_body,
    to_legacy_query,
    to_scoped_path,
)


@pytest.mark.parametrize(
    "path, scoped_path",
    [
        ("/api/projects", "/api/accounts/9/projects"),
        ("/api/projects/3/sandboxes", "/api/accounts/9/projects/3/inboxes"),
        ("/api/sandboxes/5/messages/6/body.txt", "/api/accounts/9/inboxes/5/messages/6/body.txt"),
        ("/api/domains/4", "/api/accounts/9/sending_domains/4"),
        ("/api/email_templates", "/api/accounts/9/email_templates"),
        ("/api/stats/domains", "/api/accounts/9/stats/domains"),
    ],
)
def test_current_path_becomes_scoped_path(path: str, scoped_path: str) -> None:
    assert is_scoped(path)
    assert to_scoped_path(path, 9) == scoped_path


@pytest.mark.parametrize(
    "path",
    [
        "/api/accounts",
        "/api/organizations/1/sub_accounts",
        "/api/inbound/folders",
        "/api/email_campaigns/1",
        "/api/tracking_opt_outs",
        "/api/domains/4/company_info",
    ],
)
def test_path_without_scoped_form(path: str) -> None:
    assert not is_scoped(path)


def test_body_gets_legacy_wrapper() -> None:
    assert to_legacy_body({"sandbox": {"name": "x"}}) == {"inbox": {"name": "x"}}
    assert to_legacy_body({"project": {"name": "sandbox"}}) == {"project": {"name": "sandbox"}}
    assert to_legacy_body(None) is None


@pytest.mark.parametrize("key", ["resources", "permissions"])
def test_resource_types_in_permissions_are_translated(key: str) -> None:
    current_types = ["sandbox", "domain", "project", "account"]
    legacy_types = ["inbox", "sending_domain", "project", "account"]
    current = {key: [{"resource_type": resource_type, "resource_id": 1} for resource_type in current_types]}
    legacy = {key: [{"resource_type": resource_type, "resource_id": 1} for resource_type in legacy_types]}
    assert to_legacy_body(current) == legacy
    assert to_current_names([legacy]) == [current]


@pytest.mark.parametrize("key", ["resources", "permissions"])
@pytest.mark.parametrize("value", [None, "sandbox", [1], [{"type": "inbox"}], [{"resource_type": ["inbox"]}]])
def test_other_values_of_these_keys_are_unchanged(key: str, value: Any) -> None:
    assert to_current_names({key: value}) == to_legacy_body({key: value}) == {key: value}


def test_query_gets_legacy_parameter_names() -> None:
    assert to_legacy_query("/api/stats/date", [("domain_ids[]", 1), ("start_date", "2026-01-01")]) == [
        ("sending_domain_ids[]", 1),
        ("start_date", "2026-01-01"),
    ]
    assert to_legacy_query("/api/email_logs", {"filters[domain_id][operator]": "equal"}) == [
        ("filters[sending_domain_id][operator]", "equal")
    ]
    assert to_legacy_query("/api/account_accesses", {"domain_ids[]": 1, "sandbox_ids[]": 2}) == [
        ("domain_ids[]", 1),
        ("inbox_ids[]", 2),
    ]
    assert to_legacy_query("/api/sandboxes/5/messages", {"search": "domain_id"}) == [("search", "domain_id")]


def test_answer_gets_current_names_in_any_envelope() -> None:
    legacy = {"id": 1, "inbox_id": 2, "custom_variables": {"inbox_id": "data of the user"}}
    current = {"id": 1, "sandbox_id": 2, "custom_variables": {"inbox_id": "data of the user"}}
    assert to_current_names(legacy) == current
    assert to_current_names([legacy]) == [current]
    assert to_current_names({"data": [legacy]}) == {"data": [current]}
    assert to_current_names({"messages": [{"sending_domain_id": 3}]}) == {"messages": [{"domain_id": 3}]}
    assert to_current_names({"id": 1, "inboxes": []}) == {"id": 1, "sandboxes": []}
