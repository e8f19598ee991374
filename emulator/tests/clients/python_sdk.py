# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The surface of the official Python SDK, as it shows itself, and what of it the tests have used."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from unittest import mock

import mailtrap as mt

MAIL = {
    "sender": mt.Address(email="sales@example.com", name="Sälly"),
    "to": [mt.Address(email="ann@example.org", name="Ann")],
    "subject": "Grüße 😀",
    "text": "Hello",
}

# What a test has promised to use as a whole.
promised: set[object] = set()


def calls(owner: object) -> set[str]:
    """The names of the public functions of a class or module."""
    return {name for name, _ in inspect.getmembers(owner, inspect.isfunction) if not name.startswith("_")}


def surface() -> set[object]:
    """All that has calls: the SDK itself, its client, and the classes that are reached from there by properties."""

    def reached(thing: object) -> Iterator[object]:
        yield type(thing)
        for name, _ in inspect.getmembers(type(thing), lambda member: isinstance(member, property)):
            # These only tell what the client was made with, and two of them are deprecated.
            if name.startswith("_") or name in ("api_send_url", "base_url", "headers"):
                continue
            yield from reached(getattr(thing, name))

    client = mt.MailtrapClient(token="x", account_id="1", organization_id="1")
    return {owner for owner in (mt, *reached(client)) if calls(owner)}


def whole(*owners: object) -> Callable[[Callable], Callable]:
    """The test uses every call of the owners at least once with success."""
    promised.update(owners)

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def run(*arguments: object, **fixtures: object) -> None:
            missing = {(owner, name) for owner in owners for name in calls(owner)}

            def observed(owner: object, name: str) -> Callable:
                call = getattr(owner, name)

                @functools.wraps(call)
                def use(*arguments: object, **options: object) -> object:
                    answer = call(*arguments, **options)
                    missing.discard((owner, name))
                    return answer

                return use

            with contextlib.ExitStack() as patches:
                for owner, name in list(missing):
                    patches.enter_context(mock.patch.object(owner, name, observed(owner, name)))
                test(*arguments, **fixtures)
            assert not missing

        return run

    return decorate
