# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A domain's DNS records as what DNS modules and zone files want; documented in dns_records.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

ZONE_FILE = "zone_file"
# A text in DNS is made of pieces; this is how long one can be.
LONGEST_PIECE = 255
# Types whose value ends with a host name.
_HOSTS = ("CNAME", "MX", "NS")


@dataclass(frozen=True)
class Style:
    """How a module wants a record.

    :ivar zone: str, its option for the zone.
    :ivar dotted_record: bool, whether the name of the record ends with a dot.
    :ivar dotted_value: bool, whether a host name as the value ends with one, as it is taken to be below the zone else.
    :ivar quoted: bool, whether a text comes in its pieces, each in quotes. :ivar many: bool, whether it takes a list.
    """

    zone: str = "zone"
    dotted_record: bool = False
    dotted_value: bool = False
    quoted: bool = False
    many: bool = True


STYLES = {
    "amazon.aws.route53": Style(quoted=True),
    "community.dns.hetzner_dns_record_set": Style("zone_name", dotted_value=True),
    "community.dns.hosttech_dns_record_set": Style("zone_name"),
    "community.general.cloudflare_dns": Style(many=False),
    "community.general.nsupdate": Style(dotted_record=True, dotted_value=True, quoted=True),
}


def dns_records(records, target=None, zone=None, ttl=None):
    """Return what a target wants of records: list of dict, or str for a zone file.

    :param records: list of dict, as the API shows them; those that are not whole are left out, with a warning.
    :param target: str, the full name of a module, zone_file, or None for everything that is known.
    :param zone: str, the zone that they are in, or None for the domain itself. :param ttl: int, seconds, or None.
    :raises AnsibleFilterError: when something is none of this.
    """
    if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
        raise AnsibleFilterError("dns_records takes a list of DNS records, such as the dns_records of a domain")
    if target not in (None, ZONE_FILE, *STYLES):
        known = ", ".join([*STYLES, ZONE_FILE])
        raise AnsibleFilterError(f"dns_records knows no {target!r}; it knows {known}")
    common = {} if ttl is None else {"ttl": _seconds(ttl)}
    whole = [{**_parsed(record, zone), **common} for record in records if _is_whole(record)]
    if target is None:
        return whole
    if target == ZONE_FILE:
        return "".join(_line(one) for one in whole)
    return [{**_arguments(STYLES[target], one), **common} for one in whole]


def _is_whole(record):
    unknown = [name for name in ("domain", "type", "value") if not record.get(name)]
    if unknown:
        what = f"{' and '.join(unknown)} of the record {record.get('key')}"
        Display().warning(f"The service does not tell the {what}: dns_records leaves it out.")
    return not unknown


def _seconds(ttl):
    try:
        seconds = int(ttl)
    except (TypeError, ValueError):
        seconds = 0
    if seconds < 1:
        raise AnsibleFilterError(f"dns_records: ttl {ttl!r} is no number of seconds")
    return seconds


def _parsed(record, zone):
    """Return a record in all the words that targets are made of: dict."""
    full = record["domain"].rstrip(".").lower()
    zone = (_domain_of(record, full) if zone is None else str(zone)).strip(".").lower()
    if not zone or not f".{full}".endswith(f".{zone}"):
        raise AnsibleFilterError(f"dns_records: the zone {zone!r} does not hold {full}")
    return {
        "key": record.get("key"),
        "zone": zone,
        "name": full[: -len(f".{zone}")] or "@",
        "record": full,
        "type": record["type"],
        "value": record["value"],
        "rdata": _rdata(record["type"], record["value"]),
    }


def _domain_of(record, full):
    """Return the domain that a record is for: str, its whole name without its left part."""
    left = record.get("name")
    if left is None or (left and not full.startswith(f"{left.lower()}.")):
        raise AnsibleFilterError(f"dns_records: the record {full} does not tell its domain: give zone")
    return full[len(f"{left}.") :] if left else full


def _rdata(kind, value):
    """Return a value as a zone file has it: str."""
    if kind in _HOSTS:
        return value.rstrip(".") + "."
    return _quoted(value) if kind == "TXT" else value


def _quoted(text):
    if not text.isascii() or not text.isprintable():
        raise AnsibleFilterError(f"dns_records: the text {text!r} holds other characters than printable ASCII")
    pieces = [text[start : start + LONGEST_PIECE] for start in range(0, len(text), LONGEST_PIECE)]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)


def _arguments(style, one):
    raw = style.quoted if one["type"] == "TXT" else style.dotted_value
    value = one["rdata"] if raw else one["value"]
    return {
        style.zone: one["zone"],
        "record": one["record"] + "." * style.dotted_record,
        "type": one["type"],
        "value": [value] if style.many else value,
    }


def _line(one):
    """Return a line of a zone file; its name is whole, so that it is right below any $ORIGIN."""
    words = [f"{one['record']}.", str(one.get("ttl", "")), "IN", one["type"], one["rdata"]]
    return "\t".join(word for word in words if word) + "\n"


class FilterModule:
    def filters(self):
        return {"dns_records": dns_records}
