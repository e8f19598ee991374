# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandbox messages and attachments (facts 3.9)."""

import base64
import email
import re
from email.policy import default

import pytest

from mailtrap_emulator.areas.sandbox_messages import human_size

KEYS = [
    "id",
    "sandbox_id",
    "subject",
    "sent_at",
    "from_email",
    "from_name",
    "to_email",
    "to_name",
    "email_size",
    "is_read",
    "created_at",
    "updated_at",
    "template_id",
    "template_variables",
    "html_body_size",
    "text_body_size",
    "human_size",
    "html_path",
    "txt_path",
    "raw_path",
    "download_path",
    "html_source_path",
    "blacklists_report_info",
    "smtp_information",
]


@pytest.fixture
def base(sandbox):
    return f"/api/sandboxes/{sandbox['id']}/messages"


@pytest.fixture
def flood(emulator, sandbox):
    """Puts ``count`` messages into the sandbox, oldest first, subjects ``S1``, ``S2``, ..."""

    def plant(count, **fields):
        message = {"sandbox_id": sandbox["id"], "from": {"email": "a@b.c"}, "to": [{"email": "x@y.z"}], "text": "t"}
        emulator.seed(messages=[message | {"subject": f"S{number + 1}"} | fields for number in range(count)])

    return plant


def test_a_message_sent_by_api(api, base, sandbox, deliver):
    message_id = deliver()
    body = api.get(f"{base}/{message_id}").json()
    assert list(body) == KEYS
    fixed = {
        "id": message_id,
        "sandbox_id": sandbox["id"],
        "subject": "Your order",
        "from_email": "sales@example.com",
        "from_name": "Sales",
        "to_email": "ann@example.org",
        "to_name": "Ann",
        "is_read": False,
        "template_id": 0,
        "template_variables": None,
        "html_body_size": 24,
        "text_body_size": 17,
        "smtp_information": {"ok": False},
    }
    assert {name: body[name] for name in fixed} == fixed
    assert body["email_size"] == len(api.get(f"{base}/{message_id}/body.raw").content)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["created_at"])


def test_ids_are_beyond_32_bits(deliver):
    assert deliver() > 5_000_000_000


@pytest.mark.parametrize("count", [29, 30, 31, 60, 61])
def test_thirty_a_page_newest_first(api, base, flood, count):
    flood(count)
    pages, last_id = [], None
    while not pages or pages[-1]:
        pages.append(api.get(base, params={"last_id": last_id} if last_id else {}).json())
        last_id = pages[-1][-1]["id"] if pages[-1] else None
    subjects = [message["subject"] for page in pages for message in page]
    assert subjects == [f"S{number}" for number in range(count, 0, -1)]
    assert [len(page) for page in pages] == [30] * (count // 30) + ([count % 30] if count % 30 else []) + [0]


def test_last_id_is_exclusive_and_goes_before_page(api, base, flood):
    flood(40)
    newest = api.get(base).json()[0]["id"]
    answer = api.get(base, params={"last_id": newest - 4, "page": 2}).json()
    assert answer[0]["id"] == newest - 5
    assert len(answer) == 30
    between = api.get(base, params={"last_id": newest + 1000}).json()
    assert between[0]["id"] == newest


def test_page(api, base, flood):
    flood(65)
    assert [len(api.get(base, params={"page": page}).json()) for page in (1, 2, 3, 4)] == [30, 30, 5, 0]
    assert api.get(base, params={"page": 3}).json()[0]["subject"] == "S5"
    for nonsense in ("0", "-1", "x", "9" * 30):
        assert api.get(base, params={"page": nonsense}).json()[0]["subject"] == "S65"
        assert api.get(base, params={"last_id": nonsense}).json()[0]["subject"] == "S65"


def test_search(api, base, deliver):
    first = deliver(subject="Grüße aus KÖLN", to=[{"email": "x@y.z", "name": "Émile"}])
    second = deliver(subject="other", to=[{"email": "emile@needle.example"}])
    deliver(subject="other", text="needle köln émile")

    def found(text, **more):
        return [message["id"] for message in api.get(base, params={"search": text, **more}).json()]

    assert found("köln") == [first]
    assert found("NEEDLE") == [second]
    assert found("éMILE") == [first]
    assert found("nothing") == []
    assert found("") == [second + 1, second, first]
    assert found("OTHER", last_id=second + 1) == [second]


def test_search_pages_through_hits_only(api, base, emulator, sandbox, flood):
    flood(35, subject="hit")
    flood(35, subject="miss")
    flood(35, subject="hit")
    pages = [
        [m["subject"] for m in api.get(base, params={"search": "hit", "page": page}).json()] for page in (1, 2, 3, 4)
    ]
    assert pages == [["hit"] * 30, ["hit"] * 30, ["hit"] * 10, []]


@pytest.mark.parametrize(
    ("value", "state"),
    [(True, True), (False, False), ("true", True), ("false", False), (1, True), (0, False), ("1", True), (None, False)],
)
def test_is_read_takes_booleans_and_their_names(api, base, deliver, value, state):
    message_id = deliver()
    api.patch(f"{base}/{message_id}", json={"message": {"is_read": not state}})
    answer = api.patch(f"{base}/{message_id}", json={"message": {"is_read": value}})
    assert answer.status_code == 200
    assert answer.json()["is_read"] is state
    assert api.get(f"{base}/{message_id}").json()["is_read"] is state


def test_only_a_change_moves_updated_at(api, emulator, base, deliver):
    message = api.get(f"{base}/{deliver()}").json()
    emulator.clock(advance=60)
    unread, read, again = (
        api.patch(f"{base}/{message['id']}", json={"message": {"is_read": value}}).json()
        for value in (False, True, True)
    )
    assert message["created_at"] == unread["updated_at"] < read["updated_at"] == again["updated_at"]


def test_an_inactive_sandbox_refuses_changes_of_messages(api, emulator, project, mail):
    emulator.seed(sandboxes=[{"id": 9, "project_id": project["id"], "name": "Off", "status": "inactive"}])
    emulator.seed(messages=[mail | {"id": 7, "sandbox_id": 9}])
    for path, noun in (("/api/sandboxes", "Sandbox"), ("/api/accounts/1234567/inboxes", "Inbox")):
        answer = api.patch(f"{path}/9/messages/7", json={"message": {"is_read": True}})
        assert answer.status_code == 403
        assert answer.json() == {"errors": f"{noun} is not active or you have insufficient permissions"}


def test_delete_answers_with_the_message(api, base, deliver):
    message_id = deliver()
    before = api.get(f"{base}/{message_id}").json()
    answer = api.delete(f"{base}/{message_id}")
    assert answer.status_code == 200
    opaque = {name for name in KEYS if name.endswith("_path")} | {"blacklists_report_info"}
    assert {k: v for k, v in answer.json().items() if k not in opaque} == {
        k: v for k, v in before.items() if k not in opaque
    }
    assert answer.json()["html_path"] != before["html_path"]
    assert api.delete(f"{base}/{message_id}").status_code == 404
    assert api.get(base).json() == []


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/forward"),
        *[
            ("GET", f"/{rest}")
            for rest in (
                "spam_report",
                "analyze",
                "mail_headers",
                "attachments",
                "attachments/1",
                "body.txt",
                "body.raw",
                "body.html",
                "body.htmlsource",
                "body.eml",
            )
        ],
    ],
)
def test_every_route_has_its_404(api, emulator, base, project, deliver, method, rest):
    message_id = deliver()
    emulator.seed(sandboxes=[{"id": 9, "project_id": project["id"], "name": "Other"}])
    body = {"message": {"is_read": True}, "email": "owner@example.com"} if method in ("PATCH", "POST") else None
    for path in (
        f"{base}/1{rest}",
        f"/api/sandboxes/9/messages/{message_id}{rest}",
        f"/api/sandboxes/1/messages/1{rest}",
    ):
        answer = api.request(method, path, json=body)
        assert answer.status_code == 404
        assert answer.json() == {"error": "Not Found"}
        assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_bodies(api, base, deliver):
    text, html = "Grüße\n\nEnd without line break", "<p>Grüße 😀</p>\n"
    message_id = deliver(text=text, html=html)
    answers = {
        kind: api.get(f"{base}/{message_id}/body.{kind}") for kind in ("txt", "html", "htmlsource", "raw", "eml")
    }
    assert {answer.status_code for answer in answers.values()} == {200}
    assert answers["txt"].text == text
    assert answers["html"].text == answers["htmlsource"].text == html
    assert answers["raw"].content == answers["eml"].content
    types = {kind: answer.headers["content-type"] for kind, answer in answers.items()}
    assert types == {
        "txt": "text/plain; charset=utf-8",
        "html": "text/html; charset=utf-8",
        "htmlsource": "text/html; charset=utf-8",
        "raw": "text/plain; charset=utf-8",
        "eml": "message/rfc822",
    }
    parsed = email.message_from_bytes(answers["eml"].content, policy=default)
    assert parsed.get_body(("html",)).get_content().replace("\r\n", "\n") == html


def test_the_eml_has_its_subject_for_a_name(api, base, deliver):
    headers = api.get(f"{base}/{deliver(subject='Größe: 5 €')}/body.eml").headers
    assert headers["content-disposition"] == (
        "attachment; filename=\"Gr%3F%3Fe%3A 5 %3F.eml\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%3A%205%20%E2%82%AC.eml"
    )
    assert headers["content-transfer-encoding"] == "binary"


def test_a_part_that_is_not_there_is_a_409(api, base, deliver):
    only_text, only_html = deliver(html=None), deliver(text=None)
    missing = [(only_text, "html"), (only_text, "htmlsource"), (only_html, "txt")]
    for message_id, kind in missing:
        answer = api.get(f"{base}/{message_id}/body.{kind}")
        assert answer.status_code == 409
        assert answer.text == "Conflict"
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert api.get(f"{base}/{only_html}/body.html").status_code == 200


def test_the_opaque_paths_lead_to_the_same_bodies(api, base, deliver):
    message_id = deliver()
    message = api.get(f"{base}/{message_id}").json()
    kinds = {
        "html_path": "html",
        "txt_path": "txt",
        "raw_path": "raw",
        "download_path": "eml",
        "html_source_path": "htmlsource",
    }
    for name, kind in kinds.items():
        assert re.fullmatch(rf"/api/testing_message_parts/[\w=-]+/body\.{kind}", message[name])
        assert api.get(message[name]).content == api.get(f"{base}/{message_id}/body.{kind}").content


def test_opaque_paths_cannot_be_made_up_and_end_with_the_message(api, emulator, base, deliver, client_of):
    message_id = deliver()
    path = api.get(f"{base}/{message_id}").json()["txt_path"]
    changed = path.replace("/body.txt", "A/body.txt")
    assert api.get(changed).status_code == 404
    attachment_path = path.replace("body.txt", "attachment_download")
    assert api.get(attachment_path).status_code == 404
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        api_tokens=[{"name": "theirs", "account_id": 77, "token": "b" * 32}],
    )
    assert client_of(emulator, "b" * 32).get(path).status_code == 404
    assert client_of(emulator, "").get(path).status_code == 401
    api.delete(f"{base}/{message_id}")
    assert api.get(path).status_code == 404


def test_mail_headers(api, base, emulator, deliver):
    message_id = deliver(
        subject="Grüße",
        cc=[{"email": "c@example.org"}],
        bcc=[{"email": "b1@example.org"}, {"email": "b2@example.org"}],
        headers={"X-Order-Id": "7"},
        category="orders",
    )
    headers = api.get(f"{base}/{message_id}/mail_headers").json()["headers"]
    assert headers["subject"] == "Grüße"
    assert headers["from"] == '"Sales" <sales@example.com>'
    assert headers["cc"] == "c@example.org"
    assert headers["bcc"] == "b1@example.org, b2@example.org"
    assert headers["x_order_id"] == "7"
    assert headers["x_mt_category"] == "orders"
    assert headers["mime_version"] == "1.0"
    assert headers["content_type"].startswith("multipart/alternative")
    emulator.limits(bcc_visible=False)
    assert api.get(f"{base}/{message_id}/mail_headers").json()["headers"]["bcc"] == "not available for your plan"


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8).decode()


def test_attachments(api, base, deliver):
    message_id = deliver(
        html='<img src="cid:logo">',
        attachments=[
            {
                "content": PNG,
                "filename": "logo.png",
                "type": "image/png",
                "disposition": "inline",
                "content_id": "logo",
            },
            {"content": "aGk=", "filename": "Überblick 1.txt"},
        ],
    )
    answer = api.get(f"{base}/{message_id}/attachments")
    assert answer.status_code == 200
    assert answer.headers["last-modified"].endswith("GMT")
    listed = answer.json()
    assert [row["id"] for row in listed] == sorted((row["id"] for row in listed), reverse=True)
    document, logo = listed
    assert list(document) == [
        "id",
        "message_id",
        "filename",
        "attachment_type",
        "content_type",
        "content_id",
        "transfer_encoding",
        "attachment_size",
        "created_at",
        "updated_at",
        "attachment_human_size",
        "download_path",
    ]
    assert document["message_id"] == message_id
    assert document["filename"] == "Überblick 1.txt"
    assert document["attachment_type"] == "attachment"
    assert document["content_type"] == "application/octet-stream"
    assert document["content_id"] == ""
    assert (document["attachment_size"], document["attachment_human_size"]) == (2, "2 Bytes")
    assert (logo["attachment_type"], logo["content_type"], logo["content_id"]) == ("inline", "image/png", "logo")
    assert logo["attachment_human_size"] == "2 KB"
    assert (
        api.get(f"{base}/{message_id}/attachments", params={"attachment_type": "inline"}).json()[0]["id"] == logo["id"]
    )
    single = api.get(f"{base}/{message_id}/attachments/{logo['id']}")
    assert single.json()["filename"] == "logo.png"
    assert single.headers["last-modified"] == answer.headers["last-modified"]
    download = api.get(logo["download_path"])
    assert download.content == base64.b64decode(PNG)
    assert download.headers["content-type"] == "image/png"
    assert "%C3%9Cberblick%201.txt" in api.get(document["download_path"]).headers["content-disposition"]
    assert api.get(f"{base}/{message_id}/body.html").text == '<img src="cid:logo">'


def test_the_oldest_message_goes_when_the_sandbox_is_full(api, emulator, base, deliver):
    emulator.limits(max_size=3)
    ids = [deliver() for _ in range(5)]
    assert [message["id"] for message in api.get(base).json()] == ids[:1:-1]
    assert api.get(f"{base}/{ids[0]}").status_code == 404
    assert api.get(base.removesuffix("/messages")).json()["max_size"] == 3
    dump = emulator.dump()
    assert len(dump["raw_messages"]) == 3


def test_a_message_beyond_the_size_limit_is_refused(api, emulator, base, sandbox, mail):
    emulator.limits(max_message_size=5000)
    answer = api.post(f"/api/send/{sandbox['id']}", json=mail | {"text": "x" * 5000})
    assert answer.status_code == 413
    assert answer.json() == {"success": False, "errors": ["message too large"]}
    assert api.get(base).json() == []


def test_forward(api, emulator, base, sandbox, deliver):
    message_id = deliver()
    emulator.seed(confirmed_addresses=[{"email": "friend@example.net"}])
    for address in ("Friend@example.net", "owner@example.com"):
        answer = api.post(f"{base}/{message_id}/forward", json={"email": address})
        assert answer.status_code == 200
        assert answer.json() == {"success": True, "message": "Your email message has been successfully forwarded"}
        assert answer.headers["cache-control"] == "no-cache"
        assert "etag" not in answer.headers
    assert [(sent["stream"], sent["recipients"]) for sent in emulator.outbox()] == [
        ("forward", ["Friend@example.net"]),
        ("forward", ["owner@example.com"]),
    ]
    assert emulator.outbox()[0]["subject"] == "Your order"
    assert api.get(f"/api/sandboxes/{sandbox['id']}").json()["forwarded_messages_count"] == 2


def test_forward_to_someone_who_has_not_agreed(api, emulator, base, deliver):
    message_id = deliver()
    for email_address, field in (("stranger@example.net", "base"), ("", "email"), (None, "email"), (["x"], "email")):
        answer = api.post(f"{base}/{message_id}/forward", json={"email": email_address})
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == [field]
    assert emulator.outbox() == []


def test_spam_report(api, base, deliver):
    report = api.get(f"{base}/{deliver(text=None)}/spam_report").json()["report"]
    assert report == {
        "ResponseCode": 0,
        "ResponseMessage": "EX_OK",
        "ResponseVersion": "1.1",
        "Score": 0.1,
        "Spam": False,
        "Threshold": 5.0,
        "Details": [
            {"Pts": "0.0", "RuleName": "HTML_MESSAGE", "Description": "BODY: HTML included in message"},
            {"Pts": "0.1", "RuleName": "MIME_HTML_ONLY", "Description": "BODY: Message only has text/html MIME parts"},
        ],
    }


def test_spam_is_found(api, base, deliver):
    gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    report = api.get(f"{base}/{deliver(text=gtube)}/spam_report").json()["report"]
    assert report["Spam"] is True
    assert report["Score"] >= 1000


def test_html_analysis(api, base, deliver):
    html = (
        "<html>\n<style>\n.a {\n display: none }\n</style>\n<p style='display:block'>x</p>\n<p>display: none</p></html>"
    )
    report = api.get(f"{base}/{deliver(html=html)}/analyze").json()["report"]
    assert list(report) == ["status", "errors"]
    assert [(error["error_line"], error["rule_name"]) for error in report["errors"]] == [
        (2, "style"),
        (4, "display"),
        (6, "display"),
    ]
    assert list(report["errors"][0]["email_clients"]) == ["desktop", "mobile", "web"]
    assert api.get(f"{base}/{deliver()}/analyze").json() == {"report": {"status": "success", "errors": []}}
    assert api.get(f"{base}/{deliver(html=None)}/analyze").json()["report"]["status"] == "error"


def test_the_blacklist_report_is_pending_at_first(api, emulator, base, deliver):
    emulator.limits(blacklist_seconds=60)
    path = f"{base}/{deliver()}"
    assert api.get(path).json()["blacklists_report_info"] == {"result": "pending"}
    emulator.clock(advance=61)
    report = api.get(path).json()["blacklists_report_info"]
    assert list(report) == ["result", "domain", "ip", "report"]
    assert (report["result"], report["domain"]) == ("success", "example.com")
    assert len(report["report"]) == 10
    assert {entry["in_black_list"] for entry in report["report"]} == {False}


def test_a_blacklisted_sender(api, emulator, base, deliver):
    emulator.limits(blacklist_seconds=0)
    report = api.get(f"{base}/{deliver(**{'from': {'email': 'a@test'}})}").json()["blacklists_report_info"]
    assert {entry["in_black_list"] for entry in report["report"]} == {True}


def test_times_with_the_viewers_offset(api, emulator, base, deliver):
    emulator.clock(set="2026-01-04T23:17:56.575Z", frozen=True)
    message_id = deliver()
    emulator.limits(message_utc_offset="-12:00")
    assert api.get(f"{base}/{message_id}").json()["created_at"] == "2026-01-04T11:17:56.575-12:00"
    assert api.get(base).json()[0]["sent_at"] == "2026-01-04T11:17:56.575-12:00"
    assert api.delete(f"{base}/{message_id}").json()["updated_at"] == "2026-01-04T23:17:56.575Z"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 Bytes"),
        (1, "1 Byte"),
        (691, "691 Bytes"),
        (1023, "1023 Bytes"),
        (1024, "1 KB"),
        (1740, "1.7 KB"),
        (11264, "11 KB"),
        (155 * 1024, "160 KB"),
        (1023 * 1024, "1000 KB"),
        (1_992_294, "1.9 MB"),
        (26_214_400, "25 MB"),
        (5 * 1024**5, "5100 TB"),
    ],
)
def test_human_sizes(size, text):
    assert human_size(size) == text
