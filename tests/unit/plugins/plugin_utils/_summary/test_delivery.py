# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.delivery import within


def test_work_that_ends_in_time():
    assert within(60, lambda: 7) == 7


def test_work_that_fails():
    error = MailtrapError("no")
    with pytest.raises(MailtrapError) as raised:
        within(60, lambda: (_ for _ in ()).throw(error))
    assert raised.value is error


def test_work_that_does_not_end():
    release = threading.Event()
    with pytest.raises(MailtrapError, match="not done within 1 s") as raised:
        within(1, release.wait)
    assert raised.value.uncertain
    release.set()
