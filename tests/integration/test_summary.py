# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary callback: runs playbooks and checks the mail that each run sends."""

from __future__ import annotations

import email
import email.policy
import pathlib
import re
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass

import pytest
import yaml

BIN = pathlib.Path(sys.executable).parent
NEEDS_SECRETS_API = pytest.mark.skipif(
    subprocess.run([BIN / "python", "-c", "import ansible.module_utils.secrets"], capture_output=True).returncode != 0,
    reason="needs the secrets API of ansible-core 2.22",
)


@dataclass
class Mail:
    """A mail that the emulator received."""

    message: email.message.EmailMessage

    @property
    def subject(self):
        return self.message["Subject"]

    @property
    def text(self):
        return self.message.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @property
    def html(self):
        return self.message.get_body(("html",)).get_content()

    @property
    def hosts(self):
        """The counts of each listed host in the plain text, by their names in the play recap."""
        lines = [line for line in self.section("HOSTS") if not line.startswith("and ")]
        return {
            line.split()[0]: {
                name: int(count) for count, name in re.findall(r"(\d+) ([a-z]+)", line.partition("  ")[2])
            }
            for line in lines
        }

    def section(self, title):
        """Return the lines of a section of the plain text, without empty lines."""
        _, _, rest = self.text.partition(f"\n{title}\n{'-' * len(title)}\n")
        return [line for line in re.split(r"\n\n[A-Z ]+\n-+\n", rest)[0].splitlines() if line]


@dataclass
class Run:
    """A finished Ansible command.

    :ivar requests: the method and path of each request to the emulator.
    """

    status: int
    output: str
    seconds: float
    mails: list[Mail]
    requests: list[str]

    @property
    def mail(self):
        (mail,) = self.mails
        return mail

    @property
    def warnings(self):
        """The warnings on the console, each joined to one line."""
        found = re.findall(r"^\[WARNING\]: (.*(?:\n\S.*)*)", self.output, re.MULTILINE)
        return [" ".join(warning.split()) for warning in found]

    @property
    def recap(self):
        """The counts of each host in the play recap that are not 0."""
        lines = re.findall(r"^(\S+) +: (ok=.*)$", self.output, re.MULTILINE)
        counts = {host: dict(re.findall(r"(\w+)=(\d+)", line)) for host, line in lines}
        return {
            host: {name: int(count) for name, count in of_host.items() if count != "0"}
            for host, of_host in counts.items()
        }


@pytest.fixture
def run(emulator, ansible_environment, run_command, tmp_path):
    """Return a function that runs playbooks, given as YAML, with the callback enabled."""

    def run(
        *playbooks,
        arguments=(),
        hosts=("localhost",),
        environment=None,
        program="ansible-playbook",
        prints_token=False,
    ):
        paths = []
        for number, playbook in enumerate(playbooks, 1):
            path = tmp_path / (f"site{number}.yml" if len(playbooks) > 1 else "site.yml")
            path.write_text(textwrap.dedent(playbook))
            paths.append(str(path))
        inventory = tmp_path / "hosts.ini"
        inventory.write_text(
            "\n".join(hosts)
            + "\n[all:vars]\nansible_connection=local\nansible_python_interpreter={{ ansible_playbook_python }}\n"
        )
        variables = {
            **ansible_environment,
            "ANSIBLE_CALLBACKS_ENABLED": "community.mailtrap.summary",
            # Some versions of ansible-core print deprecation warnings about Python or about themselves.
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
            "MAILTRAP_SUMMARY_FROM": "Ansible <ansible@example.com>",
            "MAILTRAP_SUMMARY_TO": "Ops <ops@example.com>",
            **(environment or {}),
        }
        variables = {name: value for name, value in variables.items() if value is not None}
        mail_count, request_count = len(emulator.outbox()), len(emulator.journal())
        started = time.monotonic()
        status, output = run_command(
            [str(BIN / program), "-i", str(inventory), *paths, *arguments], variables, tmp_path
        )
        seconds = time.monotonic() - started
        assert prints_token or emulator.token not in output
        assert "Traceback (most recent call last)" not in output, output
        mails = [
            Mail(email.message_from_string(entry["raw"], policy=email.policy.default))
            for entry in emulator.outbox()[mail_count:]
        ]
        requests = [f"{entry['method']} {entry['path']}" for entry in emulator.journal()[request_count:]]
        return Run(status, output, seconds, mails, requests)

    return run


ALWAYS = {"MAILTRAP_SUMMARY_WHEN": "always"}
UNCHANGED = """
    - hosts: all
      gather_facts: false
      tasks:
        - name: Print a greeting
          ansible.builtin.debug: {msg: hello}
    """
CHANGED = """
    - hosts: all
      gather_facts: false
      tasks:
        - name: Write the configuration
          ansible.builtin.debug: {msg: hello}
          changed_when: true
    """
FAILED = """
    - hosts: all
      gather_facts: false
      tasks:
        - name: Start the service
          ansible.builtin.fail: {msg: It broke.}
    """
NO_LOG_SECRET, HEADER_SECRET, VAULT_SECRET = "secret-in-no-log", "secret-in-a-header", "secret-in-the-vault"


@pytest.fixture
def vault_option(ansible_environment, tmp_path):
    """Write vaulted.yml, which holds a vaulted variable, and return the option that decrypts it."""
    password = tmp_path / "password"
    password.write_text("open sesame")
    command = [
        BIN / "ansible-vault",
        "encrypt_string",
        "--vault-password-file",
        password,
        "--name",
        "vaulted",
        VAULT_SECRET,
    ]
    encrypted = subprocess.run(command, env=ansible_environment, capture_output=True, text=True, check=True)
    (tmp_path / "vaulted.yml").write_text(encrypted.stdout)
    return f"--vault-password-file={password}"


def test_mail_about_a_failed_run(run, vault_option):
    result = run(
        f"""
        - name: Ärger 🎉
          hosts: all
          gather_facts: false
          vars_files: [vaulted.yml]
          tasks:
            - name: Connect
              ansible.builtin.raw: "true"
              changed_when: false
            - name: Query the versions
              ansible.builtin.command: "false"
              loop: [one, two]
              ignore_errors: true
            - name: Restart the service
              block:
                - name: Restart gracefully
                  ansible.builtin.shell: echo no process found >&2; exit 3
              rescue:
                - name: Start the service
                  ansible.builtin.debug: {{msg: started}}
            - name: Hide the result
              ansible.builtin.command: "sh -c 'echo {NO_LOG_SECRET}; exit 1'"
              no_log: true
              ignore_errors: true
            - name: Use a vaulted variable
              ansible.builtin.command: "false {{{{ vaulted }}}}"
              environment: {{PASSWORD: "{{{{ vaulted }}}}"}}
              ignore_errors: true
            - name: Use a vaulted variable in a loop
              ansible.builtin.command: "false {{{{ item.password }}}}"
              loop: [{{name: ann, password: "{{{{ vaulted }}}}"}}]
              ignore_errors: true
            - name: Grüße abholen 🎉
              ansible.builtin.uri:
                url: http://127.0.0.1:9/
                headers: {{Api-Token: {HEADER_SECRET}, X-Vaulted: "{{{{ vaulted }}}}"}}
              when: inventory_hostname != 'healthy'
        """,
        arguments=[vault_option],
        hosts=["web1", "web2", "web3", "healthy", "offline ansible_connection=unreachable"],
    )
    assert result.status in (2, 4)
    assert result.requests == ["POST /api/send"] and result.warnings == []
    mail = result.mail
    assert mail.subject == "❌ site.yml failed on 3 and could not reach 1 of 5 hosts: Connect"
    assert mail.hosts == result.recap
    assert mail.hosts["web1"] == {"failed": 1, "rescued": 1, "ignored": 4, "changed": 4, "ok": 6}
    unreachable, *_ = mail.section("FIRST FAILURE")
    assert unreachable.startswith("Unreachable: Connect (site.yml:")
    assert "  on offline" in mail.section("FIRST FAILURE")
    assert "There is no route to this host." in mail.text
    task, hosts, reason = mail.section("MORE FAILURES")
    assert task.startswith("Grüße abholen 🎉 (site.yml:") and hosts == "  on web1, web2, web3"
    assert "Connection refused" in reason
    handled = [line for line in mail.section("RESCUED AND IGNORED") if not line.startswith(" ")]
    assert [line.partition(" (")[0] for line in handled] == [
        "Ignored: Query the versions",
        "Rescued: Restart gracefully",
        "Ignored: Hide the result",
        "Ignored: Use a vaulted variable",
        "Ignored: Use a vaulted variable in a loop",
    ]
    assert "    no process found" in mail.section("RESCUED AND IGNORED")
    assert "    one: " in mail.text and "2 of 2 items failed" in mail.text
    for part in (str(mail.message), mail.subject, mail.text, mail.html, result.requests[0]):
        for secret in (NO_LOG_SECRET, HEADER_SECRET, VAULT_SECRET):
            assert secret not in part


def test_addresses_and_alternative_bodies(run):
    environment = {
        **ALWAYS,
        "MAILTRAP_SUMMARY_FROM": "Ansible für alle <ansible@example.com>",
        "MAILTRAP_SUMMARY_TO": "Jörg <joerg@example.com>, dev@example.com",
        "MAILTRAP_SUMMARY_CC": "cc@example.com",
        "MAILTRAP_SUMMARY_BCC": "bcc@example.com",
        "MAILTRAP_SUMMARY_REPLY_TO": "help@example.com",
        "MAILTRAP_SUMMARY_TITLE": "Größe 🎉",
        "MAILTRAP_SUMMARY_SUBJECT_PREFIX": "[Büro]",
        "MAILTRAP_SUMMARY_CATEGORY": "ansible",
    }
    mail = run(UNCHANGED, environment=environment).mail
    assert mail.subject == "[Büro] ✅ Größe 🎉 changed nothing on 1 host"
    assert mail.message["From"] == "Ansible für alle <ansible@example.com>"
    assert mail.message["To"] == "Jörg <joerg@example.com>, dev@example.com"
    assert mail.message["Cc"] == "cc@example.com" and mail.message["Bcc"] is None
    assert mail.message["Reply-To"] == "help@example.com"
    assert [part.get_content_type() for part in mail.message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
    ]
    assert mail.text.startswith("Größe 🎉 changed nothing on 1 host\n")
    assert "Größe 🎉 changed nothing on 1 host</h1>" in mail.html


@pytest.mark.parametrize(
    "when, playbook, mail_count",
    [
        (None, UNCHANGED, 0),
        (None, CHANGED, 0),
        (None, FAILED, 1),
        ("change", CHANGED, 1),
        ("change,recovery", FAILED, 0),
    ],
)
def test_when_a_mail_is_sent(run, when, playbook, mail_count):
    result = run(playbook, environment={"MAILTRAP_SUMMARY_WHEN": when})
    assert len(result.mails) == len(result.requests) == mail_count and result.warnings == []


def test_recovery_is_reported_once(run, tmp_path):
    environment = {"MAILTRAP_SUMMARY_WHEN": "recovery", "MAILTRAP_SUMMARY_STATE_DIR": str(tmp_path / "state")}
    assert run(UNCHANGED, environment=environment).mails == []
    assert run(FAILED, environment=environment).mails == []
    other_run = ["--limit", "localhost", "--check"]
    assert run(UNCHANGED, environment=environment, arguments=other_run).mails == []
    failure = run(FAILED, environment={**environment, "MAILTRAP_SUMMARY_WHEN": "failure,recovery"}).mail
    assert any(line.startswith("Failing since") for line in failure.section("RUN DETAILS"))
    recovery = run(CHANGED, environment=environment).mail
    assert recovery.subject == "✅ site.yml works again: changed 1 host"
    assert any(line.startswith("Failing since") for line in recovery.section("RUN DETAILS"))
    assert run(CHANGED, environment=environment).mails == []
    assert list((tmp_path / "state").iterdir()) == []


def test_recovery_is_reported_by_the_next_run_if_the_mail_was_not_sent(run):
    assert run(FAILED).mail
    assert run(UNCHANGED, environment={"MAILTRAP_API_TOKEN": "wrong"}).mails == []
    assert run(UNCHANGED).mail.subject == "✅ site.yml works again: changed nothing on 1 host"


def test_recovery_is_not_reported_again_if_the_mail_may_have_been_sent(run, emulator):
    assert run(FAILED).mail
    emulator.fault(path="/api/send", status=500, json={"errors": ["no"]}, times=1)
    assert re.search("may have (taken effect|been sent)", run(UNCHANGED).output)
    assert run(UNCHANGED).mails == []


def test_mail_mentions_check_mode(run):
    changed = run(CHANGED, environment=ALWAYS, arguments=["--check"]).mail
    assert changed.subject == "✅ site.yml would change 1 host (check mode)"
    assert changed.section("WOULD CHANGE") == ["* Write the configuration", "  localhost"]
    failed = run(FAILED, arguments=["--check"]).mail
    assert failed.subject == "❌ site.yml failed on 1 host: Start the service (check mode)"
    assert "check mode" in failed.html


@pytest.mark.parametrize("option", ["--syntax-check", "--list-tasks"])
def test_no_mail_if_no_task_runs(run, option):
    result = run(CHANGED, environment=ALWAYS, arguments=[option])
    assert result.status == 0 and result.requests == [] and result.warnings == []


def test_handlers_blocks_loops_and_strategies(run, tmp_path):
    (tmp_path / "more.yml").write_text(
        textwrap.dedent(
            """
            - name: Change in an included file
              ansible.builtin.debug: {msg: hello}
              changed_when: true
            - name: Fail in an included file
              ansible.builtin.fail: {msg: included}
            """
        )
    )
    result = run(
        """
        - name: Run on one host after the other
          hosts: web
          serial: 1
          gather_facts: false
          tasks:
            - name: Change each host
              ansible.builtin.debug: {msg: hello}
              changed_when: true
              notify: Restart
            - name: Change a delegated host
              ansible.builtin.debug: {msg: hello}
              changed_when: true
              delegate_to: db
              run_once: true
            - name: Include and rescue
              block:
                - ansible.builtin.include_tasks: more.yml
              rescue:
                - name: Nested rescue
                  block:
                    - name: Fail in a rescue
                      ansible.builtin.fail: {msg: inner}
                  rescue:
                    - ansible.builtin.debug: {msg: recovered}
              always:
                - name: Run always
                  ansible.builtin.debug: {msg: hello}
          handlers:
            - name: Restart
              ansible.builtin.debug: {msg: hello}
              changed_when: true
        - name: Use the free strategy
          hosts: all
          strategy: free
          gather_facts: false
          tasks:
            - name: Loop over many items
              ansible.builtin.debug: {msg: "{{ item }}"}
              loop: "{{ range(300) | list }}"
              failed_when: item % 2 == 1
              ignore_errors: true
            - name: Skip this task
              ansible.builtin.debug: {msg: hello}
              when: false
            - name: Ignore an unreachable host
              ansible.builtin.raw: "true"
              changed_when: false
              ignore_unreachable: true
        - name: Stop at the first failure
          hosts: all
          gather_facts: false
          any_errors_fatal: true
          tasks:
            - name: Fail on one host
              ansible.builtin.fail: {msg: broken}
              when: inventory_hostname == 'web2'
            - name: Change after the failure
              ansible.builtin.debug: {msg: hello}
              changed_when: true
        - name: Play after the failure
          hosts: all
          gather_facts: false
          tasks:
            - name: Change in the last play
              ansible.builtin.debug: {msg: hello}
              changed_when: true
        """,
        hosts=["db", "offline ansible_connection=unreachable", "[web]", "web1", "web2"],
    )
    assert result.status == 2 and result.warnings == []
    mail = result.mail
    assert mail.subject == "❌ site.yml failed on 1 of 4 hosts: Fail on one host"
    assert mail.hosts == result.recap
    assert mail.hosts["web1"]["rescued"] == 2 and "failed" not in mail.hosts["web1"]
    assert mail.hosts["offline"]["ignored"] == 2 and "unreachable" not in mail.hosts["offline"]
    assert mail.section("FIRST FAILURE")[1:] == ["  on web2", "    broken"]
    assert mail.section("CHANGES") == [
        "* Change each host",
        "  web1, web2",
        "* Change a delegated host",
        "  web1 -> db, web2 -> db",
        "* Change in an included file",
        "  web1, web2",
        "* Restart",
        "  web1, web2",
    ]
    handled = mail.section("RESCUED AND IGNORED")
    assert [line.partition(" (")[0] for line in handled if not line.startswith(" ")] == [
        "Rescued: Fail in an included file",
        "Rescued: Fail in a rescue",
        "Ignored: Loop over many items",
        "Ignored: Ignore an unreachable host",
    ]
    assert "    150 of 300 items failed" in handled and "    and 147 more items" in handled


def test_failures_in_rescue_and_always(run):
    mail = run(
        """
        - hosts: all
          gather_facts: false
          tasks:
            - block:
                - name: Outer
                  block:
                    - name: First
                      ansible.builtin.fail: {msg: one}
                  rescue:
                    - name: Second
                      ansible.builtin.fail: {msg: two}
              rescue:
                - name: Third
                  ansible.builtin.fail: {msg: three}
              always:
                - name: Fourth
                  ansible.builtin.fail: {msg: four}
        """
    ).mail
    assert [line.partition(" (")[0] for line in mail.section("RESCUED AND IGNORED")[::3]] == [
        "Rescued: First",
        "Rescued: Second",
    ]
    assert mail.section("FIRST FAILURE")[0].startswith("Third (") and mail.section("MORE FAILURES")[0].startswith(
        "Fourth"
    )
    assert mail.hosts["localhost"] == {"failed": 2, "rescued": 2}


def test_command_with_several_playbooks_sends_one_mail(run):
    mail = run(CHANGED, UNCHANGED, environment=ALWAYS).mail
    assert mail.subject == "✅ site1.yml, site2.yml changed 1 host"
    assert mail.hosts["localhost"] == {"changed": 1, "ok": 2}
    mail = run(FAILED, UNCHANGED, environment=ALWAYS).mail
    assert mail.subject == "❌ site1.yml failed on 1 host: Start the service"


def test_run_without_hosts(run):
    result = run(UNCHANGED.replace("all", "nobody"), environment=ALWAYS)
    assert result.mail.subject == "✅ site.yml matched no hosts"


def test_mail_about_many_hosts_has_a_maximum_size(run):
    result = run(
        """
        - hosts: all
          gather_facts: false
          tasks:
            - name: Change {{ 'something ' * 50 }}
              ansible.builtin.debug: {msg: hello}
              changed_when: true
            - name: Fail with a long message
              ansible.builtin.fail:
                msg: "{{ inventory_hostname }} {{ 'did not work. ' * 1000 }}"
        """,
        hosts=[f"host{number}" for number in range(80)],
    )
    mail = result.mail
    assert len(mail.hosts) == 25 and mail.section("HOSTS")[-1] == "and 55 more hosts: 55 failed"
    assert mail.section("MORE FAILURES")[-1] == "and 70 more failures that are not listed"
    assert mail.section("CHANGES")[-1].endswith(" and 74 more")
    assert len(mail.html.encode()) < 102_000 and len(str(mail.message)) < 200_000


def test_task_name_does_not_reveal_the_item(run):
    """The mail shows the task's name as the console does."""
    result = run(
        """
        - hosts: all
          gather_facts: false
          tasks:
            - name: Set the password {{ item | default('of all users') }}
              ansible.builtin.debug: {msg: hello}
              changed_when: true
              loop: [secret-in-an-item]
              no_log: true
        """,
        environment=ALWAYS,
    )
    assert "secret-in-an-item" not in result.output
    assert result.mail.section("CHANGES") == ["* Set the password of all users", "  localhost"]


def test_mail_does_not_contain_the_api_token(run, emulator):
    playbook = FAILED.replace("It broke.", '\'{{ lookup("env", "MAILTRAP_API_TOKEN") }}\'')
    result = run(playbook, prints_token=True)
    assert emulator.token in result.output and emulator.token not in str(result.mail.message)
    assert "    ***" in result.mail.section("FIRST FAILURE")


@NEEDS_SECRETS_API
def test_secrets_that_ansible_knows_are_masked(run, vault_option):
    playbook = FAILED.replace("It broke.", "'{{ vaulted }}'").replace(
        "tasks:", "vars_files: [vaulted.yml]\n      tasks:"
    )
    result = run(playbook, arguments=[vault_option])
    assert VAULT_SECRET not in result.output and VAULT_SECRET not in result.mail.text + result.mail.html


def test_mail_lists_warnings(run, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "careful.py").write_text(
        "from ansible.module_utils.basic import AnsibleModule\n"
        "module = AnsibleModule({})\n"
        "module.warn('Überlegen Sie gut.')\n"
        "module.deprecate('Old thing.', version='99.0.0', collection_name='community.mailtrap')\n"
        "module.exit_json()\n"
    )
    playbook = UNCHANGED.replace("ansible.builtin.debug: {msg: hello}", "careful:\n          loop: [1, 2]")
    assert run(playbook, environment=ALWAYS).mail.section("WARNINGS") == ["* Überlegen Sie gut."]
    warnings = run(playbook, environment={**ALWAYS, "ANSIBLE_DEPRECATION_WARNINGS": "1"}).mail.section("WARNINGS")
    assert warnings == ["* Überlegen Sie gut.", "* Old thing."]


def test_run_details_from_github_actions(run):
    sha = "0123456789abcdef0123456789abcdef01234567"
    mail = run(
        UNCHANGED,
        arguments=["--limit", "localhost"],
        environment={
            **ALWAYS,
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "octocat",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_REF_NAME": "main",
            "GITHUB_SHA": sha,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "7",
            "GITHUB_TOKEN": "secret-of-the-job",
        },
    ).mail
    details = dict(re.split(r"  +", line, maxsplit=1) for line in mail.section("RUN DETAILS"))
    assert details["Playbook"] == "site.yml" and details["Inventory"] == "hosts.ini" and details["Limit"] == "localhost"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d \S+", details["Started"])
    assert re.fullmatch(r"\d+ s", details["Duration"])
    assert details["Started by"] == "octocat" and details["Ran on"].startswith("GitHub Actions, ")
    assert details["Project"] == "acme/shop @ main" and details["Commit"] == sha[:12]
    assert details["Job"] == "https://github.com/acme/shop/actions/runs/7"
    assert 'href="https://github.com/acme/shop/actions/runs/7"' in mail.html
    assert f'href="https://github.com/acme/shop/commit/{sha}"' in mail.html
    assert "secret-of-the-job" not in str(mail.message)


def test_run_details_from_awx(run):
    mail = run(
        UNCHANGED,
        arguments=["-e", "awx_user_name=ann awx_job_template_name='Deploy the shop'"],
        environment={**ALWAYS, "AWX_HOST": "https://awx.example.com", "JOB_ID": "7"},
    ).mail
    details = dict(re.split(r"  +", line, maxsplit=1) for line in mail.section("RUN DETAILS"))
    assert details["Started by"] == "ann" and details["Project"] == "Deploy the shop"
    assert details["Job"] == "https://awx.example.com/#/jobs/playbook/7"


@pytest.fixture
def sandbox(emulator):
    emulator.seed({"projects": [{"id": 77, "name": "Shop"}], "sandboxes": [{"id": 5, "name": "Box", "project_id": 77}]})
    return emulator


@pytest.mark.parametrize(
    "environment, requests",
    [
        ({"MAILTRAP_SUMMARY_SANDBOX_ID": "5"}, ["POST /api/send/5"]),
        ({"MAILTRAP_SUMMARY_SANDBOX": "Box"}, ["GET /api/sandboxes", "POST /api/send/5"]),
        (
            {"MAILTRAP_SUMMARY_SANDBOX": "Box", "MAILTRAP_SUMMARY_PROJECT": "Shop"},
            ["GET /api/projects", "POST /api/send/5"],
        ),
        ({"MAILTRAP_SUMMARY_STREAM": "bulk"}, ["POST /bulk/api/send"]),
        ({"MAILTRAP_SUMMARY_STREAM": ""}, ["POST /api/send"]),
    ],
)
def test_requests_for_sandbox_and_stream(run, sandbox, environment, requests):
    result = run(UNCHANGED, environment={**ALWAYS, **environment})
    assert result.status == 0 and result.warnings == [] and result.requests == requests


def test_options_from_the_configuration_file(run, tmp_path, emulator):
    lines = [
        "[defaults]",
        "callbacks_enabled = community.mailtrap.summary",
        "[mailtrap]",
        f"api_url = {emulator.api_url}",
        f"api_token = {emulator.token}",
        "[mailtrap_summary]",
        "from = Ansible <ansible@example.com>",
        "to = Ops <ops@example.com>, dev@example.com",
        "when = always",
        "title = From a file",
    ]
    unset = ("ANSIBLE_CALLBACKS_ENABLED", "MAILTRAP_SUMMARY_FROM", "MAILTRAP_SUMMARY_TO", "MAILTRAP_API_URL")
    environment = dict.fromkeys([*unset, "MAILTRAP_API_TOKEN"])
    (tmp_path / "ansible.cfg").write_text("\n".join(lines))
    mail = run(UNCHANGED, environment=environment).mail
    assert mail.subject.startswith("✅ From a file ")
    assert mail.message["To"] == "Ops <ops@example.com>, dev@example.com"


def test_options_from_variables(run, tmp_path, emulator):
    (tmp_path / "group_vars").mkdir()
    variables = {
        "mailtrap_api_token": "{{ hidden }}",
        "mailtrap_summary_from": "ansible@example.com",
        "mailtrap_summary_to": ["Ops, all of it <ops@example.com>", "{{ inventory_hostname }}@example.com"],
        "mailtrap_summary_when": "always",
        "hidden": emulator.token,
    }
    (tmp_path / "group_vars" / "all.yml").write_text(yaml.safe_dump(variables))
    unset = ("MAILTRAP_SUMMARY_FROM", "MAILTRAP_SUMMARY_TO", "MAILTRAP_API_TOKEN")
    playbook = UNCHANGED.replace(
        "tasks:", "vars: {mailtrap_summary_subject_prefix: '{{ word }}', word: '[play]'}\n      tasks:"
    )
    arguments = ["-e", "mailtrap_summary_title=extra"]
    mail = run(playbook, environment=dict.fromkeys(unset), arguments=arguments).mail
    assert mail.subject == "[play] ✅ extra changed nothing on 1 host"
    assert [address.addr_spec for address in mail.message["To"].addresses] == [
        "ops@example.com",
        "localhost@example.com",
    ]


def test_ad_hoc_command(run):
    environment = {**ALWAYS, "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1"}
    arguments = ["all", "-m", "ansible.builtin.debug"]
    result = run(program="ansible", arguments=arguments, environment=environment)
    assert result.mail.subject == "✅ Ansible Ad-Hoc changed nothing on 1 host"


@pytest.mark.parametrize(
    "environment, message",
    [
        (
            {"MAILTRAP_API_URL": "http://127.0.0.1:9"},
            "Could not send the message: cannot connect to http://127.0.0.1:9",
        ),
        ({"MAILTRAP_API_TOKEN": "wrong"}, "Could not send the message: the API token was refused"),
        ({"MAILTRAP_API_TOKEN": ""}, "missing options: api_token (or the environment variable MAILTRAP_API_TOKEN)"),
        ({"MAILTRAP_API_URL": "nowhere"}, "api_url must have the form https://host[:port]"),
        ({"MAILTRAP_SUMMARY_TO": None}, "Could not send mail: missing options: to, cc or bcc"),
        ({"MAILTRAP_SUMMARY_TO": "nobody"}, "to: 'nobody' is not an e-mail address"),
        ({"MAILTRAP_SUMMARY_FROM": "", "MAILTRAP_SUMMARY_TO": ""}, "missing options: from; to, cc or bcc"),
        ({"MAILTRAP_SUMMARY_FROM": "a@unverified.example"}, "the domain unverified.example is not verified"),
        ({"MAILTRAP_SUMMARY_WHEN": "sometimes"}, "failure, recovery, change, always"),
        ({"MAILTRAP_SUMMARY_SANDBOX_ID": "five"}, "sandbox_id"),
        ({"MAILTRAP_SUMMARY_SANDBOX": "Bux"}, "there is no sandbox 'Bux'"),
        ({"MAILTRAP_SUMMARY_STREAM": "sandbox"}, "stream is sandbox, but no sandbox is given"),
        (
            {"MAILTRAP_SUMMARY_SANDBOX": "Box", "MAILTRAP_SUMMARY_SANDBOX_ID": "5"},
            "sandbox and sandbox_id are mutually exclusive",
        ),
        ({"MAILTRAP_SUMMARY_STATE_DIR": "/dev/null/x"}, "Could not use state_dir '/dev/null/x': Not a directory"),
        ({"REQUESTS_CA_BUNDLE": "/none.pem"}, "ca_path '/none.pem' does not exist"),
    ],
)
def test_error_becomes_one_warning(run, environment, message):
    environment = {"MAILTRAP_SUMMARY_WHEN": "always,recovery", **environment}
    result = run(UNCHANGED, environment=environment, arguments=["-e", "mailtrap_retries=0"])
    assert result.status == 0
    (warning,) = result.warnings
    assert warning.startswith("community.mailtrap.summary: ") and message in warning


@pytest.mark.parametrize(
    "environment",
    [{"MAILTRAP_API_URL": "http://127.0.0.1:9"}, {"MAILTRAP_API_TOKEN": "wrong"}, {"MAILTRAP_SUMMARY_TO": None}],
)
def test_error_does_not_change_the_exit_status(run, environment):
    result = run(FAILED, environment=environment)
    assert result.status == 2 and len(result.warnings) == 1


def test_undefined_variable_in_an_option(run):
    playbook = UNCHANGED.replace("tasks:", "vars: {mailtrap_summary_to: '{{ nothing }}'}\n      tasks:")
    result = run(playbook, environment=ALWAYS)
    assert result.status == 0 and result.mails == []
    (warning,) = result.warnings
    assert warning.startswith(
        "community.mailtrap.summary: Could not template the variable mailtrap_summary_to: 'nothing' is"
    )


@pytest.mark.parametrize("environment", [{"MAILTRAP_SUMMARY_TO": None}, {"MAILTRAP_SUMMARY_WHEN": "sometimes"}])
def test_invalid_options_cause_a_warning_even_if_no_mail_is_due(run, environment):
    result = run(UNCHANGED, environment=environment)
    assert result.requests == [] and len(result.warnings) == 1


@pytest.fixture
def unresponsive_url():
    """The URL of a server that neither accepts nor refuses connections, because its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        clients = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
            clients.append(client)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for client in clients:
            client.close()


def test_server_does_not_respond(run, unresponsive_url):
    quick = run(FAILED, environment={"MAILTRAP_SUMMARY_WHEN": "change"})
    result = run(FAILED, environment={"MAILTRAP_API_URL": unresponsive_url}, arguments=["-e", "mailtrap_timeout=2"])
    assert result.status == 2
    (warning,) = result.warnings
    assert "within 2 s" in warning
    assert 2 <= result.seconds < 2 + 3 * quick.seconds


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True, "when": "after"},
        {"status": 503, "when": "after"},
        {"delay": 60, "when": "after"},
        {"status": 200, "html": "<html></html>", "when": "after"},
    ],
)
def test_mail_that_may_have_been_sent_is_not_sent_again(run, emulator, fault):
    emulator.fault(path="/api/send", **fault)
    result = run(FAILED, arguments=["-e", "mailtrap_timeout=2"])
    assert result.status == 2 and result.requests == ["POST /api/send"] and result.seconds < 60
    (warning,) = result.warnings
    assert re.search("may have (taken effect|been sent)", warning)


def test_rate_limit_is_awaited(run, emulator):
    emulator.fault(path="/api/send", status=429, json={"errors": ["slow"]}, headers={"Retry-After": "1"}, times=1)
    result = run(UNCHANGED, environment=ALWAYS)
    assert result.warnings == [] and result.mail and result.requests == ["POST /api/send"] * 2
