# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandbox messages and their attachments (docs/service.md#sandbox-messages)."""

import base64
import email
import re
from email.policy import default

import pytest

from mailtrap_emulator.areas.sandbox_messages import human_size

MESSAGE_KEYS = [
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
def messages_path(sandbox):
    return f"/api/sandboxes/{sandbox['id']}/messages"


@pytest.fixture
def add_messages(emulator, sandbox):
    """A function that adds ``count`` messages to the sandbox, oldest first, with the subjects ``S1``, ``S2``, ..."""

    def seed(count, **fields):
        message = {"sandbox_id": sandbox["id"], "from": {"email": "a@b.c"}, "to": [{"email": "x@y.z"}], "text": "t"}
        emulator.seed(messages=[message | {"subject": f"S{number + 1}"} | fields for number in range(count)])

    return seed


def test_message_sent_by_api(api, messages_path, sandbox, deliver):
    message_id = deliver()
    body = api.get(f"{messages_path}/{message_id}").json()
    assert list(body) == MESSAGE_KEYS
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
    assert body["email_size"] == len(api.get(f"{messages_path}/{message_id}/body.raw").content)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["created_at"])


def test_ids_exceed_32_bits(deliver):
    assert deliver() > 5_000_000_000


@pytest.mark.parametrize("count", [29, 30, 31, 60, 61])
def test_pages_have_30_messages_newest_first(api, messages_path, add_messages, count):
    add_messages(count)
    pages, last_id = [], None
    while not pages or pages[-1]:
        pages.append(api.get(messages_path, params={"last_id": last_id} if last_id else {}).json())
        last_id = pages[-1][-1]["id"] if pages[-1] else None
    subjects = [message["subject"] for page in pages for message in page]
    assert subjects == [f"S{number}" for number in range(count, 0, -1)]
    assert [len(page) for page in pages] == [30] * (count // 30) + ([count % 30] if count % 30 else []) + [0]


def test_last_id_is_exclusive_and_takes_precedence_over_page(api, messages_path, add_messages):
    add_messages(40)
    newest = api.get(messages_path).json()[0]["id"]
    response = api.get(messages_path, params={"last_id": newest - 4, "page": 2}).json()
    assert response[0]["id"] == newest - 5
    assert len(response) == 30
    between = api.get(messages_path, params={"last_id": newest + 1000}).json()
    assert between[0]["id"] == newest


def test_page_number(api, messages_path, add_messages):
    add_messages(65)
    assert [len(api.get(messages_path, params={"page": page}).json()) for page in (1, 2, 3, 4)] == [30, 30, 5, 0]
    assert api.get(messages_path, params={"page": 3}).json()[0]["subject"] == "S5"
    for nonsense in ("0", "-1", "x", "9" * 30):
        assert api.get(messages_path, params={"page": nonsense}).json()[0]["subject"] == "S65"
        assert api.get(messages_path, params={"last_id": nonsense}).json()[0]["subject"] == "S65"


def test_search_compares_subject_and_recipient_ignoring_case(api, messages_path, deliver):
    first = deliver(subject="Grüße aus KÖLN", to=[{"email": "x@y.z", "name": "Émile"}])
    second = deliver(subject="other", to=[{"email": "emile@needle.example"}])
    deliver(subject="other", text="needle köln émile")

    def find_ids(text, **more):
        return [message["id"] for message in api.get(messages_path, params={"search": text, **more}).json()]

    assert find_ids("köln") == [first]
    assert find_ids("NEEDLE") == [second]
    assert find_ids("éMILE") == [first]
    assert find_ids("nothing") == []
    assert find_ids("") == [second + 1, second, first]
    assert find_ids("OTHER", last_id=second + 1) == [second]


def test_pages_of_a_search_contain_only_matches(api, messages_path, emulator, sandbox, add_messages):
    add_messages(35, subject="hit")
    add_messages(35, subject="miss")
    add_messages(35, subject="hit")
    pages = [
        [m["subject"] for m in api.get(messages_path, params={"search": "hit", "page": page}).json()]
        for page in (1, 2, 3, 4)
    ]
    assert pages == [["hit"] * 30, ["hit"] * 30, ["hit"] * 10, []]


@pytest.mark.parametrize(
    ("value", "is_read"),
    [(True, True), (False, False), ("true", True), ("false", False), (1, True), (0, False), ("1", True), (None, False)],
)
def test_is_read_accepts_booleans_and_their_texts(api, messages_path, deliver, value, is_read):
    message_id = deliver()
    api.patch(f"{messages_path}/{message_id}", json={"message": {"is_read": not is_read}})
    response = api.patch(f"{messages_path}/{message_id}", json={"message": {"is_read": value}})
    assert response.status_code == 200
    assert response.json()["is_read"] is is_read
    assert api.get(f"{messages_path}/{message_id}").json()["is_read"] is is_read


def test_only_a_change_updates_updated_at(api, emulator, messages_path, deliver):
    message = api.get(f"{messages_path}/{deliver()}").json()
    emulator.clock(advance=60)
    unread, read, again = (
        api.patch(f"{messages_path}/{message['id']}", json={"message": {"is_read": value}}).json()
        for value in (False, True, True)
    )
    assert message["created_at"] == unread["updated_at"] < read["updated_at"] == again["updated_at"]


def test_inactive_sandbox_refuses_changes_of_messages(api, emulator, project, mail):
    emulator.seed(sandboxes=[{"id": 9, "project_id": project["id"], "name": "Off", "status": "inactive"}])
    emulator.seed(messages=[mail | {"id": 7, "sandbox_id": 9}])
    for path, noun in (("/api/sandboxes", "Sandbox"), ("/api/accounts/1234567/inboxes", "Inbox")):
        response = api.patch(f"{path}/9/messages/7", json={"message": {"is_read": True}})
        assert response.status_code == 403
        assert response.json() == {"errors": f"{noun} is not active or you have insufficient permissions"}


def test_delete_returns_the_message(api, messages_path, deliver):
    message_id = deliver()
    before = api.get(f"{messages_path}/{message_id}").json()
    response = api.delete(f"{messages_path}/{message_id}")
    assert response.status_code == 200
    opaque = {name for name in MESSAGE_KEYS if name.endswith("_path")} | {"blacklists_report_info"}
    assert {k: v for k, v in response.json().items() if k not in opaque} == {
        k: v for k, v in before.items() if k not in opaque
    }
    assert response.json()["html_path"] != before["html_path"]
    assert api.delete(f"{messages_path}/{message_id}").status_code == 404
    assert api.get(messages_path).json() == []


@pytest.mark.parametrize(
    ("method", "suffix"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/forward"),
        *[
            ("GET", f"/{suffix}")
            for suffix in (
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
def test_unknown_ids_are_not_found_by_any_operation(api, emulator, messages_path, project, deliver, method, suffix):
    message_id = deliver()
    emulator.seed(sandboxes=[{"id": 9, "project_id": project["id"], "name": "Other"}])
    body = {"message": {"is_read": True}, "email": "owner@example.com"} if method in ("PATCH", "POST") else None
    for path in (
        f"{messages_path}/1{suffix}",
        f"/api/sandboxes/9/messages/{message_id}{suffix}",
        f"/api/sandboxes/1/messages/1{suffix}",
    ):
        response = api.request(method, path, json=body)
        assert response.status_code == 404
        assert response.json() == {"error": "Not Found"}
        assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_bodies_have_their_content_and_type(api, messages_path, deliver):
    text, html = "Grüße\n\nEnd without line break", "<p>Grüße 😀</p>\n"
    message_id = deliver(text=text, html=html)
    responses = {
        suffix: api.get(f"{messages_path}/{message_id}/body.{suffix}")
        for suffix in ("txt", "html", "htmlsource", "raw", "eml")
    }
    assert {response.status_code for response in responses.values()} == {200}
    assert responses["txt"].text == text
    assert responses["html"].text == responses["htmlsource"].text == html
    assert responses["raw"].content == responses["eml"].content
    types = {suffix: response.headers["content-type"] for suffix, response in responses.items()}
    assert types == {
        "txt": "text/plain; charset=utf-8",
        "html": "text/html; charset=utf-8",
        "htmlsource": "text/html; charset=utf-8",
        "raw": "text/plain; charset=utf-8",
        "eml": "message/rfc822",
    }
    parsed = email.message_from_bytes(responses["eml"].content, policy=default)
    assert parsed.get_body(("html",)).get_content().replace("\r\n", "\n") == html


def test_eml_download_is_named_after_the_subject(api, messages_path, deliver):
    headers = api.get(f"{messages_path}/{deliver(subject='Größe: 5 €')}/body.eml").headers
    assert headers["content-disposition"] == (
        "attachment; filename=\"Gr%3F%3Fe%3A 5 %3F.eml\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%3A%205%20%E2%82%AC.eml"
    )
    assert headers["content-transfer-encoding"] == "binary"


def test_missing_part_is_a_409(api, messages_path, deliver):
    only_text, only_html = deliver(html=None), deliver(text=None)
    missing = [(only_text, "html"), (only_text, "htmlsource"), (only_html, "txt")]
    for message_id, suffix in missing:
        response = api.get(f"{messages_path}/{message_id}/body.{suffix}")
        assert response.status_code == 409
        assert response.text == "Conflict"
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert api.get(f"{messages_path}/{only_html}/body.html").status_code == 200


def test_opaque_paths_lead_to_the_same_bodies(api, messages_path, deliver):
    message_id = deliver()
    message = api.get(f"{messages_path}/{message_id}").json()
    suffixes = {
        "html_path": "html",
        "txt_path": "txt",
        "raw_path": "raw",
        "download_path": "eml",
        "html_source_path": "htmlsource",
    }
    for name, suffix in suffixes.items():
        assert re.fullmatch(rf"/api/testing_message_parts/[\w=-]+/body\.{suffix}", message[name])
        assert api.get(message[name]).content == api.get(f"{messages_path}/{message_id}/body.{suffix}").content


def test_opaque_paths_are_signed_and_end_with_the_message(api, emulator, messages_path, deliver, make_client):
    message_id = deliver()
    path = api.get(f"{messages_path}/{message_id}").json()["txt_path"]
    changed = path.replace("/body.txt", "A/body.txt")
    assert api.get(changed).status_code == 404
    attachment_path = path.replace("body.txt", "attachment_download")
    assert api.get(attachment_path).status_code == 404
    emulator.seed(
        accounts=[{"id": 77, "name": "Other"}],
        api_tokens=[{"name": "theirs", "account_id": 77, "token": "b" * 32}],
    )
    assert make_client(emulator, "b" * 32).get(path).status_code == 404
    assert make_client(emulator, "").get(path).status_code == 401
    api.delete(f"{messages_path}/{message_id}")
    assert api.get(path).status_code == 404


def test_mail_headers_have_names_in_snake_case(api, messages_path, emulator, deliver):
    message_id = deliver(
        subject="Grüße",
        cc=[{"email": "c@example.org"}],
        bcc=[{"email": "b1@example.org"}, {"email": "b2@example.org"}],
        headers={"X-Order-Id": "7"},
        category="orders",
    )
    headers = api.get(f"{messages_path}/{message_id}/mail_headers").json()["headers"]
    assert headers["subject"] == "Grüße"
    assert headers["from"] == '"Sales" <sales@example.com>'
    assert headers["cc"] == "c@example.org"
    assert headers["bcc"] == "b1@example.org, b2@example.org"
    assert headers["x_order_id"] == "7"
    assert headers["x_mt_category"] == "orders"
    assert headers["mime_version"] == "1.0"
    assert headers["content_type"].startswith("multipart/alternative")
    emulator.limits(bcc_visible=False)
    assert (
        api.get(f"{messages_path}/{message_id}/mail_headers").json()["headers"]["bcc"] == "not available for your plan"
    )


PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8).decode()


def test_attachments_are_listed_and_downloaded(api, messages_path, deliver):
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
    response = api.get(f"{messages_path}/{message_id}/attachments")
    assert response.status_code == 200
    assert response.headers["last-modified"].endswith("GMT")
    listed = response.json()
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
        api.get(f"{messages_path}/{message_id}/attachments", params={"attachment_type": "inline"}).json()[0]["id"]
        == logo["id"]
    )
    single = api.get(f"{messages_path}/{message_id}/attachments/{logo['id']}")
    assert single.json()["filename"] == "logo.png"
    assert single.headers["last-modified"] == response.headers["last-modified"]
    download = api.get(logo["download_path"])
    assert download.content == base64.b64decode(PNG)
    assert download.headers["content-type"] == "image/png"
    assert "%C3%9Cberblick%201.txt" in api.get(document["download_path"]).headers["content-disposition"]
    assert api.get(f"{messages_path}/{message_id}/body.html").text == '<img src="cid:logo">'


def test_full_sandbox_drops_the_oldest_message(api, emulator, messages_path, deliver):
    emulator.limits(max_size=3)
    ids = [deliver() for _ in range(5)]
    assert [message["id"] for message in api.get(messages_path).json()] == ids[:1:-1]
    assert api.get(f"{messages_path}/{ids[0]}").status_code == 404
    assert api.get(messages_path.removesuffix("/messages")).json()["max_size"] == 3
    dump = emulator.dump()
    assert len(dump["raw_messages"]) == 3


def test_too_large_message_is_refused(api, emulator, messages_path, sandbox, mail):
    emulator.limits(max_message_size=5000)
    response = api.post(f"/api/send/{sandbox['id']}", json=mail | {"text": "x" * 5000})
    assert response.status_code == 413
    assert response.json() == {"success": False, "errors": ["message too large"]}
    assert api.get(messages_path).json() == []


def test_forward_to_confirmed_addresses(api, emulator, messages_path, sandbox, deliver):
    message_id = deliver()
    emulator.seed(confirmed_addresses=[{"email": "friend@example.net"}])
    for address in ("Friend@example.net", "owner@example.com"):
        response = api.post(f"{messages_path}/{message_id}/forward", json={"email": address})
        assert response.status_code == 200
        assert response.json() == {"success": True, "message": "Your email message has been successfully forwarded"}
        assert response.headers["cache-control"] == "no-cache"
        assert "etag" not in response.headers
    assert [(sent["stream"], sent["recipients"]) for sent in emulator.outbox()] == [
        ("forward", ["Friend@example.net"]),
        ("forward", ["owner@example.com"]),
    ]
    assert emulator.outbox()[0]["subject"] == "Your order"
    assert api.get(f"/api/sandboxes/{sandbox['id']}").json()["forwarded_messages_count"] == 2


def test_forward_to_an_unconfirmed_address_is_refused(api, emulator, messages_path, deliver):
    message_id = deliver()
    for email_address, field in (("stranger@example.net", "base"), ("", "email"), (None, "email"), (["x"], "email")):
        response = api.post(f"{messages_path}/{message_id}/forward", json={"email": email_address})
        assert response.status_code == 422
        assert list(response.json()["errors"]) == [field]
    assert emulator.outbox() == []


def test_spam_report(api, messages_path, deliver):
    report = api.get(f"{messages_path}/{deliver(text=None)}/spam_report").json()["report"]
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


def test_spam_is_detected(api, messages_path, deliver):
    gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    report = api.get(f"{messages_path}/{deliver(text=gtube)}/spam_report").json()["report"]
    assert report["Spam"] is True
    assert report["Score"] >= 1000


def test_html_analysis_lists_unsupported_css(api, messages_path, deliver):
    html = (
        "<html>\n<style>\n.a {\n display: none }\n</style>\n<p style='display:block'>x</p>\n<p>display: none</p></html>"
    )
    report = api.get(f"{messages_path}/{deliver(html=html)}/analyze").json()["report"]
    assert list(report) == ["status", "errors"]
    assert [(error["error_line"], error["rule_name"]) for error in report["errors"]] == [
        (2, "style"),
        (4, "display"),
        (6, "display"),
    ]
    assert list(report["errors"][0]["email_clients"]) == ["desktop", "mobile", "web"]
    assert api.get(f"{messages_path}/{deliver()}/analyze").json() == {"report": {"status": "success", "errors": []}}
    assert api.get(f"{messages_path}/{deliver(html=None)}/analyze").json()["report"]["status"] == "error"


def test_blacklist_report_is_pending_at_first(api, emulator, messages_path, deliver):
    emulator.limits(blacklist_seconds=60)
    path = f"{messages_path}/{deliver()}"
    assert api.get(path).json()["blacklists_report_info"] == {"result": "pending"}
    emulator.clock(advance=61)
    report = api.get(path).json()["blacklists_report_info"]
    assert list(report) == ["result", "domain", "ip", "report"]
    assert (report["result"], report["domain"]) == ("success", "example.com")
    assert len(report["report"]) == 10
    assert {entry["in_black_list"] for entry in report["report"]} == {False}


def test_blacklisted_sender_is_reported(api, emulator, messages_path, deliver):
    emulator.limits(blacklist_seconds=0)
    report = api.get(f"{messages_path}/{deliver(**{'from': {'email': 'a@test'}})}").json()["blacklists_report_info"]
    assert {entry["in_black_list"] for entry in report["report"]} == {True}


def test_times_have_the_utc_offset_of_the_settings(api, emulator, messages_path, deliver):
    emulator.clock(set="2026-01-04T23:17:56.575Z", frozen=True)
    message_id = deliver()
    emulator.limits(message_utc_offset="-12:00")
    assert api.get(f"{messages_path}/{message_id}").json()["created_at"] == "2026-01-04T11:17:56.575-12:00"
    assert api.get(messages_path).json()[0]["sent_at"] == "2026-01-04T11:17:56.575-12:00"
    assert api.delete(f"{messages_path}/{message_id}").json()["updated_at"] == "2026-01-04T23:17:56.575Z"


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
def test_human_size_formats(size, text):
    assert human_size(size) == text
