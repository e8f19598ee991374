# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The official Python SDK: domains, company info and webhooks."""

import mailtrap as mt
import pytest
from mailtrap.api.resources.company_info import CompanyInfoApi
from mailtrap.api.resources.sending_domains import SendingDomainsApi
from mailtrap.api.resources.webhooks import WebhooksApi
from python_sdk import MAIL, covers


@covers(SendingDomainsApi)
def test_domains(client, emulator):
    domains = client().sending_domains_api.sending_domains
    created = domains.create(mt.CreateSendingDomainParams(domain_name="shop.example"))
    assert [record.status for record in created.dns_records] == ["missing"] * 5
    assert (created.dns_verified_at, created.inbound_verified) == ("", False)
    changed = domains.update(
        created.id, mt.UpdateSendingDomainParams(click_tracking_enabled=True, inbound_enabled=True)
    )
    assert (changed.custom_domain_tracking_enabled, changed.inbound_enabled) == (True, True)
    assert [row.domain_name for row in domains.get_list()] == ["example.com", "demomailtrap.co", "shop.example"]
    domains.send_setup_instructions(created.id, mt.SendSetupInstructionsParams(email="devops@example.org"))
    assert emulator.outbox()[0]["recipients"] == ["devops@example.org"]
    with pytest.raises(mt.APIError, match="has already been taken"):
        domains.create(mt.CreateSendingDomainParams(domain_name="shop.example"))
    emulator.domain("shop.example", dns="ok", check=True)
    assert domains.get_by_id(created.id).dns_verified is True
    domains.delete(created.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        domains.get_by_id(created.id)


@covers(CompanyInfoApi)
def test_company_info(client, emulator):
    info = client().company_info_api.company_info
    domain_id = client().sending_domains_api.sending_domains.get_list()[0].id
    assert info.get(domain_id).name is None
    given = {"name": "Shop", "address": "a", "city": "Riga", "country": "LV", "zip_code": "1"}
    with pytest.raises(mt.APIError, match="website_url: is invalid"):
        info.create(domain_id, mt.CreateCompanyInfoParams(**given, website_url="shop"))
    created = info.create(domain_id, mt.CreateCompanyInfoParams(**given, website_url="https://shop.example"))
    assert (created.name, created.phone, created.info_level) == ("Shop", None, "business")
    assert info.update(domain_id, mt.UpdateCompanyInfoParams(city="Oslo")).city == "Oslo"
    assert info.get(domain_id).city == "Oslo"


@covers(WebhooksApi, mt)
def test_webhooks(client, emulator, domain_id):
    api = client().webhooks_api.webhooks
    params = mt.CreateWebhookParams(
        url="https://hooks.example.com/a",
        webhook_type="email_sending",
        sending_stream="transactional",
        event_types=["delivery"],
        domain_id=domain_id,
    )
    created = api.create(params)
    assert (created.active, created.payload_format, created.event_types, created.domain_id) == (
        True,
        "json",
        ["delivery"],
        domain_id,
    )
    client().send(mt.Mail(**MAIL))
    emulator.clock(advance=60)
    (batch,) = emulator.deliveries()
    signature = batch["headers"]["Mailtrap-Signature"]
    assert mt.verify_signature(batch["body"], signature, created.signing_secret) is True
    assert mt.verify_signature(batch["body"] + " ", signature, created.signing_secret) is False
    changed = api.update(created.id, mt.UpdateWebhookParams(active=False, payload_format="jsonlines"))
    assert (changed.active, changed.payload_format) == (False, "jsonlines")
    assert api.get_list() == [changed] == [api.get_by_id(created.id)]
    api.delete(created.id)
    with pytest.raises(mt.APIError, match="Not Found"):
        api.get_by_id(created.id)
    with pytest.raises(mt.APIError) as error:
        api.create(mt.CreateWebhookParams(url="", webhook_type="email_sending"))
    assert error.value.errors == [
        "url: can't be blank",
        "url: is invalid",
        "event_types: can't be blank",
        "sending_stream: can't be blank",
    ]
