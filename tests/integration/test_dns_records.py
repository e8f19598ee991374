# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Use the filter dns_records in a playbook."""

from __future__ import annotations


def test_records_of_a_domain_are_converted(play_in, emulator):
    emulator.seed(domains=[{"id": 435, "domain_name": "mail.shop.example", "verification_name": "mt42"}])
    run = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain: mail.shop.example, wait: 0}
          register: mail
        - ansible.builtin.debug:
            msg: "{{ item.record }} in {{ item.zone }}: {{ item.value | join }} for {{ item.ttl }}"
          loop: "{{ mail.records | community.mailtrap.dns_records(target, zone='shop.example', ttl=300) }}"
          vars: {target: community.general.nsupdate}
        - ansible.builtin.debug:
            msg: "{{ mail.domain.dns_records | community.mailtrap.dns_records('zone_file') }}"
        - ansible.builtin.debug:
            msg: "{{ records | community.mailtrap.dns_records }}"
          vars: {records: [{key: dmarc, domain: _dmarc.mail.shop.example, name: _dmarc}]}
        - ansible.builtin.debug:
            msg: "{{ mail.domain | community.mailtrap.dns_records }}"
          ignore_errors: true
        """,
    )
    _verification, loop, zone_file, incomplete, refused = run
    assert [item["msg"] for item in loop["results"]][:2] == [
        "mt42.mail.shop.example. in shop.example: smtp.mailtrap.live. for 300",
        "rwmt1._domainkey.mail.shop.example. in shop.example: rwmt1.dkim.smtp.mailtrap.live. for 300",
    ]
    assert zone_file["msg"].splitlines()[0] == "mt42.mail.shop.example.\tIN\tCNAME\tsmtp.mailtrap.live."
    assert len(zone_file["msg"].splitlines()) == 5
    assert incomplete["msg"] == []
    output = " ".join(run.output.split())
    assert "dns_records skipped the record dmarc because it has no type and no value." in output
    assert "dns_records expects a list of DNS records, such as the dns_records of a domain" in refused.msg
