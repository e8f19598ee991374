# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains verified by what a real DNS server says (``--dns``)."""

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
    """What the server holds: values by name and type. A name that maps to None is never answered, one that maps to a
    code is answered with it."""

    def __init__(self):
        self.values = {}
        self.codes = {}
        self.questions = []

    def answer(self, query):
        """The reply to a question; None for silence."""
        name, kind = query.question[0].name.to_text(omit_final_dot=True).lower(), query.question[0].rdtype
        self.questions.append(name)
        code = self.codes.get(name, dns.rcode.NOERROR)
        if code is None:
            return None
        reply = dns.message.make_response(query)
        values = self.values.get((name, kind.name), [])
        known = any(name == other for other, _ in self.values)
        reply.set_rcode(code if code or known else dns.rcode.NXDOMAIN)
        if values:
            reply.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", kind.name, *values))
        return reply

    def hold(self, record, *values):
        """Take in a record in its wire form, with these values or its own."""
        own = f'"{record["value"]}"' if record["type"] == "TXT" else f"{record['value']}."
        self.values[record["domain"], record["type"]] = list(values or [own])


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        data, connection = self.request
        reply = self.server.zone.answer(dns.message.from_wire(data))
        if reply is not None:
            if self.server.truncates:
                reply.answer.clear()
                reply.flags |= dns.flags.TC
            connection.sendto(reply.to_wire(), self.client_address)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        size = int.from_bytes(self.rfile.read(2))
        wire = self.server.zone.answer(dns.message.from_wire(self.rfile.read(size))).to_wire()
        self.wfile.write(len(wire).to_bytes(2) + wire)


@contextmanager
def serving(server):
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
    """A name server on a port of both kinds. Connections take ports of TCP, and hardly anybody those of UDP."""
    tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tcp)
    udp = socketserver.ThreadingUDPServer(tcp.server_address, Udp)
    udp.tcp = tcp
    with serving(tcp), serving(udp):
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
def api(emulator, client_of):
    return client_of(emulator)


@pytest.fixture
def domain(api):
    return api.post("/api/domains", json={"domain": {"domain_name": "shop.example"}}).json()


@pytest.fixture
def look(api, emulator, domain):
    """Lets an hour pass; the domain, and its records' statuses by key."""

    def later():
        emulator.clock(advance=HOUR)
        body = api.get(f"/api/domains/{domain['id']}").json()
        return body, {record["key"]: record["status"] for record in body["dns_records"]}

    return later


@pytest.fixture
def record(domain):
    """A record of the domain by its key."""
    return {one["key"]: one for one in domain["dns_records"]}.__getitem__


def test_nothing_is_there(zone, look, domain):
    body, found = look()
    assert found == dict.fromkeys(KEYS, "missing")
    assert (body["dns_verified"], body["dns_verified_at"]) == (False, "")
    assert sorted(zone.questions) == sorted(record["domain"] for record in domain["dns_records"])


def test_all_is_there(zone, look, domain):
    for record in domain["dns_records"]:
        zone.hold(record)
    body, found = look()
    assert found == dict.fromkeys(KEYS, "pass")
    assert (body["dns_verified"], body["compliance_status"]) == (True, "missing_company_info")


def test_each_record_has_its_own_verdict(zone, look, record):
    zone.hold(record("verification"), "smtp.elsewhere.example.")
    zone.hold(record("dkim1"))
    zone.hold(record("dmarc"), '"v=DMARC1; p=reject"')
    zone.codes[record("link_verification")["domain"]] = dns.rcode.SERVFAIL
    body, found = look()
    assert found == {
        "verification": "fail",
        "dkim1": "pass",
        "dkim2": "missing",
        "dmarc": "fail",
        "link_verification": "network_error",
    }
    assert body["dns_verified"] is False


def test_a_name_with_other_types_only_is_missing(zone, look, record):
    zone.values[record("dkim1")["domain"], "A"] = ["192.0.2.1"]
    assert look()[1]["dkim1"] == "missing"


def test_a_server_that_refuses_proves_nothing(zone, look, domain):
    for record in domain["dns_records"]:
        zone.hold(record)
    assert look()[0]["dns_verified"] is True
    zone.codes = {record["domain"]: dns.rcode.REFUSED for record in domain["dns_records"]}
    body, found = look()
    assert found == dict.fromkeys(KEYS, "network_error")
    assert body["dns_verified"] is True
    zone.codes, zone.values = {}, {}
    assert look()[0]["dns_verified"] is False


def test_values_are_compared_as_dns_does(zone, look, record):
    """Names without case; texts in pieces, and among others."""
    zone.hold(record("dkim1"), "RWMT1.dkim.SMTP.mailtrap.live.")
    value = record("dmarc")["value"]
    zone.hold(record("dmarc"), '"google-site-verification=1"', f'"{value[:20]}" "{value[20:]}"')
    found = look()[1]
    assert (found["dkim1"], found["dmarc"]) == ("pass", "pass")


def test_looks_are_an_hour_apart(zone, api, emulator, look, domain):
    path = f"/api/domains/{domain['id']}"
    for _ in range(3):
        api.get(path)
        api.get("/api/domains")
    emulator.clock(advance=HOUR - 60)
    assert zone.questions == []
    look()
    assert len(zone.questions) == 5
    api.get(path)
    assert len(zone.questions) == 5
    emulator.clock(advance=100 * HOUR)
    assert len(zone.questions) == 10


def test_a_look_comes_before_mail_is_refused(zone, api, emulator, domain, mail):
    """Sending alone makes the emulator look."""
    emulator.seed(company_info=[{"name": "Shop Ltd"}])
    for record in domain["dns_records"]:
        zone.hold(record)
    own = mail | {"from": {"email": "a@shop.example"}}
    assert api.post("/api/send", json=own).status_code == 401
    emulator.clock(advance=HOUR + 120)
    assert api.post("/api/send", json=own).status_code == 200


def test_the_control_plane_goes_before_the_server(zone, emulator, domain):
    told = emulator.domain("shop.example", dns="ok", check=True)
    assert told["dns_verified"] is True
    assert zone.questions == []
    back = emulator.domain("shop.example", dns="server", check=True)
    assert back["dns_verified"] is False
    assert len(zone.questions) == 5


def test_domains_of_the_start_state_stay_verified(zone, api, emulator, mail):
    emulator.clock(advance=HOUR)
    assert zone.questions == []
    assert api.post("/api/send", json=mail).status_code == 200


def test_a_silent_server_does_not_hold_up_the_api(zone, emulator, api, domain):
    for number in range(4):
        api.post("/api/domains", json={"domain": {"domain_name": f"d{number}.example"}})
    listed = [row for row in api.get("/api/domains").json()["data"] if row["compliance_status"] == "unverified_dns"]
    zone.codes = {record["domain"]: None for row in listed for record in row["dns_records"]}
    started = time.monotonic()
    emulator.clock(advance=HOUR)
    assert time.monotonic() - started < 4
    assert {
        record["status"]
        for row in api.get("/api/domains").json()["data"]
        for record in row["dns_records"]
        if row["compliance_status"] == "unverified_dns"
    } == {"network_error"}


def test_a_truncated_answer_is_asked_for_again_by_tcp(server, zone, look, domain):
    for record in domain["dns_records"]:
        zone.hold(record)
    server.truncates = True
    assert look()[0]["dns_verified"] is True


@pytest.mark.parametrize("address", ["127.0.0.1", "dns.example:53", "127.0.0.1:x", ":53", "127.0.0.1:99999", "::1:"])
def test_addresses_that_are_none(capsys, address):
    assert cli.main(["--dns", address]) == 2
    assert "argument --dns" in capsys.readouterr().err.lower()


def test_both_kinds_of_addresses():
    assert cli.parse_dns_address("127.0.0.1:53") == ("127.0.0.1", 53)
    assert cli.parse_dns_address("[::1]:5353") == ("::1", 5353)
