# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Base class of the action plugins: runs a module inside the controller's worker process if the task allows it.

Ansible usually packs a module, starts a new Python interpreter and imports everything there, even on a local
connection. That takes far longer than the module's own work. This plugin calls the module's ``main()`` in the worker
instead. The module still creates its AnsibleModule, so validation and results are the same in both ways of running.

The controller imports action plugins before it forks its workers. All imports therefore stand at module level: an
import inside ``run()`` would be repeated by every task.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleError
from ansible.module_utils import basic
from ansible.module_utils.common import json as common_json
from ansible.module_utils.common import warnings as common_warnings
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ansible_collections.community.mailtrap.plugins.module_utils._api import transport
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from ansible_collections.community.mailtrap.plugins.module_utils._api.json_types import Options, Result

# ansible-core 2.19 and newer select the encoding of arguments and results by a named profile.
_PROFILE = "legacy"
_PARSE_ARGUMENTS: tuple[str, ...]
if hasattr(common_json, "get_module_encoder"):
    _ENCODER = common_json.get_module_encoder(_PROFILE, common_json.Direction.CONTROLLER_TO_MODULE)()
    _PARSE_ARGUMENTS = (_PROFILE,)
    # This call imports the modules of the profile, which each worker would import again otherwise.
    common_json.get_module_decoder(_PROFILE, common_json.Direction.MODULE_TO_CONTROLLER)
else:
    _ENCODER = common_json.AnsibleJSONEncoder(vault_to_text=True)
    _PARSE_ARGUMENTS = ()

# On Python 3.13, weakref imports gc when a worker closes its urllib3 connections. Import it before the fork.
importlib.import_module("gc")

# Load the certificate authorities before the fork too. If that fails, the task that needs them reports the error.
if transport.REQUESTS_IMPORT_ERROR is None:
    with contextlib.suppress(MailtrapError):
        transport.get_ssl_context(True)

# AnsibleModule checks the type of each value against abstract base classes, which cache the answers. Fill the cache
# before the fork.
remove_values([{}, "", b"", 0, 0.5, True, None], set())

# Only a module that runs in process can report progress while it runs; elsewhere Ansible reads its output at the end.
Progress.display = Display().display


class _TaskError(Exception):
    """Makes the task fail with this message and without a traceback."""


class InProcessAction(NormalAction):
    """Base class of the collection's action plugins.

    Besides running the module, it finds files on the controller as ``copy`` finds its ``src``, decrypts them if they
    are vaulted, and copies them to a remote target. ``main.controller_files`` of the module names the options that
    hold them. If the module has an option ``files_dir``, relative file names are relative to that folder.

    :cvar module: the imported Python module that implements the Ansible module.
    """

    module: ModuleType

    def _execute_module(
        self,
        module_name: str | None = None,
        module_args: Options | None = None,
        tmp: str | None = None,
        task_vars: dict[str, Any] | None = None,
        wrap_async: bool = False,
        **options: Any,
    ) -> Result:
        if module_name is not None:  # ActionBase runs a helper module, such as stat.
            return super()._execute_module(module_name, module_args, tmp, task_vars, wrap_async=wrap_async, **options)
        self._decrypted_files: list[str] = []
        self._module_paths: dict[str, str] = {}
        try:
            in_process = self._can_run_in_process(task_vars or {}, wrap_async)
            arguments = self._prepare_files(dict(module_args or self._task.args), wrap_async)
            if in_process:
                return self._run_main(arguments, task_vars)
            return super()._execute_module(None, arguments, tmp, task_vars, wrap_async=wrap_async, **options)
        except _TaskError as error:
            return {"failed": True, "changed": False, "msg": str(error)}
        finally:
            for path in self._decrypted_files:
                self._loader.cleanup_tmp_file(path)

    def _can_run_in_process(self, task_vars: Mapping[str, Any], wrap_async: bool) -> bool:
        """Return whether the module would do the same in this process as in a process of its own."""
        try:
            enabled = task_vars.get("mailtrap_in_process", True)
            enabled = enabled is True or boolean(self._templar.template(enabled), strict=True)
        except TypeError as error:
            raise _TaskError(f"the variable mailtrap_in_process must be true or false: {error}") from None
        return (
            enabled
            and self._connection.transport == "local"
            and not self._connection.become
            and not wrap_async
            and transport.REQUESTS_IMPORT_ERROR is None
        )

    def _run_main(self, arguments: Options, task_vars: dict[str, Any] | None) -> Result:
        """Call the module's ``main()`` and return the result that it prints."""
        self._update_module_args(self._task.action, arguments, task_vars)
        payload = _ENCODER.encode({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        # ansible-core 2.18 and older keep warnings in global variables: the next item of a loop would repeat them.
        for name in ("_global_warnings", "_global_deprecations"):
            getattr(common_warnings, name).clear()
        output = io.StringIO()
        with (
            _module_input(payload),
            _task_environment(environment),
            contextlib.redirect_stdout(output),
            contextlib.suppress(SystemExit),  # exit_json and fail_json raise it.
        ):
            self.module.main()
        return self._parse_result(output.getvalue())

    def _parse_result(self, output: str) -> Result:
        """Parse the printed result as ActionBase parses the output of a module process."""
        result = self._parse_returned_data({"rc": 0, "stdout": output, "stderr": ""}, *_PARSE_ARGUMENTS)
        if isinstance(result, dict):  # ansible-core 2.20 and older
            return result
        result.remove_internal_keys()
        return result.as_result_dict(for_round_trip=True)

    def _prepare_files(self, arguments: Options, wrap_async: bool) -> Options:
        """Return the arguments with each file on the controller replaced by the path at which the module reads it.

        :raises _TaskError: if a file does not exist.
        """
        folder = arguments.get("files_dir")
        folder = folder if isinstance(folder, str) else ""
        for option_path, name_option in self.module.main.controller_files.items():
            arguments = self._prepare_option(arguments, option_path, name_option, folder, wrap_async)
        return arguments

    def _prepare_option(
        self, options: Any, option_path: Sequence[str], name_option: str | None, folder: str, wrap_async: bool
    ) -> Any:
        """Return options with the files replaced that are found under a path of option names.

        :param name_option: the option beside the file's that takes its name, or None.
        :param folder: the folder that relative file names start from.
        """
        if not isinstance(options, dict):  # The module reports the wrong type.
            return options
        option, *rest = option_path
        value = options.get(option)
        if rest:
            if isinstance(value, list):
                entries = [self._prepare_option(entry, rest, name_option, folder, wrap_async) for entry in value]
                return {**options, option: entries}
            if value:
                return {**options, option: self._prepare_option(value, rest, name_option, folder, wrap_async)}
            return options
        if not value or not isinstance(value, str) or self._is_on_target(options):
            return options
        prepared = {option: self._prepare_file(option, os.path.join(folder, value), wrap_async)}
        if name_option:  # A copied or decrypted file has a temporary name.
            prepared[name_option] = options.get(name_option) or os.path.basename(value)
        return {**options, **prepared}

    def _prepare_file(self, option: str, source: str, wrap_async: bool) -> str:
        """Find, decrypt and copy a file once, and return the path at which the module reads it."""
        if source not in self._module_paths:
            try:
                found = self._find_needle("files", source)
                path = self._loader.get_real_file(found)
            except AnsibleError as error:
                if self.module.main.reports_missing_files and self._connection.transport == "local":
                    return source
                raise _TaskError(f"{option} {source!r} was not found on the controller: {error}") from None
            if path != found:
                self._decrypted_files.append(path)
            if self._connection.transport != "local" or self._connection.become or wrap_async:
                path = self._copy_to_target(path, len(self._module_paths))
            self._module_paths[source] = path
        return self._module_paths[source]

    def _is_on_target(self, options: Options) -> bool:
        try:
            return boolean(options.get("remote_src", False))
        except TypeError:  # The module reports the invalid value.
            return True

    def _copy_to_target(self, path: str, number: int) -> str:
        """Copy a file to the task's temporary folder on the target, and return its path there."""
        shell = self._connection._shell
        if shell.tmpdir is None:
            self._make_tmp_path()
        target_path = shell.join_path(shell.tmpdir, f"file-{number}")
        self._transfer_file(path, target_path)
        self._fixup_perms2((shell.tmpdir, target_path))
        return target_path


@contextlib.contextmanager
def _module_input(payload: bytes) -> Iterator[None]:
    """Pass arguments to AnsibleModule through the variables that Ansible's module wrapper sets on a target."""
    values = {"_ANSIBLE_ARGS": payload, "_ANSIBLE_PROFILE": _PROFILE}
    previous = {name: getattr(basic, name) for name in values if hasattr(basic, name)}
    try:
        for name in previous:
            setattr(basic, name, values[name])
        yield
    finally:
        for name, value in previous.items():
            setattr(basic, name, value)


@contextlib.contextmanager
def _task_environment(variables: Mapping[str, Any]) -> Iterator[None]:
    """Add the variables of the task's ``environment`` to this process's environment, and restore it afterwards."""
    if not variables:
        yield
        return
    previous = dict(os.environ)
    try:
        os.environ.update({name: str(value) for name, value in variables.items()})
        yield
    finally:
        os.environ.clear()
        os.environ.update(previous)
