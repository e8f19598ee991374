# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw the mail of the callback summary, as a mail program shows it: the mail that a real run sent to the emulator.

Needs Chromium (Debian: chromium, and fonts-noto-color-emoji for the subject). It is spoken to by its own protocol, JSON
over two pipes.
"""

from __future__ import annotations

import base64
import html
import itertools
import json
import os
import shutil
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from checkout import ROOT, VENV, environment
from commands import emulator, end_on_signals, started

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / "docs" / "summary"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--no-proxy-server",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
WIDTH, SCALE, QUALITY = 700, 1.5, 70
# What a mail program shows around a mail.
PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<style>
:root {{ color-scheme: light dark; font: 14px/20px Helvetica, Arial, sans-serif; }}
body {{ margin: 0; background: light-dark(#fff, #1f2329); color: light-dark(#202124, #e8eaed); }}
header {{ padding: 18px 30px 16px; }}
h1 {{ margin: 0 0 8px; font-size: 19px; line-height: 26px; font-weight: 400; }}
span {{ color: light-dark(#5f6368, #9aa0a6); }}
iframe {{ display: block; width: 100%; border: 0; }}
</style>
<header><h1>{subject}</h1>{sender}<br><span>to {recipient}</span></header>
<iframe srcdoc="{mail}"></iframe>
"""
RUN = {
    "ANSIBLE_CALLBACKS_ENABLED": "community.mailtrap.summary",
    "MAILTRAP_SUMMARY_FROM": "Ansible <ansible@example.com>",
    "MAILTRAP_SUMMARY_TO": "Operations <ops@example.com>",
    "MAILTRAP_SUMMARY_WHEN": "failure",
    "MAILTRAP_SUMMARY_SUBJECT_PREFIX": "[production]",
    "GITHUB_ACTIONS": "true",
    "GITHUB_ACTOR": "ann",
    "GITHUB_REPOSITORY": "example/shop",
    "GITHUB_REF_NAME": "main",
    "GITHUB_RUN_ID": "4711",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_SHA": "9f2c1e7ab0d34c55a1f0",
}


class Browser:
    """A window of Chromium."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = os.fdopen(to_browser, "wb"), os.fdopen(from_browser, "rb")
        self._numbers, self._rest, self._session = itertools.count(1), b"", {}
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        self.do("Page.enable")

    def do(self, method: str, **parameters: object) -> dict:
        """A command; what it answers with."""
        number = next(self._numbers)
        self._to.write(json.dumps({"id": number, "method": method, "params": parameters, **self._session}).encode())
        self._to.write(b"\0")
        self._to.flush()
        return self._heard(lambda said: said.get("id") == number)["result"]

    def show(self, page: str) -> None:
        """Show a page, with its frame as high as what is in it."""
        size = {"width": WIDTH, "height": 600, "deviceScaleFactor": SCALE, "mobile": False}
        self.do("Emulation.setDeviceMetricsOverride", **size)
        frame = self.do("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.do("Page.setDocumentContent", frameId=frame, html=page)
        self._heard(lambda said: said.get("method") == "Page.loadEventFired")
        fit = "let f = document.querySelector('iframe'); f.height = f.contentDocument.documentElement.scrollHeight"
        self.do("Runtime.evaluate", expression=fit)

    def picture(self, scheme: str) -> bytes:
        """The whole page, for somebody who likes it light or dark, as WebP."""
        self.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        height = self.do("Page.getLayoutMetrics")["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        taken = self.do("Page.captureScreenshot", format="webp", quality=QUALITY, captureBeyondViewport=True, clip=clip)
        return base64.b64decode(taken["data"])

    def _heard(self, wanted: object) -> dict:
        while True:
            while b"\0" not in self._rest:
                chunk = os.read(self._from.fileno(), 1 << 16)
                if not chunk:
                    sys.exit("Chromium has ended.")
                self._rest += chunk
            said, _, self._rest = self._rest.partition(b"\0")
            message = json.loads(said)
            if "error" in message:
                sys.exit(f"Chromium does not do it: {message['error']['message']}")
            if wanted(message):
                return message


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium with a profile of its own, which goes with it."""
    if not CHROMIUM:
        sys.exit("There is no Chromium (Debian: chromium).")
    to_browser, from_browser = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # It reads from descriptor 3 and writes to 4.
        redirected = f'exec "$@" 3<&{to_browser[0]} 4>&{from_browser[1]}'
        command = ["sh", "-c", redirected, "sh", CHROMIUM, *OPTIONS, f"--user-data-dir={profile}"]
        with (
            open(os.devnull, "w") as nothing,
            started(command, stdout=nothing, stderr=nothing, pass_fds=(to_browser[0], from_browser[1])),
        ):
            os.close(to_browser[0])
            os.close(from_browser[1])
            yield Browser(to_browser[1], from_browser[0])


def main() -> int:
    """Have the run send its mail, and keep its pictures."""
    with emulator(environment()) as service:
        settings = environment(**RUN, MAILTRAP_API_URL=service["api_url"], MAILTRAP_API_TOKEN=service["token"])
        command = [VENV / "bin" / "ansible-playbook", "-i", "hosts.ini", "site.yml"]
        with started(command, env=settings, cwd=FOLDER) as playbook:
            playbook.wait()
        with urllib.request.urlopen(f"{service['api_url']}/_emulator/outbox") as outbox:
            (mail,) = json.load(outbox)
        shown = {
            "subject": mail["subject"],
            "sender": RUN["MAILTRAP_SUMMARY_FROM"],
            "recipient": RUN["MAILTRAP_SUMMARY_TO"],
        }
        with browser() as window:
            window.show(
                PAGE.format_map({name: html.escape(text) for name, text in {**shown, "mail": mail["html"]}.items()})
            )
            for scheme in ("light", "dark"):
                file = FOLDER / f"{scheme}.webp"
                file.write_bytes(window.picture(scheme))
                print(f"{file.relative_to(ROOT)}: {file.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
