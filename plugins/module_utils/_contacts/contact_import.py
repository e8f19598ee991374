# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Import contacts in batches from a list or a CSV file (docs/service.md#contact-jobs)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from .._api.errors import MailtrapError, attempting, require_minimum, unexpected_answer, warn_of_possible_effect
from .._engine.check_mode import run_unless_check_mode
from .._engine.directory import Directory
from .._engine.files import read_text
from .._engine.polling import Polling
from .._engine.progress import Progress
from .._resources.contact_values import convert_value
from .._resources.contacts import CONTACT_FIELD, CONTACT_LIST

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject, Options, Result

_PATH = "/api/contacts/imports"
BATCH_SIZE = 50_000
FINISHED, FAILED = "finished", "failed"
_COUNTS = ("created_contacts_count", "updated_contacts_count", "contacts_over_limit_count")
_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+\.[^\s@<>,;:.]{2,}")


@dataclass
class InputContact:
    """A contact as the user wrote it.

    :ivar source: its position for messages, such as ``line 3 of src``.
    :ivar fields: field values by merge tag.
    """

    source: str
    email: str
    fields: Dict[str, Any]


@dataclass
class _Batch:
    """The contacts of one request, which the service imports as one job.

    :ivar size: the number of contacts.
    :ivar job: the job as last returned by the API.
    """

    size: int
    job: JsonObject

    @property
    def status(self) -> Optional[str]:
        return self.job.get("status")

    @property
    def is_done(self) -> bool:
        return self.status in (FINISHED, FAILED)


@dataclass
class _ImportState:
    """The progress of an import.

    :ivar total: the number of contacts in all batches.
    :ivar batches: the batches that were sent.
    :ivar waited: seconds spent waiting for the jobs.
    """

    total: int
    batches: List[_Batch] = field(default_factory=list)
    waited: float = 0.0

    def to_result(self) -> Result:
        """Return the progress as a task result; the counts are None until all jobs have finished."""
        jobs = [{**batch.job, "contacts": batch.size} for batch in self.batches]
        finished = self.batches and all(batch.status == FINISHED for batch in self.batches)
        counts = {name: sum(job.get(name) or 0 for job in jobs) if finished else None for name in _COUNTS}
        return {"changed": bool(self.batches), "contact_imports": jobs, **counts, "waited": self.waited}

    def count_sent(self) -> int:
        """Return the number of contacts in the batches that were sent."""
        return sum(batch.size for batch in self.batches)

    def count_done(self) -> int:
        """Return the number of contacts in the batches whose jobs are done."""
        return sum(batch.size for batch in self.batches if batch.is_done)


def import_contacts(client: Client, options: Options, check_mode: bool) -> Result:
    """Create and update contacts; in check mode, only validate them.

    :raises MailtrapError: if any contact is invalid, before the first request; or if an import fails or times out,
        with the progress in the error's data.
    """
    with attempting("import the contacts"):
        require_minimum("wait", options["wait"], 0, "s")
        inputs, warnings = _remove_duplicates(_read_input(options))
        directory = Directory(client, check_mode)
        contacts = _build_contacts(inputs, directory, _find_list_ids(options, directory)) if inputs else []
        state = _ImportState(len(contacts))
        run_unless_check_mode(check_mode, lambda: _send_and_wait(client, contacts, state, options["wait"]), None)
        result = {**state.to_result(), "changed": bool(contacts)}
    return {**result, "warnings": [*directory.warnings, *warnings]}


def _send_and_wait(client: Client, contacts: List[JsonObject], state: _ImportState, wait: int) -> None:
    """Send the contacts in batches, and wait for the jobs that import them.

    :raises MailtrapError: with the progress in its data.
    """
    try:
        _send_batches(client, contacts, state)
        _wait_for_jobs(client, state, wait)
    except MailtrapError as error:
        _add_progress(error, state)
        raise


def parse_csv(text: str, delimiter: str = ",") -> List[InputContact]:
    """Parse the contacts of a CSV file. Empty cells and empty lines are skipped.

    :param text: CSV with a header that names the columns: ``email`` and merge tags.
    :raises MailtrapError: if the text is not such a table; with an error for each line of the wrong length.
    """
    try:
        rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    except (TypeError, ValueError):
        raise MailtrapError(f"delimiter must be a single character, not {delimiter!r}") from None
    contacts, errors = [], []
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(header, delimiter)
        for row in rows:
            source = f"line {rows.line_num} of src"
            if row and len(row) != len(header):
                errors.append(f"{source} has {len(row)} columns, but the header has {len(header)}")
            elif any(row):
                cells = {name: cell for name, cell in zip(header, row) if cell != ""}
                contacts.append(InputContact(source, cells.pop("email", ""), cells))
    except csv.Error as error:
        raise MailtrapError(f"line {rows.line_num} of src is not valid CSV: {error}") from None
    if errors:
        raise MailtrapError(*errors)
    return contacts


def _check_header(header: List[str], delimiter: str) -> None:
    columns = f"{', '.join(map(repr, header)) or 'no columns'}, separated by {delimiter!r}"
    if "email" not in header:
        raise MailtrapError(f"the header of src has no column 'email': it has {columns}")
    if "" in header or len(set(header)) < len(header):
        raise MailtrapError(f"the header of src has an empty or repeated column name: it has {columns}")


def _read_input(options: Options) -> List[InputContact]:
    if options["src"] is not None:
        return parse_csv(read_text(options["src"], "src"), options["delimiter"])
    if options["contacts"] is None:
        raise MailtrapError("neither contacts nor src is set: set one of them; contacts may be an empty list")
    return [
        InputContact(f"contacts[{index}]", contact["email"], contact["fields"] or {})
        for index, contact in enumerate(options["contacts"])
    ]


def _remove_duplicates(contacts: List[InputContact]) -> Tuple[List[InputContact], List[str]]:
    """Keep the last contact of each address, and return them with a warning if others were removed."""
    last_by_email = {contact.email.strip().lower(): contact for contact in contacts}
    removed = len(contacts) - len(last_by_email)
    if not removed:
        return contacts, []
    warning = f"{removed} contacts were skipped because later entries have the same address."
    return list(last_by_email.values()), [warning]


def _find_list_ids(options: Options, directory: Directory) -> Dict[str, List[Optional[int]]]:
    """Return the request's ``list_ids_included`` and ``list_ids_excluded``, which all contacts share.

    :raises MailtrapError: if a list does not exist, or if it is both included and excluded.
    """
    memberships = {}
    for change in ("included", "excluded"):
        found_ids = [directory.find_id(CONTACT_LIST, name) for name in options[f"lists_{change}"]]
        list_ids = list(dict.fromkeys([*options[f"list_ids_{change}"], *found_ids]))
        if list_ids:
            memberships[f"list_ids_{change}"] = list_ids
    # In check mode, a list that does not exist yet has the id None.
    conflicts = set(memberships.get("list_ids_included", ())) & set(memberships.get("list_ids_excluded", ())) - {None}
    if conflicts:
        raise MailtrapError(f"list {', '.join(map(str, sorted(conflicts)))} is both included and excluded")
    return memberships


def _build_contacts(
    inputs: List[InputContact], directory: Directory, memberships: Dict[str, List[Optional[int]]]
) -> List[JsonObject]:
    """Convert contacts to the objects of the import request.

    :raises MailtrapError: if contacts are invalid; with an error for each of them.
    """
    tags = list(dict.fromkeys(tag for contact in inputs for tag in contact.fields))
    types = {item["merge_tag"]: item["data_type"] for item in directory.list(CONTACT_FIELD)} if tags else {}
    for tag in tags:
        if tag not in types:
            directory.report_missing(f"contact field {tag!r} (existing fields: {', '.join(types)})")
    contacts, errors = [], []
    for contact in inputs:
        email = contact.email.strip()
        values = {}
        if not _ADDRESS.fullmatch(email):
            errors.append(f"{contact.source}: email {email!r} is not a valid email address")
        for tag, value in contact.fields.items():
            try:
                values[tag] = convert_value(value, types.get(tag))
            except MailtrapError as error:
                errors.append(f"{contact.source}: {tag} {error}")
        contacts.append({"email": email, **({"fields": values} if values else {}), **memberships})
    if errors:
        raise MailtrapError(*errors)
    return contacts


def _send_batches(client: Client, contacts: List[JsonObject], state: _ImportState) -> None:
    """Send all contacts, in batches of the size that the service accepts."""
    for start in range(0, len(contacts), BATCH_SIZE):
        batch = contacts[start : start + BATCH_SIZE]
        # Repeating the request after a lost answer does no harm: addresses are unique, so no contact is duplicated.
        answer = client.request("POST", _PATH, {"contacts": batch}, repeatable=True)
        state.batches.append(_Batch(len(batch), _parse_job(answer, "POST", _PATH)))


def _wait_for_jobs(client: Client, state: _ImportState, wait: int) -> None:
    """Wait until all jobs are done.

    :param wait: the maximum for all jobs together, in seconds; with 0, the jobs are not read.
    :raises MailtrapError: if a job failed, timed out, or exceeded the account's contact limit.
    """
    polling, progress = Polling(wait), Progress("contact_import", state.total)
    for batch in state.batches if wait else ():
        path = f"{_PATH}/{batch.job['id']}"
        for _attempt in polling.attempts(immediate=False):
            batch.job = _parse_job(client.get(path), "GET", path)
            progress.report(state.count_done())
            if batch.is_done:
                break
    state.waited = polling.waited
    errors = []
    for batch in state.batches:
        label = f"import {batch.job['id']}"
        if batch.status == FAILED:
            errors.append(f"{label} failed, and Mailtrap gave no reason")
        elif wait and not batch.is_done:
            errors.append(f"{label} has the status {batch.status!r} after {wait} s, and continues in the background")
    over_limit = sum(batch.job.get("contacts_over_limit_count") or 0 for batch in state.batches)
    if over_limit:
        errors.append(f"plan limit: {over_limit} contacts were not imported because the account is full")
    if errors:
        raise MailtrapError(*errors)


def _parse_job(answer: Json, method: str, path: str) -> JsonObject:
    if not isinstance(answer, dict) or "id" not in answer:
        raise unexpected_answer("import", method, path)
    return answer


def _add_progress(error: MailtrapError, state: _ImportState) -> None:
    """Add to an error how many contacts were accepted before it, and the jobs so far."""
    error.data = state.to_result()
    warn_of_possible_effect(error, "importing the contacts again does no harm")
    sent = state.count_sent()
    if sent < state.total and (sent or not error.uncertain):
        accepted = f"the first {sent} of {state.total}" if sent else f"none of the {state.total}"
        error.messages.append(f"{accepted} contacts were accepted")
