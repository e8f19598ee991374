# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start Python scripts of Ansible, one after the other, in half the time that a new interpreter takes for it.

This process has imported what Ansible imports from others, and forks for each start. Of Ansible itself it imports
nothing, since Ansible reads its environment and its configuration meanwhile.

Each line on standard input is a start: a JSON object with argv, env, cwd, and output, a file for all that is printed.
Each line on standard output is how one ended, as subprocess has it.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys

# What the collection imports from others when it runs in Ansible's own process.
OURS = ("certifi", "urllib3")
ANSIBLE = ("ansible.cli.playbook", "ansible.executor.task_executor", "ansible.plugins.strategy.linear")


def import_what_ansible_imports():
    """Ask a process of its own what that is, and import it here."""
    reader, writer = os.pipe()
    if not os.fork():
        for name in ANSIBLE:
            importlib.import_module(name)
        with open(writer, "w") as told:
            json.dump([name for name in sys.modules if name.partition(".")[0] != "ansible"], told)
        os._exit(0)
    os.close(writer)
    with open(reader) as told:
        names = json.load(told)
    os.wait()
    for name in (*OURS, *names):
        try:
            importlib.import_module(name)
        except ImportError:  # some have made modules of their own that nobody can import
            continue


def next_start():
    """Serve until there is a start to be made in this process: return it, a dict; None at the end."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            return json.loads(line)
        _child, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def become(start):
    """Make this process look like a new one that was started so."""
    os.environ.clear()
    os.environ.update(start["env"])
    os.chdir(start["cwd"])
    output = os.open(start["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for source, targets in ((os.open(os.devnull, os.O_RDONLY), (0,)), (output, (1, 2))):
        for target in targets:
            os.dup2(source, target)
        os.close(source)
    sys.argv = start["argv"]


import_what_ansible_imports()
if start := next_start():
    become(start)
    runpy.run_path(start["argv"][0], run_name="__main__")
