# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dns.rdata
import dns.zone
import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.dns_records import MODULE_FORMATS, dns_records

CNAME = {
    "key": "dkim1",
    "domain": "rwmt1._domainkey.mail.shop.example",
    "name": "rwmt1._domainkey",
    "type": "CNAME",
    "value": "rwmt1.dkim.smtp.mailtrap.live",
    "status": "missing",
}
DMARC = {
    "key": "dmarc",
    "domain": "_dmarc.mail.shop.example",
    "name": "_dmarc",
    "type": "TXT",
    "value": "v=DMARC1; p=none",
}
SPF = {"key": "spf", "domain": "mail.shop.example", "name": "", "type": "TXT", "value": "v=spf1 ~all"}


@pytest.mark.parametrize(
    "target, expected",
    [
        (
            "community.general.nsupdate",
            [
                {
                    "zone": "mail.shop.example",
                    "record": "rwmt1._domainkey.mail.shop.example.",
                    "type": "CNAME",
                    "value": ["rwmt1.dkim.smtp.mailtrap.live."],
                },
                {
                    "zone": "mail.shop.example",
                    "record": "_dmarc.mail.shop.example.",
                    "type": "TXT",
                    "value": ['"v=DMARC1; p=none"'],
                },
            ],
        ),
        (
            "amazon.aws.route53",
            [
                {
                    "zone": "mail.shop.example",
                    "record": "rwmt1._domainkey.mail.shop.example",
                    "type": "CNAME",
                    "value": ["rwmt1.dkim.smtp.mailtrap.live"],
                },
                {
                    "zone": "mail.shop.example",
                    "record": "_dmarc.mail.shop.example",
                    "type": "TXT",
                    "value": ['"v=DMARC1; p=none"'],
                },
            ],
        ),
        (
            "community.general.cloudflare_dns",
            [
                {
                    "zone": "mail.shop.example",
                    "record": "rwmt1._domainkey.mail.shop.example",
                    "type": "CNAME",
                    "value": "rwmt1.dkim.smtp.mailtrap.live",
                },
                {
                    "zone": "mail.shop.example",
                    "record": "_dmarc.mail.shop.example",
                    "type": "TXT",
                    "value": "v=DMARC1; p=none",
                },
            ],
        ),
        (
            "community.dns.hetzner_dns_record_set",
            [
                {
                    "zone_name": "mail.shop.example",
                    "record": "rwmt1._domainkey.mail.shop.example",
                    "type": "CNAME",
                    "value": ["rwmt1.dkim.smtp.mailtrap.live."],
                },
                {
                    "zone_name": "mail.shop.example",
                    "record": "_dmarc.mail.shop.example",
                    "type": "TXT",
                    "value": ["v=DMARC1; p=none"],
                },
            ],
        ),
        (
            "community.dns.hosttech_dns_record_set",
            [
                {
                    "zone_name": "mail.shop.example",
                    "record": "rwmt1._domainkey.mail.shop.example",
                    "type": "CNAME",
                    "value": ["rwmt1.dkim.smtp.mailtrap.live"],
                },
                {
                    "zone_name": "mail.shop.example",
                    "record": "_dmarc.mail.shop.example",
                    "type": "TXT",
                    "value": ["v=DMARC1; p=none"],
                },
            ],
        ),
    ],
)
def test_module_arguments(target, expected):
    assert dns_records([CNAME, DMARC], target) == expected
    assert [record["ttl"] for record in dns_records([CNAME, DMARC], target, ttl="300")] == [300, 300]


def test_neutral_format_without_a_target():
    assert dns_records([CNAME, SPF], zone="Shop.Example.", ttl=60) == [
        {
            "key": "dkim1",
            "zone": "shop.example",
            "name": "rwmt1._domainkey.mail",
            "record": "rwmt1._domainkey.mail.shop.example",
            "type": "CNAME",
            "value": "rwmt1.dkim.smtp.mailtrap.live",
            "rdata": "rwmt1.dkim.smtp.mailtrap.live.",
            "ttl": 60,
        },
        {
            "key": "spf",
            "zone": "shop.example",
            "name": "mail",
            "record": "mail.shop.example",
            "type": "TXT",
            "value": "v=spf1 ~all",
            "rdata": '"v=spf1 ~all"',
            "ttl": 60,
        },
    ]


@pytest.mark.parametrize(
    "zone, expected",
    [
        (None, ("mail.shop.example", "@")),
        ("mail.shop.example", ("mail.shop.example", "@")),
        ("shop.example", ("shop.example", "mail")),
        ("example.", ("example", "mail.shop")),
    ],
)
def test_name_is_relative_to_the_zone(zone, expected):
    for target in MODULE_FORMATS:
        (record,) = dns_records([SPF], target, zone=zone)
        assert record.get("zone", record.get("zone_name")) == expected[0]
    (record,) = dns_records([SPF], zone=zone)
    assert (record["zone"], record["name"]) == expected


@pytest.mark.parametrize("zone", ["other.example", "op.example", "il.shop.example", "", ".", "a.mail.shop.example"])
def test_zone_that_does_not_contain_the_record_is_refused(zone):
    with pytest.raises(AnsibleFilterError, match=r"the record mail\.shop\.example is not in the zone "):
        dns_records([SPF], zone=zone)


def test_zone_file_can_be_parsed():
    long_text = {**DMARC, "value": 'v=DMARC1; "x"\\ ' + "y" * 600}
    mx = {"key": "inbound", "domain": "mail.shop.example", "name": "", "type": "MX", "value": "10 mx.mailtrap.live"}
    text = dns_records([CNAME, long_text, SPF, mx], "zone_file", zone="shop.example", ttl=300)
    zone = dns.zone.from_text(
        f"$ORIGIN a.b.example.\n{text}", origin="shop.example", check_origin=False, relativize=False
    )
    values = {(str(name), data.rdtype.name, data.ttl): data[0] for name, data in zone.iterate_rdatasets()}
    assert b"".join(values.pop(("_dmarc.mail.shop.example.", "TXT", 300)).strings).decode() == long_text["value"]
    assert {key: value.to_text() for key, value in values.items()} == {
        ("rwmt1._domainkey.mail.shop.example.", "CNAME", 300): "rwmt1.dkim.smtp.mailtrap.live.",
        ("mail.shop.example.", "TXT", 300): '"v=spf1 ~all"',
        ("mail.shop.example.", "MX", 300): "10 mx.mailtrap.live.",
    }


@pytest.mark.parametrize("length, string_lengths", [(1, [1]), (255, [255]), (256, [255, 1]), (600, [255, 255, 90])])
def test_long_texts_are_split_into_strings(length, string_lengths):
    (record,) = dns_records([{**SPF, "value": "\\" * (length - 1) + '"'}])
    rdata = dns.rdata.from_text("IN", "TXT", record["rdata"])
    assert [len(string) for string in rdata.strings] == string_lengths
    assert b"".join(rdata.strings).decode() == record["value"]
    (route53,) = dns_records([{**SPF, "value": "x" * length}], "amazon.aws.route53")
    assert [len(string) for string in route53["value"][0][1:-1].split('" "')] == string_lengths
    (hetzner,) = dns_records([{**SPF, "value": "x" * length}], "community.dns.hetzner_dns_record_set")
    assert hetzner["value"] == ["x" * length]


def test_incomplete_records_are_skipped():
    assert dns_records([{"key": "dmarc", "domain": "_dmarc.a.example", "name": "_dmarc"}, SPF, {}], "zone_file") == (
        'mail.shop.example.\tIN\tTXT\t"v=spf1 ~all"\n'
    )
    assert dns_records([]) == [] and dns_records([], "zone_file") == ""


@pytest.mark.parametrize(
    "arguments, message",
    [
        (({"dns_records": []},), "dns_records expects a list of DNS records, such as the dns_records of a domain"),
        (("text",), "dns_records expects a list of DNS records"),
        ((["text"],), "dns_records expects a list of DNS records"),
        (([SPF], "bind"), "dns_records: unknown target 'bind'. The targets are amazon.aws.route53, "),
        (([SPF], None, None, "soon"), "ttl must be a positive number of seconds, not 'soon'"),
        (([SPF], None, None, 0), "ttl must be a positive number of seconds, not 0"),
        (([{**SPF, "name": None}],), "the domain of the record mail.shop.example is unknown: set zone"),
        (([{**SPF, "name": "other"}],), "the domain of the record mail.shop.example is unknown: set zone"),
        (([SPF], None, 7), "the record mail.shop.example is not in the zone '7'"),
        (([{**SPF, "value": "Grüße"}],), "has characters other than printable ASCII"),
        (([{**SPF, "value": "a\nb"}],), "has characters other than printable ASCII"),
    ],
)
def test_invalid_arguments_are_refused(arguments, message):
    with pytest.raises(AnsibleFilterError) as failure:
        dns_records(*arguments)
    assert message in str(failure.value)
