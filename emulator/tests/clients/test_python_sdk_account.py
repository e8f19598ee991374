# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: accounts, tokens, accesses, permissions and billing."""

import mailtrap as mt
import pytest
from mailtrap import (
    APIError,
    CreateApiTokenParams,
    CreateSubAccountParams,
    PermissionResourceParams,
    ResetApiTokenParams,
)
from mailtrap.api.resources.account_accesses import AccountAccessesApi
from mailtrap.api.resources.accounts import AccountsApi
from mailtrap.api.resources.api_tokens import ApiTokensApi
from mailtrap.api.resources.billing import BillingApi
from mailtrap.api.resources.permissions import PermissionsApi
from mailtrap.api.resources.sub_accounts import SubAccountsApi
from mailtrap.models.accounts import AccountAccessFilterParams
from mailtrap.models.api_tokens import ApiTokenResource
from python_sdk import MAIL, covers


@covers(AccountsApi)
def test_accounts(client, emulator):
    (account,) = client().general_api.accounts.get_list()
    assert (account.id, account.access_levels) == (emulator.account_id, [100])


@covers(ApiTokensApi)
def test_tokens(client, emulator, inbox):
    api, account_id = client().general_api.api_tokens, emulator.account_id
    resource = ApiTokenResource(resource_type="inbox", resource_id=inbox.id, access_level=100)
    created = api.create(account_id, CreateApiTokenParams(name="t", resources=[resource]))
    assert client(token=created.token).testing_api.inboxes.get_list()[0].id == inbox.id
    assert api.get_by_id(account_id, created.id).resources == [resource]
    reset = api.reset(account_id, created.id, ResetApiTokenParams(expires_at=None))
    assert (reset.name, reset.expires_at) == (f"t {reset.id}", None)
    with pytest.raises(APIError) as error:
        api.reset(account_id, created.id)
    assert error.value.status == 422
    api.delete(account_id, created.id)
    assert [item.name for item in api.get_list(account_id)] == ["Start token", reset.name]
    with pytest.raises(APIError, match="No permissions selected"):
        api.create(account_id, CreateApiTokenParams(name="t"))


@covers(AccountAccessesApi, PermissionsApi)
def test_accesses_and_permissions(client, emulator, inbox, project):
    api, account_id = client().general_api, emulator.account_id
    emulator.seed(account_accesses=[{"id": 10, "email": "ann@example.com", "name": "Ann", "access_level": "viewer"}])
    ann, owner = api.account_accesses.get_list(account_id)
    assert (ann.specifier.email, ann.resources[0].access_level) == ("ann@example.com", 10)
    assert owner.resources[0].resource_type == "organization"
    grant = PermissionResourceParams(resource_id=str(inbox.id), resource_type="inbox", access_level="admin")
    answer = api.permissions.bulk_permissions_update(account_id, ann.id, [grant])
    assert answer.message == "Permissions have been updated!"
    (found,) = api.account_accesses.get_list(account_id, AccountAccessFilterParams(inbox_ids=[str(inbox.id)]))
    assert [one.resource_type for one in found.resources] == ["account", "inbox"]
    (root,) = api.permissions.get_resources(account_id)
    assert root.resources[-1].resources[0].id == inbox.id
    assert api.account_accesses.delete(account_id, ann.id).id == ann.id
    with pytest.raises(APIError, match="Not Found"):
        api.account_accesses.delete(account_id, ann.id)


@covers(BillingApi)
def test_billing(client, emulator):
    client().send(mt.Mail(**MAIL))
    usage = client().general_api.billing.get_current_billing_usage(emulator.account_id)
    assert usage.sending.usage.sent_messages_count.current == 1


@covers(SubAccountsApi)
def test_sub_accounts(client, emulator):
    emulator.seed(api_tokens=[{"name": "o", "organization_id": 5, "token": "5" * 32}])
    api = client(token="5" * 32, organization_id="5").organizations_api.sub_accounts
    created = api.create(CreateSubAccountParams(name="Team"))
    assert api.get_list() == [created]
    with pytest.raises(APIError, match="can't be blank"):
        api.create(CreateSubAccountParams(name=""))
    with pytest.raises(APIError, match="Access forbidden"):
        client(organization_id="5").organizations_api.sub_accounts.get_list()
