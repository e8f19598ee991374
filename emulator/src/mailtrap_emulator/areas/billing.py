# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account has used of its plans in the running billing cycle (facts 3.5)."""

from ..http.call import Call
from ..http.routing import Routes
from ..model.billing import (
    CAMPAIGNS_COUNT,
    CAUGHT_COUNT,
    FORWARDED_COUNT,
    SENT_COUNT,
    cycle_end,
    cycle_start,
    get_usage_counts,
)
from ..model.permissions import VIEWER
from ..state.clock import iso_ms

routes = Routes()


@routes.get("billing/usage")
def get_usage(call: Call) -> dict:
    """``marketing`` is there because the plan of the emulator has it (facts 6 row 7)."""
    call.require_level(call.access.scope("billing"), VIEWER)
    settings = call.world.settings
    used = get_usage_counts(call.world, call.account_id)
    now = call.world.clock.now()

    def gauge(name: str) -> dict:
        return {"current": used[name], "limit": settings[f"{name}_per_month"]}

    return {
        "billing": {"cycle_start": iso_ms(cycle_start(now)), "cycle_end": iso_ms(cycle_end(now))},
        "testing": {
            "plan": {"name": settings["plan_name"]},
            "usage": {"sent_messages_count": gauge(CAUGHT_COUNT), "forwarded_messages_count": gauge(FORWARDED_COUNT)},
        },
        "sending": {"plan": {"name": settings["plan_name"]}, "usage": {"sent_messages_count": gauge(SENT_COUNT)}},
        "marketing": {
            "plan": {"name": settings["plan_name"]},
            "usage": {"sent_messages_count": gauge(CAMPAIGNS_COUNT)},
        },
    }
