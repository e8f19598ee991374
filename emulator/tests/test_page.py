# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page for people, tested over HTTP. test_page_browser.py tests it in a browser."""

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
from mailtrap_emulator.page.html_frame import MAX_EMBEDDED_SIZE
from mailtrap_emulator.state.state_file import StateFile
from mailtrap_emulator.testing import Emulator

ADDRESS = "tickets-1a2b3c4d@inbound-mailtrap.io"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def page(emulator, make_client):
    """A client without an API token."""
    return make_client(emulator, "")


@pytest.fixture
def inbox(emulator):
    emulator.seed(
        inbound_folders=[{"id": 77, "name": "Support"}],
        inbound_inboxes=[{"id": 513, "folder_id": 77, "name": "Tickets", "address": ADDRESS}],
    )


def visible_text(response):
    """Return the visible text of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.text)).split())


def find_links(response):
    """Return the URLs in the emulator that a page links to, loads or shows in a frame."""
    return [unescape(url) for url in re.findall(r'(?:href|src)="(/[^"]*)"', response.text)]


def crawl(page):
    """Return all responses that can be reached by links from the overview, by URL."""
    seen, queue = {}, ["/"]
    while queue:
        url = queue.pop()
        if url not in seen:
            seen[url] = page.get(url)
            queue += find_links(seen[url])
    return seen


def parse_policy(response):
    """Return the directives of the Content-Security-Policy."""
    directives = (part.split() for part in response.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in directives}


def parse_filename(response):
    """Return the filename of a download."""
    disposition = response.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    return unquote(disposition.partition("filename*=UTF-8''")[2])


def test_overview_without_projects_explains_what_to_do(page):
    assert "Emulated account" in visible_text(page.get("/"))
    assert "No project yet. Create one with POST /api/projects" in visible_text(page.get("/"))


def test_overview_shows_projects_sandboxes_and_live_mail(page, emulator, project, sandbox, deliver, inbox, api, mail):
    assert "Shop project" in visible_text(page.get("/"))
    assert "Staging 0" in visible_text(page.get("/"))
    assert "Live mail" not in visible_text(page.get("/"))
    first = deliver()
    deliver()
    api.patch(f"/api/sandboxes/{sandbox['id']}/messages/{first}", json={"message": {"is_read": True}})
    assert "Staging 2 1 unread" in visible_text(page.get("/"))
    api.post("/api/send", json=mail).raise_for_status()
    emulator.receive(address=ADDRESS, subject="My order", text="Where?", **{"from": {"email": "ann@example.org"}})
    emulator.seed(accounts=[{"id": 77, "name": "Other"}], projects=[{"id": 7, "name": "Far", "account_id": 77}])
    text = visible_text(page.get("/"))
    assert f"Live mail Sent mail 1 Tickets, {ADDRESS} 1" in text
    assert "Other account 77 Far project 7 No sandbox yet." in text


def test_list_is_newest_first_and_has_pages(page, emulator, sandbox, mail):
    emulator.seed(messages=[mail | {"sandbox_id": sandbox["id"], "subject": f"No {n}."} for n in range(120)])
    url = f"/mail/sandboxes/{sandbox['id']}"

    def numbers(response):
        return [int(number) for number in re.findall(r"No (\d+)\.", response.text)]

    assert numbers(page.get(url)) == list(range(119, 69, -1))
    assert numbers(page.get(url, params={"page": 2})) == list(range(69, 19, -1))
    assert numbers(page.get(url, params={"page": 3})) == list(range(19, -1, -1))
    assert "51 to 100 of 120" in visible_text(page.get(url, params={"page": 2}))
    assert f"{url}?page=1" in find_links(page.get(url, params={"page": 2}))
    assert f"{url}?page=3" in find_links(page.get(url, params={"page": 2}))
    assert f"{url}?page=4" not in find_links(page.get(url, params={"page": 3}))
    for number in ("0", "-1", "x", "", "1.5"):
        assert numbers(page.get(url, params={"page": number})) == list(range(119, 69, -1))
    assert numbers(page.get(url, params={"page": "9" * 19})) == list(range(19, -1, -1))


def test_line_of_a_list(page, emulator, sandbox, deliver):
    emulator.clock(set="2026-05-01T10:00:05Z", frozen=True)
    deliver(to=[{"email": "ann@example.org"}, {"email": "bob@example.org", "name": "Bob"}])
    deliver(to=[], bcc=[{"email": "eve@example.org"}])
    bcc_line, to_line = re.findall(r"<li>.*?</li>", page.get(f"/mail/sandboxes/{sandbox['id']}").text, re.DOTALL)
    line = visible_text(httpx.Response(200, text=to_line))
    assert re.fullmatch(r"Sales to ann@example\.org, Bob Your order \d+ Bytes 2026-05-01 10:00:05", line)
    assert 'class="unread"' in to_line
    assert "to eve@example.org" in visible_text(httpx.Response(200, text=bcc_line))


def test_empty_sandbox(page, sandbox):
    assert "No mail yet." in visible_text(page.get(f"/mail/sandboxes/{sandbox['id']}"))


def test_message_shows_addresses_and_views(page, sandbox, deliver, mail):
    message_id = deliver(cc=[{"email": "bob@example.org", "name": "Bob"}], bcc=[{"email": "eve@example.org"}])
    url = f"/mail/sandboxes/{sandbox['id']}/{message_id}"
    response = page.get(url)
    text = visible_text(response)
    assert "Your order From Sales <sales@example.com> To Ann <ann@example.org> Cc Bob <bob@example.org>" in text
    assert "Blind copies eve@example.org" in text
    assert "HTML Text Source Headers" in text
    assert "Attachments" not in text
    assert f"{url}/frame" in find_links(response)
    assert page.get(f"{url}/html").content == response.content
    assert mail["html"] in page.get(f"{url}/frame").text
    assert mail["text"] in visible_text(page.get(f"{url}/text"))


def test_mail_by_smtp_shows_its_envelope(page, emulator, sandbox):
    host, port = emulator.smtp.rsplit(":", 1)
    with smtplib.SMTP(host, int(port), timeout=10) as smtp:
        smtp.login(sandbox["username"], sandbox["password"])
        smtp.sendmail("bounce@example.com", ["ann@example.org"], b"Subject: Raw \xff\n\nHello \xff\n")
    (url,) = (url for url in crawl(page) if url.endswith("/text"))
    text = visible_text(page.get(url))
    assert "By SMTP from bounce@example.com to ann@example.org" in text
    assert "Hello \ufffd" in text


def test_links_to_newer_and_older_mail(page, sandbox, deliver):
    base = f"/mail/sandboxes/{sandbox['id']}"
    old, middle, new = (f"{base}/{deliver()}" for _ in range(3))

    def find_neighbours(url):
        return [(rel, url) for url, rel in re.findall(r'href="([^"]*)" rel="(prev|next)"', page.get(url).text)]

    assert find_neighbours(old) == [("prev", middle)]
    assert find_neighbours(middle) == [("prev", new), ("next", old)]
    assert find_neighbours(new) == [("next", middle)]


def test_message_links_to_its_page_of_the_list(page, emulator, sandbox, deliver, mail):
    message_id = deliver()
    emulator.seed(messages=[mail | {"sandbox_id": sandbox["id"]} for _ in range(50)])
    url = f"/mail/sandboxes/{sandbox['id']}"
    assert f"{url}?page=2" in find_links(page.get(f"{url}/{message_id}"))
    assert f"{url}/{message_id}" in find_links(page.get(f"{url}?page=2"))


def test_message_has_only_views_with_content(page, sandbox, deliver):
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


def test_links_in_a_text_open_a_new_window(page, sandbox, deliver):
    message_id = deliver(text='Here: https://shop.example/?a=1&b=2"><script> end', html=None)
    response = page.get(f"/mail/sandboxes/{sandbox['id']}/{message_id}")
    assert 'target="_blank"' in response.text
    assert 'href="https://shop.example/?a=1&amp;b=2' in response.text
    assert "<script>" not in response.text


def test_source_and_download_have_the_bytes(page, emulator, sandbox):
    raw = "From: ann@example.org\r\nSubject: Größe 😀\r\nX-Ticket: <7>\r\n\r\nHello\r\n"
    emulator.seed(messages=[{"id": 5_000_000_007, "sandbox_id": sandbox["id"], "raw": raw}])
    url = f"/mail/sandboxes/{sandbox['id']}/5000000007"
    shown = re.search(r"<pre>(.*)</pre>", page.get(f"{url}/source").text, re.DOTALL)[1]
    assert unescape(shown).splitlines() == raw.splitlines()
    download = page.get(f"{url}/download")
    assert download.content == raw.encode()
    assert download.headers["content-type"] == "message/rfc822"
    assert parse_filename(download) == "Größe 😀.eml"


def test_long_text_is_cut(page, sandbox, deliver):
    message_id = deliver(text="x" * 300_000, html=None)
    url = f"/mail/sandboxes/{sandbox['id']}/{message_id}"
    for view in ("text", "source"):
        response = page.get(f"{url}/{view}")
        assert "The text is too long to show completely." in visible_text(response)
        assert 190_000 < len(response.content) < 220_000
    assert b"x" * 70 in page.get(f"{url}/download").content
    short = f"/mail/sandboxes/{sandbox['id']}/{deliver()}/source"
    assert "too long to show" not in page.get(short).text


def test_headers_are_decoded_and_in_order(page, emulator, sandbox):
    raw = "From: a@b.c\nReceived: by one\nReceived: by two\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\n\nHello\n"
    emulator.seed(messages=[{"id": 5_000_000_007, "sandbox_id": sandbox["id"], "raw": raw}])
    text = visible_text(page.get(f"/mail/sandboxes/{sandbox['id']}/5000000007/headers"))
    assert text.endswith("From a@b.c Received by one Received by two Subject Größe")


@pytest.fixture
def deliver_with_files(page, sandbox, deliver):
    """A function that delivers a mail with these attachments and returns the URL of the message.

    An attachment is a name, a type, the content and further fields.
    """

    def send(*files, **changes):
        attachments = [
            {"filename": name, "type": media_type, "content": base64.b64encode(content).decode()} | fields
            for name, media_type, content, fields in files
        ]
        return f"/mail/sandboxes/{sandbox['id']}/{deliver(attachments=attachments, **changes)}"

    return send


@pytest.mark.parametrize(
    "name",
    ["plain.pdf", "Größe 😀.pdf", 'a "quoted" \\ name.pdf', "a;b=c&d%41.pdf", "<script>.html", "../../etc/passwd"],
)
def test_attachment_is_downloaded_with_its_name(page, deliver_with_files, name):
    url = deliver_with_files((name, "application/pdf", b"%PDF \x00\xff", {}))
    response = page.get(f"{url}/parts/1")
    assert response.content == b"%PDF \x00\xff"
    assert response.headers["content-type"] == "application/pdf"
    assert parse_filename(response) == name
    assert f"{name} application/pdf, 7 Bytes" in visible_text(page.get(f"{url}/attachments"))


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
def test_attachment_is_harmless_in_a_browser(page, deliver_with_files, media_type):
    response = page.get(deliver_with_files(("x", media_type, b"<script>alert(1)</script>", {})) + "/parts/1")
    assert response.headers["content-type"] == media_type
    assert parse_filename(response) == "x"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert parse_policy(response) == {"sandbox": [], "default-src": ["'none'"]}


def test_part_without_a_name_is_named_after_its_number(page, emulator, sandbox):
    raw = (
        'Subject: S\nContent-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nHello\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: Inner\n\nInner\n"
        "--b\nContent-Type: image/png\n\nx\n--b--\n"
    )
    emulator.seed(messages=[{"id": 5_000_000_007, "sandbox_id": sandbox["id"], "raw": raw}])
    url = f"/mail/sandboxes/{sandbox['id']}/5000000007"
    assert "Attachments (2)" in visible_text(page.get(url))
    assert parse_filename(page.get(f"{url}/parts/1")) == "part-1.eml"
    assert parse_filename(page.get(f"{url}/parts/2")) == "part-2.png"


def test_frame_has_a_strict_policy(page, sandbox, deliver):
    url = f"/mail/sandboxes/{sandbox['id']}/{deliver()}"
    frame = re.search(r"<iframe [^>]*>", page.get(url).text)[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    response = page.get(f"{url}/frame")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert parse_policy(response) == {
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
        "default-src": ["'none'"],
        "img-src": ["data:"],
        "font-src": ["data:"],
        "style-src": ["'unsafe-inline'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
    }


def test_inline_images_are_embedded_in_the_frame(page, deliver_with_files):
    inline = {"disposition": "inline"}
    html = (
        '<img src="cid:logo@1"><img src=CID:logo%401 ><p style="background: url( \'cid:logo@1\')">'
        '<img src="cid:a&amp;b"><img src="cid:unknown"> Write cid:logo@1 to name it.'
    )
    url = deliver_with_files(
        ("logo.png", "image/png", PNG, inline | {"content_id": "logo@1"}),
        ("b.gif", "image/gif", b"GIF89a", inline | {"content_id": "a&b"}),
        html=html,
    )
    png = "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert page.get(f"{url}/frame").text == (
        f'<base target="_blank"><img src="{png}"><img src={png} ><p style="background: url( \'{png}\')">'
        '<img src="data:image/gif;base64,R0lGODlh"><img src="cid:unknown"> Write cid:logo@1 to name it.'
    )


def test_size_of_embedded_images_is_limited(page, deliver_with_files):
    inline = {"disposition": "inline", "content_id": "a"}
    url = deliver_with_files(("a.png", "image/png", b"x" * 1_000_000, inline), html='<img src="cid:a">' * 1000)
    html = page.get(f"{url}/frame").text
    assert html.count("data:image/png") == MAX_EMBEDDED_SIZE // 1_000_000
    assert html.count("cid:a") == 1000 - MAX_EMBEDDED_SIZE // 1_000_000


@pytest.mark.parametrize("start", ["<!DOCTYPE html>", "\n <!doctype html public '-//W3C//DTD'>", ""])
def test_links_open_a_new_window_and_the_doctype_stays_first(page, sandbox, deliver, start):
    message_id = deliver(html=f"{start}<html><p>Hello</p></html>")
    html = page.get(f"/mail/sandboxes/{sandbox['id']}/{message_id}/frame").text
    assert html == f'{start}<base target="_blank"><html><p>Hello</p></html>'


def test_elements_that_connect_before_the_policy_are_replaced(page, sandbox, deliver):
    message_id = deliver(
        html='<LINK rel=preconnect href="x"><p>Blink</p><iframe src="x">no</iFrame><frame><linker>\u212a\u0130'
    )
    html = page.get(f"/mail/sandboxes/{sandbox['id']}/{message_id}/frame").text
    assert html == (
        '<base target="_blank"><meta rel=preconnect href="x"><p>Blink</p><template src="x">no</template><meta><linker>'
        "\u212a\u0130"
    )


def test_sent_mail_shows_stream_recipients_and_variables(page, emulator, api, mail):
    body = mail | {"category": "News", "custom_variables": {"größe": "1"}, "bcc": [{"email": "eve@example.org"}]}
    api.post("/api/send", json=body).raise_for_status()
    api.post("/bulk/api/send", json=mail | {"subject": "In bulk"}).raise_for_status()
    url = f"/mail/sent/{emulator.account_id}"
    list_text = visible_text(page.get(url))
    assert list_text.index("In bulk") < list_text.index("Your order")
    assert "to ann@example.org, eve@example.org" in list_text
    text = visible_text(page.get(f"{url}/1"))
    assert "Stream transactional" in text
    assert "Delivered to ann@example.org, eve@example.org" in text
    assert 'Category News Variables {"größe": "1"}' in text
    assert mail["html"] in page.get(f"{url}/1/frame").text


def test_inbound_mail_shows_its_address(page, emulator, inbox):
    fields = {"from": {"email": "ann@example.org", "name": "Ann"}, "subject": "My order", "text": "Where is it?"}
    message_id = emulator.receive(address=ADDRESS, **fields)["id"]
    assert "Ann to tickets" in visible_text(page.get("/mail/inboxes/513"))
    text = visible_text(page.get(f"/mail/inboxes/513/{message_id}"))
    assert f"Arrived for {ADDRESS}" in text
    assert text.endswith("Where is it?")


HOSTILE = "\"'></title></bdi><script>alert(1)</script>{{7*7}}"


def test_mail_cannot_inject_html_into_the_page(page, emulator, api, inbox, mail):
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
    body = hostile | {"html": "<p>", "headers": headers, "attachments": [file]}
    api.post("/api/send/70", json=body).raise_for_status()
    raw = f"From: {HOSTILE}\nSubject: S\n{HOSTILE.replace(':', '')}: {HOSTILE}\nContent-Type: {HOSTILE}\n\n{HOSTILE}\n"
    emulator.seed(messages=[{"sandbox_id": 70, "raw": raw}])
    live = hostile | {"category": HOSTILE, "custom_variables": {HOSTILE: HOSTILE}}
    api.post("/api/send", json=live).raise_for_status()
    emulator.receive(address=ADDRESS, **hostile)
    pages = {
        url: response
        for url, response in crawl(page).items()
        if response.headers["content-type"].startswith("text/html")
    }
    shown_urls = [url for url, response in pages.items() if HOSTILE in unescape(response.text)]
    assert len(shown_urls) > 15
    for url, response in pages.items():
        assert response.status_code == 200, url
        assert "<script>" not in response.text, url


def test_all_pages_have_a_strict_policy(page, emulator, sandbox, deliver_with_files, inbox, api, mail):
    deliver_with_files(("a.pdf", "application/pdf", b"x", {}))
    responses = crawl(page)
    responses["/mail/nonsense"] = page.get("/mail/nonsense")
    assert len(responses) > 12
    for url, response in responses.items():
        assert parse_policy(response)["default-src"] == ["'none'"], url
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        if not url.endswith(("/frame", "/download", "/parts/1")) and "/static/" not in url:
            assert parse_policy(response) == {
                "default-src": ["'none'"],
                "base-uri": ["'none'"],
                "form-action": ["'none'"],
                "frame-ancestors": ["'none'"],
            } | {f"{kind}-src": ["'self'"] for kind in ("connect", "frame", "img", "script", "style")}
            assert "style=" not in response.text
            assert re.findall(r"<script\b[^>]*>", response.text) in (
                [],
                ['<script src="/mail/static/refresh.js" defer>'],
            )


def test_secrets_are_shown_only_as_credentials(page, emulator, api, sandbox, deliver, mail):
    deliver()
    api.post("/api/send", json=mail).raise_for_status()
    secrets = [row["token"] for row in emulator.dump()["api_tokens"]]
    assert emulator.token in secrets
    responses = crawl(page)
    sandbox_url = f"/mail/sandboxes/{sandbox['id']}"
    assert sandbox["password"] in re.search(r"<details>\s.*?</details>", responses[sandbox_url].text, re.DOTALL)[0]
    for url, response in responses.items():
        shown = re.sub(r"<details>.*?</details>", "", response.text, flags=re.DOTALL)
        assert sandbox["password"] not in shown, url
        assert sandbox["username"] not in shown, url
        assert not [secret for secret in secrets if secret in response.text], url


def test_credentials_of_a_sandbox(page, emulator, api, sandbox):
    url = f"/mail/sandboxes/{sandbox['id']}"
    line = f"SMTP {emulator.smtp} User {sandbox['username']} Password {sandbox['password']} API POST /api/send/"
    assert line in visible_text(page.get(url))
    api.patch(f"/api/sandboxes/{sandbox['id']}/toggle_email_username")
    assert f"Address {sandbox['email_username']}@inbox.mailtrap.io" in visible_text(page.get(url))


def test_reading_changes_nothing(page, emulator, sandbox, deliver_with_files, inbox):
    deliver_with_files(("a.pdf", "application/pdf", b"x", {}))
    emulator.clear_journal()
    before = emulator.dump()
    assert len(crawl(page)) > 8
    assert emulator.dump() == before
    assert emulator.journal() == []


def test_head_is_get_without_a_body(page):
    head, get = page.head("/"), page.get("/")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(get.content))


def test_unknown_paths_are_not_found(page, emulator, sandbox, deliver):
    emulator.seed(projects=[{"id": 7, "name": "Other"}], sandboxes=[{"id": 70, "project_id": 7, "name": "Other"}])
    message_id = deliver()
    sandbox_url = f"/mail/sandboxes/{sandbox['id']}"
    for path in (
        "/mail/",
        "/mail/sandboxes",
        "/mail/sandboxes/1",
        "/mail/nonsense/1",
        "/mail/sandboxes/x",
        "/mail/sandboxes/" + "9" * 5000,
        "/mail/%ff/%00",
        f"{sandbox_url}/1",
        f"{sandbox_url}/x",
        f"{sandbox_url}/{'9' * 5000}",
        f"{sandbox_url}/{message_id}/parts/1",
        f"{sandbox_url}/{message_id}/parts/0",
        f"{sandbox_url}/{message_id}/parts/x",
        f"{sandbox_url}/{message_id}/text/more",
        f"/mail/sandboxes/70/{message_id}",
        f"/mail/sent/{message_id}",
        f"/mail/inboxes/{sandbox['id']}",
        "/mail/static/nonsense",
        "/mail/static/../__init__.py",
        "/mail/static/..%2f__init__.py",
    ):
        response = page.get(path)
        assert response.status_code == 404, path
        assert "Not found" in visible_text(response)


def test_faults_do_not_affect_the_page(page, emulator):
    emulator.fault(status=503)
    assert page.get("/").status_code == 200
    assert page.get("/api/accounts").status_code == 503


@pytest.fixture(scope="module")
def full_emulator(tmp_path_factory):
    """An emulator with 50,000 messages in sandbox 70."""
    path = tmp_path_factory.mktemp("page") / "state"
    with closing(StateFile(str(path))) as file:
        world = create_world(file.write)
        resume_state(world, None)
        account_id = describe_start(world)["account_id"]
        project = insert_project(world, account_id, {"name": "Shop"})
        sandbox = insert_sandbox(world, account_id, project["id"], "Staging", id=70, max_size=50_000)
        message = deliver_message(world, sandbox, b"From: a@b.c\r\nSubject: Hello\r\n\r\nHello\r\n", bcc=[])
        raw = world.store["raw_messages"].get(message["id"])["raw"]
        for message_id in range(message["id"] + 1, message["id"] + 50_000):
            world.store["messages"].add(message | {"id": message_id})
            world.store["raw_messages"].add({"id": message_id, "raw": raw.replace(b"Hello", b"Hello %d" % message_id)})
        world.store.commit()
    with Emulator("--state", str(path)) as emulator:
        yield emulator


def test_every_page_of_50000_messages_is_fast(full_emulator, make_client):
    client = make_client(full_emulator, "")

    def measure_seconds(url):
        durations = []
        for _ in range(5):
            start = time.perf_counter()
            assert client.get(url).status_code == 200
            durations.append(time.perf_counter() - start)
        return median(durations)

    assert "1 to 50 of 50,000" in visible_text(client.get("/mail/sandboxes/70"))
    assert "49,951 to 50,000 of 50,000" in visible_text(client.get("/mail/sandboxes/70?page=1000"))
    for url in ("/", "/mail/sandboxes/70", "/mail/sandboxes/70?page=500", "/mail/sandboxes/70?page=1000"):
        assert measure_seconds(url) < 0.25, url
