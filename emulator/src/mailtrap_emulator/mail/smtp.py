# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SMTP protocol. An :class:`SmtpBackend` checks logins and recipients, and delivers the mail."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class SmtpMail:
    """A mail received by SMTP. ``username`` is None if the client did not log in."""

    content: bytes
    mail_from: str | None
    recipients: list[str]
    client_ip: str
    username: str | None


class SmtpBackend(Protocol):
    """The mailboxes behind the SMTP server."""

    def max_message_size(self) -> int:
        """Return the largest accepted message size, in bytes."""
        ...

    def is_valid_login(self, username: str, password: str) -> bool:
        """Return whether a client may log in with these credentials."""
        ...

    def find_recipient_error(self, address: str) -> str | None:
        """Return the SMTP reply that refuses a recipient, or None. Only called for clients that did not log in."""
        ...

    def deliver(self, mail: SmtpMail) -> str | None:
        """Deliver a mail. Return the SMTP reply that refuses it, or None if it was delivered."""
        ...


class Connection(SMTP):
    """An SMTP connection. Lines that are longer than SMTP allows are accepted, so that tests can inspect such mail."""

    line_length_limit = 1_000_000


class SmtpHandler:
    """The aiosmtpd handler that all connections share."""

    def __init__(self, backend: SmtpBackend) -> None:
        self.backend = backend

    def connect(self, tls: ssl.SSLContext | None) -> Connection:
        """Create a connection. AUTH is offered without TLS too, because clients usually run on the same machine."""
        return Connection(
            self,
            loop=asyncio.get_running_loop(),
            hostname="sandbox.smtp.mailtrap.io",
            ident="ESMTP mailtrap-emulator",
            data_size_limit=self.backend.max_message_size(),
            enable_SMTPUTF8=True,
            tls_context=tls,
            auth_require_tls=False,
            authenticator=self.authenticate,
        )

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: Any
    ) -> AuthResult:
        """Check a login. Invalid credentials are answered with 535."""
        assert isinstance(credentials, LoginPassword)
        username = credentials.login.decode(errors="replace")
        if not self.backend.is_valid_login(username, credentials.password.decode(errors="replace")):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=username)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer a RCPT command."""
        error = None if session.authenticated else self.backend.find_recipient_error(address)
        if error is not None:
            return error
        envelope.rcpt_tos.append(address)
        return "250 2.1.0 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Deliver a mail and answer the DATA command."""
        assert isinstance(envelope.content, bytes)
        assert session.peer is not None
        mail = SmtpMail(
            content=envelope.content,
            mail_from=envelope.mail_from,
            recipients=list(envelope.rcpt_tos),
            client_ip=session.peer[0],
            username=str(session.auth_data) if session.authenticated else None,
        )
        return self.backend.deliver(mail) or "250 2.0.0 Ok: queued"
