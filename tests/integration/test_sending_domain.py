# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the role sending_domain and its playbook. The Molecule scenario onboard_domain tests the verification."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import pytest
import yaml

FAILED = 2
ROOT = pathlib.Path(__file__).resolve().parents[2]
BORROWED = ROOT / ".build" / "borrowed"
SECRET = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U="
NAMED = shutil.which("named", path=f"{os.environ['PATH']}:/usr/sbin")

needs_collections = pytest.mark.skipif(
    not (BORROWED / "stamp").is_file(),
    reason="the collections of the DNS providers are not downloaded (run: make molecule)",
)
needs_named = pytest.mark.skipif(not NAMED, reason="named is not installed (Debian: bind9)")


@pytest.fixture
def onboard(playbook_in, emulator, collections, tmp_path):
    """Return a function that runs onboard_domain and checks that the output contains no secret."""

    def run(*arguments, status=0, borrowed=True, **variables):
        variables = {f"sending_domain_{name}": value for name, value in {"name": "shop.example", **variables}.items()}
        paths = os.pathsep.join([str(collections), *[str(BORROWED)] * borrowed])
        done = playbook_in(
            "community.mailtrap.onboard_domain",
            "-vv",
            *arguments,
            variables=variables,
            status=status,
            environment={"ANSIBLE_COLLECTIONS_PATH": paths},
        )
        rows = emulator.dump()
        secrets = [row["token"] for row in rows["api_tokens"]] + [row["signing_secret"] for row in rows["webhooks"]]
        secrets.append("hookpassword")
        leaks = [line for line in done.output.splitlines() if any(secret in line for secret in secrets)]
        assert leaks == []
        return done

    return run


def writes(run):
    return [request for step in run for request in step.writes]


def changed(run):
    return [step for step in run if step.changed]


@pytest.fixture
def full_settings(tmp_path):
    """Return variables that use every feature of the role except a DNS provider."""
    return {
        "flags": {"click_tracking_enabled": True},
        "company_info": {
            "name": "Shop Ltd",
            "address": "1 High Street",
            "city": "Riga",
            "country": "Latvia",
            "zip_code": "LV-1010",
            "website_url": "https://shop.example",
        },
        "token_name": "shop",
        "token_dest": str(tmp_path / "shop.token"),
        "token_expires_at": "90d",
        "webhooks": [
            {
                "url": "https://shop:hookpassword@hooks.example/mail",
                "event_types": ["bounce", "reject"],
                "dest": str(tmp_path / "signing"),
            },
            {"url": "https://hooks.example/campaigns", "webhook_type": "campaigns", "event_types": ["open"]},
        ],
    }


def test_the_life_cycle_of_a_domain(onboard, emulator, full_settings, tmp_path):
    before = emulator.dump()
    assert writes(onboard("--check", "--diff", **full_settings)) == []

    onboard(**full_settings)
    (domain,) = [row for row in emulator.dump()["domains"] if row["domain_name"] == "shop.example"]
    (token,) = [row for row in emulator.dump()["api_tokens"] if row["name"] == "shop"]
    assert (tmp_path / "shop.token").read_text().strip() == token["token"]
    assert (tmp_path / "shop.token").stat().st_mode & 0o777 == 0o600
    assert {row["domain_id"] for row in emulator.dump()["webhooks"]} == {domain["id"]}

    again = onboard(**full_settings)
    assert changed(again) == [] and writes(again) == []
    lines = [step.msg for step in again if isinstance(step.msg, list)]
    assert lines and lines[0][1].startswith("rwmt1._domainkey.shop.example.\t3600\tIN\tCNAME\t")

    assert writes(onboard("--check", state="absent", **full_settings)) == []
    onboard(state="absent", **full_settings)
    after = emulator.dump()
    assert after["webhooks"] == [] and after["domains"] == before["domains"]
    assert not (tmp_path / "shop.token").exists() and not (tmp_path / "signing").exists()
    assert "shop" not in [row["name"] for row in after["api_tokens"]]
    assert changed(onboard(state="absent", **full_settings)) == []


def test_a_verification_that_takes_too_long(onboard, emulator, full_settings):
    """The token is created by the run in which the domain is verified."""
    run = onboard(wait=1, wait_interval=1, status=FAILED, **full_settings)
    assert "CNAME rwmt1._domainkey.shop.example should be 'rwmt1.dkim.smtp.mailtrap.live'" in run[-1].msg
    assert "but Mailtrap reports it as missing" in run[-1].msg
    assert "shop" not in [row["name"] for row in emulator.dump()["api_tokens"]]
    emulator.domain("shop.example", dns="ok", check=True)
    run = onboard(wait=1, **full_settings)
    assert "shop" in [row["name"] for row in emulator.dump()["api_tokens"]]


def test_a_token_without_a_file(onboard, emulator):
    """The task with the value has no_log. The cause of a failure is reported nevertheless."""
    run = onboard(token_name="shop")
    assert any(row["name"] == "shop" for row in emulator.dump()["api_tokens"]) and changed(run)
    emulator.fault(method="POST", path="/api_tokens", status=422, json={"errors": {"base": ["No more tokens"]}})
    assert "No more tokens" in onboard(token_name="second", status=FAILED)[-1].msg


def test_a_webhook_that_is_refused(onboard, emulator):
    """The task without a file for the secret has no_log. The cause of a failure is reported nevertheless."""
    run = onboard(webhooks=[{"url": "hooks.example", "event_types": ["bounce"]}], status=FAILED)
    assert len(run[-1].msg) == 1 and "url" in run[-1].msg[0]


@pytest.mark.parametrize(
    "variables, message",
    [
        ({"name": ""}, "Set sending_domain_name to the name of the domain."),
        ({"dns_zone": "mail.example"}, "The zone mail.example cannot hold DNS records of shop.example"),
        ({"dns_zone": "op.example"}, "The zone op.example cannot hold DNS records of shop.example"),
        ({"dns_provider": "nsupdate"}, "The provider nsupdate needs sending_domain_dns_server"),
        ({"dns_provider": "cloudflare"}, "The provider cloudflare needs sending_domain_dns_server"),
        (
            {"dns_provider": "route53"},
            "The provider route53 needs the collection amazon.aws, which is not installed. Run: ansible-galaxy",
        ),
        ({"dns_provider": "bind"}, "sending_domain_dns_provider"),
        ({"flags": {"tracking": True}}, "tracking"),
        ({"webhooks": [{"url": "https://hooks.example"}]}, "event_types"),
    ],
)
def test_invalid_variables_are_refused_before_any_change(onboard, variables, message):
    run = onboard(status=FAILED, borrowed=False, **variables)
    assert message in run[-1].msg and writes(run) == []


@needs_collections
@pytest.mark.parametrize("provider", ["nsupdate", "route53", "cloudflare", "hetzner"])
def test_provider_tasks_use_documented_options(provider, tmp_path):
    (task,) = yaml.safe_load((ROOT / "roles" / "sending_domain" / "tasks" / "dns" / f"{provider}.yml").read_text())
    (module,) = [name for name in task if name.count(".") == 2]
    document = subprocess.run(
        [pathlib.Path(sys.executable).with_name("ansible-doc"), "--json", module],
        env={"ANSIBLE_COLLECTIONS_PATH": str(BORROWED), "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    ).stdout
    options = json.loads(document)[module]["doc"]["options"]
    names = set(options) | {alias for option in options.values() for alias in option.get("aliases", ())}
    assert set(task[module]) <= names
    assert all(name in task[module] for name, option in options.items() if option.get("required"))


@pytest.fixture(scope="module")
def dns(tmp_path_factory):
    """Start a DNS server with a zone that accepts updates and one that does not, and return its port."""
    folder = tmp_path_factory.mktemp("named")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "named.conf").write_text(f"""
        key tests {{ algorithm hmac-sha256; secret "{SECRET}"; }};
        options {{ directory "{folder}"; pid-file none; session-keyfile none; listen-on port {port} {{ 127.0.0.1; }};
                   listen-on-v6 {{ none; }}; recursion no; dnssec-validation no; notify no; }};
        controls {{ }};
        zone "shop.example" {{ type primary; file "shop"; allow-update {{ key tests; }}; }};
        zone "fixed.example" {{ type primary; file "fixed"; }};
    """)
    head = "$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 127.0.0.1\n"
    (folder / "shop").write_text(f'{head}_dmarc IN TXT "v=DMARC1; p=reject"\nmt-link IN CNAME elsewhere.example.\n')
    (folder / "fixed").write_text(head)
    with subprocess.Popen([NAMED, "-g", "-c", folder / "named.conf"], stderr=(folder / "log").open("w")) as server:
        deadline = time.monotonic() + 20
        while "all zones loaded" not in (folder / "log").read_text():
            assert server.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
        yield port
        server.terminate()


@pytest.fixture
def onboard_with_nsupdate(onboard, dns):
    """Return a function that runs onboard_domain with the DNS server."""

    def run(*arguments, **variables):
        server = {"dns_provider": "nsupdate", "dns_server": "127.0.0.1", "dns_port": dns}
        key = {"dns_key_name": "tests", "dns_key_secret": SECRET}
        return onboard(*arguments, **{**server, **key, **variables})

    return run


@needs_named
@needs_collections
def test_a_record_with_another_value(onboard_with_nsupdate, dns):
    """A foreign DMARC policy stays, and a CNAME record is replaced. With the policy skipped, the next run succeeds."""
    (message,) = onboard_with_nsupdate(status=FAILED)[-1].msg
    assert message.startswith("_dmarc.shop.example TXT should be 'v=DMARC1; p=none")
    assert f"but 127.0.0.1:{dns} returns 'v=DMARC1; p=reject'. Change the record" in message
    (update,) = [
        step for step in onboard_with_nsupdate(dns_skip=["dmarc"]) if "results" in step.result and step.changed
    ]
    assert [result["item"]["key"] for result in update["results"]] == [
        "verification",
        "dkim1",
        "dkim2",
        "link_verification",
    ]
    assert changed(onboard_with_nsupdate(dns_skip=["dmarc"])) == []


@needs_named
@needs_collections
def test_an_update_that_is_refused(onboard_with_nsupdate, dns):
    messages = onboard_with_nsupdate(name="fixed.example", status=FAILED)[-1].msg
    assert len(messages) == 5
    assert messages[1] == (
        "Could not create rwmt1._domainkey.fixed.example CNAME 'rwmt1.dkim.smtp.mailtrap.live' in the zone "
        f"fixed.example at 127.0.0.1:{dns} (current value: none): REFUSED"
    )
    wrong_key = onboard_with_nsupdate(
        dns_skip=["dmarc"], dns_key_secret="YmFk", name="x.shop.example", dns_zone="shop.example", status=FAILED
    )
    assert "PeerBadSignature" in wrong_key[-1].msg[0]


@needs_named
@needs_collections
def test_a_server_that_does_not_serve_the_zone(onboard_with_nsupdate, dns):
    message = onboard_with_nsupdate(name="elsewhere.example", status=FAILED)[-1].msg
    assert message.startswith(f"The DNS server 127.0.0.1:{dns} did not answer queries for ")
    assert message.endswith("Check that it serves the zone elsewhere.example.")
