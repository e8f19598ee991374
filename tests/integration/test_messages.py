# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

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
    assert "the service's pages of messages do not go on" in step.msg
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
