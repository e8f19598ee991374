# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about contacts held against the official specification."""

from deviations import CONTACTS
from specifications import Checker, content, needed, operations

pytestmark = needed
AREA = f"{CONTACTS} "
ONE, EVENTS = "/api/contacts/{contact_identifier}", "/api/contacts/{contact_identifier}/events"
LISTS, LIST = "/api/contacts/lists", "/api/contacts/lists/{list_id}"
FIELDS, FIELD = "/api/contacts/fields", "/api/contacts/fields/{field_id}"
IMPORTS, IMPORT = "/api/contacts/imports", "/api/contacts/imports/{import_id}"
EXPORTS, EXPORT = "/api/contacts/exports", "/api/contacts/exports/{export_id}"


def test_every_operation_follows_the_specification(check, emulator):
    emulator.limits(contact_job_seconds=10, rate_limits="off")
    emulator.clock(frozen=True)

    values = {"list_id": check(CONTACTS, "POST", LISTS, 200, json={"name": "Customers"}).json()["id"]}
    check(CONTACTS, "POST", LISTS, 422, json={})
    check(CONTACTS, "GET", LISTS, 200)
    check(CONTACTS, "GET", LIST, 200, values)
    check(CONTACTS, "PATCH", LIST, 200, values, json={"name": "Former customers"})
    check(CONTACTS, "PATCH", LIST, 422, values, json={"name": ""})

    field = {"name": "Cats", "data_type": "integer", "merge_tag": "cats"}
    values["field_id"] = check(CONTACTS, "POST", FIELDS, 201, json=field).json()["id"]
    check(CONTACTS, "POST", FIELDS, 422, json=field)
    check(CONTACTS, "GET", FIELDS, 200)
    check(CONTACTS, "GET", FIELD, 200, values)
    check(CONTACTS, "PATCH", FIELD, 200, values, json={"name": "Cats count"})
    check(CONTACTS, "PATCH", FIELD, 422, values, json={"name": "First name", "merge_tag": "x" * 81})
    built_in = check.api.get(FIELDS).json()[0]["id"]
    check(CONTACTS, "DELETE", FIELD, 422, {"field_id": built_in})

    contact = {"email": "ann@example.com", "fields": {"cats": 2}, "list_ids": [values["list_id"]]}
    created = check(CONTACTS, "POST", "/api/contacts", 201, json={"contact": contact}).json()["data"]
    bad = {"email": "x", "fields": {"cats": "2"}, "list_ids": ["x"]}
    for body in ({"contact": contact}, {"contact": bad}):
        check(CONTACTS, "POST", "/api/contacts", 422, json=body)
    values["contact_identifier"] = created["id"]
    check(CONTACTS, "GET", ONE, 200, values)
    update = {"email": "ann@example.com", "list_ids_excluded": [values["list_id"]], "unsubscribed": True}
    check(CONTACTS, "PATCH", ONE, 200, values, json={"contact": update})
    check(
        CONTACTS,
        "PATCH",
        ONE,
        200,
        {"contact_identifier": "new@example.com"},
        json={"contact": {"unsubscribed": False}},
    )
    bad |= {"list_ids_included": [values["list_id"]], "list_ids_excluded": [values["list_id"]]}
    check(CONTACTS, "PATCH", ONE, 422, values, json={"contact": bad})
    params = {"user_id": 101, "is_active": True, "score": 0.5}
    check(CONTACTS, "POST", EVENTS, 201, values, json={"name": "UserLogin", "params": params})
    check(CONTACTS, "POST", EVENTS, 422, values, json={})
    check(CONTACTS, "POST", EVENTS, 422, values, json={"name": "x" * 256, "params": {"x" * 256: "y" * 256}})

    item = {"email": "bob@example.com", "list_ids_included": [values["list_id"]]}
    values["import_id"] = check(CONTACTS, "POST", IMPORTS, 201, json={"contacts": [item]}).json()["id"]
    values["export_id"] = check(CONTACTS, "POST", EXPORTS, 201, json={"filters": []}).json()["id"]
    bad_item = {"email": "x", "fields": {"cats": "2", "dogs": 1}, "list_ids_included": ["x"]}
    check(CONTACTS, "POST", IMPORTS, 422, json={"contacts": [bad_item]})
    check(CONTACTS, "POST", EXPORTS, 422, json={"filters": []})
    check(CONTACTS, "POST", EXPORTS, 422, json={"filters": "x"})
    for seconds in (0, 5):
        emulator.clock(advance=seconds)
        check(CONTACTS, "GET", IMPORT, 200, values)
        check(CONTACTS, "GET", EXPORT, 200, values)
    emulator.clock(advance=5)
    check(CONTACTS, "GET", IMPORT, 200, values)
    check(CONTACTS, "GET", EXPORT, 200, values)

    check(CONTACTS, "DELETE", ONE, 204, values)
    check(CONTACTS, "DELETE", LIST, 204, values)
    check(CONTACTS, "DELETE", FIELD, 204, values)
    check.covers(AREA)


def test_the_general_refusals(check, emulator, client_of):
    """403, 404 and 429 of every operation that the specification gives them to."""
    emulator.seed(
        api_tokens=[
            {"name": "viewer", "token": "viewer", "resources": [grant(emulator, "account", 10)]},
            {"name": "biller", "token": "biller", "resources": [grant(emulator, "billing", 100)]},
        ]
    )
    values = dict.fromkeys(("list_id", "field_id", "import_id", "export_id"), 1)
    values["contact_identifier"] = "nobody@example.com"
    viewer, biller = (Checker(client_of(emulator, name)) for name in ("viewer", "biller"))
    for operation in operations(AREA):
        writes = operation.method in ("POST", "PATCH")
        body = {"name": "x", "contact": {"email": "x@example.com"}} if writes else None
        (biller if operation.method == "GET" else viewer)(*operation, 403, values, json=body)
        if content(operation, 404):
            check(*operation, 404, values, json=body)
    emulator.clock(frozen=True)
    emulator.limits(rate_scale=0.001)
    check.api.get(LISTS)
    for operation in operations(AREA):
        check(*operation, 429, values)


def grant(emulator, resource_type, level):
    return {"resource_type": resource_type, "resource_id": emulator.account_id, "access_level": level}
