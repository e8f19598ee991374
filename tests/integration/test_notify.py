# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import os
import pathlib
import subprocess
import sys

import pytest

BIN = pathlib.Path(sys.executable).parent

TEMPLATE_UUID = "b81aabcd-1a1e-41cf-91b6-eca0254b3d96"


@pytest.fixture
def box(emulator):
    emulator.seed(
        {
            "projects": [{"id": 77, "name": "Shop"}],
            "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}],
            "email_templates": [
                {
                    "id": 1,
                    "uuid": TEMPLATE_UUID,
                    "name": "Report",
                    "category": "report",
                    "subject": "Report {{ version }}",
                    "body_text": "Version {{ version }}",
                    "body_html": "<p>{{ version }}</p>",
                },
                {"id": 2, "name": "Twin", "category": "c", "subject": "s"},
                {"id": 3, "name": "Twin", "category": "c", "subject": "s"},
            ],
        }
    )
    return emulator


FULL = """
- community.mailtrap.notify:
    from: Deployments ÄÖÜ <deploy@example.com>
    to: [Ops <ops@example.com>, dev@example.com]
    cc: [cc@example.com]
    bcc: [bcc@example.com]
    reply_to: Help <help@example.com>
    subject: Shop 1.2.3 is live 🎉
    text: Version 1.2.3
    html: <p>Version <b>1.2.3</b></p>
    %s
    custom_variables: {run: 7, ok: true}
    headers: {X-Run: 7}
    attachments: [{src: report.pdf}, {src: logo.png, disposition: inline, content_id: logo}]
    sandbox: Box
  register: sent
- community.mailtrap.sandbox_message_info:
    sandbox_id: 5
    id: "{{ sent.message_ids[0] }}"
    include: [text, html, headers, attachments, raw]
"""


def test_a_message_arrives_whole(play, box, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.pdf").write_bytes(b"%PDF-1.4\x00\xff")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    sent, read = play(FULL % "category: deployment")
    assert sent.changed and sent["stream"] == "sandbox"
    assert sent.requests == ["GET /api/sandboxes", "POST /api/send/5"]
    (message,) = read["sandbox_messages"]
    assert message["subject"] == "Shop 1.2.3 is live 🎉"
    assert (message["from_email"], message["from_name"]) == ("deploy@example.com", "Deployments ÄÖÜ")
    assert message["parts"]["text"].strip() == "Version 1.2.3"
    assert "<b>1.2.3</b>" in message["parts"]["html"]
    assert message["parts"]["headers"]["x_run"] == "7"
    assert "help@example.com" in message["parts"]["headers"]["reply_to"]
    names = {part["filename"]: part["attachment_type"] for part in message["parts"]["attachments"]}
    assert names == {"report.pdf": "attachment", "logo.png": "inline"}
    body = sent.entries[1]["body"]
    assert body["custom_variables"] == {"run": "7", "ok": "true"} and body["category"] == "deployment"


@pytest.mark.parametrize("stream, path", [("transactional", "/api/send"), ("bulk", "/bulk/api/send")])
def test_the_live_streams(play, box, stream, path):
    (step,) = play(
        """
        - community.mailtrap.notify:
            from: a@example.com
            to: [b@example.org, c@example.org]
            cc: d@example.org
            subject: Hello
            html: <p>Hi</p>
            stream: %s
        """
        % stream
    )
    assert step.changed and step.requests == [f"POST {path}"]
    assert step["stream"] == stream and len(step["message_ids"]) == 3


def test_a_template(play, box):
    by_name, by_uuid, read, twin, none = play(
        """
        - community.mailtrap.notify: &report
            from: a@example.com
            to: b@example.com
            template: Report
            template_variables: {version: 1.2.3}
            sandbox_id: 5
        - community.mailtrap.notify:
            from: a@example.com
            to: b@example.com
            template_uuid: %s
            template_variables: {version: 1.2.4}
            sandbox_id: 5
        - community.mailtrap.sandbox_message_info: {sandbox_id: 5, include: [text]}
        - community.mailtrap.notify: {<<: *report, template: Twin}
          ignore_errors: true
        - community.mailtrap.notify: {<<: *report, template: Raport}
          ignore_errors: true
        """
        % TEMPLATE_UUID
    )
    assert by_name.requests == ["GET /api/email_templates", "POST /api/send/5"]
    assert by_uuid.requests == ["POST /api/send/5"]
    assert [message["subject"] for message in read["sandbox_messages"]] == ["Report 1.2.4", "Report 1.2.3"]
    assert "2 email templates are called 'Twin', with the ids 3, 2" in twin.msg
    assert "there is no email template 'Raport'" in none.msg


def test_check_mode_looks_everything_up_and_sends_nothing(play, box, tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"x")
    good, gone, lost, ambiguous = play(
        """
        - community.mailtrap.notify: &mail
            from: a@example.com
            to: b@example.com
            template: Report
            sandbox: Box
            attachments: [{src: report.pdf}]
        - community.mailtrap.notify: {<<: *mail, attachments: [{src: none.pdf}]}
          ignore_errors: true
        - community.mailtrap.notify: {<<: *mail, sandbox: Bax}
        - community.mailtrap.notify: {<<: *mail, template: Twin}
          ignore_errors: true
        """,
        "--check",
    )
    assert good.changed and good["message_ids"] == []
    assert good.requests == ["GET /api/email_templates", "GET /api/sandboxes"]
    assert "src 'none.pdf' was not found on the controller" in gone.msg
    assert lost["warnings"] == [
        "There is no sandbox 'Bax'; check mode takes it that an earlier task would have made it."
    ]
    assert ambiguous.failed
    assert good.writes == gone.writes == lost.writes == ambiguous.writes == []


MAIL = "from: a@example.com, to: b@example.com, subject: Hello, text: Hi"


@pytest.mark.parametrize(
    "options, sentence",
    [
        ("from: a@example.com, subject: x, text: y", "there is no recipient: to, cc and bcc are all empty"),
        ("from: a@example.com, to: [], subject: x, text: y", "there is no recipient: to, cc and bcc are all empty"),
        ("from: nobody, to: b@example.com, subject: x, text: y", "from: 'nobody' is not an e-mail address"),
        ("from: a@example.com, to: b@example.com, text: y", "subject is empty"),
        (f"{MAIL}, template: Report", "a template brings its own subject, text"),
        (
            f"{MAIL}, attachments: [{{src: /none.txt, remote_src: true}}]",
            "attachment '/none.txt' cannot be read: No",
        ),
        (f"{MAIL}, attachments: [{{src: /, remote_src: true}}]", "attachment '/' cannot be read: it is not a file"),
        (
            f"{MAIL}, attachments: [{{src: /dev/zero, remote_src: true}}]",
            "attachment '/dev/zero' cannot be read: it is",
        ),
        (
            f"{MAIL}, attachments: [{{src: /a, remote_src: true, content_type: x}}]",
            "content_type 'x' is not a media type",
        ),
        (f"{MAIL}, attachments: [{{src: /a, remote_src: true, content_id: a b}}]", "content_id 'a b' holds blanks"),
        (f"{MAIL}, html: '<img src=\"cid:logo\">'", "the HTML shows cid:logo, and no attachment has this content_id"),
        (f"{MAIL}, body_markdown: x, html: y", "html and body_markdown are both given: leave out one of them"),
        (f"{MAIL}, template: Report, template_uuid: {TEMPLATE_UUID}", "template and template_uuid are both given"),
        (f"{MAIL}, headers: {{Reply-To: x}}", "the header Reply-To cannot be set by headers"),
        (f"{MAIL}, cc: [{', '.join(['c@x.org'] * 1001)}]", "cc has 1001 recipients; the service takes 1000"),
        (f"{MAIL}, sandbox: ''", "sandbox is empty"),
        (f"{MAIL}, project: Shop", "a project is given, and no sandbox in it"),
        (f"{MAIL}, template: ''", "template is empty"),
        (f"{MAIL}, stream: sandbox", "the stream is sandbox, and there is no sandbox"),
        (f"{MAIL}, stream: bulk, sandbox_id: 5", "a sandbox is given, and the stream is bulk"),
        (f"{MAIL}, sandbox_id: 5, sandbox: Box", "parameters are mutually exclusive: sandbox|sandbox_id"),
    ],
)
def test_what_cannot_be_sent_is_told_before_any_request(play_in, box, options, sentence):
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}, ignore_errors: true}]" % options)
    assert step.failed and sentence in step.msg
    assert step.requests == []


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"subject": "a\r\nBcc: x@x.org"}, "subject holds a line break"),
        ({"to": ["A\nBcc: x@x.org <b@x.org>"]}, "to: 'A\\nBcc: x@x.org <b@x.org>' holds a line break"),
        ({"from": "a@example.com\nBcc: x@x.org"}, "from: 'a@example.com\\nBcc: x@x.org' holds a line break"),
        ({"reply_to": "A\rB <b@x.org>"}, "reply_to: 'A\\rB <b@x.org>' holds a line break"),
        ({"category": "a\nb"}, "category holds a line break"),
        ({"headers": {"X-A": "b\nBcc: x@x.org"}}, "the header X-A holds a line break"),
        ({"headers": {"X-A": "b\n"}}, "the header X-A holds a line break"),
        ({"headers": {"X-A\nBcc": "b"}}, "'X-A\\nBcc' is no name of a header"),
        ({"attachments": [{"src": "/a", "remote_src": True, "filename": "a\nb"}]}, "'a\\nb' holds a line break"),
        ({"attachments": [{"src": "/a", "remote_src": True, "content_id": "a\nb"}]}, "content_id 'a\\nb' holds blanks"),
        ({"attachments": [{"src": "/a", "remote_src": True, "content_type": "a/b\nc"}]}, "is not a media type"),
    ],
)
def test_nothing_becomes_a_header_of_its_own(play_in, box, options, sentence):
    task = {"from": "a@example.com", "to": ["b@x.org"], "subject": "s", "text": "t", **options}
    (step,) = play_in("in_process", [{"community.mailtrap.notify": task, "ignore_errors": True}])
    assert step.failed and step.requests == [] and sentence in step.msg
    assert len(step["errors"]) == 1


def test_a_file_on_the_target(play, box, tmp_path):
    (tmp_path / "there.txt").write_text("on the target")
    (step,) = play(
        """
        - community.mailtrap.notify:
            from: a@example.com
            to: b@example.com
            subject: x
            text: y
            sandbox_id: 5
            attachments:
              - {src: "{{ playbook_dir }}/there.txt", remote_src: true, filename: other.txt, content_type: text/x-log}
        """
    )
    (part,) = step.entries[0]["body"]["attachments"]
    assert (part["filename"], part["type"]) == ("other.txt", "text/x-log")


@pytest.mark.parametrize(
    "fault, sentence",
    [
        (
            {"status": 403, "json": {"errors": ["Account is banned"]}},
            "the service does not accept this mail: Account is banned; nothing can be sent until the support of",
        ),
        (
            {"status": 403, "json": {"success": False, "errors": ["Forbidden"]}},
            "the service does not accept this mail: Forbidden; is the domain example.com verified, and may the token",
        ),
        ({"status": 413, "html": "<h1>no</h1>"}, "the message is too large; the service takes 10 MB a message unless"),
        (
            {"status": 429, "json": {"success": False, "errors": ["Rate limit exceeded"]}},
            "the service accepts no more mail for now: Rate limit exceeded; it was too much in an hour or a day",
        ),
    ],
)
def test_refusals_are_told_apart(play_in, box, fault, sentence):
    box.fault(method="POST", path="/api/send", **fault)
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, retries: 0}, ignore_errors: true}]" % MAIL)
    assert step.failed and step["status"] == fault["status"] and sentence in step.msg


@pytest.mark.parametrize(
    "limits, sentence",
    [
        ({"sandbox_sends_per_10_seconds": 0}, "it was too much in ten seconds, or the plan's mail of this month"),
        ({"caught_per_month": 0}, "it was too much in ten seconds, or the plan's mail of this month is used up"),
        (
            {"max_message_size": 100},
            "the message is too large: message too large; a sandbox takes what its plan allows",
        ),
    ],
)
def test_refusals_of_a_sandbox(play_in, box, limits, sentence):
    box.limits(**limits)
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, sandbox_id: 5, retries: 0}, ignore_errors: true}]" % MAIL
    )
    assert step.failed and sentence in step.msg


def test_a_message_that_is_too_large(play_in, box, tmp_path):
    """How much it takes is for the service to say."""
    with open(tmp_path / "large.bin", "wb") as hole:
        hole.truncate(11_000_000)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.notify: {%s, attachments: [{src: large.bin}]}, ignore_errors: true}]" % MAIL,
    )
    assert step.failed and step["status"] == 413 and step.requests == ["POST /api/send"]
    assert "the message is too large: message too large; the service takes 10 MB a message" in step.msg


def test_a_refused_sender(play, box):
    domain, token = play(
        """
        - community.mailtrap.notify: {from: a@unverified.example, to: b@example.com, subject: x, text: y}
          ignore_errors: true
        - community.mailtrap.notify: {from: a@example.com, to: b@example.com, subject: x, text: y, api_token: wrong}
          ignore_errors: true
        """
    )
    for step in (domain, token):
        assert step.msg.startswith("Could not send the message: the API token was refused: Unauthorized; this is also")
    assert "the domain unverified.example is not verified" in domain.msg


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True, "when": "after"},
        {"drop": True, "when": "before"},
        {"status": 503, "when": "before"},
        {"status": 200, "html": "<html></html>", "when": "after"},
        {"truncate": True, "when": "after"},
    ],
)
def test_a_message_is_never_sent_twice(play_in, box, fault):
    box.fault(method="POST", path="/api/send", **fault)
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}, ignore_errors: true}]" % MAIL)
    assert step.failed and step.requests == ["POST /api/send"]
    assert "the message may have gone out all the same, and is not sent a second time" in step.msg


def test_the_rate_limit_of_a_sandbox_is_waited_for(play, box):
    box.fault(method="POST", path="/api/send", times=1, status=429, headers={"Retry-After": 0})
    (step,) = play("[{community.mailtrap.notify: {%s, sandbox_id: 5}}]" % MAIL)
    assert step.changed and step.requests == ["POST /api/send/5"] * 2


def test_files_of_the_controller_on_another_machine(play_in, box, tmp_path):
    """What is attached is brought to the target, under its own name, and taken away again."""
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "there.txt").write_text("on the target")
    elsewhere, here = (
        play_in(
            "in_process",
            """
            - community.mailtrap.notify:
                from: a@example.com
                to: b@example.com
                subject: x
                text: y
                sandbox_id: 5
                attachments: [{src: report.pdf}, {src: "{{ playbook_dir }}/there.txt", remote_src: true}]
            """,
            variables={"ansible_connection": connection},
        )[0]
        for connection in ("elsewhere", "local")
    )
    assert elsewhere.changed
    assert elsewhere.entries[0]["body"] == here.entries[0]["body"]
    assert [part["filename"] for part in elsewhere.entries[0]["body"]["attachments"]] == ["report.pdf", "there.txt"]
    assert list((tmp_path / "target").iterdir()) == []


def test_a_vaulted_file_is_attached_in_clear(play, box, tmp_path):
    (tmp_path / "word").write_text("secret\n")
    plain = tmp_path / "report.txt"
    plain.write_text("in clear")
    subprocess.run(
        [BIN / "ansible-vault", "encrypt", "--vault-password-file", tmp_path / "word", plain],
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "ANSIBLE_HOME": str(tmp_path)},
    )
    step, found = play(
        """
        - community.mailtrap.notify: {%s, sandbox_id: 5, attachments: [{src: report.txt}]}
        - ansible.builtin.command: grep -rl "in clear" "{{ playbook_dir }}/ansible"
          failed_when: false
        """
        % MAIL,
        "--vault-password-file",
        str(tmp_path / "word"),
    )
    (part,) = step.entries[0]["body"]["attachments"]
    assert base64.b64decode(part["content"]) == b"in clear" and part["filename"] == "report.txt"
    assert found.result["rc"] == 1, "the file in clear must not outlive the task"


def test_id_zero_is_a_sandbox_that_is_not_there(play_in, box):
    """An id of nothing must not make live mail of it."""
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, sandbox_id: 0}, ignore_errors: true}]" % MAIL)
    assert step.failed and step.requests == ["POST /api/send/0"]


@pytest.mark.parametrize("answer", [{}, [], "x", {"success": False, "errors": ["nope"]}, {"message_ids": ["1"]}])
def test_an_answer_that_does_not_say_that_it_was_taken(play_in, box, answer):
    box.fault(method="POST", path="/api/send", status=200, json=answer)
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}, ignore_errors: true}]" % MAIL)
    assert step.failed and "the service did not say that it took it" in step.msg
    assert "may have gone out all the same" in step.msg


def test_an_answer_without_ids(play_in, box):
    """Some recordings of accepted mail hold nothing else (facts 4.3)."""
    box.fault(method="POST", path="/api/send", status=200, json={"success": True, "message_ids": None})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}}]" % MAIL)
    assert step.changed and step["message_ids"] == []


@pytest.mark.parametrize(
    "entry", ["{src: 5}", "{src: [a]}", "{src: x, remote_src: maybe}", "{src: x, remote_src: null}"]
)
def test_attachments_of_another_type(play_in, box, entry):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, attachments: [%s]}, ignore_errors: true}]" % (MAIL, entry)
    )
    assert step.failed and ("attachment" in step.msg or "src" in step.msg)
    assert "object has no attribute" not in step.msg and step.requests == []


def test_a_name_of_null_is_the_name_of_the_file(play, box, tmp_path):
    (tmp_path / "report.txt").write_text("x")
    (step,) = play(
        "[{community.mailtrap.notify: {%s, sandbox_id: 5, attachments: [{src: report.txt, filename: null}]}}]" % MAIL
    )
    assert step.entries[0]["body"]["attachments"][0]["filename"] == "report.txt"
