# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Account accesses and permissions (facts 3.2, 3.3)."""

import pytest

from mailtrap_emulator.testing import EmulatorError

FORBIDDEN = {"errors": "Account access forbidden"}
NOT_FOUND = {"error": "Not Found"}
UPDATED = {"message": "Permissions have been updated!"}
LEGACY = "/api/accounts/1234567"


@pytest.fixture
def people(emulator, project, sandbox):
    """A user with a viewer's level on the account, an invite to a project, a token with a level on a sandbox."""
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
    def read(access_id):
        (found,) = [row for row in everything(api) if row["id"] == access_id]
        return found["resources"]

    return read


def everything(api):
    """All accesses that the API tells of: people, and whoever has a permission on a thing of its own."""
    ids = {
        "project_ids[]": [row["id"] for row in api.get("/api/projects").json()],
        "sandbox_ids[]": [row["id"] for row in api.get("/api/sandboxes").json()],
    }
    found = {row["id"]: row for row in api.get("/api/account_accesses", params=ids).json()}
    return [*({row["id"]: row for row in api.get("/api/account_accesses").json()} | found).values()]


def bulk(api, access_id, *permissions, base="/api"):
    return api.put(f"{base}/account_accesses/{access_id}/permissions/bulk", json={"permissions": list(permissions)})


def test_a_new_account_has_its_owner(api, emulator):
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


def test_users_and_invites_are_listed_and_tokens_are_not(api, emulator, people):
    user, invite, _ = api.get("/api/account_accesses").json()
    assert (user["id"], user["specifier_type"], user["specifier"]["name"]) == (10, "User", "Ann")
    assert user["resources"] == [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10}]
    assert user["permissions"] == {"can_read": False, "can_update": True, "can_destroy": True, "can_leave": False}
    assert (invite["id"], invite["specifier_type"]) == (11, "Invite")
    assert list(invite["specifier"]) == ["id", "email"]
    assert "ApiToken" not in {row["specifier_type"] for row in api.get("/api/account_accesses").json()}


@pytest.mark.parametrize("base", ["/api", LEGACY])
def test_filters(api, project, sandbox, people, base):
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


def test_domain_filters_have_one_name_in_all_generations(api, people):
    domain = {"resource_type": "domain", "resource_id": 940077, "access_level": 100}
    assert bulk(api, 12, domain).json() == UPDATED
    for base, word in (("/api", "domain"), (LEGACY, "sending_domain")):
        (token,) = api.get(f"{base}/account_accesses?domain_ids[]=940077").json()
        assert token["id"] == 12
        assert token["resources"][1] == domain | {"resource_type": word}


def test_a_tokens_access_masks_its_value(api, sandbox, people):
    (token,) = api.get(f"/api/account_accesses?sandbox_ids[]={sandbox['id']}").json()
    assert token["specifier_type"] == "ApiToken"
    assert list(token["specifier"]) == ["id", "name", "author_name", "token", "expires_at"]
    assert token["specifier"]["name"] == "ci"
    assert token["specifier"]["token"] == "*" * 28 + "cccc"
    (old,) = api.get(f"{LEGACY}/account_accesses?inbox_ids[]={sandbox['id']}").json()
    assert old["resources"][0]["resource_type"] == "inbox"
    assert token["resources"][0]["resource_type"] == "sandbox"


def test_deleting(api, emulator, people, client_of):
    for access_id in (10, 11, 12):
        answer = api.delete(f"/api/account_accesses/{access_id}")
        assert (answer.status_code, answer.json()) == (200, {"id": access_id})
        again = api.delete(f"/api/account_accesses/{access_id}")
        assert (again.status_code, again.json()) == (404, NOT_FOUND)
    assert len(api.get("/api/account_accesses").json()) == 1
    assert [row["name"] for row in api.get("/api/api_tokens").json()] == ["Start token"]
    assert client_of(emulator, "c" * 32).get("/api/accounts").status_code == 401


def test_the_owner_stays_as_it_is(api, emulator):
    (owner,) = api.get("/api/account_accesses").json()
    grant = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 10}
    assert api.delete(f"/api/account_accesses/{owner['id']}").json() == FORBIDDEN
    assert bulk(api, owner["id"], grant).json() == FORBIDDEN
    assert api.get("/api/account_accesses").json() == [owner]


def test_permissions_are_upserted_one_by_one(api, people, project, sandbox, resources_of):
    one = {"resource_type": "project", "resource_id": project["id"]}
    two = {"resource_type": "sandbox", "resource_id": sandbox["id"]}
    assert bulk(api, 11, one | {"access_level": "viewer"}).json() == UPDATED
    assert resources_of(11) == [one | {"access_level": 10}]
    answer = bulk(api, 11, two | {"access_level": 100, "resource_id": str(sandbox["id"])})
    assert (answer.status_code, answer.json()) == (200, UPDATED)
    assert resources_of(11) == [one | {"access_level": 10}, two | {"access_level": 100}]
    assert bulk(api, 11, one | {"_destroy": True}, two | {"access_level": "10"}).json() == UPDATED
    assert resources_of(11) == [two | {"access_level": 10}]
    assert bulk(api, 11, one | {"_destroy": "true"}).json() == UPDATED


@pytest.mark.parametrize("kind", ["account", "billing", "email_campaign_permission_scope"])
def test_things_whose_id_is_the_accounts(api, emulator, people, kind):
    grant = {"resource_type": kind, "resource_id": emulator.account_id, "access_level": 100}
    assert bulk(api, 10, grant).json() == UPDATED
    assert grant in api.get("/api/account_accesses").json()[0]["resources"]


@pytest.mark.parametrize("base", ["/api", LEGACY])
@pytest.mark.parametrize("word", ["inbox", "sandbox"])
def test_both_words_can_be_written(api, people, sandbox, resources_of, base, word):
    grant = {"resource_type": word, "resource_id": sandbox["id"], "access_level": 100}
    assert bulk(api, 12, grant, base=base).json() == UPDATED
    assert resources_of(12) == [grant | {"resource_type": "sandbox"}]


def test_a_token_feels_the_change_at_once(api, emulator, people, sandbox, client_of):
    token = client_of(emulator, "c" * 32)
    path = f"/api/sandboxes/{sandbox['id']}"
    assert token.patch(f"{path}/clean").status_code == 403
    grant = {"resource_type": "sandbox", "resource_id": sandbox["id"]}
    bulk(api, 12, grant | {"access_level": "admin"})
    assert token.patch(f"{path}/clean").status_code == 200
    bulk(api, 12, grant | {"_destroy": True})
    assert token.get(path).status_code == 403
    assert token.get("/api/accounts").json()[0]["access_levels"] == []


def test_all_or_nothing(api, people, project, resources_of):
    good = {"resource_type": "project", "resource_id": project["id"], "access_level": 10}
    before = resources_of(11)
    assert bulk(api, 11, good, good | {"resource_id": 1}).json() == NOT_FOUND
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
def test_permissions_that_make_no_sense(api, people, project, resources_of, change):
    before = resources_of(11)
    good = {"resource_type": "project", "resource_id": project["id"], "access_level": 10}
    answer = bulk(api, 11, good | change)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["base"]
    assert resources_of(11) == before


def test_items_that_are_no_objects(api, people):
    assert bulk(api, 11, 7, None, []).status_code == 422


@pytest.mark.parametrize("body", [{}, {"permissions": []}, {"permissions": None}, {"permissions": "x"}, [], 7])
def test_a_missing_list_is_an_empty_400(api, people, body):
    answer = api.put("/api/account_accesses/11/permissions/bulk", json=body)
    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize("key", ["1", "0", "-1", "x", "9" * 30])
def test_unknown_accesses(api, people, project, key):
    grant = {"resource_type": "project", "resource_id": project["id"], "access_level": 10}
    for answer in (bulk(api, key, grant), api.delete(f"/api/account_accesses/{key}")):
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_another_accounts_people_and_things(api, emulator, people, client_of, project):
    emulator.seed(
        accounts=[{"id": 77, "name": "Other", "owner_name": "Olga", "owner_email": "olga@example.org"}],
        api_tokens=[{"name": "theirs", "account_id": 77, "token": "d" * 32}],
    )
    other = client_of(emulator, "d" * 32)
    (owner,) = other.get("/api/account_accesses").json()
    assert owner["specifier"]["name"] == "Olga"
    assert other.delete("/api/account_accesses/11").status_code == 404
    assert other.get("/api/accounts/1234567/account_accesses").json() == FORBIDDEN
    assert api.delete(f"/api/account_accesses/{owner['id']}").status_code == 404
    grant = {"resource_type": "account", "resource_id": 77, "access_level": 10}
    assert bulk(api, 11, grant).json() == NOT_FOUND


def test_only_admins_may(emulator, people, project, sandbox, client_of, api):
    bulk(api, 12, {"resource_type": "project", "resource_id": project["id"], "access_level": 100})
    lesser = client_of(emulator, "c" * 32)
    assert lesser.get("/api/account_accesses").json() == FORBIDDEN
    assert lesser.delete("/api/account_accesses/10").json() == FORBIDDEN
    account = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}
    assert bulk(lesser, 12, account).json() == FORBIDDEN
    assert bulk(lesser, 10, account | {"_destroy": True}).json() == FORBIDDEN
    own = {"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 10}
    assert bulk(lesser, 10, own).json() == UPDATED


def test_the_tree_of_an_account_admin(api, emulator, people, project, sandbox):
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


def test_the_tree_speaks_the_words_of_the_scope(api, people):
    (root,) = api.get(f"{LEGACY}/permissions/resources").json()
    assert {"sending_domain", "project"} <= {node["type"] for node in root["resources"]}
    assert root["resources"][-1]["resources"][0]["type"] == "inbox"


def test_the_tree_of_lesser_tokens_has_what_they_administer(api, emulator, people, project, sandbox, client_of):
    token = client_of(emulator, "c" * 32)
    assert token.get("/api/permissions/resources").json() == []
    bulk(api, 12, {"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 100})
    (node,) = token.get("/api/permissions/resources").json()
    assert (node["type"], node["id"]) == ("sandbox", sandbox["id"])
    bulk(api, 12, {"resource_type": "project", "resource_id": project["id"], "access_level": 100})
    (node,) = token.get("/api/permissions/resources").json()
    assert (node["type"], [one["type"] for one in node["resources"]]) == ("project", ["sandbox"])


def test_seeds_with_a_taken_access_id(emulator, people):
    for taken in (10, 12):
        with pytest.raises(EmulatorError, match=f"account access {taken} already"):
            emulator.seed(account_accesses=[{"id": taken, "email": "x@example.com"}])
        with pytest.raises(EmulatorError, match=f"account access {taken} already"):
            emulator.seed(api_tokens=[{"name": "x", "access_id": taken}])


def test_every_token_has_an_access_of_its_own(api, emulator):
    grant = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}
    token = api.post("/api/api_tokens", json={"name": "t", "resources": [grant]}).json()
    api.post(f"/api/api_tokens/{token['id']}/reset")
    ids = [row["access_id"] for row in emulator.dump()["api_tokens"]]
    ids += [row["id"] for row in emulator.dump()["account_accesses"]]
    assert len(ids) == len(set(ids)) == 4


def test_permissions_go_with_the_thing(api, people, project, sandbox, emulator):
    grants = [
        {"resource_type": "project", "resource_id": project["id"], "access_level": 10},
        {"resource_type": "sandbox", "resource_id": sandbox["id"], "access_level": 10},
        {"resource_type": "domain", "resource_id": 940077, "access_level": 10},
    ]
    for access_id in (10, 12):
        assert bulk(api, access_id, *grants).json() == UPDATED
    assert api.delete("/api/domains/940077").status_code == 204
    assert api.delete(f"/api/projects/{project['id']}").status_code == 200
    user = api.get("/api/account_accesses").json()[0]
    assert [item["resource_type"] for item in user["resources"]] == ["account"]
    (token,) = [row for row in emulator.dump()["api_tokens"] if row["access_id"] == 12]
    assert token["resources"] == []
