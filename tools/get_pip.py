# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replace the get-pip.py that ansible-test would download: install the bundled pip, then the requested version."""

import subprocess
import sys

IGNORED_OPTIONS = ("--no-setuptools", "--no-wheel")


def run_module(*arguments: str) -> None:
    subprocess.check_call([sys.executable, "-m", *list(arguments)], stdout=subprocess.DEVNULL)


run_module("ensurepip", "--default-pip")
run_module("pip", "install", "--quiet", *[argument for argument in sys.argv[1:] if argument not in IGNORED_OPTIONS])
if IGNORED_OPTIONS[0] in sys.argv:
    run_module("pip", "uninstall", "--quiet", "--yes", "setuptools")
