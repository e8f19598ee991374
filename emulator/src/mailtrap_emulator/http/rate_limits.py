# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limits of the API (facts 1.10)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    requests: int
    seconds: int


# "token" is the one that every call of the general host counts in; the others are for all calls of one account to
# the endpoints that name them.
RATE_LIMITS = {
    "token": RateLimit(150, 10),
    "contacts": RateLimit(200, 60),
    "stats": RateLimit(10, 60),
    "suppressions": RateLimit(10, 60),
    "email_logs": RateLimit(60, 60),
    "email_log": RateLimit(1000, 60),
}
