# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending domains: creation, removal, control requests and seeds (facts 3.11, 11)."""

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
    all_records,
    check_dns_now,
    compliance_changes,
    dns_records,
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
# What a PATCH may set, in wire order, with the values of a new domain.
TRACKING_FLAGS = {
    "open_tracking_enabled": True,
    "click_tracking_enabled": False,
    "tracking_opt_out_enabled": False,
    "auto_unsubscribe_link_enabled": False,
    "inbound_enabled": False,
}
# What only the service and its pages set.
SERVICE_SETTINGS: dict[str, tuple[type, Any]] = {
    "health_alerts_enabled": (bool, True),
    "critical_alerts_enabled": (bool, True),
    "alert_recipient_email": (str, None),
    "inbound_verified": (bool, False),
}
DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# So that every record's name is one too.
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
    """A new domain. ``dns`` are the statuses that its records have from now on and that the world was told of;
    ``dns_verified`` is short for all of them passing. Without either the DNS is looked at in an hour."""
    now = world.clock.time()
    if demo or dns_verified:
        dns = all_records(PASS)
    defaults = {
        "account_id": account_id,
        "domain_name": domain_name,
        **TRACKING_FLAGS,
        **{name: default for name, (_, default) in SERVICE_SETTINGS.items()},
        "demo": demo,
        "verification_name": "demo" if demo else f"mt{world.random.randrange(10, 100)}",
        "dns": dns,
        "dns_statuses": all_records(MISSING),
        "dns_looked_at": now,
        "dns_verified": False,
        "dns_verified_at": "",
        "compliance_status": UNVERIFIED,
        "compliance_since": now,
    }
    if dns is not None:
        defaults |= verification_changes(defaults, dns, now, is_informed=True)
    if defaults["dns_verified"]:
        defaults |= compliance_changes(DEMO if demo else COMPLIANT, now)
    return world.store["domains"].add(defaults | fields)


def find_domain_by_name(world: World, account_id: int, domain_name: str) -> Row | None:
    """The account's domain of exactly this name; a sub-domain is another one (facts 3.11)."""
    domains = world.store["domains"].select("name", (account_id, domain_name.lower()))[:1]
    settle_domains(world, domains)
    return next(iter(domains), None)


def remove_domain(world: World, domain: Row) -> None:
    """Delete a domain with what belongs to it: the permissions on it, and the tokens that have no other.

    What becomes of them at the service is unknown (facts 10); a token for a thing that is gone would be of no use.
    """
    for token in find_domain_tokens(world, domain["account_id"], domain["id"]):
        world.store["api_tokens"].remove(token)
    world.store["domains"].remove(domain)
    remove_grants(world.store, domain["account_id"], "domain", domain["id"])


def compose_setup_mail(domain: Row, email: str) -> Mail:
    lines = [f"{one['type']} {one['domain']} {one['value']}" for one in dns_records(domain)]
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
    """Whether a text in lower case is a host name of at least two labels, the last of which is no number."""
    labels = name.split(".")
    is_sound = len(name) <= MAX_NAME and all(map(DNS_LABEL.fullmatch, labels))
    return is_sound and len(labels) > 1 and not labels[-1].isdecimal()


def apply_domain_control(world: World, key: str, item: FieldReader) -> Row:
    """Change what the API cannot (a control request); the domain as it is then.

    ``key`` is the domain's id or its name. ``dns`` is what the next look finds, ``check`` looks at once.
    """
    domain = find_domain_by_key(world, key)
    settle_domains(world, [domain])
    table = world.store["domains"]
    given = {name: item.get(name, kind) for name, (kind, _) in SERVICE_SETTINGS.items()}
    told = parse_dns(item, domain)
    status = parse_compliance(item)
    check = item.get("check", bool)
    item.reject_unknown()
    table.update(domain, **told, **{name: value for name, value in given.items() if value is not None})
    if check:
        check_dns_now(world, domain)
    if status is not None:
        table.update(domain, **compliance_changes(status, world.clock.time()))
    return domain


def find_domain_by_key(world: World, key: str) -> Row:
    """The domain of any account with this id or name. Raises ControlError."""
    rows = [row for row in world.store["domains"] if key in (str(row["id"]), row["domain_name"])]
    if not rows:
        raise ControlError(f"There is no domain {key}.")
    if len(rows) > 1:
        raise ControlError(f"There are several domains {key}; name one by its id.")
    return rows[0]


def parse_dns(item: FieldReader, domain: Row) -> dict[str, dict[str, str] | None]:
    """The field ``dns`` that a control request gives: ``ok``, a status for all records, statuses of some records, or
    ``server`` for what the DNS server says (nothing, without one). Raises ControlError."""
    given = item.get("dns", str | dict)
    if given is None:
        return {}
    if given == "server":
        return {"dns": None}
    told = all_records(PASS if given == "ok" else given) if isinstance(given, str) else given
    for name, status in told.items():
        if name not in domain["dns_statuses"]:
            raise ControlError(
                f"{item.location}: there is no DNS record {name}; there are {', '.join(all_records(PASS))}."
            )
        if status not in RECORD_STATUSES:
            raise ControlError(f"{item.location}: a DNS record is {', '.join(RECORD_STATUSES)}.")
    return {"dns": (domain["dns"] or domain["dns_statuses"]) | told}


def parse_compliance(item: FieldReader) -> str | None:
    status = item.get("compliance_status", str)
    if status not in (None, *COMPLIANCE_STATUSES):
        raise ControlError(f"{item.location}: compliance_status must be one of {', '.join(COMPLIANCE_STATUSES)}.")
    return status


def seed_domain(world: World, item: FieldReader) -> None:
    """``dns`` has been seen already; a domain whose records all pass is compliant unless it says otherwise."""
    blank = {"dns": None, "dns_statuses": all_records(MISSING)}
    fields: dict[str, Any] = {name: item.get(name, bool) for name in TRACKING_FLAGS}
    fields |= {name: item.get(name, kind) for name, (kind, _) in SERVICE_SETTINGS.items()}
    fields |= {"verification_name": item.get("verification_name", str), "compliance_status": parse_compliance(item)}
    seed_one_domain(
        world,
        item,
        demo=item.get("demo", bool, False),
        **parse_dns(item, blank),
        **{name: value for name, value in fields.items() if value is not None},
    )


def seed_verified_domain(world: World, item: FieldReader) -> None:
    seed_one_domain(world, item, dns_verified=True)


def seed_one_domain(world: World, item: FieldReader, **fields: Any) -> None:
    account_id, name = find_account_id(world, item), item.require("domain_name", str)
    if world.store["domains"].ids("name", (account_id, name.lower())):
        raise ControlError(f"{item.location}: the account has a domain {name} already.")
    insert_domain(world, account_id, name, **item.identity_fields(world, "domains"), **fields)


SEEDS = [
    Seed("domains", seed_domain, after=("accounts",)),
    Seed("verified_domains", seed_verified_domain, after=("accounts",)),
]
