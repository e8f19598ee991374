"""Make an account match a document: plan everything first, then apply independent steps in parallel."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, List, Optional, Sequence

from .._api.errors import MailtrapError, require_range
from .._engine.apply import apply
from .._engine.check_mode import run_unless_check_mode
from .._engine.files import check_dest, read_text, write_secret
from .._engine.progress import Progress
from .document import RESOURCE_TYPES, get_dependencies, get_keys, read_document, select_resource_types
from .planner import DELETE, AccountStep, plan_entries, plan_purge, replan, summarize_plan, to_diff
from .snapshot import Snapshot

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import ArgumentSpec, JsonObject, Options, Result
    from .._engine.resource import Resource

# The options that account_config and account_config_info share.
DOCUMENT_OPTIONS: ArgumentSpec = {
    "only": {"type": "list", "elements": "str"},
    "parallel": {"type": "int", "default": 8},
}
_MAX_PARALLEL = 32

# The statuses after which nothing more is attempted: no answer (also an error found before any request), a refused
# token, and the rate limit.
_FATAL_STATUSES = (None, 401, 429)


@dataclass
class _Report:
    """The writes that were made, for the result of the task.

    :ivar changes: the action, resource type, name and id of each changed object, and its one-time secret.
    :ivar omitted: the labels of the objects that were not attempted.
    """

    changes: List[JsonObject] = field(default_factory=list)
    failures: List[JsonObject] = field(default_factory=list)
    omitted: List[str] = field(default_factory=list)
    warnings: List[str] = field(default_factory=list)
    is_fatal: bool = False
    lock: Any = field(default_factory=threading.Lock)

    def add_change(self, step: AccountStep, obj: Optional[JsonObject]) -> None:
        """Record a change, and the one-time secret in the object."""
        obj, secret = obj or {}, step.resource.one_time_secret
        change = {"action": step.action, "kind": step.resource.plural, "name": step.name, "id": obj.get("id")}
        if secret and obj.get(secret):
            change[secret] = obj[secret]
        with self.lock:
            self.changes.append(change)

    def add_failure(self, step: AccountStep, error: MailtrapError) -> None:
        """Record a failure, and the object if the step has written it nevertheless."""
        step.is_unfinished = True
        written = error.data.get(step.resource.name)
        if written:
            self.add_change(step, written)
        failure = {
            "kind": step.resource.plural,
            "name": step.name,
            "where": step.path,
            "status": error.status,
            "msg": str(error),
        }
        with self.lock:
            self.is_fatal = self.is_fatal or error.status in _FATAL_STATUSES
            self.failures.append(failure)

    def omit(self, step: AccountStep) -> None:
        """Record that an object was not attempted."""
        step.is_unfinished = True
        with self.lock:
            self.omitted.append(step.label)


def apply_account(client: Client, options: Options, check_mode: bool) -> Result:
    """Make the account match a document; in check mode, only plan the changes.

    :param options: the options of community.mailtrap.account_config.
    :raises MailtrapError: if planning fails, before anything is written; or if steps fail, with the changes and the
        failures in its data.
    """
    resources = get_selected_types(options)
    purged = [resource for resource in select_resource_types(options["purge"], "purge") if resource in resources]
    entries = read_document(options["config"], resources)
    if options["dest"]:
        check_dest(options["dest"])
        _read_secrets(options["dest"])  # fails now, before any change, if the file has other content
    with ThreadPoolExecutor(max_workers=options["parallel"]) as pool:
        snapshot = Snapshot(client, pool)
        described = {entry.resource for entry in entries}
        snapshot.described_keys = get_keys(entries)
        needed = [resource for resource in RESOURCE_TYPES if resource in purged or resource in described]
        snapshot.read(needed, snapshot.described_keys)
        steps = plan_entries(snapshot, entries, options["recreate"])
        steps += plan_purge(snapshot, steps, purged, options["protect"], options["max_deletions"])
        result: Result = {
            "changed": any(step.plan.writes for step in steps),
            "plan": summarize_plan(steps),
            "diff": to_diff(steps),
            "changes": [],
            "warnings": [warning for step in steps for warning in step.warnings],
        }
        report = run_unless_check_mode(check_mode, lambda: _run(snapshot, steps), None)
    if report is None:
        return result
    result["changes"] = _deliver_secrets(report.changes, options["dest"])
    result["changed"] = bool(report.changes)
    result["warnings"] = report.warnings
    if report.failures:
        raise _make_error(report, result)
    return result


def get_selected_types(options: Options) -> List[Resource]:
    """Check the options that both modules share, and return the selected resource types.

    :raises MailtrapError: if an option is invalid.
    """
    require_range("parallel", options["parallel"], 1, _MAX_PARALLEL)
    return select_resource_types(options["only"], "only") if options["only"] else list(RESOURCE_TYPES)


def _run(snapshot: Snapshot, steps: Sequence[AccountStep]) -> _Report:
    """Apply all steps: first create and update, dependencies first; then delete, in reverse order."""
    report = _Report()
    changing = [step for step in steps if step.plan.writes]
    snapshot.described_keys = set()  # from here on, an object that does not exist yet is an error
    progress = Progress("account_config", len(changing))

    def run(step: AccountStep) -> None:
        if report.is_fatal or (step.parent and step.parent.is_unfinished):
            report.omit(step)
            return
        try:
            outcome = apply(snapshot.client, replan(snapshot, step))
        except MailtrapError as error:
            report.add_failure(step, error)
        else:
            report.add_change(step, outcome.after or step.current)
            report.warnings.extend(outcome.warnings)
            if outcome.after is not None:
                snapshot.record(step.resource, step.location.parent_id, step.current, outcome.after)
                step.current = outcome.after
        progress.report(len(report.changes) + len(report.failures))

    depths = sorted({_get_depth(resource) for resource in RESOURCE_TYPES})
    written = [step for step in changing if step.action != DELETE]
    deleted = [step for step in changing if step.action == DELETE]
    for depth in depths:
        list(snapshot.pool.map(run, [step for step in written if _get_depth(step.resource) == depth]))
    for depth in reversed(depths):
        list(snapshot.pool.map(run, [step for step in deleted if _get_depth(step.resource) == depth]))
    return report


@lru_cache(maxsize=None)
def _get_depth(resource: Resource) -> int:
    """Return the level of a resource type: one more than the highest level of the types that it requires."""
    return 1 + max((_get_depth(required) for required in get_dependencies(resource)), default=0)


def _make_error(report: _Report, result: Result) -> MailtrapError:
    """Return the error of a run in which steps failed, with the changes in its data."""
    failed, changed, omitted = len(report.failures), len(report.changes), len(report.omitted)
    messages = [failure["msg"] for failure in report.failures[:10]]
    if failed > len(messages):
        messages.append(f"and {failed - len(messages)} more, see failures")
    if omitted:
        rest = " ..." if omitted > 10 else ""
        messages.append(f"not attempted after the failure: {', '.join(report.omitted[:10])}{rest}")
    error = MailtrapError(*messages, status=report.failures[0]["status"])
    error.attempt = f"apply the document ({changed} changes made, {failed} failed, {omitted} not attempted)"
    error.data = {
        "changed": result["changed"],
        "changes": result["changes"],
        "failures": report.failures,
        "omitted": report.omitted,
    }
    return error


def _deliver_secrets(changes: List[JsonObject], dest: Optional[str]) -> List[JsonObject]:
    """Write the one-time secrets to a file, and return the changes without them.

    The file is JSON: ``{plural name of the resource type: {name of the object: secret}}``. Other secrets are kept.

    :raises MailtrapError: if the file cannot be written; its data contains all changes with their secrets.
    """
    secret_fields = {resource.plural: str(resource.one_time_secret) for resource in RESOURCE_TYPES}
    with_secret = [change for change in changes if secret_fields[change["kind"]] in change]
    if not dest or not with_secret:
        return changes
    try:
        secrets = _read_secrets(dest)
        for change in with_secret:
            secrets.setdefault(change["kind"], {})[change["name"]] = change[secret_fields[change["kind"]]]
        write_secret(dest, json.dumps(secrets, indent=2, sort_keys=True))
    except MailtrapError as error:
        error.data = {"changed": True, "changes": changes}
        error.messages.append(
            "the account was changed; save the new secrets in this result, because they cannot be read again"
        )
        raise
    return [
        {name: value for name, value in change.items() if name != secret_fields[change["kind"]]} for change in changes
    ]


def _read_secrets(dest: str) -> JsonObject:
    """Return the secrets in a file; none if it does not exist."""
    if not os.path.exists(dest):
        return {}
    try:
        secrets = json.loads(read_text(dest, "dest"))
        if isinstance(secrets, dict) and all(isinstance(names, dict) for names in secrets.values()):
            return secrets
    except ValueError:
        pass
    raise MailtrapError(
        f"dest {dest!r} exists, but is not a JSON file of secrets that community.mailtrap.account_config wrote"
    )
