# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.mail import (
    LARGEST_HTML,
    LONGEST_SUBJECT,
    headline,
    html,
    subject,
    text,
)
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.records import Fact, Record

VOID = {"meta", "br", "img"}


class Page(HTMLParser):
    """What is in an HTML: its elements, its visible text, its links; all elements must be closed in order."""

    def __init__(self, source):
        super().__init__()
        self.open, self.tags, self.links, self.words = [], set(), [], []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


def stats(**hosts):
    names = ("ok", "failures", "unreachable", "changed", "skipped", "rescued", "ignored")
    return {host: {**dict.fromkeys(names, 0), **given} for host, given in hosts.items()}


def made(hosts, record=None, title="site.yml", facts=(), **given):
    return (record or Record()).summary(title=title, byline="By ann", stats=hosts, facts=list(facts), **given)


OK, CHANGED, FAILED, GONE = {"ok": 1}, {"changed": 1}, {"failures": 1}, {"unreachable": 1}


@pytest.mark.parametrize(
    "hosts, given, told",
    [
        ({}, {}, "matched no hosts"),
        ({"a": OK}, {}, "changed nothing on 1 host"),
        ({"a": OK, "b": OK}, {}, "changed nothing on 2 hosts"),
        ({"a": CHANGED}, {}, "changed 1 host"),
        ({"a": CHANGED, "b": OK}, {}, "changed 1 of 2 hosts"),
        ({"a": CHANGED, "b": CHANGED}, {}, "changed all 2 hosts"),
        ({"a": CHANGED, "b": OK}, {"check": True}, "would change 1 of 2 hosts"),
        ({"a": OK}, {"check": True}, "would change nothing on 1 host"),
        ({"a": FAILED, "b": OK}, {}, "failed on 1 of 2 hosts"),
        ({"a": FAILED, "b": FAILED}, {}, "failed on all 2 hosts"),
        ({"a": GONE, "b": OK}, {}, "could not reach 1 of 2 hosts"),
        ({"a": FAILED, "b": GONE, "c": OK}, {}, "failed on 1 and could not reach 1 of 3 hosts"),
        ({"a": CHANGED, "b": OK}, {"recovered": True}, "works again: changed 1 of 2 hosts"),
        ({"a": OK}, {"recovered": True}, "works again: changed nothing on 1 host"),
    ],
)
def test_the_headline(hosts, given, told):
    assert headline(made(stats(**hosts), **given)) == told


def test_the_subject():
    record = Record()
    record.trouble("failed", "a", "Grüße\nsenden 🎉", "", {"msg": "x"})
    summary = made(stats(a=FAILED, b=OK), record)
    assert subject(summary) == "❌ site.yml failed on 1 of 2 hosts: Grüße senden 🎉"
    assert subject(summary, "[prod]") == "[prod] ❌ site.yml failed on 1 of 2 hosts: Grüße senden 🎉"
    assert subject(made(stats(a=OK), check=True)) == "✅ site.yml would change nothing on 1 host (check mode)"
    record.trouble("unreachable", "b", "w" * 1000, "", {})
    long = subject(made(stats(a=FAILED, b=GONE), record, title="t" * 1000), "p" * 1000)
    assert len(long) == LONGEST_SUBJECT and long.endswith("…")


def full():
    record = Record()
    record.trouble("failed", "web1", "Install <nginx>", "site.yml:3", {"msg": "<script>alert(1)</script> & more"})
    record.trouble("unreachable", "web2", "Reach", "site.yml:1", {"msg": "no route"})
    record.trouble("rescued", "web3", "Try", "site.yml:9", {"msg": "mended"})
    record.trouble("ignored", "web3", "Tolerate", "site.yml:12", {"msg": "never mind"})
    record.change("web3", "Write", "site.yml:20")
    record.warning("Be careful")
    facts = [Fact("Started", "2026-11-25 13:05 UTC"), Fact("Commit", "abc", "https://example.com/c/abc")]
    hosts = stats(web1=FAILED, web2=GONE, web3={"changed": 1, "ok": 2, "rescued": 1, "ignored": 1})
    return made(hosts, record, facts=facts, job="https://ci.example.com/7?a=1&b=2")


def test_both_parts_tell_the_same():
    summary = full()
    page = Page(html(summary, subject(summary)))
    told = " ".join(text(summary).split())
    for words in (
        "site.yml failed on 1 and could not reach 1 of 3 hosts",
        "By ann",
        "Install <nginx>",
        "<script>alert(1)</script> & more",
        "site.yml:3",
        "Reach",
        "no route",
        "Try",
        "mended",
        "Tolerate",
        "never mind",
        "Write",
        "Be careful",
        "2026-11-25 13:05 UTC",
        "1 rescued, 1 ignored, 1 changed, 2 ok",
    ):
        assert words in page.text
        assert words in told
    assert page.links == ["https://ci.example.com/7?a=1&b=2", "https://example.com/c/abc"]
    assert "https://ci.example.com/7?a=1&b=2" in told


def test_what_comes_from_a_run_is_no_markup():
    assert "script" not in Page(html(full(), "<b>")).tags


def test_the_html_is_made_for_mail_programs():
    source = html(full(), "Subject")
    page = Page(source)
    assert not page.tags & {"div", "script", "img", "link", "svg", "form"} - {"div"}
    assert '<meta name="color-scheme" content="light dark">' in source
    assert "@media (prefers-color-scheme: dark)" in source
    assert "http" not in source.replace("https://ci.example.com", "").replace("https://example.com", "")


def test_an_empty_run():
    summary = made({})
    assert text(summary).startswith("site.yml matched no hosts\nBy ann\n")
    assert "site.yml matched no hosts" in Page(html(summary, subject(summary))).text


def test_the_largest_mail_is_shown_whole():
    record = Record()
    for number in range(200):
        host, task = f"{number}.{'h' * 60}.example.com", f"{number} {'<&>' * 30}"
        record.trouble("failed", host, task, "p" * 80, {"msg": '"' * 1000, "stderr": "<" * 10_000})
        record.trouble("rescued", host, task, "p" * 80, {"msg": '"' * 1000, "stderr": "<" * 10_000})
        record.change(host, task, "p" * 80)
        record.warning(f"{number} {'<' * 1000}")
    every = ("ok", "failures", "unreachable", "changed", "skipped", "rescued", "ignored")
    hosts = {f"{number}.{'h' * 60}.example.com": dict.fromkeys(every, 1000) for number in range(200)}
    summary = made(hosts, record, facts=[Fact("f" * 20, "<" * 100)] * 12)
    source = html(summary, subject(summary))
    assert "and 175 more hosts: 175 unreachable" in Page(source).text and "and 175 more hosts" in text(summary)
    assert "and 190 more failures that are not listed" in Page(source).text
    assert len(source.encode()) <= LARGEST_HTML


def test_a_large_mail_has_whole_reasons():
    record = Record()
    for number in range(200):
        host, task = f"host{number}.example.com", f"Task {number} that does one thing or another"
        reason = {
            "msg": f"{number} " + "word " * 60,
            "stderr": "\n".join(["a line of output"] * 20) + f"\nlast{number}!",
        }
        record.trouble("failed", host, task, "roles/web/tasks/main.yml:12", reason)
        record.trouble("rescued", host, task, "roles/web/tasks/main.yml:12", reason)
        for other in range(200):
            record.change(f"host{other}.example.com", task, "roles/web/tasks/main.yml:12")
    hosts = stats(**{f"host{number}.example.com": {**FAILED, **CHANGED, "ok": 90} for number in range(200)})
    source = html(made(hosts, record), "Subject")
    assert len(source.encode()) <= LARGEST_HTML and source.count("last9!") == 2
