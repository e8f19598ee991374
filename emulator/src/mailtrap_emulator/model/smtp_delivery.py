# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail that arrives by SMTP, for sandboxes and inbound inboxes (docs/service.md#smtp)."""

from ..mail.mime import parse_mail
from ..mail.smtp import SmtpMail
from ..state.settings import DEFAULT_SETTINGS
from ..state.store import Row
from ..state.world import World
from .inbound_inboxes import HOSTED_DOMAIN, find_inbox_by_address
from .inbound_messages import receive_message
from .sandbox_messages import deliver_message
from .sandboxes import EMAIL_DOMAIN, consume_send_quota, find_sandbox_by_address, max_message_size


class SmtpDelivery:
    """Delivers mail from the SMTP server to the mailboxes of a world (an :class:`SmtpBackend`).

    A client that logged in writes to the sandbox of its credentials. A client without login writes to the sandboxes
    and inbound inboxes of the recipients.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def max_message_size(self) -> int:
        """Return the largest accepted message size, in bytes."""
        return max(self.world.settings["max_message_size"], DEFAULT_SETTINGS["max_message_size"])

    def is_valid_login(self, username: str, password: str) -> bool:
        """Return whether a sandbox has these credentials."""
        sandbox = self.find_sandbox(username)
        return sandbox is not None and password == sandbox["password"]

    def find_sandbox(self, username: str) -> Row | None:
        """Return the sandbox with this SMTP user name, or None, for example after its credentials were reset."""
        return self.world.store["sandboxes"].find("username", username)

    def find_recipient_error(self, address: str) -> str | None:
        """Return the SMTP reply that refuses mail to an address from a client that did not log in, or None."""
        if find_inbox_by_address(self.world, address) is not None:
            return None
        if address.lower().endswith(f"@{HOSTED_DOMAIN}"):
            return "550 5.1.1 Error: no inbox for this email"
        if not address.lower().endswith(f"@{EMAIL_DOMAIN}"):
            return "530 5.7.0 Authentication required"
        if find_sandbox_by_address(self.world, address) is None:
            return "554 5.5.1 Error: no sandbox for this email"
        return None

    def deliver(self, mail: SmtpMail) -> str | None:
        """Deliver a mail. Return the SMTP reply that refuses it, or None if it was delivered."""
        sandboxes = self.find_sandboxes(mail)
        inboxes = self.find_inboxes(mail) if mail.username is None else []
        if not sandboxes and not inboxes:
            return "535 5.7.8 Authentication credentials invalid"
        errors = [error for sandbox in sandboxes if (error := self.find_sandbox_error(sandbox, mail))]
        if errors:
            return errors[0]
        for sandbox in sandboxes:
            self.deliver_to_sandbox(sandbox, mail)
        for inbox, address in inboxes:
            receive_message(self.world, inbox, mail.content, address=address, mail_from=mail.mail_from or "")
        self.world.store.commit()
        return None

    def find_sandboxes(self, mail: SmtpMail) -> list[Row]:
        """Return the sandboxes that a mail goes to, each once."""
        if mail.username is not None:
            candidates = [self.find_sandbox(mail.username)]
        else:
            candidates = [find_sandbox_by_address(self.world, address) for address in mail.recipients]
        return list({sandbox["id"]: sandbox for sandbox in candidates if sandbox is not None}.values())

    def find_inboxes(self, mail: SmtpMail) -> list[tuple[Row, str]]:
        """Return the inbound inboxes that a mail goes to, each with the first recipient that names it."""
        candidates = [(find_inbox_by_address(self.world, address), address) for address in reversed(mail.recipients)]
        return list({inbox["id"]: (inbox, address) for inbox, address in candidates if inbox is not None}.values())

    def find_sandbox_error(self, sandbox: Row, mail: SmtpMail) -> str | None:
        """Return the SMTP reply if a sandbox cannot take a mail, or None. The mail counts against its rate limit."""
        if len(mail.content) > max_message_size(self.world, sandbox):
            return "552 5.3.4 Message size exceeds fixed limit"
        if not consume_send_quota(self.world, sandbox):
            return "550 5.7.0 Requested action not taken: too many emails per second"
        return None

    def deliver_to_sandbox(self, sandbox: Row, mail: SmtpMail) -> None:
        """Put a mail into a sandbox. Recipients that its headers do not name are blind copies."""
        message = parse_mail(mail.content)
        named = {address.lower() for _, address in (*message.to, *message.cc)}
        deliver_message(
            self.world,
            sandbox,
            mail.content,
            bcc=[address for address in mail.recipients if address.lower() not in named],
            template_id=None,
            smtp={
                "mail_from_addr": mail.mail_from,
                "client_ip": mail.client_ip,
                "rcpt_to_addrs": list(mail.recipients),
            },
        )
