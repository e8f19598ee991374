# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real DNS server, asked for the records of domains."""

import time
from concurrent.futures import ThreadPoolExecutor

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
from dns.rdata import Rdata

from .model.domain_verification import FAIL, MISSING, NETWORK_ERROR, PASS

# Seconds for one try at one record, and for all records of one look: the API stands still meanwhile.
QUERY_TIMEOUT, TOTAL_TIMEOUT = 1, 2
TRIES = 2
PARALLEL = 16


class DnsResolver:
    """The server at an IP address and port, by UDP, and by TCP where UDP says so."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    def look_up(self, records: list[dict[str, str]]) -> list[str]:
        """The status of each record (``domain``, ``type``, ``value``), after two seconds at the latest."""
        deadline = time.monotonic() + TOTAL_TIMEOUT
        with ThreadPoolExecutor(min(PARALLEL, len(records))) as pool:
            return list(pool.map(lambda record: self._status(record, deadline), records))

    def _status(self, record: dict[str, str], deadline: float) -> str:
        for _ in range(TRIES):
            try:
                left = min(QUERY_TIMEOUT, deadline - time.monotonic())
                if left > 0:
                    query = dns.message.make_query(record["domain"], record["type"])
                    answer, _ = dns.query.udp_with_fallback(query, self._host, left, self._port)
                    return judge_answer(record, answer)
            except dns.exception.Timeout:
                continue
            except (dns.exception.DNSException, OSError, EOFError, ValueError):
                break
        return NETWORK_ERROR


def judge_answer(record: dict[str, str], answer: dns.message.Message) -> str:
    """What an answer says of a record. A refusal or a failure of the server says nothing of it."""
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return NETWORK_ERROR
    kind = dns.rdatatype.from_text(record["type"])
    found = [value for rrset in answer.answer if rrset.rdtype == kind for value in rrset]
    if not found:
        return MISSING
    return PASS if any(matches_record(value, record["value"]) for value in found) else FAIL


def matches_record(found: Rdata, wanted: str) -> bool:
    """Whether a record has this value. Names have no case, and blanks in a text are for people."""
    if found.rdtype == dns.rdatatype.TXT:
        return b"".join(b"".join(found.strings).split()) == b"".join(wanted.encode().split())
    return found.target == dns.name.from_text(wanted)
