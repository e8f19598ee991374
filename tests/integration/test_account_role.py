# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the role account: plan, secrets and error messages."""

from __future__ import annotations

import json

FAILED = 2
ROLE = [{"ansible.builtin.import_role": {"name": "community.mailtrap.account"}}]
TOKENS = {
    "api_tokens": [{"name": "shop", "permissions": [{"resource_type": "account", "access_level": "viewer"}]}],
    "projects": [{"name": "Shop"}],
}


def read_token_values(emulator):
    return {row["name"]: row["token"] for row in emulator.dump()["api_tokens"]}


def test_new_secrets_are_not_shown(play_in, emulator, tmp_path):
    """The variable holds the secrets, and the output shows only the plan."""
    save = {"ansible.builtin.copy": {"content": "{{ account_applied | to_json }}", "dest": str(tmp_path / "result")}}
    run = play_in("in_process", [*ROLE, {**save, "no_log": True}], "-vv", variables={"account_config": TOKENS})
    value = read_token_values(emulator)["shop"]
    assert value not in run.output and value in (tmp_path / "result").read_text()
    assert "Show the plan" in run.output


def test_new_secrets_go_to_a_file(play_in, emulator, tmp_path):
    file = tmp_path / "secrets.json"
    run = play_in("in_process", ROLE, "-vv", variables={"account_config": TOKENS, "account_secrets_file": str(file)})
    value = read_token_values(emulator)["shop"]
    assert value not in run.output and value in json.dumps(json.loads(file.read_text()))


def test_the_cause_of_a_failure_is_reported(play_in, emulator):
    """The cause is reported although the failed task has no_log."""
    emulator.fault(method="POST", path="/api_tokens", status=422, json={"errors": {"base": ["No more tokens"]}})
    run = play_in("in_process", ROLE, variables={"account_config": TOKENS}, status=FAILED)
    assert "No more tokens" in run[-1].msg
