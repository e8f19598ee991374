# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists in pages that have numbers (facts 3.22)."""

from collections.abc import Callable
from urllib.parse import urlencode

from ..state.store import Row
from .call import Call

PER_PAGE, MAX_PER_PAGE = 50, 100


def paginate(call: Call, rows: list[Row], show: Callable[[Row], dict], **search: str) -> dict:
    """The page that the request asks for. ``token`` is its number; one that cannot be a number is passed over.
    ``search`` is what the rows were chosen by, for the addresses of the other pages."""
    per_page = min(call.query_number("per_page") or PER_PAGE, MAX_PER_PAGE)
    page = call.query_number("token") or 1
    before = page - 1 if page > 1 else None
    following = page + 1 if page * per_page < len(rows) else None

    def url(number: int | None) -> str | None:
        query = urlencode({"per_page": per_page} | search | {"token": number})
        return None if number is None else f"{call.base_url}{call.request.path}?{query}"

    return {
        "data": [show(row) for row in rows[(page - 1) * per_page : page * per_page]],
        "pagination": {
            "token": page,
            "prev_token": before,
            "next_token": following,
            "first_url": url(1),
            "prev_url": url(before),
            "current_url": url(page),
            "next_url": url(following),
        },
    }
