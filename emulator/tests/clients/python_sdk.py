# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The public methods of the official Python SDK, and a decorator that requires tests to call all of them."""

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

# The classes and modules with a test that must call all of their methods
covered_owners: set[object] = set()


def list_methods(owner: object) -> set[str]:
    """Return the names of the public functions of a class or module."""
    return {name for name, _ in inspect.getmembers(owner, inspect.isfunction) if not name.startswith("_")}


def find_owners() -> set[object]:
    """Return all objects with public functions: the SDK, its client, and the classes of the client's properties."""

    def iterate_classes(instance: object) -> Iterator[object]:
        yield type(instance)
        for name, _ in inspect.getmembers(type(instance), lambda member: isinstance(member, property)):
            # These properties return settings of the client instead of APIs.
            if name.startswith("_") or name in ("api_send_url", "base_url", "headers"):
                continue
            yield from iterate_classes(getattr(instance, name))

    client = mt.MailtrapClient(token="x", account_id="1", organization_id="1")
    return {owner for owner in (mt, *iterate_classes(client)) if list_methods(owner)}


def covers(*owners: object) -> Callable[[Callable], Callable]:
    """Require that a test calls each public function of the owners at least once with success."""
    covered_owners.update(owners)

    def decorate(test: Callable) -> Callable:
        @functools.wraps(test)
        def run(*arguments: object, **fixtures: object) -> None:
            missing = {(owner, name) for owner in owners for name in list_methods(owner)}

            def observe(owner: object, name: str) -> Callable:
                function = getattr(owner, name)

                @functools.wraps(function)
                def call(*arguments: object, **options: object) -> object:
                    result = function(*arguments, **options)
                    missing.discard((owner, name))
                    return result

                return call

            with contextlib.ExitStack() as patches:
                for owner, name in list(missing):
                    patches.enter_context(mock.patch.object(owner, name, observe(owner, name)))
                test(*arguments, **fixtures)
            assert not missing

        return run

    return decorate
