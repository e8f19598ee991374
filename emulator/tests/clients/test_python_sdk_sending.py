# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: sending and templates."""

import mailtrap as mt
import pytest
from mailtrap.api.resources.paginated_templates import PaginatedTemplatesApi
from mailtrap.api.resources.templates import TemplatesApi
from mailtrap.api.sending import SendingApi
from python_sdk import MAIL, covers


@covers(TemplatesApi)
def test_templates(client):
    api = client().email_templates_api.templates
    created = api.create(mt.CreateEmailTemplateParams(name="n", subject="s", category="c", body_text="t"))
    assert api.get_by_id(created.id) == created
    assert api.update(created.id, mt.UpdateEmailTemplateParams(name="m")).name == "m"
    assert [item.id for item in api.get_list()] == [created.id]
    api.delete(created.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        api.get_by_id(created.id)
    with pytest.raises(mt.APIError) as error:
        api.create(mt.CreateEmailTemplateParams(name="", subject="", category="c"))
    assert error.value.errors == ["name: can't be blank", "subject: can't be blank"]


@covers(PaginatedTemplatesApi)
def test_paginated_templates(client):
    api = client().templates_api.templates
    first = api.create(mt.CreateTemplateParams(name="n", subject="s", category="c", body_html="<p>h</p>"))
    second = api.create(mt.CreateTemplateParams(name="m", subject="s", category="c", body_text="t"))
    assert api.get_by_id(first.id) == first
    page = api.get_list(mt.TemplateListParams(per_page=1))
    assert (page.data, page.pagination.prev_token) == ([second], None)
    page = api.get_list(mt.TemplateListParams(per_page=1, token=page.pagination.next_token))
    assert (page.data, page.pagination.next_token) == ([first], None)
    assert api.update(first.id, mt.UpdateTemplateParams(subject="new")).subject == "new"
    api.delete(first.id)
    assert [item.id for item in api.get_list().data] == [second.id]
    with pytest.raises(mt.APIError) as error:
        api.create(mt.CreateTemplateParams(name="", subject="s", category="c"))
    assert (error.value.status, error.value.errors) == (422, ["name: can't be blank"])


@pytest.mark.parametrize("stream", ["transactional", "bulk", "sandbox"])
@covers(mt.MailtrapClient, SendingApi)
def test_streams(client, emulator, inbox, stream):
    options = {"sandbox": True, "inbox_id": str(inbox.id)} if stream == "sandbox" else {"bulk": stream == "bulk"}
    api = client("/bulk" if stream == "bulk" else "", **options)
    sent = api.send(mt.Mail(**MAIL, cc=[mt.Address(email="c@example.org")]))
    assert sent["success"] is True
    if stream == "sandbox":
        assert [int(one) > 2**32 for one in sent["message_ids"]] == [True]
    else:
        (mail,) = emulator.outbox()
        assert (mail["stream"], mail["subject"], mail["message_ids"]) == (stream, MAIL["subject"], sent["message_ids"])
        assert len(sent["message_ids"]) == 2
    batch = mt.BatchSendEmailParams(
        base=mt.BatchMail(sender=MAIL["sender"], subject="s", text="t"),
        requests=[mt.BatchEmailRequest(to=MAIL["to"]), mt.BatchEmailRequest(to=[mt.Address(email="x")])],
    )
    answer = api.batch_send(batch)
    good, bad = answer["responses"]
    assert answer["success"] is True
    assert (good["success"], len(good["message_ids"])) == (True, 1)
    assert (bad["success"], bad["errors"]) == (False, ["'to' address is invalid"])


def test_sending_a_template(client, emulator):
    template = client().email_templates_api.templates.create(
        mt.CreateEmailTemplateParams(name="n", subject="Hi {{name}}", category="c", body_text="{{name}}")
    )
    mail = mt.MailFromTemplate(
        sender=MAIL["sender"], to=MAIL["to"], template_uuid=template.uuid, template_variables={"name": "Ann"}
    )
    client().send(mail)
    assert emulator.outbox()[0]["subject"] == "Hi Ann"


def test_send_errors(client, emulator, inbox):
    with pytest.raises(mt.APIError) as error:
        client().send(mt.Mail(sender=mt.Address(email="x"), to=[], subject=""))
    assert error.value.status == 400
    assert error.value.errors == [
        "'from' address is invalid",
        "'to', 'cc' or 'bcc' address is required",
        "'subject' is required",
        "must specify either text or html body",
    ]
    with pytest.raises(mt.AuthorizationError, match="Unauthorized"):
        client().send(mt.Mail(**MAIL | {"sender": mt.Address(email="a@elsewhere.example")}))
    with pytest.raises(mt.APIError, match="Not Found"):
        client(sandbox=True, inbox_id="1").send(mt.Mail(**MAIL))
    assert emulator.outbox() == []
