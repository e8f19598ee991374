# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Manage suppressions and tracking opt-outs: addresses, scopes, several addresses at once, and the rate limit."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.client import Client
from ansible_collections.community.mailtrap.plugins.module_utils._api.rate_limits import RateLimiter

SHOP = {"id": 435, "domain_name": "shop.example"}


@dataclass(frozen=True)
class ResourceCase:
    """A resource type under test.

    :ivar scope: the options that a new object needs besides its address.
    """

    name: str
    plural: str
    scope: dict

    @property
    def path(self):
        return f"/api/{self.plural}"

    def task(self, **options):
        return {f"community.mailtrap.{self.name}": options}

    def failing_task(self, **options):
        return dict(self.task(**options), ignore_errors=True)

    def info(self, **options):
        return {f"community.mailtrap.{self.name}_info": options}


SUPPRESSION = ResourceCase("suppression", "suppressions", {"domain": "shop.example", "sending_stream": "bulk"})
OPT_OUT = ResourceCase("tracking_opt_out", "tracking_opt_outs", {"domain": "shop.example"})


@pytest.fixture(params=[SUPPRESSION, OPT_OUT], ids=lambda case: case.name)
def case(request, emulator):
    emulator.seed(verified_domains=[SHOP])
    return request.param


@pytest.fixture
def play_once(play_in):
    return functools.partial(play_in, "in_process")


def seed(emulator, case, *rows):
    extra = {"sending_stream": "bulk"} if case is SUPPRESSION else {}
    emulator.seed({case.plural: [{**extra, **row} for row in rows]})


def make_addresses(count):
    return [f"user{number}@example.com" for number in range(count)]


def test_addresses_and_domain_names_are_compared_without_case(play_once, emulator, case):
    seed(emulator, case, {"email": "Ann@Example.com", "domain_id": 435})
    first, second = play_once([case.task(email="ann@EXAMPLE.com", **{**case.scope, "domain": "SHOP.example"})] * 2)
    assert not first.changed and first.requests == [f"GET {case.path}"]
    assert second.entries[0]["query"] == "email=ann%40EXAMPLE.com"


def test_object_of_all_domains(play, emulator, case):
    """Find and delete an object of all domains; only the service itself creates such objects."""
    seed(emulator, case, {"email": "ann@example.com"}, {"email": "ann@example.com", "domain_id": 435})
    ambiguous, all_domains, listed, deleted, created = play(
        [
            case.failing_task(email="ann@example.com", state="absent"),
            case.task(email="ann@example.com", domain=""),
            case.info(domain=""),
            case.task(email="ann@example.com", domain="", state="absent"),
            case.failing_task(email="ann@example.com", **{**case.scope, "domain": ""}),
        ]
    )
    message = f"2 {case.plural.replace('_', ' ')} have the email 'ann@example.com'"
    assert message in ambiguous.msg and "domain" in ambiguous.msg
    assert not all_domains.changed and not all_domains[case.name]["domain_name"]
    assert [obj["id"] for obj in listed[case.plural]] == [all_domains[case.name]["id"]]
    assert deleted.changed and deleted.writes == [f"DELETE {case.path}/{all_domains[case.name]['id']}"]
    assert f"a new {case.name.replace('_', ' ')} needs domain" in created.msg and created.writes == []


def test_creation_requirements(play_once, emulator, case):
    no_identity, no_scope, unknown_domain, invalid = play_once(
        [
            case.failing_task(state="present"),
            case.failing_task(email="ann@example.com"),
            case.failing_task(email="ann@example.com", **{**case.scope, "domain": "none.example"}),
            case.failing_task(email="ann at example.com", **case.scope),
        ]
    )
    noun = case.name.replace("_", " ")
    assert no_identity.msg == "one of the following is required: id, email, emails"
    needed = "domain and sending_stream" if case is SUPPRESSION else "domain"
    assert no_scope.msg == f"Could not create {noun} 'ann@example.com': a new {noun} needs {needed}"
    assert unknown_domain.msg == f"Could not create {noun} 'ann@example.com': there is no domain 'none.example'"
    assert invalid.msg.endswith("email 'ann at example.com' is not an e-mail address, such as ann@example.com")
    assert not invalid.requests and not any(step.writes for step in (no_scope, unknown_domain))


def test_check_mode_assumes_that_the_domain_exists(play_once, case):
    single, several = play_once(
        [
            case.task(email="ann@example.com", **{**case.scope, "domain": "new.example"}),
            case.task(emails=make_addresses(3), **{**case.scope, "domain": "new.example"}),
        ],
        "--check",
    )
    warning = "There is no domain 'new.example'; check mode assumes that an earlier task would create it."
    assert single.changed and several.changed and single["warnings"] == several["warnings"] == [warning]
    assert single.writes == several.writes == []


def test_type_and_stream_of_a_suppression(play_once, emulator):
    emulator.seed(verified_domains=[SHOP])
    options = {"email": "ann@example.com", **SUPPRESSION.scope, "type": "hard bounce"}
    created, other_type, other_stream, listed, none_listed, any_stream = play_once(
        [
            dict(SUPPRESSION.task(**options), register="created"),
            SUPPRESSION.task(**{**options, "type": "unsubscription"}),
            SUPPRESSION.failing_task(id="{{ created.suppression.id }}", sending_stream="transactional"),
            SUPPRESSION.info(type="hard bounce", sending_stream="bulk"),
            SUPPRESSION.info(type="unsubscription"),
            SUPPRESSION.failing_task(email="new@example.com", domain="shop.example", sending_stream="any"),
        ]
    )
    body = {"email": "ann@example.com", "domain_id": 435, "sending_stream": "bulk", "type": "hard bounce"}
    assert created.entries[-1]["body"] == body and created["suppression"]["type"] == "hard bounce"
    # The address is suppressed already, so its type does not matter.
    assert not other_type.changed and other_type["suppression"]["type"] == "hard bounce"
    assert other_stream.msg.endswith("sending_stream of a suppression cannot be changed from 'bulk' to 'transactional'")
    assert other_stream.writes == [] and [len(step["suppressions"]) for step in (listed, none_listed)] == [1, 0]
    assert (
        "sending_stream 'any' only selects existing suppressions, because only Mailtrap can create them"
        in any_stream.msg
    )
    assert not any_stream.writes


def test_viewer_cannot_write(play_once, emulator, case):
    emulator.seed(api_tokens=[{"name": "viewer", "token": "viewer", "access_level": 10}])
    (step,) = play_once(
        [case.failing_task(emails=make_addresses(2), **case.scope)], environment={"MAILTRAP_API_TOKEN": "viewer"}
    )
    nouns = "suppressions" if case is SUPPRESSION else "tracking opt-outs"
    required_access = f"{nouns} can only be managed with an API token that has admin access to the domain"
    assert f"the API token has no access to this: Account access forbidden; {required_access}; none of 2 " in step.msg
    assert not step.changed and step["emails"] == []


def test_several_addresses(play, emulator, case):
    seed(emulator, case, {"email": "USER1@example.com", "domain_id": 435}, {"email": "other@example.com"})
    wanted = ["user0@example.com", "user1@example.com", "User0@example.com", "user2@example.com"]
    predicted, created, again, deleted, deleted_again, single, empty = play(
        [
            dict(case.task(emails=wanted, **case.scope), check_mode=True),
            case.task(emails=wanted, **case.scope),
            case.task(emails=wanted, **case.scope),
            case.task(emails=wanted, **case.scope, state="absent"),
            case.task(emails=wanted, **case.scope, state="absent"),
            case.task(emails=wanted[:1], **case.scope),
            case.task(emails=[], **case.scope),
        ],
        "--diff",
    )
    listing, domains = f"GET {case.path}", "GET /api/domains"
    assert predicted.requests == [listing, domains] and predicted.changed
    assert [entry["changed"] for entry in predicted["emails"]] == [True, False, True]
    assert created.requests == [listing, domains, *[f"POST {case.path}"] * 2]
    assert [entry["email"] for entry in created["emails"]] == [wanted[0], wanted[1], wanted[3]]
    assert [entry["changed"] for entry in created["emails"]] == [True, False, True]
    assert all(entry[case.name]["domain_name"] == "shop.example" for entry in created["emails"])
    assert list(created["diff"]["after"]) == [wanted[0], wanted[3]] and created["diff"]["before"] == {}
    assert created["diff"]["after"][wanted[0]]["domain_name"] == "shop.example"
    assert created["rate_limit_wait"] == 0
    assert not again.changed and again.requests == [listing] and again["diff"] == {"before": {}, "after": {}}
    assert len(deleted["diff"]["before"]) == 3 and deleted["diff"]["after"] == {}
    assert deleted.changed and len(deleted.writes) == 3
    assert deleted["emails"][0] == {"email": wanted[0], "changed": True, case.name: None}
    assert not deleted_again.changed and deleted_again.requests == [listing]
    assert single.entries[0]["query"] == "email=user0%40example.com"
    assert not empty.changed and empty.requests == [] and empty["emails"] == []


def test_list_of_several_pages_is_read_once(play_once, emulator, case):
    seed(emulator, case, *({"email": f"old{number}@example.com", "domain_id": 435} for number in range(2500)))
    (step,) = play_once([case.task(emails=["old7@example.com", "new@example.com"], **case.scope)])
    assert step.requests == [*[f"GET {case.path}"] * 3, "GET /api/domains", f"POST {case.path}"]
    assert [entry["changed"] for entry in step["emails"]] == [False, True]


def test_invalid_address_prevents_all_changes(play_once, emulator, case):
    seed(emulator, case, {"email": "two@example.com"}, {"email": "two@example.com", "domain_id": 435})
    invalid, ambiguous = play_once(
        [
            case.failing_task(emails=["a@example.com", "b", "c d@example.com"], **case.scope),
            case.failing_task(emails=["a@example.com", "two@example.com"], state="absent"),
        ]
    )
    hint = "is not an e-mail address, such as ann@example.com"
    assert invalid.msg == (
        f"Could not manage the {case.plural.replace('_', ' ')}: email 'b' {hint}; email 'c d@example.com' {hint}"
    )
    assert invalid.requests == [] and ambiguous.writes == [] and "'two@example.com'" in ambiguous.msg


def test_failure_reports_the_earlier_changes(play, emulator, case):
    seed(emulator, case, {"email": "user0@example.com", "domain_id": 435})
    errors = {"errors": {"email": ["is invalid"]}}
    emulator.fault(method="POST", path=case.path, skip=2, times=1, status=422, json=errors)
    failed, again = play(
        [case.failing_task(emails=make_addresses(6), **case.scope), case.task(emails=make_addresses(6), **case.scope)]
    )
    plural_noun = case.plural.replace("_", " ")
    assert failed.failed and failed.changed
    assert failed.msg == (
        f"Could not create {case.name.replace('_', ' ')} 'user3@example.com': email is invalid; "
        f"2 of 5 {plural_noun} had been changed by then (HTTP 422 for POST {case.path})"
    )
    assert [(entry["email"], entry["changed"]) for entry in failed["emails"]] == [
        ("user0@example.com", False),
        ("user1@example.com", True),
        ("user2@example.com", True),
    ]
    assert all(entry[case.name]["id"] for entry in failed["emails"]) and failed["rate_limit_wait"] == 0
    assert [entry["changed"] for entry in again["emails"]] == [False] * 3 + [True] * 3


def test_creation_with_a_lost_answer_is_not_repeated(play_once, emulator, case):
    emulator.fault(method="POST", path=case.path, skip=1, times=1, drop=True, when="after")
    (step,) = play_once([case.task(emails=make_addresses(3), **case.scope)])
    assert step.changed and all(entry[case.name]["id"] for entry in step["emails"])
    assert step.writes == [f"POST {case.path}"] * 3


def test_wait_for_the_rate_limit_is_reported(play_once, emulator, case):
    emulator.fault(method="POST", path=case.path, skip=1, times=1, status=429, headers={"Retry-After": "1"})
    (step,) = play_once([case.task(emails=make_addresses(3), **case.scope)])
    assert step.changed and step["rate_limit_wait"] == 1.0 and step.writes == [f"POST {case.path}"] * 4


def test_mutually_exclusive_options(play_once, case):
    both, by_id = play_once(
        [
            case.failing_task(email="a@example.com", emails=["b@example.com"]),
            case.failing_task(id="x", emails=["b@example.com"]),
        ]
    )
    assert both.msg == "parameters are mutually exclusive: email|emails" and not both.requests
    assert by_id.msg == "parameters are mutually exclusive: id|emails" and not by_id.requests


class FakeTime:
    """A simulated time that the emulator's clock follows."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.now = 0.0
        emulator.clock(frozen=True)

    def sleep(self, seconds):
        self.now += seconds
        self.emulator.clock(advance=seconds)


def test_client_stays_below_the_rate_limits(emulator):
    """Send more requests than 10 suppressions in a minute and 150 in 10 s allow: real HTTP, simulated time."""
    emulator.seed(verified_domains=[SHOP])
    emulator.limits(rate_limits="on")
    emulator.clear_journal()
    time = FakeTime(emulator)
    rate_limiter = RateLimiter(lambda: time.now)
    client = Client(emulator.token, emulator.api_url, retries=0, sleep=time.sleep, rate_limiter=rate_limiter)
    for email in make_addresses(35):
        client.request("POST", "/api/suppressions", {"email": email, "domain_id": 435, "sending_stream": "bulk"})
    assert 180 < client.seconds_waited == time.now < 182
    for _number in range(450):
        client.get("/api/projects")
    assert time.now < 182 + 31
    statuses = [entry["status"] for entry in emulator.journal()]
    assert len(statuses) == 485 and not set(statuses) - {200, 201}


def test_info(play, emulator, case):
    rows = [{"email": f"old{number}@example.com", "domain_id": 435} for number in range(1500)]
    seed(emulator, case, *({**row, "created_at": "2026-01-02T00:00:00Z"} for row in rows))
    seed(emulator, case, {"email": "new@example.com", "domain_id": 435, "created_at": "2026-03-01T00:00:00Z"})
    everything, limited, by_email, period, none, by_id = play(
        [
            dict(case.info(), register="everything"),
            case.info(limit=3),
            case.info(email="OLD7@example.com", domain="shop.example"),
            case.info(start_time="2026-02-01", end_time="2026-03-01T01:00:00+01:00"),
            case.info(domain="other.example"),
            case.info(id=f"{{{{ everything.{case.plural}[0].id }}}}"),
        ]
    )
    found = [step[case.plural] for step in (everything, limited, by_email, period, none, by_id)]
    assert [len(objects) for objects in found] == [1501, 3, 1, 1, 0, 1]
    assert [len(step.requests) for step in (everything, limited, by_email, period)] == [2, 1, 1, 1]
    assert found[0][0]["email"] == found[1][0]["email"] == found[3][0]["email"] == found[5][0]["email"]
    assert by_email.entries[0]["query"] == "email=OLD7%40example.com"
    assert period.entries[0]["query"] == "start_time=2026-02-01T00%3A00%3A00Z&end_time=2026-03-01T00%3A00%3A00Z"


@pytest.mark.parametrize(
    "options, message",
    [
        ({"start_time": "soon"}, "start_time 'soon' is not a valid time: use ISO 8601, such as 2026-01-31T12:00:00Z"),
        ({"start_time": "1h", "end_time": "2h"}, "start_time must not be later than end_time"),
        ({"limit": 0}, "limit must be at least 1, not 0"),
    ],
)
def test_invalid_info_options_fail_before_any_request(play_once, options, message):
    (step,) = play_once([dict(SUPPRESSION.info(**options), ignore_errors=True)])
    assert message in step.msg and step.requests == []


def test_legacy_names_and_older_paths(play_once, emulator):
    emulator.seed(verified_domains=[SHOP])
    options = {"sending_domain": "shop.example", "sending_stream": "bulk"}
    created, listed = play_once(
        [SUPPRESSION.task(email="ann@example.com", **options), SUPPRESSION.info(sending_domain="shop.example")],
        environment={"MAILTRAP_ACCOUNT_ID": str(emulator.account_id)},
    )
    scope = f"/api/accounts/{emulator.account_id}"
    assert created.requests == [
        f"GET {scope}/suppressions",
        f"GET {scope}/sending_domains",
        f"POST {scope}/suppressions",
    ]
    assert listed["suppressions"] == [created["suppression"]] and json.dumps(listed.result)
