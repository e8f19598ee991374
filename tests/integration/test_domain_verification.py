# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for the verification of a sending domain, and email its setup instructions."""

from __future__ import annotations

import socketserver
import threading
import time

import dns.message
import dns.rcode
import dns.rrset
import pytest

KEYS = ["verification", "dkim1", "dkim2", "dmarc", "link_verification"]


class Zone(dict):
    """The zone of the test server: lists of values by name and type.

    :ivar rcodes: the response codes to return for a name; None for no response at all.
    :ivar queried_names: the names that were queried, in order.
    """

    def __init__(self):
        super().__init__()
        self.rcodes = {}
        self.queried_names = []

    def add_record(self, record, *values):
        """Add a record that the API returned, with the given values or with its expected one."""
        expected = f'"{record["value"]}"' if record["type"] == "TXT" else f"{record['value']}."
        self[record["domain"], record["type"]] = list(values or [expected])

    def respond(self, query):
        """Return the response to a query, or None for no response."""
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True)
        self.queried_names.append(name)
        rcode = self.rcodes.get(name, dns.rcode.NOERROR)
        if rcode is None:
            return None
        response = dns.message.make_response(query)
        response.set_rcode(rcode)
        for record_type in (question.rdtype.name, "CNAME"):
            if (name, record_type) in self:
                values = self[name, record_type]
                response.answer.append(dns.rrset.from_text(question.name, 60, "IN", record_type, *values))
                return response
        if not rcode and not any(name == other for other, _record_type in self):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response


class Handler(socketserver.BaseRequestHandler):
    """Answer DNS queries over UDP from the server's zone."""

    def handle(self):
        data, connection = self.request
        response = self.server.zone.respond(dns.message.from_wire(data))
        if response is not None:
            connection.sendto(response.to_wire(), self.client_address)


@pytest.fixture
def domain(emulator):
    """Return an emulator with a domain whose DNS records are all missing."""
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example", "verification_name": "mt42"}])
    return emulator


@pytest.fixture
def record(domain):
    """Return a function that returns a DNS record of the domain by its key."""
    return {item["key"]: item for item in domain.domain("shop.example")["dns_records"]}.__getitem__


@pytest.fixture
def zone():
    return Zone()


@pytest.fixture
def server(zone):
    """Run a DNS server for the zone, and return its address."""
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        server.zone = zone
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield "127.0.0.1:{1}".format(*server.server_address)
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def run_after(domain):
    """Return a function that runs another function once the emulator has received a number of requests."""
    threads = []

    def start(request_count, function):
        def wait_and_run():
            deadline = time.monotonic() + 60
            while len(domain.journal()) < request_count and time.monotonic() < deadline:
                time.sleep(0.05)
            function()

        threads.append(threading.Thread(target=wait_and_run))
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join()


def test_wait_0_reports_the_state_without_waiting(play, domain):
    domain.domain("shop.example", dns={"dkim1": "pass", "dmarc": "fail"}, check=True)
    by_name, by_id = play(
        """
        - community.mailtrap.domain_verification: {domain: shop.example, wait: 0}
        - community.mailtrap.domain_verification: {domain_id: 435, wait: 0}
        """
    )
    assert by_name.requests == ["GET /api/domains"] and by_id.requests == ["GET /api/domains/435"]
    for step in (by_name, by_id):
        assert not step.changed and not step.failed
        assert (step["verified"], step["compliant"], step["waited"]) == (False, False, 0.0)
        assert step["missing"] == ["verification", "dkim2", "dmarc", "link_verification"]
        assert step["records"] == step["domain"]["dns_records"] and step["domain"]["id"] == 435
        assert [record["status"] for record in step["records"]] == ["missing", "pass", "missing", "fail", "missing"]


def test_verified_domain_needs_a_single_request(play, emulator):
    verified, compliant = play(
        """
        - community.mailtrap.domain_verification: {domain: example.com}
        - community.mailtrap.domain_verification: {sending_domain: example.com, until: compliant}
        """
    )
    for step in (verified, compliant):
        assert (step["verified"], step["compliant"], step["missing"]) == (True, True, [])
        assert step.requests == ["GET /api/domains"]


def test_wait_ends_when_the_domain_is_verified(play_in, domain, run_after):
    run_after(2, lambda: domain.domain("shop.example", dns="ok", check=True))
    (step,) = play_in(
        "in_process", "[{community.mailtrap.domain_verification: {domain: shop.example, wait: 60, interval: 1}}]"
    )
    assert step["verified"] and not step["compliant"] and step["missing"] == []
    assert step["domain"]["compliance_status"] == "missing_company_info"
    assert step.requests[0] == "GET /api/domains"
    assert 1 <= step["waited"] < 10
    assert 2 <= len(step.requests) < 10 and set(step.requests[1:]) == {"GET /api/domains/435"}


@pytest.mark.parametrize(
    "fault, times, is_transient", [({"status": 503}, 2, True), ({"drop": True}, 2, True), ({"status": 403}, 1, False)]
)
def test_wait_continues_after_transient_errors_only(play_in, domain, fault, times, is_transient):
    domain.fault(path="/api/domains/435", times=times, **fault)
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain: shop.example, wait: 4, interval: 1, retries: 0}
          ignore_errors: true
        """,
    )
    assert step.failed and ("within 4 s" in step.msg) is is_transient
    assert len(step.requests) == (5 if is_transient else 2)


def test_transient_error_at_the_end_of_the_wait_is_reported(play_in, domain):
    domain.fault(path="/api/domains/435", status=503)
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain: shop.example, wait: 2, interval: 1, retries: 0}
          ignore_errors: true
        """,
    )
    assert step["status"] == 503 and step.msg.startswith("Could not verify domain 'shop.example': ")


def test_wait_for_compliance(play_in, domain, run_after):
    def pass_compliance_checks():
        domain.domain("shop.example", dns="ok", check=True)
        domain.domain("shop.example", compliance_status="compliant")

    run_after(2, pass_compliance_checks)
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain_id: 435, until: compliant, wait: 60, interval: 1}
        """,
    )
    assert step["compliant"]


def test_timeout_lists_each_incorrect_record(play, domain):
    domain.domain("shop.example", dns={"verification": "pass", "dkim1": "pass", "dkim2": "pass"}, check=True)
    (step,) = play(
        """
        - community.mailtrap.domain_verification: {domain: shop.example, wait: 2, interval: 1}
          ignore_errors: true
        """
    )
    assert step.msg == (
        "Could not verify domain 'shop.example' within 2 s: "
        "dmarc record: TXT _dmarc.shop.example should be 'v=DMARC1; p=none; rua=mailto:dmarc@smtp-staging.mailtrap.net;"
        " ruf=mailto:dmarc@smtp-staging.mailtrap.net; rf=afrf; pct=100', but Mailtrap reports it as missing; "
        "link_verification record: CNAME mt-link.shop.example should be 't.mailtrap.live', "
        "but Mailtrap reports it as missing"
    )
    assert len(step["errors"]) == 2
    assert step["missing"] == ["dmarc", "link_verification"] and step["domain"]["id"] == 435
    assert step.requests == ["GET /api/domains", "GET /api/domains/435", "GET /api/domains/435"]


@pytest.mark.parametrize(
    "status, message",
    [
        (
            "missing_company_info",
            "company info is missing: set it with the company_info option of community.mailtrap.domain",
        ),
        ("awaiting_questionnaire", "a questionnaire must be completed on the domain's page in Mailtrap"),
        ("suspended", "the domain is suspended: contact Mailtrap support"),
    ],
)
def test_statuses_that_need_a_person_fail_without_waiting(play_in, domain, status, message):
    domain.domain("shop.example", dns="ok", check=True)
    domain.domain("shop.example", compliance_status=status)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.domain_verification: {domain: shop.example, until: compliant}, ignore_errors: true}]",
    )
    assert step.msg == f"Could not verify domain 'shop.example': {message}"
    assert step["verified"] and not step["compliant"] and step.requests == ["GET /api/domains"]


def test_timeout_during_the_compliance_review(play_in, domain):
    domain.clock(frozen=True)
    domain.domain("shop.example", dns="ok", check=True)
    domain.domain("shop.example", compliance_status="under_review")
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain_id: 435, until: compliant, wait: 1, interval: 1}
          ignore_errors: true
        """,
    )
    assert step.msg == (
        "Could not verify domain 435 within 1 s: the domain is verified, but its compliance status is under_review"
    )


def test_dns_server_answers_are_reported(play, domain, record, zone, server):
    zone.add_record(record("verification"))
    zone.add_record(record("dkim1"), "RWMT1.dkim.smtp.mailtrap.live.")
    zone.add_record(record("dkim2"), "dkim.elsewhere.example.")
    zone.add_record(record("dmarc"), '"v=DMARC1; p=reject"', '"another text"')
    zone.rcodes[record("link_verification")["domain"]] = dns.rcode.SERVFAIL
    domain.domain("shop.example", dns={"verification": "pass"}, check=True)
    no_wait, wait = play(
        f"""
        - community.mailtrap.domain_verification: {{domain: shop.example, wait: 0, dns_server: "{server}"}}
        - community.mailtrap.domain_verification:
            {{domain: shop.example, wait: 1, dns_server: "{server}"}}
          ignore_errors: true
        """
    )
    for step in (no_wait, wait):
        assert {item["key"]: (item["dns_status"], item["found"]) for item in step["records"]} == {
            "verification": ("pass", ["smtp.mailtrap.live"]),
            "dkim1": ("pass", ["RWMT1.dkim.smtp.mailtrap.live"]),
            "dkim2": ("fail", ["dkim.elsewhere.example"]),
            "dmarc": ("fail", ["another text", "v=DMARC1; p=reject"]),
            "link_verification": ("network_error", None),
        }
        assert not step["verified"] and step["missing"] == KEYS[1:]
    assert not no_wait.failed and wait.failed
    assert wait["errors"][0] == (
        "dkim1 record: CNAME rwmt1._domainkey.shop.example should be 'rwmt1.dkim.smtp.mailtrap.live', "
        f"but Mailtrap reports it as missing ({server} returns the expected value)"
    )
    assert wait["errors"][1].endswith(f"as missing ({server} returns 'dkim.elsewhere.example')")
    assert wait["errors"][2].endswith(f"as missing ({server} returns 'another text', 'v=DMARC1; p=reject')")
    assert wait["errors"][3].endswith(f"as missing ({server} did not answer)")
    assert wait["errors"][4] == "Mailtrap checks the DNS records once an hour"


def test_dns_server_without_records_and_without_answers(play_in, domain, record, zone, server):
    zone.rcodes[record("dkim1")["domain"]] = None
    zone[record("dmarc")["domain"], "A"] = ["192.0.2.1"]
    task = f"[{{community.mailtrap.domain_verification: {{domain_id: 435, wait: 0, dns_server: '{server}'}}}}]"
    (step,) = play_in("in_process", task)
    assert [item["dns_status"] for item in step["records"]] == [
        "missing",
        "network_error",
        "missing",
        "missing",
        "missing",
    ]
    assert [item["found"] for item in step["records"]] == [[], None, [], [], []]
    assert len(zone.queried_names) == 6  # a query without an answer is repeated once


def test_long_text_and_incomplete_record(play_in, domain, record, zone, server):
    records = [
        {"key": "dmarc", "domain": "_dmarc.shop.example", "name": "_dmarc"},
        {**record("dmarc"), "key": "spf", "value": "v=spf1 " + "x" * 300},
    ]
    zone.add_record(records[1], f'"v=spf1 {"x" * 200}" "{"x" * 100}"')
    answer = {"id": 435, "domain_name": "shop.example", "dns_verified": False, "dns_records": records}
    domain.fault(path="/api/domains/435", status=200, json=answer)
    (step,) = play_in(
        "in_process",
        f"""
        - community.mailtrap.domain_verification: {{domain_id: 435, wait: 1, dns_server: "{server}"}}
          ignore_errors: true
        """,
    )
    assert [item["dns_status"] for item in step["records"]] == [None, "pass"]
    assert step["errors"][0] == "dmarc record: the API returned it without its name, type or value"


def test_check_mode_does_not_wait(play, domain):
    existing, missing = play(
        """
        - community.mailtrap.domain_verification: {domain: shop.example}
        - community.mailtrap.domain_verification: {domain: none.example}
        """,
        "--check",
    )
    assert not existing["verified"] and len(existing["missing"]) == 5 and existing.requests == ["GET /api/domains"]
    assert missing["domain"] is None and missing["records"] == [] and len(missing["warnings"]) == 1


def test_account_scoped_paths(play_in, domain):
    by_name, by_id = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain: shop.example, wait: 0}
        - community.mailtrap.sending_domain_verification: {domain_id: 435, wait: 0}
        """,
        environment={"MAILTRAP_ACCOUNT_ID": str(domain.account_id)},
    )
    scoped = f"GET /api/accounts/{domain.account_id}/sending_domains"
    assert by_name.requests == [scoped] and by_id.requests == [f"{scoped}/435"]
    assert by_name["missing"] == by_id["missing"] == KEYS


@pytest.mark.parametrize(
    "options, message",
    [
        ("wait: 0", "one of the following is required: domain, domain_id"),
        ("domain: a.example, domain_id: 1", "parameters are mutually exclusive: domain|domain_id"),
        ("domain_id: 1, wait: -1", "wait must be between 0 and 86400 s, not -1"),
        ("domain_id: 1, interval: 0", "interval must be at least 1 s, not 0"),
        ("domain_id: 1, until: sent", "value of until must be one of: verified, compliant, got: sent"),
        ("domain_id: 1, dns_server: '127.0.0.1:x'", "dns_server '127.0.0.1:x' is not a valid address"),
        ("domain_id: 1, dns_server: '127.0.0.1:99999'", "dns_server '127.0.0.1:99999' is not a valid address"),
        ("domain_id: 1, dns_server: 'http://127.0.0.1'", "dns_server 'http://127.0.0.1' is not a valid address"),
        ("domain_id: 1, dns_server: 'no-such-host.invalid'", "dns_server 'no-such-host.invalid' cannot be resolved: "),
    ],
)
def test_invalid_options_are_refused_before_any_request(play_in, domain, options, message):
    (step,) = play_in("in_process", "[{community.mailtrap.domain_verification: {%s}, ignore_errors: true}]" % options)
    assert message in step.msg
    assert step.requests == []


def test_domain_that_does_not_exist(play_in, domain):
    by_name, by_id = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain: none.example}
          ignore_errors: true
        - community.mailtrap.domain_verification: {domain_id: 4711}
          ignore_errors: true
        """,
    )
    assert by_name.msg == "Could not find domain 'none.example': there is no domain 'none.example'"
    assert by_id.msg == (
        "Could not verify domain 4711: there is no such object, or the API token cannot see it: Not Found "
        "(HTTP 404 for GET /api/domains/4711)"
    )


def test_dnspython_is_only_required_for_dns_server(play, domain, tmp_path):
    (tmp_path / "dns").mkdir()
    (tmp_path / "dns" / "__init__.py").write_text("raise ImportError('gone')\n")
    without, with_option = play(
        """
        - community.mailtrap.domain_verification: {domain_id: 435, wait: 0}
        - community.mailtrap.domain_verification: {domain_id: 435, wait: 0, dns_server: 127.0.0.1}
          ignore_errors: true
        """,
        environment={"PYTHONPATH": str(tmp_path)},
    )
    assert without["missing"] == KEYS
    assert "Failed to import the required Python library (dnspython)" in with_option.msg
    assert with_option.requests == []


def test_setup_instructions_are_sent(play, domain):
    by_name, by_id = play(
        """
        - community.mailtrap.domain_setup_instructions: {domain: shop.example, email: hostmaster@shop.example}
        - community.mailtrap.domain_setup_instructions: {domain_id: 435, email: Ann <ann@example.com>}
        """
    )
    send = "POST /api/domains/435/send_setup_instructions"
    assert by_name.changed and by_name["domain_id"] == 435 and by_name.requests == ["GET /api/domains", send]
    assert by_id.changed and by_id.requests == [send]
    assert [mail["recipients"] for mail in domain.outbox()] == [["hostmaster@shop.example"], ["ann@example.com"]]


def test_setup_instructions_are_not_sent_in_check_mode(play, domain):
    existing, missing = play(
        """
        - community.mailtrap.domain_setup_instructions: {domain: shop.example, email: a@b.example}
        - community.mailtrap.domain_setup_instructions: {domain: none.example, email: a@b.example}
        """,
        "--check",
    )
    assert existing.changed and existing["domain_id"] == 435 and existing.requests == ["GET /api/domains"]
    assert missing.changed and missing["domain_id"] is None and len(missing["warnings"]) == 1
    assert domain.outbox() == []


@pytest.mark.parametrize(
    "options, message",
    [
        ("domain_id: 435", "missing required arguments: email"),
        ("email: a@b.example", "one of the following is required: domain, domain_id"),
        (
            "domain_id: 435, email: nobody",
            "Could not send the setup instructions of domain 435: 'nobody' is not an e-mail address",
        ),
    ],
)
def test_invalid_options_of_setup_instructions_are_refused(play_in, domain, options, message):
    task = "[{community.mailtrap.domain_setup_instructions: {%s}, ignore_errors: true}]" % options
    (step,) = play_in("in_process", task)
    assert message in step.msg and step.requests == []


def test_setup_instructions_are_not_repeated_after_a_lost_answer(play_in, domain):
    domain.fault(method="POST", drop=True, when="after")
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.domain_setup_instructions: {domain_id: 435, email: a@b.example}, ignore_errors: true}]",
    )
    advice = "check whether the mail arrived before you run the task again"
    assert f"the request may have taken effect: {advice}" in step.msg
    assert len(domain.outbox()) == len(step.requests) == 1
