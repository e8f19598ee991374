# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers about inbound mail held against the official specification."""

from deviations import INBOUND
from specifications import needed, operations

pytestmark = needed
AREA = f"{INBOUND} "
FOLDERS = "/api/inbound/folders"
INBOXES = FOLDERS + "/{folder_id}/inboxes"
MESSAGES = "/api/inbound/inboxes/{inbox_id}/messages"


def test_every_operation_follows_the_specification(check, emulator):
    name = {"name": "Support"}
    values = {"folder_id": check(INBOUND, "POST", FOLDERS, 201, json=name).json()["id"]}
    check(INBOUND, "POST", FOLDERS, 422, json=name)
    check(INBOUND, "GET", FOLDERS, 200)
    inbox = check(INBOUND, "POST", INBOXES, 201, values, json=name).json()
    check(INBOUND, "POST", INBOXES, 422, values, json=name)
    check(INBOUND, "GET", INBOXES, 200, values)
    values["inbox_id"] = inbox["id"]
    mail = {
        "from": {"email": "ann@example.org"},
        "subject": "x",
        "text": "x",
        "html": "<p>x</p>",
        "attachments": [{"content": "aGk=", "filename": "a"}],
    }
    values["id"] = emulator.receive(address=inbox["address"], **mail)["id"]
    check(INBOUND, "GET", MESSAGES, 200, values)
    check(INBOUND, "GET", MESSAGES + "/{id}", 200, values)
    folder, one = FOLDERS + "/{folder_id}", INBOXES + "/{inbox_id}"
    for template in (folder, one):
        check(INBOUND, "GET", template, 200, values)
        check(INBOUND, "PATCH", template, 200, values, json={"name": "Help"})
        check(INBOUND, "PATCH", template, 422, values, json={"name": ""})
    everything = operations(AREA)
    for operation in everything:
        if operation.template != FOLDERS:
            check(*operation, 404, dict.fromkeys(values, 1), json=name)
    emulator.limits(inbound=False)
    for operation in everything:
        check(*operation, 403, values, json=name)
    emulator.limits(inbound=True)
    for template in (MESSAGES + "/{id}", one, folder):
        check(INBOUND, "DELETE", template, 204, values)
    check.covers(AREA)
