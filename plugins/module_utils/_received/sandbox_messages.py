# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mail that lies in a sandbox (facts 3.9)."""

from __future__ import annotations

from itertools import chain, islice

from .._api.errors import MailtrapError, attempting
from .._api.pages import iterate_pages, parse_objects, until_short_page
from .._engine.directory import ABSENT
from .._engine.files import check_folder
from .._resources.catalog import SANDBOX
from .._resources.targets import SANDBOX_TARGET
from .message_files import save

PAGE_SIZE = 30

# Part of a message -> where it is, and for JSON the key in it.
_TEXT_PARTS = {
    "text": "body.txt",
    "html": "body.html",
    "html_source": "body.htmlsource",
    "raw": "body.raw",
}
_JSON_PARTS = {
    "headers": ("mail_headers", "headers"),
    "spam_report": ("spam_report", "report"),
    "html_analysis": ("analyze", "report"),
}
PARTS = (*_TEXT_PARTS, *_JSON_PARTS, "attachments")


class Message:
    """A message of a sandbox, whose parts are asked for when they are needed.

    :ivar fields: dict, the message as a list shows it. :ivar path: str, its path.
    """

    def __init__(self, client, path, fields):
        self.fields = fields
        self.path = path
        self._client = client
        self._parts = {}

    def part(self, name):
        """Return one of the PARTS: str for a body, list of dict for attachments, else dict; None for a body that is not
        there.

        :raises MailtrapError: as Client.get.
        """
        if name not in self._parts:
            self._parts[name] = self._fetched(name)
        return self._parts[name]

    def eml(self):
        """Return the whole message as it came: bytes."""
        return self._client.get_bytes(f"{self.path}/body.eml")

    def attachment(self, attachment):
        """Return what is in an attachment: bytes; ``attachment`` is one of the part attachments, a dict."""
        path = attachment.get("download_path")
        if not isinstance(path, str) or not path.startswith("/"):  # the token must go nowhere else
            raise MailtrapError(f"the service's answer does not say where attachment {attachment['id']} is")
        return self._client.get_bytes(path)

    def shown(self, parts, known=()):
        """Return the message as a dict, with those of its parts that are named, if any are.

        :param parts: list of str. :param known: dict, parts as they are to be shown.
        """
        shown = {name: known[name] if name in known else self.part(name) for name in parts}
        return {**self.fields, "parts": shown} if parts else dict(self.fields)

    def _fetched(self, name):
        if name in _TEXT_PARTS:
            try:
                return self._client.get_text(f"{self.path}/{_TEXT_PARTS[name]}")
            except MailtrapError as error:
                if error.status == 409:  # the message has no such part
                    return None
                raise
        if name == "attachments":
            path = f"{self.path}/attachments"
            return parse_objects(self._client.get(path), "attachments", path)
        word, key = _JSON_PARTS[name]
        answer = self._client.get(f"{self.path}/{word}")
        found = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(found, dict):
            raise MailtrapError(f"the service's answer holds no {key}", method="GET", path=f"{self.path}/{word}")
        return found


def messages_of(client, sandbox_id, search=None):
    """Read the messages of a sandbox page by page.

    :param search: str, what to narrow the list by, or None.
    :returns: iterator over lists of Message, newest first, one a request.
    """
    base = base_of(sandbox_id)
    query = {"search": search} if search else {}
    for page in iterate_pages(client, base, "messages", query=query, style=until_short_page(PAGE_SIZE)):
        yield [Message(client, f"{base}/{fields['id']}", fields) for fields in page]


def message_of(client, sandbox_id, message_id):
    """Read one message: Message, or None where the service says 404."""
    path = f"{base_of(sandbox_id)}/{message_id}"
    answer = client.get_if_found(path, default=ABSENT)
    return None if answer is ABSENT else Message(client, path, parse_objects([answer], "messages", path)[0])


def read_messages(client, options, check_mode):
    """Read messages of a sandbox.

    :param options: dict, the options of community.mailtrap.sandbox_message_info.
    :returns: dict with sandbox_messages: list of dict, newest first, each with the parts that were asked for.
    :raises MailtrapError: when there is no such sandbox; a message that is not there is not an error.
    """
    if options["limit"] is not None and options["limit"] < 1:
        raise MailtrapError(f"limit must be 1 or more; it is {options['limit']}")
    folder = options["dest"]
    if folder is not None:
        check_folder(folder)
    elif "eml" in options["include"]:
        raise MailtrapError("include names eml, which is written to a file: give dest")
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    if not sandbox.found:
        return {"changed": False, "sandbox_messages": [], "warnings": sandbox.warnings}
    sandbox_id = sandbox.found["id"]
    with attempting(f"read the messages of {SANDBOX_TARGET.label(options)}"):
        if options["id"] is not None:
            messages = filter(None, [message_of(client, sandbox_id, options["id"])])
        else:
            every = chain.from_iterable(messages_of(client, sandbox_id, options["search"]))
            messages = list(islice(every, options["limit"]))
        changed, shown = False, []
        for message in messages:
            written, saved = (
                save(message, folder, options["include"], check_mode) if folder is not None else (False, {})
            )
            changed = changed or written
            shown.append(message.shown(options["include"], saved))
        return {"changed": changed, "sandbox_messages": shown}


def base_of(sandbox_id):
    """Return the path of the messages of a sandbox: str."""
    return f"{SANDBOX.object_path(sandbox_id)}/messages"
