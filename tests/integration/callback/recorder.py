# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callback that records the result and the API requests of each task as JSON lines."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: recorder
type: notification
short_description: Record the results and the requests of tasks
description: For the integration tests of this collection. It reads the emulator's journal after each result.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"

    def __init__(self) -> None:
        super().__init__()
        self._last_entry = 0
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _record(self, result: Any, outcome: str) -> None:
        # In ansible-core 2.18 and older, the attributes have an underscore.
        task = getattr(result, "task", None) or result._task
        task_result = result.result if hasattr(result, "result") else result._result
        url = f"{os.environ['RECORDER_URL']}/_emulator/journal?since={self._last_entry}"
        with self._opener.open(url) as journal:
            entries = json.load(journal)
        self._last_entry = max([self._last_entry] + [entry["n"] for entry in entries])
        step = {"task": task.get_name(), "outcome": outcome, "result": task_result, "requests": entries}
        with open(os.environ["RECORDER_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(step, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record(result, "failed")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record(result, "unreachable")
