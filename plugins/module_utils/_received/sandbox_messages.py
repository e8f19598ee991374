# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the messages of a sandbox (docs/service.md#sandbox-messages)."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Dict, Iterator, List, Mapping, Optional

from .._api.errors import MailtrapError, attempting, require_minimum, unexpected_answer
from .._api.pages import iterate_pages, parse_objects, until_short_page
from .._engine.directory import NOT_FOUND
from .._engine.files import check_folder
from .._resources.sandboxes import SANDBOX
from .._resources.targets import SANDBOX_TARGET
from .message_files import save_message

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject, Options, Result

PAGE_SIZE = 30

# The path of each text part, below the path of the message.
_TEXT_PATHS = {
    "text": "body.txt",
    "html": "body.html",
    "html_source": "body.htmlsource",
    "raw": "body.raw",
}
# The path of each JSON part, and the key of the part in the answer.
_JSON_PATHS = {
    "headers": ("mail_headers", "headers"),
    "spam_report": ("spam_report", "report"),
    "html_analysis": ("analyze", "report"),
}
MESSAGE_PARTS = (*_TEXT_PATHS, *_JSON_PATHS, "attachments")


class SandboxMessage:
    """A message of a sandbox. Its parts are requested when they are first needed.

    :ivar fields: the message as it is in the list of messages.
    """

    def __init__(self, client: Client, path: str, fields: JsonObject) -> None:
        self.fields = fields
        self.path = path
        self._client = client
        self._parts: Dict[str, Json] = {}

    def get_part(self, name: str) -> Json:
        """Return one of the MESSAGE_PARTS.

        A body is text, or None if the message does not have it; ``attachments`` is a list; other parts are objects.
        """
        if name not in self._parts:
            self._parts[name] = self._fetch_part(name)
        return self._parts[name]

    def download_eml(self) -> bytes:
        """Return the whole message in its original form."""
        return self._client.get_bytes(f"{self.path}/body.eml")

    def download_attachment(self, attachment: JsonObject) -> bytes:
        """Return the contents of an attachment, which is an entry of the part ``attachments``."""
        path = attachment.get("download_path")
        # Any other value could send the API token to another host.
        if not isinstance(path, str) or not path.startswith("/"):
            raise MailtrapError(f"the service did not return a valid download path for attachment {attachment['id']}")
        return self._client.get_bytes(path)

    def as_result(self, parts: List[str], saved_parts: Optional[Mapping[str, Json]] = None) -> JsonObject:
        """Return the message with the given parts, for the result of a task.

        :param saved_parts: parts that replace those of the service, because they have the paths of files.
        """
        if not parts:
            return dict(self.fields)
        saved_parts = saved_parts or {}
        values = {name: saved_parts[name] if name in saved_parts else self.get_part(name) for name in parts}
        return {**self.fields, "parts": values}

    def _fetch_part(self, name: str) -> Json:
        if name in _TEXT_PATHS:
            try:
                return self._client.get_text(f"{self.path}/{_TEXT_PATHS[name]}")
            except MailtrapError as error:
                if error.status == 409:  # the message does not have this part
                    return None
                raise
        if name == "attachments":
            path = f"{self.path}/attachments"
            return parse_objects(self._client.get(path), "attachments", path)
        subpath, key = _JSON_PATHS[name]
        path = f"{self.path}/{subpath}"
        answer = self._client.get(path)
        part = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(part, dict):
            raise unexpected_answer(key, "GET", path)
        return part


def messages_path(sandbox_id: int) -> str:
    """Return the path of the messages of a sandbox."""
    return f"{SANDBOX.object_path(sandbox_id)}/messages"


def iterate_message_pages(
    client: Client, sandbox_id: int, search: Optional[str] = None
) -> Iterator[List[SandboxMessage]]:
    """Yield the messages of a sandbox page by page, newest first, with one request for each page.

    :param search: a text in the subject, or in the address or name of the recipient.
    """
    path = messages_path(sandbox_id)
    query = {"search": search} if search else {}
    for page in iterate_pages(client, path, "messages", query=query, style=until_short_page(PAGE_SIZE)):
        yield [SandboxMessage(client, f"{path}/{fields['id']}", fields) for fields in page]


def find_message(client: Client, sandbox_id: int, message_id: int) -> Optional[SandboxMessage]:
    """Return a message by its id, or None if it does not exist."""
    path = f"{messages_path(sandbox_id)}/{message_id}"
    answer = client.get_if_found(path, default=NOT_FOUND)
    return None if answer is NOT_FOUND else SandboxMessage(client, path, parse_objects([answer], "messages", path)[0])


def read_messages(client: Client, options: Options, check_mode: bool) -> Result:
    """Read messages of a sandbox, and save files if ``dest`` is set; see the module sandbox_message_info.

    :raises MailtrapError: if the sandbox does not exist. A missing message is not an error.
    """
    if options["limit"] is not None:
        require_minimum("limit", options["limit"], 1)
    folder = options["dest"]
    if folder is not None:
        check_folder(folder)
    elif "eml" in options["include"]:
        raise MailtrapError("dest is required if include contains eml")
    sandbox = SANDBOX_TARGET.find(client, options, check_mode)
    if not sandbox.found:
        return {"changed": False, "sandbox_messages": [], "warnings": sandbox.warnings}
    with attempting(f"read the messages of {SANDBOX_TARGET.label(options)}"):
        changed, results = False, []
        for message in _select_messages(client, sandbox.found["id"], options):
            saved_parts: Dict[str, Json] = {}
            if folder is not None:
                message_changed, saved_parts = save_message(message, folder, options["include"], check_mode)
                changed = changed or message_changed
            results.append(message.as_result(options["include"], saved_parts))
        return {"changed": changed, "sandbox_messages": results}


def _select_messages(client: Client, sandbox_id: int, options: Options) -> List[SandboxMessage]:
    if options["id"] is not None:
        message = find_message(client, sandbox_id, options["id"])
        return [] if message is None else [message]
    messages = chain.from_iterable(iterate_message_pages(client, sandbox_id, options["search"]))
    return list(islice(messages, options["limit"]))
