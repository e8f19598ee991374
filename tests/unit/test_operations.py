# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that tells which module reaches which operation is complete, true, and made of what it says."""

from __future__ import annotations

import importlib
import os
import pathlib

import operations
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECIFICATIONS = pathlib.Path(os.environ.get("MAILTRAP_OPENAPI_DIR") or ROOT.parent / "shared" / "api" / "openapi")
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


@pytest.mark.parametrize("module, option", sorted(set(operations.operations().values())))
def test_what_it_names_is_there(module, option):
    code = importlib.import_module(f"ansible_collections.community.mailtrap.plugins.modules.{module}")
    options = yaml.safe_load(code.DOCUMENTATION).get("options", {})
    fragments = ("id", "state", "sandbox", "sandbox_id", "recreate")
    name = option.partition("=")[0]
    assert not name or name in options or name in fragments


def test_the_page_is_up_to_date():
    assert operations.PAGE.read_text(encoding="utf-8") == operations.page(), "make operations"
