# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Benchmark of the summary callback: the processor time that it adds to a play of 100 tasks.

In one ansible-playbook run, plays with and without the callback alternate. The benchmark compares the processor time of
the controller's process, because wall-clock time depends on what else the machine does. It adds the time that the
callback takes once, for setting up and for rendering the mail. It leaves out sending the mail, the imports for sending,
and loading the callback, which belongs to Ansible's start.
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

TASK_COUNT = 100
PAIRS = 15
MAX_SECONDS = 0.05


def main() -> int:
    """Run the benchmark, print the results, and return 1 if the limit is exceeded."""
    task = {"ansible.builtin.debug": {"msg": "Benchmark"}, "changed_when": True}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task] * TASK_COUNT}
    with tempfile.TemporaryDirectory() as name, emulator(environment(), "--rate-limits", "off") as service:
        folder = Path(name)
        playbook, output, result = folder / "playbook.json", folder / "output", folder / "costs.json"
        # The first play warms up: it runs with the callback and is not counted.
        playbook.write_text(json.dumps([play] * (2 * PAIRS + 1)))
        settings = environment(
            MAILTRAP_API_URL=service["api_url"],
            MAILTRAP_API_TOKEN=service["token"],
            MAILTRAP_SUMMARY_FROM="ansible@example.com",
            MAILTRAP_SUMMARY_TO="ops@example.com",
            MAILTRAP_SUMMARY_WHEN="always",
            ANSIBLE_CALLBACK_PLUGINS=str(Path(__file__).parent / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="summary_costs,community.mailtrap.summary",
            SUMMARY_COSTS=str(result),
        )
        command: list[str | Path] = [VENV / "bin" / "ansible-playbook", playbook]
        with output.open("w") as log, started(command, env=settings, stdout=log, stderr=log) as process:
            status = process.wait()
        if status or "WARNING" in output.read_text():
            sys.exit(f"{output.read_text()}\nThe playbook failed with status {status}.")
        costs = json.loads(result.read_text())
    if not costs["sending"]:
        sys.exit("No mail was sent.")
    return report(costs)


def report(costs: dict) -> int:
    """Print the costs, and return 1 if the limit is exceeded.

    :param costs: the seconds that the callback summary_costs measured.
    """
    pairs = zip(costs["on"][1:], costs["off"], strict=True)
    per_play = statistics.median(on - off for on, off in pairs)
    once = costs["once"] - costs["sending"]
    is_exceeded = per_play + once > MAX_SECONDS
    print(f"milliseconds of processor time in the controller, median of {PAIRS} pairs of plays")
    print(f"play of {TASK_COUNT} tasks without the callback {statistics.median(costs['off']) * 1000:8.1f}")
    print(f"added by the events of the tasks       {per_play * 1000:8.1f}")
    print(f"setting up and rendering the mail      {once * 1000:8.1f}")
    print(f"imports for sending (no limit)         {costs['importing'] * 1000:8.1f}")
    print(f"sending (no limit)                     {costs['sending'] * 1000:8.1f}")
    verdict = "LIMIT EXCEEDED" if is_exceeded else "ok"
    print(f"\nthe callback adds {(per_play + once) * 1000:.1f} ms, at most {MAX_SECONDS * 1000:.0f}: {verdict}")
    return int(is_exceeded)


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
