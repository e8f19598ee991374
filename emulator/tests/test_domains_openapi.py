# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about domains and company info held against the official specification."""

from deviations import SENDING
from specifications import Checker, needed, operations

pytestmark = needed
ALL, ONE = "/api/domains", "/api/domains/{domain_id}"
SETUP, COMPANY = f"{ONE}/send_setup_instructions", f"{ONE}/company_info"
AREA = f"{SENDING} {ALL}"


def test_every_operation_follows_the_specification(check, emulator, api, client_of):
    company = {
        "name": "n",
        "address": "a",
        "city": "c",
        "country": "LV",
        "zip_code": "1",
        "website_url": "https://x.yz",
    }
    made = check(SENDING, "POST", ALL, 200, json={"domain": {"domain_name": "shop.example"}}).json()
    one = {"domain_id": made["id"]}
    check(SENDING, "POST", ALL, 422, json={"domain": {"domain_name": ""}})
    check(SENDING, "GET", ALL, 200)
    check(SENDING, "GET", ONE, 200, one)
    check(SENDING, "PATCH", ONE, 200, one, json={"domain": {"click_tracking_enabled": True}})
    check(SENDING, "PATCH", ONE, 422, one, json={"domain": {"click_tracking_enabled": None}})
    check(SENDING, "POST", SETUP, 204, one, json={"email": "devops@example.org"})
    check(SENDING, "POST", SETUP, 422, one, json={"email": ""})
    check(SENDING, "GET", COMPANY, 200, one)
    check(SENDING, "POST", COMPANY, 422, one, json={"company_info": {"name": ""}})
    check(SENDING, "POST", COMPANY, 200, one, json={"company_info": company})
    check(SENDING, "GET", COMPANY, 200, one)
    check(SENDING, "PATCH", COMPANY, 200, one, json={"company_info": {"city": "Riga"}})
    check(SENDING, "PATCH", COMPANY, 422, one, json={"company_info": {"city": ""}})
    emulator.domain("shop.example", dns="ok", check=True)
    check(SENDING, "GET", ONE, 200, one)
    check(SENDING, "DELETE", ONE, 204, one)
    check.covers(AREA)
    # What all of them have in common.
    emulator.seed(domains=[{"id": 5, "domain_name": "other.example"}])
    emulator.seed(api_tokens=[{"name": "viewer", "token": "viewer", "access_level": 10}])
    viewer = Checker(client_of(emulator, "viewer"))
    bodies = {"domain": {"domain_name": "n.example"}, "company_info": company, "email": "a@b.cd"}
    for name, method, template in operations(AREA):
        body = {} if method in ("GET", "DELETE") else {"json": bodies}
        if method != "GET":
            viewer(name, method, template, 403, {"domain_id": 5}, **body)
        if template != ALL:
            check(name, method, template, 404, {"domain_id": 1}, **body)
