# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who stands behind an account, as its domains show it (facts 3.12). Pure."""

from __future__ import annotations

from .._api.errors import MailtrapError
from .._engine.resource import Write

_NEEDED = ("name", "address", "city", "country", "zip_code", "website_url")
_OTHERS = ("phone", "privacy_policy_url", "terms_of_service_url")
LEVELS = ("business", "individual")

SPEC = {
    "type": "dict",
    "options": {
        **{name: {"type": "str"} for name in (*_NEEDED, *_OTHERS)},
        "info_level": {"type": "str", "choices": list(LEVELS)},
    },
}


def put_over(given, now):
    """Return the info once what was given is written over it: dict; None leaves a value as it is."""
    return {**(now or {}), **{name: value for name, value in given.items() if value is not None}}


def without_blanks(info):
    """Return the info without values that are none: dict."""
    return {name: value for name, value in (info or {}).items() if value not in (None, "")}


def write(path, stored, now):
    """Return the Write that changes what differs, or gives the info for the first time.

    :raises MailtrapError: when that takes more than is known.
    """
    # The service shows a level even where nobody has said anything.
    is_new = not without_blanks(now).keys() - {"info_level"}
    missing = [name for name in _NEEDED if not stored.get(name)]
    if is_new and missing:
        raise MailtrapError(f"the account has no company_info yet, and a new one needs {' and '.join(missing)}")
    changes = {name: value for name, value in stored.items() if (value or None) != ((now or {}).get(name) or None)}
    method = "POST" if is_new else "PATCH"
    return Write(method, f"{path}/company_info", {"company_info": changes}, answers="company_info")
