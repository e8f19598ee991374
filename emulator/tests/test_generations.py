# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All forms of paths work on the same state (docs/service.md#api-generations)."""

import pytest

# Prefix of the paths, noun in the path, and wrapper key.
GENERATIONS = {
    "1": ("/api/accounts/1234567", "inboxes", "inbox"),
    "1b": ("/api", "inboxes", "inbox"),
    "2": ("/api/accounts/1234567", "sandboxes", "sandbox"),
    "3": ("/api", "sandboxes", "sandbox"),
}


@pytest.fixture(params=GENERATIONS)
def generation(request):
    return GENERATIONS[request.param]


def test_wrapper_key_follows_the_noun_in_the_path(api, project, generation):
    prefix, plural, singular = generation
    wrong_wrapper = {"inbox": "sandbox", "sandbox": "inbox"}[singular]
    path = f"{prefix}/projects/{project['id']}/{plural}"
    assert api.post(path, json={wrong_wrapper: {"name": "QA"}}).status_code == 400
    created = api.post(path, json={singular: {"name": "QA"}})
    assert created.status_code == 200
    renamed = api.patch(f"{prefix}/{plural}/{created.json()['id']}", json={singular: {"name": "Later"}})
    assert renamed.json()["name"] == "Later"


def test_all_forms_show_the_same_sandbox(api, sandbox, generation):
    prefix, plural, _ = generation
    assert api.get(f"{prefix}/{plural}/{sandbox['id']}").json() == sandbox
    assert api.get(f"{prefix}/{plural}").json() == [sandbox]


def test_message_fields_follow_the_noun_in_the_path(api, sandbox, deliver, generation):
    prefix, plural, singular = generation
    message_id = deliver()
    for message in (
        api.get(f"{prefix}/{plural}/{sandbox['id']}/messages").json()[0],
        api.get(f"{prefix}/{plural}/{sandbox['id']}/messages/{message_id}").json(),
    ):
        assert list(message)[:2] == ["id", f"{singular}_id"]
        assert message[f"{singular}_id"] == sandbox["id"]


def test_paths_without_a_noun_use_legacy_names_below_an_account(api, sandbox):
    assert "inboxes" in api.get("/api/accounts/1234567/projects").json()[0]
    assert "sandboxes" in api.get("/api/projects").json()[0]
    assert api.get("/api/accounts/1234567/projects").json()[0]["inboxes"] == [sandbox]


def test_token_permissions_use_legacy_names_below_an_account(api, sandbox):
    grant = {"resource_type": "inbox", "resource_id": sandbox["id"], "access_level": 100}
    legacy = api.post("/api/accounts/1234567/api_tokens", json={"name": "legacy", "resources": [grant]})
    assert legacy.json()["resources"][0]["resource_type"] == "inbox"
    current = api.get(f"/api/api_tokens/{legacy.json()['id']}")
    assert current.json()["resources"][0]["resource_type"] == "sandbox"
