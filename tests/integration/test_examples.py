# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the EXAMPLES of each module against an account that contains the objects that they use."""

from __future__ import annotations

import ast
import pathlib
from typing import Any

import pytest
import yaml
from example_account import ACCOUNT, FILES, VARIABLES

MODULES = pathlib.Path(__file__).resolve().parents[2] / "plugins" / "modules"


def read_examples(name: str) -> list[dict[str, Any]]:
    """Return the tasks in the EXAMPLES of a module."""
    tree = ast.parse((MODULES / f"{name}.py").read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "EXAMPLES":
            return yaml.safe_load(ast.literal_eval(statement.value))
    raise AssertionError(f"{name} has no EXAMPLES")


@pytest.mark.parametrize("name", sorted(path.stem for path in MODULES.glob("*.py")))
def test_examples_succeed(play_in, emulator, tmp_path, name):
    emulator.seed(ACCOUNT)
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    tasks = read_examples(name)
    run = play_in("in_process", tasks, variables=VARIABLES)
    module_steps = [step for step, task in zip(run, tasks, strict=True) if f"community.mailtrap.{name}" in task]
    assert module_steps and not any(step.failed for step in run)
