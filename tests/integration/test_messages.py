# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import re
import stat

import pytest
import requests

BOX = {"projects": [{"id": 77, "name": "Shop"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]}


@pytest.fixture
def box(emulator):
    emulator.seed(BOX)
    return emulator


def fill(emulator, count):
    """Put messages with the subjects 1, 2, .. into the sandbox; every fifth is to Karl."""
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
def test_all_pages(play_in, box, count, requests):
    fill(box, count)
    (step,) = play_in("in_process", "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5}}]")
    assert [message["subject"] for message in step["sandbox_messages"]] == [str(n) for n in range(count, 0, -1)]
    assert step.requests == ["GET /api/sandboxes/5/messages"] * requests


def test_search_limit_and_one_message(play, box):
    fill(box, 65)
    found, newest, limited, by_name, one, none = play(
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
    parts = one["sandbox_messages"][0]["parts"]
    assert "Subject: 65" in parts["raw"] and parts["attachments"] == [] and parts["html_source"] is None
    assert float(parts["spam_report"]["Threshold"]) == 5.0
    assert parts["html_analysis"]["status"]
    assert one.requests[0] == f"GET {base}"
    assert none["sandbox_messages"] == []


def test_a_sandbox_that_is_not_there(play, box):
    by_name, by_id, nothing = play(
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
    assert nothing.msg == "one of the following is required: sandbox, sandbox_id"


def test_a_sandbox_that_check_mode_has_to_do_without(play, box):
    (step,) = play("[{community.mailtrap.sandbox_message_info: {sandbox: Box, project: Not yet}}]", "--check")
    assert step["sandbox_messages"] == []
    assert step["warnings"] == [
        "There is no project 'Not yet'; check mode takes it that an earlier task would have made it."
    ]


def test_old_paths_and_names(play, box):
    fill(box, 1)
    (step,) = play(
        "[{community.mailtrap.inbox_message_info: {inbox_id: 5, include: [text]}}]",
        environment={"MAILTRAP_ACCOUNT_ID": str(box.account_id)},
    )
    message = step["sandbox_messages"][0]
    assert message["sandbox_id"] == 5 and message["parts"]["text"].strip() == "Text 1"
    assert step.requests[0] == f"GET /api/accounts/{box.account_id}/inboxes/5/messages"


def test_pages_that_do_not_go_on(play_in, box):
    """A service that forgets where it was must not be asked for ever."""
    page = [{"id": number, "subject": "x"} for number in range(30, 0, -1)]
    box.fault(method="GET", path="/messages", status=200, json=page)
    (step,) = play_in("in_process", "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5}, ignore_errors: true}]")
    assert "the service's list of messages repeats a page" in step.msg
    assert len(step.requests) == 2


@pytest.mark.parametrize("answer", [{}, [], None])
def test_a_part_of_another_shape(play_in, box, answer):
    fill(box, 1)
    box.fault(method="GET", path="/mail_headers", status=200, **({} if answer is None else {"json": answer}))
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5, include: [headers]}, ignore_errors: true}]",
    )
    assert "the service's answer holds no headers" in step.msg


def test_a_limit_that_is_none(play_in, box):
    (step,) = play_in(
        "in_process", "[{community.mailtrap.sandbox_message_info: {sandbox_id: 5, limit: 0}, ignore_errors: true}]"
    )
    assert step.msg == "limit must be 1 or more; it is 0" and step.requests == []


def attached(filename, content):
    return {"filename": filename, "content": base64.b64encode(content).decode()}


@pytest.fixture
def with_files(box):
    """Message 6000000001 with three attachments, two of one name."""
    box.seed(
        messages=[
            {
                "id": 6_000_000_001,
                "sandbox_id": 5,
                "from": {"email": "a@b.c"},
                "to": [{"email": "x@y.z"}],
                "subject": "Files",
                "text": "x",
                "attachments": [
                    attached("invoice.pdf", b"%PDF \x00\xff\r\n"),
                    attached("../../invoice.pdf", b"other"),
                    attached(".bashrc", b"#"),
                ],
            }
        ]
    )
    return box


SAVING = """
- community.mailtrap.sandbox_message_info: {sandbox_id: 5, include: [attachments, eml, text], dest: FOLDER}
"""


def test_files(play, with_files, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    saving = SAVING.replace("FOLDER", str(folder))
    (dry,) = play(saving, "--check")
    assert dry.changed and list(folder.iterdir()) == []
    first, again = play(saving * 2)
    assert first.changed and not again.changed
    parts = first["sandbox_messages"][0]["parts"]
    assert parts["text"].strip() == "x"
    place = folder / "6000000001"
    assert [attachment["path"] for attachment in parts["attachments"]] == [
        f"{place}/bashrc",
        f"{place}/invoice-2.pdf",
        f"{place}/invoice.pdf",
    ]
    assert (place / "invoice.pdf").read_bytes() == b"%PDF \x00\xff\r\n"
    assert (place / "invoice-2.pdf").read_bytes() == b"other" and (place / "bashrc").read_bytes() == b"#"
    assert parts["eml"] == f"{folder}/6000000001.eml"
    raw = with_files.dump()["raw_messages"][0]["raw"]
    assert (folder / "6000000001.eml").read_bytes() == base64.b64decode(raw)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 4 and {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    base = "GET /api/sandboxes/5/messages"
    words = [re.sub("parts/.*/", "parts/*/", request) for request in first.requests]
    assert words == [
        base,
        f"{base}/6000000001/body.eml",
        f"{base}/6000000001/attachments",
        *["GET /api/testing_message_parts/*/attachment_download"] * 3,
        f"{base}/6000000001/body.txt",
    ]


def test_a_file_that_was_changed(play_in, with_files, tmp_path):
    saving = SAVING.replace("FOLDER", str(tmp_path))
    play_in("in_process", saving)
    kept = tmp_path / "6000000001" / "invoice.pdf"
    others = {path: path.stat().st_mtime_ns for path in kept.parent.iterdir() if path != kept}
    kept.write_bytes(b"mine")
    (dry,) = play_in("in_process", saving, "--check")
    assert dry.changed and kept.read_bytes() == b"mine"
    (step,) = play_in("in_process", saving)
    assert step.changed and kept.read_bytes().startswith(b"%PDF")
    assert {path: path.stat().st_mtime_ns for path in others} == others
    kept.chmod(0o644)
    (step,) = play_in("in_process", saving)
    assert step.changed and stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_files_over_old_paths(play_in, with_files, tmp_path):
    play_in(
        "in_process",
        SAVING.replace("FOLDER", str(tmp_path)),
        environment={"MAILTRAP_ACCOUNT_ID": str(with_files.account_id)},
    )
    assert (tmp_path / "6000000001" / "invoice.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("elsewhere", ["@evil.example/x", "https://evil.example/x", None, 7])
def test_an_attachment_that_is_elsewhere(play_in, with_files, tmp_path, elsewhere):
    """The token is sent to the service alone, whatever an answer says."""
    with_files.fault(path="/attachments$", status=200, json=[{"id": 1, "filename": "x", "download_path": elsewhere}])
    (step,) = play_in("in_process", f"[{{{SAVING.strip()[2:].replace('FOLDER', str(tmp_path))}, ignore_errors: true}}]")
    assert step.failed and "the service's answer does not say where attachment 1 is" in step.msg


def test_places_that_are_none(play_in, with_files, tmp_path):
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
    assert no_dest.msg == "include names eml, which is written to a file: give dest" and no_dest.requests == []
    assert "6000000001/bashrc' cannot be written: File exists" in blocked.msg
