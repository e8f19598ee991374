# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: summary
type: notification
short_description: Send a summary mail at the end of a run
version_added: 0.1.0
description:
  - Sends one mail through Mailtrap when Ansible has finished. The subject states the outcome. The body, in plain text
    and HTML, shows the first failure and its reason, the recap of each host, the changes, the failures that were
    rescued or ignored, and who started the run, where, and from which commit.
  - Of a task's result, the mail contains only the message, the return code and the last lines of the output. It never
    contains the arguments of modules or the results of tasks with C(no_log).
  - The callback never changes the outcome of a run. If the mail cannot be sent, it shows one warning. Sending takes at
    most O(timeout) seconds.
author:
  - community.mailtrap authors (@ansible-collections)
extends_documentation_fragment:
  - community.mailtrap._connection
  - community.mailtrap._connection.plugin
requirements:
  - enable in configuration, see the examples
options:
  when:
    description:
      - The events after which a mail is sent.
      - V(failure) - a host failed or was unreachable, and the failure was neither rescued nor ignored.
      - V(recovery) - the run succeeded, and its previous run failed.
      - V(change) - the run succeeded and changed something.
      - V(always) - the run ended.
    type: list
    elements: str
    choices:
      - failure
      - recovery
      - change
      - always
    default:
      - failure
      - recovery
    env:
      - name: MAILTRAP_SUMMARY_WHEN
    ini:
      - section: mailtrap_summary
        key: when
    vars:
      - name: mailtrap_summary_when
  from:
    description:
      - The sender, as V(user@host) or V(Name <user@host>). This option is required.
      - With the O(stream) V(transactional) or V(bulk), the domain of the sender must be a verified sending domain of
        the account.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_FROM
    ini:
      - section: mailtrap_summary
        key: from
    vars:
      - name: mailtrap_summary_from
  to:
    description:
      - The recipients, each as V(user@host) or V(Name <user@host>).
      - At least one recipient is required in O(to), O(cc) or O(bcc).
    type: list
    elements: str
    default: []
    env:
      - name: MAILTRAP_SUMMARY_TO
    ini:
      - section: mailtrap_summary
        key: to
    vars:
      - name: mailtrap_summary_to
  cc:
    description: The recipients of copies.
    type: list
    elements: str
    default: []
    env:
      - name: MAILTRAP_SUMMARY_CC
    ini:
      - section: mailtrap_summary
        key: cc
    vars:
      - name: mailtrap_summary_cc
  bcc:
    description: The recipients of blind copies.
    type: list
    elements: str
    default: []
    env:
      - name: MAILTRAP_SUMMARY_BCC
    ini:
      - section: mailtrap_summary
        key: bcc
    vars:
      - name: mailtrap_summary_bcc
  reply_to:
    description: The address that replies are sent to.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_REPLY_TO
    ini:
      - section: mailtrap_summary
        key: reply_to
    vars:
      - name: mailtrap_summary_reply_to
  title:
    description: The name of the run in the mail. Defaults to the names of its playbooks.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_TITLE
    ini:
      - section: mailtrap_summary
        key: title
    vars:
      - name: mailtrap_summary_title
  subject_prefix:
    description: A text at the start of the subject, such as V([production]).
    type: str
    env:
      - name: MAILTRAP_SUMMARY_SUBJECT_PREFIX
    ini:
      - section: mailtrap_summary
        key: subject_prefix
    vars:
      - name: mailtrap_summary_subject_prefix
  category:
    description: The category of the mail in Mailtrap's statistics, up to 255 characters.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_CATEGORY
    ini:
      - section: mailtrap_summary
        key: category
    vars:
      - name: mailtrap_summary_category
  stream:
    description:
      - The sending stream. Defaults to V(sandbox) if a sandbox is given, otherwise to V(transactional).
    type: str
    choices:
      - transactional
      - bulk
      - sandbox
    env:
      - name: MAILTRAP_SUMMARY_STREAM
    ini:
      - section: mailtrap_summary
        key: stream
    vars:
      - name: mailtrap_summary_stream
  sandbox:
    description:
      - The name of the sandbox that captures the mail, so that no recipient gets it.
      - Looking up the name takes an additional request.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_SANDBOX
    ini:
      - section: mailtrap_summary
        key: sandbox
    vars:
      - name: mailtrap_summary_sandbox
  sandbox_id:
    description: The ID of the sandbox that captures the mail, so that no recipient gets it.
    type: int
    env:
      - name: MAILTRAP_SUMMARY_SANDBOX_ID
    ini:
      - section: mailtrap_summary
        key: sandbox_id
    vars:
      - name: mailtrap_summary_sandbox_id
  project:
    description: The name of the sandbox's project. Needed if several projects have a sandbox of that name.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_PROJECT
    ini:
      - section: mailtrap_summary
        key: project
    vars:
      - name: mailtrap_summary_project
  project_id:
    description: The ID of the sandbox's project. Needed if several projects have a sandbox of that name.
    type: int
    env:
      - name: MAILTRAP_SUMMARY_PROJECT_ID
    ini:
      - section: mailtrap_summary
        key: project_id
    vars:
      - name: mailtrap_summary_project_id
  state_dir:
    description:
      - The folder that stores which runs failed, one file for each run. It is used if O(when) contains V(recovery).
      - Two runs count as the same run if their playbooks, title, inventory, limit, tags and check mode are equal.
      - Defaults to the folder C(mailtrap_summary) in the Ansible home, C(~/.ansible). On CI, set a folder that is kept
        between jobs.
    type: path
    env:
      - name: MAILTRAP_SUMMARY_STATE_DIR
    ini:
      - section: mailtrap_summary
        key: state_dir
    vars:
      - name: mailtrap_summary_state_dir
  timeout:
    description:
      - The time limit for sending the mail in seconds, including retries, up to 3600.
    type: int
    default: 15
    env:
      - name: MAILTRAP_SUMMARY_TIMEOUT
  retries:
    env:
      - name: MAILTRAP_SUMMARY_RETRIES
  validate_certs:
    env:
      - name: MAILTRAP_SUMMARY_VALIDATE_CERTS
notes:
  - Variables are read from the first host of the first play. Set them in C(group_vars/all) or with C(--extra-vars).
  - Runs in check mode also send a mail, whose subject says so. Syntax checks and lists of tasks send none.
  - A command that runs several playbooks sends one mail. If Ansible aborts because of an error in a playbook or of
    Ctrl-C, no mail is sent.
  - The mail contains the error output of failed tasks, as the console does. Set C(no_log) on tasks that may print
    secrets. With ansible-core 2.22 and newer, secrets that Ansible knows, such as vaulted values, are masked.
  - Long lists are cut, followed by the number of entries that are left out.
seealso:
  - module: community.mailtrap.notify
"""

EXAMPLES = r"""
# In ansible.cfg. The token is in the environment variable MAILTRAP_API_TOKEN.
example: |
  [defaults]
  callbacks_enabled = community.mailtrap.summary

  [mailtrap_summary]
  from = Ansible <ansible@example.com>
  to = Operations <ops@example.com>, oncall@example.com
  subject_prefix = [production]
  when = failure, recovery

# In environment variables. The mail goes to a sandbox.
environment: |
  ANSIBLE_CALLBACKS_ENABLED=community.mailtrap.summary
  MAILTRAP_SUMMARY_FROM=ansible@example.com
  MAILTRAP_SUMMARY_TO=ops@example.com
  MAILTRAP_SUMMARY_WHEN=always
  MAILTRAP_SUMMARY_SANDBOX=Staging

# In group_vars/all.yml.
variables: |
  mailtrap_summary_from: ansible@example.com
  mailtrap_summary_to:
    - Operations <ops@example.com>
"""

import contextlib
import datetime
import functools
import getpass
import os
import platform
from typing import TYPE_CHECKING, Any

from ansible import constants as C
from ansible import context
from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase
from ansible.release import __version__ as ansible_version
from ansible.template import Templar

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.ci_environment import (
    AWX_VARIABLES,
    RunOrigin,
    detect_origin,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.collector import (
    MAX_NAME_LENGTH,
    RunCollector,
    has_run_failed,
    is_mail_wanted,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.failure_state import FailureState
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.formatting import (
    format_duration,
    format_time,
    strip_control_characters,
    truncate,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.model import RunDetail
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.rendering import (
    render_html,
    render_subject,
    render_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible.executor.stats import AggregateStats
    from ansible.executor.task_result import TaskResult
    from ansible.playbook import Playbook
    from ansible.playbook.play import Play
    from ansible.playbook.task import Task

    from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.model import FailureStatus

try:
    from ansible.module_utils.secrets import mask_secrets
except ImportError:  # ansible-core 2.21 and older keep no list of secrets.

    def mask_secrets(text: str) -> str:
        return text


# The options that are passed on to community.mailtrap.notify.
_MAIL_OPTIONS = (
    "from",
    "to",
    "cc",
    "bcc",
    "reply_to",
    "category",
    "stream",
    "sandbox",
    "sandbox_id",
    "project",
    "project_id",
)


def _warn_on_error(method: Callable[..., None]) -> Callable[..., None]:
    """Decorate an event handler: an error becomes a warning and disables the callback, and never fails the run."""

    @functools.wraps(method)
    def guarded(self: CallbackModule, *arguments: Any, **options: Any) -> None:
        try:
            method(self, *arguments, **options)
        except MailtrapError as error:
            self._disable(str(error))
        except AnsibleError as error:
            # ansible-core 2.19 and newer keep the advice apart from the message.
            self._disable(f"{error} {getattr(error, '_help_text', None) or ''}")
        except Exception as error:
            self._disable(f"{type(error).__name__}: {error}")

    return guarded


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "community.mailtrap.summary"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._started = datetime.datetime.now().astimezone()
        self._playbooks: list[str] = []
        self._task_names: dict[str, str] = {}
        # Set when the first play starts.
        self._collector: RunCollector | None = None
        self._origin = RunOrigin()
        self._api_token: str | None = None
        self._warning_keys = ["warnings"]

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Do nothing: the options are set when the first play starts, because its variables may set them."""

    @_warn_on_error
    def v2_playbook_on_start(self, playbook: Playbook) -> None:
        if os.path.isfile(playbook._file_name):
            self._playbooks.append(os.path.abspath(playbook._file_name))

    @_warn_on_error
    def v2_playbook_on_play_start(self, play: Play) -> None:
        if self._collector is not None:
            return
        if not self._playbooks:  # The ansible command runs a play that has no file.
            self._playbooks.append(play.get_name())
        variables = self._get_variables(play)
        with _without_empty_variables():
            super().set_options(var_options=variables)
        self._api_token = self._get_option("api_token")
        self._check_options()
        self._collector = RunCollector(self._clean)
        if C.config.get_config_value("DEPRECATION_WARNINGS"):
            self._warning_keys.append("deprecations")
        self._origin = detect_origin({**os.environ, **variables})

    def _get_variables(self, play: Play) -> dict[str, Any]:
        """Return the templated variables that set options of this callback or describe the origin of the run."""
        manager = play.get_variable_manager()
        hosts = manager._inventory.get_hosts(play.hosts)
        variables = manager.get_vars(play=play, host=hosts[0] if hosts else None)
        names = {*C.config.get_plugin_vars("callback", self._load_name), *AWX_VARIABLES}.intersection(variables)
        templar = Templar(loader=play.get_loader(), variables=variables)
        return {name: _template_variable(templar, name, variables[name]) for name in names}

    def _check_options(self) -> None:
        required = {
            "from": self._get_option("from"),
            "to, cc or bcc": self._get_option("to") or self._get_option("cc") or self._get_option("bcc"),
            "api_token (or the environment variable MAILTRAP_API_TOKEN)": self._api_token,
        }
        missing = [names for names, value in required.items() if not value]
        if missing:
            raise MailtrapError(f"Could not send mail: missing options: {'; '.join(missing)}")

    def _get_option(self, name: str) -> Any:
        """Return the value of an option, or None if it is empty; lists are returned without empty entries."""
        value = self.get_option(name)
        if isinstance(value, list):
            return [item for item in value if item]
        return None if value == "" else value

    def _clean(self, value: object) -> str:
        """Convert a value to text without secrets and control characters."""
        text = mask_secrets(str(value))
        return strip_control_characters(text.replace(self._api_token, "***") if self._api_token else text)

    @_warn_on_error
    def v2_playbook_on_task_start(self, task: Task, is_conditional: bool) -> None:
        # Keep the name that the console shows. In a result, the name may be templated with the secret of an item.
        self._task_names[task._uuid] = task.get_name()

    @_warn_on_error
    def v2_playbook_on_handler_task_start(self, task: Task) -> None:
        self._task_names[task._uuid] = task.get_name()

    @_warn_on_error
    def v2_runner_on_ok(self, result: TaskResult) -> None:
        task = _get_task(result)
        if self._collector and result.is_changed():
            self._collector.add_change(self.host_label(result), self._task_name(task), self._task_path(task))
        self._add_warnings(result)

    @_warn_on_error
    def v2_runner_on_skipped(self, result: TaskResult) -> None:
        self._add_warnings(result)

    @_warn_on_error
    def v2_runner_on_failed(self, result: TaskResult, ignore_errors: bool = False) -> None:
        if ignore_errors:
            self._add_failure("ignored", result)
        else:
            self._add_failure("rescued" if _is_rescued(_get_task(result)) else "failed", result)

    @_warn_on_error
    def v2_runner_on_unreachable(self, result: TaskResult) -> None:
        self._add_failure("ignored" if _get_task(result).ignore_unreachable else "unreachable", result)

    def _add_failure(self, status: FailureStatus, result: TaskResult) -> None:
        task = _get_task(result)
        if self._collector:
            self._collector.add_failure(
                status,
                self.host_label(result),
                self._task_name(task),
                self._task_path(task),
                _get_result(result),
                _get_cause(result),
            )
        self._add_warnings(result)

    def _add_warnings(self, result: TaskResult) -> None:
        for key in self._warning_keys:
            # In ansible-core 2.19 and newer, getting the result copies it. Its attributes say whether there are any.
            if self._collector and getattr(result, key, True):
                for warning in _get_result(result).get(key) or ():
                    self._collector.add_warning(warning["msg"] if isinstance(warning, dict) else warning)

    def _task_name(self, task: Task) -> str:
        return (self._task_names.get(task._uuid) or task.get_name()).strip()

    def _task_path(self, task: Task) -> str:
        """Return the file and line of a task, relative to the playbook's folder if the file is inside it."""
        return _relative_path(task.get_path() or "", os.path.dirname(self._playbooks[-1]))

    @_warn_on_error
    def v2_playbook_on_stats(self, stats: AggregateStats) -> None:
        counts = {host: stats.summarize(host) for host in stats.processed}
        has_failed = has_run_failed(counts)
        if self._collector is None or self._has_more_playbooks(has_failed):
            return
        state, failing_since, error = self._load_failure_state(has_failed)
        has_recovered = failing_since is not None and not has_failed
        has_changed = not has_failed and any(count["changed"] for count in counts.values())
        if is_mail_wanted(self.get_option("when"), has_failed, has_changed, has_recovered):
            try:
                self._send(self._collector, counts, failing_since, has_recovered)
            except MailtrapError as send_error:
                error = send_error
        # If the mail was not sent, the next successful run reports the recovery.
        if state and has_recovered and (error is None or error.uncertain):
            state.clear()
        if error:
            raise error

    def _has_more_playbooks(self, has_failed: bool) -> bool:
        """Return whether the command runs another playbook: statistics follow each, and a failure ends the command."""
        playbooks = context.CLIARGS.get("args")
        return not has_failed and isinstance(playbooks, (list, tuple)) and len(self._playbooks) < len(playbooks)

    def _load_failure_state(
        self, has_failed: bool
    ) -> tuple[FailureState | None, datetime.datetime | None, MailtrapError | None]:
        """Record a failure, and return the state of the run, the time since which it has failed, and any error."""
        if "recovery" not in self.get_option("when"):
            return None, None, None
        folder = self._get_option("state_dir") or os.path.join(C.ANSIBLE_HOME, "mailtrap_summary")
        state = FailureState(folder, self._run_id())
        try:
            failing_since = state.failing_since()
            if has_failed:
                state.record_failure()
        except MailtrapError as error:
            return state, None, error
        return state, failing_since, None

    def _run_id(self) -> str:
        """Return a text that is the same whenever the same run is repeated."""
        names = ("inventory", "subset", "tags", "skip_tags", "check")
        arguments = {name: context.CLIARGS.get(name) for name in names}
        words = [f"{name}={value}" for name, value in arguments.items() if value]
        return " ".join([self._get_option("title") or "", *self._playbooks, *words]).strip()

    def _send(
        self,
        collector: RunCollector,
        counts: dict[str, dict[str, int]],
        failing_since: datetime.datetime | None,
        has_recovered: bool,
    ) -> None:
        details = self._run_details(failing_since)
        user, system = details["Started by"], self._origin.system or details["Ran on"]
        summary = collector.summarize(
            title=self._get_option("title") or ", ".join(os.path.basename(path) for path in self._playbooks),
            byline=f"Started by {user} on {system} · {details['Started']} · took {details['Duration']}",
            stats=counts,
            details=[
                RunDetail(label, text, self._origin.commit_url if label == "Commit" else "")
                for label, text in details.items()
            ],
            check_mode=bool(context.CLIARGS.get("check")),
            has_recovered=has_recovered,
            job_url=self._origin.job_url,
        )
        subject = render_subject(summary, self._get_option("subject_prefix") or "")
        options = {name: self._get_option(name) for name in _MAIL_OPTIONS}
        # Most runs send no mail. Only this import needs the libraries for sending.
        from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.sending import send_mail

        send_mail(self, options, subject, render_text(summary), render_html(summary, subject))
        self._display.v(f"community.mailtrap.summary: sent {subject!r}")

    def _run_details(self, failing_since: datetime.datetime | None) -> dict[str, str]:
        """Return the known details of the run by their labels."""
        origin = self._origin
        ended = datetime.datetime.now().astimezone()
        inventory = [name for name in context.CLIARGS.get("inventory") or () if "," in name or os.path.exists(name)]
        details = {
            "Playbook": ", ".join(_relative_path(path, os.getcwd()) for path in self._playbooks),
            "Inventory": ", ".join(_relative_path(name, os.getcwd()) for name in inventory),
            "Limit": context.CLIARGS.get("subset") or "",
            "Started": format_time(self._started),
            "Duration": format_duration((ended - self._started).total_seconds()),
            "Failing since": format_time(failing_since) if failing_since else "",
            "Started by": origin.user or _get_local_user(),
            "Ran on": ", ".join(filter(None, [origin.system, platform.node()])) or "localhost",
            "Project": " @ ".join(filter(None, [origin.project, origin.ref])),
            "Commit": origin.commit[:12],
            "Ansible": f"ansible-core {ansible_version}",
        }
        return {label: truncate(self._clean(text), MAX_NAME_LENGTH) for label, text in details.items() if text}

    def _disable(self, reason: str) -> None:
        """Show a warning and ignore all later events."""
        self.disabled = True
        self._display.warning(" ".join(f"community.mailtrap.summary: {self._clean(reason)}".split()))


# In ansible-core 2.18 and older, the attributes of a result have an underscore. A later version will drop these names.


def _get_task(result: TaskResult) -> Task:
    return result.task if hasattr(result, "task") else result._task


def _get_result(result: TaskResult) -> dict[str, Any]:
    return result.result if hasattr(result, "result") else result._result


def _get_cause(result: TaskResult) -> str:
    """Return the innermost error message. In ansible-core 2.19 and newer, the result holds only the outermost one."""
    event: Any = getattr(getattr(result, "exception", None), "event", None)
    while getattr(event, "chain", None):
        event = event.chain.event
    return getattr(event, "msg", "")


def _is_rescued(task: Task) -> bool:
    """Return whether a block around the task rescues its failure."""
    child, block = task, task._parent
    while block is not None:
        if getattr(block, "rescue", None) and any(member._uuid == child._uuid for member in block.block):
            return True
        child, block = block, block._parent
    return False


def _relative_path(path: str, folder: str) -> str:
    """Return a path relative to a folder if it is inside the folder, otherwise as it is."""
    return path.removeprefix(f"{folder}{os.sep}") if folder else path


@contextlib.contextmanager
def _without_empty_variables() -> Iterator[None]:
    """Hide empty environment variables of the collection, because CI systems set unused variables to ''."""
    empty = [name for name, value in os.environ.items() if name.startswith("MAILTRAP_") and not value]
    for name in empty:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(dict.fromkeys(empty, ""))


def _template_variable(templar: Templar, name: str, value: Any) -> Any:
    try:
        return templar.template(value)
    except AnsibleError as error:
        raise MailtrapError(f"Could not template the variable {name}: {error}") from None


def _get_local_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # The user ID has no name, which happens in containers.
        return f"user {os.getuid()}"
