# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SMTP credentials of a sandbox: the lookup that reads them and the module that resets them."""

from __future__ import annotations

import json
import stat

import pytest

SEED = {
    "projects": [{"id": 77, "name": "Shop"}, {"id": 78, "name": "Blog"}],
    "sandboxes": [
        {"id": 5, "name": "Box", "project_id": 77, "username": "user5", "password": "word5"},
        {"id": 6, "name": "Twin", "project_id": 77, "username": "user6", "password": "word6"},
        {"id": 7, "name": "Twin", "project_id": 78, "username": "user7", "password": "word7"},
    ],
}


@pytest.fixture
def seeded_emulator(emulator):
    """Return the emulator with two projects and three sandboxes, two of them with the same name."""
    emulator.seed(SEED)
    return emulator


@pytest.fixture
def run_lookup(play_in):
    """Return a function that runs the lookup with the given arguments in a debug task, whose msg is the result."""

    def run(arguments, **options):
        expression = "{{ lookup('community.mailtrap.sandbox_credentials', " + arguments + ") }}"
        (step,) = play_in(
            "in_process", [{"ansible.builtin.debug": {"msg": expression}, "ignore_errors": True}], **options
        )
        return step

    return run


def build_credentials(number):
    """Return the credentials of a seeded sandbox as the lookup returns them."""
    return {
        "host": "sandbox.smtp.mailtrap.io",
        "port": 2525,
        "ports": [25, 465, 587, 2525],
        "username": f"user{number}",
        "password": f"word{number}",
        "email": None,
    }


def test_credentials_of_one_sandbox_are_read(run_lookup, seeded_emulator):
    step = run_lookup("'Box'")
    assert step.msg == build_credentials(5)
    assert step.requests == ["GET /api/sandboxes"]


def test_credentials_of_several_sandboxes_are_read_with_one_request(run_lookup, seeded_emulator):
    step = run_lookup("'Box', 7")
    assert step.msg == [build_credentials(5), build_credentials(7)]
    assert step.requests == ["GET /api/sandboxes"]


@pytest.mark.parametrize("project, path", [("project='Blog'", "/api/projects"), ("project_id=78", "/api/projects/78")])
def test_a_sandbox_is_found_in_its_project(run_lookup, seeded_emulator, project, path):
    step = run_lookup(f"'Twin', {project}")
    assert step.msg == build_credentials(7)
    assert step.requests == [f"GET {path}"]


INVALID_ARGUMENTS = [
    ("'Bax'", "Could not read the SMTP credentials: there is no sandbox 'Bax'"),
    ("99", "Could not read the SMTP credentials: there is no sandbox with id 99"),
    ("'Twin'", "2 sandboxes have the name 'Twin', with the ids 6, 7: give the id or the project"),
    ("'Box', project='None such'", "there is no project 'None such'"),
    ("'Box', project='Shop', project_id=77", "project and project_id are mutually exclusive"),
    ("[]", "the lookup needs the name or the id of a sandbox"),
    ("'Box', api_token='wrong-token-wrong'", "the API token was refused: Incorrect API token"),
    ("'Box', api_url='http://127.0.0.1:9', retries=0", "cannot connect to http://127.0.0.1:9: Connection refused"),
    ("'Box', api_url='mailtrap'", "api_url must have the form https://host[:port]"),
    ("'Box', timeout=0", "timeout must be between 1 and 3600 s"),
    ("'Box', retries='x'", "retries"),
]


def test_invalid_arguments_and_missing_sandboxes_are_failures(play_in, seeded_emulator):
    expressions = [
        "{{ lookup('community.mailtrap.sandbox_credentials', " + arguments + ") }}"
        for arguments, _ in INVALID_ARGUMENTS
    ]
    tasks = [{"ansible.builtin.debug": {"msg": text}, "ignore_errors": True} for text in expressions]
    for step, (arguments, message_part) in zip(play_in("in_process", tasks), INVALID_ARGUMENTS, strict=True):
        assert step.failed and message_part in step.msg, arguments
        assert "word5" not in step.msg


def test_a_missing_token_is_a_failure(run_lookup, seeded_emulator):
    assert "an API token is required" in run_lookup("'Box'", token=False).msg


def test_a_token_without_access_to_the_password_is_a_failure(run_lookup, seeded_emulator):
    seeded_emulator.seed(api_tokens=[{"name": "viewer", "token": "viewer-token-viewer", "access_level": 10}])
    step = run_lookup("'Box', api_token='viewer-token-viewer'")
    assert step.failed
    assert "the service did not return password of sandbox 5: the API token needs admin access" in step.msg
    assert "viewer-token-viewer" not in step.msg


def test_variables_take_precedence_over_the_environment(run_lookup, seeded_emulator, tmp_path):
    """Variables can be templates. An empty environment variable counts as not set."""
    unusable = {"MAILTRAP_API_URL": "http://127.0.0.1:9", "MAILTRAP_API_TOKEN": "", "MAILTRAP_ACCOUNT_ID": ""}
    step = run_lookup(
        "'Box'",
        environment=unusable,
        variables={"mailtrap_api_url": seeded_emulator.api_url, "mailtrap_api_token": "{{ token }}"},
    )
    assert step.msg == build_credentials(5)
    step = run_lookup(
        "'Box'",
        environment={"MAILTRAP_API_TOKEN": "", "MAILTRAP_API_KEY": seeded_emulator.token, "MAILTRAP_ACCOUNT_ID": ""},
    )
    assert step.msg == build_credentials(5) and step.requests == ["GET /api/sandboxes"]
    step = run_lookup("'Box'", environment={"MAILTRAP_ACCOUNT_ID": str(seeded_emulator.account_id)})
    assert step.msg == build_credentials(5)
    assert step.requests == [f"GET /api/accounts/{seeded_emulator.account_id}/inboxes"]
    config = tmp_path / "mine.cfg"
    config.write_text("[mailtrap]\ntimeout = 0\n")
    step = run_lookup("'Box'", environment={"ANSIBLE_CONFIG": str(config)})
    assert "timeout must be between 1 and 3600 s, not 0" in step.msg


def test_an_enabled_address_is_returned(run_lookup, seeded_emulator):
    seeded_emulator.seed(
        sandboxes=[
            {
                "id": 8,
                "name": "Open",
                "project_id": 77,
                "alias": "shop",
                "address_hash": "abcdef",
                "email_username_enabled": True,
            }
        ]
    )
    assert run_lookup("'Open'").msg["email"] == "shop-abcdef@inbox.mailtrap.io"


def build_task(**options):
    """Return a list with one sandbox_credentials task that may fail."""
    return [{"community.mailtrap.sandbox_credentials": {"sandbox_id": 5, **options}, "ignore_errors": True}]


def find_sandbox(emulator, sandbox_id):
    """Return a sandbox as the emulator stores it."""
    return next(sandbox for sandbox in emulator.dump()["sandboxes"] if sandbox["id"] == sandbox_id)


RESET_REQUEST = "PATCH /api/sandboxes/5/reset_credentials"
ADVICE = "read the current credentials with the lookup community.mailtrap.sandbox_credentials"


def test_credentials_are_reset(play, seeded_emulator):
    checked, hidden, revealed, by_name = play(
        [
            {**build_task(reveal_secrets=True)[0], "check_mode": True},
            *build_task(),
            {**build_task(reveal_secrets=True)[0], "register": "reset"},
            *build_task(sandbox_id="{{ omit }}", sandbox="Twin", project="Blog"),
        ]
    )
    assert checked.changed and checked.requests == [] and checked["sandbox"] == {"id": 5}
    assert hidden.changed and hidden.requests == [RESET_REQUEST]
    assert hidden["sandbox"]["id"] == 5 and not {"username", "password"} & hidden["sandbox"].keys()
    assert revealed.changed and revealed.requests == [RESET_REQUEST]
    current = find_sandbox(seeded_emulator, 5)
    assert revealed["sandbox"]["username"] == current["username"] != "user5"
    assert revealed["sandbox"]["password"] == current["password"] != "word5"
    assert by_name.requests == ["GET /api/projects", "PATCH /api/sandboxes/7/reset_credentials"]
    assert find_sandbox(seeded_emulator, 6)["password"] == "word6"
    assert find_sandbox(seeded_emulator, 7)["password"] != "word7"


def test_reset_credentials_are_saved_in_a_file(play, seeded_emulator, tmp_path):
    path = tmp_path / "smtp.json"
    run = play(
        [
            {**build_task(dest=str(path), reveal_secrets=True)[0], "check_mode": True},
            *build_task(dest=str(path), reveal_secrets=True),
        ],
        "-vvv",
    )
    current = find_sandbox(seeded_emulator, 5)
    assert json.loads(path.read_text()) == {
        **build_credentials(5),
        "username": current["username"],
        "password": current["password"],
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run[0].writes == [] and run[1].requests == [RESET_REQUEST]
    assert current["password"] not in run.output and current["username"] not in run.output
    assert "password" not in run[1]["sandbox"]


@pytest.mark.parametrize("name", ["none/smtp.json", "."])
def test_an_unusable_dest_prevents_the_reset(play, seeded_emulator, tmp_path, name):
    (step,) = play(build_task(dest=str(tmp_path / name)))
    assert step.failed and step.msg.startswith("dest ") and step.requests == []
    assert find_sandbox(seeded_emulator, 5)["password"] == "word5"


def test_the_address_is_reset(play, seeded_emulator):
    before = find_sandbox(seeded_emulator, 5)
    (step,) = play(build_task(reset="email_username"))
    current = find_sandbox(seeded_emulator, 5)
    assert step.requests == ["PATCH /api/sandboxes/5/reset_email_username"]
    assert step["sandbox"]["email_username"] == f"{current['alias']}-{current['address_hash']}"
    assert current["alias"] != before["alias"] and current["address_hash"] == before["address_hash"]
    assert current["password"] == "word5"


def test_a_reset_is_not_repeated_if_its_answer_is_lost(play_in, seeded_emulator):
    """An application may already use the new password."""
    seeded_emulator.fault(method="PATCH", path="/reset_credentials$", when="after", drop=True)
    (step,) = play_in("in_process", build_task())
    assert step.failed and step.requests == [RESET_REQUEST]
    assert step.msg.startswith("Could not reset the credentials of sandbox 5: the connection to")
    assert f"the request may have taken effect: {ADVICE}" in step.msg


@pytest.mark.parametrize("answer", [None, [], {"ok": True}])
def test_an_unexpected_answer_to_a_reset_is_a_failure(play_in, seeded_emulator, answer):
    seeded_emulator.fault(method="PATCH", path="/reset_credentials$", when="after", status=200, json=answer)
    (step,) = play_in("in_process", build_task())
    assert f"the service's answer contains no sandbox; the request may have taken effect: {ADVICE}" in step.msg


def test_a_reset_needs_an_existing_sandbox(play_in, seeded_emulator):
    missing, neither = play_in(
        "in_process",
        [
            *build_task(sandbox_id=4711),
            {"community.mailtrap.sandbox_credentials": {}, "ignore_errors": True},
        ],
    )
    assert missing["status"] == 404 and neither.msg == "one of the following is required: sandbox, sandbox_id"
