# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Headers, authentication, paths and bodies, which work alike for all operations.

See docs/service.md#authentication, docs/service.md#response-headers and docs/service.md#status-codes.
"""

import hashlib
import json
import socket

import httpx
import pytest

COMMON_HEADERS = {
    "x-mailtrap-version": "v2",
    "x-frame-options": "SAMEORIGIN",
    "x-xss-protection": "1; mode=block",
    "x-content-type-options": "nosniff",
    "x-download-options": "noopen",
    "x-permitted-cross-domain-policies": "none",
    "referrer-policy": "strict-origin-when-cross-origin",
    "vary": "Accept",
    "x-ratelimit-limit": "150",
}


def get_common_headers(response):
    return {name: response.headers.get(name) for name in COMMON_HEADERS}


def test_headers_of_a_json_answer(api):
    response = api.get("/api/accounts")
    assert get_common_headers(response) == COMMON_HEADERS
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "max-age=0, private, must-revalidate"
    assert len(response.headers["x-request-id"]) == 36
    assert float(response.headers["x-runtime"]) >= 0


def test_etag_is_the_first_half_of_the_sha256_of_the_body(api, sandbox):
    for path in ("/api/accounts", "/api/projects", f"/api/sandboxes/{sandbox['id']}"):
        response = api.get(path)
        assert response.headers["etag"] == f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'


def test_errors_and_empty_answers_are_not_cached(api):
    template = {"email_template": {"name": "n", "category": "c", "subject": "s"}}
    template_id = api.post("/api/email_templates", json=template).json()["id"]
    deleted = api.delete(f"/api/email_templates/{template_id}")
    assert deleted.status_code == 204
    for response in (deleted, api.get("/api/projects/1"), api.get("/api/accounts/1/projects")):
        assert response.headers["cache-control"] == "no-cache"
        assert "etag" not in response.headers
        assert get_common_headers(response) == COMMON_HEADERS


def test_204_has_no_content_type_and_no_length(api):
    template = {"email_template": {"name": "n", "category": "c", "subject": "s"}}
    template_id = api.post("/api/email_templates", json=template).json()["id"]
    response = api.delete(f"/api/email_templates/{template_id}")
    assert "content-type" not in response.headers
    assert "content-length" not in response.headers
    assert response.content == b""


def test_json_is_compact_and_not_escaped(api):
    name = "Größe <b>&</b> 😀"
    response = api.post("/api/projects", json={"project": {"name": name}})
    assert f'"name":"{name}",'.encode() in response.content
    assert response.content == json.dumps(response.json(), ensure_ascii=False, separators=(",", ":")).encode()


def test_head_is_get_without_the_body(api, project):
    path = f"/api/projects/{project['id']}"
    head, get = api.head(path), api.get(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize("header", ["Authorization", "Api-Token"])
def test_both_token_headers_are_accepted(emulator, header):
    value = f"Bearer {emulator.token}" if header == "Authorization" else emulator.token
    assert httpx.get(f"{emulator.api_url}/api/accounts", headers={header: value}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Api-Token": ""},
        {"Api-Token": "wrong"},
    ],
)
def test_401_of_the_general_host(emulator, headers):
    response = httpx.get(f"{emulator.api_url}/api/projects", headers=headers)
    assert response.status_code == 401
    assert response.json() == {"error": "Incorrect API token"}
    assert response.headers["www-authenticate"] == 'Token realm="Application"'
    assert get_common_headers(response) == COMMON_HEADERS
    assert "x-ratelimit-remaining" in response.headers


@pytest.mark.parametrize("path", ["/api/send", "/api/send/4300000", "/bulk/api/batch"])
def test_401_of_the_sending_hosts(emulator, path, mail):
    response = httpx.post(emulator.api_url + path, json=mail, headers={"Api-Token": "wrong"})
    assert response.status_code == 401
    assert response.json() == {"errors": ["Unauthorized"]}
    assert not [name for name in response.headers if name.startswith("x-")]


def test_the_path_of_another_account_is_forbidden(api, emulator):
    for account in (emulator.account_id + 1, "0", "abc", "%20"):
        response = api.get(f"/api/accounts/{account}/projects")
        assert response.status_code == 403
        assert response.json() == {"errors": "Account access forbidden"}


def test_order_of_401_403_404_and_400(emulator, api):
    other_account_url = f"{emulator.api_url}/api/accounts/1/projects/1"
    assert httpx.get(other_account_url).status_code == 401
    assert api.patch(other_account_url, content="{").status_code == 403
    assert api.patch("/api/projects/1", content="{", headers={"Content-Type": "application/json"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("GET", "/nonsense"),
        ("GET", "/mail"),
        ("GET", "/api"),
        ("GET", "/api/"),
        ("GET", "/api/nonsense"),
        ("GET", "/api/projects/1/nonsense"),
        ("PUT", "/api/projects"),
        ("DELETE", "/api/accounts"),
        ("GET", "/api/send"),
        ("GET", "/api/send/4300000"),
        ("POST", "/bulk/api/send/4300000"),
        ("OPTIONS", "/api/projects"),
        ("GET", "/api/accounts/1234567/accounts"),
        ("GET", "/api/testing_message_parts/x/body.html"),
        ("GET", "/%ff%00/api"),
    ],
)
def test_unknown_routes_and_methods_are_not_found(api, method, path):
    response = api.request(method, path)
    assert response.status_code == 404
    assert response.json() == {"error": "Not Found"}


@pytest.mark.parametrize(
    "invalid_id", ["0", "-1", "does-not-exist", "1e3", "99999999999999999999", "9" * 400, "%F0%9F%98%80"]
)
def test_invalid_ids_are_not_found(api, invalid_id):
    for path in ("projects", "sandboxes", "api_tokens", "email_templates"):
        response = api.get(f"/api/{path}/{invalid_id}")
        assert response.status_code == 404
        assert response.json() == {"error": "Not Found"}


def test_trailing_and_double_slashes_are_ignored(api):
    assert api.get("/api/projects/").status_code == 200
    assert api.get("/api//projects").status_code == 200


def assert_empty_400(response):
    assert response.status_code == 400
    assert response.content == b""
    assert response.headers["content-type"] == "text/html; charset=UTF-8"
    assert response.headers["content-length"] == "0"
    assert [name for name in response.headers if name.startswith("x-")] == ["x-runtime", "x-request-id"]


@pytest.mark.parametrize(
    "body", [{}, {"project": {}}, {"project": None}, {"project": "x"}, {"project": []}, [], "x", 7]
)
def test_a_missing_or_empty_wrapper_is_answered_with_an_empty_400(api, body):
    assert_empty_400(api.post("/api/projects", json=body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'project': 1}",
        b'{"project": {"name": NaN}}',
        b'{"project": {"name": 1e999}}',
        b'{"project": {"name": "\xff"}}',
        b'{"project": {"name": "\\ud800"}}',
        b'{"project": {"name": ' + b"1" * 5000 + b"}}",
        b"[" * 100_000,
        b'\xef\xbb\xbf{"project": {"name": "with a mark"}}',
    ],
)
def test_malformed_json_is_answered_with_an_empty_400(api, body):
    assert_empty_400(api.post("/api/projects", content=body, headers={"Content-Type": "application/json"}))


def test_a_body_without_json_content_type_is_ignored(api):
    body = b'{"project": {"name": "Shop"}}'
    assert_empty_400(api.post("/api/projects", content=body, headers={"Content-Type": "text/plain"}))
    assert_empty_400(api.post("/api/projects", content=body))
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert api.post("/api/projects", content=body, headers=headers).status_code == 200


def test_unknown_keys_and_query_parameters_are_ignored(api, project):
    body = {"project": {"name": "Shop 2", "colour": "red"}, "more": [1]}
    response = api.patch(f"/api/projects/{project['id']}?nonsense[]=%FF&=&&", json=body)
    assert response.status_code == 200
    assert response.json()["name"] == "Shop 2"


def test_a_body_above_the_limit_of_the_server_is_answered_with_413(api, sandbox):
    response = api.post(f"/api/send/{sandbox['id']}", content=b" " * (65 * 1024 * 1024))
    assert response.status_code == 413
    assert api.get("/api/accounts").status_code == 200


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("mailtrap.io", "/api/projects", 200),
        ("MAILTRAP.IO:443", "/api/projects", 200),
        ("mailtrap.io", "/api/send", 404),
        ("send.api.mailtrap.io", "/api/projects", 404),
        ("sandbox.api.mailtrap.io", "/api/projects", 404),
    ],
)
def test_the_host_name_of_the_service_selects_the_api(api, host, path, status):
    response = api.get(path, headers={"Host": host})
    assert response.status_code == status


@pytest.mark.parametrize(
    ("host", "path", "stream"),
    [
        ("send.api.mailtrap.io", "/api/send", "transactional"),
        ("bulk.api.mailtrap.io:443", "/api/send", "bulk"),
        (None, "/api/send", "transactional"),
        (None, "/api/send/", "transactional"),
        (None, "/bulk/api/send", "bulk"),
        ("unknown.example", "/bulk/api/send", "bulk"),
    ],
)
def test_the_stream_depends_on_host_or_path(api, emulator, mail, host, path, stream):
    response = api.post(path, json=mail, headers={"Host": host} if host else {})
    assert response.status_code == 200
    assert [sent["stream"] for sent in emulator.outbox()] == [stream]
    assert emulator.journal()[-1]["host_kind"] == stream


def test_sending_to_the_sandbox_host(api, sandbox, mail):
    response = api.post(f"/api/send/{sandbox['id']}", json=mail, headers={"Host": "sandbox.api.mailtrap.io"})
    assert response.status_code == 200


def test_malformed_http_does_not_stop_the_server(emulator, api):
    host, port = emulator.api_url.removeprefix("http://").split(":")
    for malformed in (
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"\x00" * 1000,
        b"POST /api/projects HTTP/1.1\r\nContent-Le",
    ):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(malformed)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(5)
            received = connection.recv(10)
            assert received == b"" or received.startswith(b"HTTP/1.1 4")
    assert api.get("/api/accounts").status_code == 200
