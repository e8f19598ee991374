# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""plan() and diff() as tables: what is there, what is wanted, what is written."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.plan import (
    check_wanted,
    diff,
    find_ignored_fields,
    get_change_warnings,
    get_deferred,
    get_wanted,
    mask_secrets,
    plan,
)
from ansible_collections.community.mailtrap.plugins.module_utils._engine.resource import (
    ApiShape,
    Field,
    Hooks,
    Reference,
    Resource,
    Write,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources.catalog import PROJECT, SANDBOX

THERE = {
    "id": 7,
    "name": "Staging",
    "project_id": 3,
    "email_username": "shop-1a2b3c",
    "email_username_enabled": False,
    "password": "not to be seen",
}
RENAME = Write("PATCH", "/api/sandboxes/7", {"sandbox": {"name": "Live"}})
NEW_ALIAS = Write("PATCH", "/api/sandboxes/7", {"sandbox": {"email_username": "other"}})
TURN_OVER = Write("PATCH", "/api/sandboxes/7/toggle_email_username")
DELETE = Write("DELETE", "/api/sandboxes/7")
CREATE = Write("POST", "/api/projects/3/sandboxes", {"sandbox": {"name": "Staging"}}, creates=True)


@pytest.mark.parametrize(
    "current, wanted, state, writes",
    [
        (None, {"name": "Staging"}, "present", [CREATE]),
        (None, {"name": "Staging", "email_username": "shop"}, "present", [CREATE]),
        (None, {"name": "Staging"}, "absent", []),
        (THERE, {}, "absent", [DELETE]),
        (THERE, {}, "present", []),
        (THERE, {"name": "Staging"}, "present", []),
        (THERE, {"name": "Live"}, "present", [RENAME]),
        (THERE, {"email_username": "shop"}, "present", []),
        (THERE, {"email_username": "shop-1a2b3c"}, "present", []),
        (THERE, {"email_username": "other"}, "present", [NEW_ALIAS]),
        (THERE, {"email_username": "other-ffffff"}, "present", [NEW_ALIAS]),
        (THERE, {"email_username_enabled": False}, "present", []),
        (THERE, {"email_username_enabled": True}, "present", [TURN_OVER]),
        (THERE, {"name": "Live", "email_username_enabled": True}, "present", [RENAME, TURN_OVER]),
    ],
)
def test_writes(current, wanted, state, writes):
    assert list(plan(SANDBOX, current, wanted, state, parent_id=3).writes) == writes


@pytest.mark.parametrize(
    "current, wanted, after",
    [
        (None, {"name": "Staging"}, {"id": None, "project_id": 3, "name": "Staging"}),
        (THERE, {"email_username": "other"}, dict(THERE, email_username="other-1a2b3c")),
        (THERE, {"email_username_enabled": True}, dict(THERE, email_username_enabled=True)),
        (THERE, {}, THERE),
    ],
)
def test_prediction(current, wanted, after):
    assert plan(SANDBOX, current, wanted, "present", parent_id=3).after == after


def test_prediction_of_absence():
    assert plan(SANDBOX, THERE, {}, "absent").after is None


def test_planning_again_on_the_prediction_writes_nothing():
    wanted = {"name": "Live", "email_username": "other", "email_username_enabled": True}
    after = plan(SANDBOX, THERE, wanted).after
    assert plan(SANDBOX, after, wanted).writes == ()


def test_plan_leaves_its_input_alone():
    before = dict(THERE)
    plan(SANDBOX, THERE, {"name": "Live", "email_username": "other"})
    assert before == THERE


@pytest.mark.parametrize("name, length", [("x", 1), ("x" * 101, 101)])
def test_a_name_of_a_length_that_the_service_refuses(name, length):
    with pytest.raises(MailtrapError, match=rf"has {length} characters; the service accepts 2 to 100"):
        check_wanted(PROJECT, {"name": name})


@pytest.mark.parametrize("name", ["xy", "x" * 100])
def test_a_name_of_a_length_that_the_service_takes(name):
    assert check_wanted(PROJECT, {"name": name}) is None  # it raises what is wrong


def test_a_new_object_needs_its_key():
    with pytest.raises(MailtrapError, match="a new sandbox needs name"):
        plan(SANDBOX, None, {})


def test_a_key_that_only_looks_like_another():
    with pytest.raises(MailtrapError, match=r"name 'Web\\n' begins or ends with white space"):
        check_wanted(PROJECT, {"name": "Web\n"})


def test_a_field_that_cannot_be_changed():
    webhook = Resource(
        "web_hook", "web_hooks", ApiShape("/api/web_hooks"), (Field("name"), Field("kind", create_only=True))
    )
    with pytest.raises(MailtrapError, match="kind of a web hook cannot be changed from 'a' to 'b'"):
        plan(webhook, {"id": 1, "name": "x", "kind": "a"}, {"kind": "b"})


def test_it_is_told_by_the_name_of_its_option():
    kind = Resource(
        "api_key", "api_keys", ApiShape("/x"), (Field("name"), Field("resources", option="grants", create_only=True))
    )
    with pytest.raises(MailtrapError, match="grants of an API key cannot be changed from 1 to 2; set recreate"):
        plan(kind, {"id": 1, "name": "x", "resources": 1}, {"resources": 2})


@pytest.mark.parametrize(
    "unique, wanted, methods",
    [
        (True, {"kind": "b"}, ["DELETE", "POST"]),
        (True, {"kind": "b", "name": "y"}, ["POST", "DELETE"]),
        (False, {"kind": "b"}, ["POST", "DELETE"]),
    ],
)
def test_a_new_one_comes_first_where_there_is_room_for_both(unique, wanted, methods):
    kind = Resource(
        "hook", "hooks", ApiShape("/api/hooks", unique_key=unique), (Field("name"), Field("kind", create_only=True))
    )
    current = {"id": 1, "name": "x", "kind": "a"}
    todo = plan(kind, current, wanted, recreate=True)
    assert [write.method for write in todo.writes] == methods
    assert Write("DELETE", "/api/hooks/1") in todo.writes
    assert Write("POST", "/api/hooks", {"name": "x", **wanted}, creates=True) in todo.writes


@pytest.mark.parametrize("made, end", [("", "cannot create one"), ("ask for it", "cannot create one: ask for it")])
def test_what_the_api_cannot_make(made, end):
    kind = Resource("seat", "seats", ApiShape("/api/seats", creatable=False), (Field("name"),), creation_hint=made)
    with pytest.raises(MailtrapError, match=f"there is no such seat, and the API {end}$"):
        plan(kind, None, {"name": "x"})


def test_a_flat_body():
    flat = Resource("list", "lists", ApiShape("/api/lists"), (Field("name"),))
    assert plan(flat, None, {"name": "x"}).writes == (Write("POST", "/api/lists", {"name": "x"}, creates=True),)


def test_wanted_leaves_out_what_is_not_given():
    options = {"name": None, "email_username": "", "email_username_enabled": False, "state": "present"}
    assert get_wanted(SANDBOX, options) == {"email_username": "", "email_username_enabled": False}


def test_set_later():
    wanted = {"name": "x", "email_username": "y", "email_username_enabled": True}
    assert get_deferred(SANDBOX, wanted) == {"email_username": "y", "email_username_enabled": True}


def test_diff_shows_identity_and_settable_fields_alone():
    assert diff(SANDBOX, None, THERE) == {
        "before": {},
        "after": {
            "id": 7,
            "project_id": 3,
            "name": "Staging",
            "email_username": "shop-1a2b3c",
            "email_username_enabled": False,
        },
    }
    assert diff(PROJECT, {"id": 1, "name": "Shop", "share_links": {"admin": "https://..."}}, None) == {
        "before": {"id": 1, "name": "Shop"},
        "after": {},
    }


def test_secrets_are_left_out_at_any_depth():
    project = {"id": 1, "share_links": {"admin": "x"}, "sandboxes": [THERE]}
    shown = mask_secrets(PROJECT, [project])
    assert shown == [{"id": 1, "sandboxes": [{name: THERE[name] for name in THERE if name != "password"}]}]


def test_a_setting_that_the_service_ignored():
    wanted = {"name": "Staging", "email_username_enabled": True}
    assert find_ignored_fields(SANDBOX, THERE, wanted) == [SANDBOX.field("email_username_enabled")]
    assert find_ignored_fields(SANDBOX, {"id": 7}, {"name": "Staging"}) == []


def test_an_update_that_makes_what_is_not_there():
    contact = Resource(
        "contact", "contacts", ApiShape("/api/contacts", addressed_by_key=True), (Field("email"),), natural_key="email"
    )
    made = Write("PATCH", "/api/contacts/a%2Bb%40example.com", {"email": "a+b@example.com"}, creates=True)
    assert plan(contact, None, {"email": "a+b@example.com"}).writes == (made,)


@pytest.mark.parametrize("object_id", ["", ".", ".."])
def test_an_id_that_would_lead_elsewhere(object_id):
    with pytest.raises(MailtrapError, match="is not the id of a project"):
        PROJECT.object_path(object_id)


OWNER = Resource("owner", "owners", ApiShape("/api/owners"), (Field("name"),))
HOOK = Resource(
    "hook",
    "hooks",
    ApiShape("/api/hooks"),
    (
        Field("name", describe=lambda name: name[:1] + "***", sensitive=True),
        Field("on", change_warning=lambda now, then: "was off" if then and not now else None),
        Field("kind", create_only=True),
        Field("speed", create_only=True),
        Field("owner_id", reference=Reference(OWNER, "owner", empty_value=0), required=True, write_only=True),
    ),
    sensitive_fields=("key",),
    hooks=Hooks(
        validate=lambda given: (
            ["slow hooks have no owner"] if given.get("owner_id") and given.get("speed") == 0 else []
        ),
        inapplicable_fields=lambda wanted: ["speed"] if wanted.get("kind") == "still" else [],
    ),
)
RUNNING = {"id": 1, "name": "secret", "on": False, "kind": "fast", "speed": 9, "key": "k"}


def test_what_a_result_shows_of_a_veiled_field():
    assert mask_secrets(HOOK, [RUNNING]) == [{"id": 1, "name": "s***", "on": False, "kind": "fast", "speed": 9}]
    assert HOOK.has_secrets and SANDBOX.has_secrets and not OWNER.has_secrets


def test_what_a_user_has_to_know_of_a_change():
    assert get_change_warnings(HOOK, RUNNING, {**RUNNING, "on": True}) == ["was off"]
    assert (
        get_change_warnings(HOOK, RUNNING, RUNNING)
        == get_change_warnings(HOOK, None, RUNNING)
        == get_change_warnings(HOOK, RUNNING, None)
        == []
    )


def test_a_new_one_has_nothing_of_the_old_one_that_does_not_belong_to_it():
    wanted = {"kind": "still", "owner_id": 3}
    create, _delete = plan(HOOK, RUNNING, wanted, recreate=True).writes
    assert create.body == {"name": "secret", "on": False, "kind": "still", "owner_id": 3}


@pytest.mark.parametrize("owner, is_enough", [({"owner_id": 3}, True), ({"owner_id": None}, True), ({}, False)])
def test_what_check_mode_does_without_is_not_missing(owner, is_enough):
    if is_enough:
        assert plan(HOOK, None, {"name": "x", **owner}).after == {"id": None, "name": "x"}
    else:
        with pytest.raises(MailtrapError, match="a new hook needs owner or owner_id"):
            plan(HOOK, None, {"name": "x", **owner})


@pytest.mark.parametrize("options, wanted", [({"owner": "Ann"}, {"speed": 0}), ({}, {"speed": 0, "owner_id": 3})])
def test_rules_know_of_what_is_given_by_name_or_by_id(options, wanted):
    with pytest.raises(MailtrapError, match="slow hooks have no owner"):
        check_wanted(HOOK, wanted, options)
    check_wanted(HOOK, {"speed": 0}, {"owner": None})


def test_what_is_said_of_new_objects_alone():
    kind = Resource(
        "note",
        "notes",
        ApiShape("/api/notes"),
        (Field("name"), Field("reason", default_on_create=True)),
        replaceable=False,
    )
    assert plan(kind, None, {"name": "x", "reason": "a"}).writes[0].body == {"name": "x", "reason": "a"}
    assert plan(kind, {"id": 1, "name": "x", "reason": "a"}, {"name": "x", "reason": "b"}).writes == ()
