# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rate limits (docs/service.md#rate-limits)."""

import httpx

from mailtrap_emulator.state.rate_windows import RateWindows


def test_the_151st_request_in_ten_seconds_is_refused(api, emulator):
    emulator.clock(frozen=True)
    responses = [api.get("/api/accounts") for _ in range(152)]
    assert [response.status_code for response in responses] == [200] * 150 + [429] * 2
    assert [int(response.headers["x-ratelimit-remaining"]) for response in responses] == [*range(149, -1, -1), 0, 0]
    refused = responses[-1]
    assert refused.json() == {"errors": "Rate limit exceeded"}
    assert refused.headers["x-ratelimit-limit"] == "150"
    assert refused.headers["cache-control"] == "no-cache"
    assert "retry-after" not in refused.headers
    emulator.clock(advance=9.9)
    assert api.get("/api/accounts").status_code == 429
    emulator.clock(advance=0.2)
    assert api.get("/api/accounts").headers["x-ratelimit-remaining"] == "149"


def test_errors_are_counted(api, emulator):
    emulator.clock(frozen=True)
    remaining = [
        api.request(method, path).headers["x-ratelimit-remaining"]
        for method, path in (("GET", "/api/projects/1"), ("GET", "/api/nonsense"), ("GET", "/api/accounts/1/projects"))
    ]
    assert remaining == ["149", "148", "147"]


def test_requests_are_counted_per_token(api, emulator, make_client):
    emulator.seed(api_tokens=[{"name": "second", "token": "second"}])
    emulator.clock(frozen=True)
    for _ in range(151):
        api.get("/api/accounts")
    assert make_client(emulator, "second").get("/api/accounts").headers["x-ratelimit-remaining"] == "149"
    assert httpx.get(f"{emulator.api_url}/api/accounts").headers["x-ratelimit-remaining"] == "149"


def test_sending_hosts_have_no_request_limit(api, emulator, sandbox, mail):
    emulator.clock(frozen=True)
    for _ in range(160):
        assert api.post(f"/api/send/{sandbox['id']}", json=mail).status_code == 200
    assert api.get("/api/accounts").status_code == 200


def test_limits_can_be_disabled_and_scaled(api, emulator):
    emulator.limits(rate_limits="off")
    assert {api.get("/api/accounts").status_code for _ in range(200)} == {200}
    assert api.get("/api/accounts").headers["x-ratelimit-limit"] == "150"
    emulator.limits(rate_limits="on", rate_scale=0.02)
    emulator.clock(frozen=True)
    assert [api.get("/api/accounts").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert api.get("/api/accounts").headers["x-ratelimit-limit"] == "3"


def test_setting_the_clock_back_opens_a_new_window():
    windows = RateWindows()
    assert [windows.count("w", 1, 1000.0, 2, 10) for _ in range(3)] == [1, 0, -1]
    assert windows.count("w", 1, 500.0, 2, 10) == 1


def test_closed_windows_are_removed():
    windows = RateWindows()
    for number in range(10_000):
        windows.count("w", number, float(number), 1, 10)
    assert len(windows._open) < 1100
