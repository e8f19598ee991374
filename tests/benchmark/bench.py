# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Benchmark of one more task that changes nothing: debug, a GET with uri, and a module in both ways of running.

The benchmark times plays with 1 and with 20 tasks or loop iterations; a nineteenth of the difference is the cost of
one. All plays of a case are in one playbook, so that Ansible's start time, which varies more than a task costs, is not
included.
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

TASK_COUNT = 20
ROUNDS = 5
PROJECT = {"community.mailtrap.project": {"name": "Benchmark"}}
CASES = {
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
# The largest allowed ratio to each other case. A loop iteration of debug is faster than any request: no limit.
LIMITS = {("debug", "loop"): None, ("debug", "separate"): 1.5, ("uri", "loop"): 0.1, ("uri", "separate"): 0.1}


def main() -> int:
    """Run the benchmark, print the results, and return 1 if a limit is exceeded."""
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
        costs: dict[tuple[str, str], list[float]] = {(case, shape): [] for case in CASES for shape in SHAPES}
        for number in range(1, ROUNDS + 1):
            print(f"round {number} of {ROUNDS} ...", flush=True)
            for case, task in CASES.items():
                # The first play warms up: it builds the payload of the module and creates the project.
                plays = [[task], *(shape(task, count) for shape in SHAPES.values() for count in (1, TASK_COUNT))]
                _, *times = time_plays(folder, settings, plays)
                for shape, one, many in zip(SHAPES, times[::2], times[1::2], strict=True):
                    costs[case, shape].append((many - one) / (TASK_COUNT - 1))
    return report({key: statistics.median(values) for key, values in costs.items()})


def time_plays(folder: Path, settings: dict[str, str], plays: list[list[dict]]) -> list[float]:
    """Run a playbook of plays, given by their tasks, and return the seconds that each play took."""
    playbook = folder / "playbook.json"
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    playbook.write_text(json.dumps([{**play, "tasks": tasks} for tasks in plays]))
    output = folder / "output"
    with (
        output.open("w") as log,
        started([VENV / "bin" / "ansible-playbook", playbook], env=settings, stdout=log, stderr=log) as process,
    ):
        status = process.wait()
    if status:
        sys.exit(f"{output.read_text()}\nThe playbook failed with status {status}.")
    return json.loads(Path(settings["PLAY_TIMES"]).read_text())


def report(costs: dict[tuple[str, str], float]) -> int:
    """Print the costs and their ratios, and return 1 if a limit is exceeded.

    :param costs: the seconds of one more task, by case and shape.
    """
    print(f"\nmilliseconds for one more task, median of {ROUNDS}")
    print(f"{'':12}", *(f"{shape:>10}" for shape in SHAPES))
    for case in CASES:
        print(f"{case:12}", *(f"{costs[case, shape] * 1000:10.1f}" for shape in SHAPES))
    status = 0
    print()
    for (other, shape), limit in LIMITS.items():
        ratio = costs["in process", shape] / costs[other, shape]
        is_exceeded = limit is not None and ratio > limit
        status |= is_exceeded
        verdict = "no limit" if limit is None else f"at most {limit}: {'LIMIT EXCEEDED' if is_exceeded else 'ok'}"
        print(f"in process / {other:5} {shape:8} {ratio:6.3f}  {verdict}")
    return status


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
