# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client without Ansible: TLS, proxies, threads and retries. test_faults.py tests how tasks report errors."""

from __future__ import annotations

import base64
import select
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from mailtrap_emulator.testing import Emulator

from ansible_collections.community.mailtrap.plugins.module_utils._api.client import Client
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THREADS = 8


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https", "all", "no"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def tls_emulator() -> Iterator[Emulator]:
    """An emulator with TLS. Its certificate is valid for clients that trust its ca_file."""
    with Emulator("--rate-limits", "off", "--tls") as emulator:
        yield emulator


def create_client(emulator: Emulator, **options: Any) -> Client:
    return Client(emulator.token, api_url=emulator.api_url, **{"retries": 2, "sleep": lambda seconds: None, **options})


def list_requests(emulator: Emulator) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in emulator.journal()]


def relay(client: socket.socket, service: socket.socket) -> None:
    """Copy data between two sockets, in both directions, until one of them is closed."""
    peers = {client: service, service: client}
    while chunks := {source: source.recv(65536) for source in select.select(list(peers), [], [], 10)[0]}:
        for source, chunk in chunks.items():
            if not chunk:
                return
            peers[source].sendall(chunk)


class ProxyServer(ThreadingHTTPServer):
    """An HTTP proxy that records its requests.

    :ivar expected_authorization: the only accepted value of Proxy-Authorization, or None to accept only its absence.
    :ivar drops_answers: whether to close the connection instead of returning the answer.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.connections = 0
        self.requests: list[str] = []
        self.expected_authorization: str | None = None
        self.drops_answers = False

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class ProxyHandler(BaseHTTPRequestHandler):
    """Handles one connection to a ProxyServer."""

    protocol_version = "HTTP/1.1"
    server: ProxyServer

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_CONNECT(self) -> None:
        self.close_connection = True
        if not self._authorize():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as service:
            self.send_response(200)
            self.end_headers()
            relay(self.connection, service)

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._authorize():
            return
        url = urlsplit(self.path)
        service = HTTPConnection(url.netloc, timeout=10)
        service.request(self.command, url.path, body or None, dict(self.headers))
        answer = service.getresponse()
        content = answer.read()
        service.close()
        if self.server.drops_answers:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = forward

    def _authorize(self) -> bool:
        """Record the request, and return whether its password is right. If not, answer it with 407."""
        self.server.requests.append(f"{self.command} {self.path}")
        if self.headers.get("Proxy-Authorization") == self.server.expected_authorization:
            return True
        self.send_response(407)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[ProxyServer]:
    with ProxyServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_certificate_is_validated(tls_emulator: Emulator, tmp_path: Path) -> None:
    assert create_client(tls_emulator, ca_path=tls_emulator.ca_file).get("/api/projects") == []
    assert create_client(tls_emulator, validate_certs=False).get("/api/projects") == []
    # A client that does not trust the certificate must not reuse the open connections of the clients above.
    tls_emulator.clear_journal()
    with pytest.raises(MailtrapError, match=r"the TLS connection to https://.* failed: .*certificate verify failed"):
        create_client(tls_emulator).get("/api/projects")
    empty_file = tmp_path / "empty.pem"
    empty_file.write_text("")
    with pytest.raises(MailtrapError, match=f"the trusted certificates in '{empty_file}' cannot be read: "):
        create_client(tls_emulator, ca_path=str(empty_file)).get("/api/projects")
    assert list_requests(tls_emulator) == []


def test_http_proxy_with_a_password(
    emulator: Emulator, tls_emulator: Emulator, proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.expected_authorization = "Basic " + base64.b64encode(b"me:p@ss").decode()
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://me:p%40ss@{proxy.address}")
    assert create_client(emulator).get("/api/projects") == []
    assert create_client(tls_emulator, ca_path=tls_emulator.ca_file).get("/api/projects") == []
    # With TLS, the proxy sees only the host.
    assert proxy.requests == [
        f"GET {emulator.api_url}/api/projects",
        f"CONNECT {urlsplit(tls_emulator.api_url).netloc}",
    ]
    monkeypatch.setenv("https_proxy", f"http://me:wrong@{proxy.address}")
    with pytest.raises(MailtrapError) as error:
        create_client(tls_emulator, ca_path=tls_emulator.ca_file).get("/api/projects")
    assert "through the proxy: Tunnel connection failed: 407" in str(error.value) and "wrong" not in str(error.value)
    monkeypatch.setenv("http_proxy", "http://me:wrong@")
    with pytest.raises(MailtrapError, match="the proxy that the environment sets cannot be used: its URL has no host"):
        create_client(emulator).get("/api/projects")


class SocksServer(ThreadingTCPServer):
    """A SOCKS5 proxy (RFC 1928) that records the user, password, host and port of each connection."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SocksHandler)
        self.connections: list[tuple[bytes, bytes, str, int]] = []


class SocksHandler(StreamRequestHandler):
    """Handles one connection to a SocksServer. It accepts any user and password (RFC 1929)."""

    server: SocksServer

    def handle(self) -> None:
        _version, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x02")
        _version, length = self.rfile.read(2)
        user = self.rfile.read(length)
        password = self.rfile.read(*self.rfile.read(1))
        self.wfile.write(b"\x01\x00")
        self.rfile.read(4)  # the command CONNECT, and the address type IPv4
        host, port = socket.inet_ntoa(self.rfile.read(4)), int.from_bytes(self.rfile.read(2), "big")
        self.server.connections.append((user, password, host, port))
        with socket.create_connection((host, port), timeout=10) as service:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            relay(self.connection, service)


def test_socks_proxy_with_a_password(
    emulator: Emulator, tls_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SocksServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("all_proxy", f"socks5h://me:p%40ss@127.0.0.1:{server.server_address[1]}")
        assert create_client(emulator).get("/api/projects") == []
        assert create_client(tls_emulator, ca_path=tls_emulator.ca_file).get("/api/projects") == []
        with pytest.raises(
            MailtrapError, match=r"the TLS connection to https://.* failed: .*certificate verify failed"
        ):
            create_client(tls_emulator).get("/api/projects")
        server.shutdown()
    urls = [urlsplit(service.api_url) for service in (emulator, tls_emulator, tls_emulator)]
    assert server.connections == [(b"me", b"p@ss", url.hostname, url.port) for url in urls]


def test_post_is_not_repeated_after_the_proxy_closed_the_connection(
    emulator: Emulator, proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.drops_answers = True
    monkeypatch.setenv("http_proxy", proxy.address)
    emulator.clear_journal()
    with pytest.raises(MailtrapError, match=r"cannot connect to .* through the proxy: ") as error:
        create_client(emulator).request("POST", "/api/projects", {"project": {"name": "Shop"}})
    assert error.value.uncertain
    assert list_requests(emulator) == ["POST /api/projects"]


def test_threads_share_a_client(emulator: Emulator, proxy: ProxyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    client = create_client(emulator)
    assert client.get("/api/projects") == []
    names = [f"Project {number}" for number in range(5 * THREADS)]

    def create(name: str) -> str:
        return client.request("POST", "/api/projects", {"project": {"name": name}})["name"]

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(create, names)) == names
    assert proxy.connections <= THREADS
    assert sorted(project["name"] for project in client.get("/api/projects")) == sorted(names)
    assert list_requests(emulator).count("POST /api/projects") == len(names)


@pytest.mark.parametrize("method, attempts", [("PUT", 3), ("POST", 1)])
def test_put_is_repeated_and_post_is_not(emulator: Emulator, method: str, attempts: int) -> None:
    emulator.fault(path="/api/nothing", status=503)
    emulator.clear_journal()
    with pytest.raises(MailtrapError) as error:
        create_client(emulator).request(method, "/api/nothing", {"a": 1})
    assert error.value.status == 503 and error.value.uncertain
    assert list_requests(emulator) == [f"{method} /api/nothing"] * attempts


@pytest.mark.parametrize("body", [{"a": float("nan")}, {"a": {1}}])
def test_body_that_is_not_json_is_not_sent(emulator: Emulator, body: dict[str, Any]) -> None:
    emulator.clear_journal()
    with pytest.raises(MailtrapError, match="the request cannot be encoded as JSON: "):
        create_client(emulator).request("POST", "/api/projects", body)
    assert list_requests(emulator) == []
