# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the playbook rotate_tokens: selection, delivery of new values, and secrecy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

FAILED = 2


def days_from_now(days):
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")


@pytest.fixture
def rotate(playbook_in, emulator):
    """Return a function that runs rotate_tokens on an account with four tokens besides the one in use."""
    emulator.seed(
        api_tokens=[
            {"name": "nightly", "token": "a" * 28 + "0001", "expires_at": days_from_now(10)},
            {"name": "deploy/eu", "token": "a" * 28 + "0002", "expires_at": days_from_now(20)},
            {"name": "later", "token": "a" * 28 + "0003", "expires_at": days_from_now(40)},
            {"name": "forever", "token": "a" * 28 + "0004", "expires_at": None},
        ]
    )

    def run(*arguments, status=0, **variables):
        settings = {f"rotate_tokens_{name}": value for name, value in variables.items()}
        done = playbook_in("community.mailtrap.rotate_tokens", "-vv", *arguments, variables=settings, status=status)
        assert not any(value in done.output for value in read_token_values(emulator).values())
        return done

    return run


def read_token_values(emulator):
    return {row["name"]: row["token"] for row in emulator.dump()["api_tokens"] if row["token"] != emulator.token}


def list_writes(run):
    return [request for step in run for request in step.writes]


def test_tokens_that_expire_soon_are_rotated_once(rotate, emulator, tmp_path):
    folder = tmp_path / "tokens"
    before = read_token_values(emulator)
    assert (
        list_writes(rotate("--check", dir=str(folder))) == []
        and read_token_values(emulator) == before
        and not folder.exists()
    )

    run = rotate(dir=str(folder))
    assert len(list_writes(run)) == 2 and all(request.endswith("/reset") for request in list_writes(run))
    made = {name: value for name, value in read_token_values(emulator).items() if name not in before}
    files = {path.name: path for path in folder.iterdir()}
    assert sorted(name.split("-")[0] for name in files) == ["deploy", "nightly"]
    assert sorted(path.read_text().strip() for path in files.values()) == sorted(made.values())
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files.values())

    again = rotate(dir=str(folder))
    assert list_writes(again) == [] and not any(step.changed for step in again)


def test_selected_tokens_get_another_expiry(rotate, emulator, tmp_path):
    choice = {"except": ["nightly"], "within": "5w", "expires_at": "90d", "unlimited": True}
    refused = rotate(dir=str(tmp_path), unlimited=True, status=FAILED)[-1].msg
    assert refused.startswith("Set rotate_tokens_expires_at to the expiry of the new tokens.")
    run = rotate(dir=str(tmp_path / "tokens"), only=["nightly", "forever", "later"], **choice)
    assert len(list_writes(run)) == 1
    (path,) = (tmp_path / "tokens").iterdir()
    assert path.name == "forever"


def test_tasks_deliver_the_new_values(rotate, emulator, tmp_path):
    tasks = tmp_path / "deliver.yml"
    tasks.write_text(
        """
        - ansible.builtin.copy:
            content: "{{ rotate_tokens_rotated.api_token.token }}"
            dest: "%s/{{ rotate_tokens_token.original_name }}.delivered"
            mode: "0600"
          no_log: true
        - ansible.builtin.fail: {msg: The vault is sealed}
          when: rotate_tokens_token.original_name == 'nightly'
        """
        % tmp_path
    )
    run = rotate(tasks=str(tasks), only=["nightly", "later"], within="50d", status=FAILED)
    assert run[-1].msg == ["nightly: The vault is sealed"]
    delivered = {path.stem: path.read_text() for path in tmp_path.glob("*.delivered")}
    assert set(delivered) == {"nightly", "later"} and set(delivered.values()) <= set(
        read_token_values(emulator).values()
    )


def test_the_token_in_use_is_not_rotated(rotate, emulator, tmp_path):
    """The token in use never expires here, so it is due. The other tokens are rotated nevertheless."""
    arguments = {"dir": str(tmp_path / "tokens"), "unlimited": True, "expires_at": "90d", "within": "1d"}
    run = rotate(status=FAILED, **arguments)
    assert len(list_writes(run)) == 1
    (message,) = run[-1].msg
    assert "force" in message and [path.name for path in (tmp_path / "tokens").iterdir()] == ["forever"]


def test_a_destination_for_the_values_is_required(rotate):
    run = rotate(status=FAILED)
    assert run[-1].msg.startswith("Set rotate_tokens_dir") and list_writes(run) == []
