# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks when the service, the network or the connection options fail: clear messages, no lost or repeated writes."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Run
    from mailtrap_emulator.testing import Emulator

    Play = Callable[..., Run]

# A task; %d is the number of retries.
PROJECT = "[{community.mailtrap.project: {name: Shop, retries: %d, timeout: 1}, ignore_errors: true}]"
DELETE = "[{community.mailtrap.project: {id: 77, state: absent, retries: 2}, ignore_errors: true}]"
# Answers to a request for a list, and what the error message of the task contains.
INVALID_ANSWERS = [
    ({"status": 500, "html": "<html>Oops</html>"}, "the service answered 500 Internal Server Error without saying why"),
    ({"status": 500, "json": {"errors": "Unexpected error"}}, "Unexpected error"),
    ({"status": 200, "html": "<html>Sign in</html>"}, "the service answered 200 with a body that is not valid JSON"),
    ({"status": 200}, "the service's answer is not a list of projects"),
    ({"status": 200, "json": {"projects": []}}, "the service's answer is not a list of projects"),
    ({"status": 200, "json": ["a"]}, "the service's list of projects contains an invalid item"),
    ({"status": 200, "json": [{"name": "Shop"}]}, "the service's list of projects contains an invalid item"),
    ({"status": 200, "text": "[" * 100_000}, "the service answered 200 with a body that is not valid JSON"),
    ({"status": 304}, "the service answered 304 Not Modified without saying why"),
    ({"status": 404, "json": {"error": "Not Found"}}, "Not Found; check api_url"),
    ({"status": 400}, "the service answered 400 Bad Request without saying why"),
    ({"status": 403, "json": {"errors": "Account access forbidden"}}, "the API token has no access to this: Account"),
    (
        {"status": 302, "headers": {"Location": "https://elsewhere.example/login?next=x"}},
        "the service answered with a redirect to https://elsewhere.example/login: check api_url",
    ),
    ({"truncate": True}, "was lost before the answer was complete"),
    ({"drop": True}, "was lost before the answer was complete"),
    ({"delay": 3}, "did not answer within 1 s"),
]


@pytest.fixture
def play(play_in: Callable[..., Run]) -> Play:
    """A function that runs tasks inside the controller only. The client is the same if modules run elsewhere."""
    return functools.partial(play_in, "in_process")


@pytest.mark.parametrize("fault, message", INVALID_ANSWERS)
def test_invalid_list_is_an_error_and_never_an_empty_list(
    play: Play, emulator: Emulator, fault: dict[str, Any], message: str
) -> None:
    emulator.fault(method="GET", path="/api/projects", **fault)
    (step,) = play(PROJECT % 0)
    assert step.failed
    assert step.msg.startswith("Could not find project 'Shop': ")
    assert message in step.msg
    assert step.requests == ["GET /api/projects"]


@pytest.mark.parametrize("fault", [{"status": 502}, {"status": 503, "headers": {"Retry-After": 0}}, {"drop": True}])
def test_get_is_repeated(play: Play, emulator: Emulator, fault: dict[str, Any]) -> None:
    emulator.fault(method="GET", path="/api/projects", times=2, **fault)
    (step,) = play(PROJECT % 3)
    assert step.changed
    assert step.requests == ["GET /api/projects"] * 3 + ["POST /api/projects"]


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True, "when": "after"},
        {"truncate": True, "when": "after"},
        {"status": 502, "when": "after"},
        {"status": 504, "html": "<html></html>", "when": "after"},
        {"status": 200, "when": "after"},
    ],
)
def test_created_object_is_found_after_a_lost_answer(play: Play, emulator: Emulator, fault: dict[str, Any]) -> None:
    emulator.fault(method="POST", path="/api/projects", times=1, **fault)
    (step,) = play(PROJECT % 3)
    assert step.changed and not step.failed
    assert step["project"]["name"] == "Shop" and step["project"]["id"]
    assert step.requests == ["GET /api/projects", "POST /api/projects", "GET /api/projects"]


def test_create_of_uncertain_outcome_is_not_repeated(play: Play, emulator: Emulator) -> None:
    emulator.fault(method="POST", path="/api/projects", times=1, drop=True)
    (step,) = play(PROJECT % 3)
    assert step.failed
    assert step.msg.startswith("Could not create project 'Shop': the connection to http://127.0.0.1:")
    assert "it was not created: run the task again" in step.msg
    assert step.requests == ["GET /api/projects", "POST /api/projects", "GET /api/projects"]


def test_create_of_unknown_outcome_is_reported(play: Play, emulator: Emulator) -> None:
    emulator.fault(method="POST", path="/api/projects", drop=True, when="after")
    emulator.fault(method="GET", path="/api/projects", skip=1, status=500)
    (step,) = play(PROJECT % 0)
    assert "whether it was created is unknown, because looking for it failed" in step.msg


def test_rejected_create_needs_no_further_request(play: Play, emulator: Emulator) -> None:
    emulator.fault(method="POST", path="/api/projects", status=422, json={"errors": {"name": ["is odd"]}})
    (step,) = play(PROJECT % 3)
    assert step.msg == "Could not create project 'Shop': name is odd (HTTP 422 for POST /api/projects)"
    assert step["errors"] == ["name is odd"] and step["status"] == 422
    assert step.requests == ["GET /api/projects", "POST /api/projects"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_delete_is_repeated(play: Play, emulator: Emulator, when: str) -> None:
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    emulator.fault(method="DELETE", path="/api/projects", times=1, drop=True, when=when)
    (step,) = play(DELETE)
    assert step.changed and not step.failed
    assert step.requests == ["DELETE /api/projects/77"] * 2


def test_update_is_repeated(play: Play, emulator: Emulator) -> None:
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    emulator.fault(method="PATCH", path="/api/projects", times=1, status=503)
    (step,) = play("[{community.mailtrap.project: {id: 77, name: New}}]")
    assert step.changed and step["project"]["name"] == "New"
    assert step.writes == ["PATCH /api/projects/77"] * 2


def test_toggle_is_never_repeated(play: Play, emulator: Emulator) -> None:
    emulator.seed({"projects": [{"id": 77, "name": "Old"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    emulator.fault(method="PATCH", path="toggle", times=1, drop=True, when="after")
    failed, again = play(
        """
        - community.mailtrap.sandbox: {id: 5, email_username_enabled: true}
          ignore_errors: true
        - community.mailtrap.sandbox: {id: 5, email_username_enabled: true}
        """
    )
    assert failed.failed and failed.writes == ["PATCH /api/sandboxes/5/toggle_email_username"]
    assert not again.changed and again["sandbox"]["email_username_enabled"] is True


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_method_is_repeated_after_a_rate_limit(play: Play, emulator: Emulator, method: str) -> None:
    emulator.fault(method=method, path="/api/projects", times=2, status=429, headers={"Retry-After": 0})
    (step,) = play(PROJECT % 3)
    assert step.changed
    assert len(step.requests) == 4 and step.requests.count("POST /api/projects") == (3 if method == "POST" else 1)


def test_persistent_rate_limit_is_an_error(play: Play, emulator: Emulator) -> None:
    emulator.fault(path="/api/projects", status=429, headers={"Retry-After": 0}, json={"errors": "Rate limit exceeded"})
    (step,) = play(PROJECT % 2)
    assert step["status"] == 429 and step.requests == ["GET /api/projects"] * 3
    assert "the rate limit is exceeded: Rate limit exceeded" in step.msg


def test_long_retry_after_is_an_error(play: Play, emulator: Emulator) -> None:
    emulator.fault(path="/api/projects", status=429, headers={"Retry-After": 3600})
    (step,) = play(PROJECT % 5)
    assert step["status"] == 429 and step.requests == ["GET /api/projects"]
    assert "the service asks to retry after 3600 s, but a task waits at most 60 s" in step.msg


def test_tasks_that_exceed_the_rate_limit_succeed(play: Play, emulator: Emulator) -> None:
    emulator.limits(rate_limits="on", rate_scale=0.1)
    run = play("[{community.mailtrap.project_info: {}, loop: '{{ range(40) | list }}'}]")
    answers = [entry["status"] for entry in run[0].entries]
    assert answers.count(200) == 40
    assert answers.count(429) >= 1


def test_token_errors(play: Play, emulator: Emulator) -> None:
    missing, empty, wrong, malformed = play(
        """
        - community.mailtrap.project: {name: Shop}
          ignore_errors: true
        - community.mailtrap.project: {name: Shop, api_token: ""}
          ignore_errors: true
        - community.mailtrap.project: {name: Shop, api_token: "{{ token[::-1] }}"}
          ignore_errors: true
        - community.mailtrap.project: {name: Shop, api_token: "{{ token }} {{ token }}"}
          ignore_errors: true
        """,
        "-vvvv",
        token=False,
    )
    assert missing.msg == empty.msg
    assert missing.msg == (
        "an API token is required: set the option api_token or the environment variable MAILTRAP_API_TOKEN"
    )
    assert wrong["status"] == 401
    assert wrong.msg == (
        "Could not find project 'Shop': the API token was refused: Incorrect API token (HTTP 401 for GET /api/projects)"
    )
    assert "contains characters that no token can have" in malformed.msg
    assert missing.requests == empty.requests == malformed.requests == []


def test_empty_environment_variables_are_ignored(play: Play, emulator: Emulator) -> None:
    (step,) = play(
        "[{community.mailtrap.project_info: {}}]",
        token=False,
        environment={"MAILTRAP_API_KEY": emulator.token, "MAILTRAP_API_TOKEN": "", "MAILTRAP_ACCOUNT_ID": ""},
    )
    assert step.requests == ["GET /api/projects"]


@pytest.mark.parametrize(
    "options, message",
    [
        ("api_url: 'http://127.0.0.1:9', retries: 0", "cannot connect to http://127.0.0.1:9: Connection refused"),
        ("api_url: 'http://no-such-host.invalid', retries: 0", "cannot connect to http://no-such-host.invalid: "),
        ("api_url: mailtrap.io", "api_url must have the form https://host[:port]"),
        ("api_url: 'https://user:word@mailtrap.io'", "api_url must have the form https://host[:port]"),
        ("api_url: 'http://a..b'", "api_url must have the form https://host[:port]"),
        ("api_url: 'http://[::1'", "api_url must have the form https://host[:port]"),
        ("api_url: 'http://[::1]:9', retries: 0", "cannot connect to http://[::1]:9: "),
        ("timeout: 0", "timeout must be between 1 and 3600 s"),
        ("timeout: 99999999999", "timeout must be between 1 and 3600 s"),
        ("retries: -1", "retries must be at least 0, not -1"),
        ("ca_path: /no/such/file", "ca_path '/no/such/file' does not exist"),
    ],
)
def test_invalid_connection_options(play: Play, options: str, message: str) -> None:
    (step,) = play("[{community.mailtrap.project: {name: Shop, %s}, ignore_errors: true}]" % options)
    assert message in step.msg and "word" not in step.msg
    assert step.requests == []


def test_proxy_variables_are_used_and_netrc_is_not(play: Play, emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    environment = {"HOME": str(tmp_path), "http_proxy": "http://127.0.0.1:9"}
    direct, proxied = (
        play(PROJECT % 0, environment=dict(environment, no_proxy=no_proxy))[0]
        for no_proxy in ("127.0.0.1", "elsewhere")
    )
    assert direct.changed
    assert "cannot connect to http://127.0.0.1" in proxied.msg and "through the proxy" in proxied.msg


def test_missing_library_is_reported(play_in: Callable[..., Run], emulator: Emulator, tmp_path: Path) -> None:
    """The module needs dependencies of requests, so the message names requests as the library to install."""
    (tmp_path / "urllib3").mkdir()
    (tmp_path / "urllib3" / "__init__.py").write_text("raise ImportError('gone')\n")
    (step,) = play_in(
        "module",
        "[{community.mailtrap.project: {name: Shop}, ignore_errors: true}]",
        environment={"PYTHONPATH": str(tmp_path)},
    )
    assert step.failed and "requests" in step.msg and "Python" in step.msg
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.project: {name: Shop}, ignore_errors: true}]",
        environment={"PYTHONPATH": str(tmp_path)},
    )
    assert step.failed and "Failed to import the required Python library (requests)" in step.msg


def test_parent_with_an_invalid_list_of_children(play: Play, emulator: Emulator) -> None:
    emulator.fault(method="GET", path="/api/projects", json=[{"id": 7, "name": "Shop", "sandboxes": None}], status=200)
    (step,) = play("[{community.mailtrap.sandbox: {name: Box, project: Shop}, ignore_errors: true}]")
    assert "the service's answer is not a list of sandboxes" in step.msg
    assert step.writes == []


@pytest.mark.parametrize("task", ["state: absent", "name: New"])
def test_write_of_uncertain_outcome_is_reported(play: Play, emulator: Emulator, task: str) -> None:
    emulator.seed(projects=[{"id": 77, "name": "Old"}])
    emulator.fault(method="(PATCH|DELETE)", path="/api/projects", drop=True, when="after")
    (step,) = play("[{community.mailtrap.project: {id: 77, %s, retries: 0}, ignore_errors: true}]" % task)
    assert "the request may have taken effect" in step.msg


def test_invalid_retry_after_is_ignored(play: Play, emulator: Emulator) -> None:
    emulator.fault(path="/api/projects", times=1, status=503, headers={"Retry-After": "Wed, 21 Oct 99999 07:28:00 GMT"})
    (step,) = play(PROJECT % 1)
    assert step.changed


def test_result_does_not_contain_the_password_of_a_proxy(play: Play, emulator: Emulator) -> None:
    proxy = {"http_proxy": "http://user:p4sswd@127.0.0.1:99999", "no_proxy": "elsewhere"}
    (step,) = play(PROJECT % 0, "-vvvv", environment=proxy)
    assert step.failed and "p4sswd" not in json.dumps(step.result)


def test_result_does_not_contain_the_token(play: Play, emulator: Emulator, tmp_path: Path) -> None:
    """Ansible masks the token on the screen only, not in results that a task writes to a file."""
    emulator.fault(path="/api/projects", times=1, status=403, json={"error": f"token {emulator.token} is bad"})
    failed, good, _copied = play(
        """
        - community.mailtrap.project_info: {api_token: "{{ token }}\n"}
          ignore_errors: true
          register: first
        - community.mailtrap.project_info: {api_token: "{{ token }}"}
          register: second
        - ansible.builtin.copy:
            content: "{{ [first, second] | to_json }}"
            dest: "{{ playbook_dir }}/results.json"
            mode: "0600"
        """,
        token=False,
    )
    assert failed.failed and good.outcome == "ok"
    assert emulator.token not in (tmp_path / "results.json").read_text()
