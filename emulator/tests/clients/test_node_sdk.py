# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Node SDK, and its transport for Nodemailer."""

import base64
import shutil

import pytest
from node_sdk import PRIVATE_FUNCTIONS, Node, NodeError, covered_groups, covers, get_group, install

from mailtrap_emulator.model.events import MAIL_EVENT_KINDS

MAIL = {
    "from": {"email": "sales@example.com", "name": "Sälly"},
    "to": [{"email": "ann@example.org", "name": "Ann"}],
    "subject": "Grüße 😀",
    "text": "Hello",
}


@pytest.fixture(scope="module")
def node_process(tls_emulator):
    for program in ("node", "npm"):
        if not shutil.which(program):
            pytest.skip(f"the Node SDK is not tested, because {program} is not installed")
    process = Node(tls_emulator, install())
    yield process
    process.close()


@pytest.fixture
def node(node_process, emulator):
    node_process.called_functions.clear()
    return node_process


@pytest.fixture
def sandbox(node):
    project = node("testing.projects.create", "Shop")
    return node("testing.inboxes.create", project["id"], "Staging")


def call_and_get_error(node, *arguments, **options):
    """Call a function that fails. Return status and message of the error."""
    with pytest.raises(NodeError) as error:
        node(*arguments, **options)
    assert error.value.name == "MailtrapError"
    return error.value.status, error.value.message


NOT_FOUND = (404, "Not Found")


def test_all_functions_are_tested(node):
    assert node.functions >= PRIVATE_FUNCTIONS
    assert covered_groups == {get_group(function) for function in node.functions - PRIVATE_FUNCTIONS}


@covers("testing.projects", "testing.inboxes")
def test_projects_and_sandboxes(node, sandbox):
    key, project_id = sandbox["id"], sandbox["project_id"]
    assert node("testing.projects.getById", project_id)["inboxes"] == [node("testing.inboxes.getInboxAttributes", key)]
    assert node("testing.projects.update", project_id, "Warehouse")["name"] == "Warehouse"
    assert [one["name"] for one in node("testing.projects.getList")] == ["Warehouse"]
    assert [one["id"] for one in node("testing.inboxes.getList")] == [key]
    changed = node("testing.inboxes.updateInbox", key, {"name": "QA", "emailUsername": "alias"})
    assert (changed["name"], changed["email_username"].partition("-")[0]) == ("QA", "alias")
    assert node("testing.inboxes.enableEmailAddress", key)["email_username_enabled"] is True
    assert node("testing.inboxes.resetEmailAddress", key)["email_username"] != changed["email_username"]
    assert node("testing.inboxes.resetCredentials", key)["username"] != sandbox["username"]
    assert node("testing.inboxes.markAsRead", key)["emails_unread_count"] == 0
    assert node("testing.inboxes.cleanInbox", key)["emails_count"] == 0
    assert node("testing.inboxes.delete", key)["id"] == key
    assert node("testing.projects.delete", project_id) == {"id": project_id}
    assert call_and_get_error(node, "testing.projects.getById", project_id) == NOT_FOUND
    # If an error has messages about the name, the SDK shows only those.
    too_short = "can't be blank, is too short (minimum is 2 characters)"
    assert call_and_get_error(node, "testing.projects.create", "") == (422, too_short)


@covers("testing.messages", "testing.attachments")
def test_messages(node, sandbox):
    key = sandbox["id"]
    file = {"filename": "ü.bin", "type": "application/x-a", "content": {"type": "Buffer", "data": [0, 255]}}
    mail = MAIL | {"html": "<p>Hello</p>", "attachments": [file]}
    (number,) = node("send", mail, sandbox=True, testInboxId=key)["message_ids"]
    message = node("testing.messages.showEmailMessage", key, int(number))
    one = (key, message["id"])
    assert (message["subject"], message["from_name"], message["inbox_id"]) == (MAIL["subject"], "Sälly", key)
    assert [row["id"] for row in node("testing.messages.get", key, {"search": "Grüße"})] == [message["id"]]
    assert node("testing.messages.get", key, {"last_id": message["id"]}) == []
    assert node("testing.messages.updateMessage", *one, {"isRead": True})["is_read"] is True
    assert node("testing.messages.getTextMessage", *one) == "Hello"
    assert node("testing.messages.getHtmlMessage", *one) == "<p>Hello</p>"
    assert node("testing.messages.getMessageHtmlSource", *one) == "<p>Hello</p>"
    assert node("testing.messages.getRawMessage", *one) == node("testing.messages.getMessageAsEml", *one)
    assert node("testing.messages.getMailHeaders", *one)["headers"]["subject"] == MAIL["subject"]
    assert node("testing.messages.getSpamScore", *one)["report"]["Spam"] is False
    assert node("testing.messages.getHtmlAnalysis", *one)["report"]["status"] == "success"
    assert node("testing.messages.forward", *one, "owner@example.com")["success"] is True
    (attachment,) = node("testing.attachments.getList", *one)
    assert (attachment["filename"], attachment["attachment_size"]) == ("ü.bin", 2)
    assert node("testing.attachments.get", *one, attachment["id"])["content_type"] == "application/x-a"
    assert node("testing.messages.deleteMessage", *one)["id"] == message["id"]
    assert call_and_get_error(node, "testing.messages.showEmailMessage", *one) == NOT_FOUND


@covers("general.accounts", "general.accountAccesses", "general.permissions", "general.billing")
def test_accounts(node, emulator, sandbox):
    (account,) = node("general.accounts.getAllAccounts")
    assert account["id"] == emulator.account_id
    emulator.seed(account_accesses=[{"id": 10, "email": "ann@example.com", "name": "Ann", "access_level": "viewer"}])
    grant = {"resourceId": str(sandbox["id"]), "resourceType": "inbox", "accessLevel": "admin"}
    answer = node("general.permissions.bulkPermissionsUpdate", 10, [grant])
    assert answer == {"message": "Permissions have been updated!"}
    (found,) = node("general.accountAccesses.listAccountAccesses", {"inboxIds": [str(sandbox["id"])]})
    assert [row["resource_type"] for row in found["resources"]] == ["account", "inbox"]
    # The SDK requests the list of account accesses instead of the tree of resources.
    assert node("general.permissions.getResources") == node("general.accountAccesses.listAccountAccesses")
    usage = node("general.billing.getCurrentBillingCycleUsage")["sending"]["usage"]
    assert usage["sent_messages_count"]["current"] == 0
    assert node("general.accountAccesses.removeAccountAccess", 10) == {"id": 10}
    assert call_and_get_error(node, "general.accountAccesses.removeAccountAccess", 10) == NOT_FOUND


@covers("general.apiTokens")
def test_tokens(node, sandbox):
    resource = {"resource_type": "inbox", "resource_id": sandbox["id"], "access_level": 100}
    created = node("general.apiTokens.create", {"name": "t", "resources": [resource]})
    assert [row["id"] for row in node("testing.inboxes.getList", token=created["token"])] == [sandbox["id"]]
    assert node("general.apiTokens.get", created["id"])["resources"] == [resource]
    reset = node("general.apiTokens.reset", created["id"], {"expires_at": None})
    assert (reset["name"], reset["expires_at"]) == (f"t {reset['id']}", None)
    node("general.apiTokens.delete", created["id"])
    assert [row["name"] for row in node("general.apiTokens.getList")] == ["Start token", reset["name"]]
    message = "No permissions selected. Please choose at least one."
    assert call_and_get_error(node, "general.apiTokens.create", {"name": "t", "resources": []}) == (422, message)


@covers("organizations.subAccounts")
def test_sub_accounts(node, emulator):
    emulator.seed(api_tokens=[{"name": "o", "organization_id": 5, "token": "5" * 32}])
    options = {"organizationId": 5, "token": "5" * 32}
    created = node("organizations.subAccounts.create", {"name": "Team"}, **options)
    assert node("organizations.subAccounts.getList", **options) == [created]
    assert call_and_get_error(node, "organizations.subAccounts.create", {"name": ""}, **options) == (
        422,
        "can't be blank",
    )
    assert call_and_get_error(node, "organizations.subAccounts.getList", organizationId=5) == (403, "Access forbidden")


@covers("contacts", "contactEvents", "contactLists")
def test_contacts(node):
    first, second = (node("contactLists.create", {"name": name}) for name in ("a", "b"))
    contact = {"email": "ann+1@example.com", "fields": {"first_name": "Änn"}, "list_ids": [first["id"]]}
    made = node("contacts.create", contact)["data"]
    assert made["fields"] == {"first_name": "Änn", "last_name": None}
    assert node("contacts.get", "ann+1@example.com")["data"] == node("contacts.get", made["id"])["data"] == made
    change = {"list_ids_included": [second["id"]], "list_ids_excluded": [first["id"]], "unsubscribed": True}
    changed = node("contacts.update", made["id"], change)
    assert (changed["action"], changed["data"]["status"]) == ("updated", "unsubscribed")
    event = node("contactEvents.create", made["id"], {"name": "Login", "params": {"n": 1}})
    assert event["contact_email"] == "ann+1@example.com"
    assert node("contactLists.get", second["id"]) == second
    assert node("contactLists.getList", {"search": "b"}) == [second]
    assert node("contactLists.update", second["id"], {"name": "c"})["name"] == "c"
    node("contactLists.delete", second["id"])
    assert [row["id"] for row in node("contactLists.getList")] == [first["id"]]
    status, message = call_and_get_error(node, "contacts.create", contact)
    assert (status, message) == (422, "email: Email has already been taken")
    assert call_and_get_error(node, "contacts.update", made["id"], {"email": "x"}) == (422, "email: is invalid")
    node("contacts.delete", made["id"])
    assert call_and_get_error(node, "contacts.get", made["id"]) == NOT_FOUND
    assert call_and_get_error(node, "contacts.delete", made["id"]) == (404, "Contact(s) not found")


@covers("contactFields", "contactImports", "contactExports")
def test_contact_imports_and_exports(node, emulator):
    field = node("contactFields.create", {"name": "Cats", "data_type": "integer", "merge_tag": "cats"})
    assert node("contactFields.get", field["id"]) == field
    assert node("contactFields.update", field["id"], {"name": "All cats"})["name"] == "All cats"
    assert [row["merge_tag"] for row in node("contactFields.getList")] == ["first_name", "last_name", "cats"]
    started = node("contactImports.create", {"contacts": [{"email": "ann@example.com", "fields": {"cats": 2}}]})
    emulator.clock(advance=1)
    finished = node("contactImports.get", started["id"])
    assert (finished["status"], finished["created_contacts_count"]) == ("finished", 1)
    export = node("contactExports.create", {"filters": []})
    running = "There is a previous export initiated. You will be notified by email once it is completed."
    assert call_and_get_error(node, "contactExports.create", {"filters": []}) == (422, running)
    emulator.clock(advance=1)
    assert node("contactExports.get", export["id"])["url"].startswith(emulator.api_url)
    node("contactFields.delete", field["id"])
    assert call_and_get_error(node, "contactFields.get", field["id"]) == NOT_FOUND
    bad = call_and_get_error(node, "contactImports.create", {"contacts": [{"email": "x"}]})
    assert bad == (422, "x: email: is invalid")


@covers("templates")
def test_templates(node, emulator):
    made = node("templates.create", {"name": "n", "subject": "Hi {{name}}", "category": "c", "body_text": "{{name}}"})
    assert node("templates.get", made["id"]) == made == node("templates.getList")[0]
    assert node("templates.update", made["id"], {"name": "m"})["name"] == "m"
    people = {"from": MAIL["from"], "to": MAIL["to"]}
    node("send", people | {"template_uuid": made["uuid"], "template_variables": {"name": "Ann"}})
    assert emulator.outbox()[0]["subject"] == "Hi Ann"
    node("templates.delete", made["id"])
    assert call_and_get_error(node, "templates.get", made["id"]) == NOT_FOUND
    empty = {"name": "n", "subject": "", "category": ""}
    assert call_and_get_error(node, "templates.create", empty) == (
        422,
        "category: can't be blank; subject: can't be blank",
    )


@covers("emailLogs", "stats", "suppressions", "trackingOptOuts")
def test_logs_stats_and_suppressions(node, emulator, domain_id):
    (message_id,) = node("send", MAIL | {"category": "News"})["message_ids"]
    period = {"start_date": "2000-01-01", "end_date": "2999-12-31", "sending_domain_ids": [domain_id]}
    assert node("stats.get", period)["delivery_count"] == 1
    groups = [node(f"stats.{name}", period)[0] for name in ("byDomain", "byCategory", "byEmailServiceProvider")]
    assert [one["value"] for one in groups] == [domain_id, "News", "Other"]
    assert node("stats.byDate", period)[0]["stats"]["delivery_rate"] == 1
    for kind in MAIL_EVENT_KINDS:
        emulator.event(kind, message_id=message_id)
    message = node("emailLogs.get", message_id)
    assert (message["sending_domain_id"], len(message["events"])) == (domain_id, 1 + len(MAIL_EVENT_KINDS))
    filters = {"to": {"operator": "ci_equal", "value": ["ANN@example.org", "x@example.org"]}}
    assert node("emailLogs.getList", {"filters": filters})["total_count"] == 1
    filters["category"] = {"operator": "not_equal", "value": "News"}
    assert node("emailLogs.getList", {"filters": filters})["total_count"] == 0
    (bounced, *_) = node("suppressions.getList", {"email": "ann@example.org"})
    assert bounced["email"] == "ann@example.org"
    bob = {"email": "bob@example.org", "domain_id": domain_id}
    made = node("suppressions.create", bob | {"sending_stream": "bulk", "type": "unsubscription"})["data"]
    assert node("suppressions.delete", made["id"]) == made
    invalid = "sending_stream: is invalid. Allowed values: transactional, bulk."
    assert call_and_get_error(node, "suppressions.create", bob | {"sending_stream": "x"}) == (422, invalid)
    made = node("trackingOptOuts.create", bob)["data"]
    assert node("trackingOptOuts.getList", {"email": "bob@example.org"}) == {"data": [made], "last_id": None}
    assert node("trackingOptOuts.delete", made["id"]) == made
    assert call_and_get_error(node, "trackingOptOuts.delete", made["id"]) == NOT_FOUND


@covers("sendingDomains", "companyInfo")
def test_domains(node, emulator):
    made = node("sendingDomains.create", {"domain_name": "shop.example"})
    assert node("sendingDomains.update", made["id"], {"click_tracking_enabled": True})["click_tracking_enabled"] is True
    assert [row["id"] for row in node("sendingDomains.getList")["data"]][-1] == made["id"]
    node("sendingDomains.sendSetupInstructions", made["id"], "devops@example.org")
    assert emulator.outbox()[0]["recipients"] == ["devops@example.org"]
    emulator.domain("shop.example", dns="ok", check=True)
    assert node("sendingDomains.get", made["id"])["dns_verified"] is True
    info = {"name": "Shop", "address": "a", "city": "Riga", "country": "LV", "zip_code": "1"}
    wrong = info | {"website_url": "shop"}
    assert call_and_get_error(node, "companyInfo.create", made["id"], wrong) == (422, "website_url: is invalid")
    created = node("companyInfo.create", made["id"], info | {"website_url": "https://shop.example"})["data"]
    assert node("companyInfo.get", made["id"])["data"] == created
    assert node("companyInfo.update", made["id"], {"city": "Oslo"})["data"]["city"] == "Oslo"
    node("sendingDomains.delete", made["id"])
    assert call_and_get_error(node, "sendingDomains.get", made["id"]) == NOT_FOUND


@covers("webhooks", "verifyWebhookSignature")
def test_webhooks(node, emulator):
    made = node("webhooks.create", {
        "url": "https://hooks.example.com/a",
        "webhook_type": "email_sending",
        "sending_stream": "transactional",
        "event_types": ["delivery"],
    })["data"]  # fmt: skip
    assert [row["id"] for row in node("webhooks.getList")["data"]] == [made["id"]]
    node("send", MAIL)
    emulator.clock(advance=60)
    (batch,) = emulator.deliveries()
    signature = batch["headers"]["Mailtrap-Signature"]
    assert node("verifyWebhookSignature", batch["body"], signature, made["signing_secret"]) is True
    assert node("verifyWebhookSignature", batch["body"] + " ", signature, made["signing_secret"]) is False
    assert node("webhooks.update", made["id"], {"active": False})["data"]["active"] is False
    assert node("webhooks.get", made["id"])["data"]["active"] is False
    assert node("webhooks.delete", made["id"])["data"]["id"] == made["id"]
    assert call_and_get_error(node, "webhooks.get", made["id"]) == NOT_FOUND


@covers("send", "batchSend")
def test_streams(node, emulator, sandbox):
    mail = MAIL | {"cc": [{"email": "c@example.org"}]}
    streams = {"transactional": {}, "bulk": {"bulk": True}, "sandbox": {"sandbox": True, "testInboxId": sandbox["id"]}}
    sent = {name: node("send", mail, **options)["message_ids"] for name, options in streams.items()}
    assert [len(ids) for ids in sent.values()] == [2, 2, 1]
    assert [(mail["stream"], mail["message_ids"]) for mail in emulator.outbox()] == list(sent.items())[:2]
    base = {name: MAIL[name] for name in ("from", "subject", "text")}
    for options in streams.values():
        answer = node(
            "batchSend", {"base": base, "requests": [{"to": MAIL["to"]}, {"to": [{"email": "x"}]}]}, **options
        )
        good, bad = answer["responses"]
        assert (good["success"], len(good["message_ids"])) == (True, 1)
        assert bad == {"success": False, "errors": ["'to' address is invalid"]}


def nodemailer_mail():
    content = base64.b64encode(b"\x89PNG").decode()
    return {
        "from": '"Sälly" <sales@example.com>',
        "to": ["Ann <ann@example.org>", "bob@example.org"],
        "replyTo": "Help <help@example.com>",
        "subject": MAIL["subject"],
        "text": "Hello",
        "html": '<img src="cid:logo">',
        "headers": {"X-Source": "shop"},
        "category": "News",
        "customVariables": {"order": "7"},
        "attachments": [
            {"filename": "logo.png", "content": content, "encoding": "base64", "cid": "logo",
             "contentDisposition": "inline", "contentType": "image/png"},
        ],
    }  # fmt: skip


@covers("MailtrapTransport")
def test_nodemailer(node, emulator, sandbox):
    answer = node("MailtrapTransport", nodemailer_mail())
    (mail,) = emulator.outbox()
    assert (mail["message_ids"], mail["recipients"]) == (answer["message_ids"], ["ann@example.org", "bob@example.org"])
    assert (mail["from"]["name"], mail["subject"], mail["category"]) == ("Sälly", MAIL["subject"], "News")
    assert (mail["custom_variables"], dict(mail["headers"])["X-Source"]) == ({"order": "7"}, "shop")
    assert dict(mail["headers"])["Reply-To"] == '"Help" <help@example.com>'
    (image,) = mail["attachments"]
    assert (image["filename"], image["disposition"], image["content_id"]) == ("logo.png", "inline", "logo")
    node("MailtrapTransport", nodemailer_mail(), sandbox=True, testInboxId=sandbox["id"])
    (caught,) = node("testing.messages.get", sandbox["id"])
    assert (caught["subject"], caught["to_email"]) == (MAIL["subject"], "ann@example.org")
    with pytest.raises(NodeError, match="Unauthorized"):
        node("MailtrapTransport", nodemailer_mail(), token="wrong")


@covers("emailCampaigns")
def test_campaigns(node, emulator, domain_id):
    emulator.clock(set="2026-05-01T00:00:00Z")
    fields = {
        "name": "Spring Sale",
        "domain_id": domain_id,
        "from_local_part": "news",
        "template_attributes": {"subject": "Spring"},
        "contact_list_ids": [1],
    }
    key = node("emailCampaigns.create", fields)["data"]["id"]
    assert call_and_get_error(node, "emailCampaigns.start", key) == (422, "Campaign design can't be blank")
    body = {"template_attributes": {"body_html": "<p>Hi</p>"}}
    assert node("emailCampaigns.update", key, body)["data"]["template"]["body_html"] == "<p>Hi</p>"
    assert node("emailCampaigns.getList", {"search": "spring", "per_page": 1})["data"][0]["id"] == key
    scheduled = node("emailCampaigns.schedule", key, {"datetime": "2026-05-02T00:00:00Z"})["data"]
    assert scheduled["current_state"] == "scheduled"
    assert node("emailCampaigns.cancel", key)["data"]["current_state"] == "draft"
    assert call_and_get_error(node, "emailCampaigns.reset", key) == (422, "Campaign is not scheduled")
    node("emailCampaigns.schedule", key, {"datetime": "2026-05-02T00:00:00Z"})
    assert node("emailCampaigns.reset", key)["data"] == node("emailCampaigns.get", key)["data"]
    second = node("emailCampaigns.create", fields)["data"]["id"]
    node("emailCampaigns.delete", second)
    assert call_and_get_error(node, "emailCampaigns.get", second) == NOT_FOUND
    assert node("emailCampaigns.start", key)["data"]["current_state"] == "started"
    assert node("emailCampaigns.terminate", key)["data"]["current_state"] == "terminating"
    assert call_and_get_error(node, "emailCampaigns.update", key, body) == (422, "Only draft campaigns can be updated")
    assert node("emailCampaigns.getStats", key, {"start_date": "2026-05-01"})["data"]["sent_count"] == 0


@covers("inbound.folders", "inbound.inboxes", "inbound.messages", "inbound.threads")
def test_inbound(node, emulator):
    folder = node("inbound.folders.create", {"name": "Support"})
    inbox = node("inbound.inboxes.create", folder["id"], {"name": "Tickets"})
    key, place = inbox["id"], (folder["id"], inbox["id"])
    assert node("inbound.folders.getList") == [folder] == [node("inbound.folders.get", folder["id"])]
    assert node("inbound.inboxes.getList", folder["id"]) == [inbox] == [node("inbound.inboxes.get", *place)]
    ann = {"email": "ann@example.org", "name": "Ann"}
    first, second = (
        emulator.receive(address=inbox["address"], subject=subject, text="How much?", **{"from": ann})["id"]
        for subject in ("Frage 😀", "Other")
    )
    assert node("inbound.messages.getList", key, {"last_id": second})["data"][0]["id"] == first
    message = node("inbound.messages.get", key, first)
    assert (message["from"], message["text_body"]) == ("Ann <ann@example.org>", "How much?")
    sent = [
        node("inbound.messages.reply", key, first, {"text": "Ten."}),
        node("inbound.messages.replyAll", key, first, {"text": "Ten."}),
        node("inbound.messages.forward", key, first, {"to": [{"email": "bob@example.org"}], "text": "Look."}),
    ]
    assert [mail["message_ids"] for mail in emulator.outbox()] == [one["message_ids"] for one in sent]
    assert node("inbound.threads.getList", key)["total_count"] == 2
    thread = node("inbound.threads.get", key, message["thread_id"])
    assert [one["direction"] for one in thread["messages"]] == ["inbound", "outbound", "outbound"]
    node("inbound.threads.delete", key, thread["id"])
    assert call_and_get_error(node, "inbound.messages.get", key, first) == NOT_FOUND
    node("inbound.messages.delete", key, second)
    assert node("inbound.messages.getList", key)["data"] == []
    assert node("inbound.folders.update", folder["id"], {"name": "Help"})["name"] == "Help"
    assert node("inbound.inboxes.update", *place, {"name": "New"})["name"] == "New"
    assert call_and_get_error(node, "inbound.folders.create", {"name": "Help"}) == (422, "has already been taken")
    node("inbound.inboxes.delete", *place)
    node("inbound.folders.delete", folder["id"])
    assert call_and_get_error(node, "inbound.folders.get", folder["id"]) == NOT_FOUND


def test_errors(node, emulator, sandbox):
    assert call_and_get_error(node, "testing.projects.getList", token="wrong") == (401, "Incorrect API token")
    assert call_and_get_error(node, "testing.projects.getList", accountId=1) == (403, "Account access forbidden")
    streams = {}, {"bulk": True}, {"sandbox": True, "testInboxId": sandbox["id"]}
    for options in streams:
        assert call_and_get_error(node, "send", MAIL, token="wrong", **options) == (401, "Unauthorized")
        nothing = "'from' is required,'to', 'cc' or 'bcc' address is required,'subject' is required," \
            "must specify either text or html body"  # fmt: skip
        assert call_and_get_error(node, "send", {}, **options) == (400, nothing)
    assert call_and_get_error(node, "send", MAIL, sandbox=True, testInboxId=1) == (404, "Not Found")
    stranger = MAIL | {"from": {"email": "a@elsewhere.example"}}
    assert call_and_get_error(node, "send", stranger) == (401, "Unauthorized")
    assert call_and_get_error(node, "stats.get", {"end_date": "2999-12-31"})[0] == 400
    emulator.limits(sandboxes=0)
    limit = "You've reached the sandboxes limit. Please upgrade your plan to create the new sandbox"
    assert call_and_get_error(node, "testing.inboxes.create", sandbox["project_id"], "QA") == (422, limit)
    emulator.fault(status=502, html="<h1>Bad gateway</h1>", times=1)
    assert call_and_get_error(node, "testing.projects.getList") == (502, "<h1>Bad gateway</h1>")
    emulator.limits(rate_limits="on", rate_scale=0.01)
    node("testing.projects.getList")
    assert call_and_get_error(node, "testing.projects.getList") == (429, "Rate limit exceeded")
