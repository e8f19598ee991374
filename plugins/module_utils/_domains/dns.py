# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask a DNS server what it really holds."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import List, Optional

try:
    import dns.exception
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype
except ImportError:
    HAS_DNSPYTHON = False
else:
    HAS_DNSPYTHON = True

from ansible.module_utils.basic import missing_required_lib

from .._api.errors import MailtrapError

PORT = 53
# Seconds for one try at one record.
PATIENCE = 2
TRIES = 2

_ADDRESS = re.compile(r"\[(?P<v6>[^\]]+)\](:(?P<v6_port>\d+))?|(?P<host>[^:\[\]]+)(:(?P<port>\d+))?")


@dataclass(frozen=True)
class Holding:
    """What a server holds of a record.

    :ivar status: str, pass, fail or missing, or network_error when it did not tell.
    :ivar found: list of str, the values of the record's type at its name; None when it did not tell.
    """

    status: str
    found: Optional[List[str]] = None


class NameServer:
    """A DNS server, asked by UDP, and by TCP where UDP says so.

    :param address: str, a host name or an IP address, an IPv6 one with a port in brackets; with or without a port.
    :raises MailtrapError: when it is no address, or the library is missing.
    """

    def __init__(self, address):
        if not HAS_DNSPYTHON:
            raise MailtrapError(missing_required_lib("dnspython", reason="for dns_server"))
        host, self._port = _host_and_port(address)
        try:
            found = socket.getaddrinfo(host, self._port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            raise MailtrapError(f"dns_server {address!r} is not found: {error}") from None
        self._ip = found[0][4][0]

    def look_up(self, record):
        """Return what is there of a record: Holding; ``record`` is a dict with domain, type and value."""
        for _try in range(TRIES):
            try:
                query = dns.message.make_query(record["domain"], record["type"])
                answer, _by_tcp = dns.query.udp_with_fallback(query, self._ip, PATIENCE, self._port)
            except dns.exception.Timeout:
                continue
            except (dns.exception.DNSException, OSError, EOFError, ValueError):
                break
            return _holding(record, answer)
        return Holding("network_error")


def _host_and_port(address):
    try:
        ipaddress.ip_address(address)
        return address, PORT
    except ValueError:
        parts = _ADDRESS.fullmatch(address)
        port = int(parts.group("v6_port") or parts.group("port") or PORT) if parts else 0
    if not 0 < port < 2**16:
        raise MailtrapError(f"dns_server {address!r} is no address: write host, host:port or [IPv6]:port")
    return parts.group("v6") or parts.group("host"), port


def _holding(record, answer):
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return Holding("network_error")
    kind = dns.rdatatype.from_text(record["type"])
    found = sorted(_text(value) for rrset in answer.answer if rrset.rdtype == kind for value in rrset)
    if not found:
        return Holding("missing", found)
    wanted = _comparable(record["type"], record["value"])
    matches = any(_comparable(record["type"], value) == wanted for value in found)
    return Holding("pass" if matches else "fail", found)


def _text(value):
    """Return a value as the service writes it: str, a text in one piece, a name without a dot at its end."""
    if value.rdtype == dns.rdatatype.TXT:
        return b"".join(value.strings).decode("utf-8", "replace")
    return value.to_text().rstrip(".")


def _comparable(kind, value):
    """Names have no case, and blanks in a text are for people."""
    return "".join(value.split()) if kind == "TXT" else value.rstrip(".").lower()
