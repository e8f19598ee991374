# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator in a test: a process of its own, started, driven and stopped from here. Standard library only."""

import json
import signal
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any


class EmulatorError(Exception):
    """The emulator did not start, or refused a control request; the text says why."""


class Emulator:
    """A running emulator, as a context manager.

    ``options`` are more command line options, ``timeout`` is how long to wait for the ready line and for the end, in
    seconds. Once started, ``api_url``, ``smtp`` ("host:port"), ``token``, ``account_id``, ``pid`` and ``ca_file``
    (None without TLS) say what the ready line said.
    """

    def __init__(self, *options: str, timeout: float = 30) -> None:
        self._command: Sequence[str] = (sys.executable, "-m", "mailtrap_emulator", *options)
        self._timeout = timeout
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Emulator":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "Emulator":
        """Start the process and wait until it is ready. Raises EmulatorError."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        # A process that never gets ready is killed, which ends the reading below.
        watchdog = threading.Timer(self._timeout, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line:
            self._process.stdout.close()
            raise EmulatorError(f"The emulator did not start, exit status {self._process.wait()}.")
        ready = json.loads(line)
        self.api_url: str = ready["api_url"]
        self.smtp: str = ready["smtp"]
        self.token: str = ready["token"]
        self.account_id: int = ready["account_id"]
        self.pid: int = ready["pid"]
        self.ca_file: str | None = ready.get("ca_file")
        # Never by a proxy from the environment: the emulator is here.
        handlers: list = [urllib.request.ProxyHandler({})]
        if self.ca_file:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca_file)))
        self._opener = urllib.request.build_opener(*handlers)
        return self

    def stop(self) -> int:
        """End the process; its exit status."""
        return self.end(signal.SIGTERM)

    def kill(self) -> int:
        """End the process without warning."""
        return self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> int:
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            return self._process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._process.stdout.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the control plane; the JSON of the answer. Raises EmulatorError with the refusal's sentence."""
        request = urllib.request.Request(f"{self.api_url}/_emulator/{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            raise EmulatorError(json.loads(error.read())["error"]) from None
        return json.loads(content) if content else None

    def reset(self, random_seed: int | None = None) -> None:
        """Back to the start state; the journal and the faults are gone too. With a seed the dice repeat themselves."""
        self.control("POST", "reset", {"random_seed": random_seed})

    def seed(self, document: dict[str, list] | None = None, **lists: list) -> dict:
        """Put things into the state: ``seed(projects=[{"id": 7, "name": "Shop"}])``."""
        return self.control("POST", "seed", (document or {}) | lists)

    def dump(self) -> dict[str, list]:
        """All rows of all tables."""
        return self.control("GET", "dump")

    def journal(self, since: int = 0) -> list[dict]:
        """The API requests after number ``since``, oldest first."""
        return self.control("GET", f"journal?since={since}")

    def clear_journal(self) -> None:
        self.control("DELETE", "journal")

    def outbox(self, since: int = 0) -> list[dict]:
        """The mail that left, after number ``since``."""
        return self.control("GET", f"outbox?since={since}")

    def event(self, kind: str, **fields: Any) -> dict:
        """Let something happen to a sent mail: ``event("bounce", email="ann@example.org")``. The event as it was told.

        ``message_id`` or ``email`` (the last mail to it) names the mail; ``details`` say more about some kinds.
        """
        return self.control("POST", "events", {"kind": kind} | fields)

    def deliveries(self, since: int = 0) -> list[dict]:
        """The batches for webhooks, after number ``since``, each with what became of it."""
        return self.control("GET", f"deliveries?since={since}")

    def flush_deliveries(self) -> list[dict]:
        """Send webhooks now what was collected for them, and try again what waits for that; those batches."""
        return self.control("POST", "deliveries/flush")

    def fault(self, *rules: dict, **rule: Any) -> None:
        """Add faults: ``fault(method="POST", path="/projects", status=503, times=1)``."""
        self.control("POST", "faults", [*rules, *([rule] if rule else [])])

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def clock(self, **change: Any) -> dict:
        """Read the clock, or change it: ``advance`` seconds, ``set`` a time, ``frozen`` or not."""
        return self.control("POST", "clock", change) if change else self.control("GET", "clock")

    def domain(self, domain: int | str, **change: Any) -> dict:
        """Say what DNS and reviewers say of a domain (its id or name): ``domain("example.org", dns="ok", check=True)``;
        the domain as it is then."""
        return self.control("POST", f"domains/{domain}", change)

    def receive(self, **mail: Any) -> dict:
        """Let a mail arrive at an inbound inbox: ``address``, and ``raw`` or the fields of a send request; the
        message."""
        return self.control("POST", "inbound", mail)

    def limits(self, **limits: Any) -> dict:
        """Read the limits, or set some: ``limits(sandboxes=1, rate_limits="off")``."""
        return self.control("POST", "limits", limits) if limits else self.control("GET", "limits")
