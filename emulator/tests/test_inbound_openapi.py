# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inbound operations, validated against the official specification."""

from deviations import INBOUND
from specifications import assert_all_operations_called, find_operations, requires_specifications

pytestmark = requires_specifications
OPERATION_PATTERN = f"{INBOUND} "
FOLDERS = "/api/inbound/folders"
FOLDER = FOLDERS + "/{folder_id}"
INBOXES = FOLDER + "/inboxes"
INBOX = INBOXES + "/{inbox_id}"
MESSAGES = "/api/inbound/inboxes/{inbox_id}/messages"


def test_answers_follow_the_specification(call, emulator):
    name = {"name": "Support"}
    values = {"folder_id": call(INBOUND, "POST", FOLDERS, 201, json=name).json()["id"]}
    call(INBOUND, "POST", FOLDERS, 422, json=name)
    call(INBOUND, "GET", FOLDERS, 200)
    inbox = call(INBOUND, "POST", INBOXES, 201, values, json=name).json()
    call(INBOUND, "POST", INBOXES, 422, values, json=name)
    call(INBOUND, "GET", INBOXES, 200, values)
    values["inbox_id"] = inbox["id"]
    mail = {
        "from": {"email": "ann@example.org"},
        "subject": "x",
        "text": "x",
        "html": "<p>x</p>",
        "attachments": [{"content": "aGk=", "filename": "a"}],
    }
    values["id"] = emulator.receive(address=inbox["address"], **mail)["id"]
    call(INBOUND, "GET", MESSAGES, 200, values)
    call(INBOUND, "GET", MESSAGES + "/{id}", 200, values)
    for template in (FOLDER, INBOX):
        call(INBOUND, "GET", template, 200, values)
        call(INBOUND, "PATCH", template, 200, values, json={"name": "Help"})
        call(INBOUND, "PATCH", template, 422, values, json={"name": ""})
    operations = find_operations(OPERATION_PATTERN)
    for operation in operations:
        if operation.template != FOLDERS:
            call(*operation, 404, dict.fromkeys(values, 1), json=name)
    emulator.limits(inbound=False)
    for operation in operations:
        call(*operation, 403, values, json=name)
    emulator.limits(inbound=True)
    for template in (MESSAGES + "/{id}", INBOX, FOLDER):
        call(INBOUND, "DELETE", template, 204, values)
    assert_all_operations_called(OPERATION_PATTERN)
