# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

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
    """What the server holds: (name, type) -> list of values.

    :ivar codes: dict, name -> the code that it is answered with in any case; None for no answer at all.
    :ivar questions: list of str, the names that were asked for.
    """

    def __init__(self):
        super().__init__()
        self.codes = {}
        self.questions = []

    def hold(self, record, *values):
        """Take in a record as the API shows it, with these values or its own."""
        own = f'"{record["value"]}"' if record["type"] == "TXT" else f"{record['value']}."
        self[record["domain"], record["type"]] = list(values or [own])

    def answer(self, query):
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True)
        self.questions.append(name)
        code = self.codes.get(name, dns.rcode.NOERROR)
        if code is None:
            return None
        reply = dns.message.make_response(query)
        reply.set_rcode(code)
        for kind in (question.rdtype.name, "CNAME"):
            if (name, kind) in self:
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *self[name, kind]))
                return reply
        if not code and not any(name == other for other, _kind in self):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data, connection = self.request
        reply = self.server.zone.answer(dns.message.from_wire(data))
        if reply is not None:
            connection.sendto(reply.to_wire(), self.client_address)


@pytest.fixture
def domain(emulator):
    """A domain without any of its records."""
    emulator.seed(domains=[{"id": 435, "domain_name": "shop.example", "verification_name": "mt42"}])
    return emulator


@pytest.fixture
def record(domain):
    return {one["key"]: one for one in domain.domain("shop.example")["dns_records"]}.__getitem__


@pytest.fixture
def zone():
    return Zone()


@pytest.fixture
def server(zone):
    """The address of a DNS server on this machine that serves the zone."""
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
def later(domain):
    """A function that does something once so many requests were made."""
    threads = []

    def do(requests, work):
        def wait():
            end = time.monotonic() + 60
            while len(domain.journal()) < requests and time.monotonic() < end:
                time.sleep(0.05)
            work()

        threads.append(threading.Thread(target=wait))
        threads[-1].start()

    yield do
    for thread in threads:
        thread.join()


def test_only_a_look(play, domain):
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
        assert [one["status"] for one in step["records"]] == ["missing", "pass", "missing", "fail", "missing"]


def test_one_that_is_there_already(play, emulator):
    verified, compliant = play(
        """
        - community.mailtrap.domain_verification: {domain: example.com}
        - community.mailtrap.domain_verification: {sending_domain: example.com, until: compliant}
        """
    )
    for step in (verified, compliant):
        assert (step["verified"], step["compliant"], step["missing"]) == (True, True, [])
        assert step.requests == ["GET /api/domains"]


def test_waiting(play_in, domain, later):
    later(2, lambda: domain.domain("shop.example", dns="ok", check=True))
    (step,) = play_in(
        "in_process", "[{community.mailtrap.domain_verification: {domain: shop.example, wait: 60, interval: 1}}]"
    )
    assert step["verified"] and not step["compliant"] and step["missing"] == []
    assert step["domain"]["compliance_status"] == "missing_company_info"
    assert step.requests[0] == "GET /api/domains"
    assert 1 <= step["waited"] < 10
    assert 2 <= len(step.requests) < 10 and set(step.requests[1:]) == {"GET /api/domains/435"}


@pytest.mark.parametrize(
    "fault, times, survived", [({"status": 503}, 2, True), ({"drop": True}, 2, True), ({"status": 403}, 1, False)]
)
def test_an_outage_while_waiting(play_in, domain, fault, times, survived):
    domain.fault(path="/api/domains/435", times=times, **fault)
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain: shop.example, wait: 4, interval: 1, retries: 0}
          ignore_errors: true
        """,
    )
    assert step.failed and ("within 4 s" in step.msg) is survived
    assert len(step.requests) == (5 if survived else 2)


def test_an_outage_at_the_end_of_a_wait(play_in, domain):
    domain.fault(path="/api/domains/435", status=503)
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain: shop.example, wait: 2, interval: 1, retries: 0}
          ignore_errors: true
        """,
    )
    assert step["status"] == 503 and step.msg.startswith("Could not verify domain 'shop.example': ")


def test_waiting_for_compliance(play_in, domain, later):
    def let_pass():
        domain.domain("shop.example", dns="ok", check=True)
        domain.domain("shop.example", compliance_status="compliant")

    later(2, let_pass)
    (step,) = play_in(
        "in_process",
        """
        - community.mailtrap.domain_verification: {domain_id: 435, until: compliant, wait: 60, interval: 1}
        """,
    )
    assert step["compliant"]


def test_waiting_in_vain(play, domain):
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
        " ruf=mailto:dmarc@smtp-staging.mailtrap.net; rf=afrf; pct=100', and the service says missing; "
        "link_verification record: CNAME mt-link.shop.example should be 't.mailtrap.live', and the service says missing"
    )
    assert len(step["errors"]) == 2
    assert step["missing"] == ["dmarc", "link_verification"] and step["domain"]["id"] == 435
    assert step.requests == ["GET /api/domains", "GET /api/domains/435", "GET /api/domains/435"]


@pytest.mark.parametrize(
    "status, sentence",
    [
        ("missing_company_info", "company info is missing: give it with the company_info of community.mailtrap.domain"),
        ("awaiting_questionnaire", "a questionnaire waits to be filled in on the domain's page"),
        ("suspended", "it is suspended: the service's support knows why"),
    ],
)
def test_what_waiting_cannot_change(play_in, domain, status, sentence):
    domain.domain("shop.example", dns="ok", check=True)
    domain.domain("shop.example", compliance_status=status)
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.domain_verification: {domain: shop.example, until: compliant}, ignore_errors: true}]",
    )
    assert step.msg == f"Could not verify domain 'shop.example': {sentence}"
    assert step["verified"] and not step["compliant"] and step.requests == ["GET /api/domains"]


def test_a_review_that_takes_long(play_in, domain):
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
        "Could not verify domain 435 within 1 s: it is verified, and its compliance status is under_review"
    )


def test_what_a_dns_server_says(play, domain, record, zone, server):
    zone.hold(record("verification"))
    zone.hold(record("dkim1"), "RWMT1.dkim.smtp.mailtrap.live.")
    zone.hold(record("dkim2"), "dkim.elsewhere.example.")
    zone.hold(record("dmarc"), '"v=DMARC1; p=reject"', '"another text"')
    zone.codes[record("link_verification")["domain"]] = dns.rcode.SERVFAIL
    domain.domain("shop.example", dns={"verification": "pass"}, check=True)
    look, wait = play(
        f"""
        - community.mailtrap.domain_verification: {{domain: shop.example, wait: 0, dns_server: "{server}"}}
        - community.mailtrap.domain_verification:
            {{domain: shop.example, wait: 1, dns_server: "{server}"}}
          ignore_errors: true
        """
    )
    for step in (look, wait):
        assert {one["key"]: (one["dns_status"], one["found"]) for one in step["records"]} == {
            "verification": ("pass", ["smtp.mailtrap.live"]),
            "dkim1": ("pass", ["RWMT1.dkim.smtp.mailtrap.live"]),
            "dkim2": ("fail", ["dkim.elsewhere.example"]),
            "dmarc": ("fail", ["another text", "v=DMARC1; p=reject"]),
            "link_verification": ("network_error", None),
        }
        assert not step["verified"] and step["missing"] == KEYS[1:]
    assert not look.failed and wait.failed
    assert wait["errors"][0] == (
        "dkim1 record: CNAME rwmt1._domainkey.shop.example should be 'rwmt1.dkim.smtp.mailtrap.live', and the service "
        f"says missing; {server} has it as it should be"
    )
    assert wait["errors"][1].endswith(f"says missing; {server} has 'dkim.elsewhere.example'")
    assert wait["errors"][2].endswith(f"says missing; {server} has 'another text', 'v=DMARC1; p=reject'")
    assert wait["errors"][3].endswith(f"says missing; {server} did not tell")
    assert wait["errors"][4] == "the service looks once an hour"


def test_nothing_there_and_silence(play_in, domain, record, zone, server):
    zone.codes[record("dkim1")["domain"]] = None
    zone[record("dmarc")["domain"], "A"] = ["192.0.2.1"]
    task = f"[{{community.mailtrap.domain_verification: {{domain_id: 435, wait: 0, dns_server: '{server}'}}}}]"
    (step,) = play_in("in_process", task)
    assert [one["dns_status"] for one in step["records"]] == [
        "missing",
        "network_error",
        "missing",
        "missing",
        "missing",
    ]
    assert [one["found"] for one in step["records"]] == [[], None, [], [], []]
    assert len(zone.questions) == 6  # a silent server is asked a second time


def test_a_long_text_and_a_record_that_is_not_whole(play_in, domain, record, zone, server):
    records = [
        {"key": "dmarc", "domain": "_dmarc.shop.example", "name": "_dmarc"},
        {**record("dmarc"), "key": "spf", "value": "v=spf1 " + "x" * 300},
    ]
    zone.hold(records[1], f'"v=spf1 {"x" * 200}" "{"x" * 100}"')
    answer = {"id": 435, "domain_name": "shop.example", "dns_verified": False, "dns_records": records}
    domain.fault(path="/api/domains/435", status=200, json=answer)
    (step,) = play_in(
        "in_process",
        f"""
        - community.mailtrap.domain_verification: {{domain_id: 435, wait: 1, dns_server: "{server}"}}
          ignore_errors: true
        """,
    )
    assert [(one["dns_status"]) for one in step["records"]] == [None, "pass"]
    assert step["errors"][0] == "dmarc record: the service does not tell what it should be"


def test_check_mode_does_not_wait(play, domain):
    there, not_there = play(
        """
        - community.mailtrap.domain_verification: {domain: shop.example}
        - community.mailtrap.domain_verification: {domain: none.example}
        """,
        "--check",
    )
    assert not there["verified"] and len(there["missing"]) == 5 and there.requests == ["GET /api/domains"]
    assert not_there["domain"] is None and not_there["records"] == [] and len(not_there["warnings"]) == 1


def test_old_paths(play_in, domain):
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
    "options, sentence",
    [
        ("wait: 0", "one of the following is required: domain, domain_id"),
        ("domain: a.example, domain_id: 1", "parameters are mutually exclusive: domain|domain_id"),
        ("domain_id: 1, wait: -1", "wait must be 0 to 86400 s, and interval 1 s or more; they are -1 and 60"),
        ("domain_id: 1, interval: 0", "wait must be 0 to 86400 s, and interval 1 s or more; they are 3900 and 0"),
        ("domain_id: 1, until: sent", "value of until must be one of: verified, compliant, got: sent"),
        ("domain_id: 1, dns_server: '127.0.0.1:x'", "dns_server '127.0.0.1:x' is no address"),
        ("domain_id: 1, dns_server: '127.0.0.1:99999'", "dns_server '127.0.0.1:99999' is no address"),
        ("domain_id: 1, dns_server: 'http://127.0.0.1'", "dns_server 'http://127.0.0.1' is no address"),
        ("domain_id: 1, dns_server: 'no-such-host.invalid'", "dns_server 'no-such-host.invalid' is not found: "),
    ],
)
def test_what_makes_no_sense(play_in, domain, options, sentence):
    (step,) = play_in("in_process", "[{community.mailtrap.domain_verification: {%s}, ignore_errors: true}]" % options)
    assert sentence in step.msg
    assert step.requests == []


def test_a_domain_that_is_not_there(play_in, domain):
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


def test_without_dnspython(play, domain, tmp_path):
    """The library is missing: only who uses the option is told."""
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


def test_setup_instructions(play, domain):
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


def test_setup_instructions_in_check_mode(play, domain):
    there, not_there = play(
        """
        - community.mailtrap.domain_setup_instructions: {domain: shop.example, email: a@b.example}
        - community.mailtrap.domain_setup_instructions: {domain: none.example, email: a@b.example}
        """,
        "--check",
    )
    assert there.changed and there["domain_id"] == 435 and there.requests == ["GET /api/domains"]
    assert not_there.changed and not_there["domain_id"] is None and len(not_there["warnings"]) == 1
    assert domain.outbox() == []


@pytest.mark.parametrize(
    "options, sentence",
    [
        ("domain_id: 435", "missing required arguments: email"),
        ("email: a@b.example", "one of the following is required: domain, domain_id"),
        (
            "domain_id: 435, email: nobody",
            "Could not send the setup instructions of domain 435: 'nobody' is not an e-mail address",
        ),
    ],
)
def test_setup_instructions_that_make_no_sense(play_in, domain, options, sentence):
    task = "[{community.mailtrap.domain_setup_instructions: {%s}, ignore_errors: true}]" % options
    (step,) = play_in("in_process", task)
    assert sentence in step.msg and step.requests == []


def test_setup_instructions_whose_answer_is_lost(play_in, domain):
    domain.fault(method="POST", drop=True, when="after")
    (step,) = play_in(
        "in_process",
        "[{community.mailtrap.domain_setup_instructions: {domain_id: 435, email: a@b.example}, ignore_errors: true}]",
    )
    assert "the mail may have gone out all the same, and is not sent a second time" in step.msg
    assert len(domain.outbox()) == len(step.requests) == 1
