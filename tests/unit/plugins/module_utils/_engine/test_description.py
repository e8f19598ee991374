# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Descriptions of resource types: codecs are idempotent, and contradictions fail at import."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._engine.resource import (
    ApiShape,
    Field,
    Parent,
    Reference,
    Resource,
    Write,
)
from ansible_collections.community.mailtrap.plugins.module_utils._resources import catalog

NAME = Field("name")
RESOURCES = [value for value in vars(catalog).values() if isinstance(value, Resource)]

# Values that users give for a field, by resource type and field.
SAMPLES = {
    ("sandbox", "email_username"): ["shop", "shop-1a2b3c"],
    ("domain", "domain_name"): ["Shop.Example", "bücher.example"],
    ("domain", "company_info"): [{"name": "Shop", "city": None}],
    ("webhook", "url"): ["https://hook.example/x?key=secret"],
    ("contact", "fields"): [{"first_name": "Ann"}],
    ("contact", "list_ids"): [[3, 1]],
    ("email_campaign", "reply_to"): [{"local_part": "ann", "domain": None}],
    ("inbound_forward_rule", "conditions"): [[{"match_type": "sender", "operator": "equal", "value": "a@b.example"}]],
    ("inbound_forward_rule", "destinations"): [["a@b.example", "A@b.example", "a@b.example"]],
    ("api_token", "expires_at"): ["never", "2027-01-31", "90d"],
    ("api_token", "name"): ["deploy"],
}
GRANTS = [{"resource_type": "project", "resource_id": 7, "access_level": 100}]
# Values for the other fields, by the type of the option.
SAMPLES_BY_TYPE = {
    "str": ["transactional", "Text\n", ""],
    "int": [7, 0],
    "bool": [True, False],
    "list": [["b", "a", "b"]],
    "dict": [{"key": "value"}],
}


def get_samples(resource: Resource, field: Field) -> list[object]:
    if field.name == "resources":
        return [GRANTS]
    samples = SAMPLES.get((resource.name, field.name))
    return samples or SAMPLES_BY_TYPE[(field.spec or {"type": "str"})["type"]]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: f"{resource.name}-{resource.natural_key}")
def test_codecs_are_idempotent(resource):
    """Compare each wanted value with the value that writing it leads to: they are the same."""
    for field in resource.fields:
        for wanted in [] if field.write_only else get_samples(resource, field):
            for current in (None, *([] if field.codec.expected(wanted, None) is None else [wanted])):
                try:
                    expected = field.codec.expected(wanted, current)
                except (AttributeError, TypeError):  # the wanted value does not have the form of an answer
                    continue
                assert field.is_same(wanted, expected), f"{resource.name}.{field.name}: {wanted!r} over {expected!r}"


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"fields": (NAME, Field("name", {"type": "int"}))}, "several fields are named name"),
        ({"fields": (Field("title"),)}, "there is no field name"),
        ({"fields": (NAME,), "identity_fields": ("stream",)}, "there is no field stream"),
        (
            {"fields": (NAME, Field("owner_id", reference=Reference("owner", "owner")))},
            "the field owner_id refers to an unknown resource type",
        ),
        ({"fields": (NAME,), "api": ApiShape("/api/boxes/{box_id}/notes")}, "the path /api/boxes/{box_id}/notes needs"),
        (
            {
                "fields": (NAME,),
                "api": ApiShape("/api/boxes/{box_id}/notes"),
                "parent": Parent(None, id_field="folder_id"),
            },
            "the path /api/boxes/{box_id}/notes does not contain folder_id",
        ),
        (
            {"fields": (NAME, Field("flag", create_only=True, update_request=lambda *_: Write("PATCH", "/x")))},
            "the field flag cannot be updated, but has a request to update it",
        ),
    ],
)
def test_contradictions_are_errors(arguments, message):
    with pytest.raises(ValueError, match=r"^Resource type note: ") as error:
        Resource(**{"name": "note", "plural": "notes", "api": ApiShape("/api/notes"), **arguments})
    assert message in str(error.value)
