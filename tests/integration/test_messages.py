# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the messages of a sandbox, and saving them in files."""

from __future__ import annotations

import base64
import re
import stat

import pytest
import requests

SEED = {"projects": [{"id": 77, "name": "Shop"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]}


@pytest.fixture
def seeded_emulator(emulator):
    """Return the emulator with a project and its sandbox."""
    emulator.seed(SEED)
    return emulator


def send_messages(emulator, count):
    """Send messages with the subjects 1, 2, ... into the sandbox. Every fifth message is to Karl, the others to Ann."""
    for number in range(1, count + 1):
        name = "Karl" if number % 5 == 0 else "Ann"
        message = {
            "from": {"email": "shop@example.com"},
            "to": [{"email": f"{name.lower()}@example.com", "name": name}],
            "subject": str(number),
            "text": f"Text {number}",
        }
        headers = {"Authorization": f"Bearer {emulator.token}"}
        requests.post(f"{emulator.api_url}/api/send/5", json=message, headers=headers, timeout=30).raise_for_status()


@pytest.mark.parametrize("count, requests", [(0, 1), (29, 1), (30, 2), (31, 2), (61, 3)])
def test_all_pages_are_read(play_in, seeded_emulator, count, requests):
    send_messages(seeded_emulator, count)
    (step,) = play_in("in_process", "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5}}]")
    assert [message["subject"] for message in step["sandbox_messages"]] == [str(n) for n in range(count, 0, -1)]
    assert step.requests == ["GET /api/sandboxes/5/messages"] * requests


def test_messages_are_selected_and_returned_with_parts(play, seeded_emulator):
    send_messages(seeded_emulator, 65)
    found, newest, limited, by_name, by_id, missing = play(
        """
        - community.mailtrap.sandbox_message_info: {sandbox_id: 5, search: KARL}
        - community.mailtrap.sandbox_message_info: {sandbox_id: 5, limit: 1, include: [text, html, headers]}
          register: newest
        - community.mailtrap.sandbox_message_info: {sandbox_id: 5, limit: 31}
        - community.mailtrap.sandbox_message_info: {sandbox: Box, project: Shop, limit: 2}
        - community.mailtrap.sandbox_message_info:
            sandbox_id: 5
            id: "{{ newest.sandbox_messages[0].id }}"
            include: [raw, attachments, spam_report, html_analysis, html_source]
        - community.mailtrap.sandbox_message_info: {sandbox_id: 5, id: 1}
        """
    )
    assert [message["subject"] for message in found["sandbox_messages"]] == [str(n) for n in range(65, 0, -5)]
    message = newest["sandbox_messages"][0]
    base = f"/api/sandboxes/5/messages/{message['id']}"
    assert message["sandbox_id"] == 5 and message["id"] > 2**32
    assert message["parts"]["text"].strip() == "Text 65"
    assert message["parts"]["html"] is None
    assert message["parts"]["headers"]["subject"] == "65"
    assert newest.requests == [
        "GET /api/sandboxes/5/messages",
        f"GET {base}/body.txt",
        f"GET {base}/body.html",
        f"GET {base}/mail_headers",
    ]
    assert len(limited["sandbox_messages"]) == 31 and len(limited.requests) == 2
    assert by_name.requests == ["GET /api/projects", "GET /api/sandboxes/5/messages"]
    parts = by_id["sandbox_messages"][0]["parts"]
    assert "Subject: 65" in parts["raw"] and parts["attachments"] == [] and parts["html_source"] is None
    assert float(parts["spam_report"]["Threshold"]) == 5.0
    assert parts["html_analysis"]["status"]
    assert by_id.requests[0] == f"GET {base}"
    assert missing["sandbox_messages"] == []


def test_a_missing_sandbox_is_a_failure(play, seeded_emulator):
    by_name, by_id, neither = play(
        """
        - community.mailtrap.sandbox_message_info: {sandbox: Bax}
          ignore_errors: true
        - community.mailtrap.sandbox_message_info: {sandbox_id: 4711}
          ignore_errors: true
        - community.mailtrap.sandbox_message_info: {search: x}
          ignore_errors: true
        """
    )
    assert by_name.msg == "Could not find sandbox 'Bax': there is no sandbox 'Bax'"
    assert by_id.msg.startswith("Could not read the messages of sandbox 4711: there is no such object")
    assert neither.msg == "one of the following is required: sandbox, sandbox_id"


def test_check_mode_assumes_that_a_missing_sandbox_will_exist(play, seeded_emulator):
    (step,) = play("[{community.mailtrap.sandbox_message_info: {sandbox: Box, project: Not yet}}]", "--check")
    assert step["sandbox_messages"] == []
    assert step["warnings"] == [
        "There is no project 'Not yet'; check mode assumes that an earlier task would create it."
    ]


def test_account_scoped_paths_and_legacy_names(play, seeded_emulator):
    send_messages(seeded_emulator, 1)
    (step,) = play(
        "[{community.mailtrap.inbox_message_info: {inbox_id: 5, include: [text]}}]",
        environment={"MAILTRAP_ACCOUNT_ID": str(seeded_emulator.account_id)},
    )
    message = step["sandbox_messages"][0]
    assert message["sandbox_id"] == 5 and message["parts"]["text"].strip() == "Text 1"
    assert step.requests[0] == f"GET /api/accounts/{seeded_emulator.account_id}/inboxes/5/messages"


def test_a_repeated_page_is_a_failure(play_in, seeded_emulator):
    """The module does not request pages forever if the service always returns the same one."""
    page = [{"id": number, "subject": "x"} for number in range(30, 0, -1)]
    seeded_emulator.fault(method="GET", path="/messages", status=200, json=page)
    (step,) = play_in("in_process", "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5}, ignore_errors: true}]")
    assert "the service's list of messages repeats a page" in step.msg
    assert len(step.requests) == 2


@pytest.mark.parametrize("answer", [{}, [], None])
def test_an_unexpected_answer_for_a_part_is_a_failure(play_in, seeded_emulator, answer):
    send_messages(seeded_emulator, 1)
    seeded_emulator.fault(
        method="GET", path="/mail_headers", status=200, **({} if answer is None else {"json": answer})
    )
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5, include: [headers]}, ignore_errors: true}]",
    )
    assert "the service's answer contains no headers" in step.msg


def test_a_limit_below_1_is_refused(play_in, seeded_emulator):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5, limit: 0}, ignore_errors: true}]"
    )
    assert step.msg == "limit must be at least 1, not 0" and step.requests == []


def build_attachment(filename, content):
    """Return an attachment as the send API expects it."""
    return {"filename": filename, "content": base64.b64encode(content).decode()}


@pytest.fixture
def emulator_with_files(seeded_emulator):
    """Return the emulator with message 6000000001 and its three attachments. Two of them are called invoice.pdf."""
    seeded_emulator.seed(
        messages=[
            {
                "id": 6_000_000_001,
                "sandbox_id": 5,
                "from": {"email": "a@b.c"},
                "to": [{"email": "x@y.z"}],
                "subject": "Files",
                "text": "x",
                "attachments": [
                    build_attachment("invoice.pdf", b"%PDF \x00\xff\r\n"),
                    build_attachment("../../invoice.pdf", b"other"),
                    build_attachment(".bashrc", b"#"),
                ],
            }
        ]
    )
    return seeded_emulator


SAVE_TASK = """
- community.mailtrap.sandbox_message_info: {sandbox_id: 5, include: [attachments, eml, text], dest: FOLDER}
"""


def test_attachments_and_messages_are_saved(play, emulator_with_files, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    save_task = SAVE_TASK.replace("FOLDER", str(folder))
    (checked,) = play(save_task, "--check")
    assert checked.changed and list(folder.iterdir()) == []
    first, again = play(save_task * 2)
    assert first.changed and not again.changed
    parts = first["sandbox_messages"][0]["parts"]
    assert parts["text"].strip() == "x"
    subfolder = folder / "6000000001"
    assert [attachment["path"] for attachment in parts["attachments"]] == [
        f"{subfolder}/bashrc",
        f"{subfolder}/invoice-2.pdf",
        f"{subfolder}/invoice.pdf",
    ]
    assert (subfolder / "invoice.pdf").read_bytes() == b"%PDF \x00\xff\r\n"
    assert (subfolder / "invoice-2.pdf").read_bytes() == b"other" and (subfolder / "bashrc").read_bytes() == b"#"
    assert parts["eml"] == f"{folder}/6000000001.eml"
    raw = emulator_with_files.dump()["raw_messages"][0]["raw"]
    assert (folder / "6000000001.eml").read_bytes() == base64.b64decode(raw)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 4 and {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(subfolder.stat().st_mode) == 0o700
    base = "GET /api/sandboxes/5/messages"
    requests_made = [re.sub("parts/.*/", "parts/*/", request) for request in first.requests]
    assert requests_made == [
        base,
        f"{base}/6000000001/body.eml",
        f"{base}/6000000001/attachments",
        *["GET /api/testing_message_parts/*/attachment_download"] * 3,
        f"{base}/6000000001/body.txt",
    ]


def test_only_a_changed_file_is_written_again(play_in, emulator_with_files, tmp_path):
    save_task = SAVE_TASK.replace("FOLDER", str(tmp_path))
    play_in("in_process", save_task)
    changed_file = tmp_path / "6000000001" / "invoice.pdf"
    others = {path: path.stat().st_mtime_ns for path in changed_file.parent.iterdir() if path != changed_file}
    changed_file.write_bytes(b"mine")
    (checked,) = play_in("in_process", save_task, "--check")
    assert checked.changed and changed_file.read_bytes() == b"mine"
    (step,) = play_in("in_process", save_task)
    assert step.changed and changed_file.read_bytes().startswith(b"%PDF")
    assert {path: path.stat().st_mtime_ns for path in others} == others
    changed_file.chmod(0o644)
    (step,) = play_in("in_process", save_task)
    assert step.changed and stat.S_IMODE(changed_file.stat().st_mode) == 0o600


def test_files_are_saved_through_account_scoped_paths(play_in, emulator_with_files, tmp_path):
    play_in(
        "in_process",
        SAVE_TASK.replace("FOLDER", str(tmp_path)),
        environment={"MAILTRAP_ACCOUNT_ID": str(emulator_with_files.account_id)},
    )
    assert (tmp_path / "6000000001" / "invoice.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("download_path", ["@evil.example/x", "https://evil.example/x", None, 7])
def test_an_attachment_on_another_host_is_not_downloaded(play_in, emulator_with_files, tmp_path, download_path):
    """The API token is sent only to the service, whatever path an answer contains."""
    attachment = {"id": 1, "filename": "x", "download_path": download_path}
    emulator_with_files.fault(path="/attachments$", status=200, json=[attachment])
    (step,) = play_in(
        "in_process", f"[{{{SAVE_TASK.strip()[2:].replace('FOLDER', str(tmp_path))}, ignore_errors: true}}]"
    )
    assert step.failed and "the service did not return a valid download path for attachment 1" in step.msg


def test_an_unusable_dest_is_a_failure(play_in, emulator_with_files, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "6000000001").touch()
    missing, file, no_dest, blocked = play_in(
        "in_process",
        [
            {"community.mailtrap.sandbox_message_info": {"sandbox_id": 5, **options}, "ignore_errors": True}
            for options in (
                {"include": ["attachments"], "dest": str(tmp_path / "none")},
                {"include": ["attachments"], "dest": str(tmp_path / "file")},
                {"include": ["eml"]},
                {"include": ["attachments"], "dest": str(tmp_path)},
            )
        ],
    )
    assert missing.msg == f"dest '{tmp_path}/none' is not an existing folder" and missing.requests == []
    assert file.msg == f"dest '{tmp_path}/file' is not an existing folder" and file.requests == []
    assert no_dest.msg == "dest is required if include contains eml" and no_dest.requests == []
    assert "6000000001/bashrc' cannot be written: File exists" in blocked.msg
