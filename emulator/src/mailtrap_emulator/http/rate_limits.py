# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limits of the API (docs/service.md#rate-limits)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    """A number of requests in a number of seconds, counted from the first request."""

    requests: int
    seconds: int

    def scale(self, factor: float) -> "RateLimit":
        """Return the limit with its number of requests multiplied by a factor, at least 1."""
        return RateLimit(max(1, int(self.requests * factor)), self.seconds)


# "token" limits all requests of a token to the general host. The others limit all requests of an account to the
# operations that name them.
RATE_LIMITS = {
    "token": RateLimit(150, 10),
    "contacts": RateLimit(200, 60),
    "stats": RateLimit(10, 60),
    "suppressions": RateLimit(10, 60),
    "email_logs": RateLimit(60, 60),
    "email_log": RateLimit(1000, 60),
}
