# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: projects, sandboxes and their messages."""

import base64

import mailtrap as mt
import pytest
from mailtrap import APIError, CreateInboxParams, ProjectParams, UpdateEmailMessageParams, UpdateInboxParams
from mailtrap.api.resources.attachments import AttachmentsApi
from mailtrap.api.resources.inboxes import InboxesApi
from mailtrap.api.resources.messages import MessagesApi
from mailtrap.api.resources.projects import ProjectsApi
from python_sdk import MAIL, covers


@pytest.fixture
def inboxes(client):
    return client().testing_api.inboxes


@pytest.fixture
def message(client, inbox):
    """A message in the inbox."""
    mail = mt.Mail(
        **MAIL,
        html="<p>Hello</p>",
        attachments=[
            mt.Attachment(content=base64.b64encode(b"\x00\xff"), filename="a.bin", mimetype="application/x-a")
        ],
    )
    sent = client(sandbox=True, inbox_id=str(inbox.id)).send(mail)
    api = client().testing_api.messages
    return api.show_message(inbox.id, int(sent["message_ids"][0]))


@covers(ProjectsApi)
def test_projects(client, project):
    projects = client().testing_api.projects
    assert projects.get_by_id(project.id) == project
    second = projects.create(ProjectParams(name="Second"))
    assert [item.id for item in projects.get_list()] == [project.id, second.id]
    projects.delete(second.id)
    assert projects.update(project.id, ProjectParams(name="Warehouse")).name == "Warehouse"
    assert [item.name for item in projects.get_list()] == ["Warehouse"]
    assert projects.delete(project.id).id == project.id
    with pytest.raises(APIError, match="Not Found") as error:
        projects.get_by_id(project.id)
    assert error.value.status == 404


def test_project_errors(client):
    with pytest.raises(APIError) as error:
        client().testing_api.projects.create(ProjectParams(name=""))
    assert error.value.status == 422
    assert error.value.errors == ["name: can't be blank", "name: is too short (minimum is 2 characters)"]


@covers(InboxesApi)
def test_inboxes(inboxes, project, inbox):
    assert inboxes.get_by_id(inbox.id) == inbox
    inboxes.delete(inboxes.create(project.id, CreateInboxParams(name="Second")).id)
    assert [item.id for item in inboxes.get_list()] == [inbox.id]
    updated = inboxes.update(inbox.id, UpdateInboxParams(name="QA", email_username="alias"))
    assert (updated.name, updated.email_username) == ("QA", f"alias-{inbox.email_username.split('-')[1]}")
    assert inboxes.enable_email_address(inbox.id).email_username_enabled is True
    assert inboxes.reset_email_username(inbox.id).email_username != updated.email_username
    assert inboxes.reset_credentials(inbox.id).password != inbox.password
    assert inboxes.mark_as_read(inbox.id).emails_unread_count == 0
    assert inboxes.clean(inbox.id).emails_count == 0
    assert inboxes.delete(inbox.id).id == inbox.id
    with pytest.raises(APIError, match="Not Found"):
        inboxes.clean(inbox.id)


def test_the_limit_of_sandboxes(emulator, inboxes, project):
    emulator.limits(sandboxes=0)
    with pytest.raises(APIError, match="name: You've reached the sandboxes limit"):
        inboxes.create(project_id=project.id, inbox_params=CreateInboxParams(name="QA"))


@covers(MessagesApi)
def test_messages(client, inbox, message):
    api = client().testing_api.messages
    assert (message.subject, message.from_name, message.to_email) == ("Grüße 😀", "Sälly", "ann@example.org")
    assert [item.id for item in api.get_list(inbox.id)] == [message.id]
    assert api.show_message(inbox.id, message.id).created_at == message.created_at
    assert api.get_list(inbox.id, search="nothing") == []
    assert api.get_list(inbox.id, last_id=message.id) == []
    assert api.update(inbox.id, message.id, UpdateEmailMessageParams(is_read=True)).is_read is True
    assert api.get_text_message(inbox.id, message.id) == "Hello"
    assert api.get_html_message(inbox.id, message.id) == api.get_html_source(inbox.id, message.id) == "<p>Hello</p>"
    assert api.get_raw_message(inbox.id, message.id) == api.get_message_as_eml(inbox.id, message.id)
    assert api.get_mail_headers(inbox.id, message.id)["subject"] == "Grüße 😀"
    assert api.get_spam_report(inbox.id, message.id).details[0].rule_name == "HTML_MESSAGE"
    assert api.get_html_analysis(inbox.id, message.id).status == "success"
    assert api.forward(inbox.id, message.id, "owner@example.com").message
    assert api.delete(inbox.id, message.id).id == message.id
    with pytest.raises(APIError, match="Not Found"):
        api.show_message(inbox.id, message.id)


@covers(AttachmentsApi)
def test_attachments(client, inbox, message):
    api = client().testing_api.attachments
    (attachment,) = api.get_list(inbox.id, message.id)
    assert (attachment.filename, attachment.content_type, attachment.attachment_size) == ("a.bin", "application/x-a", 2)
    assert api.get(inbox.id, message.id, attachment.id).filename == "a.bin"
