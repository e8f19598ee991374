# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MailtrapError, and the messages of each shape of an error answer (docs/service.md#error-bodies)."""

from __future__ import annotations

import pytest

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import (
    MailtrapError,
    attempting,
    parse_error_messages,
)


@pytest.mark.parametrize(
    "status, body, messages",
    [
        (404, '{"error":"Not Found"}', ["there is no such object, or the API token cannot see it: Not Found"]),
        (401, '{"error":"Incorrect API token"}', ["the API token was refused: Incorrect API token"]),
        (
            403,
            '{"errors":"Account access forbidden"}',
            ["the API token has no access to this: Account access forbidden"],
        ),
        (429, '{"errors":"Rate limit exceeded"}', ["the rate limit is exceeded: Rate limit exceeded"]),
        (500, '{"errors":"Unexpected error"}', ["Unexpected error"]),
        (422, '{"errors":"Only draft campaigns can be updated"}', ["Only draft campaigns can be updated"]),
        (422, '{"errors":["Campaign design can\'t be blank"]}', ["Campaign design can't be blank"]),
        (
            422,
            '{"errors":{"name":["can\'t be blank","is too short (minimum is 2 characters)"]}}',
            ["name can't be blank", "name is too short (minimum is 2 characters)"],
        ),
        (422, '{"errors":{"base":["No permissions selected."]}}', ["No permissions selected."]),
        (422, '{"errors":{"filters":"invalid"}}', ["filters invalid"]),
        (
            422,
            '{"errors":{"email":[["is invalid"]],"base":[["same list_ids"]]}}',
            ["email is invalid", "same list_ids"],
        ),
        (422, '{"errors":[{"email":"x","errors":{"email":["is invalid"]}}]}', ["x: email is invalid"]),
        (400, '{"success":false,"errors":["\'subject\' is required"]}', ["'subject' is required"]),
        (400, "", ["the service answered 400 Bad Request without saying why"]),
        (409, "Conflict", ["Conflict"]),
        (
            403,
            '{:errors=>"Account access forbidden"}',
            ['the API token has no access to this: {:errors=>"Account access forbidden"}'],
        ),
        (413, "", ["the request is too large"]),
        (502, "<html><body>Bad gateway</body></html>", ["the service answered 502 Bad Gateway without saying why"]),
        (400, '{"error":"Missing required parameter: start_date"}', ["Missing required parameter: start_date"]),
        (
            422,
            '{"errors":{"name":["You\'ve reached the sandboxes limit. Please upgrade your plan"]}}',
            ["plan limit: name You've reached the sandboxes limit. Please upgrade your plan"],
        ),
        (422, "[]", ["the service answered 422 Unprocessable Entity without saying why"]),
        (422, "17", ["17"]),
        (422, "null", ["the service answered 422 Unprocessable Entity without saying why"]),
    ],
)
def test_messages_of_error_answer(status: int, body: str, messages: list[str]) -> None:
    reasons = {400: "Bad Request", 422: "Unprocessable Entity", 502: "Bad Gateway"}
    assert parse_error_messages(status, body, reasons.get(status, "")) == messages


def test_text_names_attempt_reasons_and_request() -> None:
    error = MailtrapError("a", "b", status=422, method="POST", path="/api/projects")
    error.attempt = "create project 'x'"
    assert str(error) == "Could not create project 'x': a; b (HTTP 422 for POST /api/projects)"
    assert error.as_result() == {"msg": str(error), "status": 422, "errors": ["a", "b"]}


def test_innermost_attempt_is_reported() -> None:
    with pytest.raises(MailtrapError) as caught, attempting("read the account"), attempting("read project 7"):
        raise MailtrapError("gone")
    assert str(caught.value) == "Could not read project 7: gone"


def test_result_contains_data_from_before_the_failure() -> None:
    error = MailtrapError("x")
    error.data = {"project": {"id": 1}, "changed": True}
    assert error.as_result() == {"msg": "x", "status": None, "errors": ["x"], "project": {"id": 1}, "changed": True}


def test_text_contains_a_limited_number_of_reasons() -> None:
    error = MailtrapError(*(f"reason {number}" for number in range(50)))
    assert str(error).endswith("reason 19; and 30 more (see errors in the result)") and "reason 20" not in str(error)
    assert len(error.as_result()["errors"]) == 50
