# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One state behind four generations of paths (facts 1.3, 8.1)."""

import pytest

GENERATIONS = {
    "1": ("/api/accounts/1234567", "inboxes", "inbox"),
    "1b": ("/api", "inboxes", "inbox"),
    "2": ("/api/accounts/1234567", "sandboxes", "sandbox"),
    "3": ("/api", "sandboxes", "sandbox"),
}


@pytest.fixture(params=GENERATIONS)
def generation(request):
    return GENERATIONS[request.param]


def test_wrapper_key_follows_the_noun(api, project, generation):
    root, plural, singular = generation
    other = {"inbox": "sandbox", "sandbox": "inbox"}[singular]
    path = f"{root}/projects/{project['id']}/{plural}"
    assert api.post(path, json={other: {"name": "QA"}}).status_code == 400
    created = api.post(path, json={singular: {"name": "QA"}})
    assert created.status_code == 200
    renamed = api.patch(f"{root}/{plural}/{created.json()['id']}", json={singular: {"name": "Later"}})
    assert renamed.json()["name"] == "Later"


def test_all_generations_show_the_same_sandbox(api, sandbox, generation):
    root, plural, _ = generation
    assert api.get(f"{root}/{plural}/{sandbox['id']}").json() == sandbox
    assert api.get(f"{root}/{plural}").json() == [sandbox]


def test_message_fields_follow_the_noun(api, sandbox, deliver, generation):
    root, plural, singular = generation
    message_id = deliver()
    for message in (
        api.get(f"{root}/{plural}/{sandbox['id']}/messages").json()[0],
        api.get(f"{root}/{plural}/{sandbox['id']}/messages/{message_id}").json(),
    ):
        assert list(message)[:2] == ["id", f"{singular}_id"]
        assert message[f"{singular}_id"] == sandbox["id"]


def test_where_the_path_has_no_noun_the_scope_decides(api, sandbox):
    assert "inboxes" in api.get("/api/accounts/1234567/projects").json()[0]
    assert "sandboxes" in api.get("/api/projects").json()[0]
    assert api.get("/api/accounts/1234567/projects").json()[0]["inboxes"] == [sandbox]


def test_token_permissions_speak_the_words_of_the_scope(api, sandbox):
    grant = {"resource_type": "inbox", "resource_id": sandbox["id"], "access_level": 100}
    old = api.post("/api/accounts/1234567/api_tokens", json={"name": "old", "resources": [grant]})
    assert old.json()["resources"][0]["resource_type"] == "inbox"
    new = api.get(f"/api/api_tokens/{old.json()['id']}")
    assert new.json()["resources"][0]["resource_type"] == "sandbox"
