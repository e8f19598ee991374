# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client by itself: trust, proxies, threads, and requests that may be repeated. Its faults are in test_faults."""

from __future__ import annotations

import base64
import select
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

import pytest
from mailtrap_emulator.testing import Emulator

from ansible_collections.community.mailtrap.plugins.module_utils._api.client import Client
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError

THREADS = 8


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for scheme in ("http", "https", "all", "no"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def trusted():
    """An emulator whose certificate is good for those who trust its ca_file."""
    with Emulator("--rate-limits", "off", "--tls") as emulator:
        yield emulator


def client_of(emulator, **options):
    return Client(emulator.token, api_url=emulator.api_url, **{"retries": 2, "sleep": lambda seconds: None, **options})


def requests_to(emulator):
    return [f"{entry['method']} {entry['path']}" for entry in emulator.journal()]


def pass_on(client, service):
    """Let two sockets talk to each other until one has enough."""
    ways = {client: service, service: client}
    while chunks := {way: way.recv(65536) for way in select.select(list(ways), [], [], 10)[0]}:
        for way, chunk in chunks.items():
            if not chunk:
                return
            ways[way].sendall(chunk)


class Relay(BaseHTTPRequestHandler):
    """A proxy that lets through who knows its password, and tells its server what it saw."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connections += 1

    def do_CONNECT(self):
        self.close_connection = True
        if not self._is_welcome():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as service:
            self.send_response(200)
            self.end_headers()
            pass_on(self.connection, service)

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._is_welcome():
            return
        url = urlsplit(self.path)
        service = HTTPConnection(url.hostname, url.port, timeout=10)
        service.request(self.command, url.path, body or None, dict(self.headers))
        answer = service.getresponse()
        content = answer.read()
        service.close()
        if self.server.breaks:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = forward

    def _is_welcome(self):
        self.server.seen.append(f"{self.command} {self.path}")
        if self.headers.get("Proxy-Authorization") == self.server.password:
            return True
        self.send_response(407)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def log_message(self, *arguments):
        pass


@pytest.fixture
def proxy():
    with ThreadingHTTPServer(("127.0.0.1", 0), Relay) as server:
        server.connections, server.seen, server.password, server.breaks = 0, [], None, False
        server.place = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_certificates(trusted, tmp_path):
    assert client_of(trusted, ca_path=trusted.ca_file).get("/api/projects") == []
    assert client_of(trusted, validate_certs=False).get("/api/projects") == []
    # Who trusts less must not get the connection of who trusts more.
    trusted.clear_journal()
    with pytest.raises(MailtrapError, match=r"no trusted connection to https://.*certificate verify failed"):
        client_of(trusted).get("/api/projects")
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("")
    with pytest.raises(MailtrapError, match=f"the certificates to trust cannot be read from {nothing}: "):
        client_of(trusted, ca_path=str(nothing)).get("/api/projects")
    assert requests_to(trusted) == []


def test_proxies(emulator, trusted, proxy, monkeypatch):
    proxy.password = "Basic " + base64.b64encode(b"me:p@ss").decode()
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://me:p%40ss@{proxy.place}")
    assert client_of(emulator).get("/api/projects") == []
    assert client_of(trusted, ca_path=trusted.ca_file).get("/api/projects") == []
    # What is for the service alone, the proxy has not seen.
    assert proxy.seen == [f"GET {emulator.api_url}/api/projects", f"CONNECT {urlsplit(trusted.api_url).netloc}"]
    monkeypatch.setenv("https_proxy", f"http://me:wrong@{proxy.place}")
    with pytest.raises(MailtrapError) as caught:
        client_of(trusted, ca_path=trusted.ca_file).get("/api/projects")
    assert "through the proxy: Tunnel connection failed: 407" in str(caught.value) and "wrong" not in str(caught.value)
    monkeypatch.setenv("http_proxy", "http://me:wrong@")
    with pytest.raises(MailtrapError, match="the proxy of the environment cannot be used: it names no host"):
        client_of(emulator).get("/api/projects")


class Socks(StreamRequestHandler):
    """A proxy of RFC 1928 that tells its server who came (RFC 1929), and to where."""

    def handle(self):
        _version, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x02")
        _version, length = self.rfile.read(2)
        user = self.rfile.read(length)
        password = self.rfile.read(*self.rfile.read(1))
        self.wfile.write(b"\x01\x00")
        self.rfile.read(4)  # to connect, to an address of four bytes
        host, port = socket.inet_ntoa(self.rfile.read(4)), int.from_bytes(self.rfile.read(2), "big")
        self.server.seen.append((user, password, host, port))
        with socket.create_connection((host, port), timeout=10) as service:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            pass_on(self.connection, service)


def test_socks(emulator, trusted, monkeypatch):
    with ThreadingTCPServer(("127.0.0.1", 0), Socks) as server:
        server.seen, server.daemon_threads = [], True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("all_proxy", f"socks5h://me:p%40ss@127.0.0.1:{server.server_address[1]}")
        assert client_of(emulator).get("/api/projects") == []
        assert client_of(trusted, ca_path=trusted.ca_file).get("/api/projects") == []
        with pytest.raises(MailtrapError, match=r"no trusted connection to https://.*certificate verify failed"):
            client_of(trusted).get("/api/projects")
        server.shutdown()
    places = [urlsplit(service.api_url) for service in (emulator, trusted, trusted)]
    assert server.seen == [(b"me", b"p@ss", place.hostname, place.port) for place in places]


def test_a_proxy_that_breaks_doubles_no_write(emulator, proxy, monkeypatch):
    proxy.breaks = True
    monkeypatch.setenv("http_proxy", proxy.place)
    emulator.clear_journal()
    with pytest.raises(MailtrapError, match=r"no connection to .* through the proxy: ") as caught:
        client_of(emulator).request("POST", "/api/projects", {"project": {"name": "Shop"}})
    assert caught.value.uncertain
    assert requests_to(emulator) == ["POST /api/projects"]


def test_a_client_is_shared_by_threads(emulator, proxy, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://{proxy.place}")
    client = client_of(emulator)
    assert client.get("/api/projects") == []
    names = [f"Project {number}" for number in range(5 * THREADS)]

    def create(name):
        return client.request("POST", "/api/projects", {"project": {"name": name}})["name"]

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(create, names)) == names
    assert proxy.connections <= THREADS
    assert sorted(project["name"] for project in client.get("/api/projects")) == sorted(names)
    assert requests_to(emulator).count("POST /api/projects") == len(names)


def test_put_is_repeated_and_post_is_not(emulator):
    emulator.fault(path="/api/nothing", status=503)
    for method, tries in (("PUT", 3), ("POST", 1)):
        emulator.clear_journal()
        with pytest.raises(MailtrapError) as caught:
            client_of(emulator).request(method, "/api/nothing", {"a": 1})
        assert caught.value.status == 503 and caught.value.uncertain
        assert requests_to(emulator) == [f"{method} /api/nothing"] * tries


@pytest.mark.parametrize("body", [{"a": float("nan")}, {"a": {1}}])
def test_a_body_that_is_no_json(emulator, body):
    emulator.clear_journal()
    with pytest.raises(MailtrapError, match="the request cannot be written as JSON: "):
        client_of(emulator).request("POST", "/api/projects", body)
    assert requests_to(emulator) == []
