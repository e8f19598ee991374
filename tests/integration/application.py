# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application as ci_mail_test tests it: it lets somebody register, and sends a mail with a link and a code.

python application.py ADDRESS [SECONDS], the seconds being those after which its mail goes out in the background.
"""

from __future__ import annotations

import os
import smtplib
import sys
import time
from email.message import EmailMessage


def registration(address: str) -> EmailMessage:
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


def send(mail: EmailMessage) -> None:
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]), timeout=30) as server:
        server.login(os.environ["SMTP_USERNAME"], os.environ["SMTP_PASSWORD"])
        server.send_message(mail)


def main(address: str, seconds: str = "0") -> None:
    if "@" not in address:
        sys.exit(f"{address} is no address")
    if float(seconds):
        if os.fork():
            return
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            os.close(stream.fileno())
        time.sleep(float(seconds))
    send(registration(address))


if __name__ == "__main__":
    main(*sys.argv[1:])
