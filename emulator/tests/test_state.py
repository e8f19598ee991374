# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file: everything that a response confirmed survives."""

import os
import smtplib
import sqlite3
import stat

import pytest

from mailtrap_emulator.cli import main
from mailtrap_emulator.testing import Emulator


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state"


def test_restart_after_sigkill_restores_everything(file, make_client, mail):
    with Emulator("--state", str(file)) as emulator:
        api = make_client(emulator)
        project = api.post("/api/projects", json={"project": {"name": "Größe"}}).json()
        path = f"/api/projects/{project['id']}/sandboxes"
        sandbox = api.post(path, json={"sandbox": {"name": "QA"}}).json()
        attachment = {"content": "AP8A", "filename": "ü.bin"}
        for number in range(3):
            api.post(f"/api/send/{sandbox['id']}", json=mail | {"subject": f"S{number}", "attachments": [attachment]})
        host, port = emulator.smtp.split(":")
        with smtplib.SMTP(host, int(port)) as smtp:
            smtp.login(sandbox["username"], sandbox["password"])
            smtp.sendmail("a@b.c", ["d@e.f"], b"Subject: \xff raw\r\n\r\n\x00\xff\r\n")
        messages = api.get(f"/api/sandboxes/{sandbox['id']}/messages").json()
        api.delete(f"/api/sandboxes/{sandbox['id']}/messages/{messages[-1]['id']}")
        api.patch(f"/api/sandboxes/{sandbox['id']}/messages/{messages[0]['id']}", json={"message": {"is_read": True}})
        grant = {"resource_type": "account", "resource_id": emulator.account_id, "access_level": 100}
        token = api.post("/api/api_tokens", json={"name": "t", "resources": [grant]}).json()["token"]
        api.post("/api/email_templates", json={"email_template": {"name": "n", "category": "c", "subject": "s"}})
        api.post("/api/send", json=mail)
        emulator.limits(projects=5, rate_limits="off")
        emulator.clock(advance=1_000_000)
        before, moment, outbox = emulator.dump(), emulator.clock()["time"], emulator.outbox()
        opaque = messages[0]["raw_path"]
        raw = api.get(opaque).content
        assert emulator.kill() == -9
    with Emulator("--state", str(file)) as emulator:
        assert emulator.dump() == before
        assert emulator.outbox() == outbox
        assert 0 <= emulator.clock()["time"] - moment < 30
        assert emulator.limits()["projects"] == 5
        api = make_client(emulator, token)
        assert api.get("/api/projects").json()[0]["name"] == "Größe"
        assert api.get(opaque).content == raw
        assert make_client(emulator).get("/api/accounts").status_code == 200
        following = api.post(f"/api/send/{sandbox['id']}", json=mail).json()["message_ids"]
        assert int(following[0]) == messages[0]["id"] + 1


def test_changes_are_on_disk_before_the_response_is_sent(file, make_client):
    for number in range(2):
        with Emulator("--state", str(file)) as emulator:
            api = make_client(emulator)
            names = [f"P{number}-{index}" for index in range(20)]
            for name in names:
                assert api.post("/api/projects", json={"project": {"name": name}}).status_code == 200
            emulator.kill()
        with Emulator("--state", str(file)) as emulator:
            kept = [project["name"] for project in make_client(emulator).get("/api/projects").json()]
            assert kept[-20:] == names
            assert len(kept) == 20 * (number + 1)


def test_write_with_a_dropped_response_is_stored(file, make_client):
    with Emulator("--state", str(file)) as emulator:
        emulator.fault(method="POST", drop=True, when="after", times=1)
        with pytest.raises(Exception, match="disconnected"):
            make_client(emulator).post("/api/projects", json={"project": {"name": "Shop"}})
        emulator.kill()
    with Emulator("--state", str(file)) as emulator:
        assert [project["name"] for project in make_client(emulator).get("/api/projects").json()] == ["Shop"]


def test_ids_are_not_reused_after_a_restart(file, make_client):
    with Emulator("--state", str(file)) as emulator:
        first = make_client(emulator).post("/api/projects", json={"project": {"name": "Shop"}}).json()["id"]
        make_client(emulator).delete(f"/api/projects/{first}")
    with Emulator("--state", str(file)) as emulator:
        assert make_client(emulator).post("/api/projects", json={"project": {"name": "Shop"}}).json()["id"] == first + 1


def test_reset_empties_the_file_and_keeps_the_token(file, make_client):
    with Emulator("--state", str(file)) as emulator:
        token = emulator.token
        make_client(emulator).post("/api/projects", json={"project": {"name": "Shop"}})
        emulator.reset()
        emulator.kill()
    with Emulator("--state", str(file)) as emulator:
        assert emulator.token == token
        assert make_client(emulator).get("/api/projects").json() == []


def test_token_option_sets_the_start_token(file, make_client):
    with Emulator("--state", str(file), "--token", "first") as emulator:
        assert emulator.token == "first"
    with Emulator("--state", str(file), "--token", "second") as emulator:
        assert make_client(emulator, "second").get("/api/accounts").status_code == 200
        assert make_client(emulator, "first").get("/api/accounts").status_code == 401
    with Emulator("--state", str(file)) as emulator:
        assert emulator.token == "second"


def test_only_the_owner_can_read_the_file(file):
    file.touch(mode=0o666)
    os.umask(os.umask(0))
    with Emulator("--state", str(file)):
        for path in file.parent.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def start_error(capsys, *options):
    """Return the message with which the command refuses to start."""
    assert main(options) == 2
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    return line


def test_unusable_files_are_refused(capsys, file, tmp_path):
    file.write_bytes(b"this is not a database, but it is long enough to look like one" * 20)
    assert "Cannot use the state file" in start_error(capsys, "--state", str(file))
    assert file.read_bytes().startswith(b"this is not")
    foreign = tmp_path / "foreign"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE other (x)")
    database.close()
    assert "it is not a state file of the emulator" in start_error(capsys, "--state", str(foreign))
    assert "Is a directory" in start_error(capsys, "--state", str(tmp_path))
    assert "No such file or directory" in start_error(capsys, "--state", str(tmp_path / "no" / "folder"))


def test_damaged_row_is_refused(capsys, file):
    with Emulator("--state", str(file)):
        pass
    with sqlite3.connect(file) as database:
        database.execute("UPDATE rows SET fields = '{' WHERE kind = 'accounts'")
    database.close()
    assert "Cannot read the state file" in start_error(capsys, "--state", str(file))


def test_two_emulators_cannot_share_a_file(capsys, file):
    with Emulator("--state", str(file)):
        assert "database is locked" in start_error(capsys, "--state", str(file))
