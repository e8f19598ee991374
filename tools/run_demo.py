# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the quickstart playbook twice against an emulator."""

from __future__ import annotations

import sys

from checkout import ROOT, VENV, environment
from commands import emulator, end_on_signals, started

PLAYBOOK = ROOT / "playbooks" / "quickstart.yml"


def main() -> int:
    """Return the exit status of the first run that fails, or 0."""
    with emulator(environment()) as service:
        print(f"The Mailtrap emulator listens at {service['api_url']}.", flush=True)
        settings = environment(MAILTRAP_API_URL=service["api_url"], MAILTRAP_API_TOKEN=service["token"])
        for title in (
            "First run: creates the project and the sandbox, and sends a message.",
            "Second run: only sends another message.",
        ):
            print(f"\n{title}", flush=True)
            with started([VENV / "bin" / "ansible-playbook", PLAYBOOK], env=settings) as playbook:
                status = playbook.wait()
            if status:
                print(f"The playbook failed with status {status}.", file=sys.stderr)
                return status
        print("The last task of each run shows the message that the sandbox received.")
    print("The emulator has stopped.")
    return 0


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
