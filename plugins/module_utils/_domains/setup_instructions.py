# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Email the DNS records of a sending domain to the person who can publish them (docs/service.md#domains)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._api.errors import MailtrapError, attempting, warn_of_possible_effect
from .._engine.check_mode import send_write
from .._engine.resource import Write
from .._mail.payload import parse_mailbox
from .._resources.domains import DOMAIN
from .._resources.targets import DOMAIN_TARGET

if TYPE_CHECKING:
    from .._api.client import Client
    from .._api.json_types import Options, Result


def send_setup_instructions(client: Client, options: Options, check_mode: bool) -> Result:
    """Send a domain's setup instructions; in check mode, only validate the options and find the domain.

    :raises MailtrapError: if the domain does not exist or the request fails; the mail is never sent twice.
    """
    with attempting(f"send the setup instructions of {DOMAIN_TARGET.label(options)}"):
        body = {"email": parse_mailbox(options["email"])["email"]}
        domain = DOMAIN_TARGET.find(client, options, check_mode)
        domain_id = domain.found.get("id")
        write = Write("POST", f"{DOMAIN.object_path(domain_id)}/send_setup_instructions", body)
        try:
            send_write(client, write, check_mode)
        except MailtrapError as error:
            warn_of_possible_effect(error, "check whether the mail arrived before you run the task again")
            raise
    return {"changed": True, "domain_id": domain_id, "warnings": domain.warnings}
