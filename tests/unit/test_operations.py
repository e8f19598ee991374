# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the documentation page that maps operations of the API to modules."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import operations
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECIFICATIONS = pathlib.Path(os.environ.get("MAILTRAP_OPENAPI_DIR") or ROOT.parent / "shared" / "api" / "openapi")
PREFIX = "community.mailtrap."
METHODS = ("get", "post", "put", "patch", "delete")


def test_every_specified_operation_has_a_module() -> None:
    files = sorted(SPECIFICATIONS.glob("*.openapi.yml"))
    if not files:
        pytest.skip("the official specifications are missing: set MAILTRAP_OPENAPI_DIR to their directory")
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    specified = {
        operations.strip_parameter_names(f"{method.upper()} {path}")
        for document in documents
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }
    assert len(specified) > 100
    assert specified - set(operations.list_operations()) == set()


@pytest.fixture(scope="module")
def documented_options(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the documented options of each module."""
    modules = {module for module, _option in operations.list_operations().values()}
    process = subprocess.run(
        [pathlib.Path(sys.executable).parent / "ansible-doc", "--json", *(f"{PREFIX}{name}" for name in modules)],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
            "HOME": str(tmp_path_factory.mktemp("home")),
        },
        check=True,
        capture_output=True,
        text=True,
    )
    documentation = json.loads(process.stdout)
    return {name: set(documentation[f"{PREFIX}{name}"]["doc"].get("options", ())) for name in modules}


@pytest.mark.parametrize("module, option", sorted(set(operations.list_operations().values())))
def test_module_and_option_exist(documented_options: dict[str, set[str]], module: str, option: str) -> None:
    assert not option or option.partition("=")[0] in documented_options[module]


def test_page_is_up_to_date() -> None:
    assert operations.PAGE.read_text(encoding="utf-8") == operations.render_page(), "run: make operations"
