# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the playbooks ci_mail_test and deploy_notify, run by their names."""

from __future__ import annotations

import base64
import email
import email.policy
import pathlib
import sys

import pytest

APPLICATION = pathlib.Path(__file__).with_name("application.py")
FAILED = 2
NO_EXPECTATIONS = {"ci_mail_links": None, "ci_mail_captures": None}


@pytest.fixture
def ci(playbook_in, emulator):
    """Return a function that runs ci_mail_test with the sample application."""
    host, port = emulator.smtp.split(":")

    def run(*arguments, command="karl@example.com", status=0, **variables):
        settings = {
            "ci_mail_command": f"{sys.executable} {APPLICATION} {command}",
            "ci_mail_smtp_host": host,
            "ci_mail_smtp_port": port,
            "ci_mail_to": "karl@example.com",
            "ci_mail_subject": "^Confirm your address$",
            "ci_mail_captures": {"code": r"code is (\d+)"},
            "ci_mail_links": ["/confirm"],
            **variables,
        }
        settings = {name: value for name, value in settings.items() if value is not None}
        return playbook_in("community.mailtrap.ci_mail_test", *arguments, variables=settings, status=status)

    return run


def list_credentials(run):
    """Return the credentials of the sandboxes that a run created."""
    bodies = [entry["answer"]["body"] for step in run for entry in step.entries if entry["path"].endswith("/sandboxes")]
    found = [body[name] for body in bodies if isinstance(body, dict) for name in ("username", "password")]
    assert found
    return found


@pytest.mark.parametrize("seconds", ["", " 3"])
def test_ci_mail_test(ci, emulator, seconds):
    """The application may end before its mail arrives."""
    run = ci("-v", command=f"karl@example.com{seconds}")
    received, shown, deleted = run[-3:]
    (mail,) = received["sandbox_messages"]
    assert mail["from_name"] == "Shop" and mail["smtp_information"]["ok"]
    assert received["captures"] == {"code": "482910"} and received["links"] == [
        "https://shop.example/confirm?code=482910"
    ]
    assert (received["waited"] > 1) == bool(seconds)
    assert shown.msg[2] == {"code": "482910"}
    assert deleted.changed and emulator.dump()["sandboxes"] == []
    assert [row["name"] for row in emulator.dump()["projects"]] == ["CI"]
    assert not any(secret in run.output for secret in list_credentials(run))


def test_a_mail_that_does_not_arrive(ci, emulator):
    run = ci(command="ann@example.com", ci_mail_wait=1, status=FAILED)
    missing, deleted = run[-2:]
    assert missing.failed and "to does not match 'karl@example.com'" in missing.msg
    assert deleted.changed and emulator.dump()["sandboxes"] == []


def test_an_application_that_must_not_send(ci, emulator):
    run = ci(command="karl@example.com", ci_mail_count=0, ci_mail_wait=1, ci_mail_subject="Invoice", **NO_EXPECTATIONS)
    assert run[-1].changed and emulator.dump()["sandboxes"] == []


def test_an_application_that_fails(ci, emulator):
    run = ci(command="nobody", status=FAILED)
    failed, deleted = run[-2:]
    assert failed.failed and failed["stderr"] == "nobody is no address"
    assert deleted.changed and emulator.dump()["sandboxes"] == []
    assert not any(secret in run.output for secret in list_credentials(run))


def test_a_sandbox_that_cannot_be_created(ci, emulator):
    emulator.limits(sandboxes=0)
    run = ci(status=FAILED)
    assert not run[-1].changed and not run[-1].failed


def test_ci_mail_test_in_check_mode(ci, emulator):
    run = ci("--check")
    assert not any(step.writes for step in run)
    assert emulator.dump()["projects"] == [] and not any(step.failed for step in run)


def test_a_test_without_a_command(ci, emulator):
    (step,) = ci(ci_mail_command="", status=FAILED)
    assert step.msg == "Set ci_mail_command to the command that makes the application send its mail."


@pytest.fixture
def deploy(playbook_in, emulator, tmp_path):
    """Return a function that runs deploy_notify with a sandbox. `tasks` is the YAML of the deployment tasks."""
    emulator.seed(projects=[{"id": 7, "name": "Shop"}], sandboxes=[{"id": 70, "project_id": 7, "name": "Staging"}])
    inventory = tmp_path / "hosts"
    inventory.write_text("[web]\nweb1 ansible_connection=local\nweb2 ansible_connection=local\n")

    def run(*arguments, tasks=None, status=0, **variables):
        settings = {"deploy_from": "deploy@example.com", "deploy_to": "ops@example.com", "deploy_sandbox": "Staging"}
        if tasks is not None:
            (tmp_path / "deploy.yml").write_text(tasks)
            settings["deploy_tasks"] = str(tmp_path / "deploy.yml")
        return playbook_in(
            "community.mailtrap.deploy_notify",
            "-i",
            str(inventory),
            *arguments,
            variables={**settings, **variables},
            status=status,
        )

    return run


def read_mail(emulator):
    """Return the subject and the text of each mail that the emulator received."""
    parsed = [
        email.message_from_bytes(base64.b64decode(row["raw"]), policy=email.policy.default)
        for row in emulator.dump()["raw_messages"]
    ]
    return [(mail["subject"], mail.get_body().get_content().replace("\r", "").strip()) for mail in parsed]


def test_deploy_notify(deploy, emulator):
    deploy()
    assert read_mail(emulator) == [("Shop 1.2.3 is live", "Shop 1.2.3 has been deployed to localhost.")]


def test_a_deployment_on_several_hosts(deploy, emulator):
    run = deploy(deploy_hosts="web", deploy_name="Blog 7", tasks="[{ansible.builtin.debug: {msg: x}}]")
    assert read_mail(emulator) == [("Blog 7 is live", "Blog 7 has been deployed to web1, web2.")]
    assert [step.writes for step in run if step.writes] == [["POST /api/send/70"]]


def test_a_deployment_that_fails(deploy, emulator):
    tasks = """
    - name: Restart the shop
      ansible.builtin.fail: {msg: "Port 80 is taken"}
      when: inventory_hostname == 'web2'
    """
    run = deploy(deploy_hosts="web", tasks=tasks, status=FAILED)
    ((subject, text),) = read_mail(emulator)
    assert subject == "Shop 1.2.3 was not deployed"
    assert text == "Shop 1.2.3 was not deployed everywhere.\n\nweb2: Restart the shop: Port 80 is taken"
    failed = [step for step in run if step.failed]
    assert failed[-1].msg == "Restart the shop: Port 80 is taken"


def test_a_host_that_is_unreachable(deploy, emulator, tmp_path):
    with (tmp_path / "hosts").open("a") as inventory:
        inventory.write("web3 ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=9\n")
    deploy(deploy_hosts="web", tasks="[{ansible.builtin.command: 'true'}]", status=4)
    ((subject, text),) = read_mail(emulator)
    assert subject == "Shop 1.2.3 was not deployed" and "web3: could not be reached" in text


def test_a_mail_that_cannot_be_sent(deploy, emulator):
    """The failure is about the mail. No mail reports a failed deployment."""
    emulator.fault(method="POST", path="/api/send", status=500, times=1)
    run = deploy(status=FAILED)
    assert read_mail(emulator) == [] and "Could not send the message" in run[-1].msg


def test_a_deployment_in_check_mode(deploy, emulator):
    run = deploy("--check")
    assert read_mail(emulator) == [] and not any(step.writes for step in run)


def test_a_deployment_without_recipients(deploy, emulator):
    (step,) = deploy(deploy_to="", tasks="[{ansible.builtin.fail: {}}]", status=FAILED)
    assert step.msg == "Set deploy_from to the sender and deploy_to to the recipients of the mail."
