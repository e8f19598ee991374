# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Handlebars templates (docs/service.md#email-templates)."""

import time

import pytest

from mailtrap_emulator.mail.handlebars import TemplateError, render_template

PEOPLE = {"people": [{"name": "Ann", "tags": ["a", "b"]}, {"name": "Bob", "tags": []}], "title": "Team"}


@pytest.mark.parametrize(
    ("template", "variables", "expected"),
    [
        # variables
        ("plain { text } }}", {}, "plain { text } }}"),
        ("Hi {{name}}!", {"name": "Ann"}, "Hi Ann!"),
        ("{{ name }}{{missing}}", {"name": "Ann"}, "Ann"),
        ("{{x}}", {"x": '<a href="x">\'`=&'}, "&lt;a href&#x3D;&quot;x&quot;&gt;&#x27;&#x60;&#x3D;&amp;"),
        ("{{{x}}}{{&x}}{{& x }}", {"x": "<&>"}, "<&><&><&>"),
        ("{{x}} {{y}} {{z}}", {"x": True, "y": False, "z": None}, "true false "),
        ("{{x}} {{y}} {{z}}", {"x": 1, "y": 1.0, "z": 1.5}, "1 1 1.5"),
        ("{{x}} {{y}}", {"x": [1, [2, None], "a"], "y": {"a": 1}}, "1,2,,a [object Object]"),
        ("\\{{x}} {{x}}", {"x": 1}, "{{x}} 1"),
        # paths
        ("{{a.b.c}} {{a/b/c}} {{this.a.b.c}} {{./a.b.c}}", {"a": {"b": {"c": 7}}}, "7 7 7 7"),
        ("{{a.b.c}}", {"a": {"b": None}}, ""),
        ("{{a.b}}", {"a": "text"}, ""),
        ("{{list.0}} {{list.[1]}} {{list.9}} {{list.length}}", {"list": ["x", "y"]}, "x y  2"),
        ("{{[two words]}} {{a.[b c]}}", {"two words": 1, "a": {"b c": 2}}, "1 2"),
        ("{{user.name}}", {"user.name": "flat"}, "flat"),
        ("{{user.name}}", {"user.name": "flat", "user": {"name": "deep"}}, "flat"),
        ("{{größe}} {{a-b}} {{a_b}}", {"größe": 1, "a-b": 2, "a_b": 3}, "1 2 3"),
        ('{{"literal"}} {{12}} {{true}}', {}, "literal 12 true"),
        # if, unless
        ("{{#if x}}yes{{else}}no{{/if}}", {"x": "a"}, "yes"),
        ("{{#if x}}yes{{^}}no{{/if}}", {}, "no"),
        *[("{{#if x}}yes{{else}}no{{/if}}", {"x": value}, "no") for value in (False, None, 0, "", [])],
        *[("{{#if x}}yes{{else}}no{{/if}}", {"x": value}, "yes") for value in (True, 1, "0", [0], {})],
        ("{{#if x includeZero=true}}yes{{/if}}", {"x": 0}, "yes"),
        ("{{#if a}}A{{else if b}}B{{else}}C{{/if}}", {"b": 1}, "B"),
        ("{{#if a}}A{{else if b}}B{{else}}C{{/if}}", {}, "C"),
        ("{{#if a}}A{{else unless b}}B{{else}}C{{/if}}", {}, "B"),
        ("{{#unless x}}no{{else}}yes{{/unless}}", {"x": 1}, "yes"),
        ("{{#if a}}{{#if b}}both{{/if}}{{/if}}", {"a": 1, "b": 1}, "both"),
        # each
        ("{{#each people}}{{@index}} {{name}}{{#unless @last}}, {{/unless}}{{/each}}", PEOPLE, "0 Ann, 1 Bob"),
        ("{{#each people}}{{#if @first}}*{{/if}}{{this.name}}{{/each}}", PEOPLE, "*AnnBob"),
        (
            "{{#each people}}{{#each tags}}{{../name}}{{this}}{{../../title}} {{/each}}{{/each}}",
            PEOPLE,
            "AnnaTeam AnnbTeam ",
        ),
        ("{{#each people}}{{#each tags}}{{.}}{{else}}none{{/each}};{{/each}}", PEOPLE, "ab;none;"),
        ("{{#each o}}{{@key}}={{this}};{{/each}}", {"o": {"a": 1, "b": 2}}, "a=1;b=2;"),
        ("{{#each x}}never{{else}}empty{{/each}}", {"x": 7}, "empty"),
        ("{{#each people}}{{@root.title}}{{/each}}", PEOPLE, "TeamTeam"),
        # with
        ("{{#with user}}{{name}} {{../title}}{{/with}}", {"user": {"name": "Ann"}, "title": "T"}, "Ann T"),
        ("{{#with user}}x{{else}}nobody{{/with}}", {}, "nobody"),
        # blocks over plain values
        ("{{#people}}{{name}} {{/people}}", PEOPLE, "Ann Bob "),
        ("{{#user}}{{name}}{{/user}}", {"user": {"name": "Ann"}}, "Ann"),
        ("{{#flag}}{{name}}{{/flag}}", {"flag": True, "name": "outer"}, "outer"),
        ("{{^people}}nobody{{/people}}{{#people}}{{else}}nobody{{/people}}", {"people": []}, "nobodynobody"),
        # comments and whitespace
        ("a{{! no }}b{{!-- {{no}} --}}c", {}, "abc"),
        ("a {{~x~}} b {{~#if x~}} c {{~/if~}} d", {"x": 1}, "a1bcd"),
        ("a\n{{#if x}}\n  b\n{{/if}}\nc\n", {"x": 1}, "a\n  b\nc\n"),
        ("a\r\n  {{#if x}}  \r\nb\r\n{{/if}}\r\nc", {"x": 1}, "a\r\nb\r\nc"),
        ("{{#if x}}\n{{#if x}}\nb\n{{/if}}\n{{/if}}\nc", {"x": 1}, "b\nc"),
        ("a {{#if x}}\nb{{/if}}", {"x": 1}, "a \nb"),
        ("{{x}}\ny", {"x": 1}, "1\ny"),
        ("a\n{{! gone }}\nb", {}, "a\nb"),
    ],
)
def test_rendering(template, variables, expected):
    assert render_template(template, variables) == expected


def test_rendering_without_escaping():
    assert render_template("{{x}} {{{x}}}", {"x": "<&>"}, escape=False) == "<&> <&>"


def test_tags_in_values_are_not_rendered():
    assert render_template("{{x}}", {"x": "{{y}}", "y": "no"}) == "{{y}}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{#if a}}", "if is not closed"),
        ("{{/if}}", "if was never opened"),
        ("{{#if a}}{{/each}}", "if is closed by each"),
        ("{{#each a}}{{#if b}}{{/each}}{{/if}}", "if is closed by each"),
        ("{{#if a}}{{else if b}}", "if is not closed"),
        ("{{else}}", "else outside of a block"),
        ("{{> part}}", "partials are not supported: part"),
        ("{{upper name}}", "unknown helper: upper"),
        ("{{#list a b}}{{/list}}", "unknown helper: list"),
        ("{{#if a b}}{{/if}}", "if takes one value"),
        ("{{#each}}{{/each}}", "each takes one value"),
        ("{{#}}{{/}}", "an empty block"),
        ("{{}}", "an empty tag"),
        ("{{a", "a tag is not closed"),
        ("{{{a}}", "a tag is not closed"),
        ("{{a..b}}", "not a path: a..b"),
        ("{{a.}}", "not a path: a."),
    ],
)
def test_invalid_templates(template, message):
    with pytest.raises(TemplateError) as error:
        render_template(template, {"a": 1})
    assert str(error.value) == message


def test_too_deep_nesting():
    with pytest.raises(TemplateError):
        render_template("{{#if a}}" * 5000 + "{{/if}}" * 5000, {"a": 1})


def test_long_templates_are_rendered_quickly():
    started = time.process_time()
    render_template("<p>{{x}}</p>\n" * 20_000, {"x": "y"})
    for malformed in ("{{" * 20_000, "{{!--" * 3000, "{{#if " * 20_000, "{{'" * 5000):
        with pytest.raises(TemplateError):
            render_template(malformed, {})
    assert time.process_time() - started < 5
