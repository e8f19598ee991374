# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run one object of each resource type through its life cycle, in both ways of running, and check its requests."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from resource_types import RESOURCE_CASES, ResourceCase

if TYPE_CHECKING:
    from mailtrap_emulator.testing import Emulator

RUNTIME = pathlib.Path(__file__).resolve().parents[2] / "meta" / "runtime.yml"
# Modules whose life cycle differs from that of a single object. They have tests of their own.
EXCEPTIONS = {"account_access", "account_config", "inbound_message", "inbound_thread", "sub_account"}


@pytest.fixture(params=RESOURCE_CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest, emulator: Emulator) -> ResourceCase:
    if request.param.seeds:
        emulator.seed(request.param.seeds)
    return request.param


def test_each_resource_type_has_a_case():
    modules = yaml.safe_load(RUNTIME.read_text(encoding="utf-8"))["action_groups"]["mailtrap"]
    with_info = {name for name in modules if f"{name}_info" in modules}
    assert with_info - EXCEPTIONS == {case.name for case in RESOURCE_CASES}


def expected_requests(case: ResourceCase, *steps: str, **ids: Any) -> list[str]:
    """Return the requests of some steps with the IDs filled in."""
    return [request.format(**ids) for step in steps for request in case.requests(step)]


def test_life_cycle(play, case):
    """Each change is made once, check mode predicts it, and no request is superfluous."""
    created_id = f"{{{{ created.{case.name}.id }}}}"
    incomplete, message = case.incomplete
    change = case.change or case.rename
    location = {name: case.options[name] for name in case.location}
    by_id = {"id": created_id, **(location if "{" in case.path else {})}
    tasks = {
        "incomplete": dict(case.task(**incomplete), ignore_errors=True),
        "create_check": dict(case.task(**case.options), check_mode=True),
        "create": dict(case.task(**case.options), register="created"),
        "create_again": case.task(**case.options),
        "list": case.info_task(**case.identity),
        "change_check": dict(case.task(**by_id, **(change or {})), check_mode=True),
        "change": case.task(**by_id, **(change or {})),
        "change_again": case.task(**by_id, **(change or {})),
        "rename": case.task(**by_id, **(case.rename or {})),
        "list_all": case.info_task(**location),
        "delete_check": dict(case.task(**by_id, state="absent"), check_mode=True),
        "delete": case.task(**by_id, state="absent"),
        "delete_again": case.task(**by_id, state="absent"),
        "delete_by_key": case.task(**case.identity, state="absent"),
    }
    steps = dict(zip(tasks, play(list(tasks.values()), "--diff"), strict=True))
    created = steps["create"][case.name]
    ids = {"id": created["id"]}

    assert steps["incomplete"].failed and message in steps["incomplete"].msg and steps["incomplete"].requests == []
    assert steps["create_check"].changed
    assert steps["create_check"].requests == expected_requests(case, "find_requests", "create_lookups")
    assert steps["create_check"][case.name]["id"] is None
    assert steps["create"].changed
    assert steps["create"].requests == expected_requests(case, "find_requests", "create_requests", **ids)
    assert steps["create"]["diff"]["before"] == {}
    assert steps["create"]["diff"]["after"][case.key] == case.options[case.key]
    assert not steps["create_again"].changed
    assert steps["create_again"].requests == expected_requests(case, "find_requests")
    assert steps["create_again"][case.name]["id"] == created["id"]
    assert [item["id"] for item in steps["list"][case.plural]] == [created["id"]]
    assert steps["list"].requests == expected_requests(case, "find_requests")

    if change:
        expected = {**change, **case.returned}
        assert steps["change_check"].changed
        assert steps["change_check"].requests == expected_requests(case, "read_requests", **ids)
        assert steps["change"].changed
        assert steps["change"].requests == expected_requests(case, "read_requests", "update_requests", **ids)
        assert not steps["change_again"].changed
        assert steps["change_again"].requests == expected_requests(case, "read_requests", **ids)
        for name, value in expected.items():
            if value is not None:
                assert steps["change"][case.name][name] == steps["change_check"][case.name][name] == value
        assert steps["change_check"]["diff"]["before"] != steps["change_check"]["diff"]["after"]
    if case.rename:
        assert steps["rename"].changed == (change is not case.rename)
        assert steps["rename"][case.name][case.key] == case.rename[case.key]
    assert created["id"] in [item["id"] for item in steps["list_all"][case.plural]]

    assert steps["delete_check"].changed and steps["delete_check"].writes == []
    assert steps["delete_check"][case.name] is None
    delete = ["read_requests", "delete_requests"] if case.reads_before_delete else ["delete_requests"]
    assert steps["delete"].changed and steps["delete"].requests == expected_requests(case, *delete, **ids)
    assert not steps["delete_again"].changed and not steps["delete_by_key"].changed
    assert steps["delete_by_key"].requests == expected_requests(case, "find_requests")


def test_existing_object_is_adopted(play_in, emulator, case):
    emulator.seed({case.seed_table: [{"id": 4711, **case.existing}]})
    adopted, deleted = play_in("in_process", [case.task(**case.identity), case.task(**case.identity, state="absent")])
    assert not adopted.changed and adopted.requests == expected_requests(case, "find_requests")
    object_id = adopted[case.name]["id"]
    assert deleted.changed
    assert deleted.requests == expected_requests(case, "find_requests", "delete_requests", id=object_id)


@pytest.mark.parametrize(
    "case", [case for case in RESOURCE_CASES if not case.unique], indirect=True, ids=lambda case: case.name
)
def test_ambiguous_key_fails(play_in, emulator, case):
    emulator.seed({case.seed_table: [{"id": number, **case.existing} for number in (4711, 4712)]})
    steps = play_in(
        "in_process",
        [
            dict(case.task(**case.options), ignore_errors=True),
            dict(case.task(**case.identity, state="absent"), ignore_errors=True),
        ],
    )
    for step in steps:
        assert step.failed and step.writes == []
        assert all(part in step.msg for part in (f"2 {case.plural.replace('_', ' ')}", "4711", "4712", "give the id"))
