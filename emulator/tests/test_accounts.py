# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts (docs/service.md#accounts)."""


def test_list_shows_the_account_of_the_start_token(api, emulator):
    assert api.get("/api/accounts").json() == [
        {"id": emulator.account_id, "name": "Emulated account", "access_levels": [100]}
    ]


def test_token_lists_only_its_own_account(emulator, make_client):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        api_tokens=[{"name": "theirs", "account_id": 77, "token": "b" * 32, "access_level": 10}],
    )
    other = make_client(emulator, "b" * 32)
    assert other.get("/api/accounts").json() == [{"id": 77, "name": "Other", "access_levels": [10]}]
    assert other.get("/api/accounts/77/projects").json() == []
    assert other.get(f"/api/accounts/{emulator.account_id}/projects").status_code == 403


def test_organization_token_lists_all_accounts_but_cannot_use_them(emulator, make_client):
    emulator.seed(
        accounts=[
            {"id": 77, "name": "First", "organization_id": 5},
            {"id": 78, "name": "Second", "organization_id": 5},
            {"id": 79, "name": "Foreign", "organization_id": 6},
        ],
        api_tokens=[{"name": "org", "organization_id": 5, "token": "c" * 32, "access_level": 1000}],
    )
    organization = make_client(emulator, "c" * 32)
    accounts = organization.get("/api/accounts").json()
    assert [(account["id"], account["access_levels"]) for account in accounts] == [(77, [1000]), (78, [1000])]
    for path in ("/api/projects", "/api/accounts/77/projects", "/api/api_tokens"):
        response = organization.get(path)
        assert response.status_code == 403
        assert response.json() == {"errors": "Account access forbidden"}
