# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Benchmark of account_config with many objects, compared with loops of tasks that do the same.

The times are those of whole ansible-playbook runs, including Ansible's start. A loop over all objects would take
minutes. The benchmark therefore times two shorter loops and extrapolates.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from checkout import VENV, environment
from commands import end_on_signals, started
from mailtrap_emulator.testing import Emulator

OBJECTS = 1000
MANY_OBJECTS = 10_000
ROUNDS = 5
# Iterations of the two loops that are timed.
SHORT_LOOP, LONG_LOOP = 10, 60
# The rate limit of the service.
WINDOW_REQUESTS, WINDOW_SECONDS = 150, 10

MAX_SECONDS_UNCHANGED = 2.0  # including Ansible's start
MIN_RATE = 0.9
MAX_MEMORY = 300  # megabytes


def build_config(count: int) -> dict[str, list[dict]]:
    """Return an account document: half of its objects are projects and sandboxes, half are e-mail templates."""
    projects = [
        {"name": f"Project {number}", "sandboxes": [{"name": f"Sandbox {box}"} for box in range(4)]}
        for number in range(count // 10)
    ]
    templates = [
        {"name": f"Template {number}", "category": "benchmark", "subject": "Hello", "body_text": "Hello\n" * 20}
        for number in range(count // 2)
    ]
    return {"projects": projects, "email_templates": templates}


class Benchmark:
    """Runs playbooks against an emulator.

    :param folder: a folder for temporary files.
    """

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder
        self.emulator = emulator
        emulator.limits(email_templates=None)

    def time_tasks(self, *tasks: dict) -> float:
        """Run a playbook with the tasks, and return the seconds that it took."""
        playbook = self.folder / "playbook.json"
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        playbook.write_text(json.dumps([play]))
        settings = environment(MAILTRAP_API_URL=self.emulator.api_url, MAILTRAP_API_TOKEN=self.emulator.token)
        output = self.folder / "output"
        self.emulator.clear_journal()
        start = time.monotonic()
        with (
            output.open("w") as log,
            started([VENV / "bin" / "ansible-playbook", playbook], env=settings, stdout=log, stderr=log) as process,
        ):
            status = process.wait()
        if status:
            sys.exit(f"{output.read_text()[-3000:]}\nThe playbook failed with status {status}.")
        return time.monotonic() - start

    def time_account_config(self, count: int) -> float:
        """Run account_config with a number of objects, and return the seconds that the run took."""
        config = self.folder / "config.json"
        config.write_text(json.dumps(build_config(count)))
        template = f"{{{{ lookup('ansible.builtin.file', '{config}') | from_json }}}}"
        return self.time_tasks({"community.mailtrap.account_config": {"config": template, "parallel": 16}})

    def requests(self) -> list[dict]:
        """Return the journal entries of the last run."""
        return self.emulator.journal()

    def estimate_loop(self, task: dict) -> float:
        """Return the seconds that a loop over all objects would take, extrapolated from two shorter loops."""
        short, long = (self.time_tasks({**task, "loop": list(range(count))}) for count in (SHORT_LOOP, LONG_LOOP))
        return long + (long - short) / (LONG_LOOP - SHORT_LOOP) * (OBJECTS - LONG_LOOP)


TEMPLATE_TASK = {
    "community.mailtrap.email_template": {
        "name": "Template {{ item }}",
        "category": "benchmark",
        "subject": "Hello",
        "body_text": "Hello\n" * 20,
    }
}
URI_TASK = {
    "ansible.builtin.uri": {
        "url": "{{ lookup('ansible.builtin.env', 'MAILTRAP_API_URL') }}/api/email_templates",
        "headers": {"Authorization": "Bearer {{ lookup('ansible.builtin.env', 'MAILTRAP_API_TOKEN') }}"},
    }
}


def main() -> int:
    """Run the benchmark, print the results, and return 1 if a limit is exceeded."""
    status = 0
    with tempfile.TemporaryDirectory() as folder, Emulator("--rate-limits", "off") as emulator:
        benchmark = Benchmark(Path(folder), emulator)
        benchmark.time_account_config(OBJECTS)
        unchanged = statistics.median(benchmark.time_account_config(OBJECTS) for _ in range(ROUNDS))
        request_count = len(benchmark.requests())
        print(f"{OBJECTS} unchanged objects: seconds and requests of the whole run")
        print(f"  account_config             {unchanged:8.1f} {request_count:8}")
        loops: dict[str, dict] = {
            "loop of email_template": TEMPLATE_TASK,
            "the same, not in process": {**TEMPLATE_TASK, "vars": {"mailtrap_in_process": False}},
            "loop of uri": URI_TASK,
        }
        for label, task in loops.items():
            seconds = benchmark.estimate_loop(task)
            print(f"  {label:26} {seconds:8.1f} {OBJECTS:8}  extrapolated from {LONG_LOOP} iterations")
        is_met = unchanged <= MAX_SECONDS_UNCHANGED
        status |= report_limit("account_config", unchanged, is_met, f"at most {MAX_SECONDS_UNCHANGED} s")

        benchmark.time_account_config(MANY_OBJECTS)
        seconds = benchmark.time_account_config(MANY_OBJECTS)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{MANY_OBJECTS} unchanged objects: {seconds:.1f} s, {len(benchmark.requests())} requests")
        status |= report_limit("largest process", memory, memory < MAX_MEMORY, f"below {MAX_MEMORY} MB")

    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        benchmark = Benchmark(Path(folder), emulator)
        seconds = benchmark.time_account_config(OBJECTS)
        requests = benchmark.requests()
        allowed = WINDOW_REQUESTS * (1 + seconds // WINDOW_SECONDS)
        rate = len(requests) / min(allowed, WINDOW_REQUESTS + seconds / WINDOW_SECONDS * WINDOW_REQUESTS)
        refused = [entry for entry in requests if entry["status"] >= 400]
        print(f"{OBJECTS} objects created under the rate limit: {seconds:.1f} s, {len(refused)} requests refused")
        is_met = rate >= MIN_RATE and not refused
        status |= report_limit("share of the allowed rate", rate, is_met, f"at least {MIN_RATE}")
    return status


def report_limit(label: str, value: float, is_met: bool, limit: str) -> int:
    """Print a value with its limit, and return 1 if the limit is exceeded."""
    print(f"{label:26} {value:8.2f}  {limit}: {'ok' if is_met else 'LIMIT EXCEEDED'}\n", flush=True)
    return 0 if is_met else 1


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
