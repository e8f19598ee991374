# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbered pages of a list (docs/service.md#email-campaigns)."""

from collections.abc import Callable
from urllib.parse import urlencode

from ..state.json_codec import JsonObject
from ..state.store import Row
from .call import Call

PER_PAGE, MAX_PER_PAGE = 50, 100


def paginate(call: Call, rows: list[Row], show: Callable[[Row], JsonObject], **search: str) -> JsonObject:
    """Return the requested page of ``rows``, each converted by ``show``, with links to the other pages.

    The query parameter ``token`` is the page number; the service ignores an invalid one. ``search`` are the query
    parameters that selected the rows. The links repeat them.
    """
    per_page = min(call.query_number("per_page") or PER_PAGE, MAX_PER_PAGE)
    page = call.query_number("token") or 1
    previous = page - 1 if page > 1 else None
    following = page + 1 if page * per_page < len(rows) else None

    def page_url(number: int | None) -> str | None:
        query = urlencode({"per_page": per_page} | search | {"token": number})
        return None if number is None else f"{call.base_url}{call.request.path}?{query}"

    return {
        "data": [show(row) for row in rows[(page - 1) * per_page : page * per_page]],
        "pagination": {
            "token": page,
            "prev_token": previous,
            "next_token": following,
            "first_url": page_url(1),
            "prev_url": page_url(previous),
            "current_url": page_url(page),
            "next_url": page_url(following),
        },
    }
