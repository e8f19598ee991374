# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a domain is verified, and what it still lacks (facts 3.11)."""

from __future__ import annotations

import time

from .._api.errors import MailtrapError, attempting
from .._engine.directory import unwrap
from .._resources.catalog import DOMAIN
from .._resources.targets import DOMAIN_TARGET
from .dns import NameServer

VERIFIED = "verified"
COMPLIANT = "compliant"

# The status of a record that is as it should be.
RIGHT = "pass"
LONGEST_WAIT = 24 * 3600
# How requests end that may end otherwise later: without an answer, or with that of a gateway.
PASSING = (None, 502, 503, 504)
# Compliance statuses that do not pass by themselves, and who can end them.
STUCK = {
    "missing_company_info": "company info is missing: give it with the company_info of community.mailtrap.domain",
    "awaiting_questionnaire": "a questionnaire waits to be filled in on the domain's page",
    "awaiting_card_verification": "a card has to be verified on the domain's page",
    "non_compliant": "it did not pass the compliance checks: the service's support knows why",
    "suspended": "it is suspended: the service's support knows why",
    "demo": "it is the demo domain, which may write to the owner of the account only",
    "demo_exhausted": "it is the demo domain, and is used up",
}


def verify(client, options, check_mode):
    """Wait for a domain to be verified, or compliant; in check mode, and with wait 0, only tell how it is.

    :param options: dict, the options of community.mailtrap.domain_verification.
    :returns: dict with the domain and a verdict, as the module documents it.
    :raises MailtrapError: when it takes too long, or waiting is of no use; its data holds the verdict.
    """
    with attempting(f"verify {DOMAIN_TARGET.label(options)}"):
        if not 0 <= options["wait"] <= LONGEST_WAIT or options["interval"] < 1:
            limits = f"wait must be 0 to {LONGEST_WAIT} s, and interval 1 s or more"
            raise MailtrapError(f"{limits}; they are {options['wait']} and {options['interval']}")
        server = NameServer(options["dns_server"]) if options["dns_server"] else None
        meant = DOMAIN_TARGET.find(client, options, check_mode)
        if not meant.found:
            return {**verdict({}, [], 0.0), "warnings": meant.warnings}
        path = DOMAIN.object_path(meant.found["id"])
        wait = 0 if check_mode else options["wait"]
        domain = meant.found if "dns_records" in meant.found else _read(client, path)
        start = time.monotonic()
        domain = _awaited(client, path, domain, options["until"], wait, options["interval"])
        waited = round(time.monotonic() - start, 1)
        told = verdict(domain, _looked_up(domain, server), waited)
        if wait and not _is_reached(domain, options["until"]):
            error = MailtrapError(*lacks(told, options["dns_server"]))
            error.data = told
            if not _is_stuck(domain, options["until"]):
                error.attempt = f"verify {DOMAIN_TARGET.label(options)} within {wait} s"
            raise error
        return told


def verdict(domain, records, waited):
    """Return what a task tells of a domain: dict. Pure.

    :param domain: dict as the API shows it. :param records: list of dict, its DNS records with what was found of them.
    :param waited: float, seconds.
    """
    return {
        "changed": False,
        "domain": domain or None,
        "verified": bool(domain.get("dns_verified")),
        "compliant": domain.get("compliance_status") == COMPLIANT,
        "records": records,
        "missing": [record.get("key") for record in records if record.get("status") != RIGHT],
        "waited": waited,
    }


def lacks(told, server):
    """Return why a domain is not there yet: list of str, a sentence for each record that is not right. Pure.

    :param told: dict, the verdict. :param server: str, the DNS server that was asked, or None.
    """
    status = told["domain"].get("compliance_status")
    wrong = [_lack(record, server) for record in told["records"] if record.get("status") != RIGHT]
    if not told["verified"]:
        if any(record.get("dns_status") == RIGHT for record in told["records"]):
            wrong.append("the service looks once an hour")
        return wrong or ["the service says that all its DNS records are right, and has not verified it yet"]
    return [STUCK.get(status, f"it is verified, and its compliance status is {status}")]


def _lack(record, server):
    label = f"{record.get('key')} record"
    if not _is_complete(record):
        return f"{label}: the service does not tell what it should be"
    sentence = f"{label}: {record['type']} {record['domain']} should be {record['value']!r}, and the service says "
    sentence += str(record.get("status"))
    if server is None:
        return sentence
    there = {
        RIGHT: "has it as it should be",
        "fail": f"has {', '.join(map(repr, record['found'] or []))}",
        "missing": "has nothing there",
        "network_error": "did not tell",
    }
    return f"{sentence}; {server} {there[record['dns_status']]}"


def _awaited(client, path, domain, until, wait, interval):
    """Return the domain, a dict, once it is as far as it gets within ``wait`` seconds."""
    end = time.monotonic() + wait
    while not _is_reached(domain, until) and not _is_stuck(domain, until):
        left = end - time.monotonic()
        if left <= 0:
            break
        time.sleep(min(interval, left))
        try:
            domain = _read(client, path)
        except MailtrapError as error:
            # What was there a minute ago may be there in a minute: an hour's wait is not given up for a short outage.
            if left <= interval or error.status not in PASSING:
                raise
    return domain


def _is_reached(domain, until):
    return bool(domain.get("dns_verified")) if until == VERIFIED else domain.get("compliance_status") == COMPLIANT


def _is_stuck(domain, until):
    return until == COMPLIANT and domain.get("compliance_status") in STUCK


def _looked_up(domain, server):
    """Return the records of a domain, with what a DNS server holds of them where one is asked: list of dict."""
    records = domain.get("dns_records") or []
    if server is None:
        return records
    return [{**record, **_found(server, record)} for record in records]


def _found(server, record):
    if not _is_complete(record):
        return {"dns_status": None, "found": None}
    holding = server.look_up(record)
    return {"dns_status": holding.status, "found": holding.found}


def _is_complete(record):
    return all(record.get(name) for name in ("domain", "type", "value"))


def _read(client, path):
    domain = unwrap(client.get(path))
    if not isinstance(domain, dict) or "dns_verified" not in domain:
        raise MailtrapError("the service's answer holds no domain", method="GET", path=path)
    return domain
