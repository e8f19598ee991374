# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role sending_domain and its playbook. A verification by a real DNS server is in the scenario onboard_domain."""

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
    reason="the collections of DNS providers are not here (make molecule fetches them)",
)
needs_named = pytest.mark.skipif(not NAMED, reason="named is not here (Debian: bind9)")


@pytest.fixture
def onboard(playbook_in, emulator, collections, tmp_path):
    """A function that runs onboard_domain, and returns a Run; no output holds a secret."""

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
        held = emulator.dump()
        secrets = [row["token"] for row in held["api_tokens"]] + [row["signing_secret"] for row in held["webhooks"]]
        shown = [line for line in done.output.splitlines() if any(one in line for one in [*secrets, "hookpassword"])]
        assert shown == []
        return done

    return run


def writes(run):
    return [request for step in run for request in step.writes]


def changed(run):
    return [step for step in run if step.changed]


@pytest.fixture
def whole(tmp_path):
    """All that the role can be asked for, without a provider."""
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


def test_a_domain_from_its_first_run_to_its_last(onboard, emulator, whole, tmp_path):
    before = emulator.dump()
    assert writes(onboard("--check", "--diff", **whole)) == []

    onboard(**whole)
    (domain,) = [row for row in emulator.dump()["domains"] if row["domain_name"] == "shop.example"]
    (token,) = [row for row in emulator.dump()["api_tokens"] if row["name"] == "shop"]
    assert (tmp_path / "shop.token").read_text().strip() == token["token"]
    assert (tmp_path / "shop.token").stat().st_mode & 0o777 == 0o600
    assert {row["domain_id"] for row in emulator.dump()["webhooks"]} == {domain["id"]}

    again = onboard(**whole)
    assert changed(again) == [] and writes(again) == []
    lines = [step.msg for step in again if isinstance(step.msg, list)]
    assert lines and lines[0][1].startswith("rwmt1._domainkey.shop.example.\t3600\tIN\tCNAME\t")

    assert writes(onboard("--check", state="absent", **whole)) == []
    onboard(state="absent", **whole)
    after = emulator.dump()
    assert after["webhooks"] == [] and after["domains"] == before["domains"]
    assert not (tmp_path / "shop.token").exists() and not (tmp_path / "signing").exists()
    assert "shop" not in [row["name"] for row in after["api_tokens"]]
    assert changed(onboard(state="absent", **whole)) == []


def test_a_verification_that_does_not_come_in_time(onboard, emulator, whole):
    """The next run goes on: the token is made when the domain is verified."""
    run = onboard(wait=1, wait_interval=1, status=FAILED, **whole)
    assert "CNAME rwmt1._domainkey.shop.example should be 'rwmt1.dkim.smtp.mailtrap.live'" in run[-1].msg
    assert "the service says missing" in run[-1].msg
    assert "shop" not in [row["name"] for row in emulator.dump()["api_tokens"]]
    emulator.domain("shop.example", dns="ok", check=True)
    run = onboard(wait=1, **whole)
    assert "shop" in [row["name"] for row in emulator.dump()["api_tokens"]]


def test_a_token_without_a_file(onboard, emulator):
    """Its value is in a variable only; why it could not be made is told all the same."""
    run = onboard(token_name="shop")
    assert any(row["name"] == "shop" for row in emulator.dump()["api_tokens"]) and changed(run)
    emulator.fault(method="POST", path="/api_tokens", status=422, json={"errors": {"base": ["No more tokens"]}})
    assert "No more tokens" in onboard(token_name="second", status=FAILED)[-1].msg


def test_a_webhook_that_is_refused(onboard, emulator):
    """The result of a webhook without a file is not shown, and why there is none is told all the same."""
    run = onboard(webhooks=[{"url": "hooks.example", "event_types": ["bounce"]}], status=FAILED)
    assert len(run[-1].msg) == 1 and "url" in run[-1].msg[0]


@pytest.mark.parametrize(
    "variables, words",
    [
        ({"name": ""}, "Give sending_domain_name, the name of the domain."),
        ({"dns_zone": "mail.example"}, "The zone mail.example holds no records of shop.example"),
        ({"dns_zone": "op.example"}, "The zone op.example holds no records of shop.example"),
        ({"dns_provider": "nsupdate"}, "The provider nsupdate takes sending_domain_dns_server"),
        ({"dns_provider": "cloudflare"}, "The provider cloudflare takes sending_domain_dns_server"),
        (
            {"dns_provider": "route53"},
            "The provider route53 takes the collection amazon.aws, which is not installed: ansible-galaxy",
        ),
        ({"dns_provider": "bind"}, "sending_domain_dns_provider"),
        ({"flags": {"tracking": True}}, "tracking"),
        ({"webhooks": [{"url": "https://hooks.example"}]}, "event_types"),
    ],
)
def test_what_can_be_known_before_anything_is_made(onboard, variables, words):
    run = onboard(status=FAILED, borrowed=False, **variables)
    assert words in run[-1].msg and writes(run) == []


@needs_collections
@pytest.mark.parametrize("provider", ["nsupdate", "route53", "cloudflare", "hetzner"])
def test_a_provider_is_given_what_its_module_takes(provider, tmp_path):
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
    """A DNS server with a zone that takes updates and one that does not; its port."""
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
def by_updates(onboard, dns):
    """A function that runs onboard_domain with that server."""

    def run(*arguments, **variables):
        server = {"dns_provider": "nsupdate", "dns_server": "127.0.0.1", "dns_port": dns}
        key = {"dns_key_name": "tests", "dns_key_secret": SECRET}
        return onboard(*arguments, **{**server, **key, **variables})

    return run


@needs_named
@needs_collections
def test_a_record_with_another_value(by_updates, dns):
    """A policy is left to whoever wrote it, and another record replaced; the run after that goes on."""
    (told,) = by_updates(status=FAILED)[-1].msg
    assert told.startswith("_dmarc.shop.example TXT should be 'v=DMARC1; p=none")
    assert f"and 127.0.0.1:{dns} has v=DMARC1; p=reject there" in told
    (set_,) = [step for step in by_updates(dns_skip=["dmarc"]) if "results" in step.result and step.changed]
    assert [one["item"]["key"] for one in set_["results"]] == ["verification", "dkim1", "dkim2", "link_verification"]
    assert changed(by_updates(dns_skip=["dmarc"])) == []


@needs_named
@needs_collections
def test_an_update_that_is_refused(by_updates, dns):
    told = by_updates(name="fixed.example", status=FAILED)[-1].msg
    assert len(told) == 5
    assert told[1] == (
        "rwmt1._domainkey.fixed.example CNAME should be 'rwmt1.dkim.smtp.mailtrap.live', and is not there. "
        f"The zone fixed.example at 127.0.0.1:{dns} was not changed: REFUSED"
    )
    wrong = by_updates(
        dns_skip=["dmarc"], dns_key_secret="YmFk", name="x.shop.example", dns_zone="shop.example", status=FAILED
    )
    assert "PeerBadSignature" in wrong[-1].msg[0]


@needs_named
@needs_collections
def test_a_server_that_does_not_know_the_zone(by_updates, dns):
    told = by_updates(name="elsewhere.example", status=FAILED)[-1].msg
    assert told.startswith(f"The DNS server 127.0.0.1:{dns} does not tell what it holds of ")
    assert told.endswith("Is it a server of the zone elsewhere.example?")
