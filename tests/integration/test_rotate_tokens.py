# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook rotate_tokens: what expires soon is rotated, and no new value is lost or shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

FAILED = 2


def ahead(days):
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")


@pytest.fixture
def rotate(playbook_in, emulator):
    """A function that runs rotate_tokens on an account with some tokens, and returns a Run."""
    emulator.seed(
        api_tokens=[
            {"name": "nightly", "token": "a" * 28 + "0001", "expires_at": ahead(10)},
            {"name": "deploy/eu", "token": "a" * 28 + "0002", "expires_at": ahead(20)},
            {"name": "later", "token": "a" * 28 + "0003", "expires_at": ahead(40)},
            {"name": "forever", "token": "a" * 28 + "0004", "expires_at": None},
        ]
    )

    def run(*arguments, status=0, **variables):
        settings = {f"rotate_tokens_{name}": value for name, value in variables.items()}
        done = playbook_in("community.mailtrap.rotate_tokens", "-vv", *arguments, variables=settings, status=status)
        assert not any(value in done.output for value in values(emulator).values())
        return done

    return run


def values(emulator):
    return {row["name"]: row["token"] for row in emulator.dump()["api_tokens"] if row["token"] != emulator.token}


def resets(run):
    return [request for step in run for request in step.writes]


def test_what_expires_soon_is_rotated_once(rotate, emulator, tmp_path):
    folder = tmp_path / "tokens"
    before = values(emulator)
    assert resets(rotate("--check", dir=str(folder))) == [] and values(emulator) == before and not folder.exists()

    run = rotate(dir=str(folder))
    assert len(resets(run)) == 2 and all(request.endswith("/reset") for request in resets(run))
    made = {name: value for name, value in values(emulator).items() if name not in before}
    files = {path.name: path for path in folder.iterdir()}
    assert sorted(name.split("-")[0] for name in files) == ["deploy", "nightly"]
    assert sorted(path.read_text().strip() for path in files.values()) == sorted(made.values())
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files.values())

    again = rotate(dir=str(folder))
    assert resets(again) == [] and not any(step.changed for step in again)


def test_a_choice_of_tokens_with_another_expiry(rotate, emulator, tmp_path):
    choice = {"except": ["nightly"], "within": "5w", "expires_at": "90d", "unlimited": True}
    refused = rotate(dir=str(tmp_path), unlimited=True, status=FAILED)[-1].msg
    assert refused.startswith("Give rotate_tokens_expires_at, when the new tokens are to expire")
    run = rotate(dir=str(tmp_path / "tokens"), only=["nightly", "forever", "later"], **choice)
    assert len(resets(run)) == 1
    (path,) = (tmp_path / "tokens").iterdir()
    assert path.name == "forever"


def test_tasks_bring_the_value_to_where_it_is_used(rotate, emulator, tmp_path):
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
    assert set(delivered) == {"nightly", "later"} and set(delivered.values()) <= set(values(emulator).values())


def test_the_token_in_use_is_not_rotated(rotate, emulator, tmp_path):
    """It has no expiry here; the others are rotated all the same."""
    arguments = {"dir": str(tmp_path / "tokens"), "unlimited": True, "expires_at": "90d", "within": "1d"}
    run = rotate(status=FAILED, **arguments)
    assert len(resets(run)) == 1
    (told,) = run[-1].msg
    assert "force" in told and [path.name for path in (tmp_path / "tokens").iterdir()] == ["forever"]


def test_a_place_for_the_values_is_needed(rotate):
    run = rotate(status=FAILED)
    assert run[-1].msg.startswith("Give rotate_tokens_dir") and resets(run) == []
