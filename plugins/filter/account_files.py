# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import yaml
from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.community.mailtrap.plugins.module_utils._account.document import RESOURCE_TYPES
from ansible_collections.community.mailtrap.plugins.plugin_utils._file_names import file_name

DOCUMENT = "account.yml"


def account_files(document):
    """Return a document of an account as files: list of dict with path and content, the document itself last.

    The texts for which an entry can name a file go to files of their own.

    :param document: dict, as community.mailtrap.account_config_info returns it.
    :raises AnsibleFilterError: when it is no such document.
    """
    if not isinstance(document, dict):
        raise AnsibleFilterError(f"account_files takes the document of an account, not {type(document).__name__}")
    files = []
    rest = {plural: [_without_texts(plural, entry, files) for entry in entries] for plural, entries in document.items()}
    files.append({"path": DOCUMENT, "content": _as_yaml(rest)})
    # What looks like a template in a mail is not one of Ansible's.
    return wrap_var(files)


def _without_texts(plural, entry, files):
    """Return an entry that names files in the place of texts, and add those to the files: dict."""
    entry = dict(entry)
    kind = next((kind for kind in RESOURCE_TYPES if kind.plural == plural), None)
    for field in kind.fields if kind else ():
        option = field.option or field.name
        if field.source and option in entry:
            suffix = "html" if option.endswith("html") else "txt"
            path = f"{plural}/{file_name(str(entry[kind.natural_key]))}.{suffix}"
            files.append({"path": path, "content": entry.pop(option)})
            entry[field.source] = path
    return entry


def _as_yaml(document):
    return "---\n" + yaml.safe_dump(_plain(document), sort_keys=False, allow_unicode=True, width=120)


def _plain(value):
    """Return a value without Ansible's own types, which YAML does not know."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


class FilterModule:
    def filters(self):
        return {"account_files": account_files}
