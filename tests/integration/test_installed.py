# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of the installed collection, run by their fully qualified names."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GALAXY = pathlib.Path(sys.executable).with_name("ansible-galaxy")
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


@pytest.fixture(scope="module")
def collections_folder(tmp_path_factory):
    """Build the collection, install it into an empty collections folder, and return the folder."""
    folder = tmp_path_factory.mktemp("installed")
    environment = {
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
    }
    subprocess.run([GALAXY, "collection", "build", "--output-path", folder, ROOT], env=environment, check=True)
    (archive,) = folder.glob("*.tar.gz")
    subprocess.run([GALAXY, "collection", "install", "--offline", "-p", folder, archive], env=environment, check=True)
    return folder


@pytest.fixture
def variables(emulator, tmp_path):
    """Return the variables of each playbook."""
    host, port = emulator.smtp.split(":")
    application = pathlib.Path(__file__).with_name("application.py")
    return {
        "account_export": {"account_export_dir": str(tmp_path / "account")},
        "audit": {"audit_file": str(tmp_path / "audit.json")},
        "branch_sandbox": {
            "sandbox_environment_project": "Shop",
            "sandbox_environment_name": "feature/login",
            "sandbox_environment_dest": str(tmp_path / "mail.env"),
        },
        "ci_mail_test": {
            "ci_mail_command": f"{sys.executable} {application} karl@example.com",
            "ci_mail_smtp_host": host,
            "ci_mail_smtp_port": port,
            "ci_mail_to": "karl@example.com",
        },
        "deploy_notify": {
            "deploy_from": "deploy@example.com",
            "deploy_to": "ops@example.com",
            "deploy_sandbox": "Staging",
        },
        "onboard_domain": {"sending_domain_name": "shop.example"},
        "quickstart": {},
        "rotate_tokens": {"rotate_tokens_dir": str(tmp_path / "tokens"), "rotate_tokens_within": "1d"},
    }


def test_each_playbook_has_variables(variables):
    assert sorted(variables) == PLAYBOOKS


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_playbook(playbook_in, emulator, collections_folder, variables, playbook):
    emulator.seed(projects=[{"id": 7, "name": "Shop"}], sandboxes=[{"id": 70, "project_id": 7, "name": "Staging"}])
    run = playbook_in(
        f"community.mailtrap.{playbook}",
        variables=variables[playbook],
        environment={"ANSIBLE_COLLECTIONS_PATH": str(collections_folder)},
    )
    assert any(step.requests for step in run) and not any(step.failed for step in run)
