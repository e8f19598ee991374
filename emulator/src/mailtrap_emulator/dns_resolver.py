# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup of the DNS records of domains at a DNS server (docs/service.md#domains)."""

import time
from concurrent.futures import ThreadPoolExecutor

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
from dns.rdata import Rdata
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.TXT import TXT

from .model.domain_verification import FAIL, MISSING, NETWORK_ERROR, PASS

# Seconds for one query, and for all records of a domain. The API does not answer meanwhile.
QUERY_TIMEOUT, TOTAL_TIMEOUT = 1, 2
TRIES = 2
PARALLEL = 16


class DnsResolver:
    """Queries the server at an IP address and port: by UDP, and by TCP if the answer is too long for UDP."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    def look_up(self, records: list[dict[str, str]]) -> list[str]:
        """Return the status of each record (``domain``, ``type``, ``value``), after at most two seconds."""
        deadline = time.monotonic() + TOTAL_TIMEOUT
        with ThreadPoolExecutor(min(PARALLEL, len(records))) as pool:
            return list(pool.map(lambda record: self._find_status(record, deadline), records))

    def _find_status(self, record: dict[str, str], deadline: float) -> str:
        for _ in range(TRIES):
            try:
                timeout = min(QUERY_TIMEOUT, deadline - time.monotonic())
                if timeout > 0:
                    query = dns.message.make_query(record["domain"], record["type"])
                    answer, _ = dns.query.udp_with_fallback(query, self._host, timeout, self._port)
                    return judge_answer(record, answer)
            except dns.exception.Timeout:
                continue
            except (dns.exception.DNSException, OSError, EOFError, ValueError):
                break
        return NETWORK_ERROR


def judge_answer(record: dict[str, str], answer: dns.message.Message) -> str:
    """Return the status of a record after a DNS answer. A refusal or failure of the server is a network error."""
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return NETWORK_ERROR
    record_type = dns.rdatatype.from_text(record["type"])
    found = [value for rrset in answer.answer if rrset.rdtype == record_type for value in rrset]
    if not found:
        return MISSING
    return PASS if any(matches_record(value, record["value"]) for value in found) else FAIL


def matches_record(found: Rdata, expected: str) -> bool:
    """Return whether a TXT or CNAME record has a value. Blanks in texts and the case of names do not matter."""
    if isinstance(found, TXT):
        return b"".join(b"".join(found.strings).split()) == b"".join(expected.encode().split())
    return isinstance(found, CNAME) and found.target == dns.name.from_text(expected)
