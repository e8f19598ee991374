# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: contacts."""

import gzip
import urllib.request
from ssl import create_default_context

import pytest
from mailtrap import (
    APIError,
    ContactEventParams,
    ContactExportFilter,
    ContactListParams,
    CreateContactExportParams,
    CreateContactFieldParams,
    CreateContactParams,
    ImportContactParams,
    UpdateContactFieldParams,
    UpdateContactParams,
)
from mailtrap.api.resources.contact_events import ContactEventsApi
from mailtrap.api.resources.contact_exports import ContactExportsApi
from mailtrap.api.resources.contact_fields import ContactFieldsApi
from mailtrap.api.resources.contact_imports import ContactImportsApi
from mailtrap.api.resources.contact_lists import ContactListsApi
from mailtrap.api.resources.contacts import ContactsApi
from python_sdk import covers

# Contacts of these tests have values for all fields, because the model of the SDK does not accept null, the value of
# unset fields: docs/service.md#contacts
FIELDS = {"first_name": "Änn", "last_name": "Lee"}


@covers(ContactsApi, ContactEventsApi)
def test_contacts(client):
    api = client().contacts_api
    contacts, first, second = api.contacts, *(api.contact_lists.create(ContactListParams(name=name)) for name in "ab")
    created = contacts.create(CreateContactParams(email="ann+1@example.com", fields=FIELDS, list_ids=[first.id]))
    assert (created.fields, created.list_ids, created.status) == (FIELDS, [first.id], "subscribed")
    assert contacts.get_by_id("Ann+1@example.com") == contacts.get_by_id(created.id) == created
    change = UpdateContactParams(list_ids_included=[second.id], list_ids_excluded=[first.id], unsubscribed=True)
    updated = contacts.update("ann+1@example.com", change)
    assert (updated.id, updated.list_ids, updated.status) == (created.id, [second.id], "unsubscribed")
    event = api.contact_events.create(created.id, ContactEventParams(name="Login", params={"n": 1, "x": None}))
    assert (event.contact_email, event.params) == ("ann+1@example.com", {"n": 1, "x": None})
    contacts.delete("ann+1@example.com")
    with pytest.raises(APIError, match="Not Found"):
        contacts.get_by_id(created.id)
    with pytest.raises(APIError, match=r"Contact\(s\) not found"):
        contacts.delete(created.id)


def test_contact_errors(client):
    api = client().contacts_api
    api.contacts.create(CreateContactParams(email="ann@example.com", fields=FIELDS))
    with pytest.raises(APIError, match="email: Email has already been taken"):
        api.contacts.create(CreateContactParams(email="Ann@example.com"))
    with pytest.raises(APIError) as error:
        api.contacts.update("ann@example.com", UpdateContactParams(email="x", fields={"nope": 1}))
    assert error.value.errors == ["email: ['is invalid']", "nope: ['is invalid']"]
    with pytest.raises(APIError, match="is invalid"):
        api.contact_imports.import_contacts([ImportContactParams(email="x")])


@covers(ContactListsApi)
def test_contact_lists(client):
    api = client().contacts_api.contact_lists
    created = api.create(ContactListParams(name="Customers"))
    assert api.get_by_id(created.id) == created
    assert api.get_list(search="cust") == api.get_list() == [created]
    assert api.get_list(search="omers") == []
    assert api.update(created.id, ContactListParams(name="Staff")).name == "Staff"
    api.delete(created.id)
    assert api.get_list() == []


@covers(ContactFieldsApi)
def test_contact_fields(client):
    api = client().contacts_api.contact_fields
    created = api.create(CreateContactFieldParams(name="Cats", data_type="integer", merge_tag="cats"))
    assert api.get_by_id(created.id) == created
    assert api.update(created.id, UpdateContactFieldParams(merge_tag="cat_count")).merge_tag == "cat_count"
    assert [field.merge_tag for field in api.get_list()] == [*FIELDS, "cat_count"]
    api.delete(created.id)
    with pytest.raises(APIError, match="merge_tag: \\['has already been taken'\\]"):
        api.create(CreateContactFieldParams(name="x", data_type="text", merge_tag="first_name"))


@covers(ContactImportsApi, ContactExportsApi)
def test_contact_imports_and_exports(client, emulator):
    api = client().contacts_api
    staff = api.contact_lists.create(ContactListParams(name="Staff"))
    items = [ImportContactParams(email=f"{name}@example.com", list_ids_included=[staff.id]) for name in ("ann", "bob")]
    started = api.contact_imports.import_contacts(items)
    assert (started.status, started.created_contacts_count) == ("created", None)
    emulator.clock(advance=1)
    finished = api.contact_imports.get_by_id(started.id)
    assert (finished.status, finished.created_contacts_count, finished.updated_contacts_count) == ("finished", 2, 0)
    members = ContactExportFilter(name="list_id", operator="equal", value=[staff.id])
    export = api.contact_exports.create(CreateContactExportParams(filters=[members]))
    assert export.url is None
    with pytest.raises(APIError, match="There is a previous export initiated"):
        api.contact_exports.create(CreateContactExportParams(filters=[]))
    emulator.clock(advance=1)
    url = api.contact_exports.get_by_id(export.id).url
    with urllib.request.urlopen(url, context=create_default_context(cafile=emulator.ca_file)) as answer:
        lines = gzip.decompress(answer.read()).decode().splitlines()
    assert sorted(line.partition(",")[0] for line in lines) == ["ann@example.com", "bob@example.com", "email"]
