# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What suppressions and tracking opt-outs have in common: addresses, scopes, many at once, and what that costs."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.client import Client
from ansible_collections.community.mailtrap.plugins.module_utils._api.rate_limits import RateLimiter

SHOP = {"id": 435, "domain_name": "shop.example"}


@dataclass(frozen=True)
class Kind:
    """One of the two. :ivar scope: dict, what a new one needs besides its address."""

    name: str
    plural: str
    scope: dict

    @property
    def path(self):
        return f"/api/{self.plural}"

    def task(self, **options):
        return {f"community.mailtrap.{self.name}": options}

    def refused(self, **options):
        return dict(self.task(**options), ignore_errors=True)

    def info(self, **options):
        return {f"community.mailtrap.{self.name}_info": options}


SUPPRESSION = Kind("suppression", "suppressions", {"domain": "shop.example", "sending_stream": "bulk"})
OPT_OUT = Kind("tracking_opt_out", "tracking_opt_outs", {"domain": "shop.example"})


@pytest.fixture(params=[SUPPRESSION, OPT_OUT], ids=lambda kind: kind.name)
def kind(request, emulator):
    emulator.seed(verified_domains=[SHOP])
    return request.param


@pytest.fixture
def play_once(play_in):
    return functools.partial(play_in, "in_process")


def seed(emulator, kind, *rows):
    extra = {"sending_stream": "bulk"} if kind is SUPPRESSION else {}
    emulator.seed({kind.plural: [{**extra, **row} for row in rows]})


def addresses(count):
    return [f"user{number}@example.com" for number in range(count)]


def test_an_address_has_no_case_and_a_domain_is_known_by_its_name(play_once, emulator, kind):
    seed(emulator, kind, {"email": "Ann@Example.com", "domain_id": 435})
    same, queries = play_once([kind.task(email="ann@EXAMPLE.com", **{**kind.scope, "domain": "SHOP.example"})] * 2)
    assert not same.changed and same.requests == [f"GET {kind.path}"]
    assert queries.entries[0]["query"] == "email=ann%40EXAMPLE.com"


def test_what_is_about_all_domains(play, emulator, kind):
    """The service alone makes it. It is found, and can go, but none is made."""
    seed(emulator, kind, {"email": "ann@example.com"}, {"email": "ann@example.com", "domain_id": 435})
    which, all_domains, listed, gone, new = play(
        [
            kind.refused(email="ann@example.com", state="absent"),
            kind.task(email="ann@example.com", domain=""),
            kind.info(domain=""),
            kind.task(email="ann@example.com", domain="", state="absent"),
            kind.refused(email="ann@example.com", **{**kind.scope, "domain": ""}),
        ]
    )
    assert f"2 {kind.plural.replace('_', ' ')} are called 'ann@example.com'" in which.msg and "domain" in which.msg
    assert not all_domains.changed and not all_domains[kind.name]["domain_name"]
    assert [one["id"] for one in listed[kind.plural]] == [all_domains[kind.name]["id"]]
    assert gone.changed and gone.writes == [f"DELETE {kind.path}/{all_domains[kind.name]['id']}"]
    assert f"a new {kind.name.replace('_', ' ')} needs domain" in new.msg and new.writes == []


def test_what_a_new_one_needs(play_once, emulator, kind):
    nothing, no_scope, no_domain, bad = play_once(
        [
            kind.refused(state="present"),
            kind.refused(email="ann@example.com"),
            kind.refused(email="ann@example.com", **{**kind.scope, "domain": "none.example"}),
            kind.refused(email="ann at example.com", **kind.scope),
        ]
    )
    noun = kind.name.replace("_", " ")
    assert nothing.msg == "one of the following is required: id, email, emails"
    needed = "domain and sending_stream" if kind is SUPPRESSION else "domain"
    assert no_scope.msg == f"Could not create {noun} 'ann@example.com': a new {noun} needs {needed}"
    assert no_domain.msg == f"Could not create {noun} 'ann@example.com': there is no domain 'none.example'"
    assert bad.msg.endswith("email 'ann at example.com' is not an e-mail address, such as ann@example.com")
    assert not bad.requests and not any(step.writes for step in (no_scope, no_domain))


def test_check_mode_when_an_earlier_task_would_make_the_domain(play_once, kind):
    one, many = play_once(
        [
            kind.task(email="ann@example.com", **{**kind.scope, "domain": "new.example"}),
            kind.task(emails=addresses(3), **{**kind.scope, "domain": "new.example"}),
        ],
        "--check",
    )
    warning = "There is no domain 'new.example'; check mode takes it that an earlier task would have made it."
    assert one.changed and many.changed and one["warnings"] == many["warnings"] == [warning]
    assert one.writes == many.writes == []


def test_the_words_of_a_suppression(play_once, emulator):
    emulator.seed(verified_domains=[SHOP])
    options = {"email": "ann@example.com", **SUPPRESSION.scope, "type": "hard bounce"}
    made, other_type, other_stream, listed, unlisted, any_stream = play_once(
        [
            dict(SUPPRESSION.task(**options), register="made"),
            SUPPRESSION.task(**{**options, "type": "unsubscription"}),
            SUPPRESSION.refused(id="{{ made.suppression.id }}", sending_stream="transactional"),
            SUPPRESSION.info(type="hard bounce", sending_stream="bulk"),
            SUPPRESSION.info(type="unsubscription"),
            SUPPRESSION.refused(email="new@example.com", domain="shop.example", sending_stream="any"),
        ]
    )
    body = {"email": "ann@example.com", "domain_id": 435, "sending_stream": "bulk", "type": "hard bounce"}
    assert made.entries[-1]["body"] == body and made["suppression"]["type"] == "hard bounce"
    # The address is suppressed, which is what was asked for.
    assert not other_type.changed and other_type["suppression"]["type"] == "hard bounce"
    assert other_stream.msg.endswith(
        "sending_stream of a suppression cannot be changed: it is 'bulk', not 'transactional'"
    )
    assert other_stream.writes == [] and [len(step["suppressions"]) for step in (listed, unlisted)] == [1, 0]
    assert "sending_stream 'any' is there to find what the service made" in any_stream.msg and not any_stream.writes


def test_a_viewer_cannot_write(play_once, emulator, kind):
    emulator.seed(api_tokens=[{"name": "viewer", "token": "viewer", "access_level": 10}])
    (step,) = play_once([kind.refused(emails=addresses(2), **kind.scope)], environment={"MAILTRAP_API_TOKEN": "viewer"})
    need = f"{kind.plural.replace('_', ' ')} are made and lifted with a token that is an admin of the domain"
    assert f"the API token has no access to this: Account access forbidden; {need}; of 2 " in step.msg
    assert not step.changed and step["emails"] == []


def test_many_at_once(play, emulator, kind):
    seed(emulator, kind, {"email": "USER1@example.com", "domain_id": 435}, {"email": "other@example.com"})
    wanted = ["user0@example.com", "user1@example.com", "User0@example.com", "user2@example.com"]
    foretold, done, again, gone, gone_again, one, none = play(
        [
            dict(kind.task(emails=wanted, **kind.scope), check_mode=True),
            kind.task(emails=wanted, **kind.scope),
            kind.task(emails=wanted, **kind.scope),
            kind.task(emails=wanted, **kind.scope, state="absent"),
            kind.task(emails=wanted, **kind.scope, state="absent"),
            kind.task(emails=wanted[:1], **kind.scope),
            kind.task(emails=[], **kind.scope),
        ],
        "--diff",
    )
    listing, domains = f"GET {kind.path}", "GET /api/domains"
    assert foretold.requests == [listing, domains] and foretold.changed
    assert [entry["changed"] for entry in foretold["emails"]] == [True, False, True]
    assert done.requests == [listing, domains, *[f"POST {kind.path}"] * 2]
    assert [entry["email"] for entry in done["emails"]] == [wanted[0], wanted[1], wanted[3]]
    assert [entry["changed"] for entry in done["emails"]] == [True, False, True]
    assert all(entry[kind.name]["domain_name"] == "shop.example" for entry in done["emails"])
    assert list(done["diff"]["after"]) == [wanted[0], wanted[3]] and done["diff"]["before"] == {}
    assert done["diff"]["after"][wanted[0]]["domain_name"] == "shop.example"
    assert done["rate_limit_wait"] == 0
    assert not again.changed and again.requests == [listing] and again["diff"] == {"before": {}, "after": {}}
    assert len(gone["diff"]["before"]) == 3 and gone["diff"]["after"] == {}
    assert (
        gone.changed
        and len(gone.writes) == 3
        and gone["emails"][0]
        == {
            "email": wanted[0],
            "changed": True,
            kind.name: None,
        }
    )
    assert not gone_again.changed and gone_again.requests == [listing]
    assert one.entries[0]["query"] == "email=user0%40example.com"
    assert not none.changed and none.requests == [] and none["emails"] == []


def test_a_list_of_many_pages_is_read_once(play_once, emulator, kind):
    seed(emulator, kind, *({"email": f"old{number}@example.com", "domain_id": 435} for number in range(2500)))
    (step,) = play_once([kind.task(emails=["old7@example.com", "new@example.com"], **kind.scope)])
    assert step.requests == [*[f"GET {kind.path}"] * 3, "GET /api/domains", f"POST {kind.path}"]
    assert [entry["changed"] for entry in step["emails"]] == [False, True]


def test_nothing_is_changed_when_one_address_is_wrong(play_once, emulator, kind):
    seed(emulator, kind, {"email": "two@example.com"}, {"email": "two@example.com", "domain_id": 435})
    bad, ambiguous = play_once(
        [
            kind.refused(emails=["a@example.com", "b", "c d@example.com"], **kind.scope),
            kind.refused(emails=["a@example.com", "two@example.com"], state="absent"),
        ]
    )
    hint = "is not an e-mail address, such as ann@example.com"
    assert bad.msg == (
        f"Could not manage the {kind.plural.replace('_', ' ')}: email 'b' {hint}; email 'c d@example.com' {hint}"
    )
    assert bad.requests == [] and ambiguous.writes == [] and "'two@example.com'" in ambiguous.msg


def test_a_failure_in_the_middle_says_what_was_done(play, emulator, kind):
    seed(emulator, kind, {"email": "user0@example.com", "domain_id": 435})
    errors = {"errors": {"email": ["is invalid"]}}
    emulator.fault(method="POST", path=kind.path, skip=2, times=1, status=422, json=errors)
    failed, again = play(
        [kind.refused(emails=addresses(6), **kind.scope), kind.task(emails=addresses(6), **kind.scope)]
    )
    many = kind.plural.replace("_", " ")
    assert failed.failed and failed.changed
    assert failed.msg == (
        f"Could not create {kind.name.replace('_', ' ')} 'user3@example.com': email is invalid; "
        f"of 5 {many} to change, 2 had been changed before (HTTP 422 for POST {kind.path})"
    )
    assert [(entry["email"], entry["changed"]) for entry in failed["emails"]] == [
        ("user0@example.com", False),
        ("user1@example.com", True),
        ("user2@example.com", True),
    ]
    assert all(entry[kind.name]["id"] for entry in failed["emails"]) and failed["rate_limit_wait"] == 0
    assert [entry["changed"] for entry in again["emails"]] == [False] * 3 + [True] * 3


def test_a_lost_answer_in_the_middle_makes_nothing_twice(play_once, emulator, kind):
    emulator.fault(method="POST", path=kind.path, skip=1, times=1, drop=True, when="after")
    (step,) = play_once([kind.task(emails=addresses(3), **kind.scope)])
    assert step.changed and all(entry[kind.name]["id"] for entry in step["emails"])
    assert step.writes == [f"POST {kind.path}"] * 3


def test_a_refusal_for_the_rate_is_waited_for_and_told(play_once, emulator, kind):
    emulator.fault(method="POST", path=kind.path, skip=1, times=1, status=429, headers={"Retry-After": "1"})
    (step,) = play_once([kind.task(emails=addresses(3), **kind.scope)])
    assert step.changed and step["rate_limit_wait"] == 1.0 and step.writes == [f"POST {kind.path}"] * 4


def test_options_that_exclude_each_other(play_once, kind):
    both, by_id = play_once(
        [kind.refused(email="a@example.com", emails=["b@example.com"]), kind.refused(id="x", emails=["b@example.com"])]
    )
    assert both.msg == "parameters are mutually exclusive: email|emails" and not both.requests
    assert by_id.msg == "parameters are mutually exclusive: id|emails" and not by_id.requests


class Time:
    """A time of the test's own, that the emulator's clock goes along with."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.now = 0.0
        emulator.clock(frozen=True)

    def sleep(self, seconds):
        self.now += seconds
        self.emulator.clock(advance=seconds)


def test_the_service_need_not_refuse_anything(emulator):
    """Ten in a minute, and 150 in ten seconds: over real HTTP, in a time that does not have to be waited for."""
    emulator.seed(verified_domains=[SHOP])
    emulator.limits(rate_limits="on")
    emulator.clear_journal()
    time = Time(emulator)
    rate_limiter = RateLimiter(lambda: time.now)
    client = Client(emulator.token, emulator.api_url, retries=0, sleep=time.sleep, rate_limiter=rate_limiter)
    for email in addresses(35):
        client.request("POST", "/api/suppressions", {"email": email, "domain_id": 435, "sending_stream": "bulk"})
    assert 180 < client.seconds_waited == time.now < 182
    for _number in range(450):
        client.get("/api/projects")
    assert time.now < 182 + 31
    answers = [entry["status"] for entry in emulator.journal()]
    assert len(answers) == 485 and not set(answers) - {200, 201}


def test_info(play, emulator, kind):
    rows = [{"email": f"old{number}@example.com", "domain_id": 435} for number in range(1500)]
    seed(emulator, kind, *({**row, "created_at": "2026-01-02T00:00:00Z"} for row in rows))
    seed(emulator, kind, {"email": "new@example.com", "domain_id": 435, "created_at": "2026-03-01T00:00:00Z"})
    every, some, by_email, period, none, by_id = play(
        [
            dict(kind.info(), register="every"),
            kind.info(limit=3),
            kind.info(email="OLD7@example.com", domain="shop.example"),
            kind.info(start_time="2026-02-01", end_time="2026-03-01T01:00:00+01:00"),
            kind.info(domain="other.example"),
            kind.info(id=f"{{{{ every.{kind.plural}[0].id }}}}"),
        ]
    )
    found = [step[kind.plural] for step in (every, some, by_email, period, none, by_id)]
    assert [len(one) for one in found] == [1501, 3, 1, 1, 0, 1]
    assert [len(step.requests) for step in (every, some, by_email, period)] == [2, 1, 1, 1]
    assert found[0][0]["email"] == found[1][0]["email"] == found[3][0]["email"] == found[5][0]["email"]
    assert by_email.entries[0]["query"] == "email=OLD7%40example.com"
    assert period.entries[0]["query"] == "start_time=2026-02-01T00%3A00%3A00Z&end_time=2026-03-01T00%3A00%3A00Z"


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"start_time": "soon"}, "start_time 'soon' is not a valid time: use ISO 8601, such as 2026-01-31T12:00:00Z"),
        ({"start_time": "1h", "end_time": "2h"}, "start_time must not be later than end_time"),
        ({"limit": 0}, "limit must be at least 1, not 0"),
    ],
)
def test_what_info_cannot_do(play_once, options, sentence):
    (step,) = play_once([dict(SUPPRESSION.info(**options), ignore_errors=True)])
    assert sentence in step.msg and step.requests == []


def test_former_words(play_once, emulator):
    emulator.seed(verified_domains=[SHOP])
    options = {"sending_domain": "shop.example", "sending_stream": "bulk"}
    made, listed = play_once(
        [SUPPRESSION.task(email="ann@example.com", **options), SUPPRESSION.info(sending_domain="shop.example")],
        environment={"MAILTRAP_ACCOUNT_ID": str(emulator.account_id)},
    )
    scope = f"/api/accounts/{emulator.account_id}"
    assert made.requests == [f"GET {scope}/suppressions", f"GET {scope}/sending_domains", f"POST {scope}/suppressions"]
    assert listed["suppressions"] == [made["suppression"]] and json.dumps(listed.result)
