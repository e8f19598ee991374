# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: summary
type: notification
short_description: Send one mail at the end of a run
version_added: 0.1.0
description:
  - Send one mail through Mailtrap when a run of Ansible has ended. Its subject tells the outcome; its text and its HTML
    tell what failed first and why, what became of each host, what changed, which failures were rescued or ignored, and
    who started the run, where, and from which commit.
  - The mail is made from a few fields of the results, which are the message, the return code and the end of what was
    printed. Arguments of modules and the results of tasks with C(no_log) are never in it.
  - It does not change the outcome of a run. What goes wrong with it is told in one warning, and sending takes
    O(timeout) seconds at most.
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
      - What has to happen for a mail to be sent.
      - V(failure) is a host that failed or was unreachable, after all that was rescued and ignored.
      - V(recovery) is a run that works after one that failed.
      - V(change) is a run that works and changed something; V(always) is any run.
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
      - The sender, as V(user@host) or V(Name <user@host>). It is required.
      - On the transactional and the bulk stream its domain must be a verified sending domain of the account.
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
      - A recipient is required, here or in O(cc) or O(bcc).
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
    description: The recipients of copies that the others do not see.
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
    description: Where answers go.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_REPLY_TO
    ini:
      - section: mailtrap_summary
        key: reply_to
    vars:
      - name: mailtrap_summary_reply_to
  title:
    description: What the run is called in the mail. The names of its playbooks when not given.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_TITLE
    ini:
      - section: mailtrap_summary
        key: title
    vars:
      - name: mailtrap_summary_title
  subject_prefix:
    description: The first words of the subject, such as V([production]).
    type: str
    env:
      - name: MAILTRAP_SUMMARY_SUBJECT_PREFIX
    ini:
      - section: mailtrap_summary
        key: subject_prefix
    vars:
      - name: mailtrap_summary_subject_prefix
  category:
    description: The category under which the service counts the mail, up to 255 characters.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_CATEGORY
    ini:
      - section: mailtrap_summary
        key: category
    vars:
      - name: mailtrap_summary_category
  stream:
    description: How the mail is sent. V(sandbox) when a sandbox is given, else V(transactional).
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
      - The name of the sandbox into which the mail goes, and to no recipient. It is looked up, which costs a request.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_SANDBOX
    ini:
      - section: mailtrap_summary
        key: sandbox
    vars:
      - name: mailtrap_summary_sandbox
  sandbox_id:
    description: The id of the sandbox into which the mail goes, and to no recipient.
    type: int
    env:
      - name: MAILTRAP_SUMMARY_SANDBOX_ID
    ini:
      - section: mailtrap_summary
        key: sandbox_id
    vars:
      - name: mailtrap_summary_sandbox_id
  project:
    description: The name of the project of the sandbox, where the name of the sandbox alone is not unique.
    type: str
    env:
      - name: MAILTRAP_SUMMARY_PROJECT
    ini:
      - section: mailtrap_summary
        key: project
    vars:
      - name: mailtrap_summary_project
  project_id:
    description: The id of the project of the sandbox, where the name of the sandbox alone is not unique.
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
      - The folder in which it is remembered which runs failed, with a file for each. It is used when V(recovery) is in
        O(when).
      - A run is the same as an earlier one if its playbooks, title, inventory, limit, tags and check mode are the same.
      - The folder C(mailtrap_summary) in the home of Ansible, C(~/.ansible), when not given. On CI this has to be a
        folder that outlives the job.
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
      - Seconds that sending may take in all, with connecting, waiting and repetitions, up to 3600. A run is not kept
        longer than that.
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
  - Variables are those of the first host of the first play, such as in C(group_vars/all) or by C(--extra-vars).
  - Runs in check mode send mails too, which say so in their subject. Syntax checks and lists send none.
  - There is one mail for all playbooks of a command. A run that Ansible itself gives up, because of an error in a
    playbook or of Ctrl-C, ends without one.
  - What a task prints when it fails is in the mail, as it is on the console. Use C(no_log) where that must not be. With
    ansible-core 2.22 and newer, secrets that Ansible knows, such as vaulted values, are masked there as well.
  - Long lists are cut, and tell how much is left out.
seealso:
  - module: community.mailtrap.notify
"""

EXAMPLES = r"""
# In ansible.cfg, with the token in the environment variable MAILTRAP_API_TOKEN.
example: |
  [defaults]
  callbacks_enabled = community.mailtrap.summary

  [mailtrap_summary]
  from = Ansible <ansible@example.com>
  to = Operations <ops@example.com>, oncall@example.com
  subject_prefix = [production]
  when = failure, recovery

# In the environment, into a sandbox.
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

from ansible import constants as C
from ansible import context
from ansible.errors import AnsibleError
from ansible.plugins.callback import CallbackBase
from ansible.release import __version__ as ansible_version
from ansible.template import Templar

from ansible_collections.community.mailtrap.plugins.module_utils._api.errors import MailtrapError
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary import mail, records
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.memory import Memory
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.origin import VARIABLES, origin_of

try:
    from ansible.module_utils.secrets import mask_secrets
except ImportError:  # up to ansible-core 2.21 it keeps no record of secrets

    def mask_secrets(text):
        return text


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


def _harmless(method):
    """Let a fault end the summary with one warning, and never the run."""

    @functools.wraps(method)
    def guarded(self, *arguments, **named):
        try:
            method(self, *arguments, **named)
        except MailtrapError as error:
            self._give_up(error)
        except AnsibleError as error:
            # From ansible-core 2.19 on, what would be right is told apart from what is wrong.
            self._give_up(f"{error} {getattr(error, '_help_text', None) or ''}")
        except Exception as error:
            self._give_up(f"{type(error).__name__}: {error}")

    return guarded


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "community.mailtrap.summary"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self._started = datetime.datetime.now().astimezone()
        self._playbooks = []
        self._names = {}
        self._record = None
        self._origin = None
        self._token = None
        self._warnings = ["warnings"]

    def set_options(self, task_keys=None, var_options=None, direct=None):
        """Wait for the first play, whose variables count as well; what is wrong is then told once."""

    @_harmless
    def v2_playbook_on_start(self, playbook):
        if os.path.isfile(playbook._file_name):
            self._playbooks.append(os.path.abspath(playbook._file_name))

    @_harmless
    def v2_playbook_on_play_start(self, play):
        if self._record is not None:
            return
        if not self._playbooks:  # ad hoc, where there is no file
            self._playbooks.append(play.get_name())
        variables = self._variables(play)
        with _blank_is_unset():
            super().set_options(var_options=variables)
        self._token = self._option("api_token")
        self._check_options()
        self._record = records.Record(self._cleaned)
        if C.config.get_config_value("DEPRECATION_WARNINGS"):
            self._warnings.append("deprecations")
        self._origin = origin_of({**os.environ, **variables})

    def _variables(self, play):
        """Return the variables that are options of ours, or tell where the run comes from: dict."""
        manager = play.get_variable_manager()
        hosts = manager._inventory.get_hosts(play.hosts)
        variables = manager.get_vars(play=play, host=hosts[0] if hosts else None)
        names = {*C.config.get_plugin_vars("callback", self._load_name), *VARIABLES}.intersection(variables)
        templar = Templar(loader=play.get_loader(), variables=variables)
        return {name: _template(templar, name, variables[name]) for name in names}

    def _check_options(self):
        needed = {
            "from": self._option("from"),
            "to, cc or bcc": self._option("to") or self._option("cc") or self._option("bcc"),
            "api_token, or MAILTRAP_API_TOKEN in the environment": self._token,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise MailtrapError(f"no mail can be sent without {'; '.join(missing)}")

    def _option(self, name):
        """Return an option; what is empty is not given."""
        value = self.get_option(name)
        if isinstance(value, list):
            return [item for item in value if item]
        return None if value == "" else value

    def _cleaned(self, text):
        text = mask_secrets(str(text))
        return records.cleaned(text.replace(self._token, "***") if self._token else text)

    @_harmless
    def v2_playbook_on_task_start(self, task, is_conditional):
        # Now it has the name that the console shows; its results tell a name that is made for one host or item.
        self._names[task._uuid] = task.get_name()

    @_harmless
    def v2_playbook_on_handler_task_start(self, task):
        self._names[task._uuid] = task.get_name()

    @_harmless
    def v2_runner_on_ok(self, result):
        task = _task_of(result)
        if result.is_changed():
            self._record.change(self.host_label(result), self._name_of(task), self._path_of(task))
        self._note_warnings(result)

    @_harmless
    def v2_runner_on_skipped(self, result):
        self._note_warnings(result)

    @_harmless
    def v2_runner_on_failed(self, result, ignore_errors=False):
        kind = "ignored" if ignore_errors else "rescued" if _is_rescued(_task_of(result)) else "failed"
        self._note_trouble(kind, result)

    @_harmless
    def v2_runner_on_unreachable(self, result):
        self._note_trouble("ignored" if _task_of(result).ignore_unreachable else "unreachable", result)

    def _note_trouble(self, kind, result):
        task = _task_of(result)
        name, path = self._name_of(task), self._path_of(task)
        answer = {**_answer_of(result), "cause": _cause_of(result)}
        self._record.trouble(kind, self.host_label(result), name, path, answer)
        self._note_warnings(result)

    def _note_warnings(self, result):
        for kind in self._warnings:
            # From ansible-core 2.19 on, asking for the answer copies all of it.
            if getattr(result, kind, True):
                for warning in _answer_of(result).get(kind) or ():
                    self._record.warning(warning["msg"] if isinstance(warning, dict) else warning)

    def _name_of(self, task):
        return (self._names.get(task._uuid) or task.get_name()).strip()

    def _path_of(self, task):
        """Return where a task is written, from the folder of the playbook if it is below that: str."""
        return _within(os.path.dirname(self._playbooks[-1]), task.get_path() or "")

    @_harmless
    def v2_playbook_on_stats(self, stats):
        counts = {host: stats.summarize(host) for host in stats.processed}
        failed = records.has_failed(counts)
        if self._record is None or self._is_followed(failed):
            return
        memory, since, problem = self._remembered(failed)
        recovered = since is not None and not failed
        changed = not failed and any(count["changed"] for count in counts.values())
        if records.is_wanted(self.get_option("when"), failed, changed, recovered):
            try:
                self._send(counts, since, recovered)
            except MailtrapError as error:
                problem = error
        if recovered and (problem is None or problem.uncertain):  # else the next run that works tells it
            memory.worked()
        if problem:
            raise problem

    def _is_followed(self, failed):
        """Say whether the command has more playbooks to run: counts come after each, and a failure ends it."""
        playbooks = context.CLIARGS.get("args")
        return not failed and isinstance(playbooks, (list, tuple)) and len(self._playbooks) < len(playbooks)

    def _remembered(self, failed):
        """Return the Memory of this run, since when it has been failing, and a MailtrapError; each of them or None."""
        if "recovery" not in self.get_option("when"):
            return None, None, None
        memory = Memory(self._option("state_dir") or os.path.join(C.ANSIBLE_HOME, "mailtrap_summary"), self._identity())
        try:
            since = memory.failing_since()
            if failed:
                memory.failed()
        except MailtrapError as error:
            return memory, None, error
        return memory, since, None

    def _identity(self):
        """Return what makes a later run the same one: str."""
        words = {name: context.CLIARGS.get(name) for name in ("inventory", "subset", "tags", "skip_tags", "check")}
        told = [f"{name}={value}" for name, value in words.items() if value]
        return " ".join([self._option("title") or "", *self._playbooks, *told]).strip()

    def _send(self, counts, since, recovered):
        names = ", ".join(os.path.basename(path) for path in self._playbooks)
        facts = self._facts(since)
        place = self._origin.system or facts["On"]
        summary = self._record.summary(
            title=self._option("title") or names,
            byline=f"By {facts['By']} on {place} · {facts['Started']} · took {facts['Duration']}",
            stats=counts,
            facts=[
                records.Fact(label, text, self._origin.commit_url if label == "Commit" else "")
                for label, text in facts.items()
            ],
            check=bool(context.CLIARGS.get("check")),
            recovered=recovered,
            job=self._origin.job,
        )
        subject = mail.subject(summary, self._option("subject_prefix") or "")
        text, html = mail.text(summary), mail.html(summary, subject)
        # In most runs there is no mail, and no other use for the half of a dozen libraries that send one.
        from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.delivery import deliver

        deliver(self, {name: self._option(name) for name in _MAIL_OPTIONS}, subject, text, html)
        self._display.v(f"community.mailtrap.summary: sent {subject!r}")

    def _facts(self, since):
        """Return what is known about the run as a whole: dict of str to str."""
        origin = self._origin
        ended = datetime.datetime.now().astimezone()
        inventory = [name for name in context.CLIARGS.get("inventory") or () if "," in name or os.path.exists(name)]
        told = {
            "Playbook": ", ".join(_within(os.getcwd(), path) for path in self._playbooks),
            "Inventory": ", ".join(_within(os.getcwd(), name) for name in inventory),
            "Limit": context.CLIARGS.get("subset") or "",
            "Started": records.moment(self._started),
            "Duration": records.duration((ended - self._started).total_seconds()),
            "Failing since": records.moment(since) if since else "",
            "By": origin.user or _user(),
            "On": ", ".join(filter(None, [origin.system, platform.node()])) or "localhost",
            "Project": " @ ".join(filter(None, [origin.project, origin.ref])),
            "Commit": origin.commit[:12],
            "Ansible": f"ansible-core {ansible_version}",
        }
        return {
            label: records.shortened(self._cleaned(text), records.LONGEST_NAME) for label, text in told.items() if text
        }

    def _give_up(self, reason):
        """Warn once, and be out of the way from then on."""
        self.disabled = True
        self._display.warning(" ".join(f"community.mailtrap.summary: {self._cleaned(reason)}".split()))


# Up to ansible-core 2.18 these have an underscore, and later ones will lose those.


def _task_of(result):
    return result.task if hasattr(result, "task") else result._task


def _answer_of(result):
    return result.result if hasattr(result, "result") else result._result


def _cause_of(result):
    """Return the innermost message of a failure: str. From ansible-core 2.19 on the result has the outermost alone."""
    event = getattr(getattr(result, "exception", None), "event", None)
    while getattr(event, "chain", None):
        event = event.chain.event
    return getattr(event, "msg", "")


def _is_rescued(task):
    """Say whether a block around a task rescues its failure: bool."""
    inner, block = task, task._parent
    while block is not None:
        if getattr(block, "rescue", None) and any(member._uuid == inner._uuid for member in block.block):
            return True
        inner, block = block, block._parent
    return False


def _within(folder, path):
    """Return a path as it is from a folder, if it is below that: str."""
    return path.removeprefix(f"{folder}{os.sep}") if folder else path


@contextlib.contextmanager
def _blank_is_unset():
    """Have no empty environment variables of ours: CI leaves such for what has no value."""
    blank = [name for name, value in os.environ.items() if name.startswith("MAILTRAP_") and not value]
    for name in blank:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(dict.fromkeys(blank, ""))


def _template(templar, name, value):
    try:
        return templar.template(value)
    except AnsibleError as error:
        raise MailtrapError(f"the variable {name} cannot be used: {error}") from None


def _user():
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # nobody has this number, as in containers
        return f"user {os.getuid()}"
