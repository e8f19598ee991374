# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a domain becomes one that may send: its DNS records are looked at, then its compliance (facts 3.11).

Nothing here runs by itself. Whoever reads a domain first lets :func:`settle` do what was due by the emulator's clock.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ..state.clock import iso_ms
from ..state.store import Row
from ..state.world import World

# Seconds between two looks at a domain's DNS, and how long a review takes.
LOOK_EVERY = 3600
REVIEW_TAKES = 120

PASS, FAIL, MISSING, NETWORK_ERROR = "pass", "fail", "missing", "network_error"
RECORD_STATUSES = (PASS, FAIL, "unchecked", MISSING, "softfail", NETWORK_ERROR)

DEMO, UNVERIFIED, UNINFORMED, REVIEWED, COMPLIANT = (
    "demo",
    "unverified_dns",
    "missing_company_info",
    "under_review",
    "compliant",
)
COMPLIANCE_STATUSES = (
    DEMO,
    "demo_exhausted",
    UNVERIFIED,
    UNINFORMED,
    REVIEWED,
    "awaiting_questionnaire",
    "awaiting_card_verification",
    "non_compliant",
    COMPLIANT,
    "suspended",
)

DMARC = (
    "v=DMARC1; p=none; rua=mailto:dmarc@smtp-staging.mailtrap.net; "
    "ruf=mailto:dmarc@smtp-staging.mailtrap.net; rf=afrf; pct=100"
)
# Key, type, left part of the name and value; the left part of the first one is the domain's own.
RECORDS = (
    ("verification", "CNAME", None, "smtp.mailtrap.live"),
    ("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1.dkim.smtp.mailtrap.live"),
    ("dkim2", "CNAME", "rwmt2._domainkey", "rwmt2.dkim.smtp.mailtrap.live"),
    ("dmarc", "TXT", "_dmarc", DMARC),
    ("link_verification", "CNAME", "mt-link", "t.mailtrap.live"),
)


def all_records(status: str) -> dict[str, str]:
    """This status for every record, by the records' keys."""
    return {key: status for key, *_ in RECORDS}


def dns_records(domain: Row) -> list[dict[str, str]]:
    """The records that the domain must have, in the wire form, with what the last look found."""
    return [
        {
            "key": key,
            "domain": f"{name or domain['verification_name']}.{domain['domain_name']}",
            "type": kind,
            "value": value,
            "status": domain["dns_statuses"][key],
            "name": name or domain["verification_name"],
        }
        for key, kind, name, value in RECORDS
    ]


def can_send(domain: Row) -> bool:
    """Whether live mail may leave from the domain: verified and compliant, or a demo domain that is not used up."""
    if domain["demo"]:
        return domain["compliance_status"] == DEMO
    return domain["dns_verified"] and domain["compliance_status"] == COMPLIANT


def is_verified(domain: Row, found: dict[str, str]) -> bool:
    """Whether a look verifies the domain: all records pass. A server that does not answer proves nothing."""
    statuses = set(found.values())
    return domain["dns_verified"] if statuses - {PASS} == {NETWORK_ERROR} else statuses == {PASS}


def verification_changes(domain: Row, found: dict[str, str], moment: float, is_informed: bool) -> dict[str, Any]:
    """What a look at ``moment`` (seconds since the epoch) that found these statuses changes about the domain.

    ``is_informed``: the account has given its company info. The states that wait for people stay as they are.
    """
    changes: dict[str, Any] = {"dns_statuses": found}
    verified = is_verified(domain, found)
    if verified == domain["dns_verified"]:
        return changes
    changes["dns_verified"] = verified
    if verified:
        changes["dns_verified_at"] = iso_ms(datetime.fromtimestamp(moment, UTC))
        if domain["compliance_status"] == UNVERIFIED:
            changes |= compliance_changes(REVIEWED if is_informed else UNINFORMED, moment)
    elif domain["compliance_status"] in (UNINFORMED, REVIEWED, COMPLIANT):
        changes |= compliance_changes(UNVERIFIED, moment)
    return changes


def compliance_changes(status: str, moment: float) -> dict[str, Any]:
    """The fields that say that a domain has this compliance status since ``moment``."""
    return {"compliance_status": status, "compliance_since": moment}


def has_passed(since: float, seconds: float, now: float) -> bool:
    """Whether a time is over. A clock that was set back must not hold things up for years."""
    return not since <= now < since + seconds


def settle_domains(world: World, domains: Iterable[Row]) -> None:
    """Let happen to the domains what was due by now: the hourly looks, then the end of a review.

    Several looks that were missed are one, as all of them find the same: the first one is when things changed.
    """
    now, update = world.clock.time(), world.store["domains"].update
    domains = list(domains)
    due = [one for one in domains if not one["demo"] and has_passed(one["dns_looked_at"], LOOK_EVERY, now)]
    for domain, found in zip(due, look_up_records(world, due), strict=True):
        waited = now - domain["dns_looked_at"]
        first, last = (now, now) if waited < 0 else (domain["dns_looked_at"] + LOOK_EVERY, now - waited % LOOK_EVERY)
        update(domain, **verification_changes(domain, found, first, is_informed(world, domain)), dns_looked_at=last)
    for domain in domains:
        since = domain["compliance_since"]
        if domain["compliance_status"] == REVIEWED and has_passed(since, REVIEW_TAKES, now):
            update(domain, **compliance_changes(COMPLIANT, min(now, since + REVIEW_TAKES)))


def check_dns_now(world: World, domain: Row) -> None:
    """Look at the domain's DNS before its time, as the button in the service's pages does."""
    now = world.clock.time()
    (found,) = look_up_records(world, [domain])
    changes = verification_changes(domain, found, now, is_informed(world, domain))
    world.store["domains"].update(domain, **changes, dns_looked_at=now)


def look_up_records(world: World, domains: list[Row]) -> list[dict[str, str]]:
    """What the DNS holds for each domain, as record statuses by key.

    What the control plane has told of a domain comes first, then the DNS server, and without one there is nothing.
    """
    found = {domain["id"]: domain["dns"] or all_records(MISSING) for domain in domains}
    asked = [(domain["id"], record) for domain in domains if domain["dns"] is None for record in dns_records(domain)]
    if world.look_up_dns is not None and asked:
        answers = world.look_up_dns([record for _, record in asked])
        for (key, record), status in zip(asked, answers, strict=True):
            found[key][record["key"]] = status
    return list(found.values())


def is_informed(world: World, domain: Row) -> bool:
    return world.store["company_infos"].get(domain["account_id"]) is not None


def on_company_info(world: World, account_id: int) -> None:
    """The account has given its company info: what waited for it goes on to the review."""
    for domain in world.store["domains"].select("account", account_id):
        if domain["compliance_status"] == UNINFORMED:
            world.store["domains"].update(domain, **compliance_changes(REVIEWED, world.clock.time()))
