# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run real playbooks against a real emulator, in both ways in which a module can run."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import signal
import subprocess
import sys
from dataclasses import dataclass

import pytest
import yaml
from mailtrap_emulator.testing import Emulator

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
BIN = pathlib.Path(sys.executable).parent
REACHED = CHECKOUT / ".build" / "reached"
WAYS = ("in_process", "module")
# What is peculiar to these is thought by the same code in both ways, and takes ten times as long as a module. That the
# modules run in both ways is seen in test_walk.py, and that the ways do not differ in test_two_ways.py.
PECULIAR = {
    *("test_account_access", "test_api_token", "test_contacts", "test_domain", "test_domain_verification"),
    *("test_email_campaigns", "test_email_logs", "test_expect", "test_inbound", "test_message_changes"),
    *("test_notify_delivery", "test_stats", "test_sub_account", "test_suppressions", "test_webhook"),
}


@dataclass
class Step:
    """What one task returned, and the requests that it made."""

    outcome: str
    result: dict
    entries: list

    @property
    def changed(self):
        return self.result.get("changed", False)

    @property
    def failed(self):
        return self.outcome == "failed"

    @property
    def msg(self):
        return self.result.get("msg")

    @property
    def requests(self):
        """The requests as texts: list of str, such as GET /api/projects."""
        return [f"{entry['method']} {entry['path']}" for entry in self.entries]

    @property
    def writes(self):
        return [text for text in self.requests if not text.startswith("GET ")]

    def __getitem__(self, key):
        return self.result[key]


@dataclass
class Run:
    """A finished ansible-playbook: its steps and all that it printed."""

    steps: list
    output: str

    def __iter__(self):
        return iter(self.steps)

    def __getitem__(self, number):
        return self.steps[number]


def note_reached(entries):
    """Keep which requests were answered well: tools/operations.py asks whether any operation is never reached."""
    REACHED.mkdir(parents=True, exist_ok=True)
    with (REACHED / str(os.getpid())).open("a", encoding="utf-8") as file:
        file.writelines(
            f"{entry['method']} {entry['path']}\n" for entry in entries if entry["status"] in range(200, 300)
        )


@pytest.fixture(scope="session")
def emulator_process():
    with Emulator("--rate-limits", "off") as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator_process):
    """An emulator in its start state, without rate limits."""
    emulator_process.reset()
    emulator_process.limits(rate_limits="off")
    return emulator_process


@pytest.fixture(scope="session")
def collections(tmp_path_factory):
    """A folder in which ansible finds the collection, whatever the checkout is called."""
    root = tmp_path_factory.mktemp("collections")
    home = root / "ansible_collections" / "community"
    home.mkdir(parents=True)
    (home / "mailtrap").symlink_to(CHECKOUT)
    return root


def pytest_generate_tests(metafunc):
    """Run a test that plays in both ways, but for what the two ways do not differ in."""
    if "way" in metafunc.fixturenames:
        name = metafunc.module.__name__.rpartition(".")[2]
        metafunc.parametrize("way", WAYS[:1] if name in PECULIAR else WAYS)


@pytest.fixture
def play(play_in, way):
    """A function that runs tasks, given as YAML, and returns a Run; the test runs once for each way."""
    return functools.partial(play_in, way)


@pytest.fixture
def play_in(playbook_in, emulator, tmp_path):
    """A function that runs tasks in one way, and returns a Run."""

    def run(way, tasks, *arguments, module_defaults=None, variables=None, **settings):
        tasks = yaml.safe_load(tasks) if isinstance(tasks, str) else tasks
        playbook = tmp_path / "playbook.yml"
        head = {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "mailtrap_in_process": way == "in_process",
                "token": emulator.token,
                **(variables or {}),
            },
            "module_defaults": module_defaults or {},
        }
        playbook.write_text(yaml.safe_dump([dict(head, tasks=tasks)], allow_unicode=True))
        return playbook_in(str(playbook), *arguments, **settings)

    return run


@pytest.fixture
def ansible_environment(emulator, collections, tmp_path):
    """The environment of ansible: nothing of the user's comes in, and nothing is left with the user."""
    config = tmp_path / "ansible.cfg"
    config.write_text("")
    return {
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_CONNECTION_PLUGINS": str(HERE / "connection"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_REMOTE_TEMP": str(tmp_path / "target"),
        "HOME": str(tmp_path),
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "ANSIBLE_ASYNC_DIR": str(tmp_path / "async"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        "MAILTRAP_API_URL": emulator.api_url,
        "MAILTRAP_API_TOKEN": emulator.token,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture(scope="session")
def starter():
    """A process that starts scripts of Ansible quickly, in a session of its own."""
    command = [sys.executable, "-P", str(HERE / "starter.py")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, env={"LC_ALL": "C.UTF-8"}, start_new_session=True) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def started(starter, tmp_path):
    """A function that starts a script of Ansible, and returns how it ended, and all that it printed."""

    def start(argv, env, cwd):
        if any(name.startswith("PYTHON") for name in env):  # they are for a new interpreter
            pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            done = subprocess.run(argv, env=env, cwd=cwd, text=True, **pipes)
            return done.returncode, done.stdout
        output = tmp_path / "ansible.out"
        print(json.dumps({"argv": argv, "env": env, "cwd": str(cwd), "output": str(output)}), file=starter.stdin)
        starter.stdin.flush()
        try:
            return int(starter.stdout.readline()), output.read_text(encoding="utf-8")
        except BaseException:  # such as the end of a test's time: nobody is to wait for what hangs
            os.killpg(starter.pid, signal.SIGKILL)
            raise

    return start


@pytest.fixture
def playbook_in(emulator, ansible_environment, started, tmp_path):
    """A function that runs a playbook, given by its path or its name, which is to end with a status; returns a Run."""

    def run(playbook, *arguments, environment=None, token=True, variables=None, status=0):
        record = tmp_path / "record.jsonl"
        record.write_text("")
        if variables:
            arguments = (*arguments, "-e", json.dumps(variables))
        settings = {
            **ansible_environment,
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "RECORDER_FILE": str(record),
            "RECORDER_URL": emulator.api_url,
        }
        if not token:
            del settings["MAILTRAP_API_TOKEN"]
        settings.update(environment or {})
        emulator.clear_journal()
        ended, output = started([str(BIN / "ansible-playbook"), playbook, *arguments], settings, tmp_path)
        assert emulator.token not in output
        assert "Traceback (most recent call last)" not in output, output
        assert ended == status, output
        steps = list(map(json.loads, record.read_text().splitlines()))
        note_reached(entry for step in steps for entry in step["requests"])
        return Run([Step(step["outcome"], step["result"], step["requests"]) for step in steps], output)

    return run
