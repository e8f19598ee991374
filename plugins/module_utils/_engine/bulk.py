# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several objects of a kind that are brought to one state together, found in one reading of the list."""

from __future__ import annotations

from .._api.errors import MailtrapError, attempting
from .apply import Directory, ensure
from .progress import Progress
from .resource import check_wanted, wanted_of


def ensure_each(client, resource, options, check_mode=False):
    """Bring the objects of several keys to one state. All of them are looked at before the first is changed.

    :param options: dict, as ensure takes it, with the keys in the option that ``resource.bulk`` names.
    :returns: dict of key -> Outcome, in the order of the keys; of keys that make no difference the first stays.
    :raises MailtrapError: its data holds, under the name of that option, what entries() makes of those that were done.
    """
    field = resource.field(resource.key)
    keys = {}
    for key in options[resource.bulk]:
        keys.setdefault(field.normal(key), key)
    each = {key: {**options, resource.key: key} for key in keys.values()}
    with attempting(f"manage the {resource.many}"):
        if options["state"] != "absent":
            _check_each(resource, each)
        directory = Directory(client, check_mode)
        if len(each) > 1:
            directory.preload(resource, resource.key, each)
    outcomes = {key: ensure(client, resource, each[key], True, directory) for key in each}
    if check_mode:
        return outcomes
    todo = [key for key, outcome in outcomes.items() if outcome.changed]
    progress = Progress(resource.many, len(todo))
    for number, key in enumerate(todo):
        try:
            outcomes[key] = ensure(client, resource, each[key], False, directory)
        except MailtrapError as error:
            before = f"{number or 'none'} had been changed before"
            error.messages.append(f"of {len(todo)} {resource.many} to change, {before}")
            done = {key: outcome for key, outcome in outcomes.items() if key not in todo[number:]}
            error.data = {"changed": number > 0, **error.data, resource.bulk: entries(resource, done)}
            raise
        progress.reached(number + 1)
    return outcomes


def entries(resource, outcomes):
    """Return what became of each object: list of dict with its key, changed, and the object or None."""
    return [
        {resource.key: key, "changed": outcome.changed, resource.name: outcome.after}
        for key, outcome in outcomes.items()
    ]


def _check_each(resource, each):
    """Refuse values that the service is known to refuse, all of them in one go, before anything is asked for."""
    wrong = []
    for options in each.values():
        try:
            check_wanted(resource, wanted_of(resource, options), options)
        except MailtrapError as error:
            wrong.extend(error.messages)
    if wrong:
        raise MailtrapError(*dict.fromkeys(wrong))
