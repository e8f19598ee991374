# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what each task returned, and which requests it made, as lines of JSON."""

from __future__ import annotations

import json
import os
import urllib.request

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: recorder
type: notification
short_description: Record the results and the requests of tasks
description: For the integration tests of this collection. It asks the emulator's journal after each result.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"

    def __init__(self):
        super().__init__()
        self.seen = 0
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _record(self, result, outcome):
        # Up to ansible-core 2.18 these have an underscore.
        task = getattr(result, "task", None) or result._task
        answer = result.result if hasattr(result, "result") else result._result
        with self.opener.open(f"{os.environ['RECORDER_URL']}/_emulator/journal?since={self.seen}") as journal:
            entries = json.load(journal)
        self.seen = max([self.seen] + [entry["n"] for entry in entries])
        step = {"task": task.get_name(), "outcome": outcome, "result": answer, "requests": entries}
        with open(os.environ["RECORDER_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(step, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._record(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record(result, "failed")

    def v2_runner_on_skipped(self, result):
        self._record(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self._record(result, "unreachable")
