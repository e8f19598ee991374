# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Export contacts to a gzip-compressed CSV file (docs/service.md#contact-jobs)."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, List, Optional

from .._api.errors import MailtrapError, attempting, require_minimum, unexpected_answer
from .._engine.check_mode import run_unless_check_mode
from .._engine.directory import Directory
from .._engine.files import check_dest, has_private_content, write_private
from .._engine.polling import Polling
from .._resources.contacts import CONTACT_LIST

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject, Options, Result

_PATH = "/api/contacts/exports"
# A part of the error message with which the service refuses a second export at the same time.
_ALREADY_RUNNING = "previous export"


def export_contacts(client: Client, options: Options, check_mode: bool) -> Result:
    """Export contacts and download the file; in check mode, only validate the options and find the lists.

    :raises MailtrapError: if the export fails or times out, or if its file cannot be downloaded or written.
    """
    with attempting("export the contacts"):
        require_minimum("wait", options["wait"], 1, "s")
        dest = options["dest"]
        check_dest(dest)
        directory = Directory(client, check_mode)
        filters = _build_filters(options, directory)
        predicted: Result = {"changed": True, "contact_export": None, "waited": 0.0}
        result = run_unless_check_mode(
            check_mode, lambda: _export_to_file(client, filters, dest, options["wait"]), predicted
        )
    return {**result, "dest": dest, "warnings": directory.warnings}


def _export_to_file(client: Client, filters: List[JsonObject], dest: str, wait: int) -> Result:
    """Start an export, wait for it, and write the file if it differs; return what was done."""
    polling = Polling(wait)
    export = _start_export(client, filters, polling)
    export = _wait_for_export(client, export, polling, wait)
    content = _prefer_existing_content(dest, client.download(export.get("url"), "the exported file"))
    changed = not has_private_content(dest, content)
    if changed:
        write_private(dest, content)
    # The URL is left out because it gives access to the contacts without a token.
    shown = {name: value for name, value in export.items() if name != "url"}
    return {"changed": changed, "contact_export": shown, "waited": polling.waited}


def _build_filters(options: Options, directory: Directory) -> List[JsonObject]:
    """Convert the options to the filters of the export request.

    :raises MailtrapError: if a list does not exist, or if both options for lists are empty.
    """
    list_ids = [
        *(options["list_ids"] or ()),
        *(directory.find_id(CONTACT_LIST, name) for name in options["lists"] or ()),
    ]
    if not list_ids and (options["list_ids"], options["lists"]) != (None, None):
        raise MailtrapError("lists and list_ids are empty: omit both to export the contacts of all lists")
    values = {"list_id": list(dict.fromkeys(list_ids)), "subscription_status": options["subscription_status"]}
    return [{"name": name, "operator": "equal", "value": value} for name, value in values.items() if value]


def _start_export(client: Client, filters: List[JsonObject], polling: Polling) -> JsonObject:
    """Start an export, waiting until another running export has ended."""
    for _attempt in polling.attempts():
        try:
            # An export whose answer was lost does no harm: repeating the request starts another one.
            return _parse_export(client.request("POST", _PATH, {"filters": filters}, repeatable=True), "POST")
        except MailtrapError as error:
            if error.status != 422 or not any(_ALREADY_RUNNING in message for message in error.messages):
                raise
            refusal = error
    refusal.messages = ["another export of the account is still running, and Mailtrap runs only one at a time"]
    raise refusal


def _wait_for_export(client: Client, export: JsonObject, polling: Polling, wait: int) -> JsonObject:
    """Wait until an export has finished, and return it with the URL of its file."""
    path = f"{_PATH}/{export['id']}"
    for _attempt in polling.attempts(immediate=False):
        export = _parse_export(client.get(path), "GET")
        if export.get("status") == "finished":
            return export
        if export.get("status") == "failed":
            raise MailtrapError(f"export {export['id']} failed, and Mailtrap gave no reason")
    status = export.get("status")
    raise MailtrapError(
        f"export {export['id']} has the status {status!r} after {wait} s, and continues in the background"
    )


def _parse_export(answer: Json, method: str) -> JsonObject:
    if not isinstance(answer, dict) or "id" not in answer:
        raise unexpected_answer("export", method, _PATH)
    return answer


def _prefer_existing_content(path: str, content: bytes) -> bytes:
    """Return the content of the existing file if it decompresses to the same contacts, else the new content.

    Two gzip files of the same contacts may differ, which must not count as a change.

    :raises MailtrapError: if the new content is not gzip-compressed.
    """
    contacts = _decompress(content)
    if contacts is None:
        raise MailtrapError("the exported file is not a gzip file")
    try:
        with open(path, "rb") as file:
            existing = file.read()
    except OSError:
        return content
    return existing if _decompress(existing) == contacts else content


def _decompress(content: bytes) -> Optional[bytes]:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None
