# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is peculiar to kinds that have no parent; their life is walked through in test_walk.py."""

from __future__ import annotations

import yaml
from kinds import KINDS

TEMPLATE, FIELD = (next(kind for kind in KINDS if kind.name == name) for name in ("email_template", "contact_field"))


def test_only_what_differs_is_sent(play_in, emulator):
    first, changed = play_in(
        "in_process", [TEMPLATE.task(**TEMPLATE.options), TEMPLATE.task(**{**TEMPLATE.options, "subject": "New"})]
    )
    assert changed.entries[1]["body"] == {"email_template": {"subject": "New"}}
    assert first["email_template"]["uuid"] == changed["email_template"]["uuid"]


def test_line_breaks_at_the_end_of_a_body_are_no_difference(play_in, emulator):
    bodies = ["<p>x</p>", "<p>x</p>\n", "<p>x</p>\n\n", "<p>y</p>\n", ""]
    steps = play_in("in_process", [TEMPLATE.task(**{**TEMPLATE.options, "body_html": body}) for body in bodies])
    assert [step.changed for step in steps] == [True, False, False, True, True]


def test_bodies_from_files(play, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.html").write_text("<p>Grüße</p>\n")
    (tmp_path / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    known = {"name": "Report", "category": "report", "subject": "Report"}
    made, again, both, none, latin = play(
        [
            TEMPLATE.task(**known, body_html_src="report.html"),
            TEMPLATE.task(**known, body_html="<p>Grüße</p>"),
            dict(TEMPLATE.task(**known, body_html="x", body_html_src="report.html"), ignore_errors=True),
            dict(TEMPLATE.task(**known, body_text_src="none.txt"), ignore_errors=True),
            dict(TEMPLATE.task(**known, body_text_src="latin.txt"), ignore_errors=True),
        ]
    )
    assert made["email_template"]["body_html"] == "<p>Grüße</p>\n" and not again.changed
    assert both.msg == "parameters are mutually exclusive: body_html_src|body_html"
    assert none.msg.startswith("body_text_src 'none.txt' was not found on the controller")
    assert latin.msg.endswith("is not UTF-8 text") and latin.requests == []


def test_a_field_of_another_type_in_its_place(play, emulator):
    options = {**FIELD.options, "data_type": "text", "recreate": True}
    made, again, same = play([FIELD.task(**FIELD.options), FIELD.task(**options), FIELD.task(**options)])
    path = f"{FIELD.path}/{made['contact_field']['id']}"
    assert again.changed and again.writes == [f"DELETE {path}", f"POST {FIELD.path}"]
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
    _made, refused = play_in(
        "in_process",
        [FIELD.task(**FIELD.options), dict(FIELD.task(**{**FIELD.options, "data_type": "text"}), ignore_errors=True)],
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
    (step,) = play_in("in_process", [dict(FIELD.task(merge_tag="cats", state="absent"), ignore_errors=True)])
    assert step.failed and step.msg.startswith("Could not delete contact field 'cats': usage ")
    assert "Spring" in step.msg
