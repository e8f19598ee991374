# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.times import moment


def older_than(objects, age, attribute):
    """Return those objects whose time is longer ago than an age: list of dict. One without a time is not older.

    :param objects: list of dict. :param age: str, a number of s, m, h, d or w, or an ISO-8601 time.
    :param attribute: str, the key of the time in each of them, an ISO-8601 time, UTC where it says no offset.
    :raises AnsibleFilterError: when something is none of this.
    """
    if not isinstance(objects, list) or not all(isinstance(one, Mapping) for one in objects):
        raise AnsibleFilterError("older_than takes a list of objects, such as the sandboxes of sandbox_info")
    now = datetime.now(UTC)
    try:
        limit = moment(str(age), now, "older_than:")
        return [one for one in objects if one.get(attribute) and moment(str(one[attribute]), now, attribute) < limit]
    except MailtrapError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self):
        return {"older_than": older_than}
