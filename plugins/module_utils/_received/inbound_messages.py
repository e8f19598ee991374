# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real mail that inboxes have received (facts 3.21)."""

from __future__ import annotations

from .._api.errors import MailtrapError, attempting
from .._engine.files import check_folder
from .._engine.lookup import find_objects
from .._engine.plan import mask_secrets
from .._resources.catalog import INBOUND_MESSAGE
from .message_files import save

FILES = ("attachments", "eml")
PARTS = ("bodies", *FILES)


class _Message:
    """A message whose files lie where the service says.

    :ivar fields: dict, the message as it is shown by itself.
    """

    def __init__(self, client, fields):
        self.fields = fields
        self._client = client

    def part(self, name):
        """Return its attachments: list of dict; ``name`` is attachments."""
        return self.fields.get(name) or []

    def eml(self):
        """Return the whole message as it came: bytes."""
        return self._client.download(self.fields.get("raw_message_url"), f"message {self.fields['id']}")

    def attachment(self, attachment):
        """Return what is in an attachment: bytes; ``attachment`` is one of the part attachments, a dict."""
        return self._client.download(attachment.get("download_url"), f"attachment {attachment.get('filename')!r}")


def read_messages(client, options, check_mode):
    """Read messages of an inbox, and keep their files.

    :param options: dict, the options of community.mailtrap.inbound_message_info.
    :returns: dict with inbound_messages: list of dict, newest first.
    :raises MailtrapError: when there is no such inbox; a message that is not there is not an error.
    """
    include, folder = options["include"], options["dest"]
    files = [part for part in FILES if part in include]
    if files and folder is None:
        raise MailtrapError(f"include names {files[0]}, which is written to files: give dest")
    if folder is not None:
        check_folder(folder)
    lookup = find_objects(client, INBOUND_MESSAGE, options, check_mode)
    found, changed = lookup.found, False
    with attempting("read the inbound messages"):
        if include and options["id"] is None:
            paths = [INBOUND_MESSAGE.object_path(one["id"], one["inbox_id"]) for one in found]
            found = [whole for whole in map(client.get_if_found, paths) if whole is not None]
        for number, one in enumerate(found if files else ()):
            written, saved = save(_Message(client, one), folder, files, check_mode)
            changed = changed or written
            found[number] = {**one, **saved}
    if not options["reveal_secrets"]:
        found = mask_secrets(INBOUND_MESSAGE, found)
    return {"changed": changed, "inbound_messages": found, "warnings": lookup.warnings}
