# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the messages that inbound inboxes have received (docs/service.md#inbound-messages)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._api.errors import MailtrapError, attempting
from .._engine.files import check_folder
from .._engine.lookup import find_objects
from .._engine.plan import mask_secrets
from .._resources.inbound import INBOUND_MESSAGE
from .message_files import save_message

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Json, JsonObject, Options, Result

_FILE_PARTS = ("attachments", "eml")
MESSAGE_PARTS = ("bodies", *_FILE_PARTS)


class _InboundMessage:
    """An inbound message, whose files are downloaded from the URLs in its fields.

    :ivar fields: the message as returned by its own path; lists do not have the URLs.
    """

    def __init__(self, client: Client, fields: JsonObject) -> None:
        self.fields = fields
        self._client = client

    def get_part(self, name: str) -> Json:
        """Return a list in the fields, such as ``attachments``."""
        return self.fields.get(name) or []

    def download_eml(self) -> bytes:
        """Return the whole message in its original form."""
        return self._client.download(self.fields.get("raw_message_url"), f"message {self.fields['id']}")

    def download_attachment(self, attachment: JsonObject) -> bytes:
        """Return the contents of an attachment, which is an entry of the field ``attachments``."""
        return self._client.download(attachment.get("download_url"), f"attachment {attachment.get('filename')!r}")


def read_messages(client: Client, options: Options, check_mode: bool) -> Result:
    """Read messages of an inbound inbox, and save files if ``dest`` is set; see the module inbound_message_info.

    :raises MailtrapError: if the inbox does not exist. A missing message is not an error.
    """
    include, folder = options["include"], options["dest"]
    file_parts = [part for part in _FILE_PARTS if part in include]
    if file_parts and folder is None:
        raise MailtrapError(f"dest is required if include contains {file_parts[0]}")
    if folder is not None:
        check_folder(folder)
    lookup = find_objects(client, INBOUND_MESSAGE, options, check_mode)
    messages, changed = lookup.found, False
    with attempting("read the inbound messages"):
        if include and options["id"] is None:
            paths = [INBOUND_MESSAGE.object_path(message["id"], message["inbox_id"]) for message in messages]
            # A message can be deleted after the list was read.
            messages = [message for message in map(client.get_if_found, paths) if message is not None]
        if file_parts:
            for index, message in enumerate(messages):
                message_changed, saved_parts = save_message(
                    _InboundMessage(client, message), folder, file_parts, check_mode
                )
                changed = changed or message_changed
                messages[index] = {**message, **saved_parts}
    if not options["reveal_secrets"]:
        messages = mask_secrets(INBOUND_MESSAGE, messages)
    return {"changed": changed, "inbound_messages": messages, "warnings": lookup.warnings}
