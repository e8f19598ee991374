# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run `ansible-test sanity` on the files that the collection ships, with or without internet access."""

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
    """The number of tests that ran, the failed tests, and the skipped tests with their reasons."""

    ran: int
    failed: list[str]
    skipped: list[str]


def run_sanity(venv: Path, log: Path) -> Result:
    """Run the sanity tests of the ansible-core in `venv`."""
    sync_tree()
    provide_pip()
    unreachable = find_unreachable_tests(venv)
    skips = [option for test in unreachable for option in ("--skip-test", test)]
    command: list[str | Path] = [venv / "bin" / "ansible-test", "sanity", "--color", "no", "--truncate", "0", *skips]
    path = os.pathsep.join([str(venv / "bin"), *find_python_directories(), os.defpath])
    # ansible-test runs Python in its temporary directory, where it could import a stray file as a module.
    temporary = BUILD / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    status = run(command, log, cwd=TREE, env=environment(venv, PATH=path, TMPDIR=str(temporary)))
    output = log.read_text(encoding="utf-8")
    ran = re.findall(r"^Running sanity test", output, re.MULTILINE)
    failures = re.search(r"^FATAL: The \d+ sanity test.*\n((?:.+\n)+)", output, re.MULTILINE)
    failed = failures[1].splitlines() if failures else ["ansible-test itself"] if status else []
    missing = re.findall(r'^WARNING: Skipping sanity test "(.+)" on (Python \S+) because', output, re.MULTILINE)
    return Result(
        ran=len(ran),
        failed=failed,
        skipped=[f"{test}: its requirements cannot be downloaded" for test in unreachable]
        + [f"{test}: {python} is not installed" for test, python in dict.fromkeys(missing)],
    )


def sync_tree() -> None:
    """Update the copy of the shipped files. ansible-test accepts no symlink, and it keeps its state in the copy."""
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text())["build_ignore"]
    shipped = {
        Path(name) for name in names if name and (ROOT / name).is_file() and not _matches_any(Path(name), ignored)
    }
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
    # Without its own repository, Git would treat the copy as an ignored directory of the checkout.
    subprocess.run(["git", "init", "--quiet", "--template="], cwd=TREE, check=True)
    (TREE / ".git" / "info").mkdir(exist_ok=True)
    (TREE / ".git" / "info" / "exclude").write_text("/tests/output/\n")


def _matches_any(path: Path, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(str(part), pattern) for part in (path, *path.parents[:-1]) for pattern in patterns)


def provide_pip() -> None:
    """Provide get-pip.py and the user's pip configuration in the home directory of ansible-test."""
    home = Path(environment()["HOME"])
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in ("24_2", "25_2"):
        shutil.copyfile(GET_PIP, cache / f"get_pip_{version}.py")

    output = subprocess.run(
        [VENV / "bin" / "python", "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    settings = [match.groups() for match in re.finditer(r"^(.+?)\.([^.\n]+)=(.*)$", output, re.MULTILINE)]
    config = configparser.RawConfigParser()
    config.read_dict({"global": {"quiet": "1"}})
    # The section :env: holds pip's environment variables, which ansible-test does not pass on. They override the files,
    # so they are written last.
    for section, option, value in sorted(settings, key=lambda setting: setting[0] == ":env:"):
        section = "global" if section == ":env:" else section
        if not config.has_section(section):
            config.add_section(section)
        config.set(section, option, ast.literal_eval(value))
    target = home / ".config" / "pip" / "pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with target.open("w") as file:
        config.write(file)


def find_python_directories() -> list[str]:
    """Return the directories of the installed Pythons without pyenv shims, at which ansible-test fails."""
    directories = []
    for version in PYTHONS:
        path = subprocess.run(
            [ROOT / "tools" / "find-python", version, f"python{version}"], capture_output=True, text=True
        ).stdout.strip()
        if path:
            directories.append(str(Path(path).parent))
    return list(dict.fromkeys(reversed(directories)))


def find_unreachable_tests(venv: Path) -> list[str]:
    """Return the tests with a requirement that has a URL of its own, if the URL is unreachable."""
    return [
        file.stem.removeprefix("sanity.")
        for file in sorted(venv.glob("lib/python3*/site-packages/ansible_test/_data/requirements/sanity.*.txt"))
        for url in re.findall(r"^\S+ @ (\S+)", file.read_text(), re.MULTILINE)
        if not _is_reachable(url)
    ]


def _is_reachable(url: str) -> bool:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=5):
            return True
    except OSError:
        return False
