# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The company info of an account, read and written through any of its domains (docs/service.md#company-info)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .._api.errors import MailtrapError
from .._engine.codecs import Codec
from .._engine.resource import Write

if TYPE_CHECKING:
    from .._api.json_types import JsonObject

_REQUIRED = ("name", "address", "city", "country", "zip_code", "website_url")
_OPTIONAL = ("phone", "privacy_policy_url", "terms_of_service_url")
INFO_LEVELS = ("business", "individual")

COMPANY_INFO_SPEC = {
    "type": "dict",
    "options": {
        **{name: {"type": "str"} for name in (*_REQUIRED, *_OPTIONAL)},
        "info_level": {"type": "str", "choices": list(INFO_LEVELS)},
    },
}


def _merge(wanted: JsonObject, current: Optional[JsonObject]) -> JsonObject:
    """Return the company info as it will be after the write; None leaves a value unchanged."""
    return {**(current or {}), **{name: value for name, value in wanted.items() if value is not None}}


def _remove_empty(info: Optional[JsonObject]) -> JsonObject:
    return {name: value for name, value in (info or {}).items() if value not in (None, "")}


def make_company_info_write(path: str, expected: JsonObject, current: Any) -> Write:
    """Return the request that creates the company info, or updates the values that differ.

    :param path: the path of the domain.
    :raises MailtrapError: if the company info does not exist yet, and required values are missing.
    """
    # The service returns info_level even if the account has no company info yet.
    is_new = not _remove_empty(current).keys() - {"info_level"}
    missing = [name for name in _REQUIRED if not expected.get(name)]
    if is_new and missing:
        raise MailtrapError(f"the account has no company_info yet, and a new one needs {' and '.join(missing)}")
    changes = {
        name: value for name, value in expected.items() if (value or None) != ((current or {}).get(name) or None)
    }
    method = "POST" if is_new else "PATCH"
    return Write(method, f"{path}/company_info", {"company_info": changes}, answers="company_info")


COMPANY_INFO = Codec(expected=_merge, normalize=_remove_empty)
