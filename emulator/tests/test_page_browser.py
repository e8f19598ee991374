# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page for people in headless Chromium, which chromedriver controls over the WebDriver protocol."""

import base64
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="Chromium and chromedriver (Debian: chromium, chromium-driver) are not installed"
)

OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--no-proxy-server",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
]
# A red square of 8 by 8 pixels.
SQUARE = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path fill="red" d="M0 0h8v8H0z"/></svg>'
).decode()
# The key of an element id in the WebDriver protocol.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# Seconds to wait for something that must happen, and for something that must not happen.
TIMEOUT, QUIET_TIME = 20, 1.5


class Browser:
    """A browser with one window."""

    def __init__(self, driver: str, profile: str) -> None:
        self._http = httpx.Client(trust_env=False, timeout=60)
        options = {"binary": CHROMIUM, "args": [*OPTIONS, f"--user-data-dir={profile}"]}
        logs = {"goog:loggingPrefs": {"browser": "ALL"}}
        capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options, **logs}}
        self._session = f"{driver}/session"
        self._session += "/" + self.command("", capabilities=capabilities)["sessionId"]
        (self._first,) = self.windows()

    def command(self, path: str, **fields: Any) -> Any:
        """Send a WebDriver command and return the value of its response."""
        response = self._http.post(self._session + path, json=fields)
        assert response.status_code == 200, response.text
        return response.json()["value"]

    def open(self, url: str) -> None:
        """Open a page and wait for it and its frames."""
        self.command("/url", url=url)

    def run(self, script: str) -> Any:
        """Run the body of a JavaScript function in the page or the current frame, and return its result."""
        return self.command("/execute/sync", script=script, args=[])

    def text(self) -> str:
        """Return the visible text of the page or the current frame."""
        return self.run("return document.body.innerText")

    def click(self, selector: str) -> None:
        element = self.command("/element", using="css selector", value=selector)
        self.command(f"/element/{element[ELEMENT]}/click")

    def enter_frame(self, selector: str) -> None:
        """Make a frame the current one."""
        self.command("/frame", id=self.command("/element", using="css selector", value=selector))

    def leave_frames(self) -> None:
        """Return from all frames to the page."""
        self.command("/frame", id=None)

    def windows(self) -> list[str]:
        """Return the handles of all windows."""
        return self._http.get(f"{self._session}/window/handles").json()["value"]

    def close_others(self) -> None:
        """Close all windows except the first and return to its page."""
        for handle in self.windows():
            if handle != self._first:
                self.command("/window", handle=handle)
                self._http.delete(f"{self._session}/window")
        self.command("/window", handle=self._first)
        self.leave_frames()

    def prefer_color_scheme(self, scheme: str) -> None:
        """Set the preferred color scheme: ``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"features": features})

    def resize(self, width: int, height: int) -> None:
        """Set the size of the window in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.command("/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride", params=size)

    def read_console(self) -> list[dict]:
        """Return the new messages in the console of the browser."""
        return self.command("/se/log", type="browser")

    def quit(self) -> None:
        self._http.delete(self._session)
        self._http.close()


@pytest.fixture(scope="module")
def shared_browser(tmp_path_factory) -> Iterator[Browser]:
    process = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        port = next(
            match[1] for line in process.stdout if (match := re.search(r"started successfully on port (\d+)", line))
        )
        browser = Browser(f"http://127.0.0.1:{port}", str(tmp_path_factory.mktemp("browser")))
        yield browser
        browser.quit()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def browser(shared_browser) -> Browser:
    shared_browser.close_others()
    shared_browser.prefer_color_scheme("light")
    shared_browser.resize(1200, 900)
    return shared_browser


class RemoteHost:
    """A host that a mail tries to reach. It records connections and requests.

    It also serves ``page`` at ``/page``, to show what the HTML of the mail does without protection.
    """

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.page = ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                # A connection without a request counts too.
                self.requests.append("connection")
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = connection.recv(4096).decode().partition("\r\n")[0]
            self.requests.append(request)
            body = self.page if " /page " in request else ""
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close"
            connection.sendall(f"{head}\r\n\r\n{body}".encode())

    def forget_requests(self, browser: Browser) -> None:
        """Wait until the last page of the browser sends no more requests, and forget all requests."""
        browser.open("about:blank")
        time.sleep(QUIET_TIME)
        self.requests.clear()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def remote_host() -> Iterator[RemoteHost]:
    host = RemoteHost()
    yield host
    host.close()


def wait_for(condition) -> None:
    """Wait until the condition is true."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.05)


@pytest.fixture
def open_mail(browser, emulator, sandbox, deliver):
    """A function that delivers a mail, opens it and returns its URL."""

    def deliver_and_open(**changes):
        url = f"{emulator.api_url}/mail/sandboxes/{sandbox['id']}/{deliver(**changes)}"
        browser.open(url)
        return url

    return deliver_and_open


def test_overview_leads_to_a_mail(browser, emulator, sandbox, deliver):
    deliver(html='<p>Hello <b style="color: rgb(1, 2, 3)">Ann</b></p>')
    browser.open(emulator.api_url)
    browser.click("a.box")
    assert "Your order" in browser.text()
    assert "to Ann" in browser.text()
    browser.click(".mails a")
    assert browser.run("return document.title") == "Your order"
    browser.enter_frame("iframe")
    assert browser.text() == "Hello Ann"
    assert browser.run("return getComputedStyle(document.querySelector('b')).color") == "rgb(1, 2, 3)"
    browser.leave_frames()
    browser.click(".views a:nth-child(2)")
    assert browser.run("return document.querySelector('pre').innerText") == "It is on its way."


def test_inline_image_is_shown(browser, open_mail):
    file = {"filename": "a.svg", "type": "image/svg+xml", "content": SQUARE, "disposition": "inline", "content_id": "a"}
    open_mail(html='<img src="cid:a">', attachments=[file])
    browser.enter_frame("iframe")
    assert browser.run("return document.querySelector('img').naturalWidth") == 8


def test_scripts_in_a_mail_do_not_run(browser, open_mail, remote_host):
    html = (
        '<p id="p">safe</p><script>document.getElementById("p").textContent = "ran"</script>'
        "<img src=x onerror=\"document.getElementById('p').textContent = 'ran'\">"
        "<svg onload=\"document.getElementById('p').textContent = 'ran'\"></svg>"
    )
    remote_host.page = html
    browser.open(f"{remote_host.url}/page")
    assert browser.text() == "ran"
    url = open_mail(html=html)
    browser.enter_frame("iframe")
    assert browser.text() == "safe"
    # The document of the frame is safe in a window of its own, too.
    browser.open(f"{url}/frame")
    assert browser.text() == "safe"


HTML_WITH_REMOTE_CONTENT = """
<link rel="preconnect" href="{0}"><link rel="dns-prefetch" href="{0}">
<link rel="stylesheet" href="{0}/style"><link rel="preload" as="image" href="{0}/preload">
<link rel="prefetch" href="{0}/prefetch"><link rel="icon" href="{0}/icon"><link rel="manifest" href="{0}/manifest">
<style>@import "{0}/import"; @font-face {{ font-family: f; src: url({0}/font) }} p {{ font-family: f }}</style>
<base href="{0}/"><script src="{0}/script"></script>
<p style="background: url({0}/background)">text</p><img src="{0}/img" srcset="{0}/srcset 2x"><img src="relative">
<svg><image href="{0}/svg"></image></svg><video src="{0}/video" poster="{0}/poster" autoplay></video>
<audio src="{0}/audio" autoplay></audio><iframe src="{0}/iframe"></iframe><object data="{0}/object"></object>
<embed src="{0}/embed"><input type="image" src="{0}/input"><table background="{0}/table"><tr><td>x</table>
"""


def test_mail_loads_nothing_from_other_hosts(browser, open_mail, remote_host):
    html = HTML_WITH_REMOTE_CONTENT.format(remote_host.url)
    remote_host.page = html
    browser.open(f"{remote_host.url}/page")
    wait_for(lambda: len({request for request in remote_host.requests if request.startswith("GET ")}) > 20)
    remote_host.forget_requests(browser)
    open_mail(html=html)
    time.sleep(QUIET_TIME)
    assert remote_host.requests == []


def test_mail_cannot_redirect(browser, open_mail, remote_host):
    html = f'<meta http-equiv="refresh" content="0;url={remote_host.url}/refresh">text'
    remote_host.page = html
    browser.open(f"{remote_host.url}/page")
    wait_for(lambda: "GET /refresh HTTP/1.1" in remote_host.requests)
    remote_host.forget_requests(browser)
    url = open_mail(html=html)
    time.sleep(QUIET_TIME)
    assert remote_host.requests == []
    assert browser.run("return location.href") == url


def test_form_in_a_mail_is_not_sent(browser, open_mail, remote_host):
    html = f'<form action="{remote_host.url}/form" method="post"><button>Send</button></form>'
    remote_host.page = html
    browser.open(f"{remote_host.url}/page")
    browser.click("button")
    wait_for(lambda: "POST /form HTTP/1.1" in remote_host.requests)
    remote_host.forget_requests(browser)
    open_mail(html=html)
    browser.enter_frame("iframe")
    browser.click("button")
    time.sleep(QUIET_TIME)
    assert remote_host.requests == []


def test_link_opens_a_window_without_access_to_the_page(browser, emulator, open_mail):
    url = open_mail(html=f'<a href="{emulator.api_url}/" target="_blank" rel="opener">Follow</a>')
    before = browser.windows()
    browser.enter_frame("iframe")
    browser.click("a")
    wait_for(lambda: len(browser.windows()) == 2)
    (second,) = set(browser.windows()) - set(before)
    browser.command("/window", handle=second)
    wait_for(lambda: "Emulated account" in browser.text())
    assert browser.run("return window.opener") is None
    browser.close_others()
    assert browser.run("return location.href") == url


def test_link_without_a_target_opens_a_window(browser, emulator, open_mail):
    url = open_mail(html=f'<a href="{emulator.api_url}/">Follow</a>')
    browser.enter_frame("iframe")
    browser.click("a")
    wait_for(lambda: len(browser.windows()) == 2)
    browser.close_others()
    assert browser.run("return location.href") == url


def test_new_mail_appears_automatically(browser, emulator, sandbox, deliver):
    browser.open(f"{emulator.api_url}/mail/sandboxes/{sandbox['id']}")
    assert "No mail yet." in browser.text()
    browser.click("summary")
    deliver(subject="Just <b>now</b>")
    wait_for(lambda: "Just <b>now</b>" in browser.text())
    # The opened credentials stay open.
    assert sandbox["password"] in browser.text()
    browser.open(emulator.api_url)
    assert "1 unread" in browser.text()
    deliver()
    wait_for(lambda: "2 unread" in browser.text())


def get_brightness(browser: Browser, selector: str, name: str) -> float:
    """Return the brightness of a color property of an element, between 0 and 1."""
    color = browser.run(f"return getComputedStyle(document.querySelector('{selector}')).getPropertyValue('{name}')")
    return sum(map(int, re.findall(r"\d+", color)[:3])) / 3 / 255


def test_light_and_dark_color_schemes(browser, emulator, open_mail):
    open_mail()
    for scheme, is_dark in (("light", False), ("dark", True)):
        browser.prefer_color_scheme(scheme)
        assert (get_brightness(browser, "body", "background-color") < 0.2) == is_dark
        assert (get_brightness(browser, "body", "color") > 0.8) == is_dark
        # Mails are designed for a white background.
        assert get_brightness(browser, "iframe", "background-color") == 1


@pytest.mark.parametrize("view", ["", "/text", "/source", "/headers", "/attachments"])
def test_pages_fit_on_a_phone(browser, emulator, open_mail, view):
    browser.resize(360, 740)
    file = {"filename": "a" * 200 + ".pdf", "type": "application/pdf", "content": "eA=="}
    url = open_mail(subject="word" * 50, text="x" * 500, html="<p>Hello", attachments=[file])
    for address in (emulator.api_url, url.rpartition("/")[0], url + view):
        browser.open(address)
        assert browser.run("return document.documentElement.scrollWidth") <= 360, address


def test_browser_reports_no_errors(browser, emulator, open_mail):
    """The policies permit everything that the pages and the HTML of a mail need."""
    url = open_mail(html='<style>p { color: red }</style><p style="margin: 0">Hello</p>')
    browser.read_console()
    for address in (emulator.api_url, url.rpartition("/")[0], url, f"{url}/text"):
        browser.open(address)
        assert browser.run("return document.styleSheets.length") == 1
        assert browser.run("return document.querySelector('.bar img').naturalWidth") > 0
        assert browser.read_console() == []
    browser.open(f"{url}/nonsense")
    assert "404" in browser.read_console()[0]["message"]
