# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for get-pip.py, which ansible-test would fetch: the interpreter's own pip, then the version asked for."""

import subprocess
import sys

SWITCHES = ("--no-setuptools", "--no-wheel")


def call(*arguments):
    subprocess.check_call([sys.executable, "-m", *list(arguments)], stdout=subprocess.DEVNULL)


call("ensurepip", "--default-pip")
call("pip", "install", "--quiet", *[argument for argument in sys.argv[1:] if argument not in SWITCHES])
if SWITCHES[0] in sys.argv:
    call("pip", "uninstall", "--quiet", "--yes", "setuptools")
