# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending domains, for what works on one without changing it (facts 3.11)."""

from __future__ import annotations

from .._api.errors import MailtrapError, attempting
from .._engine.apply import send_write
from .._engine.resource import Write
from .._mail.payload import mailbox
from .._resources.catalog import DOMAIN
from .._resources.targets import DOMAIN_TARGET


def send_setup_instructions(client, options, check_mode):
    """Have the service mail a domain's DNS records to somebody; in check mode do all but that.

    :param options: dict, the options of community.mailtrap.domain_setup_instructions.
    :returns: dict with changed and domain_id: int, None where check mode has to do without.
    :raises MailtrapError: its message says so when the mail may have gone out.
    """
    with attempting(f"send the setup instructions of {DOMAIN_TARGET.label(options)}"):
        body = {"email": mailbox(options["email"])["email"]}
        domain = DOMAIN_TARGET.find(client, options, check_mode)
        write = Write("POST", f"{DOMAIN.object_path(domain.found.get('id'))}/send_setup_instructions", body)
        try:
            send_write(client, write, check_mode)
        except MailtrapError as error:
            if error.uncertain:
                error.messages.append("the mail may have gone out all the same, and is not sent a second time")
            raise
    return {"changed": True, "domain_id": domain.found.get("id"), "warnings": domain.warnings}
