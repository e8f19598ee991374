# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Account accesses and permissions (docs/service.md#account-accesses, docs/service.md#permissions)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

FORBIDDEN = {"errors": "Account access forbidden"}
NOT_FOUND = {"error": "Not Found"}
UPDATED = {"message": "Permissions have been updated!"}
LEGACY = "/api/accounts/1234567"


@pytest.fixture
def people(emulator, project, sandbox):
    """Add a user with a viewer permission on the account, an invitation to a project and a token for a sandbox."""
    emulator.seed(
        verified_domains=[{"id": 940077, "domain_name": "shop.example"}],
        account_accesses=[
            {"id": 10, "email": "ann@example.com", "name": "Ann", "access_level": "viewer"},
            {
                "id": 11,
                "email": "new@example.com",
                "resources": [{"resource_type": "project", "resource_id": project["id"], "access_level": 100}],
            },
        ],
        api_tokens=[
            {
                "name": "ci",
                "token": "c" * 32,
                "access_id": 12,
                "resources": [{"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 10}],
            }
        ],
    )


@pytest.fixture
def resources_of(api):
    """Return a function that reads the resources of an access."""

    def read(access_id):
        (listed,) = [row for row in list_accesses(api) if row["id"] == access_id]
        return listed["resources"]

    return read


def list_accesses(api):
    """Return all listed accesses: those of people, and those with a permission on a project, sandbox or domain."""
    ids = {
        "project_ids[]": [row["id"] for row in api.get("/api/projects").json()],
        "sandbox_ids[]": [row["id"] for row in api.get("/api/sandboxes").json()],
    }
    listed = {row["id"]: row for row in api.get("/api/account_accesses", params=ids).json()}
    return [*({row["id"]: row for row in api.get("/api/account_accesses").json()} | listed).values()]


def write_permissions(api, access_id, *permissions, base="/api"):
    """Write permissions of an access."""
    return api.put(f"{base}/account_accesses/{access_id}/permissions/bulk", json={"permissions": list(permissions)})


def test_new_account_has_an_owner_access(api, emulator):
    (owner,) = api.get("/api/account_accesses").json()
    assert list(owner) == ["id", "specifier_type", "resources", "specifier", "permissions"]
    assert owner["specifier_type"] == "User"
    assert owner["resources"] == [
        {"resource_type": "organization", "resource_id": emulator.account_id, "access_level": 1000}
    ]
    assert list(owner["specifier"]) == ["id", "email", "name", "two_factor_authentication_enabled"]
    assert owner["specifier"]["email"] == "owner@example.com"
    flags = {"can_read": False, "can_update": False, "can_destroy": False, "can_leave": False}
    assert owner["permissions"] == flags


def test_list_contains_users_and_invitations_but_no_tokens(api, emulator, people):
    user, invite, _ = api.get("/api/account_accesses").json()
    assert (user["id"], user["specifier_type"], user["specifier"]["name"]) == (10, "User", "Ann")
    assert user["resources"] == [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10}]
    assert user["permissions"] == {"can_read": False, "can_update": True, "can_destroy": True, "can_leave": False}
    assert (invite["id"], invite["specifier_type"]) == (11, "Invite")
    assert list(invite["specifier"]) == ["id", "email"]
    assert "ApiToken" not in {row["specifier_type"] for row in api.get("/api/account_accesses").json()}


@pytest.mark.parametrize("base", ["/api", LEGACY])
def test_list_is_filtered_by_resource(api, project, sandbox, people, base):
    words = {"/api": "sandbox_ids", LEGACY: "inbox_ids"}

    def ids(query):
        return [row["id"] for row in api.get(f"{base}/account_accesses?{query}").json()]

    assert ids(f"project_ids[]={project['id']}") == [11]
    assert ids(f"project_ids={project['id']}") == [11]
    assert ids(f"{words[base]}[]={sandbox['id']}") == [12]
    assert ids(f"project_ids[]=1&project_ids[]={project['id']}&{words[base]}[]={sandbox['id']}") == [11, 12]
    assert ids("project_ids[]=1") == []
    assert ids("project_ids[]=x&domain_ids[]=-1") == []
    assert len(ids("project_ids[]=")) == 3
    other = {"/api": "inbox_ids", LEGACY: "sandbox_ids"}[base]
    assert len(ids(f"{other}[]={sandbox['id']}")) == 3, "an unknown filter is ignored"


def test_domain_filter_has_the_same_name_in_all_generations(api, people):
    domain = {"resource_type": "domain", "resource_id": 940077, "access_level": 100}
    assert write_permissions(api, 12, domain).json() == UPDATED
    for base, resource_type in (("/api", "domain"), (LEGACY, "sending_domain")):
        (token,) = api.get(f"{base}/account_accesses?domain_ids[]=940077").json()
        assert token["id"] == 12
        assert token["resources"][1] == domain | {"resource_type": resource_type}


def test_token_access_masks_the_token_value(api, sandbox, people):
    (token,) = api.get(f"/api/account_accesses?sandbox_ids[]={sandbox['id']}").json()
    assert token["specifier_type"] == "ApiToken"
    assert list(token["specifier"]) == ["id", "name", "author_name", "token", "expires_at"]
    assert token["specifier"]["name"] == "ci"
    assert token["specifier"]["token"] == "*" * 28 + "cccc"
    (old,) = api.get(f"{LEGACY}/account_accesses?inbox_ids[]={sandbox['id']}").json()
    assert old["resources"][0]["resource_type"] == "inbox"
    assert token["resources"][0]["resource_type"] == "sandbox"


def test_deletion_revokes_the_access(api, emulator, people, make_client):
    for access_id in (10, 11, 12):
        response = api.delete(f"/api/account_accesses/{access_id}")
        assert (response.status_code, response.json()) == (200, {"id": access_id})
        again = api.delete(f"/api/account_accesses/{access_id}")
        assert (again.status_code, again.json()) == (404, NOT_FOUND)
    assert len(api.get("/api/account_accesses").json()) == 1
    assert [row["name"] for row in api.get("/api/api_tokens").json()] == ["Start token"]
    assert make_client(emulator, "c" * 32).get("/api/accounts").status_code == 401


def test_owner_access_cannot_be_changed(api, emulator):
    (owner,) = api.get("/api/account_accesses").json()
    grant = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10}
    assert api.delete(f"/api/account_accesses/{owner['id']}").json() == FORBIDDEN
    assert write_permissions(api, owner["id"], grant).json() == FORBIDDEN
    assert api.get("/api/account_accesses").json() == [owner]


def test_permissions_are_upserted_individually(api, people, project, sandbox, resources_of):
    one = {"resource_type": "project", "resource_id": project["id"]}
    pair = {"resource_type": "sandbox", "resource_id": sandbox["id"]}
    assert write_permissions(api, 11, one | {"access_level": "viewer"}).json() == UPDATED
    assert resources_of(11) == [one | {"access_level": 10}]
    response = write_permissions(api, 11, pair | {"access_level": 100, "resource_id": str(sandbox["id"])})
    assert (response.status_code, response.json()) == (200, UPDATED)
    assert resources_of(11) == [one | {"access_level": 10}, pair | {"access_level": 100}]
    assert write_permissions(api, 11, one | {"_destroy": True}, pair | {"access_level": "10"}).json() == UPDATED
    assert resources_of(11) == [pair | {"access_level": 10}]
    assert write_permissions(api, 11, one | {"_destroy": "true"}).json() == UPDATED


@pytest.mark.parametrize("kind", ["account", "billing", "email_campaign_permission_scope"])
def test_account_wide_resources_have_the_account_id(api, emulator, people, kind):
    grant = {"resource_type": kind, "resource_id": emulator.account_id, "access_level": 100}
    assert write_permissions(api, 10, grant).json() == UPDATED
    assert grant in api.get("/api/account_accesses").json()[0]["resources"]


@pytest.mark.parametrize("base", ["/api", LEGACY])
@pytest.mark.parametrize("resource_type", ["inbox", "sandbox"])
def test_current_and_legacy_resource_types_are_accepted(api, people, sandbox, resources_of, base, resource_type):
    grant = {"resource_type": resource_type, "resource_id": sandbox["id"], "access_level": 100}
    assert write_permissions(api, 12, grant, base=base).json() == UPDATED
    assert resources_of(12) == [grant | {"resource_type": "sandbox"}]


def test_token_permissions_change_immediately(api, emulator, people, sandbox, make_client):
    token = make_client(emulator, "c" * 32)
    path = f"/api/sandboxes/{sandbox['id']}"
    assert token.patch(f"{path}/clean").status_code == 403
    grant = {"resource_type": "sandbox", "resource_id": sandbox["id"]}
    write_permissions(api, 12, grant | {"access_level": "admin"})
    assert token.patch(f"{path}/clean").status_code == 200
    write_permissions(api, 12, grant | {"_destroy": True})
    assert token.get(path).status_code == 403
    assert token.get("/api/accounts").json()[0]["access_levels"] == []


def test_one_invalid_permission_rejects_the_whole_request(api, people, project, resources_of):
    good = {"resource_type": "project", "resource_id": project["id"], "access_level": 10}
    before = resources_of(11)
    assert write_permissions(api, 11, good, good | {"resource_id": 1}).json() == NOT_FOUND
    assert resources_of(11) == before


@pytest.mark.parametrize(
    "change",
    [
        {"resource_type": "planet"},
        {"resource_type": None},
        {"resource_type": ["project"]},
        {"resource_id": "x"},
        {"resource_id": None},
        {"resource_id": -1},
        {"resource_id": 10**30},
        {"access_level": 1000},
        {"access_level": "owner"},
        {"access_level": None},
        {"access_level": {}},
        {"access_level": 1.5},
    ],
)
def test_invalid_permissions_are_rejected(api, people, project, resources_of, change):
    before = resources_of(11)
    good = {"resource_type": "project", "resource_id": project["id"], "access_level": 10}
    response = write_permissions(api, 11, good | change)
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["base"]
    assert resources_of(11) == before


def test_permissions_that_are_not_objects_are_ignored(api, people):
    assert write_permissions(api, 11, 7, None, []).status_code == 422


@pytest.mark.parametrize("body", [{}, {"permissions": []}, {"permissions": None}, {"permissions": "x"}, [], 7])
def test_missing_permissions_return_an_empty_400(api, people, body):
    response = api.put("/api/account_accesses/11/permissions/bulk", json=body)
    assert (response.status_code, response.content) == (400, b"")


@pytest.mark.parametrize("key", ["1", "0", "-1", "x", "9" * 30])
def test_unknown_access_is_not_found(api, people, project, key):
    grant = {"resource_type": "project", "resource_id": project["id"], "access_level": 10}
    for response in (write_permissions(api, key, grant), api.delete(f"/api/account_accesses/{key}")):
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_accesses_and_resources_of_another_account_are_not_found(api, emulator, people, make_client, project):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other", "owner_name": "Olga", "owner_email": "olga@example.org"}],
        api_tokens=[{"name": "theirs", "account_id": 77, "token": "d" * 32}],
    )
    other = make_client(emulator, "d" * 32)
    (owner,) = other.get("/api/account_accesses").json()
    assert owner["specifier"]["name"] == "Olga"
    assert other.delete("/api/account_accesses/11").status_code == 404
    assert other.get("/api/accounts/1234567/account_accesses").json() == FORBIDDEN
    assert api.delete(f"/api/account_accesses/{owner['id']}").status_code == 404
    grant = {"resource_type": "account", "resource_id": 77, "access_level": 10}
    assert write_permissions(api, 11, grant).json() == NOT_FOUND


def test_only_admins_can_use_accesses(emulator, people, project, sandbox, make_client, api):
    write_permissions(api, 12, {"resource_type": "project", "resource_id": project["id"], "access_level": 100})
    lesser = make_client(emulator, "c" * 32)
    assert lesser.get("/api/account_accesses").json() == FORBIDDEN
    assert lesser.delete("/api/account_accesses/10").json() == FORBIDDEN
    account = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}
    assert write_permissions(lesser, 12, account).json() == FORBIDDEN
    assert write_permissions(lesser, 10, account | {"_destroy": True}).json() == FORBIDDEN
    own = {"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 10}
    assert write_permissions(lesser, 10, own).json() == UPDATED


def test_account_admin_gets_the_complete_resource_tree(api, emulator, people, project, sandbox):
    (root,) = api.get("/api/permissions/resources").json()
    assert list(root) == ["id", "name", "type", "access_level", "resources"]
    assert (root["id"], root["name"], root["type"]) == (emulator.account_id, "Emulated account", "account")
    kinds = [(node["type"], node["id"]) for node in root["resources"]]
    assert kinds[:3] == [
        ("email_template_permission_scope", emulator.account_id),
        ("email_campaign_permission_scope", emulator.account_id),
        ("billing", emulator.account_id),
    ]
    assert ("domain", 940077) in kinds
    shop = root["resources"][-1]
    inside = {"id": sandbox["id"], "name": "Staging", "type": "sandbox", "access_level": 100, "resources": []}
    assert shop == {"id": project["id"], "name": "Shop", "type": "project", "access_level": 100, "resources": [inside]}


def test_resource_tree_uses_the_names_of_the_generation(api, people):
    (root,) = api.get(f"{LEGACY}/permissions/resources").json()
    assert {"sending_domain", "project"} <= {node["type"] for node in root["resources"]}
    assert root["resources"][-1]["resources"][0]["type"] == "inbox"


def test_limited_token_gets_the_tree_of_what_it_administers(api, emulator, people, project, sandbox, make_client):
    token = make_client(emulator, "c" * 32)
    assert token.get("/api/permissions/resources").json() == []
    write_permissions(api, 12, {"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 100})
    (node,) = token.get("/api/permissions/resources").json()
    assert (node["type"], node["id"]) == ("sandbox", sandbox["id"])
    write_permissions(api, 12, {"resource_type": "project", "resource_id": project["id"], "access_level": 100})
    (node,) = token.get("/api/permissions/resources").json()
    assert (node["type"], [one["type"] for one in node["resources"]]) == ("project", ["sandbox"])


def test_seeding_a_used_access_id_is_rejected(emulator, people):
    for taken in (10, 12):
        with pytest.raises(EmulatorError, match=f"account access {taken} already"):
            emulator.seed(account_accesses=[{"id": taken, "email": "x@example.com"}])
        with pytest.raises(EmulatorError, match=f"account access {taken} already"):
            emulator.seed(api_tokens=[{"name": "x", "access_id": taken}])


def test_every_token_has_its_own_access_id(api, emulator):
    grant = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}
    token = api.post("/api/api_tokens", json={"name": "t", "resources": [grant]}).json()
    api.post(f"/api/api_tokens/{token['id']}/reset")
    ids = [row["access_id"] for row in emulator.dump()["api_tokens"]]
    ids += [row["id"] for row in emulator.dump()["account_accesses"]]
    assert len(ids) == len(set(ids)) == 4


def test_deleting_a_resource_removes_its_permissions(api, people, project, sandbox, emulator):
    grants = [
        {"resource_type": "project", "resource_id": project["id"], "access_level": 10},
        {"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 10},
        {"resource_type": "domain", "resource_id": 940077, "access_level": 10},
    ]
    for access_id in (10, 12):
        assert write_permissions(api, access_id, *grants).json() == UPDATED
    assert api.delete("/api/domains/940077").status_code == 204
    assert api.delete(f"/api/projects/{project['id']}").status_code == 200
    user = api.get("/api/account_accesses").json()[0]
    assert [item["resource_type"] for item in user["resources"]] == ["account"]
    (token,) = [row for row in emulator.dump()["api_tokens"] if row["access_id"] == 12]
    assert token["resources"] == []
