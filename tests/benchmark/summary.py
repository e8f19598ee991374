# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the callback summary costs a play of 100 tasks, besides the one request of its mail.

In one run, plays with and without it take turns; compared is what they take of a processor in the controller's own
process, since the clock on the wall shows what else the machine does. What the callback takes once for its beginning
and for making the mail is added; sending it, with what is imported for that, is not. Loading the callback is a part of
Ansible's start.
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

TASKS = 100
PAIRS = 15
# Seconds.
LIMIT = 0.05


def main() -> int:
    """Measure, print, and return 1 when the limit is passed."""
    task = {"ansible.builtin.debug": {"msg": "Benchmark"}, "changed_when": True}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task] * TASKS}
    with tempfile.TemporaryDirectory() as name, emulator(environment(), "--rate-limits", "off") as service:
        folder = Path(name)
        playbook, output, result = folder / "playbook.json", folder / "output", folder / "costs.json"
        # The first play is one more with it, in which everything happens for the first time.
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
        command = [VENV / "bin" / "ansible-playbook", playbook]
        with output.open("w") as kept, started(command, env=settings, stdout=kept, stderr=kept) as running:
            status = running.wait()
        if status or "WARNING" in output.read_text():
            sys.exit(f"{output.read_text()}\nThe play failed (status {status}).")
        costs = json.loads(result.read_text())
    if not costs["sending"]:
        sys.exit("No mail was sent.")
    return report(costs)


def report(costs: dict) -> int:
    """Print the costs, and judge them."""
    pairs = zip(costs["on"][1:], costs["off"], strict=True)
    tasks = statistics.median(on - off for on, off in pairs)
    once = costs["once"] - costs["sending"]
    exceeded = tasks + once > LIMIT
    print(f"milliseconds of a processor in the controller, median of {PAIRS} pairs of plays")
    print(f"a play of {TASKS} tasks without it {statistics.median(costs['off']) * 1000:8.1f}")
    print(f"its share of the tasks        {tasks * 1000:8.1f}")
    print(f"its beginning, and its mail   {once * 1000:8.1f}")
    print(f"what is imported for sending  {costs['importing'] * 1000:8.1f}, not judged")
    print(f"sending                       {costs['sending'] * 1000:8.1f}, not judged")
    verdict = "TOO MUCH" if exceeded else "ok"
    print(f"\nit adds {(tasks + once) * 1000:.1f} ms, at most {LIMIT * 1000:.0f}: {verdict}")
    return int(exceeded)


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
