# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback summary: whole runs, and the mails that they send, as a mail program reads them."""

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
SINCE_2_22 = pytest.mark.skipif(
    subprocess.run([BIN / "python", "-c", "import ansible.module_utils.secrets"], capture_output=True).returncode != 0,
    reason="only ansible-core 2.22 and newer know what is secret",
)


@dataclass
class Mail:
    """A mail that was sent, read from its bytes."""

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
        """The counts of the hosts that the text tells: dict of dict of int, as the recap has them."""
        lines = self.section("HOSTS")
        return {
            line.split()[0]: {
                what: int(count) for count, what in re.findall(r"(\d+) ([a-z]+)", line.partition("  ")[2])
            }
            for line in lines
            if not line.startswith("and ")
        }

    def section(self, title):
        """The lines of a section of the text that are not empty."""
        _, _, rest = self.text.partition(f"\n{title}\n{'-' * len(title)}\n")
        return [line for line in re.split(r"\n\n[A-Z ]+\n-+\n", rest)[0].splitlines() if line]


@dataclass
class Run:
    """An ended ansible-playbook. :ivar mails: list of Mail, what it sent. :ivar requests: list of str."""

    status: int
    output: str
    seconds: float
    mails: list
    requests: list

    @property
    def mail(self):
        (mail,) = self.mails
        return mail

    @property
    def warnings(self):
        """The warnings on the console, each on one line."""
        found = re.findall(r"^\[WARNING\]: (.*(?:\n\S.*)*)", self.output, re.MULTILINE)
        return [" ".join(warning.split()) for warning in found]

    @property
    def recap(self):
        """The counts of the hosts on the console that are not 0: dict of dict of int."""
        lines = re.findall(r"^(\S+) +: (ok=.*)$", self.output, re.MULTILINE)
        counts = {host: dict(re.findall(r"(\w+)=(\d+)", line)) for host, line in lines}
        return {host: {what: int(count) for what, count in of.items() if count != "0"} for host, of in counts.items()}


@pytest.fixture
def run(emulator, ansible_environment, started, tmp_path):
    """A function that runs playbooks, each given as YAML, with the callback; it returns a Run."""

    def run(
        *playbooks,
        arguments=(),
        hosts=("localhost",),
        environment=None,
        program="ansible-playbook",
        cwd=tmp_path,
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
        shell = {
            **ansible_environment,
            "ANSIBLE_CALLBACKS_ENABLED": "community.mailtrap.summary",
            # Else the newest ansible-core warns about Pythons, and the oldest about itself.
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
            "MAILTRAP_SUMMARY_FROM": "Ansible <ansible@example.com>",
            "MAILTRAP_SUMMARY_TO": "Ops <ops@example.com>",
            **(environment or {}),
        }
        shell = {name: value for name, value in shell.items() if value is not None}
        sent, asked = len(emulator.outbox()), len(emulator.journal())
        begun = time.monotonic()
        ended, output = started([str(BIN / program), "-i", str(inventory), *paths, *arguments], shell, tmp_path)
        seconds = time.monotonic() - begun
        assert prints_token or emulator.token not in output
        assert "Traceback (most recent call last)" not in output, output
        mails = [
            Mail(email.message_from_string(entry["raw"], policy=email.policy.default))
            for entry in emulator.outbox()[sent:]
        ]
        requests = [f"{entry['method']} {entry['path']}" for entry in emulator.journal()[asked:]]
        return Run(ended, output, seconds, mails, requests)

    return run


ALWAYS = {"MAILTRAP_SUMMARY_WHEN": "always"}
FINE = """
    - hosts: all
      gather_facts: false
      tasks:
        - name: Say something
          ansible.builtin.debug: {msg: hello}
    """
CHANGING = """
    - hosts: all
      gather_facts: false
      tasks:
        - name: Write something
          ansible.builtin.debug: {msg: hello}
          changed_when: true
    """
FAILING = """
    - hosts: all
      gather_facts: false
      tasks:
        - name: Break something
          ansible.builtin.fail: {msg: It broke.}
    """
NO_LOG, HEADER, VAULTED = "secret-in-no-log", "secret-in-a-header", "secret-in-the-vault"


@pytest.fixture
def vaulted(ansible_environment, tmp_path):
    """A file of variables with one that is vaulted, and the option for its password."""
    password = tmp_path / "password"
    password.write_text("open sesame")
    command = [BIN / "ansible-vault", "encrypt_string", "--vault-password-file", password, "--name", "vaulted", VAULTED]
    made = subprocess.run(command, env=ansible_environment, capture_output=True, text=True, check=True)
    (tmp_path / "vaulted.yml").write_text(made.stdout)
    return f"--vault-password-file={password}"


def test_a_failing_run_sends_one_mail_that_tells_all_of_it(run, vaulted):
    done = run(
        f"""
        - name: Ärger 🎉
          hosts: all
          gather_facts: false
          vars_files: [vaulted.yml]
          tasks:
            - name: Reach them
              ansible.builtin.raw: "true"
              changed_when: false
            - name: Tolerate some
              ansible.builtin.command: "false"
              loop: [one, two]
              ignore_errors: true
            - name: Risk it
              block:
                - name: Try it
                  ansible.builtin.shell: echo tried >&2; exit 3
              rescue:
                - name: Mend it
                  ansible.builtin.debug: {{msg: mended}}
            - name: Hide it
              ansible.builtin.command: "sh -c 'echo {NO_LOG}; exit 1'"
              no_log: true
              ignore_errors: true
            - name: Use the vault
              ansible.builtin.command: "false {{{{ vaulted }}}}"
              environment: {{PASSWORD: "{{{{ vaulted }}}}"}}
              ignore_errors: true
            - name: Use it in a loop
              ansible.builtin.command: "false {{{{ item.password }}}}"
              loop: [{{name: ann, password: "{{{{ vaulted }}}}"}}]
              ignore_errors: true
            - name: Grüße abholen 🎉
              ansible.builtin.uri:
                url: http://127.0.0.1:9/
                headers: {{Api-Token: {HEADER}, X-Vaulted: "{{{{ vaulted }}}}"}}
              when: inventory_hostname != 'fine'
        """,
        arguments=[vaulted],
        hosts=["web1", "web2", "web3", "fine", "lost ansible_connection=gone"],
    )
    assert done.status in (2, 4)
    assert done.requests == ["POST /api/send"] and done.warnings == []
    mail = done.mail
    assert mail.subject == "❌ site.yml failed on 3 and could not reach 1 of 5 hosts: Reach them"
    assert mail.hosts == done.recap
    assert mail.hosts["web1"] == {"failed": 1, "rescued": 1, "ignored": 4, "changed": 4, "ok": 6}
    unreachable, *_ = mail.section("FIRST FAILURE")
    assert unreachable.startswith("Unreachable: Reach them (site.yml:")
    assert "  on lost" in mail.section("FIRST FAILURE")
    assert "There is no route to this host." in mail.text
    failed, on, reason = mail.section("MORE FAILURES")
    assert failed.startswith("Grüße abholen 🎉 (site.yml:") and on == "  on web1, web2, web3"
    assert "Connection refused" in reason
    handled = [line for line in mail.section("RESCUED AND IGNORED") if not line.startswith(" ")]
    assert [line.partition(" (")[0] for line in handled] == [
        "Ignored: Tolerate some",
        "Rescued: Try it",
        "Ignored: Hide it",
        "Ignored: Use the vault",
        "Ignored: Use it in a loop",
    ]
    assert "    tried" in mail.section("RESCUED AND IGNORED")
    assert "    one: " in mail.text and "2 of 2 items failed" in mail.text
    for part in (str(mail.message), mail.subject, mail.text, mail.html, done.requests[0]):
        for secret in (NO_LOG, HEADER, VAULTED):
            assert secret not in part


def test_both_alternatives_and_the_addresses(run):
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
    mail = run(FINE, environment=environment).mail
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
    "when, playbook, sent",
    [
        (None, FINE, 0),
        (None, CHANGING, 0),
        (None, FAILING, 1),
        ("change", CHANGING, 1),
        ("change,recovery", FAILING, 0),
    ],
)
def test_when_a_mail_is_sent(run, when, playbook, sent):
    done = run(playbook, environment={"MAILTRAP_SUMMARY_WHEN": when})
    assert len(done.mails) == len(done.requests) == sent and done.warnings == []


def test_a_recovery_is_told_once(run, tmp_path):
    environment = {"MAILTRAP_SUMMARY_WHEN": "recovery", "MAILTRAP_SUMMARY_STATE_DIR": str(tmp_path / "state")}
    assert run(FINE, environment=environment).mails == []
    assert run(FAILING, environment=environment).mails == []
    another = ["--limit", "localhost", "--check"]
    assert run(FINE, environment=environment, arguments=another).mails == []
    again = run(FAILING, environment={**environment, "MAILTRAP_SUMMARY_WHEN": "failure,recovery"}).mail
    assert any(line.startswith("Failing since") for line in again.section("THE RUN"))
    works = run(CHANGING, environment=environment).mail
    assert works.subject == "✅ site.yml works again: changed 1 host"
    assert any(line.startswith("Failing since") for line in works.section("THE RUN"))
    assert run(CHANGING, environment=environment).mails == []
    assert list((tmp_path / "state").iterdir()) == []


def test_a_recovery_that_could_not_be_told_is_told_by_the_next_run(run):
    assert run(FAILING).mail
    assert run(FINE, environment={"MAILTRAP_API_TOKEN": "wrong"}).mails == []
    assert run(FINE).mail.subject == "✅ site.yml works again: changed nothing on 1 host"


def test_a_recovery_that_may_have_been_told_is_not_told_again(run, emulator):
    assert run(FAILING).mail
    emulator.fault(path="/api/send", status=500, json={"errors": ["no"]}, times=1)
    assert "may have taken effect" in run(FINE).output
    assert run(FINE).mails == []


def test_check_mode_says_so(run):
    fine = run(CHANGING, environment=ALWAYS, arguments=["--check"]).mail
    assert fine.subject == "✅ site.yml would change 1 host (check mode)"
    assert fine.section("WOULD CHANGE") == ["* Write something", "  localhost"]
    failed = run(FAILING, arguments=["--check"]).mail
    assert failed.subject == "❌ site.yml failed on 1 host: Break something (check mode)"
    assert "check mode" in failed.html


@pytest.mark.parametrize("option", ["--syntax-check", "--list-tasks"])
def test_what_runs_nothing_sends_nothing(run, option):
    done = run(CHANGING, environment=ALWAYS, arguments=[option])
    assert done.status == 0 and done.requests == [] and done.warnings == []


def test_all_that_a_run_can_do(run, tmp_path):
    (tmp_path / "more.yml").write_text(
        textwrap.dedent(
            """
            - name: Included
              ansible.builtin.debug: {msg: hello}
              changed_when: true
            - name: Included failure
              ansible.builtin.fail: {msg: included}
            """
        )
    )
    done = run(
        """
        - name: One after the other
          hosts: web
          serial: 1
          gather_facts: false
          tasks:
            - name: Change all
              ansible.builtin.debug: {msg: hello}
              changed_when: true
              notify: Restart
            - name: Delegate
              ansible.builtin.debug: {msg: hello}
              changed_when: true
              delegate_to: db
              run_once: true
            - name: Include and rescue
              block:
                - ansible.builtin.include_tasks: more.yml
              rescue:
                - name: Rescue in a rescue
                  block:
                    - name: Inner
                      ansible.builtin.fail: {msg: inner}
                  rescue:
                    - ansible.builtin.debug: {msg: mended}
              always:
                - name: Always
                  ansible.builtin.debug: {msg: hello}
          handlers:
            - name: Restart
              ansible.builtin.debug: {msg: hello}
              changed_when: true
        - name: As they like
          hosts: all
          strategy: free
          gather_facts: false
          tasks:
            - name: Many things
              ansible.builtin.debug: {msg: "{{ item }}"}
              loop: "{{ range(300) | list }}"
              failed_when: item % 2 == 1
              ignore_errors: true
            - name: Skip
              ansible.builtin.debug: {msg: hello}
              when: false
            - name: Reach
              ansible.builtin.raw: "true"
              changed_when: false
              ignore_unreachable: true
        - name: To the end
          hosts: all
          gather_facts: false
          any_errors_fatal: true
          tasks:
            - name: Break on one
              ansible.builtin.fail: {msg: broken}
              when: inventory_hostname == 'web2'
            - name: Not any more
              ansible.builtin.debug: {msg: hello}
              changed_when: true
        - name: Never
          hosts: all
          gather_facts: false
          tasks:
            - name: Not at all
              ansible.builtin.debug: {msg: hello}
              changed_when: true
        """,
        hosts=["db", "lost ansible_connection=gone", "[web]", "web1", "web2"],
    )
    assert done.status == 2 and done.warnings == []
    mail = done.mail
    assert mail.subject == "❌ site.yml failed on 1 of 4 hosts: Break on one"
    assert mail.hosts == done.recap
    assert mail.hosts["web1"]["rescued"] == 2 and "failed" not in mail.hosts["web1"]
    assert mail.hosts["lost"]["ignored"] == 2 and "unreachable" not in mail.hosts["lost"]
    assert mail.section("FIRST FAILURE")[1:] == ["  on web2", "    broken"]
    assert mail.section("CHANGES") == [
        "* Change all",
        "  web1, web2",
        "* Delegate",
        "  web1 -> db, web2 -> db",
        "* Included",
        "  web1, web2",
        "* Restart",
        "  web1, web2",
    ]
    handled = mail.section("RESCUED AND IGNORED")
    assert [line.partition(" (")[0] for line in handled if not line.startswith(" ")] == [
        "Rescued: Included failure",
        "Rescued: Inner",
        "Ignored: Many things",
        "Ignored: Reach",
    ]
    assert "    150 of 300 items failed" in handled and "    and 147 more items" in handled


def test_a_failure_that_its_rescue_does_not_mend(run):
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
        "Four"
    )
    assert mail.hosts["localhost"] == {"failed": 2, "rescued": 2}


def test_playbooks_of_one_command_are_one_run(run):
    mail = run(CHANGING, FINE, environment=ALWAYS).mail
    assert mail.subject == "✅ site1.yml, site2.yml changed 1 host"
    assert mail.hosts["localhost"] == {"changed": 1, "ok": 2}
    mail = run(FAILING, FINE, environment=ALWAYS).mail
    assert mail.subject == "❌ site1.yml failed on 1 host: Break something"


def test_a_run_without_hosts(run):
    done = run(FINE.replace("all", "nobody"), environment=ALWAYS)
    assert done.mail.subject == "✅ site.yml matched no hosts"


def test_many_hosts_make_a_mail_of_bounded_size(run):
    done = run(
        """
        - hosts: all
          gather_facts: false
          tasks:
            - name: Change {{ 'something ' * 50 }}
              ansible.builtin.debug: {msg: hello}
              changed_when: true
            - name: Break
              ansible.builtin.fail:
                msg: "{{ inventory_hostname }} {{ 'did not work. ' * 1000 }}"
        """,
        hosts=[f"host{number}" for number in range(80)],
    )
    mail = done.mail
    assert len(mail.hosts) == 25 and mail.section("HOSTS")[-1] == "and 55 more hosts: 55 failed"
    assert mail.section("MORE FAILURES")[-1] == "and 70 more failures that are not listed"
    assert mail.section("CHANGES")[-1].endswith(" and 74 more")
    assert len(mail.html.encode()) < 102_000 and len(str(mail.message)) < 200_000


def test_names_are_those_of_the_console(run):
    """A name with a secret item in it is shown without, as the banner of the task shows it."""
    done = run(
        """
        - hosts: all
          gather_facts: false
          tasks:
            - name: Set the password {{ item | default('of all') }}
              ansible.builtin.debug: {msg: hello}
              changed_when: true
              loop: [secret-in-an-item]
              no_log: true
        """,
        environment=ALWAYS,
    )
    assert "secret-in-an-item" not in done.output
    assert done.mail.section("CHANGES") == ["* Set the password of all", "  localhost"]


def test_the_token_is_in_no_mail(run, emulator):
    playbook = FAILING.replace("It broke.", '\'{{ lookup("env", "MAILTRAP_API_TOKEN") }}\'')
    done = run(playbook, prints_token=True)
    assert emulator.token in done.output and emulator.token not in str(done.mail.message)
    assert "    ***" in done.mail.section("FIRST FAILURE")


@SINCE_2_22
def test_what_ansible_knows_as_secret_is_masked(run, vaulted):
    playbook = FAILING.replace("It broke.", "'{{ vaulted }}'").replace(
        "tasks:", "vars_files: [vaulted.yml]\n      tasks:"
    )
    done = run(playbook, arguments=[vaulted])
    assert VAULTED not in done.output and VAULTED not in done.mail.text + done.mail.html


def test_warnings_are_told(run, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "careful.py").write_text(
        "from ansible.module_utils.basic import AnsibleModule\n"
        "module = AnsibleModule({})\n"
        "module.warn('Überlegen Sie gut.')\n"
        "module.deprecate('Old thing.', version='99.0.0', collection_name='community.mailtrap')\n"
        "module.exit_json()\n"
    )
    playbook = FINE.replace("ansible.builtin.debug: {msg: hello}", "careful:\n          loop: [1, 2]")
    assert run(playbook, environment=ALWAYS).mail.section("WARNINGS") == ["* Überlegen Sie gut."]
    told = run(playbook, environment={**ALWAYS, "ANSIBLE_DEPRECATION_WARNINGS": "1"}).mail.section("WARNINGS")
    assert told == ["* Überlegen Sie gut.", "* Old thing."]


def test_who_where_and_which_commit(run):
    sha = "0123456789abcdef0123456789abcdef01234567"
    mail = run(
        FINE,
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
    facts = dict(re.split(r"  +", line, maxsplit=1) for line in mail.section("THE RUN"))
    assert facts["Playbook"] == "site.yml" and facts["Inventory"] == "hosts.ini" and facts["Limit"] == "localhost"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d \S+", facts["Started"])
    assert re.fullmatch(r"\d+ s", facts["Duration"])
    assert facts["By"] == "octocat" and facts["On"].startswith("GitHub Actions, ")
    assert facts["Project"] == "acme/shop @ main" and facts["Commit"] == sha[:12]
    assert facts["Job"] == "https://github.com/acme/shop/actions/runs/7"
    assert 'href="https://github.com/acme/shop/actions/runs/7"' in mail.html
    assert f'href="https://github.com/acme/shop/commit/{sha}"' in mail.html
    assert "secret-of-the-job" not in str(mail.message)


def test_awx_tells_by_extra_variables(run):
    mail = run(
        FINE,
        arguments=["-e", "awx_user_name=ann awx_job_template_name='Deploy the shop'"],
        environment={**ALWAYS, "AWX_HOST": "https://awx.example.com", "JOB_ID": "7"},
    ).mail
    facts = dict(re.split(r"  +", line, maxsplit=1) for line in mail.section("THE RUN"))
    assert facts["By"] == "ann" and facts["Project"] == "Deploy the shop"
    assert facts["Job"] == "https://awx.example.com/#/jobs/playbook/7"


@pytest.fixture
def box(emulator):
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
def test_how_it_is_sent(run, box, environment, requests):
    done = run(FINE, environment={**ALWAYS, **environment})
    assert done.status == 0 and done.warnings == [] and done.requests == requests


def test_it_is_configured_by_a_file(run, tmp_path, emulator):
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
    mail = run(FINE, environment=environment).mail
    assert mail.subject.startswith("✅ From a file ")
    assert mail.message["To"] == "Ops <ops@example.com>, dev@example.com"


def test_it_is_configured_by_variables(run, tmp_path, emulator):
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
    playbook = FINE.replace(
        "tasks:", "vars: {mailtrap_summary_subject_prefix: '{{ word }}', word: '[play]'}\n      tasks:"
    )
    arguments = ["-e", "mailtrap_summary_title=extra"]
    mail = run(playbook, environment=dict.fromkeys(unset), arguments=arguments).mail
    assert mail.subject == "[play] ✅ extra changed nothing on 1 host"
    assert [address.addr_spec for address in mail.message["To"].addresses] == [
        "ops@example.com",
        "localhost@example.com",
    ]


def test_it_works_ad_hoc(run):
    environment = {**ALWAYS, "ANSIBLE_LOAD_CALLBACK_PLUGINS": "1"}
    arguments = ["all", "-m", "ansible.builtin.debug"]
    done = run(program="ansible", arguments=arguments, environment=environment)
    assert done.mail.subject == "✅ Ansible Ad-Hoc changed nothing on 1 host"


@pytest.mark.parametrize(
    "environment, sentence",
    [
        (
            {"MAILTRAP_API_URL": "http://127.0.0.1:9"},
            "Could not send the message: cannot connect to http://127.0.0.1:9",
        ),
        ({"MAILTRAP_API_TOKEN": "wrong"}, "Could not send the message: the API token was refused"),
        ({"MAILTRAP_API_TOKEN": ""}, "no mail can be sent without api_token, or MAILTRAP_API_TOKEN in the environment"),
        ({"MAILTRAP_API_URL": "nowhere"}, "api_url must have the form https://host[:port]"),
        ({"MAILTRAP_SUMMARY_TO": None}, "no mail can be sent without to, cc or bcc"),
        ({"MAILTRAP_SUMMARY_TO": "nobody"}, "to: 'nobody' is not an e-mail address"),
        ({"MAILTRAP_SUMMARY_FROM": "", "MAILTRAP_SUMMARY_TO": ""}, "without from; to, cc or bcc"),
        ({"MAILTRAP_SUMMARY_FROM": "a@unverified.example"}, "the domain unverified.example is not verified"),
        ({"MAILTRAP_SUMMARY_WHEN": "sometimes"}, "failure, recovery, change, always"),
        ({"MAILTRAP_SUMMARY_SANDBOX_ID": "five"}, "sandbox_id"),
        ({"MAILTRAP_SUMMARY_SANDBOX": "Bux"}, "there is no sandbox 'Bux'"),
        ({"MAILTRAP_SUMMARY_STREAM": "sandbox"}, "the stream is sandbox, and there is no sandbox"),
        ({"MAILTRAP_SUMMARY_SANDBOX": "Box", "MAILTRAP_SUMMARY_SANDBOX_ID": "5"}, "are both given: leave out one"),
        ({"MAILTRAP_SUMMARY_STATE_DIR": "/dev/null/x"}, "state_dir '/dev/null/x' cannot be used: Not a directory"),
        ({"REQUESTS_CA_BUNDLE": "/none.pem"}, "ca_path '/none.pem' does not exist"),
    ],
)
def test_what_goes_wrong_is_one_warning(run, environment, sentence):
    environment = {"MAILTRAP_SUMMARY_WHEN": "always,recovery", **environment}
    done = run(FINE, environment=environment, arguments=["-e", "mailtrap_retries=0"])
    assert done.status == 0
    (warning,) = done.warnings
    assert warning.startswith("community.mailtrap.summary: ") and sentence in warning


@pytest.mark.parametrize(
    "environment",
    [{"MAILTRAP_API_URL": "http://127.0.0.1:9"}, {"MAILTRAP_API_TOKEN": "wrong"}, {"MAILTRAP_SUMMARY_TO": None}],
)
def test_a_run_that_fails_ends_as_it_would(run, environment):
    done = run(FAILING, environment=environment)
    assert done.status == 2 and len(done.warnings) == 1


def test_a_variable_that_cannot_be_used(run):
    playbook = FINE.replace("tasks:", "vars: {mailtrap_summary_to: '{{ nothing }}'}\n      tasks:")
    done = run(playbook, environment=ALWAYS)
    assert done.status == 0 and done.mails == []
    (warning,) = done.warnings
    assert warning.startswith(
        "community.mailtrap.summary: the variable mailtrap_summary_to cannot be used: 'nothing' is"
    )


@pytest.mark.parametrize("environment", [{"MAILTRAP_SUMMARY_TO": None}, {"MAILTRAP_SUMMARY_WHEN": "sometimes"}])
def test_bad_options_are_told_by_runs_that_send_nothing(run, environment):
    done = run(FINE, environment=environment)
    assert done.requests == [] and len(done.warnings) == 1


@pytest.fixture
def black_hole():
    """The address of a service that lets nobody in: its queue is full, and connections are not even refused."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
            waiting.append(client)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for client in waiting:
            client.close()


def test_nobody_answers(run, black_hole):
    quick = run(FAILING, environment={"MAILTRAP_SUMMARY_WHEN": "change"})
    done = run(FAILING, environment={"MAILTRAP_API_URL": black_hole}, arguments=["-e", "mailtrap_timeout=2"])
    assert done.status == 2
    (warning,) = done.warnings
    assert "within 2 s" in warning
    assert 2 <= done.seconds < 2 + 3 * quick.seconds


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": True, "when": "after"},
        {"status": 503, "when": "after"},
        {"delay": 60, "when": "after"},
        {"status": 200, "html": "<html></html>", "when": "after"},
    ],
)
def test_a_mail_that_may_have_gone_out_is_not_sent_again(run, emulator, fault):
    emulator.fault(path="/api/send", **fault)
    done = run(FAILING, arguments=["-e", "mailtrap_timeout=2"])
    assert done.status == 2 and done.requests == ["POST /api/send"] and done.seconds < 60
    (warning,) = done.warnings
    assert "may have taken effect" in warning or "may have gone out" in warning


def test_the_rate_limit_is_waited_for(run, emulator):
    emulator.fault(path="/api/send", status=429, json={"errors": ["slow"]}, headers={"Retry-After": "1"}, times=1)
    done = run(FINE, environment=ALWAYS)
    assert done.warnings == [] and done.mail and done.requests == ["POST /api/send"] * 2
