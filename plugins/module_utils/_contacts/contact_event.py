# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record events of contacts, which can start automations (docs/service.md#contact-jobs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from .._api.errors import MailtrapError, attempting, warn_of_possible_effect
from .._engine.check_mode import send_write
from .._engine.resource import Write
from .._resources.contacts import CONTACT

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options, Result

_MAX_LENGTH = 255
# The characters of a key that an error message quotes.
_QUOTED_LENGTH = 20


def record_event(client: Client, options: Options, check_mode: bool) -> Result:
    """Record an event of a contact; in check mode, only validate the options.

    :raises MailtrapError: if the event is invalid or the request fails; the event is never sent twice.
    """
    contact = options["contact_id"] if options["contact_id"] is not None else options["email"]
    event = {"name": options["name"], "params": options["params"]}
    with attempting(f"record event {options['name']!r} for contact {contact!r}"):
        errors = list(_validate_event(event))
        if errors:
            raise MailtrapError(*errors)
        try:
            write = Write("POST", f"{CONTACT.object_path(contact)}/events", event)
            answer = send_write(client, write, check_mode, predicted=event)
        except MailtrapError as error:
            warn_of_possible_effect(error, "running the task again may record the event twice")
            raise
    return {"changed": True, "contact_event": answer}


def _validate_event(event: JsonObject) -> Iterator[str]:
    """Yield an error for each rule of the service that an event breaks."""
    if not event["name"].strip():
        yield "name must not be empty"
    texts = {"name": event["name"]}
    for key, value in event["params"].items():
        short_key = key[:_QUOTED_LENGTH]
        texts[f"the key {short_key!r} in params"] = key
        if isinstance(value, (list, dict)):
            value_type = "list" if isinstance(value, list) else "dictionary"
            yield f"params.{short_key} must be a string, a number or a boolean, not a {value_type}"
        elif isinstance(value, str):
            texts[f"params.{short_key}"] = value
    for label, text in texts.items():
        if len(text) > _MAX_LENGTH:
            yield f"{label} must have at most {_MAX_LENGTH} characters, not {len(text)}"
