# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to a machine that is unreachable."""

from __future__ import annotations

from typing import Any, NoReturn

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = r"""
name: unreachable
short_description: Simulate an unreachable machine
description: For the integration tests of this collection.
"""


class Connection(ConnectionBase):
    transport = "unreachable"

    def _connect(self, *arguments: Any, **options: Any) -> NoReturn:
        raise AnsibleConnectionFailure("There is no route to this host.")

    exec_command = put_file = fetch_file = _connect

    def close(self) -> None:
        """Do nothing: the connection was never open."""
