# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page for people in headless Chromium, driven by its chromedriver over the WebDriver protocol."""

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
# The key under which WebDriver names an element.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# How long to wait for what has to come, and for what must not, seconds.
PATIENCE, CAUTION = 20, 1.5


class Browser:
    """One browser with one window."""

    def __init__(self, driver: str, profile: str) -> None:
        self._http = httpx.Client(trust_env=False, timeout=60)
        options = {"binary": CHROMIUM, "args": [*OPTIONS, f"--user-data-dir={profile}"]}
        logs = {"goog:loggingPrefs": {"browser": "ALL"}}
        capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options, **logs}}
        self._session = f"{driver}/session"
        self._session += "/" + self.command("", capabilities=capabilities)["sessionId"]
        (self._first,) = self.windows()

    def command(self, path: str, **fields: Any) -> Any:
        """A command of the WebDriver protocol; what it answers with."""
        answer = self._http.post(self._session + path, json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    def open(self, url: str) -> None:
        """Open a page and wait for it and its frames."""
        self.command("/url", url=url)

    def run(self, script: str) -> Any:
        """What a function body returns in the page, or in the frame that was entered."""
        return self.command("/execute/sync", script=script, args=[])

    def text(self) -> str:
        return self.run("return document.body.innerText")

    def click(self, selector: str) -> None:
        element = self.command("/element", using="css selector", value=selector)
        self.command(f"/element/{element[ELEMENT]}/click")

    def enter(self, selector: str) -> None:
        """Go into a frame."""
        self.command("/frame", id=self.command("/element", using="css selector", value=selector))

    def leave(self) -> None:
        """Go out of all frames."""
        self.command("/frame", id=None)

    def windows(self) -> list[str]:
        return self._http.get(f"{self._session}/window/handles").json()["value"]

    def close_others(self) -> None:
        """Close all windows but the first, and be in that, outside of all frames."""
        for handle in self.windows():
            if handle != self._first:
                self.command("/window", handle=handle)
                self._http.delete(f"{self._session}/window")
        self.command("/window", handle=self._first)
        self.leave()

    def prefer(self, scheme: str) -> None:
        """Be a browser of somebody who likes it ``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"features": features})

    def resize(self, width: int, height: int) -> None:
        """Be a window of this size, in pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.command("/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride", params=size)

    def complaints(self) -> list[dict]:
        """What the browser has written on its console since the last time."""
        return self.command("/se/log", type="browser")

    def quit(self) -> None:
        self._http.delete(self._session)
        self._http.close()


@pytest.fixture(scope="module")
def one_browser(tmp_path_factory) -> Iterator[Browser]:
    process = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        port = next(
            found[1] for line in process.stdout if (found := re.search(r"started successfully on port (\d+)", line))
        )
        browser = Browser(f"http://127.0.0.1:{port}", str(tmp_path_factory.mktemp("browser")))
        yield browser
        browser.quit()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def browser(one_browser) -> Browser:
    one_browser.close_others()
    one_browser.prefer("light")
    one_browser.resize(1200, 900)
    return one_browser


class Elsewhere:
    """A place that a mail would like to reach: its ``url``, and what has ``come``.

    It serves one HTML page of the test's at ``/page``, to see what would happen without protection.
    """

    def __init__(self) -> None:
        self.come: list[str] = []
        self.page = ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                # A browser that connects and says nothing has come, too.
                self.come.append("connection")
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            request = connection.recv(4096).decode().partition("\r\n")[0]
            self.come.append(request)
            body = self.page if " /page " in request else ""
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close"
            connection.sendall(f"{head}\r\n\r\n{body}".encode())

    def forget(self, browser: Browser) -> None:
        """Wait until nobody comes any longer who was sent here, and forget them."""
        browser.open("about:blank")
        time.sleep(CAUTION)
        self.come.clear()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    place = Elsewhere()
    yield place
    place.close()


def wait_for(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


@pytest.fixture
def show(browser, emulator, sandbox, deliver):
    """Delivers a mail and opens it, as a person does; its address."""

    def deliver_and_open(**changes):
        url = f"{emulator.api_url}/mail/sandboxes/{sandbox['id']}/{deliver(**changes)}"
        browser.open(url)
        return url

    return deliver_and_open


def test_from_the_entrance_to_a_mail(browser, emulator, sandbox, deliver):
    deliver(html='<p>Hello <b style="color: rgb(1, 2, 3)">Ann</b></p>')
    browser.open(emulator.api_url)
    browser.click("a.box")
    assert "Your order" in browser.text()
    assert "to Ann" in browser.text()
    browser.click(".mails a")
    assert browser.run("return document.title") == "Your order"
    browser.enter("iframe")
    assert browser.text() == "Hello Ann"
    assert browser.run("return getComputedStyle(document.querySelector('b')).color") == "rgb(1, 2, 3)"
    browser.leave()
    browser.click(".views a:nth-child(2)")
    assert browser.run("return document.querySelector('pre').innerText") == "It is on its way."


def test_an_inline_image_is_seen(browser, show):
    file = {"filename": "a.svg", "type": "image/svg+xml", "content": SQUARE, "disposition": "inline", "content_id": "a"}
    show(html='<img src="cid:a">', attachments=[file])
    browser.enter("iframe")
    assert browser.run("return document.querySelector('img').naturalWidth") == 8


def test_a_script_in_a_mail_does_not_run(browser, show, elsewhere):
    html = (
        '<p id="p">safe</p><script>document.getElementById("p").textContent = "ran"</script>'
        "<img src=x onerror=\"document.getElementById('p').textContent = 'ran'\">"
        "<svg onload=\"document.getElementById('p').textContent = 'ran'\"></svg>"
    )
    elsewhere.page = html
    browser.open(f"{elsewhere.url}/page")
    assert browser.text() == "ran"
    url = show(html=html)
    browser.enter("iframe")
    assert browser.text() == "safe"
    # Nor where the frame has the window for itself.
    browser.open(f"{url}/frame")
    assert browser.text() == "safe"


GREEDY = """
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


def test_a_mail_loads_nothing_from_elsewhere(browser, show, elsewhere):
    html = GREEDY.format(elsewhere.url)
    elsewhere.page = html
    browser.open(f"{elsewhere.url}/page")
    wait_for(lambda: len({one for one in elsewhere.come if one.startswith("GET ")}) > 20)
    elsewhere.forget(browser)
    show(html=html)
    time.sleep(CAUTION)
    assert elsewhere.come == []


def test_a_mail_does_not_go_elsewhere_by_itself(browser, show, elsewhere):
    html = f'<meta http-equiv="refresh" content="0;url={elsewhere.url}/refresh">text'
    elsewhere.page = html
    browser.open(f"{elsewhere.url}/page")
    wait_for(lambda: "GET /refresh HTTP/1.1" in elsewhere.come)
    elsewhere.forget(browser)
    url = show(html=html)
    time.sleep(CAUTION)
    assert elsewhere.come == []
    assert browser.run("return location.href") == url


def test_a_form_in_a_mail_is_not_sent(browser, show, elsewhere):
    html = f'<form action="{elsewhere.url}/form" method="post"><button>Send</button></form>'
    elsewhere.page = html
    browser.open(f"{elsewhere.url}/page")
    browser.click("button")
    wait_for(lambda: "POST /form HTTP/1.1" in elsewhere.come)
    elsewhere.forget(browser)
    show(html=html)
    browser.enter("iframe")
    browser.click("button")
    time.sleep(CAUTION)
    assert elsewhere.come == []


def test_a_link_opens_a_window_that_has_no_hold_on_the_page(browser, emulator, show):
    url = show(html=f'<a href="{emulator.api_url}/" target="_blank" rel="opener">Follow</a>')
    before = browser.windows()
    browser.enter("iframe")
    browser.click("a")
    wait_for(lambda: len(browser.windows()) == 2)
    (second,) = set(browser.windows()) - set(before)
    browser.command("/window", handle=second)
    wait_for(lambda: "Emulated account" in browser.text())
    assert browser.run("return window.opener") is None
    browser.close_others()
    assert browser.run("return location.href") == url


def test_a_link_without_a_target_opens_a_window_too(browser, emulator, show):
    url = show(html=f'<a href="{emulator.api_url}/">Follow</a>')
    browser.enter("iframe")
    browser.click("a")
    wait_for(lambda: len(browser.windows()) == 2)
    browser.close_others()
    assert browser.run("return location.href") == url


def test_new_mail_appears_by_itself(browser, emulator, sandbox, deliver):
    browser.open(f"{emulator.api_url}/mail/sandboxes/{sandbox['id']}")
    assert "No mail yet." in browser.text()
    browser.click("summary")
    deliver(subject="Just <b>now</b>")
    wait_for(lambda: "Just <b>now</b>" in browser.text())
    # What was opened stays open.
    assert sandbox["password"] in browser.text()
    browser.open(emulator.api_url)
    assert "1 unread" in browser.text()
    deliver()
    wait_for(lambda: "2 unread" in browser.text())


def brightness(browser: Browser, selector: str, name: str) -> float:
    """Of a color of an element, between 0 and 1."""
    color = browser.run(f"return getComputedStyle(document.querySelector('{selector}')).getPropertyValue('{name}')")
    return sum(map(int, re.findall(r"\d+", color)[:3])) / 3 / 255


def test_light_and_dark(browser, emulator, show):
    show()
    for scheme, is_dark in (("light", False), ("dark", True)):
        browser.prefer(scheme)
        assert (brightness(browser, "body", "background-color") < 0.2) == is_dark
        assert (brightness(browser, "body", "color") > 0.8) == is_dark
        # Mail is written for white paper.
        assert brightness(browser, "iframe", "background-color") == 1


@pytest.mark.parametrize("view", ["", "/text", "/source", "/headers", "/attachments"])
def test_nothing_is_wider_than_a_phone(browser, emulator, show, view):
    browser.resize(360, 740)
    file = {"filename": "a" * 200 + ".pdf", "type": "application/pdf", "content": "eA=="}
    url = show(subject="word" * 50, text="x" * 500, html="<p>Hello", attachments=[file])
    for address in (emulator.api_url, url.rpartition("/")[0], url + view):
        browser.open(address)
        assert browser.run("return document.documentElement.scrollWidth") <= 360, address


def test_the_browser_has_nothing_to_complain_about(browser, emulator, show):
    """The policy of the pages permits all that they need themselves, and the one of the frame what mail needs."""
    url = show(html='<style>p { color: red }</style><p style="margin: 0">Hello</p>')
    browser.complaints()
    for address in (emulator.api_url, url.rpartition("/")[0], url, f"{url}/text"):
        browser.open(address)
        assert browser.run("return document.styleSheets.length") == 1
        assert browser.run("return document.querySelector('.bar img').naturalWidth") > 0
        assert browser.complaints() == []
    browser.open(f"{url}/nonsense")
    assert "404" in browser.complaints()[0]["message"]
