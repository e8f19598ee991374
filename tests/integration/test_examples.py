# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of every module run as they stand, on an account that has what they name."""

from __future__ import annotations

import ast
import pathlib

import pytest
import yaml
from example_account import ACCOUNT, FILES, VARIABLES

MODULES = pathlib.Path(__file__).resolve().parents[2] / "plugins" / "modules"


def examples_of(name):
    """The tasks of a module's EXAMPLES: list of dict."""
    tree = ast.parse((MODULES / f"{name}.py").read_text(encoding="utf-8"))
    texts = {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
    }
    return yaml.safe_load(texts["EXAMPLES"])


@pytest.mark.parametrize("name", sorted(path.stem for path in MODULES.glob("*.py")))
def test_examples(play_in, emulator, tmp_path, name):
    emulator.seed(ACCOUNT)
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    tasks = examples_of(name)
    run = play_in("in_process", tasks, variables=VARIABLES)
    own = [step for step, task in zip(run, tasks, strict=True) if f"community.mailtrap.{name}" in task]
    assert own and not any(step.failed for step in run)
