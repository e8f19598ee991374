# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each shape of an error answer becomes a sentence (facts 2.1)."""

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
        (403, '{:errors=>"Account access forbidden"}', None),
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
def test_shapes(status, body, messages):
    reasons = {400: "Bad Request", 422: "Unprocessable Entity", 502: "Bad Gateway"}
    said = parse_error_messages(status, body, reasons.get(status, ""))
    if messages is None:
        assert len(said) == 1 and "Account access forbidden" in said[0]
    else:
        assert said == messages


def test_an_error_is_one_sentence():
    error = MailtrapError("a", "b", status=422, method="POST", path="/api/projects")
    error.attempt = "create project 'x'"
    assert str(error) == "Could not create project 'x': a; b (HTTP 422 for POST /api/projects)"
    assert error.as_result() == {"msg": str(error), "status": 422, "errors": ["a", "b"]}


def test_the_innermost_attempt_is_told():
    with pytest.raises(MailtrapError) as caught, attempting("do all"), attempting("read project 7"):
        raise MailtrapError("gone")
    assert str(caught.value) == "Could not read project 7: gone"


def test_what_was_done_is_data_of_the_failure():
    error = MailtrapError("x")
    error.data = {"project": {"id": 1}, "changed": True}
    assert error.as_result() == {"msg": "x", "status": None, "errors": ["x"], "project": {"id": 1}, "changed": True}


def test_a_sentence_holds_as_many_reasons_as_can_be_read():
    error = MailtrapError(*(f"reason {number}" for number in range(50)))
    assert str(error).endswith("reason 19; and 30 more, in errors of the result") and "reason 20" not in str(error)
    assert len(error.as_result()["errors"]) == 50
