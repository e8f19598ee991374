# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending single messages: content, streams, validation and errors."""

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
def seeded_emulator(emulator):
    """Return the emulator with a sandbox and email templates."""
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


MESSAGE_WITH_ALL_OPTIONS = """
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


def test_message_arrives_with_all_options(play, seeded_emulator, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "report.pdf").write_bytes(b"%PDF-1.4\x00\xff")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    sent, read = play(MESSAGE_WITH_ALL_OPTIONS % "category: deployment")
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
def test_live_message_is_sent_through_its_stream(play, seeded_emulator, stream, path):
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


def test_template_is_selected_by_name_or_uuid(play, seeded_emulator):
    by_name, by_uuid, read, ambiguous, missing = play(
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
    assert "2 email templates have the name 'Twin', with the ids 3, 2" in ambiguous.msg
    assert "there is no email template 'Raport'" in missing.msg


def test_check_mode_validates_but_sends_nothing(play, seeded_emulator, tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"x")
    valid, missing_file, missing_sandbox, ambiguous = play(
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
    assert valid.changed and valid["message_ids"] == []
    assert valid.requests == ["GET /api/email_templates", "GET /api/sandboxes"]
    assert "src 'none.pdf' was not found on the controller" in missing_file.msg
    assert missing_sandbox["warnings"] == [
        "There is no sandbox 'Bax'; check mode assumes that an earlier task would create it."
    ]
    assert ambiguous.failed
    assert valid.writes == missing_file.writes == missing_sandbox.writes == ambiguous.writes == []


MAIL = "from: a@example.com, to: b@example.com, subject: Hello, text: Hi"


@pytest.mark.parametrize(
    "options, message",
    [
        ("from: a@example.com, subject: x, text: y", "to, cc and bcc are all empty: give at least one recipient"),
        ("from: a@example.com, to: [], subject: x, text: y", "to, cc and bcc are all empty"),
        ("from: nobody, to: b@example.com, subject: x, text: y", "from: 'nobody' is not an e-mail address"),
        ("from: a@example.com, to: b@example.com, text: y", "subject is empty"),
        (f"{MAIL}, template: Report", "a template cannot be combined with subject, text: omit the template"),
        (
            f"{MAIL}, attachments: [{{src: /none.txt, remote_src: true}}]",
            "attachment '/none.txt' cannot be read: No",
        ),
        (
            f"{MAIL}, attachments: [{{src: /, remote_src: true}}]",
            "attachment '/' cannot be read: it is not a regular file",
        ),
        (
            f"{MAIL}, attachments: [{{src: /dev/zero, remote_src: true}}]",
            "attachment '/dev/zero' cannot be read: it is not a regular file",
        ),
        (
            f"{MAIL}, attachments: [{{src: /a, remote_src: true, content_type: x}}]",
            "content_type 'x' is not a media type",
        ),
        (f"{MAIL}, attachments: [{{src: /a, remote_src: true, content_id: a b}}]", "content_id 'a b' contains blanks"),
        (
            f"{MAIL}, html: '<img src=\"cid:logo\">'",
            "the HTML refers to cid:logo, but no attachment has this content_id",
        ),
        (f"{MAIL}, body_markdown: x, html: y", "html and body_markdown are both given: omit one of them"),
        (f"{MAIL}, template: Report, template_uuid: {TEMPLATE_UUID}", "template and template_uuid are both given"),
        (f"{MAIL}, headers: {{Reply-To: x}}", "the header Reply-To cannot be set by headers"),
        (f"{MAIL}, cc: [{', '.join(['c@x.org'] * 1001)}]", "cc has 1001 recipients; the limit is 1000"),
        (f"{MAIL}, sandbox: ''", "the option sandbox is empty"),
        (f"{MAIL}, project: Shop", "a project is given, but no sandbox: give sandbox too"),
        (f"{MAIL}, template: ''", "template is empty"),
        (f"{MAIL}, stream: sandbox", "stream is sandbox, but no sandbox is given"),
        (f"{MAIL}, stream: bulk, sandbox_id: 5", "a sandbox is given, but stream is bulk: omit one of them"),
        (f"{MAIL}, sandbox_id: 5, sandbox: Box", "parameters are mutually exclusive: sandbox|sandbox_id"),
    ],
)
def test_invalid_options_fail_before_the_first_request(play_in, seeded_emulator, options, message):
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}, ignore_errors: true}]" % options)
    assert step.failed and message in step.msg
    assert step.requests == []


@pytest.mark.parametrize(
    "options, message",
    [
        ({"subject": "a\r\nBcc: x@x.org"}, "subject contains a line break"),
        ({"to": ["A\nBcc: x@x.org <b@x.org>"]}, "to: 'A\\nBcc: x@x.org <b@x.org>' contains a line break"),
        ({"from": "a@example.com\nBcc: x@x.org"}, "from: 'a@example.com\\nBcc: x@x.org' contains a line break"),
        ({"reply_to": "A\rB <b@x.org>"}, "reply_to: 'A\\rB <b@x.org>' contains a line break"),
        ({"category": "a\nb"}, "category contains a line break"),
        ({"headers": {"X-A": "b\nBcc: x@x.org"}}, "the header X-A contains a line break"),
        ({"headers": {"X-A": "b\n"}}, "the header X-A contains a line break"),
        ({"headers": {"X-A\nBcc": "b"}}, "'X-A\\nBcc' is not a valid header name"),
        ({"attachments": [{"src": "/a", "remote_src": True, "filename": "a\nb"}]}, "'a\\nb' contains a line break"),
        (
            {"attachments": [{"src": "/a", "remote_src": True, "content_id": "a\nb"}]},
            "content_id 'a\\nb' contains blanks",
        ),
        ({"attachments": [{"src": "/a", "remote_src": True, "content_type": "a/b\nc"}]}, "is not a media type"),
    ],
)
def test_line_breaks_cannot_inject_headers(play_in, seeded_emulator, options, message):
    task = {"from": "a@example.com", "to": ["b@x.org"], "subject": "s", "text": "t", **options}
    (step,) = play_in("in_process", [{"community.mailtrap.notify": task, "ignore_errors": True}])
    assert step.failed and step.requests == [] and message in step.msg
    assert len(step["errors"]) == 1


def test_attachment_can_be_on_the_target(play, seeded_emulator, tmp_path):
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
    "fault, message",
    [
        (
            {"status": 403, "json": {"errors": ["Account is banned"]}},
            "the service does not accept this mail: Account is banned; nothing can be sent until Mailtrap support",
        ),
        (
            {"status": 403, "json": {"success": False, "errors": ["Forbidden"]}},
            "the service does not accept this mail: Forbidden; check that the domain example.com is verified and",
        ),
        ({"status": 413, "html": "<h1>no</h1>"}, "the message is too large; the limit is 10 MB per message unless"),
        (
            {"status": 429, "json": {"success": False, "errors": ["Rate limit exceeded"]}},
            "the service accepts no more mail for now: Rate limit exceeded; the hourly or daily sending limit is",
        ),
    ],
)
def test_live_error_is_explained(play_in, seeded_emulator, fault, message):
    seeded_emulator.fault(method="POST", path="/api/send", **fault)
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, retries: 0}, ignore_errors: true}]" % MAIL)
    assert step.failed and step["status"] == fault["status"] and message in step.msg


@pytest.mark.parametrize(
    "limits, message",
    [
        ({"sandbox_sends_per_10_seconds": 0}, "the sandbox's limit per ten seconds is exceeded, or the plan's"),
        ({"caught_per_month": 0}, "is exceeded, or the plan's monthly messages are used up"),
        (
            {"max_message_size": 100},
            "the message is too large: message too large; the size limit of a sandbox depends on the plan",
        ),
    ],
)
def test_sandbox_error_is_explained(play_in, seeded_emulator, limits, message):
    seeded_emulator.limits(**limits)
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, sandbox_id: 5, retries: 0}, ignore_errors: true}]" % MAIL
    )
    assert step.failed and message in step.msg


def test_oversized_message_is_refused_by_the_service(play_in, seeded_emulator, tmp_path):
    """Leave the size limit to the service, because it can be raised for an account."""
    with open(tmp_path / "large.bin", "wb") as sparse_file:
        sparse_file.truncate(11_000_000)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.notify: {%s, attachments: [{src: large.bin}]}, ignore_errors: true}]" % MAIL,
    )
    assert step.failed and step["status"] == 413 and step.requests == ["POST /api/send"]
    assert "the message is too large: message too large; the limit is 10 MB per message" in step.msg


def test_refused_sender_or_token_is_explained(play, seeded_emulator):
    unverified_domain, invalid_token = play(
        """
        - community.mailtrap.notify: {from: a@unverified.example, to: b@example.com, subject: x, text: y}
          ignore_errors: true
        - community.mailtrap.notify: {from: a@example.com, to: b@example.com, subject: x, text: y, api_token: wrong}
          ignore_errors: true
        """
    )
    for step in (unverified_domain, invalid_token):
        assert step.msg.startswith("Could not send the message: the API token was refused: Unauthorized; the service")
    assert "the domain unverified.example is not verified" in unverified_domain.msg


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
def test_request_with_unknown_outcome_is_not_repeated(play_in, seeded_emulator, fault):
    seeded_emulator.fault(method="POST", path="/api/send", **fault)
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}, ignore_errors: true}]" % MAIL)
    assert step.failed and step.requests == ["POST /api/send"]
    assert "the request may have taken effect: check whether the message was sent before you send it again" in step.msg


def test_rate_limited_request_is_repeated(play, seeded_emulator):
    seeded_emulator.fault(method="POST", path="/api/send", times=1, status=429, headers={"Retry-After": 0})
    (step,) = play("[{community.mailtrap.notify: {%s, sandbox_id: 5}}]" % MAIL)
    assert step.changed and step.requests == ["POST /api/send/5"] * 2


def test_controller_files_are_copied_to_a_remote_target(play_in, seeded_emulator, tmp_path):
    """Attachments keep their names, and their copies on the target are deleted."""
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "there.txt").write_text("on the target")
    remote, local = (
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
    assert remote.changed
    assert remote.entries[0]["body"] == local.entries[0]["body"]
    assert [part["filename"] for part in remote.entries[0]["body"]["attachments"]] == ["report.pdf", "there.txt"]
    assert list((tmp_path / "target").iterdir()) == []


def test_vaulted_file_is_attached_decrypted(play, seeded_emulator, tmp_path):
    (tmp_path / "password").write_text("secret\n")
    report = tmp_path / "report.txt"
    report.write_text("plain text")
    subprocess.run(
        [BIN / "ansible-vault", "encrypt", "--vault-password-file", tmp_path / "password", report],
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "ANSIBLE_HOME": str(tmp_path)},
    )
    step, found = play(
        """
        - community.mailtrap.notify: {%s, sandbox_id: 5, attachments: [{src: report.txt}]}
        - ansible.builtin.command: grep -rl "plain text" "{{ playbook_dir }}/ansible"
          failed_when: false
        """
        % MAIL,
        "--vault-password-file",
        str(tmp_path / "password"),
    )
    (part,) = step.entries[0]["body"]["attachments"]
    assert base64.b64decode(part["content"]) == b"plain text" and part["filename"] == "report.txt"
    assert found.result["rc"] == 1, "the decrypted file must be deleted with the task"


def test_sandbox_id_zero_does_not_send_live_mail(play_in, seeded_emulator):
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s, sandbox_id: 0}, ignore_errors: true}]" % MAIL)
    assert step.failed and step.requests == ["POST /api/send/0"]


@pytest.mark.parametrize("answer", [{}, [], "x", {"success": False, "errors": ["nope"]}, {"message_ids": ["1"]}])
def test_answer_without_confirmation_is_uncertain(play_in, seeded_emulator, answer):
    seeded_emulator.fault(method="POST", path="/api/send", status=200, json=answer)
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}, ignore_errors: true}]" % MAIL)
    assert step.failed and "the service did not confirm that it accepted the request" in step.msg
    assert "the request may have taken effect" in step.msg


def test_answer_without_message_ids_is_a_success(play_in, seeded_emulator):
    """A few recorded answers have no message IDs (docs/service.md#sending-answers)."""
    seeded_emulator.fault(method="POST", path="/api/send", status=200, json={"success": True, "message_ids": None})
    (step,) = play_in("in_process", "[{community.mailtrap.notify: {%s}}]" % MAIL)
    assert step.changed and step["message_ids"] == []


@pytest.mark.parametrize(
    "entry", ["{src: 5}", "{src: [a]}", "{src: x, remote_src: maybe}", "{src: x, remote_src: null}"]
)
def test_attachment_with_wrong_types_is_refused(play_in, seeded_emulator, entry):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.notify: {%s, attachments: [%s]}, ignore_errors: true}]" % (MAIL, entry)
    )
    assert step.failed and ("attachment" in step.msg or "src" in step.msg)
    assert "object has no attribute" not in step.msg and step.requests == []


def test_filename_null_means_the_name_of_the_file(play, seeded_emulator, tmp_path):
    (tmp_path / "report.txt").write_text("x")
    (step,) = play(
        "[{community.mailtrap.notify: {%s, sandbox_id: 5, attachments: [{src: report.txt, filename: null}]}}]" % MAIL
    )
    assert step.entries[0]["body"]["attachments"][0]["filename"] == "report.txt"
