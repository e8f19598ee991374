# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-test sanity on what the collection ships, also where the internet is out of reach."""

from __future__ import annotations

import ast
import configparser
import fnmatch
import os
import re
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml
from checkout import BUILD, ROOT, VENV, environment
from commands import run

TREE = BUILD / "sanity" / "ansible_collections" / "community" / "mailtrap"
GET_PIP = ROOT / "tools" / "get_pip.py"
PYTHONS = [f"3.{minor}" for minor in range(8, 16)]


@dataclass
class Result:
    """How many tests ran, which of them failed, and which could not be run."""

    ran: int
    failed: list[str]
    left_out: list[str]


def sanity(venv: Path, log: Path) -> Result:
    """Run the sanity tests of the ansible-core in `venv`."""
    sync_tree()
    provide_pip()
    left_out = unreachable_tests(venv)
    skips = [option for test in left_out for option in ("--skip-test", test)]
    command = [venv / "bin" / "ansible-test", "sanity", "--color", "no", "--truncate", "0", *skips]
    path = os.pathsep.join([str(venv / "bin"), *python_folders(), os.defpath])
    # ansible-test runs Python from its temporary folder, where a stray file would pass for a module.
    temporary = BUILD / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    status = run(command, log, cwd=TREE, env=environment(venv, PATH=path, TMPDIR=str(temporary)))
    said = log.read_text(encoding="utf-8")
    ran = re.findall(r"^Running sanity test", said, re.MULTILINE)
    listed = re.search(r"^FATAL: The \d+ sanity test.*\n((?:.+\n)+)", said, re.MULTILINE)
    failed = listed[1].splitlines() if listed else ["ansible-test itself"] if status else []
    missing = re.findall(r'^WARNING: Skipping sanity test "(.+)" on (Python \S+) because', said, re.MULTILINE)
    return Result(
        ran=len(ran),
        failed=failed,
        left_out=[f"{test}: its requirements cannot be reached" for test in left_out]
        + [f"{test}: no {python} here" for test, python in dict.fromkeys(missing)],
    )


def sync_tree() -> None:
    """Bring the copy of what is shipped up to date. ansible-test takes no symlink and keeps its state in the copy."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text())["build_ignore"]
    shipped = {Path(name) for name in listed if name and (ROOT / name).is_file() and not _matches(Path(name), ignored)}
    for path in sorted(TREE.rglob("*"), reverse=True):
        name = path.relative_to(TREE)
        if name.parts[0] == ".git" or name.parts[:2] == ("tests", "output"):
            continue
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif name not in shipped:
            path.unlink()
    for name in shipped:
        (TREE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, TREE / name, follow_symlinks=False)
    # Without a repository of its own the copy would be taken for an ignored part of the checkout.
    subprocess.run(["git", "init", "--quiet", "--template="], cwd=TREE, check=True)
    (TREE / ".git" / "info").mkdir(exist_ok=True)
    (TREE / ".git" / "info" / "exclude").write_text("/tests/output/\n")


def _matches(path: Path, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(str(part), pattern) for part in (path, *path.parents[:-1]) for pattern in patterns)


def provide_pip() -> None:
    """Let ansible-test find get-pip and the user's package index in the home that it is given."""
    home = Path(environment()["HOME"])
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in ("24_2", "25_2"):
        shutil.copyfile(GET_PIP, cache / f"get_pip_{version}.py")

    listed = subprocess.run(
        [VENV / "bin" / "python", "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    found = [re.match(r"(.+?)\.([^.]+)=(.*)", line).groups() for line in listed.splitlines()]
    config = configparser.RawConfigParser()
    config.read_dict({"global": {"quiet": "1"}})
    # pip's variables in the environment, which win over its files, and which ansible-test does not hand on.
    for section, option, value in sorted(found, key=lambda setting: setting[0] == ":env:"):
        section = "global" if section == ":env:" else section
        if not config.has_section(section):
            config.add_section(section)
        config.set(section, option, ast.literal_eval(value))
    target = home / ".config" / "pip" / "pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with target.open("w") as file:
        config.write(file)


def python_folders() -> list[str]:
    """Where the Pythons of this machine are: ansible-test gives up at the first one that is only a pyenv shim."""
    found = []
    for version in PYTHONS:
        answer = subprocess.run(
            [ROOT / "tools" / "find-python", version, f"python{version}"], capture_output=True, text=True
        ).stdout.strip()
        if answer:
            found.append(str(Path(answer).parent))
    return list(dict.fromkeys(reversed(found)))


def unreachable_tests(venv: Path) -> list[str]:
    """The tests with a requirement that no package index has, where its own address does not answer."""
    return [
        file.stem.removeprefix("sanity.")
        for file in sorted(venv.glob("lib/python3*/site-packages/ansible_test/_data/requirements/sanity.*.txt"))
        for url in re.findall(r"^\S+ @ (\S+)", file.read_text(), re.MULTILINE)
        if not _answers(url)
    ]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=5):
            return True
    except OSError:
        return False
