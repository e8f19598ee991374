# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module is complete when it runs in process, is in the action group, and has its documentation in order."""

from __future__ import annotations

import importlib
import pathlib

import pytest
import yaml

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import CONNECTION_OPTIONS
from ansible_collections.community.mailtrap.plugins.plugin_utils._in_process import InProcess

ROOT = pathlib.Path(__file__).resolve().parents[4]
PACKAGE = "ansible_collections.community.mailtrap.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))


def documentation(name):
    return yaml.safe_load(importlib.import_module(f"{PACKAGE}.modules.{name}").DOCUMENTATION)


def test_there_are_modules():
    assert "project" in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_it_runs_in_process(name):
    action = importlib.import_module(f"{PACKAGE}.action.{name}")
    assert issubclass(action.ActionModule, InProcess)
    assert action.ActionModule.module is importlib.import_module(f"{PACKAGE}.modules.{name}")


def test_the_action_group_is_complete():
    assert sorted(RUNTIME["action_groups"]["mailtrap"]) == MODULES


def test_former_names_lead_to_modules():
    redirects = RUNTIME["plugin_routing"]
    assert redirects["modules"] == redirects["action"]
    for former, route in redirects["modules"].items():
        assert former not in MODULES
        assert route["redirect"].rpartition(".")[2] in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_it_documents_what_all_modules_share(name):
    doc = documentation(name)
    assert doc["module"] == name
    assert {"community.mailtrap._attributes", "community.mailtrap._connection"} <= set(
        doc["extends_documentation_fragment"]
    )
    assert not set(doc.get("options", ())) & set(CONNECTION_OPTIONS)
    assert not doc["short_description"].endswith(".")


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("_info")])
def test_a_state_has_its_info(name):
    if documentation(name).get("options", {}).get("state"):
        assert {f"{name}_info", f"{name.removesuffix('s')}_info"} & set(MODULES)
