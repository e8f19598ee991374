# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail.json_stream import Base64File, written


@pytest.mark.parametrize("size", [0, 1, 2, 3, 786_431, 786_432, 786_433, 2_000_000])
def test_a_file_in_a_body(tmp_path, size):
    content = bytes(n * n % 251 for n in range(size))
    (tmp_path / "a").write_bytes(content)
    file = Base64File.of(str(tmp_path / "a"))
    body = b"".join(written({"x": "ü\n", "files": [{"content": file}, {"content": file}], "y": None}))
    read = json.loads(body)
    assert read["x"] == "ü\n" and read["y"] is None
    assert [base64.b64decode(part["content"]) for part in read["files"]] == [content] * 2
    assert file.length == len(read["files"][0]["content"])


def test_without_files_it_is_one_piece():
    assert written({"a": [1, "ü"]}) == [b'{"a": [1, "\\u00fc"]}']


def test_what_cannot_be_json():
    with pytest.raises(MailtrapError, match="the message cannot be written as JSON"):
        written({"a": float("nan")})


@pytest.mark.parametrize(
    "name, sentence", [("none", "No such file or directory"), ("", "it is not a file"), ("a\0b", "null")]
)
def test_a_file_that_cannot_be_read(tmp_path, name, sentence):
    with pytest.raises(MailtrapError, match=f"attachment '.*' cannot be read: .*{sentence}"):
        Base64File.of(f"{tmp_path}/{name}")


def test_a_file_that_is_gone(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    file = Base64File.of(str(tmp_path / "a"))
    (tmp_path / "a").unlink()
    with pytest.raises(MailtrapError, match="cannot be read: No such file"):
        written({"content": file})
