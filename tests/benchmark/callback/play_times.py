# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: play_times
type: aggregate
short_description: Record the duration of each play
description:
  - Writes the seconds that each play took, as a JSON list, to the file that E(PLAY_TIMES) names.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "play_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._starts: list[float] = []

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._starts.append(time.perf_counter())

    def v2_playbook_on_stats(self, stats: Any) -> None:
        ends = [*self._starts[1:], time.perf_counter()]
        times = [end - start for start, end in zip(self._starts, ends, strict=True)]
        Path(os.environ["PLAY_TIMES"]).write_text(json.dumps(times))
