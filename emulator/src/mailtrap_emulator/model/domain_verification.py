# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verification of domains: DNS checks and the compliance review (docs/service.md#domains).

Nothing here runs on its own: :func:`settle_domains` catches up, by the emulator's clock, before a domain is read.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from ..state.clock import iso_ms
from ..state.store import Row
from ..state.world import World

# Seconds between two DNS checks of a domain, and duration of a review.
CHECK_INTERVAL = 3600
REVIEW_SECONDS = 120

PASS, FAIL, MISSING, NETWORK_ERROR = "pass", "fail", "missing", "network_error"
RECORD_STATUSES = (PASS, FAIL, "unchecked", MISSING, "softfail", NETWORK_ERROR)

DEMO, UNVERIFIED, MISSING_COMPANY_INFO, UNDER_REVIEW, COMPLIANT = (
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
    MISSING_COMPANY_INFO,
    UNDER_REVIEW,
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
# Key, type, name within the domain, and value. The name of the first record is the verification_name of the domain.
RECORDS = (
    ("verification", "CNAME", None, "smtp.mailtrap.live"),
    ("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1.dkim.smtp.mailtrap.live"),
    ("dkim2", "CNAME", "rwmt2._domainkey", "rwmt2.dkim.smtp.mailtrap.live"),
    ("dmarc", "TXT", "_dmarc", DMARC),
    ("link_verification", "CNAME", "mt-link", "t.mailtrap.live"),
)


def make_record_statuses(status: str) -> dict[str, str]:
    """Return a dict with this status for every record, by record key."""
    return {key: status for key, *_ in RECORDS}


def dns_records(domain: Row) -> list[dict[str, str]]:
    """Return the required DNS records of a domain as the API shows them, with the status of the last check."""
    return [
        {
            "key": key,
            "domain": f"{name or domain['verification_name']}.{domain['domain_name']}",
            "type": record_type,
            "value": value,
            "status": domain["dns_statuses"][key],
            "name": name or domain["verification_name"],
        }
        for key, record_type, name, value in RECORDS
    ]


def can_send(domain: Row) -> bool:
    """Return whether a domain can send live mail: verified and compliant, or a demo domain that is not exhausted."""
    if domain["demo"]:
        return bool(domain["compliance_status"] == DEMO)
    return bool(domain["dns_verified"]) and domain["compliance_status"] == COMPLIANT


def is_verified(domain: Row, statuses: dict[str, str]) -> bool:
    """Return whether a domain is verified after a check with these record statuses: if all records pass.

    If the DNS server did not answer for some records, the result of the previous check stays.
    """
    distinct_statuses = set(statuses.values())
    was_verified: bool = domain["dns_verified"]
    return was_verified if distinct_statuses - {PASS} == {NETWORK_ERROR} else distinct_statuses == {PASS}


def verification_changes(domain: Row, statuses: dict[str, str], checked_at: float, has_company_info: bool) -> Row:
    """Return the fields of a domain that a DNS check with these record statuses changes.

    ``checked_at`` is the time of the check in seconds since the epoch. Compliance statuses that need a decision of a
    person do not change.
    """
    changes: Row = {"dns_statuses": statuses}
    verified = is_verified(domain, statuses)
    if verified == domain["dns_verified"]:
        return changes
    changes["dns_verified"] = verified
    if verified:
        changes["dns_verified_at"] = iso_ms(datetime.fromtimestamp(checked_at, UTC))
        if domain["compliance_status"] == UNVERIFIED:
            changes |= compliance_changes(UNDER_REVIEW if has_company_info else MISSING_COMPANY_INFO, checked_at)
    elif domain["compliance_status"] in (MISSING_COMPANY_INFO, UNDER_REVIEW, COMPLIANT):
        changes |= compliance_changes(UNVERIFIED, checked_at)
    return changes


def compliance_changes(status: str, since: float) -> Row:
    """Return the fields for a compliance status that began at ``since``, in seconds since the epoch."""
    return {"compliance_status": status, "compliance_since": since}


def has_passed(since: float, seconds: float, now: float) -> bool:
    """Return whether a duration has passed. It also has if the clock was set back to before ``since``."""
    return not since <= now < since + seconds


def settle_domains(world: World, domains: Iterable[Row]) -> None:
    """Do what is due for these domains: the hourly DNS checks, then the end of reviews.

    Several missed checks count as one, because they would all find the same. Changes get the time of the first one.
    """
    now, update = world.clock.time(), world.store["domains"].update
    domains = list(domains)
    due = [row for row in domains if not row["demo"] and has_passed(row["dns_looked_at"], CHECK_INTERVAL, now)]
    for domain, statuses in zip(due, look_up_records(world, due), strict=True):
        previous = domain["dns_looked_at"]
        elapsed = now - previous
        first, last = (now, now) if elapsed < 0 else (previous + CHECK_INTERVAL, now - elapsed % CHECK_INTERVAL)
        changes = verification_changes(domain, statuses, first, has_company_info(world, domain))
        update(domain, **changes, dns_looked_at=last)
    for domain in domains:
        since = domain["compliance_since"]
        if domain["compliance_status"] == UNDER_REVIEW and has_passed(since, REVIEW_SECONDS, now):
            update(domain, **compliance_changes(COMPLIANT, min(now, since + REVIEW_SECONDS)))


def check_dns_now(world: World, domain: Row) -> None:
    """Check the DNS of a domain before it is due, as the button in the web interface does."""
    now = world.clock.time()
    (statuses,) = look_up_records(world, [domain])
    changes = verification_changes(domain, statuses, now, has_company_info(world, domain))
    world.store["domains"].update(domain, **changes, dns_looked_at=now)


def look_up_records(world: World, domains: list[Row]) -> list[dict[str, str]]:
    """Return the record statuses of each domain by record key.

    Statuses that the control plane set win over those of the DNS server. Without a server the records are missing.
    """
    statuses_by_domain = {domain["id"]: domain["dns"] or make_record_statuses(MISSING) for domain in domains}
    queries = [(domain["id"], record) for domain in domains if domain["dns"] is None for record in dns_records(domain)]
    if world.look_up_dns is not None and queries:
        answers = world.look_up_dns([record for _, record in queries])
        for (domain_id, record), status in zip(queries, answers, strict=True):
            statuses_by_domain[domain_id][record["key"]] = status
    return list(statuses_by_domain.values())


def has_company_info(world: World, domain: Row) -> bool:
    """Return whether the account of a domain has company info."""
    return world.store["company_infos"].get(domain["account_id"]) is not None


def begin_reviews(world: World, account_id: int) -> None:
    """Move the domains that were waiting for the company info of their account to the review."""
    for domain in world.store["domains"].select("account", account_id):
        if domain["compliance_status"] == MISSING_COMPANY_INFO:
            world.store["domains"].update(domain, **compliance_changes(UNDER_REVIEW, world.clock.time()))
