# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Batches: many messages in few requests, each with its own fate."""

from __future__ import annotations

import threading
import time
import tracemalloc
from email.utils import parseaddr

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.client import Client
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail.payload import MESSAGE_OPTIONS
from ansible_collections.community.mailtrap.plugins.module_utils._mail.send import send

NOTHING = dict.fromkeys(MESSAGE_OPTIONS)


@pytest.fixture
def box(emulator):
    emulator.seed(
        projects=[{"id": 77, "name": "Shop"}],
        sandboxes=[{"id": 5, "name": "Box", "project_id": 77}],
        email_templates=[
            {"name": name, "category": "c", "subject": f"{name} {{{{n}}}}", "body_text": "{{n}}"}
            for name in ("Hello", "Bye")
        ],
    )
    return emulator


def statuses(step):
    return [response["status"] for response in step["responses"]]


def many(count):
    return {
        "from": "a@example.com",
        "subject": "s",
        "text": "t",
        "messages": [{"to": [f"p{n}@x.org"]} for n in range(count)],
    }


BATCH = """
- community.mailtrap.notify:
    from: Shop <shop@example.com>
    reply_to: help@example.com
    subject: News 🎉
    text: For all
    category: news
    headers: {X-Run: 7}
    %s
    messages:
      - to: [Ann <ann@example.org>, second@example.org]
        bcc: hidden@example.org
      - to: bob@example.org
        sender: Bob's friend <friend@example.com>
        subject: Für Bob
        text: For Bob
        html: <p>For <b>Bob</b></p>
        category: bob
        headers: {X-Bob: 1}
        custom_variables: {who: bob}
      - cc: eve@example.org
        reply_to: Eve <eve@example.com>
"""


@pytest.mark.parametrize(
    "stream, path", [("transactional", "/api/batch"), ("bulk", "/bulk/api/batch"), ("sandbox", "/api/batch/5")]
)
def test_a_batch_on_each_stream(play, box, stream, path):
    (step,) = play(BATCH % f"stream: {stream}\n    {'sandbox_id: 5' if stream == 'sandbox' else ''}")
    assert step.changed and step.requests == [f"POST {path}"]
    assert step["stream"] == stream and statuses(step) == ["accepted"] * 3
    assert [response["index"] for response in step["responses"]] == [0, 1, 2]
    assert [response["recipients"] for response in step["responses"]] == [
        ["ann@example.org", "second@example.org", "hidden@example.org"],
        ["bob@example.org"],
        ["eve@example.org"],
    ]
    ids = [message_id for response in step["responses"] for message_id in response["message_ids"]]
    assert step["message_ids"] == ids and len(ids) == (3 if stream == "sandbox" else 5)


def test_what_an_entry_does_not_say_the_task_says(play, box):
    (step,) = play(BATCH % "")
    ann, bob, eve = box.outbox()
    assert (ann["subject"], ann["text"], ann["html"]) == ("News 🎉", "For all", None)
    assert (bob["subject"], bob["text"], bob["html"]) == ("Für Bob", "For Bob", "<p>For <b>Bob</b></p>")
    assert (eve["subject"], eve["text"], eve["html"]) == ("News 🎉", "For all", None)
    assert ann["recipients"] == ["ann@example.org", "second@example.org", "hidden@example.org"]
    assert ann["to"] == [{"name": "Ann", "email": "ann@example.org"}, {"name": "", "email": "second@example.org"}]
    assert bob["from"] == {"name": "Bob's friend", "email": "friend@example.com"}
    headers = [dict(mail["headers"]) for mail in (ann, bob, eve)]
    assert [head.get("X-Run") for head in headers] == ["7", None, "7"]
    assert [head.get("X-Bob") for head in headers] == [None, "1", None]
    assert [parseaddr(head["Reply-To"]) for head in headers] == [
        ("", "help@example.com"),
        ("", "help@example.com"),
        ("Eve", "eve@example.com"),
    ]
    assert [mail["category"] for mail in (ann, bob, eve)] == ["news", "bob", "news"]
    assert [mail["custom_variables"] for mail in (ann, bob, eve)] == [None, {"who": "bob"}, None]
    # What is the same for all travels once.
    body = step.entries[0]["body"]
    assert sorted(body["base"]) == ["category", "from", "headers", "reply_to", "subject", "text"]
    assert [sorted(request) for request in body["requests"]] == [
        ["bcc", "to"],
        ["category", "custom_variables", "from", "headers", "html", "subject", "text", "to"],
        ["cc", "reply_to"],
    ]


def test_what_not_all_messages_have_is_in_no_base(play, box, tmp_path):
    """A request can replace a field of the base, but not take it away."""
    (tmp_path / "a.txt").write_text("a")
    (step,) = play(
        """
        - community.mailtrap.notify:
            from: a@example.com
            to: all@example.org
            text: For all
            html: <p>For all</p>
            subject: s
            attachments: [{src: a.txt}]
            messages:
              - to: ann@example.org
              - {attachments: [], html: ""}
        """
    )
    ann, everybody = box.outbox()
    assert ann["recipients"] == ["ann@example.org"] and everybody["recipients"] == ["all@example.org"]
    assert ann["html"] and everybody["html"] is None
    assert len(ann["attachments"]) == 1 and everybody["attachments"] == []
    assert sorted(step.entries[0]["body"]["base"]) == ["from", "subject", "text"]


def test_files_of_the_task_and_of_entries(play_in, box, tmp_path):
    """Files are found on the controller and brought to where the module runs, each under its own name."""
    (tmp_path / "files").mkdir()
    for name in ("all", "ann", "bob"):
        (tmp_path / "files" / f"{name}.txt").write_text(name)
    elsewhere, in_process, module = (
        play_in(
            way,
            """
            - community.mailtrap.notify:
                from: a@example.com
                subject: x
                text: y
                attachments: [{src: all.txt}]
                messages:
                  - to: ann@example.org
                    attachments: [{src: ann.txt}, {src: all.txt}]
                  - to: bob@example.org
                    attachments: [{src: bob.txt, filename: other.txt}]
                  - to: eve@example.org
                  - to: adam@example.org
            """,
            variables={"ansible_connection": connection},
        )[0]
        for way, connection in (("in_process", "elsewhere"), ("in_process", "local"), ("module", "local"))
    )
    body = elsewhere.entries[0]["body"]
    assert body == in_process.entries[0]["body"] == module.entries[0]["body"]
    assert [part["filename"] for part in body["base"]["attachments"]] == ["all.txt"]
    names = [[part["filename"] for part in request.get("attachments", [])] for request in body["requests"]]
    assert names == [["ann.txt", "all.txt"], ["other.txt"], [], []]
    assert [len(mail["attachments"]) for mail in box.outbox()[:4]] == [2, 1, 1, 1]
    assert list((tmp_path / "target").iterdir()) == []


def test_templates_of_entries_are_looked_up_in_one_list(play, box):
    (step, lost) = play(
        """
        - community.mailtrap.notify:
            from: a@example.com
            template: Hello
            messages:
              - {to: ann@example.org, template_variables: {n: 1}}
              - {to: bob@example.org, template_variables: {n: 2}, template: Bye}
              - {to: eve@example.org, template_variables: {n: 3}}
        - community.mailtrap.notify:
            from: a@example.com
            template: Hello
            messages:
              - {to: ann@example.org}
              - {to: bob@example.org, template: Bey}
          ignore_errors: true
        """
    )
    assert step.requests == ["GET /api/email_templates", "POST /api/batch"]
    assert [mail["subject"] for mail in box.outbox()] == ["Hello 1", "Bye 2", "Hello 3"]
    assert sorted(step.entries[1]["body"]["base"]) == ["from", "template_uuid"]
    assert lost.requests == ["GET /api/email_templates"] and "there is no email template 'Bey'" in lost.msg


def test_check_mode_checks_everything_and_sends_nothing(play, box, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    good, bad = play(
        """
        - community.mailtrap.notify: &batch
            from: a@example.com
            template: Hello
            sandbox: Box
            wait_for_delivery: true
            messages:
              - {to: ann@example.org, attachments: [{src: a.txt}]}
              - {to: bob@example.org, template: Bye}
        - community.mailtrap.notify:
            <<: *batch
            messages:
              - to: ann@example.org
              - to: bob
              - {to: eve@example.org, attachments: [{src: /no, remote_src: true}]}
          ignore_errors: true
        """,
        "--check",
    )
    assert good.changed and good["responses"] == good["message_ids"] == []
    assert good.requests == ["GET /api/email_templates", "GET /api/sandboxes"]
    assert bad.failed and bad.requests == []
    assert "messages[1]: to: 'bob' is not an e-mail address" in bad.msg
    assert "messages[2]: attachment '/no' cannot be read: No such file or directory" in bad.msg


@pytest.mark.parametrize(
    "options, sentences",
    [
        ("messages: []", ["messages is empty"]),
        ("messages: [{to: b@x.org}, {cc: c@x.org}, {}]", ["messages[2]: there is no recipient"]),
        ("messages: [{to: b@x.org, template: Hello}]", ["messages[0]: a template brings its own subject, text"]),
        (
            "messages: [{to: b@x.org, html: x, body_markdown: y}]",
            ["messages[0]: html and body_markdown are both given"],
        ),
        ("messages: [{to: b@x.org, subject: ''}]", ["messages[0]: subject is empty"]),
        ("messages: [{to: b@x.org, subjekt: x}]", ["Unsupported parameters", "messages.subjekt"]),
        ("messages: [{to: b}, {to: b@x.org}, {to: b}]", ["messages[0], messages[2]: to: 'b' is not an e-mail address"]),
        (
            "messages: [{to: b}, {to: b}, {to: b}, {to: b}, {to: b}, {to: b}, {to: b}]",
            ["messages[0], messages[1], messages[2], messages[3], messages[4] and 2 more: to: 'b' is not"],
        ),
        ("reply_to: nobody, messages: [{to: b@x.org}]", ["Could not send the messages: reply_to: 'nobody' is not"]),
        ("messages: [{to: b@x.org, category: 'a\\nb'}]", ["messages[0]: category holds a line break"]),
    ],
)
def test_nothing_is_sent_of_a_batch_in_which_something_is_wrong(play_in, box, options, sentences):
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.notify: {from: a@example.com, subject: s, text: t, %s}, ignore_errors: true}]"
        % options.replace("'a\\nb'", '"a\\nb"'),
    )
    assert step.failed and step.requests == []
    for sentence in sentences:
        assert sentence in step.msg


def test_one_refused_message_does_not_stop_the_others(play, box):
    """The service says 200 and success, whatever became of the single messages."""
    (step,) = play(
        """
        - community.mailtrap.notify:
            from: a@example.com
            subject: s
            text: t
            wait_for_delivery: true
            messages:
              - {to: ann@example.org}
              - {to: bob@example.org, from: a@unverified.example}
              - {to: eve@example.org}
              - {to: [adam@example.org, joe@example.org], from: a@unverified.example}
          ignore_errors: true
        """
    )
    assert step.failed and step.changed and step.requests == ["POST /api/batch"]
    assert step.msg == (
        "Could not send the messages: messages[1] (bob@example.org), messages[3] (adam@example.org, joe@example.org):"
        " Unauthorized; this is also the answer when the domain unverified.example is not verified, or not this"
        " token's; 2 of 4 messages were accepted"
    )
    assert statuses(step) == ["accepted", "refused", "accepted", "refused"]
    assert step["responses"][1]["errors"][0] == "Unauthorized" and step["responses"][1]["message_ids"] == []
    assert step["message_ids"] == [*step["responses"][0]["message_ids"], *step["responses"][2]["message_ids"]]
    assert [mail["recipients"] for mail in box.outbox()] == [["ann@example.org"], ["eve@example.org"]]


def test_all_refused(play, box):
    box.limits(sandbox_sends_per_10_seconds=0)
    (step,) = play([{"community.mailtrap.notify": {**many(7), "sandbox_id": 5}, "ignore_errors": True}])
    assert step.failed and not step.changed and statuses(step) == ["refused"] * 7
    assert "messages[4] (p4@x.org) and 2 more: Rate limit exceeded; it was too much in ten seconds" in step.msg
    assert "0 of 7 messages were accepted" in step.msg


@pytest.mark.parametrize("when, sent", [("before", 500), ("after", 1000)])
def test_of_what_is_unknown_nothing_is_repeated_and_nothing_more_is_sent(play_in, box, when, sent):
    box.fault(method="POST", path="/api/batch", skip=1, drop=True, when=when)
    (step,) = play_in("in_process", [{"community.mailtrap.notify": many(1200), "ignore_errors": True}])
    assert step.failed and step.changed and step.requests == ["POST /api/batch"] * 2
    assert statuses(step) == ["accepted"] * 500 + ["unknown"] * 500 + ["not_sent"] * 200
    assert "messages[500] to [999] may have gone out all the same, and are not sent a second time: the conn" in step.msg
    assert "messages[1000] to [1199] were not sent; 500 of 1200 messages were accepted" in step.msg
    assert step["responses"][1199]["recipients"] == ["p1199@x.org"]
    assert len(box.outbox()) == sent


@pytest.mark.parametrize(
    "fault, sentence",
    [
        (
            {"status": 403, "json": {"errors": ["Account is banned"]}},
            "the service does not accept this mail: Account is banned; nothing can be sent until the support of",
        ),
        ({"status": 413, "text": ""}, "the message is too large; the service takes 10 MB a message unless"),
        (
            {"status": 429, "json": {"success": False, "errors": ["Rate limit exceeded"]}},
            "the service accepts no more mail for now: Rate limit exceeded; it was too much in an hour or a day",
        ),
        ({"status": 400, "json": {"errors": ["empty field: 'requests'"]}}, "empty field: 'requests'"),
    ],
)
def test_a_request_that_is_refused_as_a_whole(play_in, box, fault, sentence):
    box.fault(method="POST", path="/api/batch", skip=1, **fault)
    task = {"community.mailtrap.notify": {**many(1200), "retries": 0}, "ignore_errors": True}
    (step,) = play_in("in_process", [task])
    assert step.failed and step["status"] == fault["status"] and step.requests == ["POST /api/batch"] * 2
    assert f"messages[504] (p504@x.org) and 495 more: {sentence}" in step.msg
    assert statuses(step) == ["accepted"] * 500 + ["refused"] * 500 + ["not_sent"] * 200
    assert len(box.outbox()) == 500


@pytest.mark.parametrize(
    "answer",
    [
        {"success": True},
        {"success": True, "responses": []},
        {"success": True, "responses": [{"success": True}]},
        {"success": True, "responses": [None, 5]},
        {"success": True, "responses": {"a": 1, "b": 2}},
        {"success": False, "errors": ["no"]},
        [],
    ],
)
def test_answers_that_do_not_say_what_became_of_the_messages(play_in, box, answer):
    box.fault(method="POST", path="/api/batch", status=200, json=answer)
    (step,) = play_in("in_process", [{"community.mailtrap.notify": many(2), "ignore_errors": True}])
    assert step.failed and statuses(step) == ["unknown"] * 2
    assert (
        "messages[0] to [1] may have gone out all the same, and are not sent a second time: the service did" in step.msg
    )


def test_an_answer_of_which_one_part_is_clear(play_in, box):
    items = [{"success": True, "message_ids": None}, {"success": False}, {}, {"success": True, "message_ids": ["x"]}]
    box.fault(method="POST", path="/api/batch", status=200, json={"success": True, "responses": items})
    (step,) = play_in("in_process", [{"community.mailtrap.notify": many(4), "ignore_errors": True}])
    assert statuses(step) == ["accepted", "refused", "unknown", "accepted"]
    assert "messages[1] (p1@x.org): the service answered 200 without saying why" in step.msg
    assert "messages[2] may have gone out all the same" in step.msg and step["message_ids"] == ["x"]


def test_ten_thousand_recipients(play_in, emulator):
    """One by one, in 20 requests."""
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.notify:
            from: a@example.com
            subject: News
            text: For all
            messages: "{{ messages }}"
        """,
        variables={"messages": [{"to": [f"Person {n} <p{n}@x.org>"]} for n in range(10_000)]},
    )
    assert step.requests == ["POST /api/batch"] * 20
    assert [response["recipients"] for response in step["responses"]] == [[f"p{n}@x.org"] for n in range(10_000)]
    assert len(set(step["message_ids"])) == 10_000


def as_options(**options):
    """The options of a task as the module gets them."""
    others = ("messages", "stream", "sandbox", "sandbox_id", "project", "project_id")
    waiting = {"wait_for_delivery": False, "wait": 300}
    return {**dict.fromkeys(others), **NOTHING, **waiting, **options}


def file(path):
    return dict.fromkeys(MESSAGE_OPTIONS["attachments"]["options"], None) | {
        "src": str(path),
        "disposition": "attachment",
    }


def peak_of(function, *arguments):
    """The most bytes that a call has held at a time."""
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_large_batch_is_built_piece_by_piece(emulator):
    messages = [{**NOTHING, "to": [f"p{n}@x.org"], "text": str(n) * 200} for n in range(10_000)]
    options = as_options(**{"from": "a@example.com"}, subject="s", messages=messages)
    peak = peak_of(send, Client(emulator.token, emulator.api_url), options, False)
    assert [entry["path"] for entry in emulator.journal()] == ["/api/batch"] * 20
    # The result is 6 MB of it; the bodies together are 10 MB.
    assert peak < 12_000_000


@pytest.mark.parametrize("messages", [None, [{**NOTHING, "to": ["b@x.org"]}, {**NOTHING, "to": ["c@x.org"]}]])
def test_a_large_attachment_is_held_once(box, tmp_path, messages):
    (tmp_path / "large.bin").write_bytes(bytes(range(250)) * 80_000)  # 20 MB, 26.7 MB as base64
    to = {} if messages else {"to": ["b@x.org"]}
    attachments = [file(tmp_path / "large.bin")]
    options = as_options(
        **{"from": "a@example.com"},
        **to,
        subject="s",
        text="t",
        attachments=attachments,
        messages=messages,
        sandbox_id=5,
    )
    box.limits(max_message_size=2**30)
    client = Client(box.token, box.api_url)
    assert peak_of(send, client, options, False) < 30_000_000
    (entry,) = [entry for entry in box.journal() if entry["method"] == "POST"]
    # Of base64 of 20 MB there is one, however many messages share it.
    assert 26_666_668 < int(entry["headers"]["content-length"]) < 26_667_500
    for message in client.get("/api/sandboxes/5/messages"):
        (part,) = client.get(f"/api/sandboxes/5/messages/{message['id']}/attachments")
        assert part["attachment_size"] == 20_000_000


def test_a_batch_is_split_at_fifty_megabytes(box, tmp_path):
    """Five messages, each with 12 MB of base64 of its own: four in the first request, one in the second."""
    messages = []
    for n in range(5):
        path = tmp_path / f"{n}.bin"
        path.write_bytes(bytes([n]) * 9_000_000)
        messages.append({**NOTHING, "to": [f"p{n}@x.org"], "attachments": [file(path)]})
    options = as_options(**{"from": "a@example.com"}, subject="s", text="t", messages=messages, sandbox_id=5)
    result = {}
    peak = peak_of(lambda: result.update(send(Client(box.token, box.api_url), options, False)))
    assert [response["status"] for response in result["responses"]] == ["accepted"] * 5
    lengths = [int(entry["headers"]["content-length"]) for entry in box.journal()]
    assert [length // 12_000_000 for length in lengths] == [4, 1] and max(lengths) <= 50_000_000
    assert peak < 65_000_000


def test_what_fits_into_no_request_is_told_before_anything_is_sent(play_in, box, tmp_path):
    for name, size in (("large.bin", 30_000_000), ("small.bin", 9_000_000)):
        with open(tmp_path / name, "wb") as hole:
            hole.truncate(size)
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.notify:
            from: a@example.com
            subject: s
            text: t
            attachments: [{src: small.bin}]
            messages: [{to: b@x.org}, {to: c@x.org, attachments: [{src: large.bin}]}]
          ignore_errors: true
        """,
    )
    assert step.failed and step.requests == []
    assert (
        "messages[1]: its attachments, with those of the task, are 52.0 MB as base64; the service takes 50 MB"
        in step.msg
    )


def test_nobody_listens(play_in, box):
    task = {**many(2), "api_url": "http://127.0.0.1:9", "retries": 0}
    (step,) = play_in("in_process", [{"community.mailtrap.notify": task, "ignore_errors": True}])
    assert step.failed and not step.changed and statuses(step) == ["not_sent"] * 2
    assert "messages[0] to [1] were not sent: cannot connect to http://127.0.0.1:9: Connection refused" in step.msg


def test_a_file_that_is_gone_when_its_turn_comes(box, tmp_path):
    """What was sent before is in the data of the failure."""
    path = tmp_path / "gone.txt"
    path.write_text("x")
    messages = [{**NOTHING, "to": [f"p{n}@x.org"]} for n in range(502)]
    messages[501]["attachments"] = [file(path)]
    options = as_options(**{"from": "a@example.com"}, subject="s", text="t", messages=messages)
    box.fault(method="POST", path="/api/batch", times=1, delay=1)

    def remove():
        while not box.journal():
            time.sleep(0.01)
        path.unlink()

    remover = threading.Thread(target=remove)
    remover.start()
    with pytest.raises(MailtrapError) as caught:
        send(Client(box.token, box.api_url), options, False)
    remover.join()
    assert "messages[500] to [501] were not sent: attachment '" in str(caught.value)
    assert "gone.txt' cannot be read: No such file or directory; 500 of 502 messages were accepted" in str(caught.value)
    assert [one["status"] for one in caught.value.data["responses"]] == ["accepted"] * 500 + ["not_sent"] * 2
    assert len(box.outbox()) == 500
