# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which API tokens are to be rotated; documented in due_tokens.yml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.community.mailtrap.plugins.module_utils._engine.times import span
from ansible_collections.community.mailtrap.plugins.module_utils._resources.token_lifecycle import (
    get_original_name,
    has_successor,
    is_due,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._file_names import file_name


def due_tokens(tokens, within, unlimited=False):
    """Return the tokens that are to be rotated: list of dict, each with original_name and file_name.

    :param tokens: list of dict, as the API shows them. :param within: str, a number of h, d or w.
    :param unlimited: bool, whether those that never expire are due as well.
    :raises AnsibleFilterError: when something is none of this.
    """
    if not isinstance(tokens, list) or not all(isinstance(token, Mapping) for token in tokens):
        raise AnsibleFilterError("due_tokens takes a list of API tokens, such as that of api_token_info")
    before = span(str(within))
    if before is None:
        raise AnsibleFilterError(f"due_tokens: {within!r} is no length of time: write 12h, 30d or 4w")
    now = datetime.now(UTC)
    due = [token for token in tokens if not has_successor(token, tokens) and _is_due(token, before, now, unlimited)]
    return [{**token, **_names(get_original_name(token))} for token in due]


def _is_due(token, before, now, unlimited):
    return is_due(token, before, now) if token.get("expires_at") else bool(unlimited)


def _names(original):
    # What looks like a template in a name is not one of Ansible's.
    return wrap_var({"original_name": original, "file_name": file_name(original)})


class FilterModule:
    def filters(self):
        return {"due_tokens": due_tokens}
