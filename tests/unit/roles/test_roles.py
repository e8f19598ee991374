# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the roles' documentation against their defaults and metadata."""

from __future__ import annotations

import pathlib
import re
from typing import Any

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
ROW = re.compile(r"^\| `(\w+)` \|(.*?)\|(.*?)\|", re.MULTILINE)


def load_yaml(role: str, path: str) -> Any:
    return yaml.safe_load((ROOT / "roles" / role / path).read_text(encoding="utf-8"))


def load_options(role: str) -> dict[str, Any]:
    return load_yaml(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]


def test_roles_are_found() -> None:
    assert "account" in ROLES


@pytest.mark.parametrize("role", ROLES)
def test_defaults_match_argument_specs(role: str) -> None:
    documented = {name: option["default"] for name, option in load_options(role).items() if "default" in option}
    assert load_yaml(role, "defaults/main.yml") == documented
    assert all(option.get("required") for name, option in load_options(role).items() if name not in documented)


@pytest.mark.parametrize("role", ROLES)
def test_variables_start_with_the_role_name(role: str) -> None:
    assert all(name.startswith(f"{role}_") for name in load_options(role))


@pytest.mark.parametrize("role", ROLES)
def test_readme_lists_each_variable_with_default_and_type(role: str) -> None:
    readme = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    rows = {name: (default.strip(" `"), type_.strip()) for name, default, type_ in ROW.findall(readme)}
    options = load_options(role)
    assert list(rows) == list(options)
    for name, option in options.items():
        default, type_ = rows[name]
        expected = "required" if option.get("required") else option["default"]
        assert (yaml.safe_load(default) if default else "") == expected
        assert type_ == (f"list of {option['elements']}" if option["type"] == "list" else option["type"])


@pytest.mark.parametrize("role", ROLES)
def test_metadata_match_argument_specs(role: str) -> None:
    specs = load_yaml(role, "meta/argument_specs.yml")["argument_specs"]["main"]
    assert load_yaml(role, "meta/main.yml")["galaxy_info"]["description"] == specs["short_description"]
    assert specs["version_added"] and specs["author"] and specs["description"]
