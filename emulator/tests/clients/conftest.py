# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other people's clients, unmodified but for the address they talk to. They insist on TLS."""

from collections.abc import Callable, Iterator

import mailtrap as mt
import pytest
from answers import check_answers
from mailtrap.models.inboxes import Inbox
from mailtrap.models.projects import Project
from specifications import ARE_THERE

from mailtrap_emulator.testing import Emulator

pytest.register_assert_rewrite("node_sdk", "python_sdk")


@pytest.fixture(scope="session")
def tls_emulator() -> Iterator[Emulator]:
    with Emulator("--tls", "--rate-limits", "off") as emulator:
        yield emulator


@pytest.fixture
def emulator(tls_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    tls_emulator.reset()
    # The report of a message that has just arrived is more than the Python SDK's model can read.
    tls_emulator.limits(blacklist_seconds=0)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_emulator.ca_file)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield tls_emulator
    if ARE_THERE:
        check_answers(tls_emulator.journal())


@pytest.fixture
def client(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[..., mt.MailtrapClient]:
    """Makes a client of the Python SDK; ``prefix`` leads to the stream that has no path of its own."""
    host = emulator.api_url.removeprefix("https://")
    monkeypatch.setattr("mailtrap.client.GENERAL_HOST", host)

    def make(prefix: str = "", **options: object) -> mt.MailtrapClient:
        defaults = {"token": emulator.token, "account_id": str(emulator.account_id)}
        return mt.MailtrapClient(api_host=host + prefix, **defaults | options)

    return make


@pytest.fixture
def domain_id(emulator: Emulator) -> int:
    """The domain that may send."""
    return next(row["id"] for row in emulator.dump()["domains"] if row["domain_name"] == "example.com")


@pytest.fixture
def project(client: Callable[..., mt.MailtrapClient]) -> Project:
    return client().testing_api.projects.create(mt.ProjectParams(name="Shop"))


@pytest.fixture
def inbox(client: Callable[..., mt.MailtrapClient], project: Project) -> Inbox:
    return client().testing_api.inboxes.create(project.id, mt.CreateInboxParams(name="Staging"))
