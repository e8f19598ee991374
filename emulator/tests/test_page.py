# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page for people, as HTTP tells it. What a browser makes of it is in test_page_browser.py."""

import base64
import re
import smtplib
import time
from contextlib import closing
from html import unescape
from statistics import median
from urllib.parse import unquote

import httpx
import pytest

from mailtrap_emulator.model import create_world
from mailtrap_emulator.model.projects import insert_project
from mailtrap_emulator.model.sandbox_messages import deliver_message
from mailtrap_emulator.model.sandboxes import insert_sandbox
from mailtrap_emulator.model.start_state import describe_start, resume_state
from mailtrap_emulator.page.html_frame import ROOM
from mailtrap_emulator.state.state_file import StateFile
from mailtrap_emulator.testing import Emulator

ADDRESS = "tickets-1a2b3c4d@inbound-mailtrap.io"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def page(emulator, client_of):
    """A client without a token."""
    return client_of(emulator, "")


@pytest.fixture
def inbox(emulator):
    emulator.seed(
        inbound_folders=[{"id": 77, "name": "Support"}],
        inbound_inboxes=[{"id": 513, "folder_id": 77, "name": "Tickets", "address": ADDRESS}],
    )


def visible(answer):
    """The text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def links(answer):
    """Where a page leads to in the emulator, and what it shows in a frame."""
    return [unescape(url) for url in re.findall(r'(?:href|src)="(/[^"]*)"', answer.text)]


def crawl(page):
    """Everything that can be reached from the entrance, by address."""
    seen, todo = {}, ["/"]
    while todo:
        url = todo.pop()
        if url not in seen:
            seen[url] = page.get(url)
            todo += links(seen[url])
    return seen


def policy(answer):
    """The Content-Security-Policy as a dict."""
    directives = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in directives}


def filename(answer):
    """Under which name a download is kept."""
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    return unquote(disposition.partition("filename*=UTF-8''")[2])


def test_the_start_says_what_to_do(page):
    assert "Emulated account" in visible(page.get("/"))
    assert "No project yet. Make one with POST /api/projects" in visible(page.get("/"))


def test_the_entrance_shows_what_there_is(page, emulator, project, sandbox, deliver, inbox, api, mail):
    assert "Shop project" in visible(page.get("/"))
    assert "Staging 0" in visible(page.get("/"))
    assert "Live mail" not in visible(page.get("/"))
    first = deliver()
    deliver()
    api.patch(f"/api/sandboxes/{sandbox['id']}/messages/{first}", json={"message": {"is_read": True}})
    assert "Staging 2 1 unread" in visible(page.get("/"))
    api.post("/api/send", json=mail).raise_for_status()
    emulator.receive(address=ADDRESS, subject="My order", text="Where?", **{"from": {"email": "ann@example.org"}})
    emulator.seed(accounts=[{"id": 77, "name": "Other"}], projects=[{"id": 7, "name": "Far", "account_id": 77}])
    text = visible(page.get("/"))
    assert f"Live mail Sent mail 1 Tickets, {ADDRESS} 1" in text
    assert "Other account 77 Far project 7 No sandbox yet." in text


def test_a_list_has_the_newest_first_and_pages(page, emulator, sandbox, mail):
    emulator.seed(messages=[mail | {"sandbox_id": sandbox["id"], "subject": f"No {n}."} for n in range(120)])
    url = f"/mail/sandboxes/{sandbox['id']}"

    def numbers(answer):
        return [int(number) for number in re.findall(r"No (\d+)\.", answer.text)]

    assert numbers(page.get(url)) == list(range(119, 69, -1))
    assert numbers(page.get(url, params={"page": 2})) == list(range(69, 19, -1))
    assert numbers(page.get(url, params={"page": 3})) == list(range(19, -1, -1))
    assert "51 to 100 of 120" in visible(page.get(url, params={"page": 2}))
    assert f"{url}?page=1" in links(page.get(url, params={"page": 2}))
    assert f"{url}?page=3" in links(page.get(url, params={"page": 2}))
    assert f"{url}?page=4" not in links(page.get(url, params={"page": 3}))
    for wrong in ("0", "-1", "x", "", "1.5"):
        assert numbers(page.get(url, params={"page": wrong})) == list(range(119, 69, -1))
    assert numbers(page.get(url, params={"page": "9" * 19})) == list(range(19, -1, -1))


def test_a_line_of_a_list(page, emulator, sandbox, deliver):
    emulator.clock(set="2026-05-01T10:00:05Z", frozen=True)
    deliver(to=[{"email": "ann@example.org"}, {"email": "bob@example.org", "name": "Bob"}])
    deliver(to=[], bcc=[{"email": "eve@example.org"}])
    blind, open_ = re.findall(r"<li>.*?</li>", page.get(f"/mail/sandboxes/{sandbox['id']}").text, re.DOTALL)
    line = visible(httpx.Response(200, text=open_))
    assert re.fullmatch(r"Sales to ann@example\.org, Bob Your order \d+ Bytes 2026-05-01 10:00:05", line)
    assert 'class="unread"' in open_
    assert "to eve@example.org" in visible(httpx.Response(200, text=blind))


def test_an_empty_sandbox(page, sandbox):
    assert "No mail yet." in visible(page.get(f"/mail/sandboxes/{sandbox['id']}"))


def test_a_message(page, sandbox, deliver, mail):
    key = deliver(cc=[{"email": "bob@example.org", "name": "Bob"}], bcc=[{"email": "eve@example.org"}])
    url = f"/mail/sandboxes/{sandbox['id']}/{key}"
    answer = page.get(url)
    text = visible(answer)
    assert "Your order From Sales <sales@example.com> To Ann <ann@example.org> Cc Bob <bob@example.org>" in text
    assert "Blind copies eve@example.org" in text
    assert "HTML Text Source Headers" in text
    assert "Attachments" not in text
    assert f"{url}/frame" in links(answer)
    assert page.get(f"{url}/html").content == answer.content
    assert mail["html"] in page.get(f"{url}/frame").text
    assert mail["text"] in visible(page.get(f"{url}/text"))


def test_mail_by_smtp_shows_its_envelope(page, emulator, sandbox):
    host, port = emulator.smtp.rsplit(":", 1)
    with smtplib.SMTP(host, int(port), timeout=10) as smtp:
        smtp.login(sandbox["username"], sandbox["password"])
        smtp.sendmail("bounce@example.com", ["ann@example.org"], b"Subject: Raw \xff\n\nHello \xff\n")
    (url,) = (url for url in crawl(page) if url.endswith("/text"))
    text = visible(page.get(url))
    assert "By SMTP from bounce@example.com to ann@example.org" in text
    assert "Hello \ufffd" in text


def test_newer_and_older(page, sandbox, deliver):
    base = f"/mail/sandboxes/{sandbox['id']}"
    old, middle, new = (f"{base}/{deliver()}" for _ in range(3))

    def neighbours(url):
        return [(rel, url) for url, rel in re.findall(r'href="([^"]*)" rel="(prev|next)"', page.get(url).text)]

    assert neighbours(old) == [("prev", middle)]
    assert neighbours(middle) == [("prev", new), ("next", old)]
    assert neighbours(new) == [("next", middle)]


def test_a_message_leads_back_to_its_page_of_the_list(page, emulator, sandbox, deliver, mail):
    key = deliver()
    emulator.seed(messages=[mail | {"sandbox_id": sandbox["id"]} for _ in range(50)])
    url = f"/mail/sandboxes/{sandbox['id']}"
    assert f"{url}?page=2" in links(page.get(f"{url}/{key}"))
    assert f"{url}/{key}" in links(page.get(f"{url}?page=2"))


def test_a_message_has_the_views_that_it_has_content_for(page, sandbox, deliver):
    base = f"/mail/sandboxes/{sandbox['id']}"
    text_only, html_only = f"{base}/{deliver(html=None)}", f"{base}/{deliver(text=None)}"
    for view, statuses in {
        "": (200, 200),
        "/html": (404, 200),
        "/frame": (404, 200),
        "/text": (200, 404),
        "/source": (200, 200),
        "/headers": (200, 200),
        "/attachments": (404, 404),
        "/nonsense": (404, 404),
    }.items():
        assert (page.get(text_only + view).status_code, page.get(html_only + view).status_code) == statuses
    assert page.get(text_only).content == page.get(f"{text_only}/text").content


def test_links_in_a_text_can_be_followed(page, sandbox, deliver):
    key = deliver(text='Here: https://shop.example/?a=1&b=2"><script> end', html=None)
    answer = page.get(f"/mail/sandboxes/{sandbox['id']}/{key}")
    assert 'target="_blank"' in answer.text
    assert 'href="https://shop.example/?a=1&amp;b=2' in answer.text
    assert "<script>" not in answer.text


def test_source_and_download_are_the_bytes(page, emulator, sandbox):
    raw = "From: ann@example.org\r\nSubject: Größe 😀\r\nX-Ticket: <7>\r\n\r\nHello\r\n"
    emulator.seed(messages=[{"id": 5_000_000_007, "sandbox_id": sandbox["id"], "raw": raw}])
    url = f"/mail/sandboxes/{sandbox['id']}/5000000007"
    shown = re.search(r"<pre>(.*)</pre>", page.get(f"{url}/source").text, re.DOTALL)[1]
    assert unescape(shown).splitlines() == raw.splitlines()
    download = page.get(f"{url}/download")
    assert download.content == raw.encode()
    assert download.headers["content-type"] == "message/rfc822"
    assert filename(download) == "Größe 😀.eml"


def test_of_a_long_text_the_beginning_is_shown(page, sandbox, deliver):
    key = deliver(text="x" * 300_000, html=None)
    url = f"/mail/sandboxes/{sandbox['id']}/{key}"
    for view in ("text", "source"):
        answer = page.get(f"{url}/{view}")
        assert "This is only the beginning." in visible(answer)
        assert 190_000 < len(answer.content) < 220_000
    assert b"x" * 70 in page.get(f"{url}/download").content
    short = f"/mail/sandboxes/{sandbox['id']}/{deliver()}/source"
    assert "only the beginning" not in page.get(short).text


def test_headers_are_shown_decoded_and_in_order(page, emulator, sandbox):
    raw = "From: a@b.c\nReceived: by one\nReceived: by two\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\n\nHello\n"
    emulator.seed(messages=[{"id": 5_000_000_007, "sandbox_id": sandbox["id"], "raw": raw}])
    text = visible(page.get(f"/mail/sandboxes/{sandbox['id']}/5000000007/headers"))
    assert text.endswith("From a@b.c Received by one Received by two Subject Größe")


@pytest.fixture
def attached(page, sandbox, deliver):
    """Delivers a mail with these files, (name, type, content); the address of the message."""

    def send(*files, **changes):
        attachments = [
            {"filename": name, "type": media_type, "content": base64.b64encode(content).decode()} | more
            for name, media_type, content, more in files
        ]
        return f"/mail/sandboxes/{sandbox['id']}/{deliver(attachments=attachments, **changes)}"

    return send


@pytest.mark.parametrize(
    "name",
    ["plain.pdf", "Größe 😀.pdf", 'a "quoted" \\ name.pdf', "a;b=c&d%41.pdf", "<script>.html", "../../etc/passwd"],
)
def test_an_attachment_is_downloaded_under_its_name(page, attached, name):
    url = attached((name, "application/pdf", b"%PDF \x00\xff", {}))
    answer = page.get(f"{url}/parts/1")
    assert answer.content == b"%PDF \x00\xff"
    assert answer.headers["content-type"] == "application/pdf"
    assert filename(answer) == name
    assert f"{name} application/pdf, 7 Bytes" in visible(page.get(f"{url}/attachments"))


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
def test_an_attachment_does_nothing_in_a_browser(page, attached, media_type):
    answer = page.get(attached(("x", media_type, b"<script>alert(1)</script>", {})) + "/parts/1")
    assert answer.headers["content-type"] == media_type
    assert filename(answer) == "x"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert policy(answer) == {"sandbox": [], "default-src": ["'none'"]}


def test_a_part_without_a_name_is_called_by_its_number(page, emulator, sandbox):
    raw = (
        'Subject: S\nContent-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nHello\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: Inner\n\nInner\n"
        "--b\nContent-Type: image/png\n\nx\n--b--\n"
    )
    emulator.seed(messages=[{"id": 5_000_000_007, "sandbox_id": sandbox["id"], "raw": raw}])
    url = f"/mail/sandboxes/{sandbox['id']}/5000000007"
    assert "Attachments (2)" in visible(page.get(url))
    assert filename(page.get(f"{url}/parts/1")) == "part-1.eml"
    assert filename(page.get(f"{url}/parts/2")) == "part-2.png"


def test_the_frame_may_do_next_to_nothing(page, sandbox, deliver):
    url = f"/mail/sandboxes/{sandbox['id']}/{deliver()}"
    frame = re.search(r"<iframe [^>]*>", page.get(url).text)[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    answer = page.get(f"{url}/frame")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert policy(answer) == {
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
        "default-src": ["'none'"],
        "img-src": ["data:"],
        "font-src": ["data:"],
        "style-src": ["'unsafe-inline'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
    }


def test_inline_images_are_in_the_frame(page, attached):
    inline = {"disposition": "inline"}
    html = (
        '<img src="cid:logo@1"><img src=CID:logo%401 ><p style="background: url( \'cid:logo@1\')">'
        '<img src="cid:a&amp;b"><img src="cid:unknown"> Write cid:logo@1 to name it.'
    )
    url = attached(
        ("logo.png", "image/png", PNG, inline | {"content_id": "logo@1"}),
        ("b.gif", "image/gif", b"GIF89a", inline | {"content_id": "a&b"}),
        html=html,
    )
    png = "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert page.get(f"{url}/frame").text == (
        f'<base target="_blank"><img src="{png}"><img src={png} ><p style="background: url( \'{png}\')">'
        '<img src="data:image/gif;base64,R0lGODlh"><img src="cid:unknown"> Write cid:logo@1 to name it.'
    )


def test_an_image_that_is_named_very_often_does_not_fill_the_memory(page, attached):
    inline = {"disposition": "inline", "content_id": "a"}
    url = attached(("a.png", "image/png", b"x" * 1_000_000, inline), html='<img src="cid:a">' * 1000)
    html = page.get(f"{url}/frame").text
    assert html.count("data:image/png") == ROOM // 1_000_000
    assert html.count("cid:a") == 1000 - ROOM // 1_000_000


@pytest.mark.parametrize("start", ["<!DOCTYPE html>", "\n <!doctype html public '-//W3C//DTD'>", ""])
def test_links_open_in_a_window_of_their_own_and_the_doctype_stays_first(page, sandbox, deliver, start):
    key = deliver(html=f"{start}<html><p>Hello</p></html>")
    html = page.get(f"/mail/sandboxes/{sandbox['id']}/{key}/frame").text
    assert html == f'{start}<base target="_blank"><html><p>Hello</p></html>'


def test_what_would_connect_before_the_policy_is_asked_has_a_stand_in(page, sandbox, deliver):
    key = deliver(
        html='<LINK rel=preconnect href="x"><p>Blink</p><iframe src="x">no</iFrame><frame><linker>\u212a\u0130'
    )
    html = page.get(f"/mail/sandboxes/{sandbox['id']}/{key}/frame").text
    assert html == (
        '<base target="_blank"><meta rel=preconnect href="x"><p>Blink</p><template src="x">no</template><meta><linker>'
        "\u212a\u0130"
    )


def test_sent_mail(page, emulator, api, mail):
    sent = mail | {"category": "News", "custom_variables": {"größe": "1"}, "bcc": [{"email": "eve@example.org"}]}
    api.post("/api/send", json=sent).raise_for_status()
    api.post("/bulk/api/send", json=mail | {"subject": "In bulk"}).raise_for_status()
    url = f"/mail/sent/{emulator.account_id}"
    listed = visible(page.get(url))
    assert listed.index("In bulk") < listed.index("Your order")
    assert "to ann@example.org, eve@example.org" in listed
    text = visible(page.get(f"{url}/1"))
    assert "Stream transactional" in text
    assert "Delivered to ann@example.org, eve@example.org" in text
    assert 'Category News Variables {"größe": "1"}' in text
    assert mail["html"] in page.get(f"{url}/1/frame").text


def test_inbound_mail(page, emulator, inbox):
    fields = {"from": {"email": "ann@example.org", "name": "Ann"}, "subject": "My order", "text": "Where is it?"}
    key = emulator.receive(address=ADDRESS, **fields)["id"]
    assert "Ann to tickets" in visible(page.get("/mail/inboxes/513"))
    text = visible(page.get(f"/mail/inboxes/513/{key}"))
    assert f"Arrived for {ADDRESS}" in text
    assert text.endswith("Where is it?")


HOSTILE = "\"'></title></bdi><script>alert(1)</script>{{7*7}}"


def test_nothing_of_a_mail_gets_into_the_page(page, emulator, api, inbox, mail):
    person = {"email": "ann@example.org", "name": HOSTILE}
    hostile = {
        "from": {"email": "sales@example.com", "name": HOSTILE},
        "to": [person],
        "subject": HOSTILE,
        "text": HOSTILE,
    }
    file = {"filename": HOSTILE, "type": "text/html", "content": "PHA+"}
    emulator.seed(
        accounts=[{"id": 7_000_000, "name": HOSTILE}],
        projects=[{"id": 7, "name": HOSTILE}],
        sandboxes=[{"id": 70, "project_id": 7, "name": HOSTILE, "username": HOSTILE, "password": HOSTILE}],
    )
    headers = {"X-Hostile": HOSTILE}
    whole = hostile | {"html": "<p>", "headers": headers, "attachments": [file]}
    api.post("/api/send/70", json=whole).raise_for_status()
    raw = f"From: {HOSTILE}\nSubject: S\n{HOSTILE.replace(':', '')}: {HOSTILE}\nContent-Type: {HOSTILE}\n\n{HOSTILE}\n"
    emulator.seed(messages=[{"sandbox_id": 70, "raw": raw}])
    live = hostile | {"category": HOSTILE, "custom_variables": {HOSTILE: HOSTILE}}
    api.post("/api/send", json=live).raise_for_status()
    emulator.receive(address=ADDRESS, **hostile)
    pages = {
        url: answer for url, answer in crawl(page).items() if answer.headers["content-type"].startswith("text/html")
    }
    told = [url for url, answer in pages.items() if HOSTILE in unescape(answer.text)]
    assert len(told) > 15
    for url, answer in pages.items():
        assert answer.status_code == 200, url
        assert "<script>" not in answer.text, url


def test_every_page_has_a_strict_policy(page, emulator, sandbox, attached, inbox, api, mail):
    attached(("a.pdf", "application/pdf", b"x", {}))
    answers = crawl(page)
    answers["/mail/nonsense"] = page.get("/mail/nonsense")
    assert len(answers) > 12
    for url, answer in answers.items():
        assert policy(answer)["default-src"] == ["'none'"], url
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        if not url.endswith(("/frame", "/download", "/parts/1")) and "/static/" not in url:
            assert policy(answer) == {
                "default-src": ["'none'"],
                "base-uri": ["'none'"],
                "form-action": ["'none'"],
                "frame-ancestors": ["'none'"],
            } | {f"{kind}-src": ["'self'"] for kind in ("connect", "frame", "img", "script", "style")}
            assert "style=" not in answer.text
            assert re.findall(r"<script\b[^>]*>", answer.text) in (
                [],
                ['<script src="/mail/static/refresh.js" defer>'],
            )


def test_no_secrets(page, emulator, api, sandbox, deliver, mail):
    deliver()
    api.post("/api/send", json=mail).raise_for_status()
    secrets = [row["token"] for row in emulator.dump()["api_tokens"]]
    assert emulator.token in secrets
    answers = crawl(page)
    asked = f"/mail/sandboxes/{sandbox['id']}"
    assert sandbox["password"] in re.search(r"<details>\s.*?</details>", answers[asked].text, re.DOTALL)[0]
    for url, answer in answers.items():
        shown = re.sub(r"<details>.*?</details>", "", answer.text, flags=re.DOTALL)
        assert sandbox["password"] not in shown, url
        assert sandbox["username"] not in shown, url
        assert not [secret for secret in secrets if secret in answer.text], url


def test_credentials_are_those_that_work(page, emulator, api, sandbox):
    url = f"/mail/sandboxes/{sandbox['id']}"
    line = f"SMTP {emulator.smtp} User {sandbox['username']} Password {sandbox['password']} API POST /api/send/"
    assert line in visible(page.get(url))
    api.patch(f"/api/sandboxes/{sandbox['id']}/toggle_email_username")
    assert f"Address {sandbox['email_username']}@inbox.mailtrap.io" in visible(page.get(url))


def test_looking_changes_nothing(page, emulator, sandbox, attached, inbox):
    attached(("a.pdf", "application/pdf", b"x", {}))
    emulator.clear_journal()
    before = emulator.dump()
    assert len(crawl(page)) > 8
    assert emulator.dump() == before
    assert emulator.journal() == []


def test_head_is_get_without_the_body(page):
    head, get = page.head("/"), page.get("/")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(get.content))


def test_what_is_not_there_is_not_found(page, emulator, sandbox, deliver):
    emulator.seed(projects=[{"id": 7, "name": "Other"}], sandboxes=[{"id": 70, "project_id": 7, "name": "Other"}])
    key = deliver()
    own = f"/mail/sandboxes/{sandbox['id']}"
    for path in (
        "/mail/",
        "/mail/sandboxes",
        "/mail/sandboxes/1",
        "/mail/nonsense/1",
        "/mail/sandboxes/x",
        "/mail/sandboxes/" + "9" * 5000,
        "/mail/%ff/%00",
        f"{own}/1",
        f"{own}/x",
        f"{own}/{'9' * 5000}",
        f"{own}/{key}/parts/1",
        f"{own}/{key}/parts/0",
        f"{own}/{key}/parts/x",
        f"{own}/{key}/text/more",
        f"/mail/sandboxes/70/{key}",
        f"/mail/sent/{key}",
        f"/mail/inboxes/{sandbox['id']}",
        "/mail/static/nonsense",
        "/mail/static/../__init__.py",
        "/mail/static/..%2f__init__.py",
    ):
        answer = page.get(path)
        assert answer.status_code == 404, path
        assert "Not found" in visible(answer)


def test_no_fault_meets_the_page(page, emulator):
    emulator.fault(status=503)
    assert page.get("/").status_code == 200
    assert page.get("/api/accounts").status_code == 503


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """An emulator with 50,000 messages in sandbox 70."""
    path = tmp_path_factory.mktemp("page") / "state"
    with closing(StateFile(str(path))) as file:
        world = create_world(file.write)
        resume_state(world, None)
        account_id = describe_start(world)["account_id"]
        project = insert_project(world, account_id, "Shop")
        sandbox = insert_sandbox(world, account_id, project["id"], "Staging", id=70, max_size=50_000)
        message = deliver_message(world, sandbox, b"From: a@b.c\r\nSubject: Hello\r\n\r\nHello\r\n", bcc=[])
        raw = world.store["raw_messages"].get(message["id"])["raw"]
        for key in range(message["id"] + 1, message["id"] + 50_000):
            world.store["messages"].add(message | {"id": key})
            world.store["raw_messages"].add({"id": key, "raw": raw.replace(b"Hello", b"Hello %d" % key)})
        world.store.commit()
    with Emulator("--state", str(path)) as emulator:
        yield emulator


def test_the_first_page_of_50000_messages_is_as_fast_as_any(full, client_of):
    client = client_of(full, "")

    def seconds(url):
        taken = []
        for _ in range(5):
            begin = time.perf_counter()
            assert client.get(url).status_code == 200
            taken.append(time.perf_counter() - begin)
        return median(taken)

    assert "1 to 50 of 50,000" in visible(client.get("/mail/sandboxes/70"))
    assert "49,951 to 50,000 of 50,000" in visible(client.get("/mail/sandboxes/70?page=1000"))
    for url in ("/", "/mail/sandboxes/70", "/mail/sandboxes/70?page=500", "/mail/sandboxes/70?page=1000"):
        assert seconds(url) < 0.25, url
