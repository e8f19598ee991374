# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look up DNS records on a DNS server and compare them with the expected ones."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, List, Optional, Tuple

try:
    import dns.exception
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.rdtypes.txtbase
except ImportError:
    HAS_DNSPYTHON = False
else:
    HAS_DNSPYTHON = True

from ansible.module_utils.basic import missing_required_lib

from .._api.errors import MailtrapError

if TYPE_CHECKING:
    from dns.rdata import Rdata

    from .._api.json_types import JsonObject

DEFAULT_PORT = 53
# Seconds for one attempt at one record.
TIMEOUT = 2
ATTEMPTS = 2

_ADDRESS = re.compile(r"\[(?P<ipv6>[^\]]+)\](:(?P<ipv6_port>\d+))?|(?P<host>[^:\[\]]+)(:(?P<port>\d+))?")


@dataclass(frozen=True)
class DnsAnswer:
    """A DNS server's answer for an expected record.

    :ivar status: ``pass``, ``fail`` or ``missing``; ``network_error`` if the server did not answer.
    :ivar values: the values that the server returned, or None if it did not answer.
    """

    status: str
    values: Optional[List[str]] = None


class DnsServer:
    """A DNS server that is queried over UDP, and over TCP if an answer does not fit."""

    def __init__(self, address: str) -> None:
        """Resolve the server's address.

        :param address: ``host``, ``host:port`` or ``[IPv6]:port``; the host may be an IP address.
        :raises MailtrapError: if the address is invalid or cannot be resolved, or if dnspython is missing.
        """
        if not HAS_DNSPYTHON:
            raise MailtrapError(missing_required_lib("dnspython", reason="for dns_server"))
        host, self._port = _split_address(address)
        try:
            addresses = socket.getaddrinfo(host, self._port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            raise MailtrapError(f"dns_server {address!r} cannot be resolved: {error}") from None
        self._ip = str(addresses[0][4][0])

    def check_record(self, record: JsonObject) -> DnsAnswer:
        """Query the server for a record and compare the answer with the record's ``value``."""
        for _attempt in range(ATTEMPTS):
            try:
                query = dns.message.make_query(record["domain"], record["type"])
                response, _used_tcp = dns.query.udp_with_fallback(query, self._ip, TIMEOUT, self._port)
            except dns.exception.Timeout:
                continue
            except (dns.exception.DNSException, OSError, EOFError, ValueError):
                break
            return _parse_response(record, response)
        return DnsAnswer("network_error")


def _split_address(address: str) -> Tuple[str, int]:
    """Split the address of a server into host and port."""
    try:
        ipaddress.ip_address(address)
        return address, DEFAULT_PORT
    except ValueError:
        match = _ADDRESS.fullmatch(address)
    port = int(match.group("ipv6_port") or match.group("port") or DEFAULT_PORT) if match else 0
    if not match or not 0 < port < 2**16:
        raise MailtrapError(f"dns_server {address!r} is not a valid address: use host, host:port or [IPv6]:port")
    return match.group("ipv6") or match.group("host"), port


def _parse_response(record: JsonObject, response: dns.message.Message) -> DnsAnswer:
    if response.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return DnsAnswer("network_error")
    record_type = dns.rdatatype.from_text(record["type"])
    values = sorted(
        _rdata_to_text(rdata) for rrset in response.answer if rrset.rdtype == record_type for rdata in rrset
    )
    if not values:
        return DnsAnswer("missing", values)
    expected = _normalize(record["type"], record["value"])
    matches = any(_normalize(record["type"], value) == expected for value in values)
    return DnsAnswer("pass" if matches else "fail", values)


def _rdata_to_text(rdata: Rdata) -> str:
    """Return a value in the notation of the API: TXT strings joined, host names without a trailing dot."""
    if isinstance(rdata, dns.rdtypes.txtbase.TXTBase):
        return b"".join(rdata.strings).decode("utf-8", "replace")
    return rdata.to_text().rstrip(".")


def _normalize(record_type: str, value: str) -> str:
    """Return a value for comparison: TXT without whitespace, host names in lower case."""
    return "".join(value.split()) if record_type == "TXT" else value.rstrip(".").lower()
