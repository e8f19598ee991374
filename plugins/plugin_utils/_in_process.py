# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module of the collection inside the controller's own worker, where that is the same as running it as a module.

A module that is sent to a local connection spends half a second on being packed, started and imported, and a few
milliseconds on its work. Here its ``main()`` runs where the controller already is: the same AnsibleModule, the same
validation, the same result. All imports stand at the top of this file and of the action plugins, which the controller
loads once before it forks its workers; an import inside ``run()`` would be paid by every task. A module's options are
made of their description when it is imported, too.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os

from ansible.errors import AnsibleError
from ansible.module_utils import basic
from ansible.module_utils.common import json as common_json
from ansible.module_utils.common import warnings as common_warnings
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as Normal
from ansible.utils.display import Display

from ansible_collections.community.mailtrap.plugins.module_utils._api import transport
from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.module_utils._engine.progress import Progress

# ansible-core 2.19 and newer name the way in which arguments and results are written.
_PROFILE = "legacy"
if hasattr(common_json, "get_module_encoder"):
    _ENCODER = common_json.get_module_encoder(_PROFILE, common_json.Direction.CONTROLLER_TO_MODULE)()
    _PARSING = (_PROFILE,)
    # This imports what results are written and read with, which would be imported after the fork otherwise.
    common_json.get_module_decoder(_PROFILE, common_json.Direction.MODULE_TO_CONTROLLER)
else:
    _ENCODER = common_json.AnsibleJSONEncoder(vault_to_text=True)
    _PARSING = ()

# A worker of Python 3.13 closes the connections of urllib3 at its end, for which weakref imports this.
importlib.import_module("gc")

# Whom to trust is read before the fork too. Where it cannot be read, the task that needs it says so.
if transport.REQUESTS_IMPORT_ERROR is None:
    with contextlib.suppress(MailtrapError):
        transport.get_ssl_context(True)

# AnsibleModule asks of every value what it is; abstract types remember the answers of the process that asked first.
remove_values([{}, "", b"", 0, 0.5, True, None], set())

# A module that is sent elsewhere is heard only when it ends.
Progress.show = Display().display


class _Refused(Exception):
    """The task cannot be done; it fails with this sentence, and without the traceback that other exceptions show."""


class InProcess(Normal):
    """The base of the collection's action plugins.

    :cvar module: the imported module that the action plugin stands for.
    :cvar controller_files: dict, from each option that names a file on the controller, as a path of names that leads to
        it through dicts and lists of them, such as ("attachments", "src") or ("src",), to the option beside it that is
        to hold the name of the file, or None where nobody asks for it.
    :cvar tells_missing_files: bool, whether the module itself tells which files are not there, together with whatever
        else is wrong, as far as it runs where they would be.
    """

    module = None
    controller_files = {}
    tells_missing_files = False

    def _execute_module(self, module_name=None, module_args=None, tmp=None, task_vars=None, wrap_async=False, **others):
        if module_name is not None:  # a helper of ActionBase, such as stat
            return super()._execute_module(module_name, module_args, tmp, task_vars, wrap_async=wrap_async, **others)
        self._decrypted, self._brought = [], {}
        try:
            in_process = self._is_in_process(task_vars, wrap_async)
            arguments = self._with_files(dict(module_args or self._task.args), wrap_async)
            if in_process:
                return self._run_main(arguments, task_vars)
            return super()._execute_module(None, arguments, tmp, task_vars, wrap_async=wrap_async, **others)
        except _Refused as refused:
            return {"failed": True, "changed": False, "msg": str(refused)}
        finally:
            for path in self._decrypted:
                self._loader.cleanup_tmp_file(path)

    def _is_in_process(self, task_vars, wrap_async):
        """Say whether running here is the same as running as a module: bool."""
        try:
            wished = task_vars.get("mailtrap_in_process", True)
            wished = wished is True or boolean(self._templar.template(wished), strict=True)
        except TypeError as error:
            raise _Refused(f"the variable mailtrap_in_process must be true or false: {error}") from None
        return (
            wished
            and self._connection.transport == "local"
            and not self._connection.become
            and not wrap_async
            and transport.REQUESTS_IMPORT_ERROR is None
        )

    def _run_main(self, arguments, task_vars):
        """Run main() of the module on its arguments and return the result that it prints: dict."""
        self._update_module_args(self._task.action, arguments, task_vars)
        payload = _ENCODER.encode({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        environment = {}
        self._compute_environment_string(environment)
        # Up to ansible-core 2.18 the warnings of a module outlive it, which in a loop shares them with the next item.
        for kept in ("_global_warnings", "_global_deprecations"):
            getattr(common_warnings, kept).clear()
        printed = io.StringIO()
        with (
            _module_input(payload),
            _environment(environment),
            contextlib.redirect_stdout(printed),
            contextlib.suppress(SystemExit),  # with which every module ends
        ):
            self.module.main()
        return self._parsed(printed.getvalue())

    def _parsed(self, printed):
        """Return the result that a module printed, as ActionBase makes it of a module's output: dict."""
        result = self._parse_returned_data({"rc": 0, "stdout": printed, "stderr": ""}, *_PARSING)
        if isinstance(result, dict):  # up to ansible-core 2.20
            return result
        result.remove_internal_keys()
        return result.as_result_dict(for_round_trip=True)

    def _with_files(self, arguments, wrap_async):
        """Return the arguments with the files on the controller found, as ``copy`` finds its ``src``, and brought over.

        :raises _Refused: when a file is not there.
        """
        for path, name_option in self.controller_files.items():
            arguments = self._with_file(arguments, path, name_option, wrap_async)
        return arguments

    def _with_file(self, options, path, name_option, wrap_async):
        """Return options in which the files are found to which one of the paths of ``controller_files`` leads."""
        if not isinstance(options, dict):  # what is wrong with it is for the module to say
            return options
        option, *rest = path
        value = options.get(option)
        if rest:
            if isinstance(value, list):
                entries = [self._with_file(entry, rest, name_option, wrap_async) for entry in value]
                return {**options, option: entries}
            return {**options, option: self._with_file(value, rest, name_option, wrap_async)} if value else options
        if not value or not isinstance(value, str) or self._is_remote(options):
            return options
        # A transferred or decrypted file has another name than the one that was asked for.
        named = {name_option: options.get(name_option) or os.path.basename(value)} if name_option else {}
        return {**options, option: self._brought_over(option, value, wrap_async), **named}

    def _brought_over(self, option, source, wrap_async):
        """Return the path under which the module finds a file of the controller: str. Each is brought over once."""
        if source not in self._brought:
            try:
                found = self._find_needle("files", source)
                path = self._loader.get_real_file(found)
            except AnsibleError as error:
                if self.tells_missing_files and self._connection.transport == "local":
                    return source
                raise _Refused(f"{option} {source!r} was not found on the controller: {error}") from None
            if path != found:
                self._decrypted.append(path)
            if self._connection.transport != "local" or self._connection.become or wrap_async:
                path = self._transferred(path, len(self._brought))
            self._brought[source] = path
        return self._brought[source]

    def _is_remote(self, options):
        try:
            return boolean(options.get("remote_src", False))
        except TypeError:
            return True

    def _transferred(self, path, number):
        """Copy a file to the target, into the folder that goes away with the task; return its path there."""
        shell = self._connection._shell
        if shell.tmpdir is None:
            self._make_tmp_path()
        goal = shell.join_path(shell.tmpdir, f"file-{number}")
        self._transfer_file(path, goal)
        self._fixup_perms2((shell.tmpdir, goal))
        return goal


@contextlib.contextmanager
def _module_input(payload):
    """Give AnsibleModule its arguments, in the way that it is given them on a target."""
    names = {"_ANSIBLE_ARGS": payload, "_ANSIBLE_PROFILE": _PROFILE}
    before = {name: getattr(basic, name) for name in names if hasattr(basic, name)}
    try:
        for name in before:
            setattr(basic, name, names[name])
        yield
    finally:
        for name, value in before.items():
            setattr(basic, name, value)


@contextlib.contextmanager
def _environment(variables):
    """Have the ``environment`` of the task in the environment of this process."""
    if not variables:
        yield
        return
    before = dict(os.environ)
    try:
        os.environ.update({name: str(value) for name, value in variables.items()})
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
