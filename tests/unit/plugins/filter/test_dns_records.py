# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dns.rdata
import dns.zone
import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.filter.dns_records import STYLES, dns_records

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
def test_what_each_module_wants(target, expected):
    assert dns_records([CNAME, DMARC], target) == expected
    assert [one["ttl"] for one in dns_records([CNAME, DMARC], target, ttl="300")] == [300, 300]


def test_all_that_is_known():
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
def test_names_in_zones(zone, expected):
    for target in STYLES:
        (one,) = dns_records([SPF], target, zone=zone)
        assert one.get("zone", one.get("zone_name")) == expected[0]
    (one,) = dns_records([SPF], zone=zone)
    assert (one["zone"], one["name"]) == expected


@pytest.mark.parametrize("zone", ["other.example", "op.example", "il.shop.example", "", ".", "a.mail.shop.example"])
def test_zones_that_do_not_hold_it(zone):
    with pytest.raises(AnsibleFilterError, match=r"the zone .* does not hold mail.shop.example"):
        dns_records([SPF], zone=zone)


def test_a_zone_file_can_be_read():
    long = {**DMARC, "value": 'v=DMARC1; "x"\\ ' + "y" * 600}
    mx = {"key": "inbound", "domain": "mail.shop.example", "name": "", "type": "MX", "value": "10 mx.mailtrap.live"}
    text = dns_records([CNAME, long, SPF, mx], "zone_file", zone="shop.example", ttl=300)
    zone = dns.zone.from_text(
        f"$ORIGIN a.b.example.\n{text}", origin="shop.example", check_origin=False, relativize=False
    )
    found = {(str(name), data.rdtype.name, data.ttl): data[0] for name, data in zone.iterate_rdatasets()}
    assert b"".join(found.pop(("_dmarc.mail.shop.example.", "TXT", 300)).strings).decode() == long["value"]
    assert {key: value.to_text() for key, value in found.items()} == {
        ("rwmt1._domainkey.mail.shop.example.", "CNAME", 300): "rwmt1.dkim.smtp.mailtrap.live.",
        ("mail.shop.example.", "TXT", 300): '"v=spf1 ~all"',
        ("mail.shop.example.", "MX", 300): "10 mx.mailtrap.live.",
    }


@pytest.mark.parametrize("length, pieces", [(1, [1]), (255, [255]), (256, [255, 1]), (600, [255, 255, 90])])
def test_pieces_of_a_text(length, pieces):
    (one,) = dns_records([{**SPF, "value": "\\" * (length - 1) + '"'}])
    read = dns.rdata.from_text("IN", "TXT", one["rdata"])
    assert [len(piece) for piece in read.strings] == pieces
    assert b"".join(read.strings).decode() == one["value"]
    (route53,) = dns_records([{**SPF, "value": "x" * length}], "amazon.aws.route53")
    assert [len(piece) for piece in route53["value"][0][1:-1].split('" "')] == pieces
    (hetzner,) = dns_records([{**SPF, "value": "x" * length}], "community.dns.hetzner_dns_record_set")
    assert hetzner["value"] == ["x" * length]


def test_records_that_are_not_whole_are_left_out():
    assert dns_records([{"key": "dmarc", "domain": "_dmarc.a.example", "name": "_dmarc"}, SPF, {}], "zone_file") == (
        'mail.shop.example.\tIN\tTXT\t"v=spf1 ~all"\n'
    )
    assert dns_records([]) == [] and dns_records([], "zone_file") == ""


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (({"dns_records": []},), "dns_records takes a list of DNS records, such as the dns_records of a domain"),
        (("text",), "dns_records takes a list of DNS records"),
        ((["text"],), "dns_records takes a list of DNS records"),
        (([SPF], "bind"), "dns_records knows no 'bind'; it knows amazon.aws.route53, "),
        (([SPF], None, None, "soon"), "ttl 'soon' is no number of seconds"),
        (([SPF], None, None, 0), "ttl 0 is no number of seconds"),
        (([{**SPF, "name": None}],), "the record mail.shop.example does not tell its domain: give zone"),
        (([{**SPF, "name": "other"}],), "the record mail.shop.example does not tell its domain: give zone"),
        (([SPF], None, 7), "the zone '7' does not hold mail.shop.example"),
        (([{**SPF, "value": "Grüße"}],), "holds other characters than printable ASCII"),
        (([{**SPF, "value": "a\nb"}],), "holds other characters than printable ASCII"),
    ],
)
def test_what_makes_no_sense(arguments, sentence):
    with pytest.raises(AnsibleFilterError) as failure:
        dns_records(*arguments)
    assert sentence in str(failure.value)
