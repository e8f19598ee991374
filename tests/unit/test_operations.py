# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that tells which module reaches which operation is complete, true, and made of what it says."""

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
VERBS = ("get", "post", "put", "patch", "delete")


def test_every_documented_operation_is_reached():
    files = sorted(SPECIFICATIONS.glob("*.openapi.yml"))
    if not files:
        pytest.skip("the official specifications are not there: MAILTRAP_OPENAPI_DIR names their folder")
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    documented = {
        operations.bare(f"{verb.upper()} {path}")
        for document in documents
        for path, item in document["paths"].items()
        for verb in item
        if verb in VERBS
    }
    assert len(documented) > 100
    assert documented - set(operations.operations()) == set()


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    """The documented options of each module: dict of sets."""
    modules = {module for module, _option in operations.operations().values()}
    done = subprocess.run(
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
    documented = json.loads(done.stdout)
    return {name: set(documented[f"{PREFIX}{name}"]["doc"].get("options", ())) for name in modules}


@pytest.mark.parametrize("module, option", sorted(set(operations.operations().values())))
def test_what_it_names_is_there(options, module, option):
    assert not option or option.partition("=")[0] in options[module]


def test_the_page_is_up_to_date():
    assert operations.PAGE.read_text(encoding="utf-8") == operations.page(), "make operations"
