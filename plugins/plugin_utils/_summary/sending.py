# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends the summary mail within a time limit."""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail.send import send
from ansible_collections.community.mailtrap.plugins.plugin_utils._connection import client_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible.plugins.callback import CallbackBase


def send_mail(plugin: CallbackBase, options: Mapping[str, Any], subject: str, text: str, html: str) -> None:
    """Send the mail, within the ``timeout`` of the callback.

    :param options: options of community.mailtrap.notify, without the subject and the body.
    :raises MailtrapError: if it could not be sent; ``uncertain`` if it may have been sent nevertheless.
    """
    for name_option, id_option in (("sandbox", "sandbox_id"), ("project", "project_id")):
        if options[name_option] is not None and options[id_option] is not None:
            raise MailtrapError(f"{name_option} and {id_option} are mutually exclusive: set only one of them")
    message = defaultdict(lambda: None, options, subject=subject, text=text, html=html, wait=0)
    client = client_of(plugin)
    call_with_timeout(plugin.get_option("timeout"), lambda: send(client, message, check_mode=False))


def call_with_timeout(seconds: float, function: Callable[[], object]) -> object:
    """Call a function in a thread, and return its result.

    :raises MailtrapError: if it has not returned in time; the thread keeps running, so its effect is uncertain.
    """
    finished: queue.SimpleQueue[tuple[object, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            finished.put((function(), None))
        except Exception as error:
            finished.put((None, error))

    # The process can exit while a daemon thread still runs.
    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = finished.get(timeout=seconds)
    except queue.Empty:
        message = f"Could not send the mail within {seconds} s; it may have been sent nevertheless"
        raise MailtrapError(message, uncertain=True) from None
    if error is not None:
        raise error
    return result
