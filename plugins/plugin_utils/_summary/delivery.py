# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the mail about a run goes out, in no more time than it may take."""

from __future__ import annotations

import queue
import threading
from collections import defaultdict

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._mail.send import send
from ansible_collections.community.mailtrap.plugins.plugin_utils._connection import client_of


def deliver(plugin, options, subject, text, html):
    """Send the mail, once, within the timeout of a plugin.

    :param plugin: an Ansible plugin whose options have been set.
    :param options: dict, of the options of community.mailtrap.notify those that are not about the content.
    :raises MailtrapError: when it was not sent; ``uncertain`` when it may have gone out all the same.
    """
    for option, other in (("sandbox", "sandbox_id"), ("project", "project_id")):
        if options[option] is not None and options[other] is not None:
            raise MailtrapError(f"{option} and {other} are both given: leave out one of them")
    options = defaultdict(lambda: None, options, subject=subject, text=text, html=html, wait=0)
    client = client_of(plugin)
    within(plugin.get_option("timeout"), lambda: send(client, options, check_mode=False))


def within(seconds, work):
    """Do some work and return its result, or give it up after some time.

    Each wait of a client is bounded, but not their sum: names are looked up, requests repeated, answers trickle in.

    :raises MailtrapError: when the time is over; what was begun may still take effect.
    """
    ended = queue.SimpleQueue()

    def run():
        try:
            ended.put((work(), None))
        except Exception as error:
            ended.put((None, error))

    # A daemon is left alone when the process ends.
    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = ended.get(timeout=seconds)
    except queue.Empty:
        message = f"it was not done within {seconds} s, and is given up; the message may have gone out all the same"
        raise MailtrapError(message, uncertain=True) from None
    if error is not None:
        raise error
    return result
