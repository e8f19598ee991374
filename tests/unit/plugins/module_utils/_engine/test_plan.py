# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables for plan() and diff(): the current object, the wanted fields, and the writes."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.plan import (
    check_wanted,
    diff,
    find_differing_fields,
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

CURRENT = {
    "id": 7,
    "name": "Staging",
    "project_id": 3,
    "email_username": "shop-1a2b3c",
    "email_username_enabled": False,
    "password": "secret",
}
RENAME = Write("PATCH", "/api/sandboxes/7", {"sandbox": {"name": "Live"}})
NEW_ALIAS = Write("PATCH", "/api/sandboxes/7", {"sandbox": {"email_username": "other"}})
TOGGLE = Write("PATCH", "/api/sandboxes/7/toggle_email_username")
DELETE = Write("DELETE", "/api/sandboxes/7")
CREATE = Write("POST", "/api/projects/3/sandboxes", {"sandbox": {"name": "Staging"}}, creates=True)


@pytest.mark.parametrize(
    "current, wanted, state, writes",
    [
        (None, {"name": "Staging"}, "present", [CREATE]),
        (None, {"name": "Staging", "email_username": "shop"}, "present", [CREATE]),
        (None, {"name": "Staging"}, "absent", []),
        (CURRENT, {}, "absent", [DELETE]),
        (CURRENT, {}, "present", []),
        (CURRENT, {"name": "Staging"}, "present", []),
        (CURRENT, {"name": "Live"}, "present", [RENAME]),
        (CURRENT, {"email_username": "shop"}, "present", []),
        (CURRENT, {"email_username": "shop-1a2b3c"}, "present", []),
        (CURRENT, {"email_username": "other"}, "present", [NEW_ALIAS]),
        (CURRENT, {"email_username": "other-ffffff"}, "present", [NEW_ALIAS]),
        (CURRENT, {"email_username_enabled": False}, "present", []),
        (CURRENT, {"email_username_enabled": True}, "present", [TOGGLE]),
        (CURRENT, {"name": "Live", "email_username_enabled": True}, "present", [RENAME, TOGGLE]),
    ],
)
def test_planned_writes(current, wanted, state, writes):
    assert list(plan(SANDBOX, current, wanted, state, parent_id=3).writes) == writes


@pytest.mark.parametrize(
    "current, wanted, after",
    [
        (None, {"name": "Staging"}, {"id": None, "project_id": 3, "name": "Staging"}),
        (CURRENT, {"email_username": "other"}, dict(CURRENT, email_username="other-1a2b3c")),
        (CURRENT, {"email_username_enabled": True}, dict(CURRENT, email_username_enabled=True)),
        (CURRENT, {}, CURRENT),
    ],
)
def test_predicted_object(current, wanted, after):
    assert plan(SANDBOX, current, wanted, "present", parent_id=3).after == after


def test_deletion_predicts_no_object():
    assert plan(SANDBOX, CURRENT, {}, "absent").after is None


def test_predicted_object_needs_no_writes():
    wanted = {"name": "Live", "email_username": "other", "email_username_enabled": True}
    after = plan(SANDBOX, CURRENT, wanted).after
    assert plan(SANDBOX, after, wanted).writes == ()


def test_plan_does_not_modify_its_input():
    before = dict(CURRENT)
    plan(SANDBOX, CURRENT, {"name": "Live", "email_username": "other"})
    assert before == CURRENT


@pytest.mark.parametrize("name, length", [("x", 1), ("x" * 101, 101)])
def test_invalid_length_is_refused(name, length):
    with pytest.raises(MailtrapError, match=rf"has {length} characters; the service accepts 2 to 100"):
        check_wanted(PROJECT, {"name": name})


@pytest.mark.parametrize("name", ["xy", "x" * 100])
def test_valid_length_is_accepted(name):
    assert check_wanted(PROJECT, {"name": name}) is None  # it raises an error otherwise


def test_creation_without_the_key_is_refused():
    with pytest.raises(MailtrapError, match="a new sandbox needs name"):
        plan(SANDBOX, None, {})


def test_key_with_surrounding_white_space_is_refused():
    with pytest.raises(MailtrapError, match=r"name 'Web\\n' begins or ends with white space"):
        check_wanted(PROJECT, {"name": "Web\n"})


def test_create_only_field_cannot_be_changed():
    resource = Resource(
        "web_hook", "web_hooks", ApiShape("/api/web_hooks"), (Field("name"), Field("mode", create_only=True))
    )
    with pytest.raises(MailtrapError, match="mode of a web hook cannot be changed from 'a' to 'b'"):
        plan(resource, {"id": 1, "name": "x", "mode": "a"}, {"mode": "b"})


def test_message_contains_the_option_of_a_field():
    resource = Resource(
        "api_key", "api_keys", ApiShape("/x"), (Field("name"), Field("resources", option="grants", create_only=True))
    )
    with pytest.raises(MailtrapError, match="grants of an API key cannot be changed from 1 to 2; set recreate"):
        plan(resource, {"id": 1, "name": "x", "resources": 1}, {"resources": 2})


@pytest.mark.parametrize(
    "unique, wanted, methods",
    [
        (True, {"mode": "b"}, ["DELETE", "POST"]),
        (True, {"mode": "b", "name": "y"}, ["POST", "DELETE"]),
        (False, {"mode": "b"}, ["POST", "DELETE"]),
    ],
)
def test_replacement_creates_first_unless_the_key_is_taken(unique, wanted, methods):
    resource = Resource(
        "hook", "hooks", ApiShape("/api/hooks", unique_key=unique), (Field("name"), Field("mode", create_only=True))
    )
    current = {"id": 1, "name": "x", "mode": "a"}
    todo = plan(resource, current, wanted, recreate=True)
    assert [write.method for write in todo.writes] == methods
    assert Write("DELETE", "/api/hooks/1") in todo.writes
    assert Write("POST", "/api/hooks", {"name": "x", **wanted}, creates=True) in todo.writes


@pytest.mark.parametrize("hint, end", [("", "cannot create one"), ("ask for it", "cannot create one: ask for it")])
def test_creation_that_the_api_does_not_support(hint, end):
    resource = Resource("seat", "seats", ApiShape("/api/seats", creatable=False), (Field("name"),), creation_hint=hint)
    with pytest.raises(MailtrapError, match=f"there is no such seat, and the API {end}$"):
        plan(resource, None, {"name": "x"})


def test_body_without_a_wrapper():
    resource = Resource("list", "lists", ApiShape("/api/lists"), (Field("name"),))
    assert plan(resource, None, {"name": "x"}).writes == (Write("POST", "/api/lists", {"name": "x"}, creates=True),)


def test_get_wanted_omits_options_that_are_not_given():
    options = {"name": None, "email_username": "", "email_username_enabled": False, "state": "present"}
    assert get_wanted(SANDBOX, options) == {"email_username": "", "email_username_enabled": False}


def test_get_deferred():
    wanted = {"name": "x", "email_username": "y", "email_username_enabled": True}
    assert get_deferred(SANDBOX, wanted) == {"email_username": "y", "email_username_enabled": True}


def test_diff_contains_only_identity_and_settable_fields():
    assert diff(SANDBOX, None, CURRENT) == {
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


def test_secrets_are_removed_at_any_depth():
    project = {"id": 1, "share_links": {"admin": "x"}, "sandboxes": [CURRENT]}
    masked = mask_secrets(PROJECT, [project])
    assert masked == [{"id": 1, "sandboxes": [{name: CURRENT[name] for name in CURRENT if name != "password"}]}]


def test_find_differing_fields():
    wanted = {"name": "Staging", "email_username_enabled": True}
    assert find_differing_fields(SANDBOX, CURRENT, wanted) == [SANDBOX.get_field("email_username_enabled")]
    assert find_differing_fields(SANDBOX, {"id": 7}, {"name": "Staging"}) == []


def test_creation_of_an_object_that_is_addressed_by_its_key():
    resource = Resource(
        "contact", "contacts", ApiShape("/api/contacts", addressed_by_key=True), (Field("email"),), natural_key="email"
    )
    creation = Write("PATCH", "/api/contacts/a%2Bb%40example.com", {"email": "a+b@example.com"}, creates=True)
    assert plan(resource, None, {"email": "a+b@example.com"}).writes == (creation,)


@pytest.mark.parametrize("object_id", ["", ".", ".."])
def test_id_that_changes_the_path_is_refused(object_id):
    with pytest.raises(MailtrapError, match="is not the id of a project"):
        PROJECT.object_path(object_id)


OWNER = Resource("owner", "owners", ApiShape("/api/owners"), (Field("name"),))
HOOK = Resource(
    "hook",
    "hooks",
    ApiShape("/api/hooks"),
    (
        Field("name", describe=lambda name: name[:1] + "***", sensitive=True),
        Field("on", change_warning=lambda current, expected: "was off" if expected and not current else None),
        Field("mode", create_only=True),
        Field("speed", create_only=True),
        Field("owner_id", reference=Reference(OWNER, "owner", empty_value=0), required=True, write_only=True),
    ),
    sensitive_fields=("key",),
    hooks=Hooks(
        validate=lambda given: (
            ["slow hooks have no owner"] if given.get("owner_id") and given.get("speed") == 0 else []
        ),
        inapplicable_fields=lambda wanted: ["speed"] if wanted.get("mode") == "still" else [],
    ),
)
RUNNING = {"id": 1, "name": "secret", "on": False, "mode": "fast", "speed": 9, "key": "k"}


def test_sensitive_fields_are_masked():
    assert mask_secrets(HOOK, [RUNNING]) == [{"id": 1, "name": "s***", "on": False, "mode": "fast", "speed": 9}]
    assert HOOK.has_secrets and SANDBOX.has_secrets and not OWNER.has_secrets


def test_get_change_warnings():
    assert get_change_warnings(HOOK, RUNNING, {**RUNNING, "on": True}) == ["was off"]
    for current, after in ((RUNNING, RUNNING), (None, RUNNING), (RUNNING, None)):
        assert get_change_warnings(HOOK, current, after) == []


def test_replacement_keeps_only_applicable_fields():
    wanted = {"mode": "still", "owner_id": 3}
    create, _delete = plan(HOOK, RUNNING, wanted, recreate=True).writes
    assert create.body == {"name": "secret", "on": False, "mode": "still", "owner_id": 3}


@pytest.mark.parametrize("owner, is_enough", [({"owner_id": 3}, True), ({"owner_id": None}, True), ({}, False)])
def test_unknown_reference_in_check_mode_is_not_missing(owner, is_enough):
    if is_enough:
        assert plan(HOOK, None, {"name": "x", **owner}).after == {"id": None, "name": "x"}
    else:
        with pytest.raises(MailtrapError, match="a new hook needs owner or owner_id"):
            plan(HOOK, None, {"name": "x", **owner})


@pytest.mark.parametrize("options, wanted", [({"owner": "Ann"}, {"speed": 0}), ({}, {"speed": 0, "owner_id": 3})])
def test_validation_sees_references_by_name_or_id(options, wanted):
    with pytest.raises(MailtrapError, match="slow hooks have no owner"):
        check_wanted(HOOK, wanted, options)
    check_wanted(HOOK, {"speed": 0}, {"owner": None})


def test_ignored_on_update_is_never_updated():
    resource = Resource(
        "note",
        "notes",
        ApiShape("/api/notes"),
        (Field("name"), Field("reason", ignored_on_update=True)),
        replaceable=False,
    )
    assert plan(resource, None, {"name": "x", "reason": "a"}).writes[0].body == {"name": "x", "reason": "a"}
    assert plan(resource, {"id": 1, "name": "x", "reason": "a"}, {"name": "x", "reason": "b"}).writes == ()
