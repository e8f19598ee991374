# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error messages of the engine: what could not be done, and which option to set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.apply import prepare_step
from ansible_collections.community.mailtrap.plugins.module_utils._engine.directory import Directory
from ansible_collections.community.mailtrap.plugins.module_utils._engine.resource import (
    ApiShape,
    Field,
    Hooks,
    Plan,
    Resource,
)

if TYPE_CHECKING:
    from ansible_collections.community.mailtrap.plugins.module_utils._engine.prepare import Step

KEY = Resource(
    "key",
    "keys",
    ApiShape("/api/keys"),
    (Field("name"),),
    hooks=Hooks(protection_reason=lambda current, token_suffix: f"key {current['id']} is in use"),
)


class FakeClient:
    """A client of an account with two keys."""

    token_suffix = "abcd"

    def get(self, path: str, *arguments: Any, **options: Any) -> Any:
        return [{"id": 1, "name": "main"}, {"id": 2, "name": "other"}]


def make_directory() -> Directory:
    return Directory(FakeClient())  # type: ignore[arg-type]  # it only lists keys


def refuse(step: Step) -> Plan:
    raise MailtrapError("it is impossible")


@pytest.mark.parametrize(
    "name, state, verb",
    [
        ("main", "present", "update"),
        ("new", "present", "create"),
        ("main", "absent", "delete"),
        ("main", "rotated", "rotate"),
        ("new", "rotated", "rotate"),
    ],
)
def test_message_contains_the_verb_of_the_state(name: str, state: str, verb: str) -> None:
    with pytest.raises(MailtrapError) as caught:
        prepare_step(make_directory(), KEY, {"name": name, "state": state}, refuse)
    assert str(caught.value) == f"Could not {verb} key '{name}': it is impossible"


@pytest.mark.parametrize("force, advice", [({}, ""), ({"force": False}, "; set force to do it anyway")])
def test_refused_deletion_is_called_a_deletion(force: dict[str, bool], advice: str) -> None:
    """The message names the option ``force`` only if the module has it."""
    with pytest.raises(MailtrapError) as caught:
        prepare_step(make_directory(), KEY, {"name": "main", "state": "absent", **force})
    assert str(caught.value) == f"Could not delete key 'main': key 1 is in use{advice}"


def test_ambiguous_object_message_contains_the_option_to_set() -> None:
    with pytest.raises(MailtrapError, match="there are 2 keys, with the ids 1, 2: set key_id"):
        make_directory().get_only(KEY, "key_id")
