# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures that run real playbooks against the emulator, both in process and as ordinary modules."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from mailtrap_emulator.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
BIN = pathlib.Path(sys.executable).parent
REACHED = CHECKOUT / ".build" / "reached"
WAYS = ("in_process", "module")
# These test files run in process only, because running as a module takes ten times as long. test_walk.py runs every
# module in both ways, and test_two_ways.py checks that both ways give the same results.
IN_PROCESS_ONLY = {
    *("test_account_access", "test_api_token", "test_contacts", "test_domain", "test_domain_verification"),
    *("test_email_campaigns", "test_email_logs", "test_expect", "test_inbound", "test_message_changes"),
    *("test_notify_delivery", "test_stats", "test_sub_account", "test_suppressions", "test_webhook"),
}


@dataclass
class Step:
    """The result of a task.

    :ivar outcome: ``ok``, ``failed``, ``skipped`` or ``unreachable``.
    :ivar entries: the emulator's journal entries of the requests that the task made.
    """

    outcome: str
    result: dict[str, Any]
    entries: list[dict[str, Any]]

    @property
    def changed(self) -> bool:
        return self.result.get("changed", False)

    @property
    def failed(self) -> bool:
        return self.outcome == "failed"

    @property
    def msg(self) -> Any:
        return self.result.get("msg")

    @property
    def requests(self) -> list[str]:
        """The method and path of each request, such as ``GET /api/projects``."""
        return [f"{entry['method']} {entry['path']}" for entry in self.entries]

    @property
    def writes(self) -> list[str]:
        """The requests other than GET."""
        return [request for request in self.requests if not request.startswith("GET ")]

    def __getitem__(self, key: str) -> Any:
        return self.result[key]


@dataclass
class Run:
    """The steps and the output of a finished ansible-playbook."""

    steps: list[Step]
    output: str

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, number: int) -> Step:
        return self.steps[number]


def record_successful_requests(entries: Iterable[dict[str, Any]]) -> None:
    """Record the requests that succeeded; tools/operations.py checks that each API operation is among them."""
    REACHED.mkdir(parents=True, exist_ok=True)
    with (REACHED / str(os.getpid())).open("a", encoding="utf-8") as file:
        file.writelines(
            f"{entry['method']} {entry['path']}\n" for entry in entries if entry["status"] in range(200, 300)
        )


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[Emulator]:
    with Emulator("--rate-limits", "off") as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator_process: Emulator) -> Emulator:
    """Return an emulator in its initial state, without rate limits."""
    emulator_process.reset()
    emulator_process.limits(rate_limits="off")
    return emulator_process


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Create a collections folder that contains the checkout, whatever the checkout's folder is called."""
    root = tmp_path_factory.mktemp("collections")
    namespace = root / "ansible_collections" / "community"
    namespace.mkdir(parents=True)
    (namespace / "mailtrap").symlink_to(CHECKOUT)
    return root


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize the fixture ``way``, and with it each test that uses the fixture ``play``."""
    if "way" in metafunc.fixturenames:
        name = metafunc.module.__name__.rpartition(".")[2]
        metafunc.parametrize("way", WAYS[:1] if name in IN_PROCESS_ONLY else WAYS)


@pytest.fixture
def play(play_in: Callable[..., Run], way: str) -> Callable[..., Run]:
    """Return a function that runs tasks, given as YAML; the test runs once for each way."""
    return functools.partial(play_in, way)


@pytest.fixture
def play_in(playbook_in: Callable[..., Run], emulator: Emulator, tmp_path: pathlib.Path) -> Callable[..., Run]:
    """Return a function that runs tasks in a given way."""

    def run(
        way: str,
        tasks: str | list[dict[str, Any]],
        *arguments: str,
        module_defaults: dict[str, Any] | None = None,
        variables: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Run:
        tasks = yaml.safe_load(tasks) if isinstance(tasks, str) else tasks
        playbook = tmp_path / "playbook.yml"
        play = {
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
            "tasks": tasks,
        }
        playbook.write_text(yaml.safe_dump([play], allow_unicode=True))
        return playbook_in(str(playbook), *arguments, **settings)

    return run


@pytest.fixture
def ansible_environment(emulator: Emulator, collections: pathlib.Path, tmp_path: pathlib.Path) -> dict[str, str]:
    """Return environment variables for Ansible that neither read nor change any file of the user."""
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
def fork_server() -> Iterator[subprocess.Popen[str]]:
    """Start the fork server for Ansible's commands, in a process group of its own."""
    command = [sys.executable, "-P", str(HERE / "fork_server.py")]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    ) as process:
        yield process
        process.communicate()  # Closing its standard input ends the server.


@pytest.fixture
def run_command(
    fork_server: subprocess.Popen[str], tmp_path: pathlib.Path
) -> Callable[[list[str], dict[str, str], pathlib.Path], tuple[int, str]]:
    """Return a function that runs an Ansible command, and returns its exit status and its output."""

    def run(argv: list[str], env: dict[str, str], cwd: pathlib.Path) -> tuple[int, str]:
        if any(name.startswith("PYTHON") for name in env):  # Only a new interpreter reads these variables.
            result = subprocess.run(
                argv,
                env=env,
                cwd=cwd,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            return result.returncode, result.stdout
        output = tmp_path / "ansible.out"
        command = {"argv": argv, "env": env, "cwd": str(cwd), "output": str(output)}
        print(json.dumps(command), file=fork_server.stdin, flush=True)
        try:
            assert fork_server.stdout is not None
            return int(fork_server.stdout.readline()), output.read_text(encoding="utf-8")
        except BaseException:  # The test has timed out: end the command, which would keep the server busy.
            os.killpg(fork_server.pid, signal.SIGKILL)
            raise

    return run


@pytest.fixture
def playbook_in(
    emulator: Emulator,
    ansible_environment: dict[str, str],
    run_command: Callable[..., tuple[int, str]],
    tmp_path: pathlib.Path,
) -> Callable[..., Run]:
    """Return a function that runs a playbook, given by its path or its name in a collection.

    It checks the exit status, and that the output contains neither the API token nor a traceback.
    """

    def run(
        playbook: str,
        *arguments: str,
        environment: dict[str, str] | None = None,
        token: bool = True,
        variables: dict[str, Any] | None = None,
        status: int = 0,
    ) -> Run:
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
        command = [str(BIN / "ansible-playbook"), playbook, *arguments]
        actual_status, output = run_command(command, settings, tmp_path)
        assert emulator.token not in output
        assert "Traceback (most recent call last)" not in output, output
        assert actual_status == status, output
        steps = [json.loads(line) for line in record.read_text().splitlines()]
        record_successful_requests(entry for step in steps for entry in step["requests"])
        return Run([Step(step["outcome"], step["result"], step["requests"]) for step in steps], output)

    return run
