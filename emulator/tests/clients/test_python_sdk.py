# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK as a client, unmodified but for the address it talks to."""

import base64
import gzip
import urllib.request
from ssl import create_default_context

import pytest

from mailtrap_emulator.testing import Emulator

mt = pytest.importorskip("mailtrap")
pytest.importorskip("trustme")

from mailtrap.exceptions import APIError, AuthorizationError  # noqa: E402
from mailtrap.models.accounts import AccountAccessFilterParams  # noqa: E402
from mailtrap.models.api_tokens import ApiTokenResource, CreateApiTokenParams, ResetApiTokenParams  # noqa: E402
from mailtrap.models.company_info import CreateCompanyInfoParams, UpdateCompanyInfoParams  # noqa: E402
from mailtrap.models.contacts import (  # noqa: E402
    ContactEventParams,
    ContactExportFilter,
    ContactListParams,
    CreateContactExportParams,
    CreateContactFieldParams,
    CreateContactParams,
    ImportContactParams,
    UpdateContactFieldParams,
    UpdateContactParams,
)
from mailtrap.models.email_campaigns import (  # noqa: E402
    CreateEmailCampaignParams,
    CreateEmailCampaignTemplateAttributes,
    EmailCampaignListParams,
    EmailCampaignStatsParams,
    EmailCampaignTemplateAttributes,
    ScheduleEmailCampaignParams,
    UpdateEmailCampaignParams,
)
from mailtrap.models.inboxes import CreateInboxParams, UpdateInboxParams  # noqa: E402
from mailtrap.models.messages import UpdateEmailMessageParams  # noqa: E402
from mailtrap.models.organizations import CreateSubAccountParams  # noqa: E402
from mailtrap.models.permissions import PermissionResourceParams  # noqa: E402
from mailtrap.models.projects import ProjectParams  # noqa: E402
from mailtrap.models.sending_domains import (  # noqa: E402
    CreateSendingDomainParams,
    SendSetupInstructionsParams,
    UpdateSendingDomainParams,
)
from mailtrap.models.templates import CreateEmailTemplateParams, UpdateEmailTemplateParams  # noqa: E402


@pytest.fixture(scope="module")
def tls_emulator():
    with Emulator("--tls", "--rate-limits", "off") as emulator:
        yield emulator


@pytest.fixture
def emulator(tls_emulator, monkeypatch):
    tls_emulator.reset()
    # The report of a message that has just arrived is more than the SDK's model can read.
    tls_emulator.limits(blacklist_seconds=0)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_emulator.ca_file)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("mailtrap.client.GENERAL_HOST", tls_emulator.api_url.removeprefix("https://"))
    return tls_emulator


@pytest.fixture
def client(emulator):
    """Makes a client; ``prefix`` leads to the stream that has no path of its own."""

    def make(prefix="", token=None, **options):
        host = emulator.api_url.removeprefix("https://") + prefix
        account_id = str(emulator.account_id)
        return mt.MailtrapClient(token=token or emulator.token, api_host=host, account_id=account_id, **options)

    return make


@pytest.fixture
def inboxes(client):
    return client().testing_api.inboxes


@pytest.fixture
def project(client):
    return client().testing_api.projects.create(ProjectParams(name="Shop"))


@pytest.fixture
def inbox(inboxes, project):
    return inboxes.create(project_id=project.id, inbox_params=CreateInboxParams(name="Staging"))


MAIL = {
    "sender": mt.Address(email="sales@example.com", name="Sälly"),
    "to": [mt.Address(email="ann@example.org", name="Ann")],
    "subject": "Grüße 😀",
    "text": "Hello",
}


@pytest.fixture
def message(client, inbox):
    """A message in the inbox, and the SDK's APIs for messages."""
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


def test_accounts(client, emulator):
    (account,) = client().general_api.accounts.get_list()
    assert (account.id, account.access_levels) == (emulator.account_id, [100])


def test_tokens(client, emulator, inbox):
    api, account_id = client().general_api.api_tokens, emulator.account_id
    resource = ApiTokenResource(resource_type="inbox", resource_id=inbox.id, access_level=100)
    created = api.create(account_id, CreateApiTokenParams(name="t", resources=[resource]))
    assert client(token=created.token).testing_api.inboxes.get_list()[0].id == inbox.id
    assert api.get_by_id(account_id, created.id).resources == [resource]
    reset = api.reset(account_id, created.id, ResetApiTokenParams(expires_at=None))
    assert (reset.name, reset.expires_at) == (f"t {reset.id}", None)
    with pytest.raises(APIError) as failure:
        api.reset(account_id, created.id)
    assert failure.value.status == 422
    api.delete(account_id, created.id)
    assert [one.name for one in api.get_list(account_id)] == ["Start token", reset.name]
    with pytest.raises(APIError, match="No permissions selected"):
        api.create(account_id, CreateApiTokenParams(name="t"))


def test_accesses_and_permissions(client, emulator, inbox, project):
    api, account_id = client().general_api, emulator.account_id
    emulator.seed(account_accesses=[{"id": 10, "email": "ann@example.com", "name": "Ann", "access_level": "viewer"}])
    ann, owner = api.account_accesses.get_list(account_id)
    assert (ann.specifier.email, ann.resources[0].access_level) == ("ann@example.com", 10)
    assert owner.resources[0].resource_type == "organization"
    grant = PermissionResourceParams(resource_id=str(inbox.id), resource_type="inbox", access_level="admin")
    answer = api.permissions.bulk_permissions_update(account_id, ann.id, [grant])
    assert answer.message == "Permissions have been updated!"
    (found,) = api.account_accesses.get_list(account_id, AccountAccessFilterParams(inbox_ids=[str(inbox.id)]))
    assert [one.resource_type for one in found.resources] == ["account", "inbox"]
    (root,) = api.permissions.get_resources(account_id)
    assert root.resources[-1].resources[0].id == inbox.id
    assert api.account_accesses.delete(account_id, ann.id).id == ann.id
    with pytest.raises(APIError, match="Not Found"):
        api.account_accesses.delete(account_id, ann.id)


def test_billing(client, emulator):
    client().send(mt.Mail(**MAIL))
    usage = client().general_api.billing.get_current_billing_usage(emulator.account_id)
    assert usage.sending.usage.sent_messages_count.current == 1


def test_sub_accounts(client, emulator):
    emulator.seed(api_tokens=[{"name": "o", "organization_id": 5, "token": "5" * 32}])
    api = client(token="5" * 32, organization_id="5").organizations_api.sub_accounts
    created = api.create(CreateSubAccountParams(name="Team"))
    assert api.get_list() == [created]
    with pytest.raises(APIError, match="can't be blank"):
        api.create(CreateSubAccountParams(name=""))
    with pytest.raises(APIError, match="Access forbidden"):
        client(organization_id="5").organizations_api.sub_accounts.get_list()


def test_campaigns(client, emulator):
    emulator.seed(verified_domains=[{"id": 7, "domain_name": "shop.example"}])
    api = client().email_campaigns_api.email_campaigns
    template = CreateEmailCampaignTemplateAttributes(subject="Spring")
    draft = api.create(
        CreateEmailCampaignParams(
            name="Spring Sale", domain_id=7, from_local_part="news", template_attributes=template, contact_list_ids=[1]
        )
    )
    assert (draft.current_state, draft.domain_name, draft.template.body_html) == ("draft", "shop.example", None)
    assert api.get_by_id(draft.id) == draft
    with pytest.raises(APIError, match="Campaign design can't be blank"):
        api.start(draft.id)
    body = EmailCampaignTemplateAttributes(body_html="<p>Hi</p>")
    assert api.update(draft.id, UpdateEmailCampaignParams(template_attributes=body)).template.body_html == "<p>Hi</p>"
    listed = api.get_list(EmailCampaignListParams(search="spring", per_page=1))
    assert ([one.id for one in listed.data], listed.pagination.next_token) == ([draft.id], None)
    emulator.clock(set="2026-05-01T00:00:00Z")
    scheduled = api.schedule(draft.id, ScheduleEmailCampaignParams(datetime="2026-05-02T00:00:00Z"))
    assert scheduled.current_state_metadata.scheduled_at == "2026-05-02T00:00:00.000Z"
    assert api.cancel(draft.id).current_state == "draft"
    with pytest.raises(APIError, match="Campaign is not scheduled"):
        api.reset(draft.id)
    assert api.start(draft.id).current_state == "started"
    assert api.terminate(draft.id).current_state == "terminating"
    with pytest.raises(APIError, match="Cannot transition from 'terminating' to 'started'"):
        api.start(draft.id)
    with pytest.raises(APIError, match="Only draft campaigns can be updated"):
        api.update(draft.id, UpdateEmailCampaignParams(name="x"))
    stats = api.get_stats(draft.id, EmailCampaignStatsParams(start_date="2026-05-01", end_date="2026-05-31"))
    assert (stats.sent_count, stats.open_rate) == (0, 0)
    with pytest.raises(APIError, match="Only draft campaigns can be deleted"):
        api.delete(draft.id)


def test_projects(client, project):
    projects = client().testing_api.projects
    assert projects.get_by_id(project.id) == project
    assert projects.update(project.id, ProjectParams(name="Warehouse")).name == "Warehouse"
    assert [one.name for one in projects.get_list()] == ["Warehouse"]
    assert projects.delete(project.id).id == project.id
    with pytest.raises(APIError, match="Not Found") as failure:
        projects.get_by_id(project.id)
    assert failure.value.status == 404


def test_project_failures(client):
    with pytest.raises(APIError) as failure:
        client().testing_api.projects.create(ProjectParams(name=""))
    assert failure.value.status == 422
    assert failure.value.errors == ["name: can't be blank", "name: is too short (minimum is 2 characters)"]


def test_inboxes(inboxes, inbox):
    assert inboxes.get_by_id(inbox.id) == inbox
    assert [one.id for one in inboxes.get_list()] == [inbox.id]
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


def test_the_plan_limit(emulator, inboxes, project):
    emulator.limits(sandboxes=0)
    with pytest.raises(APIError, match="name: You've reached the sandboxes limit"):
        inboxes.create(project_id=project.id, inbox_params=CreateInboxParams(name="QA"))


def test_messages(client, inbox, message):
    api = client().testing_api.messages
    assert (message.subject, message.from_name, message.to_email) == ("Grüße 😀", "Sälly", "ann@example.org")
    assert [one.id for one in api.get_list(inbox.id)] == [message.id]
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


def test_attachments(client, inbox, message):
    api = client().testing_api.attachments
    (attachment,) = api.get_list(inbox.id, message.id)
    assert (attachment.filename, attachment.content_type, attachment.attachment_size) == ("a.bin", "application/x-a", 2)
    assert api.get(inbox.id, message.id, attachment.id).filename == "a.bin"


def test_templates(client):
    api = client().email_templates_api.templates
    created = api.create(CreateEmailTemplateParams(name="n", subject="s", category="c", body_text="t"))
    assert api.get_by_id(created.id) == created
    assert api.update(created.id, UpdateEmailTemplateParams(name="m")).name == "m"
    assert [one.id for one in api.get_list()] == [created.id]
    api.delete(created.id)
    with pytest.raises(APIError, match="Not Found"):
        api.get_by_id(created.id)
    with pytest.raises(APIError) as failure:
        api.create(CreateEmailTemplateParams(name="", subject="", category="c"))
    assert failure.value.errors == ["name: can't be blank", "subject: can't be blank"]


@pytest.mark.parametrize(("prefix", "stream"), [("", "transactional"), ("/bulk", "bulk")])
def test_live_streams(client, emulator, prefix, stream):
    sent = client(prefix, bulk=stream == "bulk").send(mt.Mail(**MAIL, cc=[mt.Address(email="c@example.org")]))
    assert sent["success"] is True
    assert len(sent["message_ids"]) == 2
    (mail,) = emulator.outbox()
    assert (mail["stream"], mail["subject"], mail["message_ids"]) == (stream, "Grüße 😀", sent["message_ids"])


def test_the_sandbox(client, inbox):
    sent = client(sandbox=True, inbox_id=str(inbox.id)).send(mt.Mail(**MAIL))
    assert [int(one) > 2**32 for one in sent["message_ids"]] == [True]


def test_templates_are_sent(client, emulator):
    template = client().email_templates_api.templates.create(
        CreateEmailTemplateParams(name="n", subject="Hi {{name}}", category="c", body_text="{{name}}")
    )
    mail = mt.MailFromTemplate(
        sender=MAIL["sender"], to=MAIL["to"], template_uuid=template.uuid, template_variables={"name": "Ann"}
    )
    client().send(mail)
    assert emulator.outbox()[0]["subject"] == "Hi Ann"


@pytest.mark.parametrize("stream", ["transactional", "bulk", "sandbox"])
def test_batches(client, inbox, stream):
    options = {"sandbox": True, "inbox_id": str(inbox.id)} if stream == "sandbox" else {"bulk": stream == "bulk"}
    batch = mt.BatchSendEmailParams(
        base=mt.BatchMail(sender=MAIL["sender"], subject="s", text="t"),
        requests=[mt.BatchEmailRequest(to=MAIL["to"]), mt.BatchEmailRequest(to=[mt.Address(email="x")])],
    )
    answer = client("/bulk" if stream == "bulk" else "", **options).batch_send(batch)
    good, bad = answer["responses"]
    assert answer["success"] is True
    assert (good["success"], len(good["message_ids"])) == (True, 1)
    assert (bad["success"], bad["errors"]) == (False, ["'to' address is invalid"])


def test_send_failures(client, emulator, inbox):
    with pytest.raises(APIError) as failure:
        client().send(mt.Mail(sender=mt.Address(email="x"), to=[], subject=""))
    assert failure.value.status == 400
    assert failure.value.errors == [
        "'from' address is invalid",
        "'to', 'cc' or 'bcc' address is required",
        "'subject' is required",
        "must specify either text or html body",
    ]
    with pytest.raises(AuthorizationError, match="Unauthorized"):
        client().send(mt.Mail(**MAIL | {"sender": mt.Address(email="a@elsewhere.example")}))
    with pytest.raises(APIError, match="Not Found"):
        client(sandbox=True, inbox_id="1").send(mt.Mail(**MAIL))
    assert emulator.outbox() == []


def test_a_wrong_token(client, inbox):
    with pytest.raises(AuthorizationError, match="Incorrect API token"):
        client(token="wrong").testing_api.projects.get_list()
    for options in ({}, {"sandbox": True, "inbox_id": str(inbox.id)}):
        with pytest.raises(AuthorizationError, match="Unauthorized"):
            client(token="wrong", **options).send(mt.Mail(**MAIL))


def test_another_account(emulator):
    stranger = mt.MailtrapClient(token=emulator.token, account_id="1")
    with pytest.raises(APIError, match="Account access forbidden") as failure:
        stranger.testing_api.projects.get_list()
    assert failure.value.status == 403


def test_rate_limits(client, emulator):
    emulator.limits(rate_limits="on", rate_scale=0.01)
    projects = client().testing_api.projects
    projects.get_list()
    with pytest.raises(APIError, match="Rate limit exceeded") as failure:
        projects.get_list()
    assert failure.value.status == 429


# The SDK's model of a contact knows no null, which the service gives for every field that is not set (facts 3.14).
NAMED = {"first_name": "Änn", "last_name": "Lee"}


def test_domains(client, emulator):
    domains = client().sending_domains_api.sending_domains
    made = domains.create(CreateSendingDomainParams(domain_name="shop.example"))
    assert [record.status for record in made.dns_records] == ["missing"] * 5
    assert (made.dns_verified_at, made.inbound_verified) == ("", False)
    changed = domains.update(made.id, UpdateSendingDomainParams(click_tracking_enabled=True, inbound_enabled=True))
    assert (changed.custom_domain_tracking_enabled, changed.inbound_enabled) == (True, True)
    assert [row.domain_name for row in domains.get_list()] == ["example.com", "demomailtrap.co", "shop.example"]
    domains.send_setup_instructions(made.id, SendSetupInstructionsParams(email="devops@example.org"))
    assert emulator.outbox()[0]["recipients"] == ["devops@example.org"]
    with pytest.raises(mt.APIError, match="has already been taken"):
        domains.create(CreateSendingDomainParams(domain_name="shop.example"))
    emulator.domain("shop.example", dns="ok", check=True)
    assert domains.get_by_id(made.id).dns_verified is True
    domains.delete(made.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        domains.get_by_id(made.id)


def test_company_info(client, emulator):
    info = client().company_info_api.company_info
    domain_id = client().sending_domains_api.sending_domains.get_list()[0].id
    assert info.get(domain_id).name is None
    given = {"name": "Shop", "address": "a", "city": "Riga", "country": "LV", "zip_code": "1"}
    with pytest.raises(mt.APIError, match="website_url: is invalid"):
        info.create(domain_id, CreateCompanyInfoParams(**given, website_url="shop"))
    made = info.create(domain_id, CreateCompanyInfoParams(**given, website_url="https://shop.example"))
    assert (made.name, made.phone, made.info_level) == ("Shop", None, "business")
    assert info.update(domain_id, UpdateCompanyInfoParams(city="Oslo")).city == "Oslo"
    assert info.get(domain_id).city == "Oslo"


def test_contacts(client):
    api = client().contacts_api
    contacts, first, second = api.contacts, *(api.contact_lists.create(ContactListParams(name=name)) for name in "ab")
    created = contacts.create(CreateContactParams(email="ann+1@example.com", fields=NAMED, list_ids=[first.id]))
    assert (created.fields, created.list_ids, created.status) == (NAMED, [first.id], "subscribed")
    assert contacts.get_by_id("Ann+1@example.com") == contacts.get_by_id(created.id) == created
    change = UpdateContactParams(list_ids_included=[second.id], list_ids_excluded=[first.id], unsubscribed=True)
    updated = contacts.update("ann+1@example.com", change)
    assert (updated.id, updated.list_ids, updated.status) == (created.id, [second.id], "unsubscribed")
    event = api.contact_events.create(created.id, ContactEventParams(name="Login", params={"n": 1, "x": None}))
    assert (event.contact_email, event.params) == ("ann+1@example.com", {"n": 1, "x": None})
    contacts.delete("ann+1@example.com")
    with pytest.raises(APIError, match="Not Found"):
        contacts.get_by_id(created.id)
    with pytest.raises(APIError, match=r"Contact\(s\) not found"):
        contacts.delete(created.id)


def test_contact_failures(client):
    api = client().contacts_api
    api.contacts.create(CreateContactParams(email="ann@example.com", fields=NAMED))
    with pytest.raises(APIError, match="email: Email has already been taken"):
        api.contacts.create(CreateContactParams(email="Ann@example.com"))
    with pytest.raises(APIError) as failure:
        api.contacts.update("ann@example.com", UpdateContactParams(email="x", fields={"nope": 1}))
    assert failure.value.errors == ["email: ['is invalid']", "nope: ['is invalid']"]
    with pytest.raises(APIError, match="is invalid"):
        api.contact_imports.import_contacts([ImportContactParams(email="x")])


def test_contact_lists(client):
    api = client().contacts_api.contact_lists
    created = api.create(ContactListParams(name="Customers"))
    assert api.get_by_id(created.id) == created
    assert api.get_list(search="cust") == api.get_list() == [created]
    assert api.get_list(search="omers") == []
    assert api.update(created.id, ContactListParams(name="Staff")).name == "Staff"
    api.delete(created.id)
    assert api.get_list() == []


def test_contact_fields(client):
    api = client().contacts_api.contact_fields
    created = api.create(CreateContactFieldParams(name="Cats", data_type="integer", merge_tag="cats"))
    assert api.get_by_id(created.id) == created
    assert api.update(created.id, UpdateContactFieldParams(merge_tag="cat_count")).merge_tag == "cat_count"
    assert [field.merge_tag for field in api.get_list()] == [*NAMED, "cat_count"]
    api.delete(created.id)
    with pytest.raises(APIError, match="merge_tag: \\['has already been taken'\\]"):
        api.create(CreateContactFieldParams(name="x", data_type="text", merge_tag="first_name"))


def test_contacts_in_bulk(client, emulator):
    api = client().contacts_api
    staff = api.contact_lists.create(ContactListParams(name="Staff"))
    items = [ImportContactParams(email=f"{name}@example.com", list_ids_included=[staff.id]) for name in ("ann", "bob")]
    started = api.contact_imports.import_contacts(items)
    assert (started.status, started.created_contacts_count) == ("created", None)
    emulator.clock(advance=1)
    finished = api.contact_imports.get_by_id(started.id)
    assert (finished.status, finished.created_contacts_count, finished.updated_contacts_count) == ("finished", 2, 0)
    members = ContactExportFilter(name="list_id", operator="equal", value=[staff.id])
    export = api.contact_exports.create(CreateContactExportParams(filters=[members]))
    assert export.url is None
    with pytest.raises(APIError, match="There is a previous export initiated"):
        api.contact_exports.create(CreateContactExportParams(filters=[]))
    emulator.clock(advance=1)
    url = api.contact_exports.get_by_id(export.id).url
    with urllib.request.urlopen(url, context=create_default_context(cafile=emulator.ca_file)) as answer:
        lines = gzip.decompress(answer.read()).decode().splitlines()
    assert sorted(line.partition(",")[0] for line in lines) == ["ann@example.com", "bob@example.com", "email"]
