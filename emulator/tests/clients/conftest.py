# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for unmodified clients of other projects. They require TLS, and only their host is changed."""

from collections.abc import Callable, Iterator
from typing import Any

import mailtrap as mt
import pytest
from answers import check_answers
from mailtrap.models.inboxes import Inbox
from mailtrap.models.projects import Project
from specifications import ARE_AVAILABLE

from mailtrap_emulator.testing import Emulator

pytest.register_assert_rewrite("node_sdk", "python_sdk")


@pytest.fixture(scope="session")
def tls_emulator() -> Iterator[Emulator]:
    """Return an emulator with TLS and without rate limits."""
    with Emulator("--tls", "--rate-limits", "off") as emulator:
        yield emulator


@pytest.fixture
def emulator(tls_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Return the emulator in its start state. Its answers are validated after the test."""
    tls_emulator.reset()
    # The model of the Python SDK cannot parse the pending blacklist report of a new message.
    tls_emulator.limits(blacklist_seconds=0)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_emulator.ca_file)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield tls_emulator
    if ARE_AVAILABLE:
        check_answers(tls_emulator.journal())


@pytest.fixture
def client(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[..., mt.MailtrapClient]:
    """Return a function that makes a client of the Python SDK.

    ``prefix`` is the path prefix of the bulk stream, which the SDK selects by host.
    """
    host = emulator.api_url.removeprefix("https://")
    monkeypatch.setattr("mailtrap.client.GENERAL_HOST", host)

    def make(prefix: str = "", **options: Any) -> mt.MailtrapClient:
        defaults = {"token": emulator.token, "account_id": str(emulator.account_id)}
        return mt.MailtrapClient(api_host=host + prefix, **defaults | options)

    return make


@pytest.fixture
def domain_id(emulator: Emulator) -> int:
    """Return the ID of the verified domain of the start state."""
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def project(client: Callable[..., mt.MailtrapClient]) -> Project:
    """Return a project."""
    return client().testing_api.projects.create(mt.ProjectParams(name="Shop"))


@pytest.fixture
def inbox(client: Callable[..., mt.MailtrapClient], project: Project) -> Inbox:
    """Return a sandbox of the project, which the SDK calls an inbox."""
    return client().testing_api.inboxes.create(project.id, mt.CreateInboxParams(name="Staging"))
