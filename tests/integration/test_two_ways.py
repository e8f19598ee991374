# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module gives the same results in process and as an ordinary module."""

from __future__ import annotations

import json
import re

import pytest

TASKS = """
- community.mailtrap.project: {name: Shop}
- community.mailtrap.project: {name: Shop}
  check_mode: true
  diff: true
- community.mailtrap.project: {id: 77, name: Renamed}
  diff: true
- community.mailtrap.project_info: {name: Renamed, reveal_secrets: true}
- community.mailtrap.project: {name: x}
  ignore_errors: true
- community.mailtrap.project: {nome: Shop, name: Shop}
  ignore_errors: true
- community.mailtrap.project: {}
  ignore_errors: true
- community.mailtrap.project: {id: seven}
  ignore_errors: true
- community.mailtrap.project: {name: Shop, state: existing}
  ignore_errors: true
- community.mailtrap.project: {name: Shop, api_token: wrong-token-wrong-token}
  ignore_errors: true
- community.mailtrap.project: {name: Shop, api_url: "http://127.0.0.1:9", retries: 0}
  ignore_errors: true
- community.mailtrap.sandbox: {name: Box, project: Missing}
  check_mode: true
- community.mailtrap.sandbox: {name: "{{ item }}", project: Missing}
  check_mode: true
  loop: [One, Two]
- community.mailtrap.sandbox_info: {project: Renamed, project_id: 77}
  ignore_errors: true
- community.mailtrap.project: {name: Hidden}
  no_log: true
- community.mailtrap.project: {name: With a wrong token}
  environment: {MAILTRAP_API_TOKEN: wrong-token-wrong-token}
  ignore_errors: true
- community.mailtrap.project: {name: "Grüße 🎉"}
- community.mailtrap.notify: {from: a@example.com, to: b@example.com, subject: x, text: y, sandbox: Missing}
  ignore_errors: true
- community.mailtrap.notify: {from: a@example.com, to: b@example.com, subject: x, text: y, attachments: [{src: none}]}
  ignore_errors: true
- community.mailtrap.inbox: {name: Box, project: Renamed}
  check_mode: true
- community.mailtrap.email_log_info: {limit: 1, filters: {to: {operator: equal}}}
  ignore_errors: true
- community.mailtrap.stats_info: {start_date: 7d, sending_domain: missing.example}
  check_mode: true
- community.mailtrap.project: {name: Skipped}
  when: false
"""


# Tokens and IDs that the emulator generates at random.
RANDOM = re.compile(r"[0-9a-f]{64}|[0-9a-f]{10}-[0-9a-f]{6}")


def serialize_steps(run):
    """Return each step's outcome, result and requests as text, with random values replaced."""
    steps = [[step.outcome, step.result, step.requests] for step in run]
    return [RANDOM.sub("*", json.dumps(step, sort_keys=True, indent=1)) for step in steps]


@pytest.fixture
def play_in_both(play_in, emulator):
    """Return a function that runs tasks in process and then as modules, each time from the same initial state."""

    def run(*arguments, **options):
        runs = []
        for way in ("in_process", "module"):
            emulator.reset()
            emulator.seed({"projects": [{"id": 77, "name": "Old"}]})
            runs.append(play_in(way, *arguments, **options))
        return runs

    return run


@pytest.mark.parametrize("verbosity", ["-v", "-vvvv"])
def test_results_are_the_same(play_in_both, verbosity):
    in_process, module = play_in_both(TASKS, verbosity)
    assert len(in_process.steps) == len(module.steps) > 20
    for in_process_step, module_step in zip(serialize_steps(in_process), serialize_steps(module), strict=True):
        assert in_process_step == module_step


def test_module_defaults(play_in_both):
    tasks = """
    - community.mailtrap.project: {name: Shop}
    - community.mailtrap.sandbox: {name: Box}
    - community.mailtrap.inbox: {name: Box}
    - community.mailtrap.project_info: {}
    """
    defaults = {
        "group/community.mailtrap.mailtrap": {"api_token": "{{ token }}", "timeout": 7},
        "community.mailtrap.sandbox": {"project": "Old"},
        "community.mailtrap.project_info": {"name": "Old"},
    }
    in_process, module = play_in_both(tasks, "-vvv", module_defaults=defaults, token=False)
    assert serialize_steps(in_process) == serialize_steps(module)
    project, sandbox, inbox, info = in_process
    assert project.changed and sandbox.changed and not inbox.changed
    assert sandbox["sandbox"]["project_id"] == 77
    assert info["projects"][0]["name"] == "Old"


def test_async_task_runs_as_a_module(play_in, emulator):
    """An async job runs longer than the worker process that starts it."""
    run = play_in(
        "in_process",
        """
        - community.mailtrap.project: {name: Shop}
          async: 60
          poll: 0
          register: job
        - ansible.builtin.async_status: {jid: "{{ job.ansible_job_id }}"}
          register: done
          until: done is finished
          retries: 60
          delay: 1
        """,
    )
    assert "ansible_job_id" in run[0].result
    assert run.steps[-1]["project"]["name"] == "Shop"


def test_environment_is_restored_after_the_task(play_in, emulator):
    first, second = play_in(
        "in_process",
        """
        - community.mailtrap.project_info:
          environment: {MAILTRAP_API_TOKEN: wrong-token-wrong-token}
          ignore_errors: true
        - community.mailtrap.project_info:
        """,
    )
    assert first["status"] == 401
    assert second["projects"] == []


# A sitecustomize module that writes the name of each module that a worker process imports to a file.
IMPORT_RECORDER = """
import os
import sys

controller = os.getpid()


class ImportRecorder:
    def find_spec(self, name, path=None, target=None):
        if os.getpid() != controller:
            with open(os.environ["IMPORTED_FILE"], "a") as file:
                print(name, file=file)


sys.meta_path.insert(0, ImportRecorder())
"""


def test_nothing_is_imported_after_the_fork(play_in, emulator, tmp_path):
    """An import in a worker process would be repeated by every task."""
    (tmp_path / "sitecustomize.py").write_text(IMPORT_RECORDER)
    imported = tmp_path / "imported"
    imported.touch()
    run = play_in(
        "in_process",
        """
        - community.mailtrap.project: {name: Shop}
        - community.mailtrap.project_info: {}
        - community.mailtrap.sandbox: {name: Box, project: Shop}
        - community.mailtrap.notify: {from: a@b.example, to: c@d.example, subject: x, text: y, sandbox: Box}
        - community.mailtrap.sandbox_message_info: {sandbox: Box, include: [text, headers]}
        """,
        environment={"PYTHONPATH": str(tmp_path), "IMPORTED_FILE": str(imported)},
    )
    assert not any(step.failed for step in run)
    assert imported.read_text().split() == []
