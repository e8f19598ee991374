# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts, controls and stops an emulator process in tests. It needs only the standard library."""

import json
import signal
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

JsonObject = dict[str, Any]


class EmulatorError(Exception):
    """The emulator did not start, or refused a control request. The message gives the cause."""


class Emulator:
    """An emulator process, as a context manager.

    ``options`` are command line options. ``timeout`` limits the start, each control request and the stop, in seconds.
    The attributes come from the ready line and exist after the start. ``smtp`` is "host:port", ``ca_file`` is None
    without TLS.
    """

    api_url: str
    smtp: str
    token: str
    account_id: int
    pid: int
    ca_file: str | None

    def __init__(self, *options: str, timeout: float = 30) -> None:
        self._command: Sequence[str] = (sys.executable, "-m", "mailtrap_emulator", *options)
        self._timeout = timeout
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Emulator":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "Emulator":
        """Start the process and wait until it is ready.

        :raises EmulatorError: if it does not start in time.
        """
        process = self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        # Killing a process that never gets ready ends the readline() below.
        watchdog = threading.Timer(self._timeout, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        watchdog.cancel()
        if not line:
            process.stdout.close()
            raise EmulatorError(f"The emulator did not start, exit status {process.wait()}.")
        ready = json.loads(line)
        self.api_url = ready["api_url"]
        self.smtp = ready["smtp"]
        self.token = ready["token"]
        self.account_id = ready["account_id"]
        self.pid = ready["pid"]
        self.ca_file = ready.get("ca_file")
        # Without the proxies of the environment, because the emulator runs on this machine.
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if self.ca_file:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca_file)))
        self._opener = urllib.request.build_opener(*handlers)
        return self

    def stop(self) -> int:
        """Stop the process with SIGTERM and return its exit status."""
        return self.end(signal.SIGTERM)

    def kill(self) -> int:
        """Stop the process with SIGKILL and return its exit status."""
        return self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> int:
        """Stop the process with a signal and return its exit status. After the timeout it is killed."""
        process = self._process
        assert process is not None, "the emulator was not started"
        assert process.stdout is not None
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            process.stdout.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to the control plane and return the JSON of the response.

        :raises EmulatorError: if the control plane refuses the request.
        """
        request = urllib.request.Request(f"{self.api_url}/_emulator/{path}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                content = response.read()
        except urllib.error.HTTPError as error:
            raise EmulatorError(json.loads(error.read())["error"]) from None
        return json.loads(content) if content else None

    def reset(self, random_seed: int | None = None) -> None:
        """Return to the start state, without journal and faults. A seed makes random values repeatable."""
        self.control("POST", "reset", {"random_seed": random_seed})

    def seed(self, document: Mapping[str, Any] | None = None, **lists: Any) -> JsonObject:
        """Add objects: ``seed(projects=[{"id": 7, "name": "Shop"}])``. Return how many were added, by key."""
        result: JsonObject = self.control("POST", "seed", {**(document or {}), **lists})
        return result

    def dump(self) -> dict[str, list[JsonObject]]:
        """Return all rows by table."""
        tables: dict[str, list[JsonObject]] = self.control("GET", "dump")
        return tables

    def journal(self, since: int = 0) -> list[JsonObject]:
        """Return the API requests after number ``since``, oldest first."""
        return self._list("journal", since)

    def clear_journal(self) -> None:
        """Clear the journal."""
        self.control("DELETE", "journal")

    def outbox(self, since: int = 0) -> list[JsonObject]:
        """Return the sent mail after number ``since``, oldest first."""
        return self._list("outbox", since)

    def event(self, kind: str, **fields: Any) -> JsonObject:
        """Create an event for a sent mail, and return it: ``event("bounce", email="ann@example.org")``.

        ``message_id`` selects the mail, or ``email`` the last mail to an address. ``details`` depend on the event.
        """
        event: JsonObject = self.control("POST", "events", {"kind": kind} | fields)
        return event

    def deliveries(self, since: int = 0) -> list[JsonObject]:
        """Return the webhook deliveries after number ``since``, each with its state."""
        return self._list("deliveries", since)

    def flush_deliveries(self) -> list[JsonObject]:
        """Send the collected webhook events now, retry failed deliveries, and return these deliveries."""
        deliveries: list[JsonObject] = self.control("POST", "deliveries/flush")
        return deliveries

    def fault(self, *rules: Mapping[str, Any], **rule: Any) -> None:
        """Add faults: ``fault(method="POST", path="/projects", status=503, times=1)``."""
        self.control("POST", "faults", [*rules, *([rule] if rule else [])])

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.control("DELETE", "faults")

    def clock(self, **change: Any) -> JsonObject:
        """Return the clock, after changing it: ``advance`` by seconds, ``set`` to a time, ``frozen`` or not."""
        clock: JsonObject = self.control("POST", "clock", change) if change else self.control("GET", "clock")
        return clock

    def domain(self, domain: int | str, **change: Any) -> JsonObject:
        """Change what DNS and the compliance review find for a domain, and return the domain.

        The domain is selected by id or name: ``domain("example.org", dns="ok", check=True)``.
        """
        result: JsonObject = self.control("POST", f"domains/{domain}", change)
        return result

    def receive(self, **mail: Any) -> JsonObject:
        """Deliver a mail to an inbound inbox, and return the message.

        ``address`` selects the inbox. The mail is ``raw``, or the fields of a send request.
        """
        message: JsonObject = self.control("POST", "inbound", mail)
        return message

    def limits(self, **limits: Any) -> JsonObject:
        """Return the limits, after changing some: ``limits(sandboxes=1, rate_limits="off")``."""
        result: JsonObject = self.control("POST", "limits", limits) if limits else self.control("GET", "limits")
        return result

    def _list(self, name: str, since: int) -> list[JsonObject]:
        items: list[JsonObject] = self.control("GET", f"{name}?since={since}")
        return items
