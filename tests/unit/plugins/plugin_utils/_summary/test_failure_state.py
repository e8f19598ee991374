# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import os
import stat

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.failure_state import FailureState


def test_first_failure_is_stored_until_it_is_cleared(tmp_path):
    folder = tmp_path / "a" / "b"
    state = FailureState(str(folder), "site.yml inventory=('prod',)")
    assert state.failing_since() is None
    state.clear()
    state.record_failure()
    since = state.failing_since()
    assert abs(datetime.datetime.now().astimezone() - since).total_seconds() < 60
    (file,) = folder.iterdir()
    os.utime(file, (1_000_000_000, 1_000_000_000))
    state.record_failure()
    assert state.failing_since().timestamp() == 1_000_000_000
    assert file.read_text() == "site.yml inventory=('prod',)\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert FailureState(str(folder), "other.yml").failing_since() is None
    state.clear()
    assert state.failing_since() is None and list(folder.iterdir()) == []


def test_run_id_may_contain_surrogates(tmp_path):
    state = FailureState(str(tmp_path), "site-\udcff.yml")
    state.record_failure()
    assert state.failing_since() is not None


@pytest.mark.parametrize("method", ["failing_since", "record_failure", "clear"])
def test_state_dir_is_not_a_folder(tmp_path, method):
    (tmp_path / "file").write_text("")
    with pytest.raises(MailtrapError, match=r"Could not use state_dir '.*file': (Not a directory|File exists)"):
        getattr(FailureState(str(tmp_path / "file"), "x"), method)()
