# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that schemathesis makes of the official specifications, good ones and bad ones.

Answers are held against the specifications by the client, as in all tests.
"""

import importlib
import re
from copy import deepcopy

import hypothesis
import pytest
import schemathesis
from deviations import BULK, LENIENT
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from specifications import DOCUMENTS, needed, specification

pytestmark = needed

SEED = 20261101
EXAMPLES = 8

# Something for each kind of id that a path names.
IDS = {
    "project_id": 7,
    "sandbox_id": 70,
    "message_id": 700,
    "email_template_id": 5,
    "list_id": 1,
    "field_id": 9000,
    "contact_identifier": "ann@example.com",
    "account_access_id": 10,
    "webhook_id": 3,
    "domain_id": 435,
    "suppression_id": "5f19c715-ae98-41df-9963-6a8a38368b8d",
    "sending_message_id": "87a1c1e4-44aa-4cd3-a09a-7e4e5f3d8e77",
    "folder_id": 77,
    "inbox_id": 513,
    "organization_id": 5,
}
SEEDS = {
    "projects": [{"id": 7, "name": "Shop"}],
    "sandboxes": [{"id": 70, "project_id": 7, "name": "QA"}],
    "messages": [{"id": 700, "sandbox_id": 70, "raw": "Subject: s\n\nt\n"}],
    "email_templates": [{"id": 5, "name": "T"}],
    "contact_lists": [{"id": 1, "name": "L"}],
    "contact_fields": [{"id": 9000, "name": "Cats", "data_type": "integer", "merge_tag": "cats"}],
    "contacts": [{"email": "ann@example.com"}],
    "account_accesses": [{"id": 10, "email": "ann@example.com", "name": "Ann"}],
    "webhooks": [{"id": 3, "url": "https://example.com/"}],
    "domains": [{"id": 435, "domain_name": "shop.example"}],
    "suppressions": [{"id": IDS["suppression_id"], "email": "bob@example.org"}],
    "email_logs": [{"message_id": IDS["sending_message_id"], "to": "ann@example.org", "domain_id": 435}],
    "inbound_folders": [{"id": 77, "name": "S"}],
    "inbound_inboxes": [{"id": 513, "folder_id": 77, "name": "T", "address": "t@inbound-mailtrap.io"}],
    "api_tokens": [{"name": "organization", "token": "organization", "organization_id": 5}],
}


def operations(name):
    schema = schemathesis.openapi.from_dict(deepcopy(specification(name)))
    schema.config.generation.with_security_parameters = False
    return [found.ok() for found in schema.get_all_operations()]


def is_bad(case, location):
    part = case.meta.components.get(location)
    return part is not None and part.mode == GenerationMode.NEGATIVE


def send(api, prefix, case):
    """The answer to a case, about things that are there unless its path is what is bad."""
    if not is_bad(case, ParameterLocation.PATH):
        case.path_parameters = {name: IDS.get(name, value) for name, value in (case.path_parameters or {}).items()}
    request = case.as_transport_kwargs(base_url=str(api.base_url.join(prefix)))
    content = {"content": request["data"]} if "data" in request else {"json": request.get("json")}
    headers = {name: request["headers"][name] for name in ("Content-Type",) if name in request["headers"]}
    return api.request(request["method"], request["url"], params=request.get("params"), headers=headers, **content)


def is_named(document, case):
    """Whether everything that is wrong with a case is what the service is known to take."""
    operation = f"{document} {case.method} {case.path}"
    wrongs = [rule.wrong for rule in LENIENT if re.fullmatch(rule.where, operation)]
    lines = [line.removeprefix("- ") for line in case.meta.phase.data.description.splitlines()]
    return all(any(re.fullmatch(wrong, line) for wrong in wrongs) for line in lines)


def attempt(api, document, operation, mode):
    """The statuses of the answers to some cases of an operation."""
    statuses = []

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def try_it(case):
        answer = send(api, "/bulk" if document == BULK else "", case)
        statuses.append(answer.status_code)
        try:
            case.validate_response(answer, checks=[negative_data_rejection])
        except FailureGroup:
            if not is_named(document, case):
                raise

    try:
        try_it()
    except hypothesis.errors.Unsatisfiable:
        # There is nothing about it that could be wrong.
        assert mode == GenerationMode.NEGATIVE
    return statuses


@pytest.fixture
def repeatable(monkeypatch):
    """Hypothesis takes values from the source of all modules that happen to be loaded; here every run is the same."""
    providers = importlib.import_module("hypothesis.internal.conjecture.providers")
    nothing = providers.Constants()
    monkeypatch.setattr(providers, "_get_local_constants", lambda: nothing)


@pytest.mark.usefixtures("repeatable")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_whatever_is_sent(emulator, client_of, document):
    statuses = set()
    for operation in operations(document):
        emulator.reset()
        emulator.seed(SEEDS)
        emulator.limits(rate_limits="off")
        api = client_of(emulator, "organization" if "/organizations/" in operation.path else None)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            statuses |= {status // 100 for status in attempt(api, document, operation, mode)}
    assert statuses == {2, 4}


@pytest.mark.parametrize("rule", LENIENT, ids=lambda rule: rule.why)
def test_the_service_takes_what_it_is_said_to_take(emulator, api, rule):
    emulator.seed(SEEDS)
    method, path, body = rule.example
    assert api.request(method, path, json=body).status_code < 300
