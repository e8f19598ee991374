# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The usage of an account in the current billing cycle (docs/service.md#billing)."""

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
from ..state.json_codec import JsonObject

routes = Routes()


@routes.get("billing/usage")
def get_usage(call: Call) -> JsonObject:
    """Show usage and limits. ``marketing`` is present because the plan of the emulator includes campaigns."""
    call.require_level(call.access.scope("billing"), VIEWER)
    settings = call.world.settings
    used = get_usage_counts(call.world, call.account_id)
    now = call.world.clock.now()

    caught = {"current": used[CAUGHT_COUNT], "limit": settings["caught_per_month"]}
    forwarded = {"current": used[FORWARDED_COUNT], "limit": settings["forwarded_per_month"]}
    sent = {"current": used[SENT_COUNT], "limit": settings["sent_per_month"]}
    campaigns = {"current": used[CAMPAIGNS_COUNT], "limit": settings["campaigns_per_month"]}
    plan = {"name": settings["plan_name"]}

    return {
        "billing": {"cycle_start": iso_ms(cycle_start(now)), "cycle_end": iso_ms(cycle_end(now))},
        "testing": {
            "plan": plan,
            "usage": {"sent_messages_count": caught, "forwarded_messages_count": forwarded},
        },
        "sending": {"plan": plan, "usage": {"sent_messages_count": sent}},
        "marketing": {"plan": plan, "usage": {"sent_messages_count": campaigns}},
    }
