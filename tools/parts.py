# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the tests; each runs to its end and tells what came of it."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import sanity as sanity_tests
from borrowed import borrow
from checkout import COLLECTIONS, LOGS, ROOT, VENV, environment
from commands import run
from operations import REACHED, not_reached

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Where Debian has servers, which is not on everybody's PATH; and the scenarios that take one, with its package.
SERVERS = "/usr/sbin"
NEEDS = {"onboard_domain": ("named", "bind9")}


@dataclass
class Outcome:
    """What came of a part, in plain counts of tests."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    remarks: list[str] = field(default_factory=list)


def lint(outcome: Outcome, venv: Path) -> None:
    """The checks that only read; each counts as one test."""
    checks = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
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
        if run([venv / "bin" / tool, *arguments], _log(outcome), env=environment(venv)):
            outcome.failed += 1
            outcome.remarks.append(f"failed: {name}")
        else:
            outcome.passed += 1


def unit(outcome: Outcome, venv: Path) -> None:
    """The collection's unit tests."""
    _pytest(outcome, venv, ROOT, "tests/unit")


def emulator(outcome: Outcome, venv: Path) -> None:
    """The emulator's own tests."""
    _pytest(outcome, venv, ROOT / "emulator", "tests", "-n", "auto")


def integration(outcome: Outcome, venv: Path) -> None:
    """Playbooks against the emulator, in both ways of running a module; together they reach every operation."""
    borrow()
    shutil.rmtree(REACHED, ignore_errors=True)
    # Each of these waits for other processes now and then, so there is one more of them than processors.
    _pytest(outcome, venv, ROOT, "tests/integration", "-n", str((os.cpu_count() or 1) + 1))
    missing = not_reached()
    outcome.failed += len(missing)
    outcome.remarks += [f"no playbook reaches {operation}" for operation in missing]


def sanity(outcome: Outcome, venv: Path) -> None:
    """ansible-test sanity on every Python that is there."""
    result = sanity_tests.sanity(venv, _log(outcome))
    outcome.failed = len(result.failed)
    outcome.passed = max(0, result.ran - outcome.failed)
    outcome.skipped = len(result.left_out)
    outcome.remarks = [f"failed: {name}" for name in result.failed] + [f"left out: {name}" for name in result.left_out]


def molecule(outcome: Outcome, venv: Path) -> None:
    """The scenarios of the roles, each of which starts and ends its own servers."""
    paths = os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath), SERVERS])
    collections = os.pathsep.join([str(COLLECTIONS), str(borrow())])
    for scenario in sorted(path.parent.name for path in (ROOT / "extensions" / "molecule").glob("*/molecule.yml")):
        program, package = NEEDS.get(scenario, ("molecule", "molecule"))
        if not shutil.which(program, path=paths):
            outcome.skipped += 1
            outcome.remarks.append(f"skipped {scenario}: {program} is not here (Debian: {package})")
            continue
        settings = environment(venv, PATH=paths, ANSIBLE_COLLECTIONS_PATH=collections)
        command = [venv / "bin" / "molecule", "test", "--scenario-name", scenario]
        if run(command, _log(outcome), env=settings):
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
    """Run one part; a fault in the tools themselves is a failure of the part, not the end of the others."""
    outcome = Outcome(title or part)
    print(f"\n=== {outcome.name}", flush=True)
    _log(outcome).unlink(missing_ok=True)
    begun = time.monotonic()
    try:
        PARTS[part](outcome, venv)
    except Exception as error:
        outcome.failed += 1
        outcome.remarks.append(f"could not be run: {error}")
    if not outcome.passed and not outcome.failed:
        outcome.failed = 1
        outcome.remarks.append("no test was run")
    outcome.seconds = time.monotonic() - begun
    return outcome


def report(outcomes: list[Outcome]) -> int:
    """Print the summary and return the exit status."""
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
    print(f"The whole output is kept in {LOGS.relative_to(ROOT)}.")
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _pytest(outcome: Outcome, venv: Path, folder: Path, tests: str, *options: str) -> None:
    results = _log(outcome).with_suffix(".xml")
    results.unlink(missing_ok=True)
    command = [venv / "bin" / "python", "-m", "pytest", *options, f"--junitxml={results}", tests]
    status = run(command, _log(outcome), cwd=folder, env=environment(venv))
    if results.is_file():
        tree = ElementTree.parse(results)
        for suite in tree.iter("testsuite"):
            tests_run, failures, errors, skipped = (
                int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
            )
            outcome.failed += failures + errors
            outcome.skipped += skipped
            outcome.passed += tests_run - failures - errors - skipped
        reasons = Counter(skip.get("message") for skip in tree.iter("skipped"))
        outcome.remarks += [f"skipped {times}: {reason}" for reason, times in reasons.items()]
    if status and not outcome.failed:
        outcome.failed = 1
        outcome.remarks.append(f"pytest ended with status {status}")


def _log(outcome: Outcome) -> Path:
    return LOGS / f"{outcome.name.replace(' ', '-').replace(',', '')}.log"
