# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on the controller, as the action plugins pass them to modules on a local connection."""

from __future__ import annotations

import types

import pytest
from ansible.errors import AnsibleError

from ansible_collections.community.mailtrap.plugins.modules import account_config, notify
from ansible_collections.community.mailtrap.plugins.plugin_utils._in_process import InProcessAction, _TaskError


@pytest.fixture
def prepare_files():
    """Return a function that prepares the arguments of a module; every file but missing.txt exists."""

    def prepare(module, arguments):
        action = InProcessAction.__new__(InProcessAction)
        action.module = module
        action._decrypted_files, action._module_paths = [], {}
        action._connection = types.SimpleNamespace(transport="local", become=None)
        action._loader = types.SimpleNamespace(get_real_file=lambda path: path)
        action._find_needle = find_needle
        return action._prepare_files(arguments, wrap_async=False)

    def find_needle(folder, name):
        if name.endswith("missing.txt"):
            raise AnsibleError("no such file")
        return f"/playbook/{folder}/{name}"

    return prepare


def test_attachment_is_found_and_keeps_its_name(prepare_files):
    arguments = {"attachments": [{"src": "report.pdf"}, {"src": "a.txt", "filename": "b.txt"}], "subject": "Hello"}
    assert prepare_files(notify, arguments) == {
        "attachments": [
            {"src": "/playbook/files/report.pdf", "filename": "report.pdf"},
            {"src": "/playbook/files/a.txt", "filename": "b.txt"},
        ],
        "subject": "Hello",
    }


@pytest.mark.parametrize(
    "attachments",
    [
        None,
        "report.pdf",
        [None, "report.pdf", 7],
        [{}, {"src": ""}, {"src": 7}],
        [{"src": "a", "remote_src": True}, {"src": "a", "remote_src": "invalid"}],
    ],
)
def test_other_values_are_left_to_the_module(prepare_files, attachments):
    arguments = {"attachments": attachments}
    assert prepare_files(notify, arguments) == arguments


def test_missing_file_fails_the_task(prepare_files):
    with pytest.raises(_TaskError, match=r"src 'missing\.txt' was not found on the controller: no such file"):
        prepare_files(notify, {"attachments": [{"src": "missing.txt"}]})


def test_files_dir_is_the_folder_of_relative_names(prepare_files):
    template = {"body_html_src": "welcome.html", "body_text_src": "missing.txt"}
    arguments = {"files_dir": "account", "config": {"email_templates": [template]}}
    assert prepare_files(account_config, arguments)["config"]["email_templates"] == [
        {"body_html_src": "/playbook/files/account/welcome.html", "body_text_src": "account/missing.txt"}
    ]
