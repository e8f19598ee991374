# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the validation that the tests of clients use."""

import pytest
from answers import check_answers
from specifications import requires_specifications


@pytest.fixture
def entry(emulator, inbox, client):
    """Return the journal entry of a sandbox that the Python SDK requested."""
    client().testing_api.inboxes.get_by_id(inbox.id)
    return emulator.journal()[-1]


def remove_status(body):
    del body["status"]


def add_current_name(body):
    body["sandbox_id"] = 1


def change_type(body):
    body["emails_count"] = "0"


@requires_specifications
@pytest.mark.parametrize(
    ("corrupt", "violation"),
    [
        (remove_status, '"status" is a required property'),
        (add_current_name, "'current sandbox_id' was unexpected"),
        (change_type, '"0" is not of type "integer"'),
    ],
)
def test_an_invalid_answer_is_reported(entry, corrupt, violation):
    check_answers([entry])
    corrupt(entry["answer"]["body"])
    with pytest.raises(AssertionError) as error:
        check_answers([entry])
    message = f"The answer 200 to GET {entry['path']} violates the schema of sandbox GET /api/sandboxes/{{sandbox_id}}"
    assert message in str(error.value)
    assert violation in str(error.value)
    check_answers([entry | {"fault": "status"}])
