# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to a machine that cannot be reached."""

from __future__ import annotations

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = r"""
name: gone
short_description: Reach nothing
description: For the integration tests of this collection.
"""


class Connection(ConnectionBase):
    transport = "gone"

    def _connect(self):
        raise AnsibleConnectionFailure("There is no route to this host.")

    exec_command = put_file = fetch_file = lambda self, *arguments, **named: self._connect()

    def close(self):
        """There is nothing to close."""
