# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The structure that docs/architecture.md describes: packages import in one direction, and guards exist once."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
MODULE_UTILS = PLUGINS / "module_utils"
PREFIX = "ansible_collections.community.mailtrap.plugins."

# A package imports only from itself and from those before it.
PACKAGES = (
    "_api",
    "_engine",
    "_resources",
    "_mail",
    "_received",
    "_account",
    "_domains",
    "_contacts",
    "_reports",
)
FILES = sorted(MODULE_UTILS.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Yield the import statements of a file, with the dotted name below ``plugins`` that each imports from."""
    package = path.parent.relative_to(PLUGINS).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            yield node, ".".join([*base, node.module or ""]).rstrip(".")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PREFIX):
            yield node, (node.module or "").removeprefix(PREFIX)


def calls(name: str, argument: str) -> list[str]:
    """Return the places in module_utils that call a function with a text as its first argument."""
    return [
        f"{path.relative_to(PLUGINS)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", None)) == name
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == argument
    ]


def test_every_file_is_in_a_package():
    assert [path.name for path in MODULE_UTILS.glob("*.py") if path.name != "__init__.py"] == []
    assert {path.name for path in MODULE_UTILS.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(
        PACKAGES
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODULE_UTILS)))
def test_packages_import_in_one_direction(path):
    own = PACKAGES.index(path.parent.name) if path.parent != MODULE_UTILS else len(PACKAGES)
    for node, source in imports(path):
        kind, _, rest = source.partition(".")
        package = rest.partition(".")[0]
        place = f"{path.relative_to(PLUGINS)}:{node.lineno} imports from {source}"
        assert kind == "module_utils", f"{place}: module_utils runs on targets and imports nothing else"
        assert PACKAGES.index(package) <= own, f"{place}: {path.parent.name} comes before {package}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODULE_UTILS)))
def test_nothing_of_the_collection_is_imported_inside_a_function(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = {
        inner.lineno for function in functions for inner in ast.walk(function) if isinstance(inner, ast.ImportFrom)
    }
    assert not [f"line {node.lineno}: {source}" for node, source in imports(path) if node.lineno in hidden]


def test_the_engine_knows_no_resource_type():
    """The engine must treat all resource types alike; what differs is in their descriptions."""
    words = ("project", "sandbox", "webhook", "suppression", "contact", "campaign", "api_token")
    for path in sorted((MODULE_UTILS / "_engine").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_compared = isinstance(node, ast.Compare) and any(
                isinstance(side, ast.Constant) and str(side.value).startswith(words)
                for side in [node.left, *node.comparators]
            )
            assert not is_compared, f"{path.name}:{node.lineno} compares with the name of a resource type"


def test_one_place_deletes_objects():
    """Every guard of a deletion is in the engine, so no other place may plan or make the request."""
    planned, made = calls("Write", "DELETE"), calls("request", "DELETE")
    assert [place.rpartition(":")[0] for place in planned] == ["module_utils/_engine/plan.py"], planned
    assert [place.rpartition(":")[0] for place in made] == ["module_utils/_engine/apply.py"], made


def test_the_engine_alone_decides_about_check_mode():
    """Other packages may pass check mode on, but not branch on it."""
    for path in FILES:
        if path.parent.name == "_engine":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            conditions = [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While) else []
            names = {name.id for test in conditions for name in ast.walk(test) if isinstance(name, ast.Name)}
            assert "check_mode" not in names, f"{path.relative_to(PLUGINS)}:{node.lineno} branches on check mode"


def test_modules_decide_nothing_about_check_mode():
    for path in sorted((PLUGINS / "modules").glob("*.py")):
        code = path.read_text(encoding="utf-8").split('"""')[-1]
        assert "check_mode" not in code, f"{path.name} decides about check mode, which is the engine's task"
