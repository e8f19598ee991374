# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML template of the summary mail."""

from __future__ import annotations

import functools

from jinja2 import Environment, StrictUndefined, Template

_SANS = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
# Styles that several elements share. They replace their keys in the template.
_STYLES = {
    "[[sans]]": _SANS,
    "[[mono]]": "font-family:Menlo,Consolas,monospace;",
    "[[muted]]": f"{_SANS}font-size:13px;line-height:19px;color:#5d6979;",
    "[[section]]": f'<tr><td style="padding:26px 28px 0"><h2 class="text" style="margin:0 0 10px;{_SANS}'
    'font-size:15px;line-height:20px;font-weight:600;color:#17202c">',
    "[[cell]]": f"padding:7px 0;{_SANS}font-size:13px;line-height:19px;border-bottom:1px solid #e6eaf0;",
}

# Many mail programs support only tables and inline styles. The style sheet holds the colours of the dark mode, with
# !important because they must override the inline styles.
_TEMPLATE = """\
{% set colours = {"bad": "#b42318", "good": "#067647", "failed": "#b42318", "unreachable": "#b42318",
  "changed": "#93530b", "ok": "#067647", "rescued": "#93530b", "ignored": "#93530b"} %}
{% macro note(text) %}
{% if text %}
<p class="muted" style="margin:8px 0 0;[[muted]]">{{ text }}</p>
{% endif %}
{% endmacro %}
{% macro failed_task(task) %}
{% set tone = "failed" if task.status in ("failed", "unreachable") else "changed" %}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 10px">
<tr><td class="box edge-{{ tone }}" bgcolor="#f7f8fa" style="padding:12px 14px;background:#f7f8fa;\
border-left:3px solid {{ colours[tone] }};border-radius:4px">
{% if task.status != "failed" %}
<p class="{{ tone }}" style="margin:0 0 3px;[[sans]]font-size:11px;line-height:15px;font-weight:700;\
letter-spacing:.6px;text-transform:uppercase;color:{{ colours[tone] }}">{{ task.status }}</p>
{% endif %}
<p class="text" style="margin:0;[[sans]]font-size:15px;line-height:21px;font-weight:600;color:#17202c;\
word-break:break-word">{{ task.name }}</p>
<p class="muted" style="margin:0;[[muted]]word-break:break-word">{{ hosts(task) }}\
{% if task.path %} &middot; {{ task.path }}{% endif %}</p>
<p class="text" style="margin:8px 0 0;[[mono]]font-size:12px;line-height:18px;color:#17202c;\
word-break:break-word;white-space:pre-wrap">{{ task.reason }}</p>
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
{% if summary.check_mode %} &middot; check mode{% endif %}</p>
<h1 class="text" style="margin:0;[[sans]]font-size:22px;line-height:29px;font-weight:700;color:#17202c;\
word-break:break-word">{{ summary.title }} {{ headline }}</h1>
<p class="muted" style="margin:5px 0 0;[[muted]]">{{ summary.byline }}</p>
</td></tr>
{% if summary.failures %}
[[section]]First failure</h2>
{{ failed_task(summary.failures[0]) }}
</td></tr>
{% if summary.failures | length > 1 or omitted.failures %}
[[section]]More failures</h2>
{% for task in summary.failures[1:] %}
{{ failed_task(task) }}
{% endfor %}
{{ note(omitted.failures) }}
</td></tr>
{% endif %}
{% endif %}
{% if summary.job_url %}
<tr><td style="padding:14px 28px 0">
<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>
<td class="button" bgcolor="#1f5fd0" style="background:#1f5fd0;border-radius:6px">
<a href="{{ summary.job_url }}" style="display:inline-block;padding:10px 18px;[[sans]]font-size:14px;line-height:18px;\
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
{% for name, count in host.counts.items() %}
{% if name in ("ok", "skipped") %}
{{ count }} {{ name }}{{ "," if not loop.last }}
{% else %}
<span class="{{ name }}" style="{{ "font-weight:600;" if name in ("failed", "unreachable") }}\
color:{{ colours[name] }}">{{ count }} {{ name }}</span>\
{{ "," if not loop.last }}
{% endif %}
{% endfor %}
</td>
</tr>
{% endfor %}
</table>
{{ note(more_hosts) }}
</td></tr>
{% endif %}
{% if summary.changes %}
[[section]]{{ "Would change" if summary.check_mode else "Changes" }}</h2>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
{% for task in summary.changes %}
<tr><td class="line" style="padding:6px 0;border-bottom:1px solid #e6eaf0">
<p class="text" style="margin:0;[[sans]]font-size:14px;line-height:20px;color:#17202c;word-break:break-word">\
{{ task.name }}</p>
<p class="muted" style="margin:0;[[muted]]word-break:break-word">{{ hosts(task) }}</p>
</td></tr>
{% endfor %}
</table>
{{ note(omitted.changes) }}
</td></tr>
{% endif %}
{% if summary.handled %}
[[section]]Rescued and ignored</h2>
{% for task in summary.handled %}
{{ failed_task(task) }}
{% endfor %}
{{ note(omitted.handled) }}
</td></tr>
{% endif %}
{% if summary.warnings %}
[[section]]Warnings</h2>
{% for warning in summary.warnings %}
<p class="text" style="margin:0 0 6px;[[sans]]font-size:13px;line-height:19px;color:#17202c;word-break:break-word">\
{{ warning }}</p>
{% endfor %}
{{ note(omitted.warnings) }}
</td></tr>
{% endif %}
[[section]]Run details</h2>
<table role="presentation" cellpadding="0" cellspacing="0" border="0">
{% for detail in summary.details %}
<tr>
<td class="muted" valign="top" style="padding:3px 18px 3px 0;[[muted]]white-space:nowrap">{{ detail.label }}</td>
<td class="text" valign="top" style="padding:3px 0;[[sans]]font-size:13px;line-height:19px;color:#17202c;\
word-break:break-word">
{% if detail.url %}
<a class="link" href="{{ detail.url }}" style="color:#1f5fd0;text-decoration:none">{{ detail.text }}</a>
{% else %}
{{ detail.text }}
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


@functools.cache
def load_html_template() -> Template:
    """Compile the template."""
    source = _TEMPLATE
    for name, style in _STYLES.items():  # As Jinja expressions, the styles would slow down compiling.
        source = source.replace(name, style)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False
    )
    return environment.from_string(source)
