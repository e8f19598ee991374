# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw the pictures of the summary callback's mail in docs/summary.

The tool runs the playbook there against the emulator, and takes screenshots of the mail in Chromium, which it controls
with the DevTools protocol over two pipes. On Debian it needs the packages chromium and fonts-noto-color-emoji.
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
from typing import TYPE_CHECKING, Any

from checkout import ROOT, VENV, environment
from commands import emulator, end_on_signals, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FOLDER = ROOT / "docs" / "summary"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMIUM_OPTIONS = (
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
# The headers and the frame of a mail program.
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
VARIABLES = {
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
    """A page in Chromium.

    :param to_browser: the file descriptor that commands are written to.
    :param from_browser: the file descriptor that messages are read from.
    """

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to, self._from = os.fdopen(to_browser, "wb"), os.fdopen(from_browser, "rb")
        self._command_ids, self._buffer = itertools.count(1), b""
        self._session: dict[str, str] = {}
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        self.send("Page.enable")

    def send(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command, and return its result."""
        command_id = next(self._command_ids)
        self._to.write(json.dumps({"id": command_id, "method": method, "params": parameters, **self._session}).encode())
        self._to.write(b"\0")
        self._to.flush()
        return self._wait_for(lambda message: message.get("id") == command_id)["result"]

    def load(self, page: str) -> None:
        """Load a page, and make its frame as high as the frame's content."""
        size = {"width": WIDTH, "height": 600, "deviceScaleFactor": SCALE, "mobile": False}
        self.send("Emulation.setDeviceMetricsOverride", **size)
        frame = self.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.send("Page.setDocumentContent", frameId=frame, html=page)
        self._wait_for(lambda message: message.get("method") == "Page.loadEventFired")
        script = "let f = document.querySelector('iframe'); f.height = f.contentDocument.documentElement.scrollHeight"
        self.send("Runtime.evaluate", expression=script)

    def take_screenshot(self, color_scheme: str) -> bytes:
        """Return a WebP screenshot of the whole page in the light or dark color scheme."""
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": color_scheme}])
        height = self.send("Page.getLayoutMetrics")["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        options = {"format": "webp", "quality": QUALITY, "captureBeyondViewport": True, "clip": clip}
        return base64.b64decode(self.send("Page.captureScreenshot", **options)["data"])

    def _wait_for(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next message that is wanted, and drop those before it."""
        while True:
            while b"\0" not in self._buffer:
                chunk = os.read(self._from.fileno(), 1 << 16)
                if not chunk:
                    sys.exit("Chromium ended unexpectedly.")
                self._buffer += chunk
            line, _, self._buffer = self._buffer.partition(b"\0")
            message = json.loads(line)
            if "error" in message:
                sys.exit(f"Chromium refused a command: {message['error']['message']}")
            if is_wanted(message):
                return message


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Start Chromium with a temporary profile."""
    if not CHROMIUM:
        sys.exit("Could not find Chromium. On Debian, install the package chromium.")
    to_browser, from_browser = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Chromium reads from descriptor 3 and writes to descriptor 4.
        script = f'exec "$@" 3<&{to_browser[0]} 4>&{from_browser[1]}'
        command: list[str | Path] = [
            "sh",
            "-c",
            script,
            "sh",
            CHROMIUM,
            *CHROMIUM_OPTIONS,
            f"--user-data-dir={profile}",
        ]
        with (
            open(os.devnull, "w") as null,
            started(command, stdout=null, stderr=null, pass_fds=(to_browser[0], from_browser[1])),
        ):
            os.close(to_browser[0])
            os.close(from_browser[1])
            yield Browser(to_browser[1], from_browser[0])


def main() -> int:
    """Run the playbook, and write the pictures of its mail."""
    with emulator(environment()) as service:
        settings = environment(**VARIABLES, MAILTRAP_API_URL=service["api_url"], MAILTRAP_API_TOKEN=service["token"])
        command: list[str | Path] = [VENV / "bin" / "ansible-playbook", "-i", "hosts.ini", "site.yml"]
        with started(command, env=settings, cwd=FOLDER) as process:
            process.wait()
        with urllib.request.urlopen(f"{service['api_url']}/_emulator/outbox") as outbox:
            (mail,) = json.load(outbox)
        values = {
            "subject": mail["subject"],
            "sender": VARIABLES["MAILTRAP_SUMMARY_FROM"],
            "recipient": VARIABLES["MAILTRAP_SUMMARY_TO"],
            "mail": mail["html"],
        }
        page = PAGE.format_map({name: html.escape(text) for name, text in values.items()})
        with start_browser() as browser:
            browser.load(page)
            for color_scheme in ("light", "dark"):
                file = FOLDER / f"{color_scheme}.webp"
                file.write_bytes(browser.take_screenshot(color_scheme))
                print(f"{file.relative_to(ROOT)}: {file.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
