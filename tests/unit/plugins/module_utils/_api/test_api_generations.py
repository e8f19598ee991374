# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.api_generations import (
    is_scoped,
    scoped_path,
    to_current_names,
    to_legacy_body,
    to_legacy_query,
)


@pytest.mark.parametrize(
    "path, scoped",
    [
        ("/api/projects", "/api/accounts/9/projects"),
        ("/api/projects/3/sandboxes", "/api/accounts/9/projects/3/inboxes"),
        ("/api/sandboxes/5/messages/6/body.txt", "/api/accounts/9/inboxes/5/messages/6/body.txt"),
        ("/api/domains/4", "/api/accounts/9/sending_domains/4"),
        ("/api/email_templates", "/api/accounts/9/email_templates"),
        ("/api/stats/domains", "/api/accounts/9/stats/domains"),
    ],
)
def test_scoped_path(path, scoped):
    assert is_scoped(path)
    assert scoped_path(path, 9) == scoped


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
def test_never_scoped(path):
    assert not is_scoped(path)


def test_old_body():
    assert to_legacy_body({"sandbox": {"name": "x"}}) == {"inbox": {"name": "x"}}
    assert to_legacy_body({"project": {"name": "sandbox"}}) == {"project": {"name": "sandbox"}}
    assert to_legacy_body(None) is None


@pytest.mark.parametrize("key", ["resources", "permissions"])
def test_types_in_permissions(key):
    kinds = ["sandbox", "domain", "project", "account"]
    current = {key: [{"resource_type": kind, "resource_id": 1} for kind in kinds]}
    old = {key: [{"resource_type": kind, "resource_id": 1} for kind in ("inbox", "sending_domain", *kinds[2:])]}
    assert to_legacy_body(current) == old
    assert to_current_names([old]) == [current]
    for odd in (None, "sandbox", [1], [{"type": "inbox"}], [{"resource_type": ["inbox"]}]):
        assert to_current_names({key: odd}) == to_legacy_body({key: odd}) == {key: odd}


def test_old_query():
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


def test_current_words_in_any_envelope():
    old = {"id": 1, "inbox_id": 2, "custom_variables": {"inbox_id": "a user's"}}
    new = {"id": 1, "sandbox_id": 2, "custom_variables": {"inbox_id": "a user's"}}
    assert to_current_names(old) == new
    assert to_current_names([old]) == [new]
    assert to_current_names({"data": [old]}) == {"data": [new]}
    assert to_current_names({"messages": [{"sending_domain_id": 3}]}) == {"messages": [{"domain_id": 3}]}
    assert to_current_names({"id": 1, "inboxes": []}) == {"id": 1, "sandboxes": []}
