# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

from ansible_collections.community.mailtrap.plugins.module_utils._account.document import get_file_option_paths
from ansible_collections.community.mailtrap.plugins.modules import account_config
from ansible_collections.community.mailtrap.plugins.plugin_utils._in_process import InProcess


class ActionModule(InProcess):
    """Relative names of files are below ``files_dir``, where that is given."""

    module = account_config
    controller_files = {("config", *path): None for path in get_file_option_paths()}
    tells_missing_files = True

    def _with_files(self, arguments, wrap_async):
        folder = arguments.get("files_dir")
        if isinstance(folder, str) and folder:
            config = arguments.get("config")
            for path in get_file_option_paths():
                config = _below(folder, config, path)
            arguments = {**arguments, "config": config}
        return super()._with_files(arguments, wrap_async)


def _below(folder, value, path):
    """Return a document, or a part of it, in which the names of files to which a path leads are below a folder."""
    if isinstance(value, list):
        return [_below(folder, item, path) for item in value]
    if path and isinstance(value, dict) and path[0] in value:
        return {**value, path[0]: _below(folder, value[path[0]], path[1:])}
    return os.path.join(folder, value) if not path and isinstance(value, str) else value
