# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SMTP credentials of a sandbox: the lookup that reads them and the module that renews them."""

from __future__ import annotations

import json
import stat

import pytest

BOXES = {
    "projects": [{"id": 77, "name": "Shop"}, {"id": 78, "name": "Blog"}],
    "sandboxes": [
        {"id": 5, "name": "Box", "project_id": 77, "username": "user5", "password": "word5"},
        {"id": 6, "name": "Twin", "project_id": 77, "username": "user6", "password": "word6"},
        {"id": 7, "name": "Twin", "project_id": 78, "username": "user7", "password": "word7"},
    ],
}


@pytest.fixture
def boxes(emulator):
    emulator.seed(BOXES)
    return emulator


@pytest.fixture
def looked_up(play_in):
    """A function that evaluates the arguments of a lookup, and returns the step; its msg is what came of it."""

    def look(arguments, **options):
        expression = "{{ lookup('community.mailtrap.sandbox_credentials', " + arguments + ") }}"
        (step,) = play_in(
            "in_process", [{"ansible.builtin.debug": {"msg": expression}, "ignore_errors": True}], **options
        )
        return step

    return look


def credentials(number):
    return {
        "host": "sandbox.smtp.mailtrap.io",
        "port": 2525,
        "ports": [25, 465, 587, 2525],
        "username": f"user{number}",
        "password": f"word{number}",
        "email": None,
    }


def test_one_sandbox(looked_up, boxes):
    step = looked_up("'Box'")
    assert step.msg == credentials(5)
    assert step.requests == ["GET /api/sandboxes"]


def test_several_sandboxes(looked_up, boxes):
    step = looked_up("'Box', 7")
    assert step.msg == [credentials(5), credentials(7)]
    assert step.requests == ["GET /api/sandboxes"]


@pytest.mark.parametrize(
    "project, request_", [("project='Blog'", "/api/projects"), ("project_id=78", "/api/projects/78")]
)
def test_in_a_project(looked_up, boxes, project, request_):
    step = looked_up(f"'Twin', {project}")
    assert step.msg == credentials(7)
    assert step.requests == [f"GET {request_}"]


REFUSED = [
    ("'Bax'", "Could not read the SMTP credentials: there is no sandbox 'Bax'"),
    ("99", "Could not read the SMTP credentials: there is no sandbox with id 99"),
    ("'Twin'", "2 sandboxes are called 'Twin', with the ids 6, 7: give an id, or the project"),
    ("'Box', project='None such'", "there is no project 'None such'"),
    ("'Box', project='Shop', project_id=77", "project and project_id are given: leave out one of them"),
    ("[]", "no sandbox is named"),
    ("'Box', api_token='wrong-token-wrong'", "the API token was refused: Incorrect API token"),
    ("'Box', api_url='http://127.0.0.1:9', retries=0", "cannot connect to http://127.0.0.1:9: Connection refused"),
    ("'Box', api_url='mailtrap'", "api_url must have the form https://host[:port]"),
    ("'Box', timeout=0", "timeout must be between 1 and 3600 s"),
    ("'Box', retries='x'", "retries"),
]


def test_what_cannot_be_read(play_in, boxes):
    expressions = [
        "{{ lookup('community.mailtrap.sandbox_credentials', " + arguments + ") }}" for arguments, _ in REFUSED
    ]
    tasks = [{"ansible.builtin.debug": {"msg": text}, "ignore_errors": True} for text in expressions]
    for step, (arguments, sentence) in zip(play_in("in_process", tasks), REFUSED, strict=True):
        assert step.failed and sentence in step.msg, arguments
        assert "word5" not in step.msg


def test_no_token(looked_up, boxes):
    assert "an API token is required" in looked_up("'Box'", token=False).msg


def test_a_token_that_may_not_see_the_password(looked_up, boxes):
    boxes.seed(api_tokens=[{"name": "viewer", "token": "viewer-token-viewer", "access_level": 10}])
    step = looked_up("'Box', api_token='viewer-token-viewer'")
    assert step.failed and "the service does not show password of sandbox 5: the API token must be an admin" in step.msg
    assert "viewer-token-viewer" not in step.msg


def test_where_the_connection_comes_from(looked_up, boxes, tmp_path):
    """From variables, which may be templates, rather than from the environment, where an empty one is an unset one."""
    wrong = {"MAILTRAP_API_URL": "http://127.0.0.1:9", "MAILTRAP_API_TOKEN": "", "MAILTRAP_ACCOUNT_ID": ""}
    step = looked_up(
        "'Box'", environment=wrong, variables={"mailtrap_api_url": boxes.api_url, "mailtrap_api_token": "{{ token }}"}
    )
    assert step.msg == credentials(5)
    step = looked_up(
        "'Box'", environment={"MAILTRAP_API_TOKEN": "", "MAILTRAP_API_KEY": boxes.token, "MAILTRAP_ACCOUNT_ID": ""}
    )
    assert step.msg == credentials(5) and step.requests == ["GET /api/sandboxes"]
    step = looked_up("'Box'", environment={"MAILTRAP_ACCOUNT_ID": str(boxes.account_id)})
    assert step.msg == credentials(5) and step.requests == [f"GET /api/accounts/{boxes.account_id}/inboxes"]
    configured = tmp_path / "mine.cfg"
    configured.write_text("[mailtrap]\ntimeout = 0\n")
    step = looked_up("'Box'", environment={"ANSIBLE_CONFIG": str(configured)})
    assert "timeout must be between 1 and 3600 s, not 0" in step.msg


def test_the_address(looked_up, boxes):
    boxes.seed(
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
    assert looked_up("'Open'").msg["email"] == "shop-abcdef@inbox.mailtrap.io"


def renewing(**options):
    return [{"community.mailtrap.sandbox_credentials": {"sandbox_id": 5, **options}, "ignore_errors": True}]


def row(emulator, number):
    return next(row for row in emulator.dump()["sandboxes"] if row["id"] == number)


RESET = "PATCH /api/sandboxes/5/reset_credentials"


def test_renew(play, boxes):
    dry, hidden, shown, by_name = play(
        [
            {**renewing(reveal_secrets=True)[0], "check_mode": True},
            *renewing(),
            {**renewing(reveal_secrets=True)[0], "register": "renewed"},
            *renewing(sandbox_id="{{ omit }}", sandbox="Twin", project="Blog"),
        ]
    )
    assert dry.changed and dry.requests == [] and dry["sandbox"] == {"id": 5}
    assert hidden.changed and hidden.requests == [RESET]
    assert hidden["sandbox"]["id"] == 5 and not {"username", "password"} & hidden["sandbox"].keys()
    assert shown.changed and shown.requests == [RESET]
    now = row(boxes, 5)
    assert shown["sandbox"]["username"] == now["username"] != "user5"
    assert shown["sandbox"]["password"] == now["password"] != "word5"
    assert by_name.requests == ["GET /api/projects", "PATCH /api/sandboxes/7/reset_credentials"]
    assert row(boxes, 6)["password"] == "word6" and row(boxes, 7)["password"] != "word7"


def test_renew_into_a_file(play, boxes, tmp_path):
    path = tmp_path / "smtp.json"
    run = play(
        [
            {**renewing(dest=str(path), reveal_secrets=True)[0], "check_mode": True},
            *renewing(dest=str(path), reveal_secrets=True),
        ],
        "-vvv",
    )
    now = row(boxes, 5)
    assert json.loads(path.read_text()) == {
        **credentials(5),
        "username": now["username"],
        "password": now["password"],
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run[0].writes == [] and run[1].requests == [RESET]
    assert now["password"] not in run.output and now["username"] not in run.output
    assert "password" not in run[1]["sandbox"]


@pytest.mark.parametrize("name", ["none/smtp.json", "."])
def test_a_file_that_cannot_be(play, boxes, tmp_path, name):
    (step,) = play(renewing(dest=str(tmp_path / name)))
    assert step.failed and step.msg.startswith("dest ") and step.requests == []
    assert row(boxes, 5)["password"] == "word5"


def test_renew_the_address(play, boxes):
    before = row(boxes, 5)
    (step,) = play(renewing(reset="email_username"))
    now = row(boxes, 5)
    assert step.requests == ["PATCH /api/sandboxes/5/reset_email_username"]
    assert step["sandbox"]["email_username"] == f"{now['alias']}-{now['address_hash']}"
    assert now["alias"] != before["alias"] and now["address_hash"] == before["address_hash"]
    assert now["password"] == "word5"


def test_a_renewal_whose_answer_is_lost(play_in, boxes):
    """It is not repeated: an application may have the new password already."""
    boxes.fault(method="PATCH", path="/reset_credentials$", when="after", drop=True)
    (step,) = play_in("in_process", renewing())
    assert step.failed and step.requests == [RESET]
    assert step.msg.startswith("Could not reset the credentials of sandbox 5: the connection to")
    assert "they may have been reset all the same: read them anew" in step.msg


@pytest.mark.parametrize("answer", [None, [], {"ok": True}])
def test_a_renewal_with_another_answer(play_in, boxes, answer):
    boxes.fault(method="PATCH", path="/reset_credentials$", when="after", status=200, json=answer)
    (step,) = play_in("in_process", renewing())
    assert "the service's answer holds no sandbox; they may have been reset all the same: read them anew" in step.msg


def test_what_cannot_be_renewed(play_in, boxes):
    gone, nothing = play_in(
        "in_process",
        [
            *renewing(sandbox_id=4711),
            {"community.mailtrap.sandbox_credentials": {}, "ignore_errors": True},
        ],
    )
    assert gone["status"] == 404 and nothing.msg == "one of the following is required: sandbox, sandbox_id"
