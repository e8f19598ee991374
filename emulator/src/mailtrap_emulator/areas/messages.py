# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sandbox messages and attachments (facts 3.9)."""

from ..mailbox import ATTACHMENTS, MESSAGES, RAW_MESSAGES

TABLES = [MESSAGES, ATTACHMENTS, RAW_MESSAGES]
