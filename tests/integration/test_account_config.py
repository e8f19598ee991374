# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole account from one document, and back to one."""

from __future__ import annotations

import yaml

CONFIG = """
projects:
  - name: Shop
    sandboxes:
      - {name: Staging, email_username: shop}
      - {name: Review}
  - name: Blog
domains:
  - {domain_name: shop.example, click_tracking_enabled: true}
email_templates:
  - {name: Report, category: report, subject: Grüße, body_html: <p>Hi</p>}
contact_lists:
  - name: Customers
contact_fields:
  - {merge_tag: orders, name: Orders, data_type: integer}
inbound_folders:
  - name: Support
"""


def apply(config=CONFIG, **options):
    return {"community.mailtrap.account_config": {"config": yaml.safe_load(config), **options}}


def test_an_account_from_nothing(play):
    planned, made, again, read, from_read = play(
        [
            dict(apply(), check_mode=True),
            apply(),
            apply(),
            {"community.mailtrap.account_config_info": {}, "register": "account"},
            {"community.mailtrap.account_config": {"config": "{{ account.account_config }}"}},
        ],
        "--diff",
    )
    assert planned.changed and planned.writes == [] and planned["plan"] == made["plan"]
    assert made["plan"]["create"]["sandboxes"] == ["Shop/Staging", "Shop/Review"]
    assert made.changed and len(made["changes"]) == 9
    for step in (again, from_read):
        assert not step.changed and step.writes == []
    assert sorted(again.requests) == sorted(
        f"GET /api/{path}"
        for path in ("projects", "domains", "email_templates", "contacts/lists", "contacts/fields", "inbound/folders")
    )
    assert read["account_config"]["projects"][1]["sandboxes"][1]["email_username"] == "shop"
