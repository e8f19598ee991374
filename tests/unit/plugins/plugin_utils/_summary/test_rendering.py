# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.collector import RunCollector
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.model import RunDetail
from ansible_collections.community.mailtrap.plugins.plugin_utils._summary.rendering import (
    MAX_HTML_BYTES,
    MAX_SUBJECT_LENGTH,
    render_headline,
    render_html,
    render_subject,
    render_text,
)

VOID_ELEMENTS = {"meta", "br", "img"}


class Page(HTMLParser):
    """The elements, the visible text and the links of an HTML page. Checks that all elements are closed in order."""

    def __init__(self, source):
        super().__init__()
        self.open_tags, self.tags, self.links, self.texts = [], set(), [], []
        self.feed(source)
        self.close()
        assert not self.open_tags

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name == "href"]
        if tag not in VOID_ELEMENTS:
            self.open_tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open_tags):
            self.texts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())


def recap(**hosts):
    """Return complete statistics for hosts with the given counts."""
    names = ("ok", "failures", "unreachable", "changed", "skipped", "rescued", "ignored")
    return {host: {**dict.fromkeys(names, 0), **counts} for host, counts in hosts.items()}


def summarize(stats, collector=None, title="site.yml", details=(), **options):
    collector = collector or RunCollector()
    return collector.summarize(title=title, byline="Started by ann", stats=stats, details=list(details), **options)


OK, CHANGED, FAILED, UNREACHABLE = {"ok": 1}, {"changed": 1}, {"failures": 1}, {"unreachable": 1}


@pytest.mark.parametrize(
    "hosts, options, headline",
    [
        ({}, {}, "matched no hosts"),
        ({"a": OK}, {}, "changed nothing on 1 host"),
        ({"a": OK, "b": OK}, {}, "changed nothing on 2 hosts"),
        ({"a": CHANGED}, {}, "changed 1 host"),
        ({"a": CHANGED, "b": OK}, {}, "changed 1 of 2 hosts"),
        ({"a": CHANGED, "b": CHANGED}, {}, "changed all 2 hosts"),
        ({"a": CHANGED, "b": OK}, {"check_mode": True}, "would change 1 of 2 hosts"),
        ({"a": OK}, {"check_mode": True}, "would change nothing on 1 host"),
        ({"a": FAILED, "b": OK}, {}, "failed on 1 of 2 hosts"),
        ({"a": FAILED, "b": FAILED}, {}, "failed on all 2 hosts"),
        ({"a": UNREACHABLE, "b": OK}, {}, "could not reach 1 of 2 hosts"),
        ({"a": FAILED, "b": UNREACHABLE, "c": OK}, {}, "failed on 1 and could not reach 1 of 3 hosts"),
        ({"a": CHANGED, "b": OK}, {"has_recovered": True}, "works again: changed 1 of 2 hosts"),
        ({"a": OK}, {"has_recovered": True}, "works again: changed nothing on 1 host"),
    ],
)
def test_headline(hosts, options, headline):
    assert render_headline(summarize(recap(**hosts), **options)) == headline


def test_subject():
    collector = RunCollector()
    collector.add_failure("failed", "a", "Grüße\nsenden 🎉", "", {"msg": "x"})
    summary = summarize(recap(a=FAILED, b=OK), collector)
    assert render_subject(summary) == "❌ site.yml failed on 1 of 2 hosts: Grüße senden 🎉"
    assert render_subject(summary, "[prod]") == "[prod] ❌ site.yml failed on 1 of 2 hosts: Grüße senden 🎉"
    check_mode = summarize(recap(a=OK), check_mode=True)
    assert render_subject(check_mode) == "✅ site.yml would change nothing on 1 host (check mode)"


def test_subject_is_truncated():
    collector = RunCollector()
    collector.add_failure("unreachable", "b", "w" * 1000, "", {})
    subject = render_subject(summarize(recap(b=UNREACHABLE), collector, title="t" * 1000), "p" * 1000)
    assert len(subject) == MAX_SUBJECT_LENGTH and subject.endswith("…")


def full_summary():
    collector = RunCollector()
    message = "<script>alert(1)</script> & more"
    collector.add_failure("failed", "web1", "Install <nginx>", "site.yml:3", {"msg": message})
    collector.add_failure("unreachable", "web2", "Connect", "site.yml:1", {"msg": "no route"})
    collector.add_failure("rescued", "web3", "Stop the old service", "site.yml:9", {"msg": "not running"})
    collector.add_failure("ignored", "web3", "Query the version", "site.yml:12", {"msg": "not installed"})
    collector.add_change("web3", "Write the configuration", "site.yml:20")
    collector.add_warning("Be careful")
    details = [RunDetail("Started", "2026-11-25 13:05 UTC"), RunDetail("Commit", "abc", "https://example.com/c/abc")]
    stats = recap(web1=FAILED, web2=UNREACHABLE, web3={"changed": 1, "ok": 2, "rescued": 1, "ignored": 1})
    return summarize(stats, collector, details=details, job_url="https://ci.example.com/7?a=1&b=2")


def test_text_and_html_have_the_same_content():
    summary = full_summary()
    page = Page(render_html(summary, render_subject(summary)))
    text = " ".join(render_text(summary).split())
    for phrase in (
        "site.yml failed on 1 and could not reach 1 of 3 hosts",
        "Started by ann",
        "Install <nginx>",
        "<script>alert(1)</script> & more",
        "site.yml:3",
        "Connect",
        "no route",
        "Stop the old service",
        "not running",
        "Query the version",
        "not installed",
        "Write the configuration",
        "Be careful",
        "2026-11-25 13:05 UTC",
        "1 rescued, 1 ignored, 1 changed, 2 ok",
    ):
        assert phrase in page.text
        assert phrase in text
    assert page.links == ["https://ci.example.com/7?a=1&b=2", "https://example.com/c/abc"]
    assert "https://ci.example.com/7?a=1&b=2" in text


def test_text_of_the_run_is_escaped_in_html():
    assert "script" not in Page(render_html(full_summary(), "<b>")).tags


def test_html_uses_only_what_mail_programs_support():
    html = render_html(full_summary(), "Subject")
    assert not Page(html).tags & {"script", "img", "link", "svg", "form"}
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert "http" not in html.replace("https://ci.example.com", "").replace("https://example.com", "")


def test_run_without_hosts():
    summary = summarize({})
    assert render_text(summary).startswith("site.yml matched no hosts\nStarted by ann\n")
    assert "site.yml matched no hosts" in Page(render_html(summary, render_subject(summary))).text


def test_largest_html_is_not_clipped():
    collector = RunCollector()
    for number in range(200):
        host, task = f"{number}.{'h' * 60}.example.com", f"{number} {'<&>' * 30}"
        result = {"msg": '"' * 1000, "stderr": "<" * 10_000}
        collector.add_failure("failed", host, task, "p" * 80, result)
        collector.add_failure("rescued", host, task, "p" * 80, result)
        collector.add_change(host, task, "p" * 80)
        collector.add_warning(f"{number} {'<' * 1000}")
    names = ("ok", "failures", "unreachable", "changed", "skipped", "rescued", "ignored")
    stats = {f"{number}.{'h' * 60}.example.com": dict.fromkeys(names, 1000) for number in range(200)}
    summary = summarize(stats, collector, details=[RunDetail("f" * 20, "<" * 100)] * 12)
    html = render_html(summary, render_subject(summary))
    page = Page(html)
    assert "and 175 more hosts: 175 unreachable" in page.text and "and 175 more hosts" in render_text(summary)
    assert "and 190 more failures that are not listed" in page.text
    assert len(html.encode()) <= MAX_HTML_BYTES


def test_reasons_of_a_large_run_are_not_shortened():
    collector = RunCollector()
    for number in range(200):
        host, task = f"host{number}.example.com", f"Task {number} that does one thing or another"
        result = {
            "msg": f"{number} " + "word " * 60,
            "stderr": "\n".join(["a line of output"] * 20) + f"\nlast{number}!",
        }
        collector.add_failure("failed", host, task, "roles/web/tasks/main.yml:12", result)
        collector.add_failure("rescued", host, task, "roles/web/tasks/main.yml:12", result)
        for other in range(200):
            collector.add_change(f"host{other}.example.com", task, "roles/web/tasks/main.yml:12")
    stats = recap(**{f"host{number}.example.com": {**FAILED, **CHANGED, "ok": 90} for number in range(200)})
    html = render_html(summarize(stats, collector), "Subject")
    assert len(html.encode()) <= MAX_HTML_BYTES and html.count("last9!") == 2
