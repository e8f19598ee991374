# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the named parts of the tests, or all parts, and print a summary."""

from __future__ import annotations

import sys

from commands import end_on_signals
from parts import PARTS, perform, report

if __name__ == "__main__":
    end_on_signals()
    sys.exit(report([perform(part) for part in sys.argv[1:] or PARTS]))
