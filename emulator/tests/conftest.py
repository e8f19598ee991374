# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of all tests: an emulator process that is reset before each test, and clients of it.

The clients validate answers against the official specifications; see specifications.py.
"""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from specifications import (
    ARE_AVAILABLE,
    MISSING_REASON,
    OperationCaller,
    ValidatingClient,
    received_answers,
    used_deviations,
)

from mailtrap_emulator.testing import Emulator


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report that answers were not validated if the specifications are missing."""
    if not ARE_AVAILABLE:
        terminalreporter.write_line(
            f"Answers were not validated against the specifications: {MISSING_REASON}.", yellow=True
        )


@pytest.fixture(scope="session")
def make_client() -> Iterator[Callable[..., httpx.Client]]:
    """Return a function that makes a client of an emulator.

    ``token`` is by default the start token of the emulator, and "" for none.
    """
    clients: list[httpx.Client] = []

    def make(
        emulator: Emulator,
        token: str | None = None,
        client_class: type[httpx.Client] = ValidatingClient,
        **options: Any,
    ) -> httpx.Client:
        token = emulator.token if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = client_class(base_url=emulator.api_url, headers=headers, trust_env=False, timeout=20, **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def _session_client(mailtrap_emulator_process: Emulator, make_client: Callable[..., httpx.Client]) -> httpx.Client:
    return make_client(mailtrap_emulator_process)


@pytest.fixture
def emulator(mailtrap_emulator: Emulator) -> Emulator:
    """Return an emulator in its start state."""
    return mailtrap_emulator


@pytest.fixture
def api(emulator: Emulator, _session_client: httpx.Client) -> httpx.Client:
    """Return a client with the start token."""
    return _session_client


@pytest.fixture(autouse=True)
def _reset_validation_records() -> None:
    received_answers.clear()
    used_deviations.clear()


@pytest.fixture
def call(api: httpx.Client) -> OperationCaller:
    """Return a function that calls documented operations."""
    return OperationCaller(api)


@pytest.fixture
def project(api: httpx.Client) -> dict[str, Any]:
    """Return a project."""
    return api.post("/api/projects", json={"project": {"name": "Shop"}}).json()


@pytest.fixture
def sandbox(api: httpx.Client, project: dict[str, Any]) -> dict[str, Any]:
    """Return a sandbox of the project."""
    return api.post(f"/api/projects/{project['id']}/sandboxes", json={"sandbox": {"name": "Staging"}}).json()


@pytest.fixture
def mail() -> dict[str, Any]:
    """Return a valid send request."""
    return {
        "from": {"email": "sales@example.com", "name": "Sales"},
        "to": [{"email": "ann@example.org", "name": "Ann"}],
        "subject": "Your order",
        "text": "It is on its way.",
        "html": "<p>It is on its way.</p>",
    }


@pytest.fixture
def deliver(api: httpx.Client, sandbox: dict[str, Any], mail: dict[str, Any]) -> Callable[..., int]:
    """Return a function that sends a mail with changed fields into the sandbox, and returns the message ID."""

    def send(**changes: Any) -> int:
        response = api.post(f"/api/send/{sandbox['id']}", json=mail | changes)
        assert response.status_code == 200, response.text
        return int(response.json()["message_ids"][0])

    return send
