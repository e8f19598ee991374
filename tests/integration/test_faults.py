# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a bad day of the service does to a task: one clear sentence, no lost and no doubled write."""

from __future__ import annotations

import functools
import json

import pytest

PROJECT = "[{community.mailtrap.project: {name: Shop, retries: %d, timeout: 1}, ignore_errors: true}]"
DELETE = "[{community.mailtrap.project: {id: 77, state: absent, retries: 2}, ignore_errors: true}]"
ANSWERS = [
    ({"status": 500, "html": "<html>Oops</html>"}, "the service answered 500 Internal Server Error without saying why"),
    ({"status": 500, "json": {"errors": "Unexpected error"}}, "Unexpected error"),
    ({"status": 200, "html": "<html>Sign in</html>"}, "the service answered 200 with something that is not JSON"),
    ({"status": 200}, "the service's answer is not a list of projects"),
    ({"status": 200, "json": {"projects": []}}, "the service's answer is not a list of projects"),
    ({"status": 200, "json": ["a"]}, "the service's list of projects holds something else"),
    ({"status": 200, "json": [{"name": "Shop"}]}, "the service's list of projects holds something else"),
    ({"status": 200, "text": "[" * 100_000}, "the service answered 200 with something that is not JSON"),
    ({"status": 304}, "the service answered 304 Not Modified without saying why"),
    ({"status": 404, "json": {"error": "Not Found"}}, "Not Found; is api_url right?"),
    ({"status": 400}, "the service answered 400 Bad Request without saying why"),
    ({"status": 403, "json": {"errors": "Account access forbidden"}}, "the API token has no access to this: Account"),
    (
        {"status": 302, "headers": {"Location": "https://elsewhere.example/login?next=x"}},
        "the service answered with a redirect to https://elsewhere.example/login: check api_url",
    ),
    ({"truncate": True}, "broke before the answer was complete"),
    ({"drop": True}, "broke before the answer was complete"),
    ({"delay": 3}, "no answer from"),
]


@pytest.fixture
def play(play_in):
    """One way is enough here: the client is the same in both, and test_two_ways compares them."""
    return functools.partial(play_in, "in_process")


@pytest.mark.parametrize("fault, sentence", ANSWERS)
def test_a_list_that_cannot_be_read_is_never_an_absence(play, emulator, fault, sentence):
    emulator.fault(method="GET", path="/api/projects", **fault)
    (step,) = play(PROJECT % 0)
    assert step.failed
    assert step.msg.startswith("Could not find project 'Shop': ")
    assert sentence in step.msg
    assert step.requests == ["GET /api/projects"]


@pytest.mark.parametrize("fault", [{"status": 502}, {"status": 503, "headers": {"Retry-After": 0}}, {"drop": True}])
def test_reading_is_repeated(play, emulator, fault):
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
def test_a_creation_whose_answer_is_lost_is_found(play, emulator, fault):
    emulator.fault(method="POST", path="/api/projects", times=1, **fault)
    (step,) = play(PROJECT % 3)
    assert step.changed and not step.failed
    assert step["project"]["name"] == "Shop" and step["project"]["id"]
    assert step.requests == ["GET /api/projects", "POST /api/projects", "GET /api/projects"]


def test_a_creation_that_may_have_failed_is_not_repeated(play, emulator):
    emulator.fault(method="POST", path="/api/projects", times=1, drop=True)
    (step,) = play(PROJECT % 3)
    assert step.failed
    assert step.msg.startswith("Could not create project 'Shop': the connection to http://127.0.0.1:")
    assert "it was looked for and is not there; run again" in step.msg
    assert step.requests == ["GET /api/projects", "POST /api/projects", "GET /api/projects"]


def test_a_creation_that_cannot_be_looked_up_says_so(play, emulator):
    emulator.fault(method="POST", path="/api/projects", drop=True, when="after")
    emulator.fault(method="GET", path="/api/projects", skip=1, status=500)
    (step,) = play(PROJECT % 0)
    assert "whether it was made is not known, for looking failed too" in step.msg


def test_a_refused_creation_is_not_looked_up(play, emulator):
    emulator.fault(method="POST", path="/api/projects", status=422, json={"errors": {"name": ["is odd"]}})
    (step,) = play(PROJECT % 3)
    assert step.msg == "Could not create project 'Shop': name is odd (HTTP 422 for POST /api/projects)"
    assert step["errors"] == ["name is odd"] and step["status"] == 422
    assert step.requests == ["GET /api/projects", "POST /api/projects"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_deletion_is_repeated_until_it_is_done(play, emulator, when):
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    emulator.fault(method="DELETE", path="/api/projects", times=1, drop=True, when=when)
    (step,) = play(DELETE)
    assert step.changed and not step.failed
    assert step.requests == ["DELETE /api/projects/77"] * 2


def test_an_update_is_repeated(play, emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
    emulator.fault(method="PATCH", path="/api/projects", times=1, status=503)
    (step,) = play("[{community.mailtrap.project: {id: 77, name: New}}]")
    assert step.changed and step["project"]["name"] == "New"
    assert step.writes == ["PATCH /api/projects/77"] * 2


def test_a_toggle_is_never_repeated(play, emulator):
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
def test_the_rate_limit_is_waited_for_on_every_verb(play, emulator, method):
    emulator.fault(method=method, path="/api/projects", times=2, status=429, headers={"Retry-After": 0})
    (step,) = play(PROJECT % 3)
    assert step.changed
    assert len(step.requests) == 4 and step.requests.count("POST /api/projects") == (3 if method == "POST" else 1)


def test_a_rate_limit_that_stays(play, emulator):
    emulator.fault(path="/api/projects", status=429, headers={"Retry-After": 0}, json={"errors": "Rate limit exceeded"})
    (step,) = play(PROJECT % 2)
    assert step["status"] == 429 and step.requests == ["GET /api/projects"] * 3
    assert "the rate limit is exceeded: Rate limit exceeded" in step.msg


def test_a_wait_that_no_window_asks_for_is_left_to_the_user(play, emulator):
    emulator.fault(path="/api/projects", status=429, headers={"Retry-After": 3600})
    (step,) = play(PROJECT % 5)
    assert step["status"] == 429 and step.requests == ["GET /api/projects"]
    assert "the service asks to wait 3600 s, which is longer than a task waits" in step.msg


def test_the_real_rate_limit(play, emulator):
    """More requests than a window takes: none of the tasks fails."""
    emulator.limits(rate_limits="on", rate_scale=0.1)
    run = play("[{community.mailtrap.project_info: {}, loop: '{{ range(40) | list }}'}]")
    answers = [entry["status"] for entry in run[0].entries]
    assert answers.count(200) == 40
    assert answers.count(429) >= 1


def test_the_token(play, emulator):
    missing, empty, wrong, broken = play(
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
    nothing = "there is no API token: set api_token, or MAILTRAP_API_TOKEN in the environment"
    assert missing.msg == empty.msg == nothing
    assert wrong["status"] == 401
    assert wrong.msg == (
        "Could not find project 'Shop': the API token was refused: Incorrect API token (HTTP 401 for GET /api/projects)"
    )
    assert "holds characters that no token has" in broken.msg
    assert missing.requests == empty.requests == broken.requests == []


def test_the_second_name_of_the_token_and_empty_variables(play, emulator):
    (step,) = play(
        "[{community.mailtrap.project_info: {}}]",
        token=False,
        environment={"MAILTRAP_API_KEY": emulator.token, "MAILTRAP_API_TOKEN": "", "MAILTRAP_ACCOUNT_ID": ""},
    )
    assert step.requests == ["GET /api/projects"]


@pytest.mark.parametrize(
    "options, sentence",
    [
        ("api_url: 'http://127.0.0.1:9', retries: 0", "no connection to http://127.0.0.1:9: Connection refused"),
        ("api_url: 'http://no-such-host.invalid', retries: 0", "no connection to http://no-such-host.invalid: "),
        ("api_url: mailtrap.io", "api_url must look like https://host[:port]"),
        ("api_url: 'https://user:word@mailtrap.io'", "api_url must look like https://host[:port]"),
        ("api_url: 'http://a..b'", "api_url must look like https://host[:port]"),
        ("api_url: 'http://[::1'", "api_url must look like https://host[:port]"),
        ("api_url: 'http://[::1]:9', retries: 0", "no connection to http://[::1]:9: "),
        ("timeout: 0", "timeout must be 1 to 3600 s"),
        ("timeout: 99999999999", "timeout must be 1 to 3600 s"),
        ("retries: -1", "retries 0 or more"),
        ("ca_path: /no/such/file", "ca_path names /no/such/file, which does not exist"),
    ],
)
def test_settings_that_cannot_work(play, options, sentence):
    (step,) = play("[{community.mailtrap.project: {name: Shop, %s}, ignore_errors: true}]" % options)
    assert sentence in step.msg and "word" not in step.msg
    assert step.requests == []


def test_netrc_and_proxies(play, emulator, tmp_path):
    """~/.netrc never replaces the token; a proxy of the environment is used, but not for hosts that it is not for."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    environment = {"HOME": str(tmp_path), "http_proxy": "http://127.0.0.1:9"}
    direct, proxied = (
        play(PROJECT % 0, environment=dict(environment, no_proxy=bypass))[0] for bypass in ("127.0.0.1", "elsewhere")
    )
    assert direct.changed
    assert "no connection to http://127.0.0.1" in proxied.msg and "through the proxy" in proxied.msg


def test_without_requests(play_in, emulator, tmp_path):
    """What requests brings is missing where the module runs: the user is told, and told what to install."""
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


def test_a_parent_of_another_shape(play, emulator):
    emulator.fault(method="GET", path="/api/projects", json=[{"id": 7, "name": "Shop", "sandboxes": None}], status=200)
    (step,) = play("[{community.mailtrap.sandbox: {name: Box, project: Shop}, ignore_errors: true}]")
    assert "the service's answer is not a list of sandboxes" in step.msg
    assert step.writes == []


@pytest.mark.parametrize("task", ["state: absent", "name: New"])
def test_a_write_whose_answer_is_lost_for_good_says_so(play, emulator, task):
    emulator.seed(projects=[{"id": 77, "name": "Old"}])
    emulator.fault(method="(PATCH|DELETE)", path="/api/projects", drop=True, when="after")
    (step,) = play("[{community.mailtrap.project: {id: 77, %s, retries: 0}, ignore_errors: true}]" % task)
    assert "it may have taken effect all the same" in step.msg


def test_a_retry_after_that_is_no_time(play, emulator):
    emulator.fault(path="/api/projects", times=1, status=503, headers={"Retry-After": "Wed, 21 Oct 99999 07:28:00 GMT"})
    (step,) = play(PROJECT % 1)
    assert step.changed


def test_passwords_of_proxies_are_not_told(play, emulator):
    proxy = {"http_proxy": "http://user:p4sswd@127.0.0.1:99999", "no_proxy": "elsewhere"}
    (step,) = play(PROJECT % 0, "-vvvv", environment=proxy)
    assert step.failed and "p4sswd" not in json.dumps(step.result)


def test_the_token_is_not_in_the_result(play, emulator, tmp_path):
    """What a user writes to a file is not masked by the display; a token with a line break is told by nobody either."""
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
