# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about contacts held against the official specification."""

import pytest
from test_openapi import ADDITIONAL, DEVIATIONS, UNDOCUMENTED, Checker, pytestmark, resolved, specification

__all__ = ["pytestmark"]

CONTACTS = "contacts"
ONE, EVENTS = "/api/contacts/{contact_identifier}", "/api/contacts/{contact_identifier}/events"
LISTS, LIST = "/api/contacts/lists", "/api/contacts/lists/{list_id}"
FIELDS, FIELD = "/api/contacts/fields", "/api/contacts/fields/{field_id}"
IMPORTS, IMPORT = "/api/contacts/imports", "/api/contacts/imports/{import_id}"
EXPORTS, EXPORT = "/api/contacts/exports", "/api/contacts/exports/{export_id}"


def sentences_are_nested(schema):
    """Facts 2.1 E12: the schema has lists of sentences, its own examples and the service have them in lists."""
    errors = schema["properties"]["errors"]
    errors[ADDITIONAL] = {"type": "array", "items": errors[ADDITIONAL]}


def sentences_are_nested_or_about_the_email(schema):
    """Facts 2.1 E12, 3.14: all but the sentences about the e-mail, which the specification's example has flat."""
    errors = schema["properties"]["errors"]
    errors["properties"] = {"email": errors[ADDITIONAL]}
    errors["required"] = []
    errors[ADDITIONAL] = {"type": "array", "items": errors[ADDITIONAL]}


def filters_are_a_text(schema):
    """Row 10: the specification has a list of sentences, the service a text."""
    errors = schema["properties"]["errors"]
    errors["properties"] = {"filters": {"const": "invalid"}}
    errors["required"] = []


def counts_come_at_the_end(schema):
    """No deviation: the counts are optional by their own descriptions."""
    schema["required"] = ["id", "status"]


def merge_tags_are_any(schema):
    """No deviation: ``field_merge_tag`` stands for every merge tag, and ids of lists are told as in facts 2.3."""
    errors = schema["properties"]["errors"]["items"]["properties"]["errors"]
    errors["required"] = []
    errors[ADDITIONAL] = errors["properties"]["field_merge_tag"]


DEVIATIONS.update(
    {
        (CONTACTS, "POST", "/api/contacts", 422): sentences_are_nested_or_about_the_email,
        (CONTACTS, "PATCH", ONE, 422): sentences_are_nested,
        (CONTACTS, "POST", FIELDS, 422): sentences_are_nested,
        (CONTACTS, "PATCH", FIELD, 422): sentences_are_nested,
        (CONTACTS, "POST", EXPORTS, 422): filters_are_a_text,
        (CONTACTS, "POST", IMPORTS, 422): merge_tags_are_any,
        (CONTACTS, "POST", IMPORTS, 201): counts_come_at_the_end,
    }
)
# Names of lists are unique and have a length (facts 3.15); the specification does not say how a refusal looks.
UNDOCUMENTED.update({(CONTACTS, "POST", LISTS, 422), (CONTACTS, "PATCH", LIST, 422)})


@pytest.fixture
def check(api):
    return Checker(api)


def operations():
    for template, item in specification(CONTACTS)["paths"].items():
        for method in item:
            if method in ("get", "post", "patch", "delete"):
                yield method.upper(), template


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
    DEVIATIONS[CONTACTS, "GET", IMPORT, 200] = counts_come_at_the_end
    for seconds in (0, 5):
        emulator.clock(advance=seconds)
        check(CONTACTS, "GET", IMPORT, 200, values)
        check(CONTACTS, "GET", EXPORT, 200, values)
    emulator.clock(advance=5)
    del DEVIATIONS[CONTACTS, "GET", IMPORT, 200]
    check(CONTACTS, "GET", IMPORT, 200, values)
    check(CONTACTS, "GET", EXPORT, 200, values)

    check(CONTACTS, "DELETE", ONE, 204, values)
    check(CONTACTS, "DELETE", LIST, 204, values)
    check(CONTACTS, "DELETE", FIELD, 204, values)
    assert {(method, template) for _, method, template in check.seen} == set(operations())


def test_the_general_refusals(check, emulator, client_of):
    """401, 403, 404 and 429 of every operation that the specification gives them to."""
    emulator.seed(
        api_tokens=[
            {"name": "viewer", "token": "viewer", "resources": [grant(emulator, "account", 10)]},
            {"name": "biller", "token": "biller", "resources": [grant(emulator, "billing", 100)]},
        ]
    )
    values = dict.fromkeys(("list_id", "field_id", "import_id", "export_id"), 1)
    values["contact_identifier"] = "nobody@example.com"
    stranger, viewer, biller = (Checker(client_of(emulator, name)) for name in ("wrong", "viewer", "biller"))
    for method, template in operations():
        responses = resolved(
            specification(CONTACTS), specification(CONTACTS)["paths"][template][method.lower()]["responses"]
        )
        body = {"name": "x", "contact": {"email": "x@example.com"}} if method in ("POST", "PATCH") else None
        stranger(CONTACTS, method, template, 401, values, json=body)
        (biller if method == "GET" else viewer)(CONTACTS, method, template, 403, values, json=body)
        if "404" in responses:
            check(CONTACTS, method, template, 404, values, json=body)
    emulator.clock(frozen=True)
    emulator.limits(rate_scale=0.001)
    check.api.get(LISTS)
    for method, template in operations():
        # An import counts too (facts 1.10), though its own part of the specification does not say so.
        if "/imports" not in template:
            check(CONTACTS, method, template, 429, values)


def grant(emulator, resource_type, level):
    return {"resource_type": resource_type, "resource_id": emulator.account_id, "access_level": level}
