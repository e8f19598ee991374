# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The company info that a domain shows to its recipients (docs/service.md#company-info)."""

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
    """Return the info once the wanted values are written; None leaves a value as it is."""
    return {**(current or {}), **{name: value for name, value in wanted.items() if value is not None}}


def _remove_empty(info: Optional[JsonObject]) -> JsonObject:
    return {name: value for name, value in (info or {}).items() if value not in (None, "")}


def write_company_info(path: str, expected: JsonObject, current: Any) -> Write:
    """Return the request that changes the differing values, or creates the info.

    :param path: the path of the domain.
    :raises MailtrapError: if the info does not exist yet, and required values are not given.
    """
    # The service returns a level even if the account has no info.
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
