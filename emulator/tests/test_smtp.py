# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMTP delivery into sandboxes (docs/service.md#smtp, docs/service.md#sandboxes)."""

import smtplib
from email.message import EmailMessage

import pytest


@pytest.fixture
def connect(emulator):
    """Return a function that opens an SMTP connection."""
    connections = []

    def open_connection():
        host, port = emulator.smtp.rsplit(":", 1)
        connections.append(smtplib.SMTP(host, int(port), timeout=10))
        return connections[-1]

    yield open_connection
    for connection in connections:
        connection.close()


@pytest.fixture
def smtp(connect, sandbox):
    """Return a connection that is logged in to the sandbox."""
    connection = connect()
    connection.login(sandbox["username"], sandbox["password"])
    return connection


@pytest.fixture
def list_messages(api, sandbox):
    """Return a function that lists the messages of the sandbox."""
    return lambda: api.get(f"/api/sandboxes/{sandbox['id']}/messages").json()


def compose(**headers):
    message = EmailMessage()
    defaults = {"From": "Sender <from@example.com>", "To": "to@example.com", "Subject": "By SMTP"}
    for name, value in (defaults | headers).items():
        message[name] = value
    message.set_content("Hello\n")
    return message


def test_delivery_into_a_sandbox(api, sandbox, smtp, list_messages):
    smtp.send_message(compose())
    (message,) = list_messages()
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


def test_raw_message_is_stored_unchanged(api, smtp, list_messages):
    raw = b"Subject: =?utf-8?b?4pyT?=\r\nX: y\r\n\r\n.leading dot\r\n" + b"x" * 5000 + b"\r\n\xff\r\n"
    smtp.sendmail("a@b.c", ["d@e.f"], raw)
    (message,) = list_messages()
    assert message["subject"] == "✓"
    assert api.get(message["raw_path"]).content == raw


def test_unicode_in_headers_and_attachment_names(api, smtp, sandbox, list_messages):
    mail = compose(Subject="Grüße 😀", To="Änn <ann@example.com>")
    mail.add_attachment("inhalt", filename="Übersicht.txt")
    smtp.send_message(mail)
    (message,) = list_messages()
    assert message["subject"] == "Grüße 😀"
    assert message["to_name"] == "Änn"
    (attachment,) = api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message['id']}/attachments").json()
    assert attachment["filename"] == "Übersicht.txt"
    assert attachment["content_type"] == "text/plain"


def test_envelope_recipients_missing_in_the_headers_are_bcc(api, sandbox, smtp, list_messages):
    smtp.sendmail("a@b.c", ["to@example.com", "hidden@example.com"], compose().as_bytes())
    (message,) = list_messages()
    headers = api.get(f"/api/sandboxes/{sandbox['id']}/messages/{message['id']}/mail_headers").json()["headers"]
    assert headers["bcc"] == "hidden@example.com"


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_wrong_credentials_are_answered_with_535(connect, sandbox, mechanism):
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


def test_login_with_both_mechanisms(connect, sandbox):
    for mechanism in ("PLAIN", "LOGIN"):
        connection = connect()
        connection.ehlo()
        connection.user, connection.password = sandbox["username"], sandbox["password"]
        authenticate = {"PLAIN": connection.auth_plain, "LOGIN": connection.auth_login}[mechanism]
        assert connection.auth(mechanism, authenticate)[0] == 235


def test_delivery_requires_a_login(connect, list_messages):
    connection = connect()
    with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
        connection.send_message(compose())
    assert error.value.recipients["to@example.com"][0] == 530
    assert list_messages() == []


def test_resetting_credentials_invalidates_the_old_credentials(api, connect, smtp, sandbox, list_messages):
    api.patch(f"/api/sandboxes/{sandbox['id']}/reset_credentials")
    with pytest.raises(smtplib.SMTPDataError) as error:
        smtp.send_message(compose())
    assert error.value.smtp_code == 535
    with pytest.raises(smtplib.SMTPAuthenticationError):
        connect().login(sandbox["username"], sandbox["password"])
    assert list_messages() == []


def test_delivery_into_a_deleted_sandbox(api, smtp, sandbox):
    api.delete(f"/api/sandboxes/{sandbox['id']}")
    with pytest.raises(smtplib.SMTPDataError):
        smtp.send_message(compose())


def test_a_message_that_exceeds_the_size_limit(emulator, smtp, list_messages):
    emulator.limits(max_message_size=2000)
    mail = compose()
    mail.set_content("x\n" * 1500)
    with pytest.raises(smtplib.SMTPDataError) as error:
        smtp.send_message(mail)
    assert error.value.smtp_code == 552
    assert list_messages() == []
    smtp.send_message(compose())
    assert len(list_messages()) == 1


def test_the_size_limit_is_advertised(smtp):
    assert smtp.esmtp_features["size"] == "26214400"


def test_the_rate_limit_of_a_sandbox(emulator, smtp):
    emulator.limits(sandbox_sends_per_10_seconds=1)
    smtp.send_message(compose())
    with pytest.raises(smtplib.SMTPDataError) as error:
        smtp.send_message(compose())
    assert error.value.smtp_code == 550


def test_many_messages_on_one_connection(smtp, list_messages):
    for number in range(40):
        smtp.send_message(compose(Subject=f"S{number}"))
    assert [message["subject"] for message in list_messages()] == [f"S{number}" for number in range(39, 9, -1)]


def test_delivery_to_the_address_of_a_sandbox(api, connect, sandbox, list_messages):
    address = f"{sandbox['email_username']}@inbox.mailtrap.io"
    path = f"/api/sandboxes/{sandbox['id']}"

    def deliver_and_get_error(recipient):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
            connect().sendmail("a@b.c", [recipient], compose().as_bytes())
        return error.value.recipients[recipient]

    assert deliver_and_get_error(address) == (554, b"5.5.1 Error: no sandbox for this email")
    api.patch(f"{path}/toggle_email_username")
    connect().sendmail("a@b.c", [address], compose().as_bytes())
    connect().sendmail("a@b.c", [address.upper().replace("@", "+Tag@")], compose().as_bytes())
    assert len(list_messages()) == 2
    assert deliver_and_get_error("unknown-123456@inbox.mailtrap.io")[0] == 554
    api.patch(f"{path}/reset_email_username")
    assert deliver_and_get_error(address)[0] == 554
