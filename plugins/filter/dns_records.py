# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter dns_records; documented in dns_records.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

if TYPE_CHECKING:
    from ansible_collections.community.mailtrap.plugins.module_utils._api.json_types import JsonObject

ZONE_FILE = "zone_file"
# A TXT record consists of strings of at most this length.
MAX_STRING_LENGTH = 255
# The record types whose value ends with a host name.
HOST_NAME_TYPES = ("CNAME", "MX", "NS")


@dataclass(frozen=True)
class ModuleFormat:
    """The arguments that a DNS module expects for a record.

    :ivar zone_option: the option for the zone.
    :ivar dotted_record: whether the record's name must end with a dot.
    :ivar dotted_value: whether a host name in the value must end with a dot, without which it is relative to the zone.
    :ivar quoted_text: whether a TXT value must be split into quoted strings.
    :ivar value_list: whether the value must be a list.
    """

    zone_option: str = "zone"
    dotted_record: bool = False
    dotted_value: bool = False
    quoted_text: bool = False
    value_list: bool = True


MODULE_FORMATS = {
    "amazon.aws.route53": ModuleFormat(quoted_text=True),
    "community.dns.hetzner_dns_record_set": ModuleFormat("zone_name", dotted_value=True),
    "community.dns.hosttech_dns_record_set": ModuleFormat("zone_name"),
    "community.general.cloudflare_dns": ModuleFormat(value_list=False),
    "community.general.nsupdate": ModuleFormat(dotted_record=True, dotted_value=True, quoted_text=True),
}


def dns_records(
    records: list[JsonObject], target: str | None = None, zone: str | None = None, ttl: int | str | None = None
) -> list[JsonObject] | str:
    """Convert the DNS records of a domain to arguments for a DNS module, or to the text of a zone file.

    :param records: the records as returned by the API; incomplete ones are skipped with a warning.
    :param target: the full name of a module, ``zone_file``, or None for a neutral format.
    :param zone: the zone of the records, or None if the domain itself is a zone.
    :param ttl: seconds.
    :raises AnsibleFilterError: if an argument or a record is invalid.
    """
    if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
        raise AnsibleFilterError("dns_records expects a list of DNS records, such as the dns_records of a domain")
    if target not in (None, ZONE_FILE, *MODULE_FORMATS):
        targets = ", ".join([*MODULE_FORMATS, ZONE_FILE])
        raise AnsibleFilterError(f"dns_records: unknown target {target!r}. The targets are {targets}")
    ttl_argument = {} if ttl is None else {"ttl": _parse_ttl(ttl)}
    complete = [{**_parse_record(record, zone), **ttl_argument} for record in records if _is_complete(record)]
    if target is None:
        return complete
    if target == ZONE_FILE:
        return "".join(_to_zone_file_line(record) for record in complete)
    return [{**_to_module_arguments(record, MODULE_FORMATS[target]), **ttl_argument} for record in complete]


def _is_complete(record: JsonObject) -> bool:
    """Return whether a record has a name, a type and a value, and warn if it does not."""
    missing = [name for name in ("domain", "type", "value") if not record.get(name)]
    if missing:
        reason = " and ".join(f"no {name}" for name in missing)
        Display().warning(f"dns_records skipped the record {record.get('key')} because it has {reason}.")
    return not missing


def _parse_ttl(ttl: Any) -> int:
    try:
        seconds = int(ttl)
    except (TypeError, ValueError):
        seconds = 0
    if seconds < 1:
        raise AnsibleFilterError(f"dns_records: ttl must be a positive number of seconds, not {ttl!r}")
    return seconds


def _parse_record(record: JsonObject, zone: str | None) -> JsonObject:
    """Return a record in the neutral format, from which the other formats are built."""
    full_name = record["domain"].rstrip(".").lower()
    zone = (_find_domain(record, full_name) if zone is None else str(zone)).strip(".").lower()
    if not zone or not f".{full_name}".endswith(f".{zone}"):
        raise AnsibleFilterError(f"dns_records: the record {full_name} is not in the zone {zone!r}")
    return {
        "key": record.get("key"),
        "zone": zone,
        "name": full_name[: -len(f".{zone}")] or "@",
        "record": full_name,
        "type": record["type"],
        "value": record["value"],
        "rdata": _to_rdata(record["type"], record["value"]),
    }


def _find_domain(record: JsonObject, full_name: str) -> str:
    """Return the domain of a record: its full name without its name relative to the domain."""
    name = record.get("name")
    if name is None or (name and not full_name.startswith(f"{name.lower()}.")):
        raise AnsibleFilterError(f"dns_records: the domain of the record {full_name} is unknown: set zone")
    return full_name[len(f"{name}.") :] if name else full_name


def _to_rdata(record_type: str, value: str) -> str:
    """Return a value in the notation of a zone file."""
    if record_type in HOST_NAME_TYPES:
        return value.rstrip(".") + "."
    return _quote_txt_record(value) if record_type == "TXT" else value


def _quote_txt_record(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise AnsibleFilterError(f"dns_records: the text {text!r} has characters other than printable ASCII")
    strings = [text[start : start + MAX_STRING_LENGTH] for start in range(0, len(text), MAX_STRING_LENGTH)]
    return " ".join('"' + string.replace("\\", "\\\\").replace('"', '\\"') + '"' for string in strings)


def _to_module_arguments(record: JsonObject, module_format: ModuleFormat) -> JsonObject:
    uses_rdata = module_format.quoted_text if record["type"] == "TXT" else module_format.dotted_value
    value = record["rdata"] if uses_rdata else record["value"]
    return {
        module_format.zone_option: record["zone"],
        "record": record["record"] + "." * module_format.dotted_record,
        "type": record["type"],
        "value": [value] if module_format.value_list else value,
    }


def _to_zone_file_line(record: JsonObject) -> str:
    # The full name makes the line independent of the file's $ORIGIN.
    parts = [f"{record['record']}.", str(record.get("ttl", "")), "IN", record["type"], record["rdata"]]
    return "\t".join(part for part in parts if part) + "\n"


class FilterModule:
    """Provide the filter to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dns_records": dns_records}
