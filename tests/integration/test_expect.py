# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for mail. When a message came and when it was looked for is told by the emulator, not by a stopwatch."""

from __future__ import annotations

import base64
import itertools
import json
import smtplib
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

LIST = "GET /api/sandboxes/5/messages"
BOX = {"projects": [{"id": 77, "name": "Shop"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]}
PDF = {"filename": "invoice.pdf", "type": "application/pdf", "content": base64.b64encode(b"%PDF" * 100).decode()}


@pytest.fixture
def box(emulator):
    emulator.seed(BOX)
    return emulator


def message(subject="Your code", **fields):
    """A message to plant; without id and time it comes now."""
    return {
        "sandbox_id": 5,
        "from": {"email": "shop@example.com", "name": "Shop"},
        "to": [{"email": "karl@example.com", "name": "Karl"}],
        "subject": subject,
        "text": "Karl, your code is 123456.\n",
        **fields,
    }


def put(emulator, *messages):
    emulator.seed(messages=list(messages))


def looks(emulator):
    """The times of all looks at the list so far: list of float, in seconds."""
    return [
        datetime.fromisoformat(entry["at"]).timestamp()
        for entry in emulator.journal()
        if f"{entry['method']} {entry['path']}" == LIST
    ]


class Later(threading.Thread):
    """Do something once the list has been looked at some times, in the midst of the second that follows."""

    def __init__(self, emulator, *steps):
        super().__init__(daemon=True)
        self.emulator, self.steps, self.failure = emulator, steps, None

    def run(self):
        try:
            for number, do in self.steps:
                end = time.monotonic() + 60
                while len(looks(self.emulator)) < number:
                    assert time.monotonic() < end
                    time.sleep(0.05)
                time.sleep(0.4)
                do()
        except BaseException as failure:
            self.failure = failure

    def __enter__(self):
        self.emulator.clear_journal()
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.join(0 if kind else 30)
        assert self.failure is None, self.failure


def expecting(**options):
    """One task, which may fail, as a list."""
    return [{"community.mailtrap.sandbox_expect": {"sandbox_id": 5, **options}, "ignore_errors": True}]


def objections(step):
    return {mail["subject"]: mail["objections"] for mail in step["arrived"]}


def test_mail_that_comes_while_it_waits(play, box):
    put(box, message("Something else"))
    with Later(box, (3, lambda: put(box, message()))):
        (step,) = play(expecting(subject="Your code", captures={"code": r"code is (\d{6})"}))
    (found,) = step["sandbox_messages"]
    assert found["subject"] == "Your code" and step["captures"] == found["captures"] == {"code": "123456"}
    assert not step.changed and not found["is_read"]
    assert step.requests == [LIST] * 4 + [f"{LIST}/{found['id']}/body.txt"]
    times = [datetime.fromisoformat(entry["at"]).timestamp() for entry in step.entries[:4]]
    # The times are those at which the requests arrive, which jitters a little.
    assert all(later - sooner > 0.95 for sooner, later in itertools.pairwise(times))
    came = datetime.fromisoformat(found["created_at"]).timestamp()
    assert 0 < times[-1] - came < 1
    assert 2.9 < step["waited"] < 4


def test_mail_that_is_there_already(play, box):
    put(box, message("Old"), message(), message("New"))
    by_name, by_id = play(
        """
        - community.mailtrap.sandbox_expect: {sandbox: Box, project: Shop, to: karl@example.com, subject: code}
        - community.mailtrap.sandbox_expect: {sandbox_id: 5}
        """
    )
    assert by_name.requests == ["GET /api/projects", LIST]
    assert [mail["subject"] for mail in by_name["sandbox_messages"]] == ["Your code"]
    assert by_name["waited"] < 0.5 and "links" not in by_name.result and "captures" not in by_name.result
    assert [mail["subject"] for mail in by_id["sandbox_messages"]] == ["New"] and by_id.requests == [LIST]


def test_old_paths_and_names(play, box):
    put(box, message())
    (step,) = play(
        "[{community.mailtrap.inbox_expect: {inbox_id: 5, subject: code, body: 123456}}]",
        environment={"MAILTRAP_ACCOUNT_ID": str(box.account_id)},
    )
    (found,) = step["sandbox_messages"]
    base = f"GET /api/accounts/{box.account_id}/inboxes/5/messages"
    assert step.requests == [base, f"{base}/{found['id']}/body.txt"] and found["sandbox_id"] == 5


def test_several_that_come_one_by_one(play_in, box):
    put(box, message("Part 1"), message("Other"))
    with Later(
        box, (1, lambda: put(box, message("Part 2"))), (3, lambda: put(box, message("Part 3"), message("Late")))
    ):
        (step,) = play_in("in_process", expecting(subject="^Part", count=3))
    assert [mail["subject"] for mail in step["sandbox_messages"]] == ["Part 3", "Part 2", "Part 1"]
    assert step.requests == [LIST] * 4


def test_the_newest_are_taken(play_in, box):
    put(box, *(message(f"Part {number}") for number in range(1, 6)))
    (step,) = play_in("in_process", expecting(subject="^Part", count=2))
    assert [mail["subject"] for mail in step["sandbox_messages"]] == ["Part 5", "Part 4"]


def test_a_full_sandbox_is_read_once(play_in, box):
    """One look is one request, however much is there; and a message of a lower id is found all the same."""
    box.limits(max_size=1000)
    put(box, *(message("Old", id=6_000_000_000 + number) for number in range(65)))
    with Later(box, (5, lambda: put(box, message(id=6_000_000_999)))):
        (step,) = play_in("in_process", expecting(subject="Your code"))
    assert step.requests == [LIST] * 3 + [LIST] * 3
    assert [entry["query"] for entry in step.entries] == ["", "last_id=6000000035", "last_id=6000000005", "", "", ""]


def test_mail_that_overtakes(play_in, box):
    """Messages need not show up in the order of their ids."""
    put(box, message("First", id=6_000_000_009))
    with Later(box, (2, lambda: put(box, message(id=6_000_000_003)))):
        (step,) = play_in("in_process", expecting(subject="Your code"))
    assert [mail["id"] for mail in step["sandbox_messages"]] == [6_000_000_003] and step.requests == [LIST] * 3


def test_what_did_arrive(play, box):
    put(
        box,
        message("Welcome", to=[{"email": "ann@example.com"}]),
        message("Your order"),
        message(text="Nothing here.", headers={"Reply-To": "no@example.com"}),
    )
    step = play(expecting(to="karl@example.com", subject="code", body=r"\d{6}", wait=2))[0]
    third = box.dump()["messages"][-1]["id"]
    assert step.failed and step.requests == [LIST, f"{LIST}/{third}/body.txt", LIST, LIST]
    assert step.msg == (
        "Could not find the expected mail in sandbox 5: 0 of 1 messages are there after 2 s; "
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
    assert step["errors"][0] == "0 of 1 messages are there after 2 s" and step["status"] is None


def test_a_failure_is_not_endless(play_in, box):
    box.limits(max_size=1000)
    put(box, *(message(f"{number} " + "long " * 1000) for number in range(65)))
    (step,) = play_in("in_process", expecting(subject="x" * 500, wait=0))
    assert len(step.msg) < 1200 and step.msg.endswith("62 more do not match either")
    assert len(step["arrived"]) == 30
    assert step.requests == [LIST] * 3


def test_nothing_arrived(play_in, box):
    put(box, message("Before"))
    newest = box.dump()["messages"][-1]["id"]
    first, second = play_in(
        "in_process", expecting(since=str(newest), wait=1) + expecting(count=2, subject="Before", wait=0)
    )
    assert (
        first.msg == "Could not find the expected mail in sandbox 5: 0 of 1 messages are there after 1 s; "
        "no other mail has come"
    )
    assert second.msg.startswith("Could not find the expected mail in sandbox 5: 1 of 2 messages is there; no other")
    assert [mail["subject"] for mail in second["sandbox_messages"]] == ["Before"]


def test_that_none_comes(play_in, box):
    put(box, message("Other"))
    with Later(box, (4, lambda: put(box, message()))):
        quiet, disturbed = play_in(
            "in_process", expecting(subject="code", count=0, wait=2) + expecting(subject="code", count=0)
        )
    assert not quiet.failed and quiet["waited"] == 2.0 and quiet.requests == [LIST] * 3
    assert quiet["sandbox_messages"] == []
    (found,) = disturbed["sandbox_messages"]
    assert disturbed.msg == (
        f"Could not confirm that no such mail comes to sandbox 5: message {found['id']} 'Your code' "
        "from shop@example.com to karl@example.com is there"
    )
    assert disturbed["waited"] < 4


MEANT = [
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


def test_which_are_meant(play_in, box):
    box.limits(message_utc_offset="-12:00")
    put(
        box,
        message(
            "Plus",
            id=6_000_000_001,
            to=[{"email": "karl+shop@example.com"}],
            cc=[{"email": "boss@example.com"}],
            is_read=True,
            created_at="2026-05-01T00:00:00Z",
        ),
        message(
            "Ann",
            id=6_000_000_002,
            to=[{"email": "ann@example.com", "name": "Ann Bell"}],
            text="First\r\nOnly in the text\r\nLast",
            html="<p>Only in the HTML",
            created_at="2026-05-02T00:00:00Z",
        ),
        message(
            "News?",
            id=6_000_000_003,
            **{"from": {"email": "news@example.com", "name": "The News"}, "text": None},
            html="<p>seen&nbsp;<b>&amp; read</b></p>",
            headers={"X-Campaign": "spring"},
            created_at="2026-05-03T00:00:00Z",
        ),
    )
    tasks = [task for options, _ in MEANT for task in expecting(count=4, wait=0, **options)]
    for step, (options, subjects) in zip(play_in("in_process", tasks), MEANT, strict=True):
        assert [mail["subject"] for mail in step["sandbox_messages"]] == subjects, options


def test_recipients_of_the_envelope(play_in, box):
    """By SMTP the service knows whom a message was really sent to."""
    box.seed(sandboxes=[{"id": 6, "name": "SMTP", "project_id": 77, "username": "u", "password": "p"}])
    host, port = box.smtp.split(":")
    with smtplib.SMTP(host, int(port), timeout=30) as server:
        server.login("u", "p")
        content = "From: a@example.com\r\nTo: one@example.com\r\nSubject: Hi\r\n\r\nx\r\n"
        server.sendmail("bounces@example.com", ["one@example.com", "hidden@example.com"], content)
    (step,) = play_in("in_process", "[{community.mailtrap.sandbox_expect: {sandbox: SMTP, to: hidden@example.com}}]")
    assert step["sandbox_messages"][0]["to_email"] == "one@example.com"


HTML = """
<style>p {display: block}</style>
<p>Karl, your code is <b>654</b>321.</p>
<a href="{base}/reset?token=abc&amp;x=1">Reset</a> <a href="{base}/help">Help</a>
<a href="mailto:x@example.com">Mail</a>
"""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
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
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.base = f"http://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_links(play, box, site):
    put(
        box,
        message(html=HTML.replace("{base}", site.base)),
        message("Text", text=f"See {site.base}/a and {site.base}/b."),
    )
    reset, every, text, missing = play(
        expecting(subject="code", links=["/reset"])
        + expecting(subject="code", links=[])
        + expecting(subject="Text", links=[])
        + expecting(subject="code", links=["/reset", "/confirm"], captures={"token": r"token=(\w+)"})
    )
    assert reset["links"] == [f"{site.base}/reset?token=abc&x=1"] == reset["sandbox_messages"][0]["links"]
    assert every["links"] == [f"{site.base}/reset?token=abc&x=1", f"{site.base}/help"]
    assert [request.rpartition("/")[2] for request in every.requests] == ["messages", "body.htmlsource"]
    assert text["links"] == [f"{site.base}/a", f"{site.base}/b"]
    assert [request.rpartition("/")[2] for request in text.requests] == ["messages", "body.txt"]
    assert missing.failed and "no link matches '/confirm'; its links are" in missing.msg
    assert "arrived" in missing.result and missing["sandbox_messages"][0]["subject"] == "Your code"
    assert site.seen == []


def test_links_that_answer(play, box, site, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    put(
        box,
        message("Good", html=HTML.replace("{base}", site.base)),
        message("Moved", text=f"{site.base}/moved"),
        message("Bad", text=f"{site.base}/gone {site.base}/loop http://127.0.0.1:9/x {site.base}/help http://[::1/x"),
        message("Many", text="\n".join(f"{site.base}/{number}" for number in range(51))),
    )
    good, some, moved, bad, many = play(
        expecting(subject="Good", links_answer=True)
        + expecting(subject="Good", links=["/help"], links_answer=True)
        + expecting(subject="Moved", links_answer=True)
        + expecting(subject="Bad", links_answer=True)
        + expecting(subject="Many", links_answer=True)
    )
    assert not good.failed and good["links"] == [f"{site.base}/reset?token=abc&x=1", f"{site.base}/help"]
    assert not some.failed and not moved.failed
    assert f"link {site.base}/gone answers 404, link {site.base}/loop does not answer:" in bad.msg
    assert (
        "link http://127.0.0.1:9/x does not answer: cannot connect to http://127.0.0.1:9: Connection refused" in bad.msg
    )
    assert "http://[::1/x does not answer" in bad.msg and f"{site.base}/help" not in bad.msg
    assert many.msg.endswith("it has 51 links, and 50 are followed at most: say in links which matter")
    paths = [path for path, _ in site.seen]
    assert paths[:5] == ["/reset?token=abc&x=1", "/help", "/help", "/moved", "/help"]
    assert paths[5:] == ["/gone"] + ["/loop"] * 6 + ["/help"]
    for _, headers in site.seen:
        assert not {"authorization", "cookie"} & {name.lower() for name in headers}


def test_attachments(play_in, box):
    put(
        box,
        message("With", attachments=[PDF, {**PDF, "filename": "photo.png", "type": "image/png"}]),
        message("Without"),
    )

    def entry(**wanted):
        return expecting(subject="^With$", wait=0, attachments=[wanted])

    steps = play_in(
        "in_process",
        entry(filename=r"\.pdf$", content_type="application/pdf", min_size=400, max_size=400)
        + entry(filename="photo", max_size=399)
        + entry(content_type="text/plain")
        + expecting(subject="Without", attachments=[])
        + expecting(subject="^With$", attachments=[])
        + expecting(subject="Without", attachments=[{"filename": "x"}]),
    )
    fine, too_big, no_type, none, some, missing = steps
    assert not fine.failed and [request.rpartition("/")[2] for request in fine.requests] == ["messages", "attachments"]
    there = "photo.png (image/png, 400 bytes), invoice.pdf (application/pdf, 400 bytes)"
    assert too_big.msg.endswith(f"no attachment has filename 'photo' and max_size 399; its attachments are {there}")
    assert "no attachment has content_type 'text/plain'" in no_type.msg
    assert not none.failed
    assert some.msg.endswith(f"it has attachments: {there}")
    assert missing.msg.endswith("its attachments are none")


def test_reports(play_in, box):
    put(box, message("Good", html="<p>Hello"), message("BUY THIS NOW", html="<style>a {}</style>"), message("Text"))
    good, score, html, text = play_in(
        "in_process",
        expecting(subject="Good", max_spam_score=1, max_html_errors=0)
        + expecting(subject="BUY", max_spam_score=0.1)
        + expecting(subject="BUY", max_html_errors=0)
        + expecting(subject="Text", max_html_errors=9),
    )
    assert not good.failed
    assert [request.rpartition("/")[2] for request in good.requests] == ["messages", "spam_report", "analyze"]
    assert "its spam score is 0.5, above 0.1, by the rules SUBJ_ALL_CAPS 0.5" in score.msg
    assert "its HTML has 1 errors, more than 0: line 1 style (not in Notes 6 / 7, Gmail)" in html.msg
    assert "its HTML was not checked: the service says 'The message has no HTML part'" in text.msg


def test_captures(play_in, box):
    put(box, message("Code 111111", text=None, html=HTML.replace("{base}", "https://example.com")))
    found, missing = play_in(
        "in_process",
        expecting(
            captures={
                "subject": r"\d{6}",
                "code": r"code is (\d+)",
                "token": r"token=(\w+)",
                "either": "(nothing)|Karl",
                "last": r"^Reset.*$",
            },
            include=["text", "html_source"],
        )
        + expecting(captures={"code": r"pin is (\d+)", "name": "^Karl"}),
    )
    assert found["captures"] == {
        "subject": "111111",
        "code": "654321",
        "token": "abc",
        "either": "",
        "last": "Reset Help Mail",
    }
    # The list says that there is no plain text; only who asks for it finds out.
    assert [request.rpartition("/")[2] for request in found.requests] == ["messages", "body.htmlsource", "body.txt"]
    assert found["sandbox_messages"][0]["parts"]["text"] is None
    assert missing.msg.endswith("nothing in it matches 'pin is (\\d+)', which was to be captured as code")


WRONG = [
    ({"to": ""}, "to is empty: say what to look for, or leave it out"),
    ({"subject": "(x"}, "subject '(x' is not a regular expression: missing ), unterminated subpattern at position 0"),
    ({"body": "a{4294967296}"}, "body 'a{4294967296}' is not a regular expression: the repetition number is too large"),
    ({"links": ["["]}, "links '[' is not a regular expression: unterminated character set at position 0"),
    ({"links": ["x", ""]}, "links is empty: say what to look for, or leave it out"),
    (
        {"headers": {"Reply-To": "*"}},
        "headers Reply-To '*' is not a regular expression: nothing to repeat at position 0",
    ),
    ({"headers": {"Reply-To": None}}, "headers Reply-To is empty: say what to look for, or leave it out"),
    ({"captures": {"code": r"\d{"}, "links": ["("]}, "links '(' is not a regular expression"),
    ({"captures": {"code": "("}}, "captures code '(' is not a regular expression"),
    ({"attachments": [{"filename": "("}]}, "attachments filename '(' is not a regular expression"),
    ({"attachments": [{}]}, "attachments holds an entry that says nothing"),
    ({"since": "yesterday"}, "since 'yesterday' is not a valid time: use ISO 8601, such as 2026-01-31T12:00:00Z"),
    ({"since": ""}, "since '' is not a valid time"),
    ({"wait": -1}, "wait must be 0 to 3600 s; it is -1"),
    ({"wait": 3601}, "wait must be 0 to 3600 s; it is 3601"),
    ({"count": -1}, "count must be 0 or more; it is -1"),
    ({"max_html_errors": -1}, "max_html_errors must be 0 or more; it is -1"),
    (
        {"count": 0, "captures": {"a": "b"}, "links_answer": True},
        "count is 0: there will be no message for links_answer",
    ),
    ({"project": "Shop", "project_id": 77}, "parameters are mutually exclusive: project|project_id"),
    ({"include": ["x"]}, "value of include must be one or more of: text"),
]


def test_wrong_values(play_in, box):
    """They are told before anything is asked for."""
    steps = play_in("in_process", [task for options, _ in WRONG for task in expecting(**options)])
    for step, (_, sentence) in zip(steps, WRONG, strict=True):
        assert step.failed and step.msg.startswith(sentence)
        assert step.requests == []


def test_check_mode(play, box, site):
    put(box, message(text=f"{site.base}/gone"), message("Other"))
    there, missing, wrong, too_many, no_sandbox = play(
        expecting(subject="code", links_answer=True)
        + expecting(subject="Not yet")
        + expecting(subject="code", attachments=[{"filename": "x"}])
        + expecting(subject="code", count=0)
        + [{"community.mailtrap.sandbox_expect": {"sandbox": "Not yet"}}],
        "--check",
    )
    assert not any(step.failed or step.changed or step.writes for step in (there, missing, wrong, too_many, no_sandbox))
    assert "warnings" not in there.result and site.seen == []
    assert missing.requests == [LIST] and missing["waited"] < 0.5 and missing["sandbox_messages"] == []
    (warning,) = missing["warnings"]
    assert warning.startswith("Outside of check mode this would be a failure: 0 of 1 messages are there; message ")
    assert "no attachment has filename 'x'; its attachments are none." in wrong["warnings"][0]
    assert "is there." in too_many["warnings"][0]
    assert no_sandbox["warnings"] == [
        "There is no sandbox 'Not yet'; check mode takes it that an earlier task would have made it."
    ]


def test_faults_while_it_waits(play_in, box):
    """A look that fails for a moment is one look less."""
    put(box, message("Other"))
    box.fault(method="GET", path="/messages$", status=503, html="<h1>no", skip=1, times=2)
    box.fault(method="GET", path="/messages$", drop=True, skip=1, times=1)
    with Later(box, (3, lambda: put(box, message()))):
        (step,) = play_in("in_process", expecting(subject="code"))
    assert not step.failed and len(step["sandbox_messages"]) == 1


def test_a_refusal_ends_it(play_in, box):
    gone, token = play_in(
        "in_process",
        expecting(sandbox_id=4711) + expecting(api_token="wrong-token-wrong-token"),
    )
    assert gone.msg.startswith("Could not find the expected mail in sandbox 4711: there is no such object")
    assert gone["status"] == 404 and len(gone.requests) == 1
    assert token["status"] == 401 and "the API token was refused" in token.msg and len(token.requests) == 1


def test_a_message_that_goes_meanwhile(play_in, box):
    put(box, message())
    box.fault(method="GET", path="/body.txt$", status=404, json={"error": "Not Found"})
    (step,) = play_in("in_process", expecting(body="code", wait=0))
    assert objections(step) == {"Your code": ["it is no longer there"]}


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
def test_answers_of_another_shape(play_in, box, path, answer):
    put(box, message())
    box.fault(method="GET", path=path, status=200, json=answer)
    (step,) = play_in(
        "in_process",
        expecting(
            headers={"Subject": "x"} if "headers" in path else None, max_spam_score=9, attachments=[], max_html_errors=9
        ),
    )
    assert step.failed and "the service's" in step.msg


def test_odd_values_are_no_traceback(play_in, box):
    odd = {
        "id": 9,
        "subject": None,
        "to_email": 7,
        "smtp_information": False,
        "created_at": None,
        "text_body_size": None,
    }
    box.fault(method="GET", path="/messages$", status=200, json=[odd])
    box.fault(method="GET", path="/spam_report$", status=200, json={"report": {"Details": "x"}})
    box.fault(method="GET", path="/analyze$", status=200, json={"report": {"errors": [1, {"email_clients": []}]}})
    box.fault(method="GET", path="/attachments$", status=200, json=[{"id": 1}])
    box.fault(method="GET", path="/body", status=409, text="Conflict")
    meant, time_, parts = play_in(
        "in_process",
        expecting(to="8", subject="x", wait=0)
        + expecting(since="2026-05-01T12:00:00Z", wait=0)
        + expecting(max_spam_score=1, max_html_errors=1, attachments=[{"filename": "x", "min_size": 1}], links=["x"]),
    )
    assert (
        json.dumps(meant["arrived"][0]["objections"]) == "[\"to does not match '8'\", \"subject does not match 'x'\"]"
    )
    assert "created_at of message 9 'None' is not a valid time" in time_.msg
    assert "its spam score is not known" in parts.msg and "its HTML has 2 errors, more than 1" in parts.msg
