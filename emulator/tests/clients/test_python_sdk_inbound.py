# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: inbound mail."""

import mailtrap as mt
import pytest
from mailtrap.api.resources.inbound_folders import InboundFoldersApi
from mailtrap.api.resources.inbound_forward_rules import InboundForwardRulesApi
from mailtrap.api.resources.inbound_inboxes import InboundInboxesApi
from mailtrap.api.resources.inbound_messages import InboundMessagesApi
from mailtrap.api.resources.inbound_threads import InboundThreadsApi
from python_sdk import covers


@pytest.fixture
def api(client):
    return client().inbound_api


@pytest.fixture
def folder(api):
    return api.folders.create(mt.CreateInboundFolderParams(name="Support"))


@pytest.fixture
def tickets(api, folder):
    return api.inboxes.create(folder.id, mt.CreateInboundInboxParams(name="Tickets"))


@pytest.fixture
def receive(emulator, tickets):
    """Return a function that delivers a mail into the inbox and returns its ID."""

    def receive_mail(number, **fields):
        ann = {"email": "ann@example.org", "name": "Ann"}
        mail = {"from": ann, "subject": "Frage 😀", "text": "How much?", "message_id": f"<{number}@example.org>"}
        return emulator.receive(address=tickets.address, **mail | fields)["id"]

    return receive_mail


@covers(InboundFoldersApi)
def test_folders(api, folder):
    assert api.folders.get_list() == [folder] == [api.folders.get_by_id(folder.id)]
    assert api.folders.update(folder.id, mt.UpdateInboundFolderParams(name="Help")).name == "Help"
    with pytest.raises(mt.APIError, match="name: has already been taken"):
        api.folders.create(mt.CreateInboundFolderParams(name="Help"))
    assert api.folders.create(mt.CreateInboundFolderParams(name="Support")).id > folder.id
    api.folders.delete(folder.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        api.folders.get_by_id(folder.id)


@covers(InboundInboxesApi)
def test_inboxes(api, folder, tickets, domain_id):
    own = api.inboxes.create(folder.id, mt.CreateInboundInboxParams(name="All", domain_id=domain_id))
    assert (own.address, own.domain_id) == ("*@example.com", domain_id)
    assert sorted(one.id for one in api.inboxes.get_list(folder.id)) == sorted([own.id, tickets.id])
    assert api.inboxes.get_by_id(folder.id, tickets.id) == tickets
    assert api.inboxes.update(folder.id, tickets.id, mt.UpdateInboundInboxParams(name="New")).name == "New"
    api.inboxes.delete(folder.id, tickets.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        api.inboxes.get_by_id(folder.id, tickets.id)


@covers(InboundForwardRulesApi)
def test_forward_rules(api, tickets, receive):
    rules = api.forward_rules
    condition = mt.InboundForwardRuleConditionParams(match_type="header", operator="not_empty", header_key="Subject")
    copy = mt.InboundForwardRuleDestination(email="copy@example.net")
    params = mt.CreateInboundForwardRuleParams(name="Copy", conditions=[condition], destinations=[copy])
    rule = rules.create(tickets.id, params)
    assert (rule.conditions[0].header_key, rule.destinations) == ("Subject", [copy])
    assert rules.get_list(tickets.id) == [rule] == [rules.get_by_id(tickets.id, rule.id)]
    (outcome,) = api.messages.get_by_id(tickets.id, receive(1)).forwards
    assert (outcome.rule_id, outcome.destination, outcome.status) == (rule.id, "copy@example.net", "forwarded")
    changed = rules.update(tickets.id, rule.id, mt.UpdateInboundForwardRuleParams(name="Other"))
    assert (changed.name, changed.conditions) == ("Other", rule.conditions)
    rules.delete(tickets.id, rule.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        rules.get_by_id(tickets.id, rule.id)


@covers(InboundMessagesApi)
def test_messages(api, emulator, tickets, receive):
    first, second = receive(1, attachments=[{"content": "aGk=", "filename": "a.txt"}]), receive(2)
    page = api.messages.get_list(tickets.id)
    assert ([item.id for item in page.data], page.total_count) == ([second, first], 2)
    assert [item.id for item in api.messages.get_list(tickets.id, last_id=second).data] == [first]
    message = api.messages.get_by_id(tickets.id, first)
    assert (message.from_, message.subject, message.text_body) == ("Ann <ann@example.org>", "Frage 😀", "How much?")
    assert (message.attachments[0].filename, message.attachments[0].size) == ("a.txt", 2)
    reply = mt.ReplyInboundMessageParams(text="Ten.")
    bob = mt.Address(email="bob@example.org")
    sent = [
        api.messages.reply(tickets.id, first, reply),
        api.messages.reply_all(tickets.id, first, reply),
        api.messages.forward(tickets.id, first, mt.ForwardInboundMessageParams(to=[bob], text="Look.")),
    ]
    assert [mail["message_ids"] for mail in emulator.outbox()] == [one.message_ids for one in sent]
    assert [mail["recipients"] for mail in emulator.outbox()] == [["ann@example.org"]] * 2 + [["bob@example.org"]]
    api.messages.delete(tickets.id, first)
    with pytest.raises(mt.APIError, match="Not Found"):
        api.messages.get_by_id(tickets.id, first)


@covers(InboundThreadsApi)
def test_threads(api, tickets, receive):
    first = receive(1)
    second = receive(2, subject="Other")
    receive(3, in_reply_to="<1@example.org>")
    api.messages.reply(tickets.id, first, mt.ReplyInboundMessageParams(text="Ten."))
    page = api.threads.get_list(tickets.id)
    assert (page.total_count, [one.message_count for one in page.data]) == (2, [3, 1])
    conversation, other = page.data
    assert [item.id for item in api.threads.get_list(tickets.id, last_id=conversation.id).data] == [other.id]
    assert [item.id for item in api.threads.get_list(tickets.id, search="Other").data] == [other.id]
    assert api.messages.get_by_id(tickets.id, second).thread_id == other.id
    *arrived, answer = api.threads.get_by_id(tickets.id, conversation.id).messages
    assert [one.direction for one in arrived] == ["inbound"] * 2
    assert (answer.direction, answer.delivery.status, answer.from_) == ("outbound", "delivered", tickets.address)
    api.threads.delete(tickets.id, conversation.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        api.threads.get_by_id(tickets.id, conversation.id)


def test_a_plan_without_inbound_mail(api, emulator):
    emulator.limits(inbound=False)
    with pytest.raises(mt.APIError, match="Access forbidden") as error:
        api.folders.get_list()
    assert error.value.status == 403
