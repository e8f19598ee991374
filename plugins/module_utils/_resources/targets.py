# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options with which several modules select a sandbox or a domain."""

from __future__ import annotations

from .._engine.target import Target
from .domains import DOMAIN
from .sandboxes import SANDBOX

SANDBOX_TARGET = Target(SANDBOX)
DOMAIN_TARGET = Target(DOMAIN)
