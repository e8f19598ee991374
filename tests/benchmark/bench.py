# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one more no-op task costs: debug, a GET by uri, and our module in its two ways of running.

Timed are plays with 1 and with 20 tasks (or turns of a loop); a nineteenth of the difference is the cost of one more.
The plays of one kind share a playbook, so that the start of Ansible, which varies by more than some of them cost, is
in none of them.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from checkout import VENV, environment
from commands import emulator, end_on_signals, started

MANY = 20
ROUNDS = 5
PROJECT = {"community.mailtrap.project": {"name": "Benchmark"}}
TASKS = {
    "debug": {"ansible.builtin.debug": {"msg": "Benchmark"}},
    "uri": {
        "ansible.builtin.uri": {
            "url": "{{ lookup('env', 'MAILTRAP_API_URL') }}/api/projects",
            "headers": {"Authorization": "Bearer {{ lookup('env', 'MAILTRAP_API_TOKEN') }}"},
        }
    },
    "in process": PROJECT,
    "as a module": {**PROJECT, "vars": {"mailtrap_in_process": False}},
}
SHAPES = {
    "loop": lambda task, count: [{**task, "loop": list(range(count))}],
    "separate": lambda task, count: [task] * count,
}
# A turn of debug in a loop takes less time than any request, so only whole tasks are held against debug.
LIMITS = {("debug", "loop"): None, ("debug", "separate"): 1.5, ("uri", "loop"): 0.1, ("uri", "separate"): 0.1}


def main() -> int:
    """Measure, print, and return 1 when a limit is passed."""
    with tempfile.TemporaryDirectory() as name, emulator(environment(), "--rate-limits", "off") as service:
        folder = Path(name)
        settings = environment(
            MAILTRAP_API_URL=service["api_url"],
            MAILTRAP_API_TOKEN=service["token"],
            ANSIBLE_PIPELINING="true",
            ANSIBLE_CALLBACK_PLUGINS=str(Path(__file__).parent / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="play_times",
            PLAY_TIMES=str(folder / "times.json"),
        )
        costs = {(kind, shape): [] for kind in TASKS for shape in SHAPES}
        for number in range(1, ROUNDS + 1):
            print(f"round {number} of {ROUNDS} ...", flush=True)
            for kind, task in TASKS.items():
                # The first play finds the modules, builds their payload and makes the project.
                plays = [[task], *(shape(task, count) for shape in SHAPES.values() for count in (1, MANY))]
                _, *times = seconds_per_play(folder, settings, plays)
                for shape, one, many in zip(SHAPES, times[::2], times[1::2], strict=True):
                    costs[kind, shape].append((many - one) / (MANY - 1))
    return report({case: statistics.median(measured) for case, measured in costs.items()})


def seconds_per_play(folder: Path, settings: dict[str, str], plays: list[list[dict]]) -> list[float]:
    """Run plays of these tasks and return what each took."""
    playbook = folder / "playbook.json"
    head = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    playbook.write_text(json.dumps([{**head, "tasks": tasks} for tasks in plays]))
    output = folder / "output"
    with (
        output.open("w") as kept,
        started([VENV / "bin" / "ansible-playbook", playbook], env=settings, stdout=kept, stderr=kept) as running,
    ):
        status = running.wait()
    if status:
        sys.exit(f"{output.read_text()}\nThe play failed (status {status}).")
    return json.loads(Path(settings["PLAY_TIMES"]).read_text())


def report(costs: dict[tuple[str, str], float]) -> int:
    """Print the table and the ratios, and judge them."""
    print(f"\nmilliseconds for one more task, median of {ROUNDS}")
    print(f"{'':12}", *(f"{shape:>10}" for shape in SHAPES))
    for kind in TASKS:
        print(f"{kind:12}", *(f"{costs[kind, shape] * 1000:10.1f}" for shape in SHAPES))
    status = 0
    print()
    for (other, shape), limit in LIMITS.items():
        ratio = costs["in process", shape] / costs[other, shape]
        exceeded = limit is not None and ratio > limit
        status |= exceeded
        verdict = "not judged" if limit is None else f"at most {limit}: {'TOO MUCH' if exceeded else 'ok'}"
        print(f"in process / {other:5} {shape:8} {ratio:6.3f}  {verdict}")
    return status


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
