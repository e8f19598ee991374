# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check that stands behind all tests of clients can fail."""

import pytest
from answers import check_answers
from specifications import needed


@pytest.fixture
def entry(emulator, inbox, client):
    """A sandbox as the Python SDK was told it."""
    client().testing_api.inboxes.get_by_id(inbox.id)
    return emulator.journal()[-1]


def without_status(body):
    del body["status"]


def with_a_current_word(body):
    body["sandbox_id"] = 1


def with_a_wrong_type(body):
    body["emails_count"] = "0"


@needed
@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (without_status, '"status" is a required property'),
        (with_a_current_word, "'current sandbox_id' was unexpected"),
        (with_a_wrong_type, '"0" is not of type "integer"'),
    ],
)
def test_a_wrong_answer_is_found(entry, spoil, rule):
    check_answers([entry])
    spoil(entry["answer"]["body"])
    with pytest.raises(AssertionError) as failure:
        check_answers([entry])
    said = f"GET {entry['path']} 200 is not as sandbox GET /api/sandboxes/{{sandbox_id}} says"
    assert said in str(failure.value)
    assert rule in str(failure.value)
    check_answers([entry | {"fault": "status"}])
