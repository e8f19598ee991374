# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the playbook audit: its findings, its report, and that it changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

FAILED = 2


@pytest.fixture
def audit(playbook_in, emulator):
    """Return a function that runs the playbook, and checks that it changed nothing and only sent mail."""

    def run(*arguments, status=0, environment=None, **variables):
        settings = {f"audit_{name}": value for name, value in variables.items()}
        steps = playbook_in(
            "community.mailtrap.audit", *arguments, variables=settings, status=status, environment=environment
        )
        assert not [write for step in steps for write in step.writes if not write.startswith("POST /api/send")]
        return steps

    return run


def report(run):
    """Return the lines of the report."""
    (lines,) = [step.msg for step in run if isinstance(step.msg, list)]
    return lines


PROBLEMS = {
    "api_tokens": [{"name": "{{ evil }}", "token": "a" * 32, "expires_at": None}],
    "domains": [{"id": 435, "domain_name": "shop.example"}],
    "webhooks": [
        {
            "id": 3001,
            "url": "https://hooks.example/?key=secretkey",
            "webhook_type": "audit_log",
            "active": False,
        }
    ],
    "suppressions": [{"email": "bob@example.com", "type": "hard bounce", "created_at": datetime.now(UTC).isoformat()}],
}


def test_findings_are_reported_and_written_to_a_file(audit, emulator, tmp_path):
    before = report(audit())
    emulator.seed(PROBLEMS)
    file = tmp_path / "audit.json"
    run = audit("-vv", file=str(file))
    found = [line for line in report(run) if line not in before]
    assert [line.partition(": ")[0] for line in found] == [
        "token_without_expiry",
        "token_admin_of_account",
        "domain_unverified",
        "webhook_paused",
        "suppressions",
    ]
    assert found[0].startswith("token_without_expiry: API token {{ evil }} (id ")
    assert found[4] == "suppressions: hard bounce: 1: bob@example.com"
    assert "secretkey" not in run.output
    assert file.stat().st_mode & 0o777 == 0o600
    findings = json.loads(file.read_text())
    assert [finding["check"] for finding in findings] == [line.partition(": ")[0] for line in report(run)]
    assert sum(len(step.requests) for step in run) == 6


def test_audit_fail_fails_if_there_are_findings(audit, emulator):
    run = audit(fail=True, status=FAILED)
    assert run[-1].msg.endswith("findings. They are listed above.")
    checks = sorted({line.partition(": ")[0] for line in report(run)})
    assert report(audit(fail=True, skip=checks)) == ["There are no findings."]


def test_findings_are_sent_by_mail(audit, emulator):
    emulator.seed(projects=[{"id": 7, "name": "Shop"}], sandboxes=[{"id": 70, "project_id": 7, "name": "Staging"}])
    mail = {"to": "ops@example.com", "sandbox": "Staging", "from": "audit@example.com"}
    run = audit(**mail)
    assert [step.writes for step in run if step.writes] == [["POST /api/send/70"]]
    (sent,) = [entry for step in run for entry in step.entries if entry["method"] == "POST"]
    assert sent["body"]["subject"] == f"Mailtrap audit: {len(report(run))} findings"
    assert sent["body"]["text"].split("\n")[0] == report(run)[0]
    assert "Set audit_from" in audit(to="ops@example.com", status=FAILED)[-1].msg


def test_areas_that_the_token_cannot_read_are_findings(audit, emulator):
    emulator.fault(path="/webhooks", status=403, json={"errors": "Access forbidden"})
    assert "not_read: webhooks: the API token has no permission to read this" in report(audit())


def test_errors_of_the_service_fail_the_playbook(audit, emulator):
    emulator.fault(path="/webhooks", status=500)
    assert "500" in audit(status=FAILED)[-1].msg
    assert audit(status=FAILED, environment={"MAILTRAP_API_TOKEN": "wrong"})[-1].failed
