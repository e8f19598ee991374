# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domain and company info operations, validated against the official specification."""

from deviations import SENDING
from specifications import OperationCaller, assert_all_operations_called, find_operations, requires_specifications

pytestmark = requires_specifications
DOMAINS, DOMAIN = "/api/domains", "/api/domains/{domain_id}"
SETUP_INSTRUCTIONS, COMPANY_INFO = f"{DOMAIN}/send_setup_instructions", f"{DOMAIN}/company_info"
OPERATION_PATTERN = f"{SENDING} {DOMAINS}"


def test_answers_follow_the_specification(call, emulator, api, make_client):
    company = {
        "name": "n",
        "address": "a",
        "city": "c",
        "country": "LV",
        "zip_code": "1",
        "website_url": "https://x.yz",
    }
    created = call(SENDING, "POST", DOMAINS, 200, json={"domain": {"domain_name": "shop.example"}}).json()
    values = {"domain_id": created["id"]}
    call(SENDING, "POST", DOMAINS, 422, json={"domain": {"domain_name": ""}})
    call(SENDING, "GET", DOMAINS, 200)
    call(SENDING, "GET", DOMAIN, 200, values)
    call(SENDING, "PATCH", DOMAIN, 200, values, json={"domain": {"click_tracking_enabled": True}})
    call(SENDING, "PATCH", DOMAIN, 422, values, json={"domain": {"click_tracking_enabled": None}})
    call(SENDING, "POST", SETUP_INSTRUCTIONS, 204, values, json={"email": "devops@example.org"})
    call(SENDING, "POST", SETUP_INSTRUCTIONS, 422, values, json={"email": ""})
    call(SENDING, "GET", COMPANY_INFO, 200, values)
    call(SENDING, "POST", COMPANY_INFO, 422, values, json={"company_info": {"name": ""}})
    call(SENDING, "POST", COMPANY_INFO, 200, values, json={"company_info": company})
    call(SENDING, "GET", COMPANY_INFO, 200, values)
    call(SENDING, "PATCH", COMPANY_INFO, 200, values, json={"company_info": {"city": "Riga"}})
    call(SENDING, "PATCH", COMPANY_INFO, 422, values, json={"company_info": {"city": ""}})
    emulator.domain("shop.example", dns="ok", check=True)
    call(SENDING, "GET", DOMAIN, 200, values)
    call(SENDING, "DELETE", DOMAIN, 204, values)
    assert_all_operations_called(OPERATION_PATTERN)
    emulator.seed(domains=[{"id": 5, "domain_name": "other.example"}])
    emulator.seed(api_tokens=[{"name": "viewer", "token": "viewer", "access_level": 10}])
    call_as_viewer = OperationCaller(make_client(emulator, "viewer"))
    bodies = {"domain": {"domain_name": "n.example"}, "company_info": company, "email": "a@b.cd"}
    for document, method, template in find_operations(OPERATION_PATTERN):
        request = {} if method in ("GET", "DELETE") else {"json": bodies}
        if method != "GET":
            call_as_viewer(document, method, template, 403, {"domain_id": 5}, **request)
        if template != DOMAINS:
            call(document, method, template, 404, {"domain_id": 1}, **request)
