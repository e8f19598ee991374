# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role documents is what it has."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())


def read(role, path):
    return yaml.safe_load((ROOT / "roles" / role / path).read_text(encoding="utf-8"))


def options(role):
    return read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]


def test_there_are_roles():
    assert "account" in ROLES


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_documented(role):
    documented = {name: option["default"] for name, option in options(role).items() if "default" in option}
    assert read(role, "defaults/main.yml") == documented
    assert all(option.get("required") for name, option in options(role).items() if name not in documented)


@pytest.mark.parametrize("role", ROLES)
def test_names_start_with_that_of_the_role(role):
    assert all(name.startswith(f"{role}_") for name in options(role))


@pytest.mark.parametrize("role", ROLES)
def test_its_readme_tells_of_each_variable(role):
    readme = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*?)\|", readme, re.MULTILINE))
    assert list(rows) == list(options(role))
    for name, option in options(role).items():
        told = rows[name].strip(" `")
        expected = "required" if option.get("required") else option["default"]
        assert (yaml.safe_load(told) if told else "") == expected


@pytest.mark.parametrize("role", ROLES)
def test_its_metadata_say_what_the_documentation_says(role):
    specs = read(role, "meta/argument_specs.yml")["argument_specs"]["main"]
    assert read(role, "meta/main.yml")["galaxy_info"]["description"] == specs["short_description"]
    assert specs["version_added"] and specs["author"] and specs["description"]
