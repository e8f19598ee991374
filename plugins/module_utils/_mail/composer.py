# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a message to what is sent: the payload with its files, and with the template that was named."""

from __future__ import annotations

import functools

from .batch import own_options
from .json_stream import Base64File
from .payload import (
    attachment,
    content_id,
    file_name,
    payload,
    shared_payload,
)


class Composer:
    """Makes payloads, and looks at each file once.

    :ivar uuids: dict, from the names of templates to their UUIDs.
    """

    def __init__(self):
        self.uuids = {}
        self._look_at = functools.lru_cache(maxsize=None)(Base64File.of)

    def message(self, options):
        """Return the payload of a message: dict.

        :raises MailtrapError: when it cannot be sent.
        """
        return self._completed(payload(options), options)

    def shared(self, options):
        """Return what the options of a task bring to each of its messages: dict."""
        own = own_options(options)
        return self._completed(shared_payload(own), own)

    def _completed(self, message, options):
        if options["template"]:
            message["template_uuid"] = self.uuids.get(options["template"])
        if options["attachments"]:
            message["attachments"] = [attached(entry, self._look_at) for entry in options["attachments"]]
        return message


def attached(entry, look_at=Base64File.of):
    """Return an attachment, one of MESSAGE_OPTIONS, as the API has it: dict.

    :param look_at: function (path) -> Base64File.
    :raises MailtrapError: when its file cannot be read.
    """
    file = look_at(entry["src"])
    return attachment(file, file_name(entry), entry["content_type"], entry["disposition"], content_id(entry))
