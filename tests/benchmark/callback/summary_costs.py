# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: summary_costs
type: aggregate
short_description: Write down what the callback community.mailtrap.summary costs
description:
  - Switches that callback off in every second play, and writes what the plays took of a processor, without the workers,
    what it took for its beginning and its end, what of that was for sending its mail, and what importing took that is
    done for that, as a JSON object with seconds into the file that E(SUMMARY_COSTS) names.
"""

import gc
import importlib
import json
import os
import time
from pathlib import Path

from ansible.plugins.callback import CallbackBase

SUMMARY = "community.mailtrap.summary"
DELIVERY = "ansible_collections.community.mailtrap.plugins.plugin_utils._summary_delivery"


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "summary_costs"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self._summary = None
        self._begun = None
        self._costs = {"on": [], "off": [], "once": 0.0, "sending": 0.0, "importing": 0.0}

    def v2_playbook_on_play_start(self, play):
        if self._summary is None:
            self._find()
        else:
            self._note()
            self._summary.disabled = not self._summary.disabled
        self._begun = time.process_time()

    def v2_playbook_on_stats(self, stats):
        self._note()
        self._summary.disabled = False
        begun = time.process_time()
        delivery = importlib.import_module(DELIVERY)
        self._costs["importing"] = time.process_time() - begun
        delivery.deliver = self._timed(delivery.deliver, "sending")

    def _find(self):
        (self._summary,) = (
            thing
            for thing in gc.get_objects()
            if isinstance(thing, CallbackBase) and type(thing).CALLBACK_NAME == SUMMARY
        )
        for name in ("v2_playbook_on_play_start", "v2_playbook_on_stats"):
            setattr(self._summary, name, self._timed(getattr(self._summary, name), "once"))

    def _note(self):
        self._costs["off" if self._summary.disabled else "on"].append(time.process_time() - self._begun)

    def _timed(self, work, part):
        def timed(*arguments):
            begun = time.process_time()
            try:
                return work(*arguments)
            finally:
                self._costs[part] += time.process_time() - begun
                Path(os.environ["SUMMARY_COSTS"]).write_text(json.dumps(self._costs))

        return timed
