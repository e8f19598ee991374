# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import resource
import signal
import stat
import tempfile

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.files import (
    check_dest,
    holds,
    read_secret,
    write_private,
    write_secret,
)

NOBODY = 65534


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


@pytest.fixture(params=[0o022, 0o000, 0o077])
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_a_secret_is_for_its_owner_alone(tmp_path, umask):
    path = tmp_path / "password"
    check_dest(str(path))
    assert not path.exists()
    write_secret(str(path), "s3cret ü")
    assert path.read_text(encoding="utf-8") == "s3cret ü\n" and mode(path) == 0o600
    assert read_secret(str(path)) == "s3cret ü"
    assert os.listdir(tmp_path) == ["password"]


def test_what_cannot_be_read_is_no_secret(tmp_path):
    (tmp_path / "latin").write_bytes("ü".encode("latin-1"))
    assert [read_secret(str(tmp_path / name)) for name in ("latin", "nothing", "")] == [""] * 3


def test_what_was_there_is_replaced(tmp_path):
    path = tmp_path / "password"
    path.write_text("old and longer than the new one")
    path.chmod(0o644)
    before = path.stat().st_ino
    check_dest(str(path))
    write_secret(str(path), "new\n")
    assert path.read_text() == "new\n" and mode(path) == 0o600 and path.stat().st_ino != before


def test_a_link_is_replaced_and_not_followed(tmp_path):
    goal, path = tmp_path / "goal", tmp_path / "link"
    goal.write_text("kept")
    path.symlink_to(goal)
    check_dest(str(path))
    write_secret(str(path), "x")
    assert not path.is_symlink() and path.read_text() == "x\n" and goal.read_text() == "kept"


def test_a_path_without_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_dest("password")
    write_secret("password", "x")
    assert (tmp_path / "password").read_text() == "x\n"


@pytest.mark.parametrize(
    "name, reason",
    [
        ("none/password", "there is no folder"),
        ("file/password", "there is no folder"),
        ("folder", "is not a file"),
        ("folder/", "is not a file"),
        ("to-folder", "is not a file"),
        ("device", "is not a file"),
        ("x" * 300, "File name too long"),
        ("a\0b", "embedded null"),
    ],
)
def test_a_place_that_is_none(tmp_path, name, reason):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "to-folder").symlink_to(tmp_path / "folder")
    (tmp_path / "device").symlink_to("/dev/null")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(MailtrapError, match=reason):
        check_dest(str(tmp_path / name))
    assert sorted(os.listdir(tmp_path)) == before


@pytest.fixture
def guarded():
    """A folder that this process can see and not write to; root may write anywhere, and is somebody else meanwhile."""
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o555)
        is_root = os.getuid() == 0
        if is_root:
            os.setresuid(NOBODY, NOBODY, 0)
        yield root
        if is_root:
            os.setresuid(0, 0, 0)
        os.chmod(root, 0o755)


def test_an_empty_path():
    with pytest.raises(MailtrapError, match="dest names '', which is not a file"):
        check_dest("")


def test_a_folder_of_another(guarded):
    with pytest.raises(MailtrapError, match=f"the folder {guarded} cannot be written to"):
        check_dest(f"{guarded}/password")
    with pytest.raises(MailtrapError, match="password' cannot be written: Permission denied"):
        write_secret(f"{guarded}/password", "x")


def test_a_full_disk(tmp_path):
    """What was there is still there, and no draft of the secret is left."""
    path = tmp_path / "password"
    path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(MailtrapError, match="cannot be written: File too large"):
            write_secret(str(path), "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["password"]


def test_what_a_file_holds(tmp_path):
    path = tmp_path / "mail"
    assert not holds(str(path), b"x")
    write_private(str(path), b"x\r\n")
    assert holds(str(path), b"x\r\n")
    assert not holds(str(path), b"x\n") and not holds(str(path), b"yy\n")
    path.chmod(0o640)
    assert not holds(str(path), b"x\r\n")  # others could read it
    path.chmod(0o400)
    assert holds(str(path), b"x\r\n")
    (tmp_path / "link").symlink_to(path)
    assert not holds(str(tmp_path / "link"), b"x\r\n")
    assert not holds(str(tmp_path), b"")
