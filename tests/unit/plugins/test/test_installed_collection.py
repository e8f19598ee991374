# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.community.mailtrap.plugins.test.installed_collection import installed_collection


def test_installed_and_missing_collections():
    assert installed_collection("community.mailtrap")
    assert not installed_collection("community.nowhere")


@pytest.mark.parametrize("name", ["community", "community.mailtrap.domain", "os.path/..", 7, None])
def test_invalid_names_are_refused(name):
    with pytest.raises(AnsibleFilterError, match="expects the name of a collection"):
        installed_collection(name)
