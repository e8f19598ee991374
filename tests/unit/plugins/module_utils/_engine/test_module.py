# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log of a module's invocation."""

from __future__ import annotations

import json

from ansible_collections.community.mailtrap.plugins.module_utils._engine.module import _Module
from ansible_collections.community.mailtrap.plugins.plugin_utils._in_process import _module_input


def test_log_contains_masked_options():
    lines = []

    class RecordingModule(_Module):
        def log(self, msg, log_args=None):
            lines.append(f"{msg} {log_args}")

    with _module_input(json.dumps({"ANSIBLE_MODULE_ARGS": {"url": "secret", "name": "plain"}}).encode()):
        module = RecordingModule(
            {"url": lambda url: "***"}, argument_spec={"url": {"type": "str"}, "name": {"type": "str"}}
        )
    assert module.params["url"] == "secret"
    assert len(lines) == 1 and "***" in lines[0] and "plain" in lines[0] and "secret" not in lines[0]
