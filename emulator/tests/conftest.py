# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests stand on: one emulator process, in its start state for each test, and a client that has its token.

What the clients are answered is held against the official specifications, see specifications.py.
"""

from collections.abc import Callable, Iterator

import httpx
import pytest
from specifications import ARE_THERE, MISSING, Checker, Client, seen, used

from mailtrap_emulator.testing import Emulator


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not ARE_THERE:
        terminalreporter.write_line(f"Answers were not held against specifications: {MISSING}.", yellow=True)


@pytest.fixture(scope="session")
def client_of() -> Iterator[Callable[..., httpx.Client]]:
    """Makes a client for an emulator and a token (the emulator's own by default, "" for none)."""
    made: list[httpx.Client] = []

    def make(
        emulator: Emulator, token: str | None = None, kind: type[httpx.Client] = Client, **options: object
    ) -> httpx.Client:
        token = emulator.token if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        made.append(kind(base_url=emulator.api_url, headers=headers, trust_env=False, timeout=20, **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def _session_client(mailtrap_emulator_process: Emulator, client_of: Callable[..., httpx.Client]) -> httpx.Client:
    return client_of(mailtrap_emulator_process)


@pytest.fixture
def emulator(mailtrap_emulator: Emulator) -> Emulator:
    return mailtrap_emulator


@pytest.fixture
def api(emulator: Emulator, _session_client: httpx.Client) -> httpx.Client:
    """A client with the start token."""
    return _session_client


@pytest.fixture(autouse=True)
def _fresh_record() -> None:
    seen.clear()
    used.clear()


@pytest.fixture
def check(api: httpx.Client) -> Checker:
    return Checker(api)


@pytest.fixture
def project(api: httpx.Client) -> dict:
    return api.post("/api/projects", json={"project": {"name": "Shop"}}).json()


@pytest.fixture
def sandbox(api: httpx.Client, project: dict) -> dict:
    return api.post(f"/api/projects/{project['id']}/sandboxes", json={"sandbox": {"name": "Staging"}}).json()


@pytest.fixture
def mail() -> dict:
    """A send request that has nothing wrong with it."""
    return {
        "from": {"email": "sales@example.com", "name": "Sales"},
        "to": [{"email": "ann@example.org", "name": "Ann"}],
        "subject": "Your order",
        "text": "It is on its way.",
        "html": "<p>It is on its way.</p>",
    }


@pytest.fixture
def deliver(api: httpx.Client, sandbox: dict, mail: dict) -> Callable[..., int]:
    """Sends a mail into the sandbox, with these fields changed, and gives the message's id."""

    def send(**changes: object) -> int:
        answer = api.post(f"/api/send/{sandbox['id']}", json=mail | changes)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["message_ids"][0])

    return send
