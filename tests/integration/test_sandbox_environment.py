# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the role sandbox_environment: sandboxes of branches, their credentials and their expiry."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import yaml

FAILED = 2
SECRETS = {"username": "0123456789abcd", "password": "dcba9876543210"}
SHOP = {
    "projects": [{"id": 7, "name": "Shop"}],
    "sandboxes": [{"id": 70, "project_id": 7, "name": "env-login", **SECRETS}],
}


@pytest.fixture
def role(play_in, tmp_path):
    """Return a function that applies the role to the project Shop and checks that the output contains no secret."""

    def run(*arguments, tasks=(), status=0, **variables):
        role = {"name": "community.mailtrap.sandbox_environment"}
        variables = {f"sandbox_environment_{name}": value for name, value in {"project": "Shop", **variables}.items()}
        tasks = [{"ansible.builtin.import_role": role}, *tasks]
        done = play_in("in_process", tasks, "-vv", "--diff", *arguments, variables=variables, status=status)
        assert not any(secret in done.output for secret in SECRETS.values())
        return done

    return run


def writes(run):
    return [request for step in run for request in step.writes]


def changed(run):
    return [step for step in run if step.changed]


def names(emulator):
    return [row["name"] for row in emulator.dump()["sandboxes"]]


def test_the_life_cycle_of_a_branch(role, emulator, tmp_path):
    dest = tmp_path / "mail.env"
    branch = {"name": "feature/Login", "dest": str(dest)}
    assert writes(role("--check", **branch)) == [] and not dest.exists()

    assert writes(role(**branch)) == ["POST /api/projects", "POST /api/projects/2500000/sandboxes"]
    (name,) = names(emulator)
    assert name.startswith("env-feature-login-") and len(name) == len("env-feature-login-") + 6
    (made,) = emulator.dump()["sandboxes"]
    assert dest.stat().st_mode & 0o777 == 0o600
    assert dest.read_text().splitlines() == [
        "SMTP_HOST=sandbox.smtp.mailtrap.io",
        "SMTP_PORT=2525",
        f"SMTP_USERNAME={made['username']}",
        f"SMTP_PASSWORD={made['password']}",
    ]

    again = role(**branch)
    assert changed(again) == [] and sum(len(step.requests) for step in again) == 3
    assert writes(role("--check", state="absent", **branch)) == [] and dest.exists()
    assert len(changed(role(state="absent", **branch))) == 2 and not dest.exists()
    assert names(emulator) == [] and [row["name"] for row in emulator.dump()["projects"]] == ["Shop"]
    assert changed(role(state="absent", **branch)) == []


NAMES = {
    "login": "env-login",
    "Login": "env-login-[0-9a-f]{6}",
    "feature/login": "env-feature-login-[0-9a-f]{6}",
    "feature-login": "env-feature-login",
    "Feature login": "env-feature-login-[0-9a-f]{6}",
    "PR 42": "env-pr-42-[0-9a-f]{6}",
    "a" * 40: "env-" + "a" * 40,
    "a" * 41: "env-" + "a" * 33 + "-[0-9a-f]{6}",
    "größer//": "env-gr-er-[0-9a-f]{6}",
    "日本": "env-branch-[0-9a-f]{6}",
    "'; DROP 7": "env-drop-7-[0-9a-f]{6}",
}


def test_sandbox_names_are_safe_short_and_unique(role):
    show = {
        "ansible.builtin.debug": {"msg": "{{ sandbox_environment_sandbox }}"},
        "loop": list(NAMES),
        "vars": {"sandbox_environment_name": "{{ item }}"},
    }
    shown = [result["msg"] for result in role("--check", tasks=[show])[-1]["results"]]
    assert all(re.fullmatch(pattern, name) for pattern, name in zip(NAMES.values(), shown, strict=True))
    assert len(set(shown)) == len(NAMES)


def test_formats(role, emulator, tmp_path):
    emulator.seed(**SHOP)
    dest = tmp_path / "mail"
    role(name="login", dest=str(dest), format="json", variables={"MAIL_USER": "username", "MAIL_PORT": "port"})
    assert json.loads(dest.read_text()) == {"MAIL_USER": SECRETS["username"], "MAIL_PORT": 2525}
    relay = {"smtp_host": "relay.example", "smtp_port": 25}
    role(name="login", dest=str(dest), format="kubernetes", secret="mail", namespace="shop", **relay)
    assert dest.stat().st_mode & 0o777 == 0o600
    assert yaml.safe_load(dest.read_text()) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "mail", "namespace": "shop"},
        "type": "Opaque",
        "stringData": {
            "SMTP_HOST": "relay.example",
            "SMTP_PORT": "25",
            "SMTP_USERNAME": SECRETS["username"],
            "SMTP_PASSWORD": SECRETS["password"],
        },
    }


def test_credentials_in_a_variable(role, emulator):
    """A later task of the play can use the credentials. The output does not contain them."""
    emulator.seed(**SHOP)
    check = {"ansible.builtin.assert": {"that": f"sandbox_environment_credentials.password == '{SECRETS['password']}'"}}
    role(name="login", tasks=[{**check, "no_log": True}])


def test_expired_sandboxes_are_deleted(role, emulator):
    def ago(days):
        return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")

    sandboxes = [
        {"id": 70, "project_id": 7, "name": "env-login"},
        {"id": 71, "project_id": 7, "name": "env-old"},
        {"id": 72, "project_id": 7, "name": "env-new"},
        {"id": 73, "project_id": 7, "name": "env-unused"},
        {"id": 74, "project_id": 7, "name": "Staging"},
        {"id": 80, "project_id": 8, "name": "env-old"},
    ]
    mail = {"from": {"email": "a@b.example"}, "to": [{"email": "c@d.example"}], "subject": "x", "text": "x"}
    ages = {70: 30, 71: 8, 72: 6, 74: 30, 80: 30}
    emulator.seed(
        projects=[*SHOP["projects"], {"id": 8, "name": "Blog"}],
        sandboxes=sandboxes,
        messages=[{"sandbox_id": number, "created_at": ago(age), **mail} for number, age in ages.items()],
    )
    arguments = {"name": "login", "expire": "7d"}
    assert writes(role("--check", **arguments)) == []
    run = role(**arguments)
    assert writes(run) == ["DELETE /api/sandboxes/71"]
    assert run[-1].msg == ("Kept these sandboxes because they never received mail and their age is unknown: env-unused")
    assert writes(role(**arguments)) == []
    assert writes(role(expire="7d", expire_unused=True)) == ["DELETE /api/sandboxes/70", "DELETE /api/sandboxes/73"]
    assert names(emulator) == ["env-new", "Staging", "env-old"]


def test_invalid_variables_are_refused(role, emulator):
    emulator.seed(projects=SHOP["projects"])
    run = role(name="login", variables={"SMTP_PASS": "pass"}, status=FAILED)
    assert run[-1].msg == (
        "sandbox_environment_variables contains unknown credentials: pass. Use host, port, username, password or email."
    )
    assert "sandbox_environment_format" in role(name="login", format="xml", status=FAILED)[-1].msg
    run = role(name="", expire="a week", status=FAILED)
    assert "older_than: 'a week'" in run[-1].msg
    assert names(emulator) == []


def test_the_branch_name_from_the_ci_environment(playbook_in, emulator):
    shop = {"sandbox_environment_project": "Shop"}
    playbook_in("community.mailtrap.branch_sandbox", variables=shop, environment={"CI_COMMIT_REF_NAME": "login"})
    playbook_in(
        "community.mailtrap.branch_sandbox",
        variables={**shop, "sandbox_environment_name": "search"},
        environment={"CI_COMMIT_REF_NAME": "login"},
    )
    assert names(emulator) == ["env-login", "env-search"]
    (step,) = playbook_in("community.mailtrap.branch_sandbox", status=FAILED)
    assert step.msg == "Set sandbox_environment_project to the name of the project that holds the sandbox."
