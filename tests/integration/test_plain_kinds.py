# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of objects that have no parent and nothing peculiar: one life for all of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import yaml


@dataclass(frozen=True)
class Kind:
    """How to make one, and how to change it."""

    name: str
    plural: str
    path: str
    options: dict
    change: dict
    key: str = "name"

    def task(self, **options):
        return {f"community.mailtrap.{self.name}": options}

    def info(self, **options):
        return {f"community.mailtrap.{self.name}_info": options}


KINDS = [
    Kind(
        "email_template",
        "email_templates",
        "/api/email_templates",
        {"name": "Report", "category": "report", "subject": "Hi {{ '{{' }} name {{ '}}' }}", "body_html": "<p>Ä</p>\n"},
        {"subject": "Hello", "body_text": "Hello"},
    ),
    Kind("contact_list", "contact_lists", "/api/contacts/lists", {"name": "Customers"}, {"name": "Clients"}),
    Kind(
        "contact_field",
        "contact_fields",
        "/api/contacts/fields",
        {"merge_tag": "orders", "name": "Orders", "data_type": "integer"},
        {"name": "Number of orders"},
        key="merge_tag",
    ),
    Kind("inbound_folder", "inbound_folders", "/api/inbound/folders", {"name": "Support"}, {"name": "Help"}),
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request):
    return request.param


def test_life(play, kind):
    known = {kind.key: kind.options[kind.key]}
    made = f"{{{{ made.{kind.name}.id }}}}"
    first, again, listed, changed, same, everyone, gone, absent, absent_by_key = play(
        [
            dict(kind.task(**kind.options), register="made"),
            kind.task(**kind.options),
            kind.info(**known),
            kind.task(id=made, **kind.change),
            kind.task(id=made, **kind.change),
            kind.info(),
            kind.task(id=made, state="absent"),
            kind.task(id=made, state="absent"),
            kind.task(**known, state="absent"),
        ],
        "--diff",
    )
    one = first[kind.name]
    path = f"{kind.path}/{one['id']}"

    assert first.changed and first.requests == [f"GET {kind.path}", f"POST {kind.path}"]
    assert first["diff"]["before"] == {} and first["diff"]["after"][kind.key] == kind.options[kind.key]
    assert not again.changed and again.requests == [f"GET {kind.path}"] and again[kind.name] == one
    assert listed[kind.plural] == [one] and listed.requests == [f"GET {kind.path}"]
    assert changed.changed and changed.requests == [f"GET {path}", f"PATCH {path}"]
    assert {name: changed[kind.name][name] for name in kind.change} == kind.change
    assert not same.changed and same.requests == [f"GET {path}"]
    assert changed[kind.name] in everyone[kind.plural]
    assert gone.changed and gone.requests == [f"DELETE {path}"]
    assert not absent.changed and not absent_by_key.changed


def test_check_mode(play_in, kind):
    known = {kind.key: kind.options[kind.key]}
    (made,) = play_in("in_process", [kind.task(**kind.options)])
    create, update, delete = play_in(
        "in_process",
        [
            kind.task(**{**kind.options, kind.key: "other"}),
            kind.task(id=made[kind.name]["id"], **kind.change),
            kind.task(**known, state="absent"),
        ],
        "--check",
    )
    assert [step.changed for step in (create, update, delete)] == [True] * 3
    assert create.writes == update.writes == delete.writes == []
    assert create[kind.name]["id"] is None and delete[kind.name] is None
    assert {name: update[kind.name][name] for name in kind.change} == kind.change


def test_only_what_differs_is_sent(play_in, emulator):
    template = KINDS[0]
    first, changed = play_in(
        "in_process", [template.task(**template.options), template.task(**{**template.options, "subject": "New"})]
    )
    assert changed.entries[1]["body"] == {"email_template": {"subject": "New"}}
    assert first["email_template"]["uuid"] == changed["email_template"]["uuid"]


def test_line_breaks_at_the_end_of_a_body_are_no_difference(play_in, emulator):
    template = KINDS[0]
    bodies = ["<p>x</p>", "<p>x</p>\n", "<p>x</p>\n\n", "<p>y</p>\n", ""]
    steps = play_in("in_process", [template.task(**{**template.options, "body_html": body}) for body in bodies])
    assert [step.changed for step in steps] == [True, False, False, True, True]


def test_bodies_from_files(play, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.html").write_text("<p>Grüße</p>\n")
    (tmp_path / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    known = {"name": "Report", "category": "report", "subject": "Report"}
    template = KINDS[0]
    made, again, both, none, latin = play(
        [
            template.task(**known, body_html_src="report.html"),
            template.task(**known, body_html="<p>Grüße</p>"),
            dict(template.task(**known, body_html="x", body_html_src="report.html"), ignore_errors=True),
            dict(template.task(**known, body_text_src="none.txt"), ignore_errors=True),
            dict(template.task(**known, body_text_src="latin.txt"), ignore_errors=True),
        ]
    )
    assert made["email_template"]["body_html"] == "<p>Grüße</p>\n" and not again.changed
    assert both.msg == "parameters are mutually exclusive: body_html_src|body_html"
    assert none.msg.startswith("body_text_src 'none.txt' was not found on the controller")
    assert latin.msg.endswith("is not text in UTF-8") and latin.requests == []


def test_a_field_of_another_type_in_its_place(play, emulator):
    field = KINDS[2]
    options = {**field.options, "data_type": "text", "recreate": True}
    made, again, same = play([field.task(**field.options), field.task(**options), field.task(**options)])
    path = f"{field.path}/{made['contact_field']['id']}"
    assert again.changed and again.writes == [f"DELETE {path}", f"POST {field.path}"]
    assert again["contact_field"]["data_type"] == "text" and again["contact_field"]["name"] == "Orders"
    assert not same.changed


def test_what_a_new_one_needs(play_in, emulator):
    tasks = yaml.safe_load(
        """
        - community.mailtrap.email_template: {name: Report}
        - community.mailtrap.contact_field: {merge_tag: orders, name: Orders}
        - community.mailtrap.email_template: {name: Report, category: c, subject: s, body_html: 1, id: 4711}
        """
    )
    steps = play_in("in_process", [dict(task, ignore_errors=True) for task in tasks])
    assert [step.msg for step in steps] == [
        "Could not create email template 'Report': a new email template needs category and subject",
        "Could not create contact field 'orders': a new contact field needs data_type",
        "Could not find email template 4711: there is no email template with id 4711",
    ]
    assert [step.writes for step in steps] == [[]] * 3


def test_a_field_keeps_its_type(play_in, emulator):
    field = KINDS[2]
    _made, refused = play_in(
        "in_process",
        [field.task(**field.options), dict(field.task(**{**field.options, "data_type": "text"}), ignore_errors=True)],
    )
    assert refused.msg == (
        "Could not update contact field 'orders': data_type of a contact field cannot be changed: it is 'integer', "
        "not 'text'; recreate allows a new one in its place"
    )
    assert refused.writes == []


def test_a_field_that_is_in_use(play_in, emulator):
    emulator.seed(
        {
            "contact_fields": [
                {
                    "id": 9,
                    "name": "Cats",
                    "data_type": "integer",
                    "merge_tag": "cats",
                    "usage": {"campaigns": ["Spring"]},
                }
            ]
        }
    )
    (step,) = play_in("in_process", [dict(KINDS[2].task(merge_tag="cats", state="absent"), ignore_errors=True)])
    assert step.failed and step.msg.startswith("Could not delete contact field 'cats': usage ")
    assert "Spring" in step.msg
