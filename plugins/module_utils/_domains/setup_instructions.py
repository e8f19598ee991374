# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending domains, for what works on one without changing it (facts 3.11)."""

from __future__ import annotations

from .._api.errors import MailtrapError, attempting
from .._engine.apply import Lists, Lookup, carry_out, find_one
from .._engine.resource import Write
from .._mail.payload import mailbox
from .._resources.catalog import DOMAIN

# The options of a module that works on one domain.
DOMAIN_OPTIONS = {
    "domain": {"type": "str", "aliases": ["sending_domain"]},
    "domain_id": {"type": "int", "aliases": ["sending_domain_id"]},
}


def meant_domain(client, options, check_mode):
    """Find the domain that the DOMAIN_OPTIONS of a module mean; see find_one."""
    return find_one(client, DOMAIN, {"id": options["domain_id"], "domain_name": options["domain"]}, check_mode)


def label_of(options):
    """Return how the domain that is meant is called in a sentence: str."""
    return f"domain {options['domain_id'] if options['domain'] is None else repr(options['domain'])}"


def send_setup_instructions(client, options, check_mode):
    """Have the service mail a domain's DNS records to somebody; in check mode do all but that.

    :param options: dict, the options of community.mailtrap.domain_setup_instructions.
    :returns: dict with changed and domain_id: int, None where check mode has to do without.
    :raises MailtrapError: its message says so when the mail may have gone out.
    """
    with attempting(f"send the setup instructions of {label_of(options)}"):
        body = {"email": mailbox(options["email"])["email"]}
        domain = meant_domain(client, options, check_mode)
        write = Write("POST", f"{DOMAIN.path_of(domain.found.get('id'))}/send_setup_instructions", body)
        try:
            carry_out(client, write, check_mode)
        except MailtrapError as error:
            if error.uncertain:
                error.messages.append("the mail may have gone out all the same, and is not sent a second time")
            raise
    return {"changed": True, "domain_id": domain.found.get("id"), "warnings": domain.warnings}


def domain_ids(client, options, check_mode):
    """Find the domains of a module that takes several, by its options ``domains`` and ``domain_ids``.

    :returns: Lookup of a list of int, empty where none was named; None for what check mode has to do without.
    """
    lists = Lists(client, check_mode)
    lookups = [find_one(client, DOMAIN, {"domain_name": name}, check_mode, lists) for name in options["domains"]]
    warnings = [warning for lookup in lookups for warning in lookup.warnings]
    if warnings:
        return Lookup(None, warnings)
    return Lookup([*options["domain_ids"], *(lookup.found["id"] for lookup in lookups)])
