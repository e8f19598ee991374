# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: start, ready line, shutdown, invalid options."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing

import httpx
import pytest

from mailtrap_emulator.cli import main
from mailtrap_emulator.testing import Emulator

COMMAND = [sys.executable, "-m", "mailtrap_emulator"]


@pytest.fixture
def run():
    """Return a function that starts the command. Processes are killed after the test."""
    processes = []

    def start(*options):
        process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_ready_line(run):
    process = run("--token", "secret-token")
    ready = json.loads(process.stdout.readline())
    assert list(ready) == ["api_url", "smtp", "token", "account_id", "pid"]
    assert ready["token"] == "secret-token"
    assert ready["account_id"] == 1234567
    assert ready["pid"] == process.pid
    assert httpx.get(f"{ready['api_url']}/api/accounts", headers={"Api-Token": "secret-token"}).status_code == 200
    host, port = ready["smtp"].split(":")
    with socket.create_connection((host, int(port))) as connection:
        assert connection.recv(3) == b"220"
    process.terminate()
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_random_token_is_32_hex_digits():
    with Emulator() as first, Emulator() as second:
        assert len(bytes.fromhex(first.token)) == 16
        assert first.token != second.token


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_prompt_shutdown_with_open_connections_and_slow_requests(run, signal_number):
    process = run()
    ready = json.loads(process.stdout.readline())
    host, port = ready["api_url"].removeprefix("http://").split(":")
    httpx.post(f"{ready['api_url']}/_emulator/faults", json={"path": "accounts", "delay": 60})
    request = b"GET %s HTTP/1.1\r\nHost: x\r\nApi-Token: " + ready["token"].encode() + b"\r\n\r\n"
    smtp_host, smtp_port = ready["smtp"].split(":")
    connections = [socket.create_connection((host, int(port))) for _ in range(3)]
    connections.append(socket.create_connection((smtp_host, int(smtp_port))))
    connections[0].sendall(request % b"/api/projects")
    connections[0].recv(1000)
    connections[1].sendall(request % b"/api/accounts")
    connections[2].sendall(b"POST /api/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    time.sleep(0.2)
    started = time.monotonic()
    process.send_signal(signal_number)
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - started < 3
    assert (process.returncode, out, err) == (0, "", "")
    for connection in connections:
        connection.close()


def test_requests_and_errors_are_not_logged(run):
    process = run("--token", "secret-token")
    ready = json.loads(process.stdout.readline())
    for token in ("secret-token", "wrong"):
        httpx.get(f"{ready['api_url']}/api/accounts", headers={"Api-Token": token})
    httpx.post(f"{ready['api_url']}/_emulator/faults", json={"drop": True, "when": "after"})
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{ready['api_url']}/api/accounts", headers={"Api-Token": "secret-token"})
    process.terminate()
    assert process.communicate(timeout=10) == ("", "")


def test_given_ports(run):
    ports = []
    for _ in range(2):
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    with Emulator("--port", str(ports[0]), "--smtp-port", str(ports[1])) as emulator:
        assert emulator.api_url == f"http://127.0.0.1:{ports[0]}"
        assert emulator.smtp == f"127.0.0.1:{ports[1]}"


@pytest.mark.parametrize("option", ["--port", "--smtp-port"])
def test_a_port_in_use(run, option):
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        process = run(option, str(port))
        out, err = process.communicate(timeout=10)
    purpose = {"--port": "HTTP", "--smtp-port": "SMTP"}[option]
    assert process.returncode == 2
    assert out == ""
    assert err == f"mailtrap-emulator: Cannot listen for {purpose} on 127.0.0.1 port {port}: Address already in use.\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--port", "x"],
        ["--port", "70000"],
        ["--nonsense"],
        ["--rate-limits", "maybe"],
        ["--token", "two words"],
        ["--token", ""],
        ["--host", "0.0.0.0"],
        ["--host", "::"],
        ["--host", "example.com"],
        ["--tls-cert", "/nowhere"],
        ["--tls-cert", "/nowhere", "--tls-key", "/nowhere"],
        ["--host", "999.1.1.1", "--allow-remote"],
    ],
)
def test_invalid_options_are_reported_in_one_sentence(capsys, options):
    assert main(options) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("mailtrap-emulator: ")
    assert err.endswith(".\n")
    assert err.count("\n") == 1


def test_a_remote_host_with_allow_remote():
    with Emulator("--host", "0.0.0.0", "--allow-remote") as emulator:
        port = emulator.api_url.rpartition(":")[2]
        response = httpx.get(f"http://127.0.0.1:{port}/api/accounts", headers={"Api-Token": emulator.token})
        assert response.status_code == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="IPv6 is not available")
def test_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("the IPv6 loopback address is not available")
    with Emulator("--host", "::1") as emulator:
        assert emulator.api_url.startswith("http://[::1]:")
        response = httpx.get(f"{emulator.api_url}/api/accounts", headers={"Api-Token": emulator.token})
        assert response.status_code == 200


def test_rate_limits_off():
    with Emulator("--rate-limits", "off") as emulator:
        assert emulator.limits()["rate_limits"] is False
        emulator.reset()
        assert emulator.limits()["rate_limits"] is False


def test_version_and_help(run):
    for option, prefix in (("--version", "mailtrap-emulator 0."), ("--help", "usage: mailtrap-emulator")):
        process = run(option)
        assert process.communicate(timeout=10)[0].startswith(prefix)
        assert process.returncode == 0


def test_tls():
    with Emulator("--tls") as emulator:
        assert emulator.api_url.startswith("https://")
        context = ssl.create_default_context(cafile=emulator.ca_file)
        headers = {"Api-Token": emulator.token}
        assert httpx.get(f"{emulator.api_url}/api/accounts", headers=headers, verify=context).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{emulator.api_url}/api/accounts", headers=headers)
        emulator.reset()
        ca_file = emulator.ca_file
    assert not os.path.exists(ca_file)


def test_tls_with_a_given_certificate(tmp_path):
    import trustme

    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    chain, key, ca = tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "ca.pem"
    certificate.cert_chain_pems[0].write_to_path(chain)
    certificate.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    with Emulator("--tls-cert", str(chain), "--tls-key", str(key)) as emulator:
        assert emulator.ca_file is None
        context = ssl.create_default_context(cafile=ca)
        headers = {"Api-Token": emulator.token}
        assert httpx.get(f"{emulator.api_url}/api/accounts", headers=headers, verify=context).status_code == 200
