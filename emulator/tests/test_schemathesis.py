# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Valid and invalid requests that schemathesis generates from the official specifications.

The client validates the answers against the specifications.
"""

import importlib
import re
from copy import deepcopy

import hypothesis
import pytest
import schemathesis
from deviations import ACCEPTED_INVALID_REQUESTS, BULK
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from specifications import DOCUMENT_HOSTS, load_document, requires_specifications

pytestmark = requires_specifications

SEED = 20261101
EXAMPLES_PER_OPERATION = 8

# An existing object for each parameter of a path
PATH_VALUES = {
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
    "suppressions": [{"id": PATH_VALUES["suppression_id"], "email": "bob@example.org"}],
    "email_logs": [{"message_id": PATH_VALUES["sending_message_id"], "to": "ann@example.org", "domain_id": 435}],
    "inbound_folders": [{"id": 77, "name": "S"}],
    "inbound_inboxes": [{"id": 513, "folder_id": 77, "name": "T", "address": "t@inbound-mailtrap.io"}],
    "api_tokens": [{"name": "organization", "token": "organization", "organization_id": 5}],
}


def load_operations(document):
    schema = schemathesis.openapi.from_dict(deepcopy(load_document(document)))
    schema.config.generation.with_security_parameters = False
    return [result.ok() for result in schema.get_all_operations()]


def is_invalid(case, location):
    """Return whether the part of a request at a location is invalid."""
    component = case.meta.components.get(location)
    return component is not None and component.mode == GenerationMode.NEGATIVE


def send(api, prefix, case):
    """Send a generated request and return the answer. Valid paths are changed to those of existing objects."""
    if not is_invalid(case, ParameterLocation.PATH):
        case.path_parameters = {
            name: PATH_VALUES.get(name, value) for name, value in (case.path_parameters or {}).items()
        }
    request = case.as_transport_kwargs(base_url=str(api.base_url.join(prefix)))
    content = {"content": request["data"]} if "data" in request else {"json": request.get("json")}
    headers = {name: request["headers"][name] for name in ("Content-Type",) if name in request["headers"]}
    return api.request(request["method"], request["url"], params=request.get("params"), headers=headers, **content)


def is_acceptable(document, case):
    """Return whether the service accepts all violations of an invalid request."""
    operation = f"{document} {case.method} {case.path}"
    patterns = [
        rule.violation_pattern for rule in ACCEPTED_INVALID_REQUESTS if re.fullmatch(rule.operation_pattern, operation)
    ]
    violations = [line.removeprefix("- ") for line in case.meta.phase.data.description.splitlines()]
    return all(any(re.fullmatch(pattern, violation) for pattern in patterns) for violation in violations)


def send_examples(api, document, operation, mode):
    """Send generated requests to an operation and return the statuses of the answers."""
    statuses = []

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=EXAMPLES_PER_OPERATION,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def send_example(case):
        response = send(api, "/bulk" if document == BULK else "", case)
        statuses.append(response.status_code)
        try:
            case.validate_response(response, checks=[negative_data_rejection])
        except FailureGroup:
            if not is_acceptable(document, case):
                raise

    try:
        send_example()
    except hypothesis.errors.Unsatisfiable:
        # No request to this operation can be invalid.
        assert mode == GenerationMode.NEGATIVE
    return statuses


@pytest.fixture
def reproducible(monkeypatch):
    """Make runs reproducible: prevent Hypothesis from using constants of all loaded modules."""
    providers = importlib.import_module("hypothesis.internal.conjecture.providers")
    no_constants = providers.Constants()
    monkeypatch.setattr(providers, "_get_local_constants", lambda: no_constants)


@pytest.mark.usefixtures("reproducible")
@pytest.mark.parametrize("document", DOCUMENT_HOSTS)
def test_generated_requests(emulator, make_client, document):
    statuses = set()
    for operation in load_operations(document):
        emulator.reset()
        emulator.seed(SEEDS)
        emulator.limits(rate_limits="off")
        api = make_client(emulator, "organization" if "/organizations/" in operation.path else None)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            statuses |= {status // 100 for status in send_examples(api, document, operation, mode)}
    assert statuses == {2, 4}


@pytest.mark.parametrize("rule", ACCEPTED_INVALID_REQUESTS, ids=lambda rule: rule.reason)
def test_accepted_invalid_requests(emulator, api, rule):
    emulator.seed(SEEDS)
    method, path, body = rule.example
    assert api.request(method, path, json=body).status_code < 300
