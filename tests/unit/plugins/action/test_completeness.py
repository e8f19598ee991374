# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module has an action plugin, is in the action group, declares its controller files and documents itself."""

from __future__ import annotations

import importlib
import pathlib

import pytest
import yaml

from ansible_collections.community.mailtrap.plugins.module_utils._account.document import RESOURCE_TYPES
from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import CONNECTION_OPTIONS
from ansible_collections.community.mailtrap.plugins.plugin_utils._in_process import InProcessAction

ROOT = pathlib.Path(__file__).resolve().parents[4]
PACKAGE = "ansible_collections.community.mailtrap.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
# Options of type path that name a file or folder on the target. All others name files on the controller.
TARGET_PATHS = {("ca_path",), ("dest",)}


def documentation(name):
    return yaml.safe_load(importlib.import_module(f"{PACKAGE}.modules.{name}").DOCUMENTATION)


def documented_options(name):
    """Return a module's documented options, including those of the documentation fragments."""
    module_documentation = documentation(name)
    options = dict(module_documentation.get("options") or {})
    for fragment in module_documentation["extends_documentation_fragment"]:
        file, _, part = fragment.removeprefix("community.mailtrap.").partition(".")
        fragments = importlib.import_module(f"{PACKAGE}.doc_fragments.{file}").ModuleDocFragment
        text = getattr(fragments, part.upper() or "DOCUMENTATION")
        options = {**(yaml.safe_load(text).get("options") or {}), **options}
    return options


def find_path_options(options, parents=()):
    """Return the paths of option names that lead to the options of type path."""
    found = set()
    for name, option in options.items():
        if option.get("type") == "path":
            found.add((*parents, name))
        found |= find_path_options(option.get("suboptions") or {}, (*parents, name))
    return found


def get_main(name):
    return importlib.import_module(f"{PACKAGE}.modules.{name}").main


def test_modules_are_found():
    assert "project" in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_action_plugin_names_its_module_and_nothing_else(name):
    action = importlib.import_module(f"{PACKAGE}.action.{name}").ActionModule
    assert issubclass(action, InProcessAction)
    assert action.module is importlib.import_module(f"{PACKAGE}.modules.{name}")
    assert {attribute for attribute in vars(action) if not attribute.startswith("_")} == {"module"}


@pytest.mark.parametrize("name", MODULES)
def test_each_path_option_is_declared_as_controller_file_or_target_path(name):
    path_options = find_path_options(documented_options(name))
    controller_files = set(get_main(name).controller_files)
    if name == "account_config":  # The entries of config have no option specification.
        controller_files = {path for path in controller_files if path[0] != "config"}
    assert path_options - TARGET_PATHS == controller_files


@pytest.mark.parametrize("name", MODULES)
def test_option_for_the_file_name_stands_beside_the_file(name):
    for path, name_option in get_main(name).controller_files.items():
        options = documented_options(name)
        for parent in path[:-1] if name_option else ():
            options = options[parent]["suboptions"]
        assert name_option is None or name_option in options


def test_account_config_declares_the_source_options_of_all_resource_types():
    sources = {(one.plural, field.file_option) for one in RESOURCE_TYPES for field in one.fields if field.file_option}
    controller_files = get_main("account_config").controller_files
    assert sources and sources == {path[-2:] for path in controller_files}
    assert all(path[0] == "config" for path in controller_files)


def test_action_group_is_complete():
    assert sorted(RUNTIME["action_groups"]["mailtrap"]) == MODULES


def test_legacy_names_redirect_to_modules():
    redirects = RUNTIME["plugin_routing"]
    assert redirects["modules"] == redirects["action"]
    for legacy_name, route in redirects["modules"].items():
        assert legacy_name not in MODULES
        assert route["redirect"].rpartition(".")[2] in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_module_documents_the_shared_options(name):
    module_documentation = documentation(name)
    assert module_documentation["module"] == name
    assert {"community.mailtrap._attributes", "community.mailtrap._connection"} <= set(
        module_documentation["extends_documentation_fragment"]
    )
    assert not set(module_documentation.get("options", ())) & set(CONNECTION_OPTIONS)
    assert not module_documentation["short_description"].endswith(".")


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("_info")])
def test_module_with_a_state_has_an_info_module(name):
    if documentation(name).get("options", {}).get("state"):
        assert {f"{name}_info", f"{name.removesuffix('s')}_info"} & set(MODULES)
