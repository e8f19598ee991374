# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the playbook quickstart."""

from __future__ import annotations

import pathlib

import yaml

QUICKSTART = pathlib.Path(__file__).resolve().parents[2] / "playbooks" / "quickstart.yml"


def test_quickstart(play, emulator):
    tasks = yaml.safe_load(QUICKSTART.read_text())[0]["tasks"]
    names = {"quickstart_project": "Quickstart", "quickstart_sandbox": "Staging"}
    dry = play(tasks, "--check", "--diff", variables=names)
    assert [step.changed for step in dry] == [True, True, True, False, False]
    assert [step.writes for step in dry] == [[]] * 5
    first = play(tasks, variables=names)
    assert [step.changed for step in first] == [True, True, True, False, False]
    assert "Subject: Shop 1.2.3 is live 🎉" in first[4].msg
    second = play(tasks, variables=names)
    assert [step.changed for step in second] == [False, False, True, False, False]
    assert [len(step.requests) for step in second] == [1, 1, 2, 3, 0]
