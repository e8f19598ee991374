# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All contacts, or some, in a file (facts 3.17)."""

from __future__ import annotations

import gzip
import zlib

from .._api.errors import MailtrapError, attempting
from .._engine.directory import Directory
from .._engine.files import check_dest, holds, write_private
from .._engine.polling import Polling
from .._resources.catalog import CONTACT_LIST

_PATH = "/api/contacts/exports"
_RUNNING = "previous export"


def export_contacts(client, options, check_mode):
    """Have the service write contacts to a file, and fetch it; in check mode only look at the options.

    :param options: dict, the options of community.mailtrap.contact_export.
    :returns: dict, the result of the task.
    :raises MailtrapError: when it takes too long, or the file cannot be had or kept.
    """
    with attempting("export the contacts"):
        if options["wait"] < 1:
            raise MailtrapError(f"wait must be 1 s or more; it is {options['wait']}")
        check_dest(options["dest"])
        directory = Directory(client, check_mode)
        filters = _filters(options, directory)
        result = {
            "changed": True,
            "dest": options["dest"],
            "contact_export": None,
            "waited": 0.0,
            "warnings": directory.warnings,
        }
        if check_mode:
            return result
        patience = Polling(options["wait"])
        export = _finished(client, _begun(client, filters, patience), patience, options["wait"])
        content = _kept(options["dest"], client.download(export.get("url"), "the exported file"))
        result["changed"] = not holds(options["dest"], content)
        if result["changed"]:
            write_private(options["dest"], content)
        result["waited"] = patience.waited
    return {**result, "contact_export": {name: value for name, value in export.items() if name != "url"}}


def _filters(options, directory):
    ids = [
        *(options["list_ids"] or ()),
        *(directory.find_id(CONTACT_LIST, name) for name in options["lists"] or ()),
    ]
    given = {"list_id": list(dict.fromkeys(ids)), "subscription_status": options["subscription_status"]}
    if not ids and (options["list_ids"], options["lists"]) != (None, None):
        raise MailtrapError("no list is named: leave lists and list_ids out for the contacts of all lists")
    return [{"name": name, "operator": "equal", "value": value} for name, value in given.items() if value]


def _begun(client, filters, patience):
    """Return the export that has been started: dict. Another one may have to end before."""
    for _look in patience.looks():
        try:
            # What was started by a request whose answer was lost is another one.
            return _shown(client.request("POST", _PATH, {"filters": filters}, repeatable=True), "POST")
        except MailtrapError as error:
            if error.status != 422 or not any(_RUNNING in message for message in error.messages):
                raise
            refusal = error
    refusal.messages = ["another export of the account has not ended; there can be only one at a time"]
    raise refusal


def _finished(client, export, patience, wait):
    path = f"{_PATH}/{export['id']}"
    for _look in patience.looks(at_once=False):
        export = _shown(client.get(path), "GET")
        if export.get("status") == "finished":
            return export
        if export.get("status") == "failed":
            raise MailtrapError(f"export {export['id']} has failed; the service does not say why")
    raise MailtrapError(f"export {export['id']} is {export.get('status')} after {wait} s, and goes on by itself")


def _shown(answer, method):
    if not isinstance(answer, dict) or "id" not in answer:
        raise MailtrapError("the service's answer holds no export", method=method, path=_PATH)
    return answer


def _kept(path, content):
    """Return what is to be in a file: bytes; what is there, where it unpacks to the same contacts.

    :param content: bytes, gzip, or what the transport has made of it already.
    :raises MailtrapError: when it is neither.
    """
    plain = _unpacked(content)
    if plain is None:
        raise MailtrapError("the exported file is not the gzip file that it should be")
    try:
        with open(path, "rb") as file:
            there = file.read()
    except OSError:
        return content
    return there if _unpacked(there) == plain else content


def _unpacked(content):
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None
