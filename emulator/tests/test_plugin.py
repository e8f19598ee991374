# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pytest fixture and the ``Emulator`` class, which the package provides for tests of other projects."""

import os
import sys
import time

import pytest

from mailtrap_emulator.testing import Emulator, EmulatorError

pytest_plugins = ["pytester"]


def test_fixture_of_the_plugin(pytester):
    pytester.makepyfile(
        """
        import json, urllib.request

        def call(emulator, method, body=None):
            request = urllib.request.Request(f"{emulator.api_url}/api/projects", method=method)
            request.add_header("Api-Token", emulator.token)
            if body:
                request.data = json.dumps(body).encode()
                request.add_header("Content-Type", "application/json")
            return json.loads(urllib.request.urlopen(request).read())

        def test_one(mailtrap_emulator):
            call(mailtrap_emulator, "POST", {"project": {"name": "Shop"}})
            assert len(call(mailtrap_emulator, "GET")) == 1
            assert [entry["method"] for entry in mailtrap_emulator.journal()] == ["POST", "GET"]

        def test_two_starts_from_the_start_state(mailtrap_emulator):
            assert call(mailtrap_emulator, "GET") == []
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_leaving_the_context_ends_the_process():
    with Emulator() as emulator:
        pid = emulator.pid
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_emulator_that_exits_is_reported():
    with pytest.raises(EmulatorError, match="exit status 2"):
        Emulator("--port", "nonsense").start()


def test_an_emulator_that_does_not_become_ready_is_reported(monkeypatch, tmp_path):
    sleeper = tmp_path / "python"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(sleeper))
    started = time.monotonic()
    with pytest.raises(EmulatorError, match="did not start"):
        Emulator(timeout=0.5).start()
    assert time.monotonic() - started < 10


def test_proxy_settings_of_the_environment_are_ignored(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Emulator() as emulator:
        assert emulator.journal() == []


def test_stop_can_be_called_twice():
    emulator = Emulator().start()
    assert emulator.stop() == 0
    assert emulator.stop() == 0


def test_seed_accepts_a_document_and_keyword_arguments(emulator):
    summary = emulator.seed(
        {"projects": [{"id": 7, "name": "Shop"}]}, sandboxes=[{"id": 8, "project_id": 7, "name": "QA"}]
    )
    assert summary == {"planted": {"projects": 1, "sandboxes": 1}}
