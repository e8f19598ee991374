# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role account: what it shows, and what it does not."""

from __future__ import annotations

import json

FAILED = 2
ROLE = [{"ansible.builtin.import_role": {"name": "community.mailtrap.account"}}]
TOKENS = {
    "api_tokens": [{"name": "shop", "permissions": [{"resource_type": "account", "access_level": "viewer"}]}],
    "projects": [{"name": "Shop"}],
}


def values(emulator):
    return {row["name"]: row["token"] for row in emulator.dump()["api_tokens"]}


def test_new_secrets_are_not_shown(play_in, emulator, tmp_path):
    """They are in the variable; what is done is shown."""
    keep = {"ansible.builtin.copy": {"content": "{{ account_applied | to_json }}", "dest": str(tmp_path / "kept")}}
    run = play_in("in_process", [*ROLE, {**keep, "no_log": True}], "-vv", variables={"account_config": TOKENS})
    value = values(emulator)["shop"]
    assert value not in run.output and value in (tmp_path / "kept").read_text()
    assert "Show the plan" in run.output


def test_new_secrets_go_to_a_file(play_in, emulator, tmp_path):
    file = tmp_path / "secrets.json"
    run = play_in("in_process", ROLE, "-vv", variables={"account_config": TOKENS, "account_secrets_file": str(file)})
    value = values(emulator)["shop"]
    assert value not in run.output and value in json.dumps(json.loads(file.read_text()))


def test_why_it_fails_is_told(play_in, emulator):
    """Also where the task may show nothing."""
    emulator.fault(method="POST", path="/api_tokens", status=422, json={"errors": {"base": ["No more tokens"]}})
    run = play_in("in_process", ROLE, variables={"account_config": TOKENS}, status=FAILED)
    assert "No more tokens" in run[-1].msg
