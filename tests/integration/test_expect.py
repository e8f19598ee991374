# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of sandbox_expect. The times of messages and polls come from the emulator, not from the test process."""

from __future__ import annotations

import base64
import itertools
import smtplib
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

LIST_REQUEST = "GET /api/sandboxes/5/messages"
SEED = {"projects": [{"id": 77, "name": "Shop"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]}
PDF = {"filename": "invoice.pdf", "type": "application/pdf", "content": base64.b64encode(b"%PDF" * 100).decode()}


@pytest.fixture
def seeded_emulator(emulator):
    """Return the emulator with a project and its sandbox."""
    emulator.seed(SEED)
    return emulator


def build_message(subject="Your code", **fields):
    """Return a message for the emulator, which arrives now unless the fields include a time."""
    return {
        "sandbox_id": 5,
        "from": {"email": "shop@example.com", "name": "Shop"},
        "to": [{"email": "karl@example.com", "name": "Karl"}],
        "subject": subject,
        "text": "Karl, your code is 123456.\n",
        **fields,
    }


def add_messages(emulator, *messages):
    """Add messages to the emulator."""
    emulator.seed(messages=list(messages))


def list_poll_times(emulator):
    """Return the times of all requests for the list of messages so far, in seconds since 1970."""
    return [
        datetime.fromisoformat(entry["at"]).timestamp()
        for entry in emulator.journal()
        if f"{entry['method']} {entry['path']}" == LIST_REQUEST
    ]


class AfterPolls(threading.Thread):
    """Calls functions between two polls.

    :param steps: pairs of a number of polls, and the function to call about half a second after the last of them.
    """

    def __init__(self, emulator, *steps):
        super().__init__(daemon=True)
        self.emulator, self.steps, self.failure = emulator, steps, None

    def run(self):
        try:
            for poll_count, function in self.steps:
                deadline = time.monotonic() + 60
                while len(list_poll_times(self.emulator)) < poll_count:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
                time.sleep(0.4)
                function()
        except BaseException as failure:
            self.failure = failure

    def __enter__(self):
        self.emulator.clear_journal()
        self.start()
        return self

    def __exit__(self, exception_type, *_):
        self.join(0 if exception_type else 30)
        assert self.failure is None, self.failure


def build_task(**options):
    """Return a list with one sandbox_expect task that may fail."""
    return [{"community.mailtrap.sandbox_expect": {"sandbox_id": 5, **options}, "ignore_errors": True}]


def get_objections(step):
    """Return the objections to each message that arrived, by its subject."""
    return {message["subject"]: message["objections"] for message in step["arrived"]}


def test_message_that_arrives_during_the_wait_is_found(play, seeded_emulator):
    add_messages(seeded_emulator, build_message("Something else"))
    with AfterPolls(seeded_emulator, (3, lambda: add_messages(seeded_emulator, build_message()))):
        (step,) = play(build_task(subject="Your code", captures={"code": r"code is (\d{6})"}))
    (found,) = step["sandbox_messages"]
    assert found["subject"] == "Your code" and step["captures"] == found["captures"] == {"code": "123456"}
    assert not step.changed and not found["is_read"]
    assert step.requests == [LIST_REQUEST] * 4 + [f"{LIST_REQUEST}/{found['id']}/body.txt"]
    times = [datetime.fromisoformat(entry["at"]).timestamp() for entry in step.entries[:4]]
    # The emulator records when a request arrives, so the intervals vary a little.
    assert all(later - earlier > 0.95 for earlier, later in itertools.pairwise(times))
    arrived_at = datetime.fromisoformat(found["created_at"]).timestamp()
    assert 0 < times[-1] - arrived_at < 1
    assert 2.9 < step["waited"] < 4


def test_message_that_arrived_before_the_task_is_found(play, seeded_emulator):
    add_messages(seeded_emulator, build_message("Old"), build_message(), build_message("New"))
    by_name, by_id = play(
        """
        - community.mailtrap.sandbox_expect: {sandbox: Box, project: Shop, to: karl@example.com, subject: code}
        - community.mailtrap.sandbox_expect: {sandbox_id: 5}
        """
    )
    assert by_name.requests == ["GET /api/projects", LIST_REQUEST]
    assert [message["subject"] for message in by_name["sandbox_messages"]] == ["Your code"]
    assert by_name["waited"] < 0.5 and "links" not in by_name.result and "captures" not in by_name.result
    assert [message["subject"] for message in by_id["sandbox_messages"]] == ["New"] and by_id.requests == [LIST_REQUEST]


def test_account_scoped_paths_and_legacy_names(play, seeded_emulator):
    add_messages(seeded_emulator, build_message())
    (step,) = play(
        "[{community.mailtrap.inbox_expect: {inbox_id: 5, subject: code, body: 123456}}]",
        environment={"MAILTRAP_ACCOUNT_ID": str(seeded_emulator.account_id)},
    )
    (found,) = step["sandbox_messages"]
    base = f"GET /api/accounts/{seeded_emulator.account_id}/inboxes/5/messages"
    assert step.requests == [base, f"{base}/{found['id']}/body.txt"] and found["sandbox_id"] == 5


def test_messages_that_arrive_one_by_one_are_collected(play_in, seeded_emulator):
    add_messages(seeded_emulator, build_message("Part 1"), build_message("Other"))
    with AfterPolls(
        seeded_emulator,
        (1, lambda: add_messages(seeded_emulator, build_message("Part 2"))),
        (3, lambda: add_messages(seeded_emulator, build_message("Part 3"), build_message("Late"))),
    ):
        (step,) = play_in("in_process", build_task(subject="^Part", count=3))
    assert [message["subject"] for message in step["sandbox_messages"]] == ["Part 3", "Part 2", "Part 1"]
    assert step.requests == [LIST_REQUEST] * 4


def test_the_newest_matching_messages_are_returned(play_in, seeded_emulator):
    add_messages(seeded_emulator, *(build_message(f"Part {number}") for number in range(1, 6)))
    (step,) = play_in("in_process", build_task(subject="^Part", count=2))
    assert [message["subject"] for message in step["sandbox_messages"]] == ["Part 5", "Part 4"]


def test_a_full_sandbox_is_read_completely_only_once(play_in, seeded_emulator):
    """Later polls take one request each, and find a new message although its id is not above all others."""
    seeded_emulator.limits(max_size=1000)
    add_messages(seeded_emulator, *(build_message("Old", id=6_000_000_000 + number) for number in range(65)))
    with AfterPolls(seeded_emulator, (5, lambda: add_messages(seeded_emulator, build_message(id=6_000_000_999)))):
        (step,) = play_in("in_process", build_task(subject="Your code"))
    assert step.requests == [LIST_REQUEST] * 3 + [LIST_REQUEST] * 3
    assert [entry["query"] for entry in step.entries] == ["", "last_id=6000000035", "last_id=6000000005", "", "", ""]


def test_a_message_with_a_lower_id_than_known_messages_is_found(play_in, seeded_emulator):
    """Messages can arrive in another order than that of their ids."""
    add_messages(seeded_emulator, build_message("First", id=6_000_000_009))
    with AfterPolls(seeded_emulator, (2, lambda: add_messages(seeded_emulator, build_message(id=6_000_000_003)))):
        (step,) = play_in("in_process", build_task(subject="Your code"))
    assert [message["id"] for message in step["sandbox_messages"]] == [6_000_000_003]
    assert step.requests == [LIST_REQUEST] * 3


def test_a_failure_describes_the_messages_that_arrived(play, seeded_emulator):
    add_messages(
        seeded_emulator,
        build_message("Welcome", to=[{"email": "ann@example.com"}]),
        build_message("Your order"),
        build_message(text="Nothing here.", headers={"Reply-To": "no@example.com"}),
    )
    step = play(build_task(to="karl@example.com", subject="code", body=r"\d{6}", wait=2))[0]
    third = seeded_emulator.dump()["messages"][-1]["id"]
    assert step.failed
    assert step.requests == [LIST_REQUEST, f"{LIST_REQUEST}/{third}/body.txt", LIST_REQUEST, LIST_REQUEST]
    assert step.msg == (
        "Could not find the expected messages in sandbox 5: found 0 of 1 expected messages within 2 s; "
        f"message {third} 'Your code' from shop@example.com to karl@example.com: body does not match '\\d{{6}}'; "
        f"message {third - 1} 'Your order' from shop@example.com to karl@example.com: subject does not match 'code'; "
        f"message {third - 2} 'Welcome' from shop@example.com to ann@example.com: "
        "to does not match 'karl@example.com', subject does not match 'code'"
    )
    assert step["waited"] == 2.0 and step["sandbox_messages"] == []
    assert step["arrived"][0] == {
        "id": third,
        "subject": "Your code",
        "from_email": "shop@example.com",
        "to_email": "karl@example.com",
        "created_at": step["arrived"][0]["created_at"],
        "objections": ["body does not match '\\d{6}'"],
    }
    assert step["errors"][0] == "found 0 of 1 expected messages within 2 s" and step["status"] is None


def test_the_length_of_a_failure_is_limited(play_in, seeded_emulator):
    seeded_emulator.limits(max_size=1000)
    add_messages(seeded_emulator, *(build_message(f"{number} " + "long " * 1000) for number in range(65)))
    (step,) = play_in("in_process", build_task(subject="x" * 500, wait=0))
    assert len(step.msg) < 1200 and step.msg.endswith("62 more messages do not match")
    assert len(step["arrived"]) == 30
    assert step.requests == [LIST_REQUEST] * 3


def test_a_failure_says_that_no_messages_arrived(play_in, seeded_emulator):
    add_messages(seeded_emulator, build_message("Before"))
    newest = seeded_emulator.dump()["messages"][-1]["id"]
    first, second = play_in(
        "in_process", build_task(since=str(newest), wait=1) + build_task(count=2, subject="Before", wait=0)
    )
    assert (
        first.msg == "Could not find the expected messages in sandbox 5: found 0 of 1 expected messages within 1 s; "
        "no other messages arrived"
    )
    assert second.msg == (
        "Could not find the expected messages in sandbox 5: found 1 of 2 expected messages; no other messages arrived"
    )
    assert [message["subject"] for message in second["sandbox_messages"]] == ["Before"]


def test_no_message_is_expected(play_in, seeded_emulator):
    add_messages(seeded_emulator, build_message("Other"))
    with AfterPolls(seeded_emulator, (4, lambda: add_messages(seeded_emulator, build_message()))):
        quiet, disturbed = play_in(
            "in_process", build_task(subject="code", count=0, wait=2) + build_task(subject="code", count=0)
        )
    assert not quiet.failed and quiet["waited"] == 2.0 and quiet.requests == [LIST_REQUEST] * 3
    assert quiet["sandbox_messages"] == []
    (found,) = disturbed["sandbox_messages"]
    assert disturbed.msg == (
        f"Could not confirm that no matching message arrives in sandbox 5: message {found['id']} 'Your code' "
        "from shop@example.com to karl@example.com arrived"
    )
    assert disturbed["waited"] < 4


SELECTIONS = [
    ({"to": "karl+shop@example.com"}, ["Plus"]),
    ({"to": "^ann@"}, ["Ann"]),
    ({"to": "^Ann Bell$"}, ["Ann"]),
    ({"from": "^news@example.com$"}, ["News?"]),
    ({"sender": "The News"}, ["News?"]),
    ({"subject": "News?"}, ["News?"]),
    ({"subject": "(?i)NEWS"}, ["News?"]),
    ({"subject": "^(News|Ann)"}, ["News?", "Ann"]),
    ({"body": "^Only in the text$"}, ["Ann"]),
    ({"body": "seen & read"}, ["News?"]),
    ({"headers": {"X-Campaign": "^spring$"}}, ["News?"]),
    ({"headers": {"x_campaign": "spring", "Subject": "News"}}, ["News?"]),
    ({"headers": {"Cc": "boss@example.com"}}, ["Plus"]),
    ({"unread": True}, ["News?", "Ann"]),
    ({"unread": False}, ["Plus"]),
    ({"since": "2026-05-02T00:00:00Z"}, ["News?", "Ann"]),
    ({"since": "2026-05-02T02:00:00.000+02:00"}, ["News?", "Ann"]),
    ({"since": "2026-05-02 00:00:01+00:00"}, ["News?"]),
    ({"since": "1h"}, []),
    ({"since": "6000000001"}, ["News?", "Ann"]),
]


def test_criteria_select_messages(play_in, seeded_emulator):
    seeded_emulator.limits(message_utc_offset="-12:00")
    add_messages(
        seeded_emulator,
        build_message(
            "Plus",
            id=6_000_000_001,
            to=[{"email": "karl+shop@example.com"}],
            cc=[{"email": "boss@example.com"}],
            is_read=True,
            created_at="2026-05-01T00:00:00Z",
        ),
        build_message(
            "Ann",
            id=6_000_000_002,
            to=[{"email": "ann@example.com", "name": "Ann Bell"}],
            text="First\r\nOnly in the text\r\nLast",
            html="<p>Only in the HTML",
            created_at="2026-05-02T00:00:00Z",
        ),
        build_message(
            "News?",
            id=6_000_000_003,
            **{"from": {"email": "news@example.com", "name": "The News"}, "text": None},
            html="<p>seen&nbsp;<b>&amp; read</b></p>",
            headers={"X-Campaign": "spring"},
            created_at="2026-05-03T00:00:00Z",
        ),
    )
    tasks = [task for options, _ in SELECTIONS for task in build_task(count=4, wait=0, **options)]
    for step, (options, subjects) in zip(play_in("in_process", tasks), SELECTIONS, strict=True):
        assert [message["subject"] for message in step["sandbox_messages"]] == subjects, options


def test_to_matches_the_smtp_recipients(play_in, seeded_emulator):
    """The service shows the envelope of messages that were sent by SMTP."""
    seeded_emulator.seed(sandboxes=[{"id": 6, "name": "SMTP", "project_id": 77, "username": "u", "password": "p"}])
    host, port = seeded_emulator.smtp.split(":")
    with smtplib.SMTP(host, int(port), timeout=30) as server:
        server.login("u", "p")
        content = "From: a@example.com\r\nTo: one@example.com\r\nSubject: Hi\r\n\r\nx\r\n"
        server.sendmail("bounces@example.com", ["one@example.com", "hidden@example.com"], content)
    (step,) = play_in("in_process", "[{community.mailtrap.sandbox_expect: {sandbox: SMTP, to: hidden@example.com}}]")
    assert step["sandbox_messages"][0]["to_email"] == "one@example.com"


HTML = """
<style>p {display: block}</style>
<p>Karl, your code is <b>654</b>321.</p>
<a href="{url}/reset?token=abc&amp;x=1">Reset</a> <a href="{url}/help">Help</a>
<a href="mailto:x@example.com">Mail</a>
"""


class PageHandler(BaseHTTPRequestHandler):
    """Answers with 404 or a redirect if the path says so, and otherwise with 200."""

    def do_GET(self):
        self.server.recorded_requests.append((self.path, dict(self.headers)))
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/help")
        elif self.path.startswith("/loop"):
            self.send_response(302)
            self.send_header("Location", "/loop")
        else:
            self.send_response(404 if self.path.startswith("/gone") else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def website():
    """Yield a web server that records its requests."""
    with ThreadingHTTPServer(("127.0.0.1", 0), PageHandler) as server:
        server.recorded_requests = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_links_are_returned_and_checked(play, seeded_emulator, website):
    add_messages(
        seeded_emulator,
        build_message(html=HTML.replace("{url}", website.url)),
        build_message("Text", text=f"See {website.url}/a and {website.url}/b."),
    )
    reset, all_links, text, missing = play(
        build_task(subject="code", links=["/reset"])
        + build_task(subject="code", links=[])
        + build_task(subject="Text", links=[])
        + build_task(subject="code", links=["/reset", "/confirm"], captures={"token": r"token=(\w+)"})
    )
    assert reset["links"] == [f"{website.url}/reset?token=abc&x=1"] == reset["sandbox_messages"][0]["links"]
    assert all_links["links"] == [f"{website.url}/reset?token=abc&x=1", f"{website.url}/help"]
    assert [request.rpartition("/")[2] for request in all_links.requests] == ["messages", "body.htmlsource"]
    assert text["links"] == [f"{website.url}/a", f"{website.url}/b"]
    assert [request.rpartition("/")[2] for request in text.requests] == ["messages", "body.txt"]
    assert missing.failed and "no link matches '/confirm' (links: http" in missing.msg
    assert "arrived" in missing.result and missing["sandbox_messages"][0]["subject"] == "Your code"
    assert website.recorded_requests == []


def test_links_are_followed(play, seeded_emulator, website, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    add_messages(
        seeded_emulator,
        build_message("Good", html=HTML.replace("{url}", website.url)),
        build_message("Moved", text=f"{website.url}/moved"),
        build_message(
            "Bad", text=f"{website.url}/gone {website.url}/loop http://127.0.0.1:9/x {website.url}/help http://[::1/x"
        ),
        build_message("Many", text="\n".join(f"{website.url}/{number}" for number in range(51))),
    )
    good, selected, moved, bad, too_many = play(
        build_task(subject="Good", links_answer=True)
        + build_task(subject="Good", links=["/help"], links_answer=True)
        + build_task(subject="Moved", links_answer=True)
        + build_task(subject="Bad", links_answer=True)
        + build_task(subject="Many", links_answer=True)
    )
    assert not good.failed and good["links"] == [f"{website.url}/reset?token=abc&x=1", f"{website.url}/help"]
    assert not selected.failed and not moved.failed
    assert f"link {website.url}/gone answered with status 404, link {website.url}/loop did not answer:" in bad.msg
    assert (
        "link http://127.0.0.1:9/x did not answer: cannot connect to http://127.0.0.1:9: Connection refused" in bad.msg
    )
    assert "http://[::1/x did not answer" in bad.msg and f"{website.url}/help" not in bad.msg
    assert too_many.msg.endswith("51 links exceed the limit of 50: select fewer with the option links")
    paths = [path for path, _ in website.recorded_requests]
    assert paths[:5] == ["/reset?token=abc&x=1", "/help", "/help", "/moved", "/help"]
    assert paths[5:] == ["/gone"] + ["/loop"] * 6 + ["/help"]
    for _, headers in website.recorded_requests:
        assert not {"authorization", "cookie"} & {name.lower() for name in headers}


def test_attachments_are_checked(play_in, seeded_emulator):
    add_messages(
        seeded_emulator,
        build_message("With", attachments=[PDF, {**PDF, "filename": "photo.png", "type": "image/png"}]),
        build_message("Without"),
    )

    def build_attachment_task(**criteria):
        return build_task(subject="^With$", wait=0, attachments=[criteria])

    steps = play_in(
        "in_process",
        build_attachment_task(filename=r"\.pdf$", content_type="application/pdf", min_size=400, max_size=400)
        + build_attachment_task(filename="photo", max_size=399)
        + build_attachment_task(content_type="text/plain")
        + build_task(subject="Without", attachments=[])
        + build_task(subject="^With$", attachments=[])
        + build_task(subject="Without", attachments=[{"filename": "x"}]),
    )
    matching, too_big, wrong_type, none, unexpected, missing = steps
    assert not matching.failed
    assert [request.rpartition("/")[2] for request in matching.requests] == ["messages", "attachments"]
    description = "photo.png (image/png, 400 bytes), invoice.pdf (application/pdf, 400 bytes)"
    assert too_big.msg.endswith(f"no attachment matches filename 'photo' and max_size 399 (attachments: {description})")
    assert "no attachment matches content_type 'text/plain'" in wrong_type.msg
    assert not none.failed
    assert unexpected.msg.endswith(f"unexpected attachments: {description}")
    assert missing.msg.endswith("(attachments: none)")


def test_spam_score_and_html_errors_are_checked(play_in, seeded_emulator):
    add_messages(
        seeded_emulator,
        build_message("Good", html="<p>Hello"),
        build_message("BUY THIS NOW", html="<style>a {}</style>"),
        build_message("Text"),
    )
    good, score, html, text = play_in(
        "in_process",
        build_task(subject="Good", max_spam_score=1, max_html_errors=0)
        + build_task(subject="BUY", max_spam_score=0.1)
        + build_task(subject="BUY", max_html_errors=0)
        + build_task(subject="Text", max_html_errors=9),
    )
    assert not good.failed
    assert [request.rpartition("/")[2] for request in good.requests] == ["messages", "spam_report", "analyze"]
    assert "the spam score 0.5 exceeds 0.1 (rules: SUBJ_ALL_CAPS 0.5, " in score.msg
    assert "the number of HTML errors is 1 and exceeds 0: line 1 style (" in html.msg
    assert html.msg.endswith("(not supported by Notes 6 / 7, Gmail)")
    assert "the HTML was not analyzed: the service answered 'The message has no HTML part'" in text.msg


def test_captures_are_extracted(play_in, seeded_emulator):
    add_messages(
        seeded_emulator, build_message("Code 111111", text=None, html=HTML.replace("{url}", "https://example.com"))
    )
    found, missing = play_in(
        "in_process",
        build_task(
            captures={
                "subject": r"\d{6}",
                "code": r"code is (\d+)",
                "token": r"token=(\w+)",
                "either": "(nothing)|Karl",
                "last": r"^Reset.*$",
            },
            include=["text", "html_source"],
        )
        + build_task(captures={"code": r"pin is (\d+)", "name": "^Karl"}),
    )
    assert found["captures"] == {
        "subject": "111111",
        "code": "654321",
        "token": "abc",
        "either": "",
        "last": "Reset Help Mail",
    }
    # Captures do not request the plain text, because its size in the list is 0; only include requests it.
    assert [request.rpartition("/")[2] for request in found.requests] == ["messages", "body.htmlsource", "body.txt"]
    assert found["sandbox_messages"][0]["parts"]["text"] is None
    assert missing.msg.endswith("captures.code 'pin is (\\d+)' matches nothing")


INVALID_OPTIONS = [
    ({"to": ""}, "to must not be empty: give a text to search for, or omit it"),
    ({"subject": "(x"}, "subject '(x' is not a regular expression: missing ), unterminated subpattern at position 0"),
    ({"body": "a{4294967296}"}, "body 'a{4294967296}' is not a regular expression: the repetition number is too large"),
    ({"links": ["["]}, "links[0] '[' is not a regular expression: unterminated character set at position 0"),
    ({"links": ["x", ""]}, "links[1] must not be empty: give a text to search for, or omit it"),
    (
        {"headers": {"Reply-To": "*"}},
        "headers.Reply-To '*' is not a regular expression: nothing to repeat at position 0",
    ),
    ({"headers": {"Reply-To": None}}, "headers.Reply-To must not be empty: give a text to search for, or omit it"),
    ({"captures": {"code": r"\d{"}, "links": ["("]}, "links[0] '(' is not a regular expression"),
    ({"captures": {"code": "("}}, "captures.code '(' is not a regular expression"),
    ({"attachments": [{"filename": "("}]}, "attachments[0].filename '(' is not a regular expression"),
    ({"attachments": [{}]}, "attachments[0] must not be empty: give at least one criterion"),
    (
        {"since": "yesterday"},
        "since 'yesterday' is not a valid time: use ISO 8601, such as 2026-01-31T12:00:00Z",
    ),
    ({"since": ""}, "since '' is not a valid time"),
    ({"wait": -1}, "wait must be between 0 and 3600 s, not -1"),
    ({"wait": 3601}, "wait must be between 0 and 3600 s, not 3601"),
    ({"count": -1}, "count must be at least 0, not -1"),
    ({"max_html_errors": -1}, "max_html_errors must be at least 0, not -1"),
    (
        {"count": 0, "captures": {"a": "b"}, "links_answer": True},
        "links_answer and captures cannot be used if count is 0, which expects no message",
    ),
    ({"project": "Shop", "project_id": 77}, "parameters are mutually exclusive: project|project_id"),
    ({"include": ["x"]}, "value of include must be one or more of: text"),
]


def test_invalid_options_are_refused_without_a_request(play_in, seeded_emulator):
    steps = play_in("in_process", [task for options, _ in INVALID_OPTIONS for task in build_task(**options)])
    for step, (_, message_start) in zip(steps, INVALID_OPTIONS, strict=True):
        assert step.failed and step.msg.startswith(message_start)
        assert step.requests == []


def test_check_mode_warns_and_does_not_wait(play, seeded_emulator, website):
    add_messages(seeded_emulator, build_message(text=f"{website.url}/gone"), build_message("Other"))
    found, missing, failed_check, too_many, no_sandbox = play(
        build_task(subject="code", links_answer=True)
        + build_task(subject="Not yet")
        + build_task(subject="code", attachments=[{"filename": "x"}])
        + build_task(subject="code", count=0)
        + [{"community.mailtrap.sandbox_expect": {"sandbox": "Not yet"}}],
        "--check",
    )
    assert not any(
        step.failed or step.changed or step.writes for step in (found, missing, failed_check, too_many, no_sandbox)
    )
    assert "warnings" not in found.result and website.recorded_requests == []
    assert missing.requests == [LIST_REQUEST] and missing["waited"] < 0.5 and missing["sandbox_messages"] == []
    (warning,) = missing["warnings"]
    assert warning.startswith("Outside check mode, this task would fail: found 0 of 1 expected messages; message ")
    assert "no attachment matches filename 'x' (attachments: none)." in failed_check["warnings"][0]
    assert "arrived." in too_many["warnings"][0]
    assert no_sandbox["warnings"] == [
        "There is no sandbox 'Not yet'; check mode assumes that an earlier task would create it."
    ]


def test_the_wait_survives_temporary_errors(play_in, seeded_emulator):
    """Requests that fail are repeated."""
    add_messages(seeded_emulator, build_message("Other"))
    seeded_emulator.fault(method="GET", path="/messages$", status=503, html="<h1>no", skip=1, times=2)
    seeded_emulator.fault(method="GET", path="/messages$", drop=True, skip=1, times=1)
    with AfterPolls(seeded_emulator, (3, lambda: add_messages(seeded_emulator, build_message()))):
        (step,) = play_in("in_process", build_task(subject="code"))
    assert not step.failed and len(step["sandbox_messages"]) == 1


def test_a_refused_request_ends_the_wait(play_in, seeded_emulator):
    missing, unauthorized = play_in(
        "in_process",
        build_task(sandbox_id=4711) + build_task(api_token="wrong-token-wrong-token"),
    )
    assert missing.msg.startswith("Could not find the expected messages in sandbox 4711: there is no such object")
    assert missing["status"] == 404 and len(missing.requests) == 1
    assert unauthorized["status"] == 401 and "the API token was refused" in unauthorized.msg
    assert len(unauthorized.requests) == 1


def test_a_message_that_is_deleted_during_the_check_does_not_match(play_in, seeded_emulator):
    add_messages(seeded_emulator, build_message())
    seeded_emulator.fault(method="GET", path="/body.txt$", status=404, json={"error": "Not Found"})
    (step,) = play_in("in_process", build_task(body="code", wait=0))
    assert get_objections(step) == {"Your code": ["the message no longer exists"]}


@pytest.mark.parametrize(
    "path, answer",
    [
        ("/messages$", {"messages": None}),
        ("/messages$", [[1]]),
        ("/mail_headers$", []),
        ("/spam_report$", {"report": "none"}),
        ("/attachments$", {}),
        ("/analyze$", {"report": []}),
    ],
)
def test_an_unexpected_answer_is_a_failure(play_in, seeded_emulator, path, answer):
    add_messages(seeded_emulator, build_message())
    seeded_emulator.fault(method="GET", path=path, status=200, json=answer)
    (step,) = play_in(
        "in_process",
        build_task(
            headers={"Subject": "x"} if "headers" in path else None, max_spam_score=9, attachments=[], max_html_errors=9
        ),
    )
    assert step.failed and "the service's" in step.msg


def test_unexpected_values_cause_no_traceback(play_in, seeded_emulator):
    message = {
        "id": 9,
        "subject": None,
        "to_email": 7,
        "smtp_information": False,
        "created_at": None,
        "text_body_size": None,
    }
    seeded_emulator.fault(method="GET", path="/messages$", status=200, json=[message])
    seeded_emulator.fault(method="GET", path="/spam_report$", status=200, json={"report": {"Details": "x"}})
    seeded_emulator.fault(
        method="GET", path="/analyze$", status=200, json={"report": {"errors": [1, {"email_clients": []}]}}
    )
    seeded_emulator.fault(method="GET", path="/attachments$", status=200, json=[{"id": 1}])
    seeded_emulator.fault(method="GET", path="/body", status=409, text="Conflict")
    mismatch, invalid_time, failed_checks = play_in(
        "in_process",
        build_task(to="8", subject="x", wait=0)
        + build_task(since="2026-05-01T12:00:00Z", wait=0)
        + build_task(max_spam_score=1, max_html_errors=1, attachments=[{"filename": "x", "min_size": 1}], links=["x"]),
    )
    assert mismatch["arrived"][0]["objections"] == ["to does not match '8'", "subject does not match 'x'"]
    assert "created_at of message 9 'None' is not a valid time" in invalid_time.msg
    assert "the spam score is unknown" in failed_checks.msg
    assert "the number of HTML errors is 2 and exceeds 1" in failed_checks.msg
