# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.sending import call_with_timeout


def test_returns_the_result():
    assert call_with_timeout(60, lambda: 7) == 7


def test_raises_the_exception_of_the_function():
    error = MailtrapError("no")
    with pytest.raises(MailtrapError) as raised:
        call_with_timeout(60, lambda: (_ for _ in ()).throw(error))
    assert raised.value is error


def test_timeout_is_an_uncertain_error():
    release = threading.Event()
    with pytest.raises(MailtrapError, match="within 1 s; it may have been sent") as raised:
        call_with_timeout(1, release.wait)
    assert raised.value.uncertain
    release.set()
