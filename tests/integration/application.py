# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application that the playbook ci_mail_test tests. It sends a registration mail with a link and a code.

Usage: python application.py ADDRESS [DELAY]

With a delay, in seconds, the application returns at once and sends the mail from the background.
"""

from __future__ import annotations

import os
import smtplib
import sys
import time
from email.message import EmailMessage


def build_registration_mail(address: str) -> EmailMessage:
    """Return the mail that asks a new user to confirm the address."""
    mail = EmailMessage()
    mail["From"] = "Shop <shop@example.com>"
    mail["To"] = address
    mail["Subject"] = "Confirm your address"
    mail.set_content("Your code is 482910.\n")
    mail.add_alternative(
        '<p>Your code is <b>482910</b>.</p><p><a href="https://shop.example/confirm?code=482910">Confirm</a></p>',
        subtype="html",
    )
    return mail


def send_mail(mail: EmailMessage) -> None:
    """Send a mail through the SMTP server that the environment names."""
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]), timeout=30) as server:
        server.login(os.environ["SMTP_USERNAME"], os.environ["SMTP_PASSWORD"])
        server.send_message(mail)


def main(address: str, delay: str = "0") -> None:
    """Send the registration mail to an address, after a delay in seconds."""
    if "@" not in address:
        sys.exit(f"{address} is no address")
    if float(delay):
        if os.fork():
            return
        # Ansible waits for a command until its streams are closed.
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            os.close(stream.fileno())
        time.sleep(float(delay))
    send_mail(build_registration_mail(address))


if __name__ == "__main__":
    main(*sys.argv[1:])
