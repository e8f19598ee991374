# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending domains: creation, deletion, control requests and seeds (docs/service.md#domains)."""

import re
from typing import Any

from ..mail.mime import Mail
from ..state.errors import ControlError
from ..state.seeding import FieldReader, Seed
from ..state.store import Row, TableSpec
from ..state.world import World
from .accounts import find_account_id
from .api_tokens import find_domain_tokens
from .domain_verification import (
    COMPLIANCE_STATUSES,
    COMPLIANT,
    DEMO,
    MISSING,
    PASS,
    RECORD_STATUSES,
    UNVERIFIED,
    check_dns_now,
    compliance_changes,
    dns_records,
    make_record_statuses,
    settle_domains,
    verification_changes,
)
from .permissions import remove_grants

DOMAINS = TableSpec(
    "domains",
    940_000,
    groups={
        "account": lambda row: row["account_id"],
        "name": lambda row: (row["account_id"], row["domain_name"].lower()),
    },
)
TABLES = [DOMAINS]

DEMO_DOMAIN = "demomailtrap.co"
# The flags that a PATCH can set, in the order of the service's answers, with the values of a new domain.
TRACKING_FLAGS = {
    "open_tracking_enabled": True,
    "click_tracking_enabled": False,
    "tracking_opt_out_enabled": False,
    "auto_unsubscribe_link_enabled": False,
    "inbound_enabled": False,
}
# The fields that no operation of the API can set: type and value of a new domain.
SERVICE_SETTINGS: dict[str, tuple[type, Any]] = {
    "health_alerts_enabled": (bool, True),
    "critical_alerts_enabled": (bool, True),
    "alert_recipient_email": (str, None),
    "inbound_verified": (bool, False),
}
DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# The names of the DNS records must not be too long either.
MAX_NAME = 253 - len("rwmt1._domainkey.")


def insert_domain(
    world: World,
    account_id: int,
    domain_name: str,
    *,
    demo: bool = False,
    dns_verified: bool = False,
    dns: dict[str, str] | None = None,
    **fields: Any,
) -> Row:
    """Add a domain.

    ``dns`` are the record statuses that checks find from now on. ``dns_verified`` means that all records pass. Without
    either, the DNS server is asked an hour later.
    """
    now = world.clock.time()
    if demo or dns_verified:
        dns = make_record_statuses(PASS)
    row: Row = {
        "account_id": account_id,
        "domain_name": domain_name,
        **TRACKING_FLAGS,
        **{name: default for name, (_, default) in SERVICE_SETTINGS.items()},
        "demo": demo,
        "verification_name": "demo" if demo else f"mt{world.random.randrange(10, 100)}",
        "dns": dns,
        "dns_statuses": make_record_statuses(MISSING),
        "dns_looked_at": now,
        "dns_verified": False,
        "dns_verified_at": "",
        "compliance_status": UNVERIFIED,
        "compliance_since": now,
    }
    if dns is not None:
        row |= verification_changes(row, dns, now, has_company_info=True)
    if row["dns_verified"]:
        row |= compliance_changes(DEMO if demo else COMPLIANT, now)
    return world.store["domains"].add(row | fields)


def find_domain_by_name(world: World, account_id: int, domain_name: str) -> Row | None:
    """Return the domain of an account with exactly this name, or None. A subdomain is a different domain."""
    domains = world.store["domains"].select("name", (account_id, domain_name.lower()))[:1]
    settle_domains(world, domains)
    return next(iter(domains), None)


def remove_domain(world: World, domain: Row) -> None:
    """Delete a domain, the permissions on it, and the tokens that have no other permission.

    What the service does with these tokens is unknown (docs/service.md#unknowns).
    """
    for token in find_domain_tokens(world, domain["account_id"], domain["id"]):
        world.store["api_tokens"].remove(token)
    world.store["domains"].remove(domain)
    remove_grants(world.store, domain["account_id"], "domain", domain["id"])


def compose_setup_mail(domain: Row, email: str) -> Mail:
    """Return the mail with the DNS records of a domain."""
    lines = [f"{record['type']} {record['domain']} {record['value']}" for record in dns_records(domain)]
    return Mail(
        sender={"email": "no-reply@mailtrap.io", "name": "Mailtrap"},
        to=[{"email": email}],
        cc=[],
        reply_to=None,
        subject=f"DNS records for {domain['domain_name']}",
        text="\n".join([f"Please add these DNS records to {domain['domain_name']}:", "", *lines, ""]),
        html=None,
    )


def is_domain_name(name: str) -> bool:
    """Return whether a lower-case text is a host name with at least two labels, the last of which is not a number."""
    labels = name.split(".")
    has_valid_labels = len(name) <= MAX_NAME and all(map(DNS_LABEL.fullmatch, labels))
    return has_valid_labels and len(labels) > 1 and not labels[-1].isdecimal()


def apply_domain_control(world: World, key: str, item: FieldReader) -> Row:
    """Apply a control request to a domain and return the domain. It changes what the API cannot change.

    ``key`` is the id or the name of the domain. ``dns`` sets what the next check finds; ``check`` checks now.

    :raises ControlError: if the request is invalid or does not identify a single domain.
    """
    domain = find_domain_by_key(world, key)
    settle_domains(world, [domain])
    table = world.store["domains"]
    settings = {name: item.get(name, expected) for name, (expected, _) in SERVICE_SETTINGS.items()}
    dns = parse_dns(item, domain)
    compliance_status = parse_compliance(item)
    check = item.get("check", bool)
    item.reject_unknown()
    table.update(domain, **dns, **{name: value for name, value in settings.items() if value is not None})
    if check:
        check_dns_now(world, domain)
    if compliance_status is not None:
        table.update(domain, **compliance_changes(compliance_status, world.clock.time()))
    return domain


def find_domain_by_key(world: World, key: str) -> Row:
    """Return the domain with this id or name, in any account.

    :raises ControlError: if there is none, or if several have the name.
    """
    rows = [row for row in world.store["domains"] if key in (str(row["id"]), row["domain_name"])]
    if not rows:
        raise ControlError(f"There is no domain {key}.")
    if len(rows) > 1:
        raise ControlError(f"There are several domains {key}; use the id.")
    return rows[0]


def parse_dns(item: FieldReader, domain: Row) -> dict[str, dict[str, str] | None]:
    """Return the ``dns`` field of a domain row, if a control request sets it, else an empty dict.

    ``dns`` is ``ok``, a status for all records, an object with the statuses of some records, or ``server`` for the
    answers of the DNS server.

    :raises ControlError: if a record or a status is unknown.
    """
    value = item.get("dns", str | dict)
    if value is None:
        return {}
    if value == "server":
        return {"dns": None}
    statuses = make_record_statuses(PASS if value == "ok" else value) if isinstance(value, str) else value
    for name, status in statuses.items():
        if name not in domain["dns_statuses"]:
            raise ControlError(
                f"{item.location}: unknown DNS record {name}; known are {', '.join(make_record_statuses(PASS))}."
            )
        if status not in RECORD_STATUSES:
            raise ControlError(
                f"{item.location}: the status of a DNS record must be one of {', '.join(RECORD_STATUSES)}."
            )
    return {"dns": (domain["dns"] or domain["dns_statuses"]) | statuses}


def parse_compliance(item: FieldReader) -> str | None:
    """Return ``compliance_status`` of a control request or a seed item, or None.

    :raises ControlError: if the status is unknown.
    """
    status: str | None = item.get("compliance_status", str)
    if status not in (None, *COMPLIANCE_STATUSES):
        raise ControlError(f"{item.location}: compliance_status must be one of {', '.join(COMPLIANCE_STATUSES)}.")
    return status


def seed_domain(world: World, item: FieldReader) -> None:
    """Add a domain. ``dns`` are the statuses of a check that has already run.

    A domain whose records all pass is compliant unless the item has another ``compliance_status``.
    """
    new_domain = {"dns": None, "dns_statuses": make_record_statuses(MISSING)}
    optional: Row = {name: item.get(name, bool) for name in TRACKING_FLAGS}
    optional |= {name: item.get(name, expected) for name, (expected, _) in SERVICE_SETTINGS.items()}
    optional |= {"verification_name": item.get("verification_name", str), "compliance_status": parse_compliance(item)}
    seed_one_domain(
        world,
        item,
        demo=item.get("demo", bool, False),
        **parse_dns(item, new_domain),
        **{name: value for name, value in optional.items() if value is not None},
    )


def seed_verified_domain(world: World, item: FieldReader) -> None:
    """Add a verified domain."""
    seed_one_domain(world, item, dns_verified=True)


def seed_one_domain(world: World, item: FieldReader, **fields: Any) -> None:
    """Add the domain of a seed item."""
    account_id, name = find_account_id(world, item), item.require("domain_name", str)
    if world.store["domains"].ids("name", (account_id, name.lower())):
        raise ControlError(f"{item.location}: the account has a domain {name} already.")
    fields |= item.identity_fields(world, "domains")
    insert_domain(world, account_id, name, **fields)


SEEDS = [
    Seed("domains", seed_domain, after=("accounts",)),
    Seed("verified_domains", seed_verified_domain, after=("accounts",)),
]
