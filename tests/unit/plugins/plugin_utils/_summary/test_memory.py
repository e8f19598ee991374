# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import os
import stat

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.memory import Memory


def test_a_failure_is_remembered_until_it_works(tmp_path):
    folder = tmp_path / "a" / "b"
    memory = Memory(str(folder), "site.yml inventory=('prod',)")
    assert memory.failing_since() is None
    memory.worked()
    memory.failed()
    since = memory.failing_since()
    assert abs(datetime.datetime.now().astimezone() - since).total_seconds() < 60
    (file,) = folder.iterdir()
    os.utime(file, (1_000_000_000, 1_000_000_000))
    memory.failed()
    assert memory.failing_since().timestamp() == 1_000_000_000
    assert file.read_text() == "site.yml inventory=('prod',)\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Memory(str(folder), "other.yml").failing_since() is None
    memory.worked()
    assert memory.failing_since() is None and list(folder.iterdir()) == []


def test_names_beyond_unicode(tmp_path):
    memory = Memory(str(tmp_path), "site-\udcff.yml")
    memory.failed()
    assert memory.failing_since() is not None


@pytest.mark.parametrize("act", ["failing_since", "failed", "worked"])
def test_a_folder_that_is_none(tmp_path, act):
    (tmp_path / "file").write_text("")
    with pytest.raises(MailtrapError, match=r"state_dir '.*file' cannot be used: (Not a directory|File exists)"):
        getattr(Memory(str(tmp_path / "file"), "x"), act)()
