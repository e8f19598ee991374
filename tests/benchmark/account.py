# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account of many objects in one task, beside the same work as loops of tasks.

Timed are whole runs of ansible-playbook, its start included. A loop over all objects would take minutes, so loops go
over some of them, and the rest is reckoned from what one more turn costs.
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

MANY = 1000
MORE = 10_000
ROUNDS = 5
FEW, SOME = 10, 60  # turns of the loops
# The service takes so many requests in so many seconds.
WINDOW_REQUESTS, WINDOW_SECONDS = 150, 10

LONGEST_NO_CHANGE = 2.0  # seconds, with Ansible's own start
LEAST_RATE = 0.9
MOST_MEMORY = 300  # megabytes


def document(count: int) -> dict:
    """Return a document of so many objects: half of them projects and sandboxes, half templates."""
    projects = [
        {"name": f"Project {number}", "sandboxes": [{"name": f"Sandbox {box}"} for box in range(4)]}
        for number in range(count // 10)
    ]
    templates = [
        {"name": f"Template {number}", "category": "benchmark", "subject": "Hello", "body_text": "Hello\n" * 20}
        for number in range(count // 2)
    ]
    return {"projects": projects, "email_templates": templates}


class Account:
    """An account in an emulator, and what runs against it took."""

    def __init__(self, folder: Path, service: Emulator):
        self.folder = folder
        self.service = service
        service.limits(email_templates=None)

    def seconds(self, *tasks: dict) -> float:
        """Run a play of these tasks; return what the whole run took."""
        playbook = self.folder / "playbook.json"
        head = {"hosts": "localhost", "connection": "local", "gather_facts": False}
        playbook.write_text(json.dumps([{**head, "tasks": tasks}]))
        settings = environment(MAILTRAP_API_URL=self.service.api_url, MAILTRAP_API_TOKEN=self.service.token)
        output = self.folder / "output"
        self.service.clear_journal()
        begun = time.monotonic()
        with (
            output.open("w") as kept,
            started([VENV / "bin" / "ansible-playbook", playbook], env=settings, stdout=kept, stderr=kept) as run,
        ):
            status = run.wait()
        if status:
            sys.exit(f"{output.read_text()[-3000:]}\nThe play failed (status {status}).")
        return time.monotonic() - begun

    def apply(self, count: int) -> float:
        """Bring the account to so many objects; return what the whole run took."""
        config = self.folder / "config.json"
        config.write_text(json.dumps(document(count)))
        text = f"{{{{ lookup('ansible.builtin.file', '{config}') | from_json }}}}"
        return self.seconds({"community.mailtrap.account_config": {"config": text, "parallel": 16}})

    def requests(self) -> list[dict]:
        """Return the requests of the last run."""
        return self.service.journal()

    def loop(self, task: dict) -> float:
        """Return what a loop of a task over all templates would take, reckoned from two shorter ones."""
        few, some = (self.seconds({**task, "loop": list(range(turns))}) for turns in (FEW, SOME))
        return some + (some - few) / (SOME - FEW) * (MANY - SOME)


TEMPLATE = {
    "community.mailtrap.email_template": {
        "name": "Template {{ item }}",
        "category": "benchmark",
        "subject": "Hello",
        "body_text": "Hello\n" * 20,
    }
}
URI = {
    "ansible.builtin.uri": {
        "url": "{{ lookup('ansible.builtin.env', 'MAILTRAP_API_URL') }}/api/email_templates",
        "headers": {"Authorization": "Bearer {{ lookup('ansible.builtin.env', 'MAILTRAP_API_TOKEN') }}"},
    }
}


def main() -> int:
    """Measure, print, and return 1 when a limit is passed."""
    status = 0
    with tempfile.TemporaryDirectory() as name, Emulator("--rate-limits", "off") as service:
        account = Account(Path(name), service)
        account.apply(MANY)
        unchanged = statistics.median(account.apply(MANY) for _ in range(ROUNDS))
        reads = len(account.requests())
        print(f"{MANY} objects, nothing to change: seconds of the whole run, and requests")
        print(f"  one account_config         {unchanged:8.1f} {reads:8}")
        for called, task in {
            "loop of email_template": TEMPLATE,
            "the same as modules": {**TEMPLATE, "vars": {"mailtrap_in_process": False}},
            "loop of uri": URI,
        }.items():
            print(f"  {called:26} {account.loop(task):8.1f} {MANY:8}  reckoned from {SOME} turns")
        status |= judged("account_config", unchanged, unchanged <= LONGEST_NO_CHANGE, f"at most {LONGEST_NO_CHANGE} s")

        account.apply(MORE)
        more = account.apply(MORE)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{MORE} objects, nothing to change: {more:.1f} s, {len(account.requests())} requests")
        status |= judged("largest process", memory, memory < MOST_MEMORY, f"below {MOST_MEMORY} MB")

    with tempfile.TemporaryDirectory() as name, Emulator() as service:
        account = Account(Path(name), service)
        taken = account.apply(MANY)
        made = account.requests()
        allowed = WINDOW_REQUESTS * (1 + taken // WINDOW_SECONDS)
        rate = len(made) / min(allowed, WINDOW_REQUESTS + taken / WINDOW_SECONDS * WINDOW_REQUESTS)
        refused = [entry for entry in made if entry["status"] >= 400]
        print(f"{MANY} objects made under the service's limits: {taken:.1f} s, {len(refused)} requests refused")
        status |= judged("of the rate allowed", rate, rate >= LEAST_RATE and not refused, f"at least {LEAST_RATE}")
    return status


def judged(what: str, value: float, is_met: bool, limit: str) -> int:
    """Print a figure beside its limit, and return 1 when it is passed."""
    print(f"{what:20} {value:8.2f}  {limit}: {'ok' if is_met else 'TOO MUCH'}\n", flush=True)
    return 0 if is_met else 1


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
