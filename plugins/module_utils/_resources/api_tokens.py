# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API tokens (docs/service.md#api-tokens)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Optional

from .._engine.resource import ApiShape, Field, Hooks, Resource
from .account_access import PERMISSIONS
from .token_lifecycle import EXPIRY, TOKEN_NAME, describe_expiry, expires_within_a_day, find_newest, validate_expiry

if TYPE_CHECKING:
    from .._api.json_types import JsonObject


def _explain_in_use(token: JsonObject, token_suffix: str) -> Optional[str]:
    """Return why a token is protected if its value ends like that of the token in use; the API returns only the end."""
    if token.get("last_4_digits") != token_suffix:
        return None
    return f"API token {token['id']} ends with the same characters as the API token in use"


def _matches_secret(token: JsonObject, secret: str) -> bool:
    """Return whether a text may be the value of a token: it ends with the characters that the API returns, if any."""
    return secret.endswith(token.get("last_4_digits") or "")


API_TOKEN = Resource(
    name="api_token",
    plural="api_tokens",
    api=ApiShape("/api/api_tokens", unique_key=True),
    one_time_secret="token",
    required_access="API tokens can only be managed with an API token that has admin access to the account",
    fields=(
        Field("name", codec=TOKEN_NAME, create_only=True),
        replace(PERMISSIONS, required=True, create_only=True),
        Field("expires_at", codec=EXPIRY, validate=validate_expiry, describe=describe_expiry, create_only=True),
    ),
    hooks=Hooks(
        match_by_key=find_newest,
        is_expiring=expires_within_a_day,
        protection_reason=_explain_in_use,
        matches_secret=_matches_secret,
    ),
)
