# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply a document to a whole account, and export an account as a document."""

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
TOP_TYPES = (
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


def apply_task(config=CONFIG, **options):
    return {"community.mailtrap.account_config": {"config": yaml.safe_load(config), **options}}


def test_empty_account_is_configured(play):
    planned, applied, again, exported, reapplied = play(
        [
            dict(apply_task(), check_mode=True),
            apply_task(),
            apply_task(),
            {"community.mailtrap.account_config_info": {}, "register": "account"},
            {"community.mailtrap.account_config": {"config": "{{ account.account_config }}"}},
        ],
        "--diff",
    )
    assert planned.changed and planned.writes == [] and planned["plan"] == applied["plan"]
    assert applied["plan"]["created"]["sandboxes"] == ["Shop/Staging", "Shop/Review"]
    assert applied.changed and len(applied["changes"]) == 17
    (token,) = [change for change in applied["changes"] if change["kind"] == "api_tokens"]
    assert len(token["token"]) == 32 and token["id"]
    folder, inbox, campaign = (
        next(change["id"] for change in applied["changes"] if change["kind"] == resource_type)
        for resource_type in ("inbound_folders", "inbound_inboxes", "email_campaigns")
    )
    for step in (again, reapplied):
        assert not step.changed and step.writes == []
    assert sorted(again.requests) == sorted(
        f"GET /api/{path}"
        for path in (
            *("projects", "domains", "email_templates", "contacts/lists", "contacts/fields", "inbound/folders"),
            *("webhooks", "suppressions", "tracking_opt_outs", "api_tokens", "email_campaigns"),
            f"email_campaigns/{campaign}",  # lists do not contain bodies
            f"inbound/folders/{folder}/inboxes",
            f"inbound/inboxes/{inbox}/forward_rules",
        )
    )
    assert exported["account_config"]["projects"][1]["sandboxes"][1]["email_username"] == "shop"


def test_all_errors_of_a_document_are_reported_at_once(play, emulator):
    """Report each error with its place in the document, before any request."""
    (step,) = play(
        [
            dict(
                apply_task(
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
        "email_templates[1]: duplicate of email_templates[0], which also describes email template 'Report'",
        "email_templates[2]: parameters are mutually exclusive: body_text_src|body_text",
        "projcts is unknown; known are " + ", ".join(TOP_TYPES),
        "projects[0].sandboxes[1]: duplicate of projects[0].sandboxes[0], which also describes sandbox 'Shop/Box'",
        "projects[0].sandboxes[2]: missing required arguments: name",
        "projects[0].sandboxes[2]: unknown: nome; known are email_username, email_username_enabled, id, name",
        "projects[1]: name 'x' has 1 characters; the service accepts 2 to 100",
        "projects[2] must be a dictionary",
    ]


def test_secrets_are_written_to_a_file(play, tmp_path):
    """Keep the secrets of other objects in the file, and return none of them in a result."""
    secrets = tmp_path / "secrets.json"
    config = "api_tokens: [{name: %s, permissions: [{resource_type: account, access_level: viewer}]}]"
    tasks = [apply_task(config % name, dest=str(secrets)) for name in ("one", "two", "two")]
    steps = play(tasks, "-v")
    tokens = json.loads(secrets.read_text())["api_tokens"]
    assert secrets.stat().st_mode & 0o777 == 0o600 and tokens.keys() == {"one", "two"}
    for step in steps:
        assert not any(token in json.dumps(step.result) for token in tokens.values())


def test_invalid_options_fail_before_any_request(play_in, emulator):
    steps = play_in(
        "in_process",
        [
            dict(apply_task(**options), ignore_errors=True)
            for options in ({"only": ["inboxes"]}, {"purge": ["mail"]}, {"parallel": 0}, {"dest": "/none/secrets.json"})
        ],
    )
    assert [step.requests for step in steps] == [[]] * 4
    only, purge, parallel, dest = (step.msg for step in steps)
    assert only.startswith("option only: unknown resource type inboxes; known are projects, ")
    assert purge.startswith("option purge: unknown resource type mail; known are projects, ")
    assert parallel == "parallel must be between 1 and 32, not 0"
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
    """Delete undescribed objects only of the purged resource types, and never more than max_deletions."""
    emulator.seed(BEFORE)
    kept, refused, planned, inside, purged, again = play(
        [
            apply_task(PURGED),
            dict(apply_task(PURGED, purge=["projects", "sandboxes"], max_deletions=2), ignore_errors=True),
            dict(apply_task(PURGED, purge=["projects", "contact_lists"]), check_mode=True),
            apply_task(PURGED, purge=["sandboxes"]),
            apply_task(PURGED, purge=["projects", "sandboxes"], protect=["projects:Prod*"], max_deletions=2),
            apply_task(PURGED, purge=["projects", "sandboxes"], protect=["Prod*"], max_deletions=0),
        ]
    )
    assert not kept.changed
    message = "purge would delete 3 objects, but max_deletions is 2: "
    assert refused.msg == message + "project 'Blog', project 'Production', sandbox 'Shop/Review'"
    assert refused.writes == planned.writes == []
    assert planned["plan"]["deleted"] == {"projects": ["Blog", "Production"], "contact_lists": ["Old"]}
    assert inside.writes == ["DELETE /api/sandboxes/71"]  # the sandbox in an undescribed project stays
    assert purged.writes == ["DELETE /api/projects/8"] and not again.changed


def test_purge_keeps_tokens_that_are_in_use_or_rotated(play_in, emulator):
    """Keep the token of the task, and a rotated token, which remains valid for a while."""
    grants = [{"resource_type": "account", "resource_id": emulator.account_id, "access_level": "viewer"}]
    emulator.seed(
        api_tokens=[{"id": token_id, "name": name, "resources": grants} for token_id, name in ((8, "ci"), (9, "old"))]
    )
    config = "api_tokens: [{name: ci, permissions: [{resource_type: account, access_level: viewer}]}]"
    _rotated, purged, exported = play_in(
        "in_process",
        [
            {"community.mailtrap.api_token": {"name": "ci", "state": "rotated"}},
            apply_task(config, purge=["api_tokens"]),
            {"community.mailtrap.account_config_info": {"only": ["api_tokens"]}},
        ],
    )
    assert purged["plan"]["deleted"] == {"api_tokens": ["old"]} and purged.writes == ["DELETE /api/api_tokens/9"]
    names = [row["name"].split(" ")[0] for row in emulator.dump()["api_tokens"]]
    assert sorted(names) == ["Start", "ci", "ci"]
    assert len(exported["account_config"]["api_tokens"]) == 2


def test_dependents_of_a_failure_are_omitted(play, emulator):
    """Apply and report everything else; the next run creates the rest."""
    config = """
    projects:
      - {name: Shop, sandboxes: [{name: Staging}]}
      - {name: Blog, sandboxes: [{name: Comments}]}
    contact_lists: [{name: Customers}]
    """
    emulator.limits(projects=1)
    (failed,) = play([dict(apply_task(config, parallel=1), ignore_errors=True)])
    changed = {(change["kind"], change["name"]) for change in failed["changes"]}
    assert failed.failed and failed["status"] == 422
    assert changed == {("projects", "Shop"), ("sandboxes", "Shop/Staging"), ("contact_lists", "Customers")}
    assert [failure["where"] for failure in failed["failures"]] == ["projects[1]"]
    assert failed["omitted"] == ["sandbox 'Blog/Comments'"]
    assert "plan limit" in failed.msg and "not attempted after the failure: sandbox 'Blog/Comments'" in failed.msg

    emulator.limits(projects=None)
    completed, again = play([apply_task(config), apply_task(config)])
    assert len(completed["changes"]) == 2 and not again.changed


@pytest.mark.parametrize("fault", [{"drop": True}, {"status": 500}, {"truncate": True}], ids=str)
@pytest.mark.parametrize("when", ["before", "after"])
def test_lost_answers_cause_no_duplicates(play_in, emulator, fault, when):
    emulator.fault(method="POST|PATCH", skip=2, times=4, when=when, **fault)
    steps = play_in("in_process", [dict(apply_task(), ignore_errors=True)] * 3)
    assert not steps[-1].failed and not steps[-1].changed
    names = [row["name"] for table in ("projects", "sandboxes", "contact_lists") for row in emulator.dump()[table]]
    assert sorted(names) == ["Blog", "Customers", "Review", "Shop", "Staging"]


def test_invalid_token_ends_the_run_at_once(play_in, emulator):
    (step,) = play_in("in_process", [dict(apply_task(api_token="wrong"), ignore_errors=True)])
    assert step.failed and step["status"] == 401 and step.writes == []


def test_run_after_a_killed_run_completes_the_account(play_in, emulator, collections, tmp_path):
    """Kill a run at several moments; the next run creates the rest and no duplicates."""
    config = yaml.safe_load(CONFIG)
    config["contact_lists"] += [{"name": f"List {number}"} for number in range(40)]
    for pause in (0.02, 0.1, 0.2):
        emulator.reset()
        emulator.limits(rate_limits="off", contact_lists=None)
        emulator.fault(delay=0.02)
        kill_after_first_write(emulator, collections, tmp_path, config, pause)
        emulator.clear_faults()
        completed, again = play_in("in_process", [apply_task(yaml.safe_dump(config))] * 2)
        assert not completed.failed and not again.changed
        names = [row["name"] for row in emulator.dump()["contact_lists"]]
        assert sorted(names) == sorted(entry["name"] for entry in config["contact_lists"])


def kill_after_first_write(emulator, collections, tmp_path, config, pause):
    """Start a run, and kill it some seconds after its first write."""
    playbook = tmp_path / "killed.yml"
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    playbook.write_text(
        yaml.safe_dump([{**play, "tasks": [{"community.mailtrap.account_config": {"config": config}}]}])
    )
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "MAILTRAP_API_URL": emulator.api_url,
        "MAILTRAP_API_TOKEN": emulator.token,
    }
    emulator.clear_journal()
    process = subprocess.Popen(
        [BIN / "ansible-playbook", playbook],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not any(entry["method"] == "POST" for entry in emulator.journal()):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(pause)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
APPLY_PLAYBOOK = """
- hosts: localhost
  connection: local
  gather_facts: false
  roles: [community.mailtrap.account]
"""


def test_export_is_applied_to_the_same_and_to_an_empty_account(playbook_in, emulator, tmp_path):
    """Apply an export: it changes nothing in the same account, and makes an empty account equal."""
    emulator.seed(EVERYTHING)
    folder = tmp_path / "account"
    variables = {"account_export_dir": str(folder), "account_dir": str(folder)}
    role = tmp_path / "role.yml"
    role.write_text(APPLY_PLAYBOOK)

    def export():
        run = playbook_in("community.mailtrap.account_export", variables=variables)
        files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
        return run, files

    first, files = export()
    again, _unchanged_files = export()
    assert any(step.changed for step in first) and not any(step.changed for step in again)
    assert files["email_templates/Report.html"] == "<p>{{ name }}</p>\n"
    assert len(files) == 4 and "body_html:" not in files["account.yml"] and "Sent" not in files["account.yml"]

    (_checked, applied, *_) = playbook_in(str(role), variables=variables)
    assert not applied.changed and applied.writes == [], applied["plan"]

    emulator.reset()
    emulator.limits(rate_limits="off")
    (_checked, planned, *_) = playbook_in(str(role), "--check", "--diff", variables=variables)
    assert planned.changed and planned.writes == []
    (_checked, applied, *_) = playbook_in(str(role), variables=variables)
    assert applied.changed
    _exported, new_files = export()
    account, new_account = (yaml.safe_load(exported.pop("account.yml")) for exported in (files, new_files))
    # The service creates a token for each new domain, and names it after the domain and its id.
    new_account["api_tokens"] = [
        token for token in new_account["api_tokens"] if not token["name"].startswith("shop.example")
    ]
    for token in (*account["api_tokens"], *new_account["api_tokens"]):
        token.pop("expires_at", None)
    assert new_account == account and new_files == files


def test_recreate_does_not_replace_the_token_in_use(play_in, emulator):
    """The guard of the module api_token holds in a document too, and in check mode, because there is one engine."""
    permissions = [{"resource_type": "account", "access_level": "viewer"}]
    config = {"api_tokens": [{"name": "Start token", "permissions": permissions}]}
    task = {"community.mailtrap.account_config": {"config": config, "recreate": True}, "ignore_errors": True}
    planned, applied = play_in("in_process", [{**task, "check_mode": True}, task])
    for step in (planned, applied):
        assert step.failed and step.writes == []
        assert step.msg.startswith("api_tokens[0]: API token ") and "API token in use" in step.msg
        assert "force" not in step.msg  # account_config has no such option
