# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account has used of its plans in the running billing cycle (facts 3.5)."""

from .. import usage
from ..access import VIEWER
from ..call import Call
from ..clock import iso_ms
from ..routing import Routes
from ..usage import CAMPAIGNS, CAUGHT, FORWARDED, SENT, USAGE

TABLES = [USAGE]
routes = Routes()


@routes.get("billing/usage")
def get_usage(call: Call) -> dict:
    """``marketing`` is there because the plan of the emulator has it (facts 6 row 7)."""
    call.require(call.access.scope("billing"), VIEWER)
    settings = call.world.settings
    used = usage.counts(call.world, call.account_id)
    now = call.world.clock.now()

    def gauge(name: str) -> dict:
        return {"current": used[name], "limit": settings[f"{name}_per_month"]}

    return {
        "billing": {"cycle_start": iso_ms(usage.cycle_start(now)), "cycle_end": iso_ms(usage.cycle_end(now))},
        "testing": {
            "plan": {"name": settings["plan_name"]},
            "usage": {"sent_messages_count": gauge(CAUGHT), "forwarded_messages_count": gauge(FORWARDED)},
        },
        "sending": {"plan": {"name": settings["plan_name"]}, "usage": {"sent_messages_count": gauge(SENT)}},
        "marketing": {"plan": {"name": settings["plan_name"]}, "usage": {"sent_messages_count": gauge(CAMPAIGNS)}},
    }
