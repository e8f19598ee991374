# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of the mail about a run: its subject, its text and its HTML, from a Summary. Pure."""

from __future__ import annotations

import functools
import itertools
import textwrap
from dataclasses import replace

from jinja2 import Environment, StrictUndefined

from .records import LONGEST_REASON, shortened

LONGEST_SUBJECT = 180
# Bytes of HTML: Gmail cuts a mail after 102 kB.
LARGEST_HTML = 100_000
_SYMBOLS = {"failed": "❌"}
_WORKED = "✅"
_LABELS = {
    "failed": "Failed",
    "recovered": "Works again",
    "changed": "Changed",
    "ok": "No changes",
    "nothing": "No hosts",
}
_LEFT_OUT = {"failures": "failures", "handled": "failures", "changes": "changes", "warnings": "warnings"}


def subject(summary, prefix=""):
    """Return the subject: str, one line, the outcome before all details."""
    told = f"{_SYMBOLS.get(summary.outcome, _WORKED)} {summary.title} {headline(summary)}"
    if summary.failures:
        told += f": {summary.failures[0].task}"
    if summary.check:
        told += " (check mode)"
    return shortened(" ".join(f"{prefix} {told}".split()), LONGEST_SUBJECT)


def headline(summary):
    """Return what came of the run, as the end of a sentence that begins with its title: str."""
    totals, all_hosts = summary.totals, sum(summary.totals.values())
    change = "would change" if summary.check else "changed"
    if summary.outcome == "nothing":
        return "matched no hosts"
    if totals["failed"] and totals["unreachable"]:
        return f"failed on {totals['failed']} and could not reach {totals['unreachable']} of {_hosts(all_hosts)}"
    if totals["failed"]:
        return f"failed on {_share(totals['failed'], all_hosts)}"
    if totals["unreachable"]:
        return f"could not reach {_share(totals['unreachable'], all_hosts)}"
    told = _share(totals["changed"], all_hosts) if totals["changed"] else f"nothing on {_hosts(all_hosts)}"
    return f"{'works again: ' if summary.outcome == 'recovered' else ''}{change} {told}"


def text(summary):
    """Return the mail as plain text: str."""
    mode = " (check mode)" if summary.check else ""
    changes = [f"* {group.task}\n  {_names(group)}" for group in summary.changes]
    warnings = [textwrap.fill(f"* {warning}", 76, subsequent_indent="  ") for warning in summary.warnings]
    parts = [
        [f"{summary.title} {headline(summary)}{mode}\n{summary.byline}"],
        _section("First failure", map(_told, summary.failures[:1])),
        _section("More failures", map(_told, summary.failures[1:]), _more(summary, "failures")),
        _section("Hosts", ["\n".join(_table(summary))], _more_hosts(summary)),
        _section("Would change" if mode else "Changes", ["\n".join(changes)], _more(summary, "changes")),
        _section("Rescued and ignored", map(_told, summary.handled), _more(summary, "handled")),
        _section("Warnings", ["\n".join(warnings)], _more(summary, "warnings")),
        _section("The run", ["\n".join(_facts(summary))]),
    ]
    return "\n\n".join(itertools.chain.from_iterable(parts)) + "\n"


def html(summary, line):
    """Return the mail as HTML: str; line: str, its subject. The reasons become shorter where it would be too large."""
    for length in (LONGEST_REASON, 250, 40):
        made = _rendered(_with_reasons(summary, length), line)
        if len(made.encode()) <= LARGEST_HTML:
            break
    return made


def _with_reasons(summary, length):
    shorter = {
        name: [replace(group, reason=shortened(group.reason, length)) for group in getattr(summary, name)]
        for name in ("failures", "handled")
    }
    return replace(summary, **shorter)


def _rendered(summary, line):
    return _template().render(
        summary=summary,
        subject=line,
        headline=headline(summary),
        label=_LABELS[summary.outcome],
        tone="bad" if summary.outcome == "failed" else "good",
        names=_names,
        more={counted: _more(summary, counted) for counted in _LEFT_OUT},
        more_hosts=_more_hosts(summary),
    )


def _section(title, blocks, more=""):
    blocks = [block for block in [*blocks, more] if block]
    return [f"{title.upper()}\n{'-' * len(title)}", *blocks] if blocks else []


def _told(group):
    where = f" ({group.path})" if group.path else ""
    kind = "" if group.kind == "failed" else f"{group.kind.capitalize()}: "
    return f"{kind}{group.task}{where}\n  on {_names(group)}\n{textwrap.indent(group.reason, '    ')}"


def _table(summary):
    width = max((len(host.name) for host in summary.hosts), default=0)
    for host in summary.hosts:
        yield f"{host.name:{width}}  {', '.join(f'{count} {what}' for what, count in host.counts.items())}"


def _facts(summary):
    facts = [(fact.label, fact.text) for fact in summary.facts] + ([("Job", summary.job)] if summary.job else [])
    width = max((len(label) for label, told in facts), default=0)
    return [f"{label:{width}}  {told}" for label, told in facts]


def _names(group):
    return ", ".join(group.hosts) + (f" and {group.more} more" if group.more else "")


def _more(summary, counted):
    count = summary.left_out[counted]
    if not count:
        return ""
    things = _LEFT_OUT[counted]
    return f"and {count} more {things if count > 1 else things[:-1]} that {'are' if count > 1 else 'is'} not listed"


def _more_hosts(summary):
    if not summary.more_hosts:
        return ""
    states = ", ".join(f"{count} {state}" for state, count in summary.more_hosts.items())
    return f"and {_hosts(sum(summary.more_hosts.values()), 'more ')}: {states}"


def _hosts(count, which=""):
    return f"{count} {which}{'host' if count == 1 else 'hosts'}"


def _share(count, total):
    if count < total:
        return f"{count} of {_hosts(total)}"
    return _hosts(total) if total == 1 else f"all {_hosts(total)}"


@functools.cache
def _template():
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False
    )
    source = _HTML
    for name, style in _STYLES.items():  # here, since each expression in a template takes time to compile
        source = source.replace(name, style)
    return environment.from_string(source)


# Styles that are in many places.
_SANS = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
_STYLES = {
    "[[sans]]": _SANS,
    "[[mono]]": "font-family:Menlo,Consolas,monospace;",
    "[[muted]]": f"{_SANS}font-size:13px;line-height:19px;color:#5d6979;",
    "[[section]]": f'<tr><td style="padding:26px 28px 0"><h2 class="text" style="margin:0 0 10px;{_SANS}'
    'font-size:15px;line-height:20px;font-weight:600;color:#17202c">',
    "[[cell]]": f"padding:7px 0;{_SANS}font-size:13px;line-height:19px;border-bottom:1px solid #e6eaf0;",
}

# Mail programs know tables, and styles in the elements. Those that know more take the colours of the dark from the
# sheet, which must overrule the elements.
_HTML = """\
{% set colours = {"bad": "#b42318", "good": "#067647", "failed": "#b42318", "unreachable": "#b42318",
  "changed": "#93530b", "ok": "#067647", "rescued": "#93530b", "ignored": "#93530b"} %}
{% macro rest(words) %}
{% if words %}
<p class="muted" style="margin:8px 0 0;[[muted]]">{{ words }}</p>
{% endif %}
{% endmacro %}
{% macro trouble(group, name="") %}
{% set tone = "failed" if group.kind in ("failed", "unreachable") else "changed" %}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 10px">
<tr><td class="box edge-{{ tone }}" bgcolor="#f7f8fa" style="padding:12px 14px;background:#f7f8fa;\
border-left:3px solid {{ colours[tone] }};border-radius:4px">
{% if name or group.kind != "failed" %}
<p class="{{ tone }}" style="margin:0 0 3px;[[sans]]font-size:11px;line-height:15px;font-weight:700;\
letter-spacing:.6px;text-transform:uppercase;color:{{ colours[tone] }}">{{ name or group.kind }}</p>
{% endif %}
<p class="text" style="margin:0;[[sans]]font-size:15px;line-height:21px;font-weight:600;color:#17202c;\
word-break:break-word">{{ group.task }}</p>
<p class="muted" style="margin:0;[[muted]]word-break:break-word">{{ names(group) }}\
{% if group.path %} &middot; {{ group.path }}{% endif %}</p>
<p class="text" style="margin:8px 0 0;[[mono]]font-size:12px;line-height:18px;color:#17202c;\
word-break:break-word;white-space:pre-wrap">{{ group.reason }}</p>
</td></tr>
</table>
{% endmacro %}
<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ subject }}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
.page { background: #0e1218 !important; }
.card { background: #171d26 !important; border-color: #2b3442 !important; }
.box { background: #0e1218 !important; }
.line { border-color: #2b3442 !important; }
.text { color: #e8ebf0 !important; }
.muted { color: #9aa5b5 !important; }
.bad, .failed, .unreachable { color: #ff8a7a !important; }
.good, .ok { color: #5ed3a0 !important; }
.changed, .rescued, .ignored { color: #f2b661 !important; }
.link { color: #8ab6ff !important; }
.button { background: #2f6fdb !important; }
.top-bad { border-top-color: #ff8a7a !important; }
.top-good { border-top-color: #5ed3a0 !important; }
.edge-failed { border-left-color: #ff8a7a !important; }
.edge-changed { border-left-color: #f2b661 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#eef1f5;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">\
{{ summary.failures[0].reason if summary.failures else headline }}</div>
<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#eef1f5" \
style="background:#eef1f5">
<tr><td align="center" style="padding:28px 10px">
<table class="card top-{{ tone }}" role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" \
bgcolor="#ffffff" style="width:100%;max-width:640px;background:#ffffff;border:1px solid #dde2ea;\
border-top:4px solid {{ colours[tone] }};border-radius:8px">
<tr><td style="padding:24px 28px 0">
<p class="{{ tone }}" style="margin:0 0 4px;[[sans]]font-size:12px;line-height:16px;font-weight:700;\
letter-spacing:.8px;text-transform:uppercase;color:{{ colours[tone] }}">{{ label }}\
{% if summary.check %} &middot; check mode{% endif %}</p>
<h1 class="text" style="margin:0;[[sans]]font-size:22px;line-height:29px;font-weight:700;color:#17202c;\
word-break:break-word">{{ summary.title }} {{ headline }}</h1>
<p class="muted" style="margin:5px 0 0;[[muted]]">{{ summary.byline }}</p>
</td></tr>
{% if summary.failures %}
[[section]]First failure</h2>
{{ trouble(summary.failures[0]) }}
</td></tr>
{% if summary.failures | length > 1 or more.failures %}
[[section]]More failures</h2>
{% for group in summary.failures[1:] %}
{{ trouble(group) }}
{% endfor %}
{{ rest(more.failures) }}
</td></tr>
{% endif %}
{% endif %}
{% if summary.job %}
<tr><td style="padding:14px 28px 0">
<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>
<td class="button" bgcolor="#1f5fd0" style="background:#1f5fd0;border-radius:6px">
<a href="{{ summary.job }}" style="display:inline-block;padding:10px 18px;[[sans]]font-size:14px;line-height:18px;\
font-weight:600;color:#ffffff;text-decoration:none">Open the job</a></td>
</tr></table>
</td></tr>
{% endif %}
{% if summary.hosts %}
[[section]]Hosts</h2>
<table width="100%" cellpadding="0" cellspacing="0" border="0">
{% for host in summary.hosts %}
<tr>
<th class="text line" scope="row" align="left" valign="top" width="36%" style="[[cell]]padding-right:18px;\
font-weight:400;color:#17202c;word-break:break-word">\
<span class="{{ host.state }}" style="color:{{ colours[host.state] }}">&#9679;</span>\
&nbsp;&nbsp;{{ host.name }}</th>
<td class="muted line" valign="top" style="[[cell]]color:#5d6979">
{% for what, count in host.counts.items() %}
{% if what in ("ok", "skipped") %}
{{ count }} {{ what }}{{ "," if not loop.last }}
{% else %}
<span class="{{ what }}" style="{{ "font-weight:600;" if what in ("failed", "unreachable") }}\
color:{{ colours[what] }}">{{ count }} {{ what }}</span>\
{{ "," if not loop.last }}
{% endif %}
{% endfor %}
</td>
</tr>
{% endfor %}
</table>
{{ rest(more_hosts) }}
</td></tr>
{% endif %}
{% if summary.changes %}
[[section]]{{ "Would change" if summary.check else "Changes" }}</h2>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
{% for group in summary.changes %}
<tr><td class="line" style="padding:6px 0;border-bottom:1px solid #e6eaf0">
<p class="text" style="margin:0;[[sans]]font-size:14px;line-height:20px;color:#17202c;word-break:break-word">\
{{ group.task }}</p>
<p class="muted" style="margin:0;[[muted]]word-break:break-word">{{ names(group) }}</p>
</td></tr>
{% endfor %}
</table>
{{ rest(more.changes) }}
</td></tr>
{% endif %}
{% if summary.handled %}
[[section]]Rescued and ignored</h2>
{% for group in summary.handled %}
{{ trouble(group) }}
{% endfor %}
{{ rest(more.handled) }}
</td></tr>
{% endif %}
{% if summary.warnings %}
[[section]]Warnings</h2>
{% for warning in summary.warnings %}
<p class="text" style="margin:0 0 6px;[[sans]]font-size:13px;line-height:19px;color:#17202c;word-break:break-word">\
{{ warning }}</p>
{% endfor %}
{{ rest(more.warnings) }}
</td></tr>
{% endif %}
[[section]]The run</h2>
<table role="presentation" cellpadding="0" cellspacing="0" border="0">
{% for fact in summary.facts %}
<tr>
<td class="muted" valign="top" style="padding:3px 18px 3px 0;[[muted]]white-space:nowrap">{{ fact.label }}</td>
<td class="text" valign="top" style="padding:3px 0;[[sans]]font-size:13px;line-height:19px;color:#17202c;\
word-break:break-word">
{% if fact.url %}
<a class="link" href="{{ fact.url }}" style="color:#1f5fd0;text-decoration:none">{{ fact.text }}</a>
{% else %}
{{ fact.text }}
{% endif %}
</td>
</tr>
{% endfor %}
</table>
</td></tr>
<tr><td style="padding:26px 28px 24px">
<p class="muted" style="margin:0;[[sans]]font-size:12px;line-height:17px;color:#5d6979">\
Sent by community.mailtrap.summary at the end of the run.</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
