# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Skip actions in check mode. Other packages call these functions instead of testing ``check_mode``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, List, Optional, TypeVar

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.errors import MailtrapError
    from .._api.json_types import Json
    from .resource import Write

T = TypeVar("T")


def send_write(
    client: Client,
    write: Write,
    check_mode: bool,
    predicted: Json = None,
    host: str = "general",
    repeatable: Optional[bool] = None,
) -> Json:
    """Send one write request and return the answer; in check mode, send nothing and return the predicted answer.

    :param host: see :meth:`Client.request`.
    :param repeatable: see :meth:`Client.request`.
    :raises MailtrapError: as :meth:`Client.request` does.
    """
    if check_mode:
        return predicted
    return client.request(write.method, write.path, write.body, host=host, repeatable=repeatable)


def run_unless_check_mode(check_mode: bool, action: Callable[[], T], predicted: T) -> T:
    """Run an action and return its result; in check mode, return the predicted result instead."""
    return predicted if check_mode else action()


def limit_wait(check_mode: bool, seconds: int) -> int:
    """Return the seconds to wait; 0 in check mode, because no earlier task has caused the awaited event."""
    return 0 if check_mode else seconds


def fail_unless_check_mode(check_mode: bool, error: MailtrapError) -> List[str]:
    """Raise an error; in check mode, return a warning about it."""
    if not check_mode:
        raise error
    return [f"Outside check mode, this task would fail: {'; '.join(error.messages)}."]
