# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending batches: inheritance, splitting into requests, and the outcome of each message."""

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

UNSET_OPTIONS = dict.fromkeys(MESSAGE_OPTIONS)


@pytest.fixture
def seeded_emulator(emulator):
    """Return the emulator with a sandbox and two email templates."""
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
    """Return the status of each message in a result."""
    return [response["status"] for response in step["responses"]]


def batch_options(count):
    """Return the options of a task that sends a message to each of many recipients."""
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
def test_batch_is_sent_through_its_stream(play, seeded_emulator, stream, path):
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


def test_entries_inherit_the_options_of_the_task(play, seeded_emulator):
    (step,) = play(BATCH % "")
    ann, bob, eve = seeded_emulator.outbox()
    assert (ann["subject"], ann["text"], ann["html"]) == ("News 🎉", "For all", None)
    assert (bob["subject"], bob["text"], bob["html"]) == ("Für Bob", "For Bob", "<p>For <b>Bob</b></p>")
    assert (eve["subject"], eve["text"], eve["html"]) == ("News 🎉", "For all", None)
    assert ann["recipients"] == ["ann@example.org", "second@example.org", "hidden@example.org"]
    assert ann["to"] == [{"name": "Ann", "email": "ann@example.org"}, {"name": "", "email": "second@example.org"}]
    assert bob["from"] == {"name": "Bob's friend", "email": "friend@example.com"}
    headers = [dict(mail["headers"]) for mail in (ann, bob, eve)]
    assert [fields.get("X-Run") for fields in headers] == ["7", None, "7"]
    assert [fields.get("X-Bob") for fields in headers] == [None, "1", None]
    assert [parseaddr(fields["Reply-To"]) for fields in headers] == [
        ("", "help@example.com"),
        ("", "help@example.com"),
        ("Eve", "eve@example.com"),
    ]
    assert [mail["category"] for mail in (ann, bob, eve)] == ["news", "bob", "news"]
    assert [mail["custom_variables"] for mail in (ann, bob, eve)] == [None, {"who": "bob"}, None]
    # Inherited fields are sent once, in the base.
    body = step.entries[0]["body"]
    assert sorted(body["base"]) == ["category", "from", "headers", "reply_to", "subject", "text"]
    assert [sorted(request) for request in body["requests"]] == [
        ["bcc", "to"],
        ["category", "custom_variables", "from", "headers", "html", "subject", "text", "to"],
        ["cc", "reply_to"],
    ]


def test_field_that_a_message_lacks_is_not_in_the_base(play, seeded_emulator, tmp_path):
    """A request can override a field of the base, but cannot remove it."""
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
    ann, all_recipients = seeded_emulator.outbox()
    assert ann["recipients"] == ["ann@example.org"] and all_recipients["recipients"] == ["all@example.org"]
    assert ann["html"] and all_recipients["html"] is None
    assert len(ann["attachments"]) == 1 and all_recipients["attachments"] == []
    assert sorted(step.entries[0]["body"]["base"]) == ["from", "subject", "text"]


def test_attachments_of_the_task_and_of_entries(play_in, seeded_emulator, tmp_path):
    """Controller files are copied to the target and keep their names."""
    (tmp_path / "files").mkdir()
    for name in ("all", "ann", "bob"):
        (tmp_path / "files" / f"{name}.txt").write_text(name)
    remote, in_process, module = (
        play_in(
            execution,
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
        for execution, connection in (("in_process", "elsewhere"), ("in_process", "local"), ("module", "local"))
    )
    body = remote.entries[0]["body"]
    assert body == in_process.entries[0]["body"] == module.entries[0]["body"]
    assert [part["filename"] for part in body["base"]["attachments"]] == ["all.txt"]
    names = [[part["filename"] for part in request.get("attachments", [])] for request in body["requests"]]
    assert names == [["ann.txt", "all.txt"], ["other.txt"], [], []]
    assert [len(mail["attachments"]) for mail in seeded_emulator.outbox()[:4]] == [2, 1, 1, 1]
    assert list((tmp_path / "target").iterdir()) == []


def test_templates_are_listed_once(play, seeded_emulator):
    (step, missing) = play(
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
    assert [mail["subject"] for mail in seeded_emulator.outbox()] == ["Hello 1", "Bye 2", "Hello 3"]
    assert sorted(step.entries[1]["body"]["base"]) == ["from", "template_uuid"]
    assert missing.requests == ["GET /api/email_templates"] and "there is no email template 'Bey'" in missing.msg


def test_check_mode_validates_but_sends_nothing(play, seeded_emulator, tmp_path):
    (tmp_path / "a.txt").write_text("a")
    valid, invalid = play(
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
    assert valid.changed and valid["responses"] == valid["message_ids"] == []
    assert valid.requests == ["GET /api/email_templates", "GET /api/sandboxes"]
    assert invalid.failed and invalid.requests == []
    assert "messages[1]: to: 'bob' is not an e-mail address" in invalid.msg
    assert "messages[2]: attachment '/no' cannot be read: No such file or directory" in invalid.msg


@pytest.mark.parametrize(
    "options, messages",
    [
        ("messages: []", ["messages is empty"]),
        ("messages: [{to: b@x.org}, {cc: c@x.org}, {}]", ["messages[2]: to, cc and bcc are all empty"]),
        (
            "messages: [{to: b@x.org, template: Hello}]",
            ["messages[0]: a template cannot be combined with subject, text"],
        ),
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
        ("messages: [{to: b@x.org, category: 'a\\nb'}]", ["messages[0]: category contains a line break"]),
    ],
)
def test_invalid_batch_fails_before_the_first_request(play_in, seeded_emulator, options, messages):
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.notify: {from: a@example.com, subject: s, text: t, %s}, ignore_errors: true}]"
        % options.replace("'a\\nb'", '"a\\nb"'),
    )
    assert step.failed and step.requests == []
    for message in messages:
        assert message in step.msg


def test_refused_message_does_not_stop_the_others(play, seeded_emulator):
    """The service answers 200 and success even if it refuses messages (docs/service.md#sending-answers)."""
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
        " Unauthorized; the service answers the same if the domain unverified.example is not verified or the token"
        " cannot access it; 2 of 4 messages were accepted"
    )
    assert statuses(step) == ["accepted", "refused", "accepted", "refused"]
    assert step["responses"][1]["errors"][0] == "Unauthorized" and step["responses"][1]["message_ids"] == []
    assert step["message_ids"] == [*step["responses"][0]["message_ids"], *step["responses"][2]["message_ids"]]
    assert [mail["recipients"] for mail in seeded_emulator.outbox()] == [["ann@example.org"], ["eve@example.org"]]


def test_batch_can_be_refused_completely(play, seeded_emulator):
    seeded_emulator.limits(sandbox_sends_per_10_seconds=0)
    (step,) = play([{"community.mailtrap.notify": {**batch_options(7), "sandbox_id": 5}, "ignore_errors": True}])
    assert step.failed and not step.changed and statuses(step) == ["refused"] * 7
    assert "messages[4] (p4@x.org) and 2 more: Rate limit exceeded; the sandbox's limit per ten" in step.msg
    assert "0 of 7 messages were accepted" in step.msg


@pytest.mark.parametrize("when, sent", [("before", 500), ("after", 1000)])
def test_batch_stops_after_a_request_with_unknown_outcome(play_in, seeded_emulator, when, sent):
    seeded_emulator.fault(method="POST", path="/api/batch", skip=1, drop=True, when=when)
    (step,) = play_in("in_process", [{"community.mailtrap.notify": batch_options(1200), "ignore_errors": True}])
    assert step.failed and step.changed and step.requests == ["POST /api/batch"] * 2
    assert statuses(step) == ["accepted"] * 500 + ["unknown"] * 500 + ["not_sent"] * 200
    assert "messages[500] to messages[999] may have been sent and are not sent again: the connection" in step.msg
    assert "messages[1000] to messages[1199] were not sent; 500 of 1200 messages were accepted" in step.msg
    assert step["responses"][1199]["recipients"] == ["p1199@x.org"]
    assert len(seeded_emulator.outbox()) == sent


@pytest.mark.parametrize(
    "fault, message",
    [
        (
            {"status": 403, "json": {"errors": ["Account is banned"]}},
            "the service does not accept this mail: Account is banned; nothing can be sent until Mailtrap support",
        ),
        ({"status": 413, "text": ""}, "the message is too large; the limit is 10 MB per message unless"),
        (
            {"status": 429, "json": {"success": False, "errors": ["Rate limit exceeded"]}},
            "the service accepts no more mail for now: Rate limit exceeded; the hourly or daily sending limit is",
        ),
        ({"status": 400, "json": {"errors": ["empty field: 'requests'"]}}, "empty field: 'requests'"),
    ],
)
def test_batch_stops_after_a_refused_request(play_in, seeded_emulator, fault, message):
    seeded_emulator.fault(method="POST", path="/api/batch", skip=1, **fault)
    task = {"community.mailtrap.notify": {**batch_options(1200), "retries": 0}, "ignore_errors": True}
    (step,) = play_in("in_process", [task])
    assert step.failed and step["status"] == fault["status"] and step.requests == ["POST /api/batch"] * 2
    assert f"messages[504] (p504@x.org) and 495 more: {message}" in step.msg
    assert statuses(step) == ["accepted"] * 500 + ["refused"] * 500 + ["not_sent"] * 200
    assert len(seeded_emulator.outbox()) == 500


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
def test_answer_without_outcomes_makes_all_messages_unknown(play_in, seeded_emulator, answer):
    seeded_emulator.fault(method="POST", path="/api/batch", status=200, json=answer)
    (step,) = play_in("in_process", [{"community.mailtrap.notify": batch_options(2), "ignore_errors": True}])
    assert step.failed and statuses(step) == ["unknown"] * 2
    assert "messages[0] to messages[1] may have been sent and are not sent again: the service did not" in step.msg


def test_answer_with_some_outcomes(play_in, seeded_emulator):
    items = [{"success": True, "message_ids": None}, {"success": False}, {}, {"success": True, "message_ids": ["x"]}]
    seeded_emulator.fault(method="POST", path="/api/batch", status=200, json={"success": True, "responses": items})
    (step,) = play_in("in_process", [{"community.mailtrap.notify": batch_options(4), "ignore_errors": True}])
    assert statuses(step) == ["accepted", "refused", "unknown", "accepted"]
    assert "messages[1] (p1@x.org): the service answered 200 without saying why" in step.msg
    assert "messages[2] may have been sent" in step.msg and step["message_ids"] == ["x"]


def test_ten_thousand_messages_take_20_requests(play_in, emulator):
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


def module_options(**options):
    """Return the options of a task, completed with the module's defaults."""
    unset = ("messages", "stream", "sandbox", "sandbox_id", "project", "project_id")
    defaults = {"wait_for_delivery": False, "wait": 300}
    return {**dict.fromkeys(unset), **UNSET_OPTIONS, **defaults, **options}


def attachment(path):
    """Return an entry of the option attachments, completed with the module's defaults."""
    return dict.fromkeys(MESSAGE_OPTIONS["attachments"]["options"], None) | {
        "src": str(path),
        "disposition": "attachment",
    }


def peak_memory(function, *arguments):
    """Return the peak memory of a call in bytes."""
    tracemalloc.start()
    try:
        function(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_bodies_of_a_large_batch_are_built_one_at_a_time(emulator):
    messages = [{**UNSET_OPTIONS, "to": [f"p{n}@x.org"], "text": str(n) * 200} for n in range(10_000)]
    options = module_options(**{"from": "a@example.com"}, subject="s", messages=messages)
    peak = peak_memory(send, Client(emulator.token, emulator.api_url), options, False)
    assert [entry["path"] for entry in emulator.journal()] == ["/api/batch"] * 20
    # The result takes 6 MB. All bodies together would take another 10 MB.
    assert peak < 12_000_000


@pytest.mark.parametrize(
    "messages", [None, [{**UNSET_OPTIONS, "to": ["b@x.org"]}, {**UNSET_OPTIONS, "to": ["c@x.org"]}]]
)
def test_large_attachment_is_held_in_memory_once(seeded_emulator, tmp_path, messages):
    (tmp_path / "large.bin").write_bytes(bytes(range(250)) * 80_000)  # 20 MB, 26.7 MB as base64
    to = {} if messages else {"to": ["b@x.org"]}
    attachments = [attachment(tmp_path / "large.bin")]
    options = module_options(
        **{"from": "a@example.com"},
        **to,
        subject="s",
        text="t",
        attachments=attachments,
        messages=messages,
        sandbox_id=5,
    )
    seeded_emulator.limits(max_message_size=2**30)
    client = Client(seeded_emulator.token, seeded_emulator.api_url)
    assert peak_memory(send, client, options, False) < 30_000_000
    (entry,) = [entry for entry in seeded_emulator.journal() if entry["method"] == "POST"]
    # The body contains the Base64 text once, however many messages inherit it.
    assert 26_666_668 < int(entry["headers"]["content-length"]) < 26_667_500
    for message in client.get("/api/sandboxes/5/messages"):
        (part,) = client.get(f"/api/sandboxes/5/messages/{message['id']}/attachments")
        assert part["attachment_size"] == 20_000_000


def test_batch_is_split_at_50_megabytes(seeded_emulator, tmp_path):
    """Each of the five messages has 12 MB as Base64, so that the first request holds four of them."""
    messages = []
    for n in range(5):
        path = tmp_path / f"{n}.bin"
        path.write_bytes(bytes([n]) * 9_000_000)
        messages.append({**UNSET_OPTIONS, "to": [f"p{n}@x.org"], "attachments": [attachment(path)]})
    options = module_options(**{"from": "a@example.com"}, subject="s", text="t", messages=messages, sandbox_id=5)
    result = {}
    peak = peak_memory(
        lambda: result.update(send(Client(seeded_emulator.token, seeded_emulator.api_url), options, False))
    )
    assert [response["status"] for response in result["responses"]] == ["accepted"] * 5
    lengths = [int(entry["headers"]["content-length"]) for entry in seeded_emulator.journal()]
    assert [length // 12_000_000 for length in lengths] == [4, 1] and max(lengths) <= 50_000_000
    assert peak < 65_000_000


def test_message_larger_than_a_request_fails_before_the_first_request(play_in, seeded_emulator, tmp_path):
    for name, size in (("large.bin", 30_000_000), ("small.bin", 9_000_000)):
        with open(tmp_path / name, "wb") as sparse_file:
            sparse_file.truncate(size)
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
        "messages[1]: the attachments, including those of the task, have 52.0 MB as Base64;"
        " the limit of a request is 50 MB"
    ) in step.msg


def test_batch_is_not_sent_without_a_connection(play_in, seeded_emulator):
    task = {**batch_options(2), "api_url": "http://127.0.0.1:9", "retries": 0}
    (step,) = play_in("in_process", [{"community.mailtrap.notify": task, "ignore_errors": True}])
    assert step.failed and not step.changed and statuses(step) == ["not_sent"] * 2
    assert (
        "messages[0] to messages[1] were not sent: cannot connect to http://127.0.0.1:9: Connection refused" in step.msg
    )


def test_attachment_deleted_during_the_batch_stops_it(seeded_emulator, tmp_path):
    """The data of the error holds what was sent before."""
    path = tmp_path / "deleted.txt"
    path.write_text("x")
    messages = [{**UNSET_OPTIONS, "to": [f"p{n}@x.org"]} for n in range(502)]
    messages[501]["attachments"] = [attachment(path)]
    options = module_options(**{"from": "a@example.com"}, subject="s", text="t", messages=messages)
    seeded_emulator.fault(method="POST", path="/api/batch", times=1, delay=1)

    def delete_after_first_request():
        while not seeded_emulator.journal():
            time.sleep(0.01)
        path.unlink()

    thread = threading.Thread(target=delete_after_first_request)
    thread.start()
    with pytest.raises(MailtrapError) as caught:
        send(Client(seeded_emulator.token, seeded_emulator.api_url), options, False)
    thread.join()
    assert "messages[500] to messages[501] were not sent: attachment '" in str(caught.value)
    assert "deleted.txt' cannot be read: No such file or directory; 500 of 502 messages were accepted" in str(
        caught.value
    )
    assert [response["status"] for response in caught.value.data["responses"]] == ["accepted"] * 500 + ["not_sent"] * 2
    assert len(seeded_emulator.outbox()) == 500
