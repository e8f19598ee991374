# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens to a contact, for automations of the service (facts 3.17)."""

from __future__ import annotations

from .._api.errors import MailtrapError, attempting
from .._engine.apply import send_write
from .._engine.resource import Write
from .._resources.catalog import CONTACT

_LONGEST_TEXT = 255


def record_event(client, options, check_mode):
    """Tell the service once that something happened to a contact; in check mode only look at the options.

    :param options: dict, the options of community.mailtrap.contact_event.
    :returns: dict, the result of the task.
    :raises MailtrapError: its message says so when the event may have been taken.
    """
    contact = options["contact_id"] if options["contact_id"] is not None else options["email"]
    event = {"name": options["name"], "params": options["params"]}
    with attempting(f"record event {options['name']!r} of contact {contact!r}"):
        wrong = list(_faults(event))
        if wrong:
            raise MailtrapError(*wrong)
        try:
            answer = send_write(client, Write("POST", f"{CONTACT.object_path(contact)}/events", event), check_mode)
        except MailtrapError as error:
            if error.uncertain:
                error.messages.append("the event may have been taken all the same, and is not sent a second time")
            raise
    return {"changed": True, "contact_event": event if check_mode else answer}


def _faults(event):
    """Return what is wrong with an event: iterable of str. Pure."""
    if not event["name"].strip():
        yield "name is empty"
    texts = {"name": event["name"]}
    for key, value in event["params"].items():
        texts[f"the name {key[:20]!r} in params"] = key
        if isinstance(value, (list, dict)):
            yield f"params.{key[:20]} is a list or a dictionary; the service takes texts, numbers and booleans"
        elif isinstance(value, str):
            texts[f"params.{key[:20]}"] = value
    for called, text in texts.items():
        if len(text) > _LONGEST_TEXT:
            yield f"{called} has {len(text)} characters; the service takes {_LONGEST_TEXT}"
