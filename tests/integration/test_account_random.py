# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apply random documents to one account over HTTP: each takes effect, and a second run changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.community.mailtrap.plugins.module_utils._account.export import export_account
from ansible_collections.community.mailtrap.plugins.module_utils._account.runner import apply_account
from ansible_collections.community.mailtrap.plugins.module_utils._api.client import Client

# Few names, so that documents describe objects of earlier documents; some are difficult in YAML, URLs or sorting.
NAMES = st.sampled_from(["Shop", "shop", "Blog", "Übung 🎉", "a/b", "Q?x=1&y", "{{ x }}", "null", "12"])
TEXTS = st.sampled_from(["", "Hello", "Hello\n", "<p>Grüße</p>", "{{name}}"])
PROTECTED = "Kept forever"


def unique(entries, key="name"):
    return st.lists(entries, max_size=4, unique_by=lambda entry: entry[key])


def entry(required, optional=None):
    return st.fixed_dictionaries(required, optional=optional or {})


SANDBOXES = unique(
    entry(
        {"name": NAMES}, {"email_username": st.sampled_from(["box", "mail7"]), "email_username_enabled": st.booleans()}
    )
)
DOCUMENTS = entry(
    {},
    {
        "projects": unique(entry({"name": NAMES}, {"sandboxes": SANDBOXES})),
        "email_templates": unique(
            entry({"name": NAMES, "category": NAMES, "subject": NAMES}, {"body_html": TEXTS, "body_text": TEXTS})
        ),
        "contact_lists": unique(entry({"name": NAMES})),
        "inbound_folders": unique(entry({"name": NAMES})),
    },
)
PURGED = st.lists(st.sampled_from(["projects", "sandboxes", "email_templates", "contact_lists"]), unique=True)


@pytest.fixture
def account(emulator):
    """Return the emulator with a protected object of each resource type."""
    emulator.limits(email_templates=None, contact_lists=None)
    emulator.seed(
        projects=[{"id": 1, "name": PROTECTED}],
        sandboxes=[{"id": 1, "project_id": 1, "name": PROTECTED}],
        email_templates=[{"id": 1, "name": PROTECTED, "category": "c", "subject": "s"}],
        contact_lists=[{"id": 1, "name": PROTECTED}],
        inbound_folders=[{"id": 1, "name": PROTECTED}],
    )
    return emulator


# The account keeps its state from one document to the next on purpose.
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(document=DOCUMENTS, purge=PURGED)
def test_random_documents_are_idempotent(account, document, purge):
    client = Client(account.token, account.api_url)
    options = {
        "config": document,
        "only": None,
        "purge": purge,
        "protect": [f"*{PROTECTED}"],
        "max_deletions": None,
        "recreate": False,
        "parallel": 4,
        "dest": None,
    }
    planned = apply_account(client, options, check_mode=True)
    first = apply_account(client, options, check_mode=False)
    assert first["plan"] == planned["plan"] and first["changed"] == planned["changed"]
    changed = [first["plan"][action].values() for action in ("created", "updated", "deleted")]
    assert len(first["changes"]) == sum(len(names) for resource_types in changed for names in resource_types)

    account.clear_journal()
    again = apply_account(client, options, check_mode=False)
    assert not again["changed"] and all(entry["method"] == "GET" for entry in account.journal())

    tables = account.dump()
    for table in ("projects", "sandboxes", "email_templates", "contact_lists", "inbound_folders"):
        names = [row["name"] for row in tables[table]]
        assert PROTECTED in names
        wanted = [described["name"] for described in document.get(table, ())]
        assert set(wanted) <= set(names)
        if table in purge and table != "sandboxes":
            assert sorted([*wanted, PROTECTED]) == sorted(names)

    export_options = {"only": None, "parallel": 4, "reveal_secrets": False}
    exported = export_account(client, export_options, check_mode=False)["account_config"]
    reapplied = apply_account(client, {**options, "config": exported, "purge": list(exported)}, check_mode=False)
    assert not reapplied["changed"]
