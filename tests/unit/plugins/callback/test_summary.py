# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.mailtrap.plugins.callback.summary import CallbackModule


def test_unexpected_exception_becomes_one_warning(capfd):
    callback = CallbackModule()
    callback.v2_playbook_on_play_start(None)
    assert callback.disabled
    assert "[WARNING]: community.mailtrap.summary: AttributeError: " in capfd.readouterr().err
