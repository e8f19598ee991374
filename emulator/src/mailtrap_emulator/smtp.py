# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMTP into sandboxes (facts 1.1, 3.8): with a sandbox's credentials, or to the address that a sandbox has; and into
inbound inboxes, which anybody may write to (facts 3.21)."""

import asyncio
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from . import inbound, mailbox
from .mail import parse
from .settings import DEFAULTS
from .store import Row
from .world import World


class Connection(SMTP):
    """One SMTP connection. Mail with long lines is taken as it is: what arrives here is there to be looked at."""

    line_length_limit = 1_000_000


class Sandboxes:
    """The handler of all connections: who may speak, who is written to, and where the mail goes."""

    def __init__(self, world: World) -> None:
        self.world = world

    def connect(self, tls: ssl.SSLContext | None) -> Connection:
        """A new connection. AUTH is offered without TLS: the emulator listens where it is used."""
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            hostname="sandbox.smtp.mailtrap.io",
            ident="ESMTP mailtrap-emulator",
            data_size_limit=max(self.world.settings["max_message_size"], DEFAULTS["max_message_size"]),
            enable_SMTPUTF8=True,
            tls_context=tls,
            auth_require_tls=False,
            authenticator=self.authenticate,
        )

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: LoginPassword
    ) -> AuthResult:
        """A wrong user or password is answered with 535."""
        username = credentials.login.decode(errors="replace")
        sandbox = self.world.store["sandboxes"].find("username", username)
        if sandbox is None or credentials.password.decode(errors="replace") != sandbox["password"]:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=username)

    def sandbox_of(self, session: Session) -> Row | None:
        """The sandbox that the session logged in to; gone if its credentials were reset meanwhile."""
        return self.world.store["sandboxes"].find("username", session.auth_data) if session.authenticated else None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated and inbound.inbox_of(self.world, address) is None:
            if address.lower().endswith(f"@{inbound.HOSTED_DOMAIN}"):
                return "550 5.1.1 Error: no inbox for this email"
            if not address.lower().endswith(f"@{mailbox.EMAIL_DOMAIN}"):
                return "530 5.7.0 Authentication required"
            if mailbox.by_address(self.world, address) is None:
                return "554 5.5.1 Error: no sandbox for this email"
        envelope.rcpt_tos.append(address)
        return "250 2.1.0 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if session.authenticated:
            found = [self.sandbox_of(session)]
        else:
            found = [mailbox.by_address(self.world, address) for address in envelope.rcpt_tos]
        sandboxes = {sandbox["id"]: sandbox for sandbox in found if sandbox is not None}
        inboxes = {} if session.authenticated else self.inboxes(envelope)
        if not sandboxes and not inboxes:
            return "535 5.7.8 Authentication credentials invalid"
        refusals = [refusal for sandbox in sandboxes.values() if (refusal := self.refusal(sandbox, envelope))]
        if refusals:
            return refusals[0]
        for sandbox in sandboxes.values():
            self.deliver(sandbox, session, envelope)
        for inbox, address in inboxes.values():
            sender = envelope.mail_from or ""
            inbound.receive(self.world, inbox, envelope.content, address=address, mail_from=sender)
        self.world.store.commit()
        return "250 2.0.0 Ok: queued"

    def inboxes(self, envelope: Envelope) -> dict[int, tuple[Row, str]]:
        """The inbound inboxes that a mail is for, each with the first of its addresses there."""
        found = [(inbound.inbox_of(self.world, address), address) for address in reversed(envelope.rcpt_tos)]
        return {inbox["id"]: (inbox, address) for inbox, address in found if inbox is not None}

    def refusal(self, sandbox: Row, envelope: Envelope) -> str | None:
        if len(envelope.content) > mailbox.max_message_size(self.world, sandbox):
            return "552 5.3.4 Message size exceeds fixed limit"
        if not mailbox.count_send(self.world, sandbox):
            return "550 5.7.0 Requested action not taken: too many emails per second"
        return None

    def deliver(self, sandbox: Row, session: Session, envelope: Envelope) -> None:
        """Recipients that the message does not name are its blind copies."""
        mail = parse(envelope.content)
        named = {address.lower() for _, address in (*mail.to, *mail.cc)}
        mailbox.deliver(
            self.world,
            sandbox,
            envelope.content,
            bcc=[address for address in envelope.rcpt_tos if address.lower() not in named],
            template_id=None,
            smtp={
                "mail_from_addr": envelope.mail_from,
                "client_ip": session.peer[0],
                "rcpt_to_addrs": list(envelope.rcpt_tos),
            },
        )
