# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains that live mail is sent from, called sending domains in older paths (facts 3.11, 11)."""

import re
from typing import Any

from ..access import ADMIN, OWNER, VIEWER, forget, permissions
from ..call import BLANK, INVALID, Call, is_given, text, truth
from ..errors import ControlError
from ..mail import Mail, compose, is_address
from ..outbox import record
from ..replies import Reply, no_content, unprocessable
from ..routing import Routes
from ..seeding import Item, Seed
from ..store import Row, TableSpec
from ..verification import (
    COMPLIANCE_STATUSES,
    COMPLIANT,
    DEMO,
    MISSING,
    PASS,
    RECORD_STATUSES,
    UNVERIFIED,
    compliance,
    everywhere,
    look_now,
    records,
    seen,
    settle,
)
from ..world import World
from . import accounts, api_tokens

DOMAINS = TableSpec(
    "domains",
    940_000,
    groups={
        "account": lambda row: row["account_id"],
        "name": lambda row: (row["account_id"], row["domain_name"].lower()),
    },
)
TABLES = [DOMAINS]
routes = Routes()

DEMO_DOMAIN = "demomailtrap.co"
# What a PATCH may set, in wire order, with the values of a new domain.
FLAGS = {
    "open_tracking_enabled": True,
    "click_tracking_enabled": False,
    "tracking_opt_out_enabled": False,
    "auto_unsubscribe_link_enabled": False,
    "inbound_enabled": False,
}
# What only the service and its pages set.
SETTINGS: dict[str, tuple[type, Any]] = {
    "health_alerts_enabled": (bool, True),
    "critical_alerts_enabled": (bool, True),
    "alert_recipient_email": (str, None),
    "inbound_verified": (bool, False),
}
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# So that every record's name is one too.
MAX_NAME = 253 - len("rwmt1._domainkey.")


def create(
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
        dns = everywhere(PASS)
    defaults = {
        "account_id": account_id,
        "domain_name": domain_name,
        **FLAGS,
        **{name: default for name, (_, default) in SETTINGS.items()},
        "demo": demo,
        "verification_name": "demo" if demo else f"mt{world.random.randrange(10, 100)}",
        "dns": dns,
        "dns_statuses": everywhere(MISSING),
        "dns_looked_at": now,
        "dns_verified": False,
        "dns_verified_at": "",
        "compliance_status": UNVERIFIED,
        "compliance_since": now,
    }
    if dns is not None:
        defaults |= seen(defaults, dns, now, is_informed=True)
    if defaults["dns_verified"]:
        defaults |= compliance(DEMO if demo else COMPLIANT, now)
    return world.store["domains"].add(defaults | fields)


def named(world: World, account_id: int, domain_name: str) -> Row | None:
    """The account's domain of exactly this name; a sub-domain is another one (facts 3.11)."""
    domains = world.store["domains"].of("name", (account_id, domain_name.lower()))[:1]
    settle(world, domains)
    return next(iter(domains), None)


def remove(world: World, domain: Row) -> None:
    """Delete a domain with what belongs to it: the permissions on it, and the tokens that have no other.

    What becomes of them at the service is unknown (facts 10); a token for a thing that is gone would be of no use.
    """
    for token in api_tokens.of_domain(world, domain["account_id"], domain["id"]):
        world.store["api_tokens"].remove(token)
    world.store["domains"].remove(domain)
    forget(world.store, domain["account_id"], "domain", domain["id"])


def show(domain: Row, level: int) -> dict:
    """The wire form for a token with this level, in wire order."""
    return {
        "domain_name": domain["domain_name"],
        "open_tracking_enabled": domain["open_tracking_enabled"],
        "click_tracking_enabled": domain["click_tracking_enabled"],
        "tracking_opt_out_enabled": domain["tracking_opt_out_enabled"],
        "auto_unsubscribe_link_enabled": domain["auto_unsubscribe_link_enabled"],
        # Clicks are counted on the domain's own tracking host (facts 8.3).
        "custom_domain_tracking_enabled": domain["click_tracking_enabled"],
        "health_alerts_enabled": domain["health_alerts_enabled"],
        "critical_alerts_enabled": domain["critical_alerts_enabled"],
        "alert_recipient_email": domain["alert_recipient_email"],
        "inbound_enabled": domain["inbound_enabled"],
        "inbound_verified": domain["inbound_verified"],
        "demo": domain["demo"],
        "id": domain["id"],
        "dns_records": records(domain),
        "dns_verified": domain["dns_verified"],
        "dns_verified_at": domain["dns_verified_at"],
        "permissions": {name: may for name, may in permissions(level).items() if name != "can_leave"},
        "compliance_status": domain["compliance_status"],
    }


def answer(call: Call, domain: Row) -> dict:
    return show(domain, call.access.domain(domain))


def find(call: Call, level: int) -> Row:
    """The domain of the path as it is now; 403 if the token may not do with it what needs ``level``."""
    domain = call.row("domains", "domain_id")
    call.require(call.access.domain(domain), level)
    settle(call.world, [domain])
    return domain


@routes.get("domains")
def list_domains(call: Call) -> dict:
    """Those that the token may see, oldest first, unpaged."""
    rows = call.world.store["domains"].of("account", call.account_id)
    visible = [row for row in rows if call.access.domain(row) >= VIEWER]
    settle(call.world, visible)
    return {"data": [answer(call, row) for row in visible]}


@routes.post("domains")
def create_domain(call: Call) -> dict:
    """Only the name counts (facts 3.11). It is kept in lower case, without blanks around it.

    The domain comes with a token that may send from it, never expires, and is named after the domain and the
    token's own id (facts 0.4 trap 7).
    """
    call.require(call.access.account, ADMIN)
    name = (text(call.wrapped("domain"), "domain_name") or "").strip().lower()
    if errors := name_errors(call, name):
        raise unprocessable({"base": [f"Validation failed: {', '.join(errors)}"]})
    domain = create(call.world, call.account_id, name)
    grant = {"resource_type": "domain", "resource_id": domain["id"], "access_level": ADMIN}
    token = api_tokens.create(call.world, call.account_id, name, [grant], created_by=call.token["name"])
    call.world.store["api_tokens"].change(token, name=f"{name} token {token['id']}")
    return answer(call, domain)


@routes.get("domains/{domain_id}")
def get_domain(call: Call) -> dict:
    return answer(call, find(call, VIEWER))


@routes.patch("domains/{domain_id}")
def update_domain(call: Call) -> dict:
    """The flags alone; the name is for life. A flag is on or off: null and "" are refused, though facts are silent."""
    domain = find(call, ADMIN)
    fields = call.wrapped("domain")
    given = {name: fields[name] for name in FLAGS if is_given(fields, name)}
    errors = {name: ["is not included in the list"] for name, value in given.items() if value in (None, "")}
    if errors:
        raise unprocessable(errors)
    call.world.store["domains"].change(domain, **{name: truth(value) for name, value in given.items()})
    return answer(call, domain)


@routes.delete("domains/{domain_id}")
def delete_domain(call: Call) -> Reply:
    remove(call.world, find(call, ADMIN))
    return no_content()


@routes.post("domains/{domain_id}/send_setup_instructions")
def send_setup_instructions(call: Call) -> Reply:
    """Mail the DNS records to whoever can set them. The mail is in the outbox, stream ``setup_instructions``."""
    domain = find(call, ADMIN)
    email = text(call.body, "email") or ""
    if not is_address(email):
        raise unprocessable({"email": [INVALID if email.strip() else BLANK]})
    world = call.world
    raw = compose(setup_mail(domain, email), f"{world.uuid1()}@mailtrap.io", world.clock.now(), world.hex(32))
    record(world, call.account_id, "setup_instructions", raw, [email])
    return no_content()


def setup_mail(domain: Row, email: str) -> Mail:
    lines = [f"{one['type']} {one['domain']} {one['value']}" for one in records(domain)]
    return Mail(
        sender={"email": "no-reply@mailtrap.io", "name": "Mailtrap"},
        to=[{"email": email}],
        cc=[],
        reply_to=None,
        subject=f"DNS records for {domain['domain_name']}",
        text="\n".join([f"Please add these DNS records to {domain['domain_name']}:", "", *lines, ""]),
        html=None,
    )


def name_errors(call: Call, name: str) -> list[str]:
    """What is wrong with the name of a new domain. The sentences about a blank one are recorded (facts 2.3), the
    others follow them; that there can be no second domain of a name is likely (facts 3.11)."""
    if not is_domain_name(name):
        own = "is not a valid domain name" if name else BLANK
        return [f"Domain name {own}", "Tracking domain name is not a valid domain name"]
    if call.world.store["domains"].ids("name", (call.account_id, name)):
        return ["Domain name has already been taken"]
    return ["Domain name is reserved"] if name == DEMO_DOMAIN else []


def is_domain_name(name: str) -> bool:
    """Whether a text in lower case is a host name of at least two labels, the last of which is no number."""
    labels = name.split(".")
    is_sound = len(name) <= MAX_NAME and all(map(LABEL.fullmatch, labels))
    return is_sound and len(labels) > 1 and not labels[-1].isdecimal()


def control(world: World, key: str, item: Item) -> dict:
    """Change what the API cannot (a control request); the domain as it is then.

    ``key`` is the domain's id or its name. ``dns`` is what the next look finds, ``check`` looks at once.
    """
    domain = of_key(world, key)
    settle(world, [domain])
    table = world.store["domains"]
    given = {name: item.get(name, kind) for name, (kind, _) in SETTINGS.items()}
    told = read_dns(item, domain)
    status = read_compliance(item)
    check = item.get("check", bool)
    item.finish()
    table.change(domain, **told, **{name: value for name, value in given.items() if value is not None})
    if check:
        look_now(world, domain)
    if status is not None:
        table.change(domain, **compliance(status, world.clock.time()))
    return show(domain, OWNER)


def of_key(world: World, key: str) -> Row:
    """The domain of any account with this id or name. Raises ControlError."""
    rows = [row for row in world.store["domains"] if key in (str(row["id"]), row["domain_name"])]
    if not rows:
        raise ControlError(f"There is no domain {key}.")
    if len(rows) > 1:
        raise ControlError(f"There are several domains {key}; name one by its id.")
    return rows[0]


def read_dns(item: Item, domain: Row) -> dict[str, dict[str, str] | None]:
    """The field ``dns`` that a control request gives: ``ok``, a status for all records, statuses of some records, or
    ``server`` for what the DNS server says (nothing, without one). Raises ControlError."""
    given = item.get("dns", str | dict)
    if given is None:
        return {}
    if given == "server":
        return {"dns": None}
    told = everywhere(PASS if given == "ok" else given) if isinstance(given, str) else given
    for name, status in told.items():
        if name not in domain["dns_statuses"]:
            raise ControlError(f"{item.where}: there is no DNS record {name}; there are {', '.join(everywhere(PASS))}.")
        if status not in RECORD_STATUSES:
            raise ControlError(f"{item.where}: a DNS record is {', '.join(RECORD_STATUSES)}.")
    return {"dns": (domain["dns"] or domain["dns_statuses"]) | told}


def read_compliance(item: Item) -> str | None:
    status = item.get("compliance_status", str)
    if status not in (None, *COMPLIANCE_STATUSES):
        raise ControlError(f"{item.where}: compliance_status must be one of {', '.join(COMPLIANCE_STATUSES)}.")
    return status


def plant(world: World, item: Item) -> None:
    """``dns`` has been seen already; a domain whose records all pass is compliant unless it says otherwise."""
    blank = {"dns": None, "dns_statuses": everywhere(MISSING)}
    fields: dict[str, Any] = {name: item.get(name, bool) for name in FLAGS}
    fields |= {name: item.get(name, kind) for name, (kind, _) in SETTINGS.items()}
    fields |= {"verification_name": item.get("verification_name", str), "compliance_status": read_compliance(item)}
    plant_one(
        world,
        item,
        demo=item.get("demo", bool, False),
        **read_dns(item, blank),
        **{name: value for name, value in fields.items() if value is not None},
    )


def plant_verified(world: World, item: Item) -> None:
    plant_one(world, item, dns_verified=True)


def plant_one(world: World, item: Item, **fields: Any) -> None:
    account_id, name = accounts.of_item(world, item), item.need("domain_name", str)
    if world.store["domains"].ids("name", (account_id, name.lower())):
        raise ControlError(f"{item.where}: the account has a domain {name} already.")
    create(world, account_id, name, **item.identity(world, "domains"), **fields)


SEEDS = [
    Seed("domains", plant, after=("accounts",)),
    Seed("verified_domains", plant_verified, after=("accounts",)),
]
