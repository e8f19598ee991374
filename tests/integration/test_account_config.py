# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole account from one document, and back to one."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
import yaml

BIN = pathlib.Path(sys.executable).parent
TOPS = (
    *("projects", "domains", "email_templates", "contact_lists", "contact_fields", "inbound_folders"),
    *("webhooks", "suppressions", "tracking_opt_outs", "api_tokens", "account_accesses"),
    "email_campaigns",
)
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
    inbound_inboxes:
      - name: Tickets
        inbound_forward_rules:
          - {name: All, destinations: [ops@example.com]}
webhooks:
  - url: https://hooks.example.com/mail
    webhook_type: email_sending
    sending_stream: bulk
    domain: shop.example
    event_types: [delivery, bounce]
  - {url: https://hooks.example.com/mail, webhook_type: audit_log}
suppressions:
  - {email: ann@example.org, domain: shop.example, sending_stream: bulk}
tracking_opt_outs:
  - {email: bob@example.org, domain: shop.example}
email_campaigns:
  - {name: Spring, domain: shop.example, from_local_part: news, subject: Spring, body_html: <p>x</p>,
     contact_lists: [Customers]}
api_tokens:
  - name: ci
    permissions:
      - {resource_type: project, resource: Shop, access_level: admin}
      - {resource_type: domain, resource: shop.example, access_level: viewer}
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
    assert made["plan"]["created"]["sandboxes"] == ["Shop/Staging", "Shop/Review"]
    assert made.changed and len(made["changes"]) == 17
    (token,) = [change for change in made["changes"] if change["kind"] == "api_tokens"]
    assert len(token["token"]) == 32 and token["id"]
    folder, inbox, campaign = (
        next(change["id"] for change in made["changes"] if change["kind"] == kind)
        for kind in ("inbound_folders", "inbound_inboxes", "email_campaigns")
    )
    for step in (again, from_read):
        assert not step.changed and step.writes == []
    assert sorted(again.requests) == sorted(
        f"GET /api/{path}"
        for path in (
            *("projects", "domains", "email_templates", "contacts/lists", "contacts/fields", "inbound/folders"),
            *("webhooks", "suppressions", "tracking_opt_outs", "api_tokens", "email_campaigns"),
            f"email_campaigns/{campaign}",  # lists leave out bodies
            f"inbound/folders/{folder}/inboxes",
            f"inbound/inboxes/{inbox}/forward_rules",
        )
    )
    assert read["account_config"]["projects"][1]["sandboxes"][1]["email_username"] == "shop"


def test_all_that_is_wrong_is_told_at_once(play, emulator):
    """With its place, and before anything is asked for."""
    (step,) = play(
        [
            dict(
                apply(
                    """
                    projects:
                      - {name: Shop, sandboxes: [{name: Box}, {name: Box}, {nome: Box}]}
                      - {name: x}
                      - Shop
                    projcts: []
                    email_templates:
                      - {name: Report, category: c, subject: s, body_html_src: none.html}
                      - {name: Report, category: c, subject: s}
                      - {name: Both, category: c, subject: s, body_text: x, body_text_src: none.txt}
                    contact_fields:
                      - {merge_tag: orders, name: Orders, data_type: number}
                    contact_lists: {name: Customers}
                    """
                ),
                ignore_errors=True,
            )
        ]
    )
    assert step.failed and step.requests == []
    assert sorted(step["errors"]) == [
        "contact_fields[0]: value of data_type must be one of: text, integer, float, boolean, date, got: number",
        "contact_lists must be a list",
        "email_templates[0]: body_html_src 'none.html' cannot be read: No such file or directory",
        "email_templates[1]: email template 'Report' is email_templates[0] already",
        "email_templates[2]: parameters are mutually exclusive: body_text_src|body_text",
        "projcts is no kind of object that stands here; there are " + ", ".join(TOPS),
        "projects[0].sandboxes[1]: sandbox 'Shop/Box' is projects[0].sandboxes[0] already",
        "projects[0].sandboxes[2]: missing required arguments: name",
        "projects[0].sandboxes[2]: nome is none of email_username, email_username_enabled, id, name",
        "projects[1]: name 'x' has 1 characters; the service takes 2 to 100",
        "projects[2] must be a dictionary",
    ]


def test_secrets_go_to_a_file(play, tmp_path):
    """What the file holds of others stays, and no result has what is in it."""
    secrets = tmp_path / "secrets.json"
    config = "api_tokens: [{name: %s, permissions: [{resource_type: account, access_level: viewer}]}]"
    tasks = [apply(config % name, dest=str(secrets)) for name in ("one", "two", "two")]
    steps = play(tasks, "-v")
    kept = json.loads(secrets.read_text())["api_tokens"]
    assert secrets.stat().st_mode & 0o777 == 0o600 and kept.keys() == {"one", "two"}
    for step in steps:
        assert not any(secret in json.dumps(step.result) for secret in kept.values())


def test_options_that_cannot_be(play_in, emulator):
    steps = play_in(
        "in_process",
        [
            dict(apply(**options), ignore_errors=True)
            for options in ({"only": ["inboxes"]}, {"purge": ["mail"]}, {"parallel": 0}, {"dest": "/none/secrets.json"})
        ],
    )
    assert [step.requests for step in steps] == [[]] * 4
    only, purge, parallel, dest = (step.msg for step in steps)
    assert only.startswith("only names inboxes; there are projects, ")
    assert purge.startswith("purge names mail; there are projects, ")
    assert parallel == "parallel must be 1 to 32; it is 0"
    assert dest == "dest '/none/secrets.json' cannot be written: the folder /none does not exist"


PURGED = """
projects:
  - name: Shop
    sandboxes: [{name: Staging}]
contact_lists: [{name: Customers}]
"""
BEFORE = {
    "projects": [{"id": 7, "name": "Shop"}, {"id": 8, "name": "Blog"}, {"id": 9, "name": "Production"}],
    "sandboxes": [
        {"id": 70, "project_id": 7, "name": "Staging"},
        {"id": 71, "project_id": 7, "name": "Review"},
        {"id": 80, "project_id": 8, "name": "Comments"},
    ],
    "contact_lists": [{"id": 1, "name": "Customers"}, {"id": 2, "name": "Old"}],
}


def test_purge(play, emulator):
    """What others than the document made goes only where it is asked for, and never more than is allowed."""
    emulator.seed(BEFORE)
    kept, refused, planned, inside, purged, again = play(
        [
            apply(PURGED),
            dict(apply(PURGED, purge=["projects", "sandboxes"], max_deletions=2), ignore_errors=True),
            dict(apply(PURGED, purge=["projects", "contact_lists"]), check_mode=True),
            apply(PURGED, purge=["sandboxes"]),
            apply(PURGED, purge=["projects", "sandboxes"], protect=["projects:Prod*"], max_deletions=2),
            apply(PURGED, purge=["projects", "sandboxes"], protect=["Prod*"], max_deletions=0),
        ]
    )
    assert not kept.changed
    told = "purge would delete 3 objects, and max_deletions is 2: "
    assert refused.msg == told + "project 'Blog', project 'Production', sandbox 'Shop/Review'"
    assert refused.writes == planned.writes == []
    assert planned["plan"]["deleted"] == {"projects": ["Blog", "Production"], "contact_lists": ["Old"]}
    assert inside.writes == ["DELETE /api/sandboxes/71"]  # that of a project that is not described stays
    assert purged.writes == ["DELETE /api/projects/8"] and not again.changed


def test_tokens_that_purge_leaves_alone(play_in, emulator):
    """The one in use, and one that was rotated and is still good for a while."""
    grants = [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": "viewer"}]
    emulator.seed(
        api_tokens=[{"id": number, "name": name, "resources": grants} for number, name in ((8, "ci"), (9, "old"))]
    )
    config = "api_tokens: [{name: ci, permissions: [{resource_type: account, access_level: viewer}]}]"
    _rotated, purged, read = play_in(
        "in_process",
        [
            {"community.mailtrap.api_token": {"name": "ci", "state": "rotated"}},
            apply(config, purge=["api_tokens"]),
            {"community.mailtrap.account_config_info": {"only": ["api_tokens"]}},
        ],
    )
    assert purged["plan"]["deleted"] == {"api_tokens": ["old"]} and purged.writes == ["DELETE /api/api_tokens/9"]
    names = [row["name"].split(" ")[0] for row in emulator.dump()["api_tokens"]]
    assert sorted(names) == ["Start", "ci", "ci"]
    assert len(read["account_config"]["api_tokens"]) == 2


def test_dependents_of_a_failure_are_left_out(play, emulator):
    """The rest is done, all of it is told, and the next run carries on."""
    config = """
    projects:
      - {name: Shop, sandboxes: [{name: Staging}]}
      - {name: Blog, sandboxes: [{name: Comments}]}
    contact_lists: [{name: Customers}]
    """
    emulator.limits(projects=1)
    (failed,) = play([dict(apply(config, parallel=1), ignore_errors=True)])
    made = {(one["kind"], one["name"]) for one in failed["changes"]}
    assert failed.failed and failed["status"] == 422
    assert made == {("projects", "Shop"), ("sandboxes", "Shop/Staging"), ("contact_lists", "Customers")}
    assert [one["where"] for one in failed["failures"]] == ["projects[1]"]
    assert failed["omitted"] == ["sandbox 'Blog/Comments'"]
    assert "plan limit" in failed.msg and "not attempted because of that: sandbox 'Blog/Comments'" in failed.msg

    emulator.limits(projects=None)
    carried_on, again = play([apply(config), apply(config)])
    assert len(carried_on["changes"]) == 2 and not again.changed


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}, {"truncate": True}], ids=str)
@pytest.mark.parametrize("when", ["before", "after"])
def test_lost_answers_double_nothing(play_in, emulator, fault, when):
    emulator.fault(method="POST|PATCH", skip=2, times=4, when=when, **fault)
    steps = play_in("in_process", [dict(apply(), ignore_errors=True)] * 3)
    assert not steps[-1].failed and not steps[-1].changed
    names = [row["name"] for table in ("projects", "sandboxes", "contact_lists") for row in emulator.dump()[table]]
    assert sorted(names) == ["Blog", "Customers", "Review", "Shop", "Staging"]


def test_a_wrong_token_ends_it_at_once(play_in, emulator):
    (step,) = play_in("in_process", [dict(apply(api_token="wrong"), ignore_errors=True)])
    assert step.failed and step["status"] == 401 and step.writes == []


def test_killed_in_the_middle(play_in, emulator, collections, tmp_path):
    """Whoever is killed at any moment leaves what the next run makes whole, with nothing doubled."""
    config = yaml.safe_load(CONFIG)
    config["contact_lists"] += [{"name": f"List {number}"} for number in range(40)]
    for pause in (0.02, 0.1, 0.2):
        emulator.reset()
        emulator.limits(rate_limits="off", contact_lists=None)
        emulator.fault(delay=0.02)
        kill_after_first_write(emulator, collections, tmp_path, config, pause)
        emulator.clear_faults()
        done, again = play_in("in_process", [apply(yaml.safe_dump(config))] * 2)
        assert not done.failed and not again.changed
        names = [row["name"] for row in emulator.dump()["contact_lists"]]
        assert sorted(names) == sorted(one["name"] for one in config["contact_lists"])


def kill_after_first_write(emulator, collections, tmp_path, config, pause):
    """Start an apply, and end it the hard way so many seconds after its first write."""
    playbook = tmp_path / "killed.yml"
    head = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    playbook.write_text(
        yaml.safe_dump([{**head, "tasks": [{"community.mailtrap.account_config": {"config": config}}]}])
    )
    settings = {
        **os.environ,
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "MAILTRAP_API_URL": emulator.api_url,
        "MAILTRAP_API_TOKEN": emulator.token,
    }
    emulator.clear_journal()
    running = subprocess.Popen(
        [BIN / "ansible-playbook", playbook],
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 60
        while not any(entry["method"] == "POST" for entry in emulator.journal()):
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        time.sleep(pause)
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


EVERYTHING = {
    **BEFORE,
    "email_templates": [
        {"name": "Report", "category": "c", "subject": "{{ name }} 🎉", "body_html": "<p>{{ name }}</p>\n"},
        {"name": "Größe/1", "category": "c", "subject": "s", "body_text": "Line one\n\n  Line two"},
    ],
    "contact_fields": [{"name": "Orders", "data_type": "integer", "merge_tag": "orders"}],
    "inbound_folders": [{"id": 1, "name": "Support"}],
    "inbound_inboxes": [{"id": 2, "folder_id": 1, "name": "Tickets"}],
    "domains": [{"id": 3, "domain_name": "shop.example", "click_tracking_enabled": True}],
    "company_info": [
        {
            "name": "Shop Ltd",
            "address": "1 Street",
            "city": "Town",
            "country": "DE",
            "zip_code": "1",
            "website_url": "https://shop.example",
        }
    ],
    "webhooks": [
        {"url": "https://hooks.example.com/a", "domain_id": 3},
        {"url": "https://hooks.example.com/a", "webhook_type": "audit_log", "active": False},
    ],
    "suppressions": [{"email": "ann@example.org", "domain_id": 3, "sending_stream": "bulk"}],
    "tracking_opt_outs": [{"email": "bob@example.org", "domain_id": 3}],
    "email_campaigns": [
        {"name": "Spring", "domain_id": 3, "body_html": "<p>{{first_name}}</p>\n", "contact_list_ids": [1]},
        {"name": "Sent", "domain_id": 3, "current_state": "finished"},
    ],
    "api_tokens": [
        {"name": "ci", "resources": [{"resource_type": "project", "resource_id": 7, "access_level": "admin"}]},
    ],
}
APPLY = """
- hosts: localhost
  connection: local
  gather_facts: false
  roles: [community.mailtrap.account]
"""


def test_exported_and_applied_again(playbook_in, emulator, tmp_path):
    """The folder that the playbook writes is the account: nothing changes in it, and an empty one becomes it."""
    emulator.seed(EVERYTHING)
    folder = tmp_path / "account"
    variables = {"account_export_dir": str(folder), "account_dir": str(folder)}
    role = tmp_path / "role.yml"
    role.write_text(APPLY)

    def export():
        run = playbook_in("community.mailtrap.account_export", variables=variables)
        files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
        return run, files

    first, files = export()
    again, _same = export()
    assert any(step.changed for step in first) and not any(step.changed for step in again)
    assert files["email_templates/Report.html"] == "<p>{{ name }}</p>\n"
    assert len(files) == 4 and "body_html:" not in files["account.yml"] and "Sent" not in files["account.yml"]

    (_checked, applied, *_) = playbook_in(str(role), variables=variables)
    assert not applied.changed and applied.writes == [], applied["plan"]

    emulator.reset()
    emulator.limits(rate_limits="off")
    (_checked, planned, *_) = playbook_in(str(role), "--check", "--diff", variables=variables)
    assert planned.changed and planned.writes == []
    (_checked, made, *_) = playbook_in(str(role), variables=variables)
    assert made.changed
    _exported, remade = export()
    account, new_account = (yaml.safe_load(kept.pop("account.yml")) for kept in (files, remade))
    # The service makes a token for every new domain, and calls it by its id.
    new_account["api_tokens"] = [one for one in new_account["api_tokens"] if not one["name"].startswith("shop.example")]
    for one in (*account["api_tokens"], *new_account["api_tokens"]):
        one.pop("expires_at", None)
    assert new_account == account and remade == files
