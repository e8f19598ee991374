# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.mailtrap.plugins.modules import api_token_info
from ansible_collections.community.mailtrap.plugins.plugin_utils._in_process import InProcessAction


class ActionModule(InProcessAction):
    module = api_token_info
