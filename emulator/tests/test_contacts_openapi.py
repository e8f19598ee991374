# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contact operations, validated against the official specification."""

from deviations import CONTACTS
from specifications import (
    OperationCaller,
    assert_all_operations_called,
    find_operations,
    get_answer_schemas,
    requires_specifications,
)

pytestmark = requires_specifications
OPERATION_PATTERN = f"{CONTACTS} "
CONTACT, EVENTS = "/api/contacts/{contact_identifier}", "/api/contacts/{contact_identifier}/events"
LISTS, LIST = "/api/contacts/lists", "/api/contacts/lists/{list_id}"
FIELDS, FIELD = "/api/contacts/fields", "/api/contacts/fields/{field_id}"
IMPORTS, IMPORT = "/api/contacts/imports", "/api/contacts/imports/{import_id}"
EXPORTS, EXPORT = "/api/contacts/exports", "/api/contacts/exports/{export_id}"


def test_answers_follow_the_specification(call, emulator):
    emulator.limits(contact_job_seconds=10, rate_limits="off")
    emulator.clock(frozen=True)

    values = {"list_id": call(CONTACTS, "POST", LISTS, 200, json={"name": "Customers"}).json()["id"]}
    call(CONTACTS, "POST", LISTS, 422, json={})
    call(CONTACTS, "GET", LISTS, 200)
    call(CONTACTS, "GET", LIST, 200, values)
    call(CONTACTS, "PATCH", LIST, 200, values, json={"name": "Former customers"})
    call(CONTACTS, "PATCH", LIST, 422, values, json={"name": ""})

    field = {"name": "Cats", "data_type": "integer", "merge_tag": "cats"}
    values["field_id"] = call(CONTACTS, "POST", FIELDS, 201, json=field).json()["id"]
    call(CONTACTS, "POST", FIELDS, 422, json=field)
    call(CONTACTS, "GET", FIELDS, 200)
    call(CONTACTS, "GET", FIELD, 200, values)
    call(CONTACTS, "PATCH", FIELD, 200, values, json={"name": "Cats count"})
    call(CONTACTS, "PATCH", FIELD, 422, values, json={"name": "First name", "merge_tag": "x" * 81})
    built_in = call.api.get(FIELDS).json()[0]["id"]
    call(CONTACTS, "DELETE", FIELD, 422, {"field_id": built_in})

    contact = {"email": "ann@example.com", "fields": {"cats": 2}, "list_ids": [values["list_id"]]}
    created = call(CONTACTS, "POST", "/api/contacts", 201, json={"contact": contact}).json()["data"]
    invalid = {"email": "x", "fields": {"cats": "2"}, "list_ids": ["x"]}
    for body in ({"contact": contact}, {"contact": invalid}):
        call(CONTACTS, "POST", "/api/contacts", 422, json=body)
    values["contact_identifier"] = created["id"]
    call(CONTACTS, "GET", CONTACT, 200, values)
    update = {"email": "ann@example.com", "list_ids_excluded": [values["list_id"]], "unsubscribed": True}
    call(CONTACTS, "PATCH", CONTACT, 200, values, json={"contact": update})
    call(
        CONTACTS,
        "PATCH",
        CONTACT,
        200,
        {"contact_identifier": "new@example.com"},
        json={"contact": {"unsubscribed": False}},
    )
    invalid |= {"list_ids_included": [values["list_id"]], "list_ids_excluded": [values["list_id"]]}
    call(CONTACTS, "PATCH", CONTACT, 422, values, json={"contact": invalid})
    params = {"user_id": 101, "is_active": True, "score": 0.5}
    call(CONTACTS, "POST", EVENTS, 201, values, json={"name": "UserLogin", "params": params})
    call(CONTACTS, "POST", EVENTS, 422, values, json={})
    call(CONTACTS, "POST", EVENTS, 422, values, json={"name": "x" * 256, "params": {"x" * 256: "y" * 256}})

    item = {"email": "bob@example.com", "list_ids_included": [values["list_id"]]}
    values["import_id"] = call(CONTACTS, "POST", IMPORTS, 201, json={"contacts": [item]}).json()["id"]
    values["export_id"] = call(CONTACTS, "POST", EXPORTS, 201, json={"filters": []}).json()["id"]
    invalid_item = {"email": "x", "fields": {"cats": "2", "dogs": 1}, "list_ids_included": ["x"]}
    call(CONTACTS, "POST", IMPORTS, 422, json={"contacts": [invalid_item]})
    call(CONTACTS, "POST", EXPORTS, 422, json={"filters": []})
    call(CONTACTS, "POST", EXPORTS, 422, json={"filters": "x"})
    for seconds in (0, 5):
        emulator.clock(advance=seconds)
        call(CONTACTS, "GET", IMPORT, 200, values)
        call(CONTACTS, "GET", EXPORT, 200, values)
    emulator.clock(advance=5)
    call(CONTACTS, "GET", IMPORT, 200, values)
    call(CONTACTS, "GET", EXPORT, 200, values)

    call(CONTACTS, "DELETE", CONTACT, 204, values)
    call(CONTACTS, "DELETE", LIST, 204, values)
    call(CONTACTS, "DELETE", FIELD, 204, values)
    assert_all_operations_called(OPERATION_PATTERN)


def test_common_errors_follow_the_specification(call, emulator, make_client):
    """Test 403 and 429 for all operations, and 404 for those that document it."""
    emulator.seed(
        api_tokens=[
            {"name": "viewer", "token": "viewer", "resources": [make_grant(emulator, "account", 10)]},
            {"name": "billing", "token": "billing", "resources": [make_grant(emulator, "billing", 100)]},
        ]
    )
    values = dict.fromkeys(("list_id", "field_id", "import_id", "export_id"), 1)
    values["contact_identifier"] = "nobody@example.com"
    call_as_viewer, call_with_billing_access = (
        OperationCaller(make_client(emulator, token)) for token in ("viewer", "billing")
    )
    for operation in find_operations(OPERATION_PATTERN):
        has_body = operation.method in ("POST", "PATCH")
        body = {"name": "x", "contact": {"email": "x@example.com"}} if has_body else None
        # A viewer may read contacts, so reading is tested with a token that has the billing permission only.
        call_with_too_little_access = call_with_billing_access if operation.method == "GET" else call_as_viewer
        call_with_too_little_access(*operation, 403, values, json=body)
        if get_answer_schemas(operation, 404):
            call(*operation, 404, values, json=body)
    emulator.clock(frozen=True)
    emulator.limits(rate_scale=0.001)
    call.api.get(LISTS)
    for operation in find_operations(OPERATION_PATTERN):
        call(*operation, 429, values)


def make_grant(emulator, resource_type, level):
    return {"resource_type": resource_type, "resource_id": emulator.account_id, "access_level": level}
