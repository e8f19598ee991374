# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: summary_costs
type: aggregate
short_description: Record the processor time that the callback community.mailtrap.summary takes
description:
  - Disables the callback community.mailtrap.summary in every second play, and writes the processor time of the
    controller's process to the file that E(SUMMARY_COSTS) names, as a JSON object of seconds.
  - C(on) and C(off) list the time of each play with and without the callback. C(once) is the time for setting up the
    callback and for the mail, C(sending) the part of it for sending the mail. C(importing) is the time for the imports
    that sending needs.
"""

import gc
import importlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.plugins.callback import CallbackBase

if TYPE_CHECKING:
    from collections.abc import Callable

SUMMARY = "community.mailtrap.summary"
SENDING_MODULE = "ansible_collections.community.mailtrap.plugins.plugin_utils._summary.sending"


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "summary_costs"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._summary: Any = None
        self._play_start = 0.0
        self._play_times: dict[str, list[float]] = {"on": [], "off": []}
        self._totals = {"once": 0.0, "sending": 0.0, "importing": 0.0}

    def v2_playbook_on_play_start(self, play: Any) -> None:
        if self._summary is None:
            self._find_summary()
        else:
            self._record_play()
            self._summary.disabled = not self._summary.disabled
        self._play_start = time.process_time()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._record_play()
        self._summary.disabled = False
        start = time.process_time()
        sending = importlib.import_module(SENDING_MODULE)
        self._totals["importing"] = time.process_time() - start
        vars(sending)["send_mail"] = self._timed(sending.send_mail, "sending")

    def _find_summary(self) -> None:
        """Find the summary callback, and measure its methods."""
        (self._summary,) = (
            candidate
            for candidate in gc.get_objects()
            if isinstance(candidate, CallbackBase) and type(candidate).CALLBACK_NAME == SUMMARY
        )
        for name in ("v2_playbook_on_play_start", "v2_playbook_on_stats"):
            setattr(self._summary, name, self._timed(getattr(self._summary, name), "once"))

    def _record_play(self) -> None:
        times = self._play_times["off" if self._summary.disabled else "on"]
        times.append(time.process_time() - self._play_start)

    def _timed(self, function: Callable[..., Any], total: str) -> Callable[..., Any]:
        """Wrap a function so that its time is added to a total, and the file is written."""

        def timed(*arguments: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments)
            finally:
                self._totals[total] += time.process_time() - start
                Path(os.environ["SUMMARY_COSTS"]).write_text(json.dumps({**self._play_times, **self._totals}))

        return timed
