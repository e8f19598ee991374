# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter account_files; documented in account_files.yml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.community.mailtrap.plugins.module_utils._account.document import RESOURCE_TYPES
from ansible_collections.community.mailtrap.plugins.plugin_utils._file_names import file_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.community.mailtrap.plugins.module_utils._api.json_types import Json, JsonObject

DOCUMENT_PATH = "account.yml"


def account_files(document: JsonObject) -> list[dict[str, str]]:
    """Split an account document into files; long texts get files of their own, and the document comes last.

    :param document: the document that ``community.mailtrap.account_config_info`` returns.
    :raises AnsibleFilterError: if the input is not a dictionary.
    """
    if not isinstance(document, dict):
        raise AnsibleFilterError(f"account_files expects an account document, not {type(document).__name__}")
    files: list[dict[str, str]] = []
    document_without_texts = {
        plural: [_move_texts_to_files(plural, entry, files) for entry in entries]
        for plural, entries in document.items()
    }
    files.append({"path": DOCUMENT_PATH, "content": _to_yaml(document_without_texts)})
    # Mail templates may contain braces, which Ansible must not evaluate.
    return wrap_var(files)


def _move_texts_to_files(plural: str, entry: JsonObject, files: list[dict[str, str]]) -> JsonObject:
    """Append an entry's texts to the files, and return the entry with the paths of these files.

    :param plural: the key of the entry's list in the document, such as ``email_templates``.
    """
    entry = dict(entry)
    resource = next((resource for resource in RESOURCE_TYPES if resource.plural == plural), None)
    for field in resource.fields if resource else ():
        option = field.option_name
        if resource and field.file_option and option in entry:
            suffix = "html" if option.endswith("html") else "txt"
            path = f"{plural}/{file_name(str(entry[resource.natural_key]))}.{suffix}"
            files.append({"path": path, "content": entry.pop(option)})
            entry[field.file_option] = path
    return entry


def _to_yaml(document: JsonObject) -> str:
    return "---\n" + yaml.safe_dump(_to_plain_types(document), sort_keys=False, allow_unicode=True, width=120)


def _to_plain_types(value: Json) -> Any:
    """Convert Ansible's subclasses of the built-in types, which the YAML dumper does not support."""
    if isinstance(value, dict):
        return {str(name): _to_plain_types(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_plain_types(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    for number_type in (int, float):
        if isinstance(value, number_type):
            return number_type(value)
    return str(value)


class FilterModule:
    """Provide the filter to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"account_files": account_files}
