# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait until a sending domain is verified or compliant, and explain why it is not (docs/service.md#domains)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, List, Optional

from .._api.errors import MailtrapError, attempting, require_minimum, require_range, unexpected_answer
from .._engine.check_mode import limit_wait
from .._engine.directory import unwrap
from .._resources.domains import DOMAIN
from .._resources.targets import DOMAIN_TARGET
from .dns_lookup import DnsServer

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import JsonObject, Options, Result

VERIFIED = "verified"
COMPLIANT = "compliant"

# The status of a DNS record that is correct.
CORRECT = "pass"
MAX_WAIT = 24 * 3600
# Failures that a later request may not meet: no answer, or an error of a gateway.
TRANSIENT_STATUSES = (None, 502, 503, 504)
# The compliance statuses that only a person can end, and how.
BLOCKING_STATUSES = {
    "missing_company_info": "company info is missing: set it with the company_info option of community.mailtrap.domain",
    "awaiting_questionnaire": "a questionnaire must be completed on the domain's page in Mailtrap",
    "awaiting_card_verification": "a payment card must be verified on the domain's page in Mailtrap",
    "non_compliant": "the domain failed the compliance checks: contact Mailtrap support",
    "suspended": "the domain is suspended: contact Mailtrap support",
    "demo": "this is the demo domain, which can only send to the account owner",
    "demo_exhausted": "this is the demo domain, and its quota is used up",
}


def wait_for_verification(client: Client, options: Options, check_mode: bool) -> Result:
    """Wait until a domain is verified or compliant; with ``wait: 0`` or in check mode, only report its state.

    :raises MailtrapError: if the wait times out or cannot succeed; the error's data are the result.
    """
    label, until = DOMAIN_TARGET.label(options), options["until"]
    with attempting(f"verify {label}"):
        require_range("wait", options["wait"], 0, MAX_WAIT, "s")
        require_minimum("interval", options["interval"], 1, "s")
        dns_server = DnsServer(options["dns_server"]) if options["dns_server"] else None
        lookup = DOMAIN_TARGET.find(client, options, check_mode)
        if not lookup.found:
            return {**build_result({}, [], 0.0), "warnings": lookup.warnings}
        path = DOMAIN.object_path(lookup.found["id"])
        wait = limit_wait(check_mode, options["wait"])
        domain = lookup.found if "dns_records" in lookup.found else _read_domain(client, path)
        start = time.monotonic()
        domain = _poll_domain(client, path, domain, until, wait, options["interval"])
        waited = round(time.monotonic() - start, 1)
        result = build_result(domain, _check_records(domain, dns_server), waited)
        if wait and not _is_reached(domain, until):
            error = MailtrapError(*describe_problems(result, options["dns_server"]))
            error.data = result
            if not _is_blocked(domain, until):
                error.attempt = f"verify {label} within {wait} s"
            raise error
        return result


def build_result(domain: JsonObject, records: List[JsonObject], waited: float) -> Result:
    """Build the task's result.

    :param records: the domain's DNS records, with the answers of the DNS server.
    :param waited: seconds.
    """
    return {
        "changed": False,
        "domain": domain or None,
        "verified": bool(domain.get("dns_verified")),
        "compliant": domain.get("compliance_status") == COMPLIANT,
        "records": records,
        "missing": [record.get("key") for record in records if record.get("status") != CORRECT],
        "waited": waited,
    }


def describe_problems(result: Result, dns_server: Optional[str]) -> List[str]:
    """Return the reasons why a domain is not verified or not compliant yet, one for each incorrect record."""
    if result["verified"]:
        status = result["domain"].get("compliance_status")
        return [BLOCKING_STATUSES.get(status, f"the domain is verified, but its compliance status is {status}")]
    problems = [_describe_record(record, dns_server) for record in result["records"] if record.get("status") != CORRECT]
    if any(record.get("dns_status") == CORRECT for record in result["records"]):
        problems.append("Mailtrap checks the DNS records once an hour")
    return problems or ["all DNS records are correct, but Mailtrap has not verified the domain yet"]


def _describe_record(record: JsonObject, dns_server: Optional[str]) -> str:
    """Describe an incorrect record: its expected value, its status, and the answer of the DNS server."""
    label = f"{record.get('key')} record"
    if not _is_complete(record):
        return f"{label}: the API returned it without its name, type or value"
    expectation = f"{label}: {record['type']} {record['domain']} should be {record['value']!r}"
    description = f"{expectation}, but Mailtrap reports it as {record.get('status')}"
    if dns_server is None:
        return description
    answers = {
        CORRECT: "returns the expected value",
        "fail": f"returns {', '.join(map(repr, record['found'] or []))}",
        "missing": "returns no such record",
        "network_error": "did not answer",
    }
    return f"{description} ({dns_server} {answers[record['dns_status']]})"


def _poll_domain(client: Client, path: str, domain: JsonObject, until: str, wait: int, interval: int) -> JsonObject:
    """Read a domain every ``interval`` seconds until waiting is over, and return its last state."""
    deadline = time.monotonic() + wait
    while not _is_reached(domain, until) and not _is_blocked(domain, until):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        time.sleep(min(interval, remaining))
        try:
            domain = _read_domain(client, path)
        except MailtrapError as error:
            # A short outage must not end a wait of an hour.
            if remaining <= interval or error.status not in TRANSIENT_STATUSES:
                raise
    return domain


def _is_reached(domain: JsonObject, until: str) -> bool:
    return bool(domain.get("dns_verified")) if until == VERIFIED else domain.get("compliance_status") == COMPLIANT


def _is_blocked(domain: JsonObject, until: str) -> bool:
    return until == COMPLIANT and domain.get("compliance_status") in BLOCKING_STATUSES


def _check_records(domain: JsonObject, dns_server: Optional[DnsServer]) -> List[JsonObject]:
    """Return a domain's DNS records, with the answers of a DNS server if one is given."""
    records = domain.get("dns_records") or []
    if dns_server is None:
        return records
    return [{**record, **_query_record(dns_server, record)} for record in records]


def _query_record(dns_server: DnsServer, record: JsonObject) -> JsonObject:
    if not _is_complete(record):
        return {"dns_status": None, "found": None}
    answer = dns_server.check_record(record)
    return {"dns_status": answer.status, "found": answer.values}


def _is_complete(record: JsonObject) -> bool:
    return all(record.get(name) for name in ("domain", "type", "value"))


def _read_domain(client: Client, path: str) -> JsonObject:
    domain = unwrap(client.get(path))
    if not isinstance(domain, dict) or "dns_verified" not in domain:
        raise unexpected_answer("domain", "GET", path)
    return domain
