# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Composing complete payloads, with their attachments and the UUIDs of their templates."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Callable, Dict, Optional

from .batch import select_message_options
from .json_stream import Base64File
from .payload import (
    build_attachment,
    build_payload,
    build_shared_payload,
    get_content_id,
    get_filename,
)

if TYPE_CHECKING:
    from .._api.json_types import JsonObject, Options


class Composer:
    """Composes payloads. Each attached file is inspected only once, however many messages have it.

    :ivar template_uuids: the UUID of each template by its name, None if check mode assumes the template.
    """

    def __init__(self) -> None:
        self.template_uuids: Dict[str, Optional[str]] = {}
        self._inspect_file = functools.lru_cache(maxsize=None)(Base64File.from_path)

    def compose(self, options: Options) -> JsonObject:
        """Return the payload of a message.

        :raises MailtrapError: if the message cannot be sent.
        """
        return self._complete(build_payload(options), options)

    def compose_shared(self, options: Options) -> JsonObject:
        """Return the payload that the messages of a batch inherit from the options of the task.

        :raises MailtrapError: if an option of the task is invalid.
        """
        message_options = select_message_options(options)
        return self._complete(build_shared_payload(message_options), message_options)

    def _complete(self, message: JsonObject, options: Options) -> JsonObject:
        """Add the template and the attachments to a payload."""
        if options["template"]:
            message["template_uuid"] = self.template_uuids.get(options["template"])
        if options["attachments"]:
            message["attachments"] = [load_attachment(entry, self._inspect_file) for entry in options["attachments"]]
        return message


def load_attachment(entry: Options, inspect_file: Callable[[str], Base64File] = Base64File.from_path) -> JsonObject:
    """Return the payload of an attachment, from an entry of the option ``attachments``.

    :raises MailtrapError: if the file cannot be read.
    """
    file = inspect_file(entry["src"])
    return build_attachment(
        file, get_filename(entry), entry["content_type"], entry["disposition"], get_content_id(entry)
    )
