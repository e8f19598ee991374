# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the tests. Each part runs to its end and records its outcome."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from borrowed import borrow
from checkout import COLLECTIONS, LOGS, ROOT, VENV, environment
from commands import run
from operations import REACHED, list_unreached
from sanity import run_sanity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Debian installs servers in this directory, which is often not on PATH.
SERVER_DIRECTORY = "/usr/sbin"
# The server that a scenario needs, and its Debian package.
REQUIRED_SERVERS = {"onboard_domain": ("named", "bind9")}


# mypy must see the collection under its import path.
TYPE_CHECKED = (
    ".build/collections/ansible_collections/community/mailtrap/plugins",
    "emulator/src",
    "tools",
)


@dataclass
class Outcome:
    """The number of passed, failed and skipped tests of a part, and remarks about them."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    remarks: list[str] = field(default_factory=list)


def lint(outcome: Outcome, venv: Path) -> None:
    """Run the static checks. Each counts as one test."""
    checks: dict[str, list[str]] = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy": ["mypy", *TYPE_CHECKED],
        "yamllint": ["yamllint", "--strict", "."],
        "ansible-lint": ["ansible-lint", "--strict"],
        "antsibull-changelog": ["antsibull-changelog", "lint"],
        "antsibull-docs": [
            "antsibull-docs",
            "lint-collection-docs",
            "--plugin-docs",
            "--validate-collection-refs=all",
            ".",
        ],
    }
    for name, (tool, *arguments) in checks.items():
        print(f"--- {name}", flush=True)
        if run([venv / "bin" / tool, *arguments], _log_path(outcome), env=environment(venv)):
            outcome.failed += 1
            outcome.remarks.append(f"failed: {name}")
        else:
            outcome.passed += 1


def unit(outcome: Outcome, venv: Path) -> None:
    """Run the unit tests of the collection."""
    _pytest(outcome, venv, ROOT, "tests/unit")


def emulator(outcome: Outcome, venv: Path) -> None:
    """Run the tests of the emulator."""
    _pytest(outcome, venv, ROOT / "emulator", "tests", "-n", "auto")


def integration(outcome: Outcome, venv: Path) -> None:
    """Run playbooks against the emulator. Together they must reach every operation of the API."""
    borrow()
    shutil.rmtree(REACHED, ignore_errors=True)
    # One more worker than processors, because workers wait for other processes.
    _pytest(outcome, venv, ROOT, "tests/integration", "-n", str((os.cpu_count() or 1) + 1))
    unreached = list_unreached()
    outcome.failed += len(unreached)
    outcome.remarks += [f"no playbook reaches {operation}" for operation in unreached]


def sanity(outcome: Outcome, venv: Path) -> None:
    """Run ansible-test sanity on every installed Python."""
    result = run_sanity(venv, _log_path(outcome))
    outcome.failed = len(result.failed)
    outcome.passed = max(0, result.ran - outcome.failed)
    outcome.skipped = len(result.skipped)
    outcome.remarks = [f"failed: {name}" for name in result.failed] + [
        f"skipped: {reason}" for reason in result.skipped
    ]


def molecule(outcome: Outcome, venv: Path) -> None:
    """Run the Molecule scenarios of the roles. Each scenario starts and stops its own servers."""
    path = os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath), SERVER_DIRECTORY])
    collections = os.pathsep.join([str(COLLECTIONS), str(borrow())])
    for scenario in sorted(file.parent.name for file in (ROOT / "extensions" / "molecule").glob("*/molecule.yml")):
        program, package = REQUIRED_SERVERS.get(scenario, ("molecule", "molecule"))
        if not shutil.which(program, path=path):
            outcome.skipped += 1
            outcome.remarks.append(f"skipped: {scenario}: {program} is not installed (Debian: {package})")
            continue
        settings = environment(venv, PATH=path, ANSIBLE_COLLECTIONS_PATH=collections)
        command: list[str | Path] = [venv / "bin" / "molecule", "test", "--scenario-name", scenario]
        if run(command, _log_path(outcome), env=settings):
            outcome.failed += 1
            outcome.remarks.append(f"failed: {scenario}")
        else:
            outcome.passed += 1


PARTS: dict[str, Callable[[Outcome, Path], None]] = {
    "lint": lint,
    "unit": unit,
    "emulator": emulator,
    "sanity": sanity,
    "integration": integration,
    "molecule": molecule,
}


def perform(part: str, venv: Path = VENV, title: str | None = None) -> Outcome:
    """Run one part. An error in the tools counts as a failure of the part, so that the other parts still run."""
    outcome = Outcome(title or part)
    print(f"\n=== {outcome.name}", flush=True)
    _log_path(outcome).unlink(missing_ok=True)
    start = time.monotonic()
    try:
        PARTS[part](outcome, venv)
    except Exception as error:
        outcome.failed += 1
        outcome.remarks.append(f"could not run: {error}")
    if not outcome.passed and not outcome.failed:
        outcome.failed = 1
        outcome.remarks.append("no test was run")
    outcome.seconds = time.monotonic() - start
    return outcome


def report(outcomes: list[Outcome]) -> int:
    """Print a summary of the outcomes and return the exit status."""
    width = max(len(outcome.name) for outcome in outcomes)
    print(f"\n{'part':{width}}  result   passed  failed  skipped  seconds")
    for outcome in outcomes:
        result = "FAILED" if outcome.failed else "passed" if outcome.passed else "not run"
        print(
            f"{outcome.name:{width}}  {result:7}  {outcome.passed:6}  {outcome.failed:6}"
            f"  {outcome.skipped:7}  {outcome.seconds:7.1f}"
        )
    for outcome in outcomes:
        for remark in outcome.remarks:
            print(f"{outcome.name}: {remark}")
    print(f"The complete output is in {LOGS.relative_to(ROOT)}.")
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _pytest(outcome: Outcome, venv: Path, folder: Path, tests: str, *options: str) -> None:
    report_file = _log_path(outcome).with_suffix(".xml")
    report_file.unlink(missing_ok=True)
    command: list[str | Path] = [venv / "bin" / "python", "-m", "pytest", *options, f"--junitxml={report_file}", tests]
    status = run(command, _log_path(outcome), cwd=folder, env=environment(venv))
    if report_file.is_file():
        tree = ElementTree.parse(report_file)
        for suite in tree.iter("testsuite"):
            tests_run, failures, errors, skipped = (
                int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
            )
            outcome.failed += failures + errors
            outcome.skipped += skipped
            outcome.passed += tests_run - failures - errors - skipped
        reasons = Counter(skip.get("message") for skip in tree.iter("skipped"))
        outcome.remarks += [f"skipped {count}: {reason}" for reason, count in reasons.items()]
    if status and not outcome.failed:
        outcome.failed = 1
        outcome.remarks.append(f"pytest ended with status {status}")


def _log_path(outcome: Outcome) -> Path:
    return LOGS / f"{outcome.name.replace(' ', '-').replace(',', '')}.log"
