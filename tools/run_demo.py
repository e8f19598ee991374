# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the emulator, run the quickstart playbook against it twice, and stop it again."""

from __future__ import annotations

import sys

from checkout import ROOT, VENV, environment
from commands import emulator, end_on_signals, started

PLAYBOOK = ROOT / "playbooks" / "quickstart.yml"


def main() -> int:
    """Return the status of the first run that failed, or 0."""
    with emulator(environment()) as service:
        print(f"A Mailtrap emulator answers at {service['api_url']}.", flush=True)
        settings = environment(MAILTRAP_API_URL=service["api_url"], MAILTRAP_API_TOKEN=service["token"])
        for run in ("First run: the project, the sandbox and the mail are made.", "Second run: only the mail is new."):
            print(f"\n{run}", flush=True)
            with started([VENV / "bin" / "ansible-playbook", PLAYBOOK], env=settings) as playbook:
                status = playbook.wait()
            if status:
                print(f"The playbook failed (status {status}).", file=sys.stderr)
                return status
        print(f"The mail is what the last task above shows; it lay in the sandbox at {service['api_url']}.")
    print("The emulator is stopped.")
    return 0


if __name__ == "__main__":
    end_on_signals()
    sys.exit(main())
