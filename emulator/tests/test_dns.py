# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verification of domains by a DNS server (``--dns``)."""

import socketserver
import threading
import time
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rrset
import pytest

from mailtrap_emulator import cli
from mailtrap_emulator.testing import Emulator

HOUR = 3600
KEYS = ("verification", "dkim1", "dkim2", "dmarc", "link_verification")


class Zone:
    """The records of the DNS server.

    ``values`` has the values of records by name and type. ``codes`` has the response codes of names that are answered
    with an error, or None for names that are not answered.
    """

    def __init__(self):
        self.values = {}
        self.codes = {}
        self.queried_names = []

    def answer(self, query):
        """Return the response to a query, or None if the query is not answered."""
        question = query.question[0]
        name, record_type = question.name.to_text(omit_final_dot=True).lower(), question.rdtype.name
        self.queried_names.append(name)
        code = self.codes.get(name, dns.rcode.NOERROR)
        if code is None:
            return None
        response = dns.message.make_response(query)
        values = self.values.get((name, record_type), [])
        name_exists = any(name == other for other, _ in self.values)
        response.set_rcode(code if code or name_exists else dns.rcode.NXDOMAIN)
        if values:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", record_type, *values))
        return response

    def add(self, record, *values):
        """Add a record of the API, with the given values instead of its own if there are any."""
        required = f'"{record["value"]}"' if record["type"] == "TXT" else f"{record['value']}."
        self.values[record["domain"], record["type"]] = list(values or [required])


class UdpHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data, connection = self.request
        response = self.server.zone.answer(dns.message.from_wire(data))
        if response is not None:
            if self.server.truncates:
                response.answer.clear()
                response.flags |= dns.flags.TC
            connection.sendto(response.to_wire(), self.client_address)


class TcpHandler(socketserver.StreamRequestHandler):
    def handle(self):
        size = int.from_bytes(self.rfile.read(2))
        wire = self.server.zone.answer(dns.message.from_wire(self.rfile.read(size))).to_wire()
        self.wfile.write(len(wire).to_bytes(2) + wire)


@contextmanager
def run_server(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def server():
    """Return a DNS server that listens on the same port by TCP and UDP.

    The port is chosen by TCP, because a port that is free for TCP is nearly always free for UDP.
    """
    tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), TcpHandler)
    udp = socketserver.ThreadingUDPServer(tcp.server_address, UdpHandler)
    udp.tcp = tcp
    with run_server(tcp), run_server(udp):
        yield udp


@pytest.fixture(scope="module")
def process(server):
    with Emulator("--dns", f"127.0.0.1:{server.server_address[1]}") as emulator:
        yield emulator


@pytest.fixture
def emulator(process):
    process.reset()
    return process


@pytest.fixture
def zone(server):
    server.zone = server.tcp.zone = Zone()
    server.truncates = False
    return server.zone


@pytest.fixture
def api(emulator, make_client):
    return make_client(emulator)


@pytest.fixture
def domain(api):
    return api.post("/api/domains", json={"domain": {"domain_name": "shop.example"}}).json()


@pytest.fixture
def check_dns(api, emulator, domain):
    """Return a function that advances the clock to the next DNS check.

    It returns the domain and the statuses of its records by key.
    """

    def advance_and_read():
        emulator.clock(advance=HOUR)
        body = api.get(f"/api/domains/{domain['id']}").json()
        return body, {record["key"]: record["status"] for record in body["dns_records"]}

    return advance_and_read


@pytest.fixture
def get_record(domain):
    """Return a function that returns a record of the domain by its key."""
    return {record["key"]: record for record in domain["dns_records"]}.__getitem__


def test_missing_records(zone, check_dns, domain):
    body, statuses = check_dns()
    assert statuses == dict.fromkeys(KEYS, "missing")
    assert (body["dns_verified"], body["dns_verified_at"]) == (False, "")
    assert sorted(zone.queried_names) == sorted(record["domain"] for record in domain["dns_records"])


def test_correct_records(zone, check_dns, domain):
    for record in domain["dns_records"]:
        zone.add(record)
    body, statuses = check_dns()
    assert statuses == dict.fromkeys(KEYS, "pass")
    assert (body["dns_verified"], body["compliance_status"]) == (True, "missing_company_info")


def test_each_record_has_its_own_status(zone, check_dns, get_record):
    zone.add(get_record("verification"), "smtp.elsewhere.example.")
    zone.add(get_record("dkim1"))
    zone.add(get_record("dmarc"), '"v=DMARC1; p=reject"')
    zone.codes[get_record("link_verification")["domain"]] = dns.rcode.SERVFAIL
    body, statuses = check_dns()
    assert statuses == {
        "verification": "fail",
        "dkim1": "pass",
        "dkim2": "missing",
        "dmarc": "fail",
        "link_verification": "network_error",
    }
    assert body["dns_verified"] is False


def test_a_name_without_records_of_the_type_is_missing(zone, check_dns, get_record):
    zone.values[get_record("dkim1")["domain"], "A"] = ["192.0.2.1"]
    assert check_dns()[1]["dkim1"] == "missing"


def test_a_refusing_server_does_not_change_the_verification(zone, check_dns, domain):
    for record in domain["dns_records"]:
        zone.add(record)
    assert check_dns()[0]["dns_verified"] is True
    zone.codes = {record["domain"]: dns.rcode.REFUSED for record in domain["dns_records"]}
    body, statuses = check_dns()
    assert statuses == dict.fromkeys(KEYS, "network_error")
    assert body["dns_verified"] is True
    zone.codes, zone.values = {}, {}
    assert check_dns()[0]["dns_verified"] is False


def test_comparison_of_values(zone, check_dns, get_record):
    """Names are compared ignoring case. A text may be split into strings, and other texts may exist."""
    zone.add(get_record("dkim1"), "RWMT1.dkim.SMTP.mailtrap.live.")
    value = get_record("dmarc")["value"]
    zone.add(get_record("dmarc"), '"google-site-verification=1"', f'"{value[:20]}" "{value[20:]}"')
    statuses = check_dns()[1]
    assert (statuses["dkim1"], statuses["dmarc"]) == ("pass", "pass")


def test_dns_is_checked_once_an_hour(zone, api, emulator, check_dns, domain):
    path = f"/api/domains/{domain['id']}"
    for _ in range(3):
        api.get(path)
        api.get("/api/domains")
    emulator.clock(advance=HOUR - 60)
    assert zone.queried_names == []
    check_dns()
    assert len(zone.queried_names) == 5
    api.get(path)
    assert len(zone.queried_names) == 5
    emulator.clock(advance=100 * HOUR)
    assert len(zone.queried_names) == 10


def test_due_dns_checks_run_before_mail_is_refused(zone, api, emulator, domain, mail):
    """Sending mail is sufficient to run a check that is due."""
    emulator.seed(company_info=[{"name": "Shop Ltd"}])
    for record in domain["dns_records"]:
        zone.add(record)
    shop_mail = mail | {"from": {"email": "a@shop.example"}}
    assert api.post("/api/send", json=shop_mail).status_code == 401
    emulator.clock(advance=HOUR + 120)
    assert api.post("/api/send", json=shop_mail).status_code == 200


def test_the_control_plane_overrides_the_dns_server(zone, emulator, domain):
    overridden = emulator.domain("shop.example", dns="ok", check=True)
    assert overridden["dns_verified"] is True
    assert zone.queried_names == []
    restored = emulator.domain("shop.example", dns="server", check=True)
    assert restored["dns_verified"] is False
    assert len(zone.queried_names) == 5


def test_domains_of_the_start_state_are_not_checked(zone, api, emulator, mail):
    emulator.clock(advance=HOUR)
    assert zone.queried_names == []
    assert api.post("/api/send", json=mail).status_code == 200


def test_a_silent_server_does_not_block_the_api(zone, emulator, api, domain):
    for number in range(4):
        api.post("/api/domains", json={"domain": {"domain_name": f"d{number}.example"}})
    unverified = [row for row in api.get("/api/domains").json()["data"] if row["compliance_status"] == "unverified_dns"]
    zone.codes = {record["domain"]: None for row in unverified for record in row["dns_records"]}
    started = time.monotonic()
    emulator.clock(advance=HOUR)
    assert time.monotonic() - started < 4
    assert {
        record["status"]
        for row in api.get("/api/domains").json()["data"]
        for record in row["dns_records"]
        if row["compliance_status"] == "unverified_dns"
    } == {"network_error"}


def test_a_truncated_answer_is_requested_again_by_tcp(server, zone, check_dns, domain):
    for record in domain["dns_records"]:
        zone.add(record)
    server.truncates = True
    assert check_dns()[0]["dns_verified"] is True


@pytest.mark.parametrize("address", ["127.0.0.1", "dns.example:53", "127.0.0.1:x", ":53", "127.0.0.1:99999", "::1:"])
def test_invalid_server_addresses(capsys, address):
    assert cli.main(["--dns", address]) == 2
    assert "argument --dns" in capsys.readouterr().err.lower()


def test_ipv4_and_ipv6_server_addresses():
    assert cli.parse_dns_address("127.0.0.1:53") == ("127.0.0.1", 53)
    assert cli.parse_dns_address("[::1]:5353") == ("::1", 5353)
