# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that only their owner can read."""

from __future__ import annotations

import os
import resource
import signal
import stat
import tempfile
from typing import TYPE_CHECKING

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.files import (
    check_dest,
    has_private_content,
    read_secret,
    write_private,
    write_secret,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOBODY = 65534


def read_mode(path: Path) -> int:
    return stat.S_IMODE(os.lstat(path).st_mode)


@pytest.fixture(params=[0o022, 0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_only_the_owner_can_read_a_secret(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "password"
    check_dest(str(path))
    assert not path.exists()
    write_secret(str(path), "s3cret ü")
    assert path.read_text(encoding="utf-8") == "s3cret ü\n" and read_mode(path) == 0o600
    assert read_secret(str(path)) == "s3cret ü"
    assert os.listdir(tmp_path) == ["password"]


def test_unreadable_file_is_read_as_empty_secret(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("ü".encode("latin-1"))
    assert [read_secret(str(tmp_path / name)) for name in ("latin", "nothing", "")] == [""] * 3


def test_existing_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("old and longer than the new one")
    path.chmod(0o644)
    before = path.stat().st_ino
    check_dest(str(path))
    write_secret(str(path), "new\n")
    assert path.read_text() == "new\n" and read_mode(path) == 0o600 and path.stat().st_ino != before


def test_symbolic_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target, path = tmp_path / "target", tmp_path / "link"
    target.write_text("kept")
    path.symlink_to(target)
    check_dest(str(path))
    write_secret(str(path), "x")
    assert not path.is_symlink() and path.read_text() == "x\n" and target.read_text() == "kept"


def test_path_without_a_folder_is_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_dest("password")
    write_secret("password", "x")
    assert (tmp_path / "password").read_text() == "x\n"


@pytest.mark.parametrize(
    "name, reason",
    [
        ("none/password", r"the folder .*/none does not exist"),
        ("file/password", r"the folder .*/file does not exist"),
        ("folder", "is not a regular file"),
        ("folder/", "is not a regular file"),
        ("to-folder", "is not a regular file"),
        ("device", "is not a regular file"),
        ("x" * 300, "File name too long"),
        ("a\0b", "embedded null"),
    ],
)
def test_check_rejects_an_invalid_path_and_changes_nothing(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "to-folder").symlink_to(tmp_path / "folder")
    (tmp_path / "device").symlink_to("/dev/null")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(MailtrapError, match=reason):
        check_dest(str(tmp_path / name))
    assert sorted(os.listdir(tmp_path)) == before


@pytest.fixture
def read_only_folder() -> Iterator[str]:
    """A folder that this process cannot write to. Root can write anywhere, so it becomes another user for the test."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        is_root = os.getuid() == 0
        if is_root:
            os.setresuid(NOBODY, NOBODY, 0)
        yield folder
        if is_root:
            os.setresuid(0, 0, 0)
        os.chmod(folder, 0o755)


def test_check_rejects_an_empty_path() -> None:
    with pytest.raises(MailtrapError, match="dest '' is not a regular file"):
        check_dest("")


def test_folder_that_is_not_writable_is_reported(read_only_folder: str) -> None:
    with pytest.raises(MailtrapError, match=f"the folder {read_only_folder} is not writable"):
        check_dest(f"{read_only_folder}/password")
    with pytest.raises(MailtrapError, match="password' cannot be written: Permission denied"):
        write_secret(f"{read_only_folder}/password", "x")


def test_failed_write_keeps_the_old_file_and_leaves_no_temporary_file(tmp_path: Path) -> None:
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


def test_content_and_mode_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "mail"
    assert not has_private_content(str(path), b"x")
    write_private(str(path), b"x\r\n")
    assert has_private_content(str(path), b"x\r\n")
    assert not has_private_content(str(path), b"x\n") and not has_private_content(str(path), b"yy\n")
    path.chmod(0o640)
    assert not has_private_content(str(path), b"x\r\n")  # the group can read it
    path.chmod(0o400)
    assert has_private_content(str(path), b"x\r\n")
    (tmp_path / "link").symlink_to(path)
    assert not has_private_content(str(tmp_path / "link"), b"x\r\n")
    assert not has_private_content(str(tmp_path), b"")
