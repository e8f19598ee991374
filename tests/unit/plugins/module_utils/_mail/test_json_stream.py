# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail.json_stream import Base64File, encode_json


@pytest.mark.parametrize("size", [0, 1, 2, 3, 786_431, 786_432, 786_433, 2_000_000])
def test_files_are_encoded_as_base64(tmp_path, size):
    content = bytes(n * n % 251 for n in range(size))
    (tmp_path / "a").write_bytes(content)
    file = Base64File.from_path(str(tmp_path / "a"))
    body = b"".join(encode_json({"x": "ü\n", "files": [{"content": file}, {"content": file}], "y": None}))
    decoded = json.loads(body)
    assert decoded["x"] == "ü\n" and decoded["y"] is None
    assert [base64.b64decode(part["content"]) for part in decoded["files"]] == [content] * 2
    assert file.length == len(decoded["files"][0]["content"])


def test_value_without_files_is_one_chunk():
    assert encode_json({"a": [1, "ü"]}) == [b'{"a": [1, "\\u00fc"]}']


def test_value_that_is_not_json_is_refused():
    with pytest.raises(MailtrapError, match="the message cannot be encoded as JSON"):
        encode_json({"a": float("nan")})


@pytest.mark.parametrize(
    "name, reason", [("none", "No such file or directory"), ("", "it is not a regular file"), ("a\0b", "null")]
)
def test_unreadable_file_is_refused(tmp_path, name, reason):
    with pytest.raises(MailtrapError, match=f"attachment '.*' cannot be read: .*{reason}"):
        Base64File.from_path(f"{tmp_path}/{name}")


def test_file_deleted_after_inspection_is_reported(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    file = Base64File.from_path(str(tmp_path / "a"))
    (tmp_path / "a").unlink()
    with pytest.raises(MailtrapError, match="cannot be read: No such file"):
        encode_json({"content": file})
