# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._received.message_files import choose_file_names

if TYPE_CHECKING:
    import pathlib


@pytest.mark.parametrize(
    "names, file_names",
    [
        ([], []),
        (["invoice.pdf", "Größe 🎉.txt"], ["invoice.pdf", "Größe 🎉.txt"]),
        (["../../etc/passwd"], ["passwd"]),
        (["/etc/cron.d/x"], ["x"]),
        (["C:\\Windows\\x.exe", "..\\..\\y"], ["x.exe", "y"]),
        (["..", ".", "", None, "/", "\\", "   ", "..."], ["attachment"] + [f"attachment-{n}" for n in range(2, 9)]),
        ([".bashrc", "...hidden", "end. . "], ["bashrc", "hidden", "end"]),
        (["a\0b\n.txt", "a\x1b[31mred"], ["ab.txt", "a[31mred"]),
        (["exe.\u202efdp.x", "\ud800.txt"], ["exe.fdp.x", "txt"]),
        (["a.txt", "a.txt", "A.TXT", "a-2.txt"], ["a.txt", "a-2.txt", "A-3.TXT", "a-2-2.txt"]),
        ([7], ["7"]),
    ],
)
def test_file_names_are_safe_and_unique(names: list[Any], file_names: list[str]) -> None:
    assert choose_file_names(names) == file_names


@pytest.mark.parametrize("name", ["x" * 5000 + ".pdf", "ü" * 5000, "x." + "y" * 5000, "🎉" * 100 + ".🎉" * 100])
def test_long_names_are_shortened_and_stay_unique(name: str, tmp_path: pathlib.Path) -> None:
    for file_name in choose_file_names([name] * 12):
        (tmp_path / file_name).touch()
    assert len(os.listdir(tmp_path)) == 12


def test_a_shortened_name_keeps_its_extension() -> None:
    assert choose_file_names(["x" * 5000 + ".pdf"]) == ["x" * 236 + ".pdf"]
