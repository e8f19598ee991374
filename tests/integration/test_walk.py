# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One walk through the life of an object, for every kind and in both ways of running, with the requests it makes."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from kinds import KINDS

RUNTIME = pathlib.Path(__file__).resolve().parents[2] / "meta" / "runtime.yml"
# Those that are no rows: they have a state, but not that of one object.
OTHERS = {"account_access", "account_config", "inbound_message", "inbound_thread", "sub_account"}


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request, emulator):
    if request.param.seeds:
        emulator.seed(request.param.seeds)
    return request.param


def test_every_kind_has_its_row():
    modules = yaml.safe_load(RUNTIME.read_text(encoding="utf-8"))["action_groups"]["mailtrap"]
    with_info = {name for name in modules if f"{name}_info" in modules}
    assert with_info - OTHERS == {kind.name for kind in KINDS}


def requests_of(kind, *steps, **ids):
    return [text.format(**ids) for step in steps for text in kind.requests(step)]


def test_a_life(play, kind):
    """From nothing to nothing: each change once, foretold by check mode, and no request too many."""
    made = f"{{{{ made.{kind.name}.id }}}}"
    incomplete, sentence = kind.missing
    change = kind.change or kind.rename
    place = {name: kind.options[name] for name in kind.place}
    by_id = {"id": made, **(place if "{" in kind.path else {})}
    steps = {
        "missing": dict(kind.task(**incomplete), ignore_errors=True),
        "foretold": dict(kind.task(**kind.options), check_mode=True),
        "made": dict(kind.task(**kind.options), register="made"),
        "again": kind.task(**kind.options),
        "listed": kind.info(**kind.known),
        "change_foretold": dict(kind.task(**by_id, **(change or {})), check_mode=True),
        "changed": kind.task(**by_id, **(change or {})),
        "changed_again": kind.task(**by_id, **(change or {})),
        "renamed": kind.task(**by_id, **(kind.rename or {})),
        "all": kind.info(**place),
        "absence_foretold": dict(kind.task(**by_id, state="absent"), check_mode=True),
        "gone": kind.task(**by_id, state="absent"),
        "gone_again": kind.task(**by_id, state="absent"),
        "gone_by_key": kind.task(**kind.known, state="absent"),
    }
    did = dict(zip(steps, play(list(steps.values()), "--diff"), strict=True))
    one = did["made"][kind.name]
    ids = {"id": one["id"]}

    assert did["missing"].failed and sentence in did["missing"].msg and did["missing"].requests == []
    assert did["foretold"].changed and did["foretold"].requests == requests_of(kind, "find", "foresee")
    assert did["foretold"][kind.name]["id"] is None
    assert did["made"].changed and did["made"].requests == requests_of(kind, "find", "create", **ids)
    assert did["made"]["diff"]["before"] == {} and did["made"]["diff"]["after"][kind.key] == kind.options[kind.key]
    assert not did["again"].changed and did["again"].requests == requests_of(kind, "find")
    assert did["again"][kind.name]["id"] == one["id"]
    assert [item["id"] for item in did["listed"][kind.plural]] == [one["id"]]
    assert did["listed"].requests == requests_of(kind, "find")

    if change:
        wanted = {**change, **kind.shown}
        assert did["change_foretold"].changed and did["change_foretold"].requests == requests_of(kind, "look", **ids)
        assert did["changed"].changed and did["changed"].requests == requests_of(kind, "look", "update", **ids)
        assert not did["changed_again"].changed
        assert did["changed_again"].requests == requests_of(kind, "look", **ids)
        for name, value in wanted.items():
            if value is not None:
                assert did["changed"][kind.name][name] == did["change_foretold"][kind.name][name] == value
        assert did["change_foretold"]["diff"]["before"] != did["change_foretold"]["diff"]["after"]
    if kind.rename:
        assert did["renamed"].changed == (change is not kind.rename)
        assert did["renamed"][kind.name][kind.key] == kind.rename[kind.key]
    assert one["id"] in [item["id"] for item in did["all"][kind.plural]]

    assert did["absence_foretold"].changed and did["absence_foretold"].writes == []
    assert did["absence_foretold"][kind.name] is None
    steps = ["look", "delete"] if kind.looked_at else ["delete"]
    assert did["gone"].changed and did["gone"].requests == requests_of(kind, *steps, **ids)
    assert not did["gone_again"].changed and not did["gone_by_key"].changed
    assert did["gone_by_key"].requests == requests_of(kind, "find")


def test_what_is_there_is_adopted(play_in, emulator, kind):
    emulator.seed({kind.table: [{"id": 4711, **kind.twin}]})
    adopted, absent = play_in("in_process", [kind.task(**kind.known), kind.task(**kind.known, state="absent")])
    assert not adopted.changed and adopted.requests == requests_of(kind, "find")
    assert absent.changed and absent.requests == requests_of(kind, "find", "delete", id=adopted[kind.name]["id"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.unique], indirect=True, ids=lambda kind: kind.name)
def test_which_of_two_is_not_guessed(play_in, emulator, kind):
    emulator.seed({kind.table: [{"id": number, **kind.twin} for number in (4711, 4712)]})
    steps = play_in(
        "in_process",
        [
            dict(kind.task(**kind.options), ignore_errors=True),
            dict(kind.task(**kind.known, state="absent"), ignore_errors=True),
        ],
    )
    for step in steps:
        assert step.failed and step.writes == []
        assert all(part in step.msg for part in (f"2 {kind.plural.replace('_', ' ')}", "4711", "4712", "give the id"))
