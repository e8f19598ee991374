# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API token of a request (docs/service.md#authentication)."""

from collections.abc import Mapping


def extract_token(headers: Mapping[str, str]) -> str | None:
    """Return the token from ``Authorization: Bearer`` or ``Api-Token``, or None. Header names are in lower case."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return headers.get("api-token")
