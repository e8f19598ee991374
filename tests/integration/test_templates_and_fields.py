# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Behaviour of email templates and contact fields beyond the life cycle in test_walk.py."""

from __future__ import annotations

import yaml
from resource_types import find_case

TEMPLATE, FIELD = find_case("email_template"), find_case("contact_field")


def test_update_sends_only_changed_fields(play_in, emulator):
    created, changed = play_in(
        "in_process", [TEMPLATE.task(**TEMPLATE.options), TEMPLATE.task(**{**TEMPLATE.options, "subject": "New"})]
    )
    assert changed.entries[1]["body"] == {"email_template": {"subject": "New"}}
    assert created["email_template"]["uuid"] == changed["email_template"]["uuid"]


def test_trailing_line_breaks_of_bodies_are_ignored(play_in, emulator):
    bodies = ["<p>x</p>", "<p>x</p>\n", "<p>x</p>\n\n", "<p>y</p>\n", ""]
    steps = play_in("in_process", [TEMPLATE.task(**{**TEMPLATE.options, "body_html": body}) for body in bodies])
    assert [step.changed for step in steps] == [True, False, False, True, True]


def test_bodies_are_read_from_files(play, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.html").write_text("<p>Grüße</p>\n")
    (tmp_path / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    options = {"name": "Report", "category": "report", "subject": "Report"}
    created, unchanged, both, missing, not_utf8 = play(
        [
            TEMPLATE.task(**options, body_html_src="report.html"),
            TEMPLATE.task(**options, body_html="<p>Grüße</p>"),
            dict(TEMPLATE.task(**options, body_html="x", body_html_src="report.html"), ignore_errors=True),
            dict(TEMPLATE.task(**options, body_text_src="none.txt"), ignore_errors=True),
            dict(TEMPLATE.task(**options, body_text_src="latin.txt"), ignore_errors=True),
        ]
    )
    assert created["email_template"]["body_html"] == "<p>Grüße</p>\n" and not unchanged.changed
    assert both.msg == "parameters are mutually exclusive: body_html_src|body_html"
    assert missing.msg.startswith("body_text_src 'none.txt' was not found on the controller")
    assert not_utf8.msg.endswith("is not UTF-8 text") and not_utf8.requests == []


def test_recreate_changes_the_type_of_a_field(play, emulator):
    options = {**FIELD.options, "data_type": "text", "recreate": True}
    created, recreated, unchanged = play([FIELD.task(**FIELD.options), FIELD.task(**options), FIELD.task(**options)])
    path = f"{FIELD.path}/{created['contact_field']['id']}"
    assert recreated.changed and recreated.writes == [f"DELETE {path}", f"POST {FIELD.path}"]
    assert recreated["contact_field"]["data_type"] == "text" and recreated["contact_field"]["name"] == "Orders"
    assert not unchanged.changed


def test_creation_without_required_options_fails(play_in, emulator):
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


def test_changing_the_type_of_a_field_fails(play_in, emulator):
    _created, refused = play_in(
        "in_process",
        [FIELD.task(**FIELD.options), dict(FIELD.task(**{**FIELD.options, "data_type": "text"}), ignore_errors=True)],
    )
    assert refused.msg == (
        "Could not update contact field 'orders': data_type of a contact field cannot be changed "
        "from 'integer' to 'text'; set recreate to replace the object"
    )
    assert refused.writes == []


def test_deleting_a_used_field_fails(play_in, emulator):
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
    (step,) = play_in("in_process", [dict(FIELD.task(merge_tag="cats", state="absent"), ignore_errors=True)])
    assert step.failed and step.msg.startswith("Could not delete contact field 'cats': usage ")
    assert "Spring" in step.msg
