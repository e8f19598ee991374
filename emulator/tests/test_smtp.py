# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMTP into sandboxes (facts 1.1, 3.8, 3.9)."""

import smtplib
from email.message import EmailMessage

import pytest


@pytest.fixture
def connect(emulator):
    """Opens a connection; closes all of them at the end."""
    opened = []

    def make():
        host, port = emulator.smtp.rsplit(":", 1)
        opened.append(smtplib.SMTP(host, int(port), timeout=10))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()


@pytest.fixture
def smtp(connect, sandbox):
    """A connection that is logged in to the sandbox."""
    connection = connect()
    connection.login(sandbox["username"], sandbox["password"])
    return connection


@pytest.fixture
def messages(api, sandbox):
    def read():
        return api.get(f"/api/sandboxes/{sandbox['id']}/messages").json()

    return read


def compose(**headers):
    message = EmailMessage()
    defaults = {"From": "Sender <from@example.com>", "To": "to@example.com", "Subject": "By SMTP"}
    for name, value in (defaults | headers).items():
        message[name] = value
    message.set_content("Hello\n")
    return message


def test_a_message(api, sandbox, smtp, messages):
    smtp.send_message(compose())
    (message,) = messages()
    assert message["smtp_information"] == {
        "ok": True,
        "data": {
            "mail_from_addr": "from@example.com",
            "client_ip": "127.0.0.1",
            "rcpt_to_addrs": ["to@example.com"],
        },
    }
    assert (message["subject"], message["from_name"], message["template_id"]) == ("By SMTP", "Sender", None)
    assert message["id"] > 5_000_000_000
    assert api.get(message["txt_path"]).text == "Hello\n"


def test_the_bytes_are_kept_as_they_came(api, smtp, messages):
    raw = b"Subject: =?utf-8?b?4pyT?=\r\nX: y\r\n\r\n.leading dot\r\n" + b"x" * 5000 + b"\r\n\xff\r\n"
    smtp.sendmail("a@b.c", ["d@e.f"], raw)
    (message,) = messages()
    assert message["subject"] == "✓"
    assert api.get(message["raw_path"]).content == raw


def test_unicode_everywhere(api, smtp, sandbox, messages):
    mail = compose(Subject="Grüße 😀", To="Änn <ann@example.com>")
    mail.add_attachment("inhalt", filename="Übersicht.txt")
    smtp.send_message(mail)
    (message,) = messages()
    assert message["subject"] == "Grüße 😀"
    assert message["to_name"] == "Änn"
    (attachment,) = api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message['id']}/attachments").json()
    assert attachment["filename"] == "Übersicht.txt"
    assert attachment["content_type"] == "text/plain"


def test_envelope_recipients_that_the_message_does_not_name_are_blind_copies(api, sandbox, smtp, messages):
    smtp.sendmail("a@b.c", ["to@example.com", "hidden@example.com"], compose().as_bytes())
    (message,) = messages()
    headers = api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message['id']}/mail_headers").json()["headers"]
    assert headers["bcc"] == "hidden@example.com"


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_wrong_credentials_are_refused_with_535(connect, sandbox, mechanism):
    for user, password in ((sandbox["username"], "wrong"), ("wrong", sandbox["password"]), ("", ""), ("ü", "ü")):
        connection = connect()
        connection.ehlo()
        connection.user, connection.password = user, password
        authenticate = {"PLAIN": connection.auth_plain, "LOGIN": connection.auth_login}[mechanism]
        try:
            code = connection.auth(mechanism, authenticate, initial_response_ok=False)[0]
        except smtplib.SMTPAuthenticationError as error:
            code = error.smtp_code
        except UnicodeEncodeError:
            continue
        assert code == 535


def test_both_mechanisms_work(connect, sandbox):
    for mechanism in ("PLAIN", "LOGIN"):
        connection = connect()
        connection.ehlo()
        connection.user, connection.password = sandbox["username"], sandbox["password"]
        authenticate = {"PLAIN": connection.auth_plain, "LOGIN": connection.auth_login}[mechanism]
        assert connection.auth(mechanism, authenticate)[0] == 235


def test_without_login_there_is_no_delivery(connect, messages):
    connection = connect()
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        connection.send_message(compose())
    assert refused.value.recipients["to@example.com"][0] == 530
    assert messages() == []


def test_reset_credentials_end_the_old_ones(api, connect, smtp, sandbox, messages):
    api.patch(f"/api/sandboxes/{sandbox['id']}/reset_credentials")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(compose())
    assert refused.value.smtp_code == 535
    with pytest.raises(smtplib.SMTPAuthenticationError):
        connect().login(sandbox["username"], sandbox["password"])
    assert messages() == []


def test_a_sandbox_that_is_gone(api, smtp, sandbox):
    api.delete(f"/api/sandboxes/{sandbox['id']}")
    with pytest.raises(smtplib.SMTPDataError):
        smtp.send_message(compose())


def test_a_message_beyond_the_size_limit(emulator, smtp, messages):
    emulator.limits(max_message_size=2000)
    mail = compose()
    mail.set_content("x\n" * 1500)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(mail)
    assert refused.value.smtp_code == 552
    assert messages() == []
    smtp.send_message(compose())
    assert len(messages()) == 1


def test_the_advertised_size(smtp):
    assert smtp.esmtp_features["size"] == "26214400"


def test_the_rate_of_a_sandbox(emulator, smtp):
    emulator.limits(sandbox_sends_per_10_seconds=1)
    smtp.send_message(compose())
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(compose())
    assert refused.value.smtp_code == 550


def test_many_messages_on_one_connection(smtp, messages):
    for number in range(40):
        smtp.send_message(compose(Subject=f"S{number}"))
    assert [message["subject"] for message in messages()] == [f"S{number}" for number in range(39, 9, -1)]


def test_the_sandboxs_own_address(api, connect, sandbox, messages):
    address = f"{sandbox['email_username']}@inbox.mailtrap.io"
    path = f"/api/sandboxes/{sandbox['id']}"

    def refusal(recipient):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            connect().sendmail("a@b.c", [recipient], compose().as_bytes())
        return refused.value.recipients[recipient]

    assert refusal(address) == (554, b"5.5.1 Error: no sandbox for this email")
    api.patch(f"{path}/toggle_email_username")
    connect().sendmail("a@b.c", [address], compose().as_bytes())
    connect().sendmail("a@b.c", [address.upper().replace("@", "+Tag@")], compose().as_bytes())
    assert len(messages()) == 2
    assert refusal("unknown-123456@inbox.mailtrap.io")[0] == 554
    api.patch(f"{path}/reset_email_username")
    assert refusal(address)[0] == 554
