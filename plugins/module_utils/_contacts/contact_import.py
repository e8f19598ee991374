# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many contacts in a few requests (facts 3.17)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import List

from .._api.errors import MailtrapError, attempting
from .._engine.directory import Directory
from .._engine.files import read_text
from .._engine.polling import Polling
from .._engine.progress import Progress
from .._resources.catalog import CONTACT_FIELD, CONTACT_LIST
from .._resources.contact_values import convert_value

_PATH = "/api/contacts/imports"
MOST_AT_ONCE = 50_000
FINISHED, FAILED = "finished", "failed"
_COUNTS = ("created_contacts_count", "updated_contacts_count", "contacts_over_limit_count")
_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+\.[^\s@<>,;:.]{2,}")


@dataclass
class Entry:
    """A contact as the user wrote it.

    :ivar where: str, its place, for sentences. :ivar email: str. :ivar fields: dict, values by merge tag.
    """

    where: str
    email: str
    fields: dict


@dataclass
class _Import:
    """What one request has brought about.

    :ivar size: int, how many contacts it had. :ivar shown: dict, as the service shows it.
    """

    size: int
    shown: dict

    @property
    def status(self):
        return self.shown.get("status")

    @property
    def is_over(self):
        return self.status in (FINISHED, FAILED)


@dataclass
class _Report:
    """How far an import has come.

    :ivar total: int, how many contacts there are in all. :ivar imports: list of _Import.
    :ivar waited: float, seconds that the service has taken after the requests.
    """

    total: int
    imports: List[_Import] = field(default_factory=list)
    waited: float = 0.0

    def result(self):
        """Return what the task tells of it: dict; the counts are null while an import is not finished."""
        shown = [{**one.shown, "contacts": one.size} for one in self.imports]
        finished = self.imports and all(one.status == FINISHED for one in self.imports)
        counts = {name: sum(one.get(name) or 0 for one in shown) if finished else None for name in _COUNTS}
        return {"changed": bool(self.imports), "contact_imports": shown, **counts, "waited": self.waited}

    def done(self):
        """Return how many contacts are done with: int."""
        return sum(one.size for one in self.imports if one.is_over)


def import_contacts(client, options, check_mode):
    """Create and update many contacts; in check mode only look at them.

    :param options: dict, the options of community.mailtrap.contact_import.
    :returns: dict, the result of the task.
    :raises MailtrapError: before anything is sent, or with what was done in its data.
    """
    with attempting("import the contacts"):
        if options["wait"] < 0:
            raise MailtrapError(f"wait must be 0 s or more; it is {options['wait']}")
        entries, warnings = _without_doubles(_entries(options))
        directory = Directory(client, check_mode)
        contacts = _checked(entries, directory, _memberships(options, directory)) if entries else []
        report = _Report(len(contacts))
        if not check_mode:
            try:
                _send(client, contacts, report)
                _await(client, report, options["wait"])
            except MailtrapError as error:
                _tell(report, error)
                raise
        result = {**report.result(), "changed": bool(contacts)}
    return {**result, "warnings": [*directory.warnings, *warnings]}


def read_table(text, delimiter=","):
    """Return the contacts of a table: list of Entry. An empty cell says nothing about a field. Pure.

    :param text: str, CSV whose first line says what is in the columns: email, and merge tags.
    :raises MailtrapError: when it is no such table.
    """
    try:
        rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    except (TypeError, ValueError):
        raise MailtrapError(f"delimiter must be one character; it is {delimiter!r}") from None
    entries, wrong = [], []
    try:
        head = [name.strip() for name in next(rows, [])]
        _check_head(head, delimiter)
        for row in rows:
            where = f"line {rows.line_num} of src"
            if row and len(row) != len(head):
                wrong.append(f"{where} has {len(row)} columns, and the first line {len(head)}")
            elif any(row):
                cells = {name: cell for name, cell in zip(head, row) if cell != ""}
                entries.append(Entry(where, cells.pop("email", ""), cells))
    except csv.Error as error:
        raise MailtrapError(f"line {rows.line_num} of src cannot be read as CSV: {error}") from None
    if wrong:
        raise MailtrapError(*wrong)
    return entries


def _check_head(head, delimiter):
    told = f"the first line of src must name the columns, with {delimiter!r} between them"
    if "email" not in head:
        raise MailtrapError(f"{told}, one of them email; it names {', '.join(map(repr, head)) or 'nothing'}")
    if "" in head or len(set(head)) < len(head):
        raise MailtrapError(f"{told}, each once; it names {', '.join(map(repr, head))}")


def _entries(options):
    if options["src"] is not None:
        return read_table(read_text(options["src"], "src"), options["delimiter"])
    if options["contacts"] is None:
        raise MailtrapError("there are no contacts: give contacts, which may be an empty list, or src")
    return [
        Entry(f"contacts[{number}]", one["email"], one["fields"] or {})
        for number, one in enumerate(options["contacts"])
    ]


def _without_doubles(entries):
    """Return one Entry for each address, the last, and a warning where there were more: list, list of str."""
    last = {entry.email.strip().lower(): entry for entry in entries}
    doubles = len(entries) - len(last)
    if not doubles:
        return entries, []
    return list(last.values()), [f"{doubles} contacts are left out, since later ones have the same address."]


def _memberships(options, directory):
    """Return what the request says of lists for each contact: dict.

    :raises MailtrapError: when a list is not there, or on both sides.
    """
    sides = {}
    for side in ("included", "excluded"):
        named = [directory.find_id(CONTACT_LIST, name) for name in options[f"lists_{side}"]]
        ids = list(dict.fromkeys([*options[f"list_ids_{side}"], *named]))
        if ids:
            sides[f"list_ids_{side}"] = ids
    both = set(sides.get("list_ids_included", ())) & set(sides.get("list_ids_excluded", ())) - {None}
    if both:
        raise MailtrapError(f"list {', '.join(map(str, sorted(both)))} is both included and excluded")
    return sides


def _checked(entries, directory, memberships):
    """Return contacts as the service takes them: list of dict.

    :raises MailtrapError: with all that is wrong with them, each with its place.
    """
    tags = list(dict.fromkeys(tag for entry in entries for tag in entry.fields))
    types = {one["merge_tag"]: one["data_type"] for one in directory.list(CONTACT_FIELD)} if tags else {}
    for tag in tags:
        if tag not in types:
            directory.report_missing(f"contact field {tag!r} (there are {', '.join(types)})")
    contacts, wrong = [], []
    for entry in entries:
        email, values = entry.email.strip(), {}
        if not _ADDRESS.fullmatch(email):
            wrong.append(f"{entry.where}: email {email!r} is no e-mail address")
        for tag, value in entry.fields.items():
            try:
                values[tag] = convert_value(value, types.get(tag))
            except MailtrapError as error:
                wrong.append(f"{entry.where}: {tag} {error}")
        contacts.append({"email": email, **({"fields": values} if values else {}), **memberships})
    if wrong:
        raise MailtrapError(*wrong)
    return contacts


def _send(client, contacts, report):
    """Hand over all contacts, as many at once as the service takes.

    A request whose answer was lost is repeated: doing it twice does not make two contacts of one.
    """
    for start in range(0, len(contacts), MOST_AT_ONCE):
        part = contacts[start : start + MOST_AT_ONCE]
        answer = client.request("POST", _PATH, {"contacts": part}, repeatable=True)
        report.imports.append(_Import(len(part), _shown(answer, "POST", _PATH)))


def _await(client, report, wait):
    """Wait until all imports are over, ``wait`` seconds at most; 0 is not to wait at all.

    :raises MailtrapError: when one has failed, not all contacts fitted, or the time is over.
    """
    patience, progress = Polling(wait), Progress("contact_import", report.total)
    for one in report.imports if wait else ():
        path = f"{_PATH}/{one.shown['id']}"
        for _look in patience.looks(at_once=False):
            one.shown = _shown(client.get(path), "GET", path)
            progress.reached(report.done())
            if one.is_over:
                break
    report.waited = patience.waited
    over = sum(one.shown.get("contacts_over_limit_count") or 0 for one in report.imports)
    wrong = []
    for one in report.imports:
        if one.status == FAILED:
            wrong.append(f"import {one.shown['id']} has failed; the service does not say why")
        elif wait and not one.is_over:
            wrong.append(f"import {one.shown['id']} is {one.status} after {wait} s, and goes on by itself")
    if over:
        wrong.append(f"plan limit: {over} contacts are left out, for the account is full")
    if wrong:
        raise MailtrapError(*wrong)


def _shown(answer, method, path):
    if not isinstance(answer, dict) or "id" not in answer:
        sentence = "the service's answer holds no import"
        raise MailtrapError(sentence, method=method, path=path, uncertain=method != "GET")
    return answer


def _tell(report, error):
    """Say in a failure what was done before it."""
    error.data = report.result()
    if error.uncertain:
        error.messages.append("they may have been taken all the same; it does no harm to import them again")
    sent = sum(one.size for one in report.imports)
    if sent < report.total and (sent or not error.uncertain):
        taken = f"the first {sent} were taken" if sent else "none were taken"
        error.messages.append(f"of {report.total} contacts {taken}")
