# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The layers of the package: imports only go downwards, and no import hides in a function."""

import ast
from pathlib import Path

import pytest

import mailtrap_emulator

ROOT = Path(mailtrap_emulator.__file__).parent
NAME = ROOT.name

# From the lowest layer to the highest; the modules beside the packages are above them all.
LAYERS = ("state", "mail", "model", "http", "areas", "control", "page")

# Imports that wait until they are needed: for an extra of the package, or because they slow the start.
WAITING = {
    ("cli.py", "mailtrap_emulator.dns_resolver"),
    ("tls.py", "trustme"),
    ("model/webhook_deliveries.py", "aiohttp"),
    ("model/webhook_deliveries.py", "yarl"),
}

FILES = sorted(ROOT.rglob("*.py"))


def names_of(node: ast.Import | ast.ImportFrom, package: tuple[str, ...]) -> list[str]:
    """The absolute names of the modules that a statement imports in a file of ``package``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not node.level:
        return [node.module]
    base = ".".join((*package[: len(package) - node.level + 1], *([node.module] if node.module else [])))
    # ``from . import a`` names modules, ``from .a import b`` may name one.
    return [base] if node.module else [f"{base}.{alias.name}" for alias in node.names]


def layer_of(module: str) -> int:
    """The place of a module in LAYERS; beyond them for the modules at the top."""
    parts = module.split(".")
    return LAYERS.index(parts[1]) if len(parts) > 1 and parts[1] in LAYERS else len(LAYERS)


def problems(path: Path, source: str) -> list[str]:
    """One sentence for each import that breaks a rule."""
    file = path.relative_to(ROOT).as_posix()
    package = (NAME, *path.relative_to(ROOT).parts[:-1])
    own = layer_of(".".join((*package, path.stem)))
    tree = ast.parse(source)
    nested = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for name in names_of(node, package):
            if id(node) in nested and (file, name) not in WAITING:
                found.append(f"{file} imports {name} within a function.")
            if name.split(".")[0] == NAME and layer_of(name) > own:
                found.append(f"{file} imports {name}, which is in a higher layer.")
    return found


def test_every_package_is_a_layer():
    assert {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} == set(LAYERS)


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(ROOT).as_posix() for path in FILES])
def test_imports_go_downwards(path):
    assert problems(path, path.read_text()) == []


@pytest.mark.parametrize(
    ("file", "source", "sentence"),
    [
        ("state/x.py", "from ..model import outbox", "state/x.py imports mailtrap_emulator.model, which"),
        ("mail/x.py", "import mailtrap_emulator.http.call", "mail/x.py imports mailtrap_emulator.http.call, which"),
        ("model/x.py", "from .. import app", "model/x.py imports mailtrap_emulator.app, which"),
        ("page/x.py", "def f():\n    from ..state import clock", "imports mailtrap_emulator.state within a function."),
        ("tls.py", "def f():\n    import json", "tls.py imports json within a function."),
    ],
)
def test_a_wrong_import_is_named(file, source, sentence):
    (problem,) = problems(ROOT / file, source)
    assert sentence in problem
