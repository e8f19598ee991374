# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fork server that runs Ansible's commands, in half the time that starting a new interpreter for each would take.

The server imports the third-party modules that Ansible imports, and forks a process for each command. It does not
import Ansible itself, because Ansible reads its environment and its configuration while it is imported.

Each line on standard input is a command: a JSON object with ``argv``, ``env``, ``cwd``, and ``output``, the file that
receives standard output and standard error. Each line on standard output is the exit status of a command.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys

ANSIBLE_MODULES = ("ansible.cli.playbook", "ansible.executor.task_executor", "ansible.plugins.strategy.linear")
# The third-party modules that the collection imports in Ansible's process.
COLLECTION_REQUIREMENTS = ("certifi", "urllib3")


def import_requirements() -> None:
    """Import what Ansible imports, except Ansible itself."""
    reader, writer = os.pipe()
    if not os.fork():
        for name in ANSIBLE_MODULES:
            importlib.import_module(name)
        with open(writer, "w") as pipe:
            json.dump([name for name in sys.modules if name.partition(".")[0] != "ansible"], pipe)
        os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        names = json.load(pipe)
    os.wait()
    for name in (*COLLECTION_REQUIREMENTS, *names):
        try:
            importlib.import_module(name)
        except ImportError:  # Some packages create modules at run time, which cannot be imported.
            continue


def serve() -> dict | None:
    """Fork a process for each command; return the command in that process, and None in the server at the end."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            return json.loads(line)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def set_up_process(command: dict) -> None:
    """Set the environment, the working directory, the standard streams and the arguments of this process."""
    os.environ.clear()
    os.environ.update(command["env"])
    os.chdir(command["cwd"])
    output = os.open(command["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for source, targets in ((os.open(os.devnull, os.O_RDONLY), (0,)), (output, (1, 2))):
        for target in targets:
            os.dup2(source, target)
        os.close(source)
    sys.argv = command["argv"]


import_requirements()
if command := serve():
    set_up_process(command)
    runpy.run_path(command["argv"][0], run_name="__main__")
