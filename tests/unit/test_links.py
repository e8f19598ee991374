# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to facts about the service, and links between Markdown files, lead to something that exists."""

from __future__ import annotations

import functools
import pathlib
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
FACTS = "docs/service.md"
MARKDOWN = ("README.md", "CONTRIBUTING.md", "docs/*.md", "roles/*/README.md", "emulator/README.md")

FACT_LINK = re.compile(r"\bservice\.md#(?P<anchor>[\w-]*)")
# The former references to facts: a section number, perhaps on the next line, of notes outside the repository.
SECTION_NUMBER = re.compile(r"\bfacts(?: |\n[ #]*)[0-9]+(\.[0-9]+)*\b", re.IGNORECASE)
MARKDOWN_LINK = re.compile(r"\]\(<?(?P<target>[^)>\s]+)>?(\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s+<?(?P<reference>[^>\s]+)")
HEADING = re.compile(r"#{1,6} +(?P<text>.+?)[ #]*$")
HTML_ANCHOR = re.compile(r"<[^>]*\b(?:id|name)=\"(?P<anchor>[^\"]+)\"")
CODE_FENCE = re.compile(r" *(```|~~~)")
INLINE_CODE = re.compile(r"(`+).+?\1")
URL = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


class Line(NamedTuple):
    """A line of a file in the repository."""

    file: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


@functools.cache
def list_tracked_files() -> tuple[str, ...]:
    """Return the paths, relative to the root, of the files that Git tracks."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a Git work tree, so the tracked files are unknown")
    output = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(name for name in output.split("\0") if name and (ROOT / name).is_file())


@functools.cache
def read_lines(file: str) -> tuple[Line, ...]:
    """Return the lines of a file, or none if the file is not text."""
    try:
        text = (ROOT / file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ()
    return tuple(Line(file, number, line) for number, line in enumerate(text.splitlines(), start=1))


def find_in_tracked_files(pattern: re.Pattern[str]) -> Iterator[tuple[Line, re.Match[str]]]:
    """Yield the matches of a pattern in all text files that Git tracks, each with its line."""
    for file in list_tracked_files():
        lines = read_lines(file)
        text = "\n".join(line.text for line in lines)
        for match in pattern.finditer(text):
            yield lines[text.count("\n", 0, match.start())], match


def find_markdown_files() -> list[str]:
    """Return the paths, relative to the root, of the Markdown files for readers of the repository."""
    return sorted(str(path.relative_to(ROOT)) for pattern in MARKDOWN for path in ROOT.glob(pattern))


def strip_code(file: str) -> Iterator[Line]:
    """Yield the lines of a Markdown file that are not in a code fence, without their inline code."""
    fence = None
    for line in read_lines(file):
        mark = CODE_FENCE.match(line.text)
        if fence is None and mark is None:
            yield line._replace(text=INLINE_CODE.sub("", line.text))
        elif fence is None:
            fence = mark[1]
        elif mark is not None and mark[1] == fence:
            fence = None


def heading_to_anchor(text: str) -> str:
    """Return the anchor that GitHub gives a heading, before it numbers repeated ones."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@functools.cache
def find_anchors(file: str) -> frozenset[str]:
    """Return the anchors of a Markdown file: of its headings, and those written in HTML."""
    anchors: list[str] = []
    fenced = False
    for line in read_lines(file):
        fenced ^= bool(CODE_FENCE.match(line.text))
        heading = None if fenced else HEADING.match(line.text)
        if heading:
            anchor = heading_to_anchor(heading["text"])
            repeated = sum(re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", other) is not None for other in anchors)
            anchors.append(f"{anchor}-{repeated}" if anchor in anchors else anchor)
    html = [match["anchor"] for line in strip_code(file) for match in HTML_ANCHOR.finditer(line.text)]
    return frozenset(anchors + html)


def describe_broken_link(line: Line, target: str) -> str | None:
    """Return what is wrong with a link in a Markdown file, or None. Links to other sites are not checked."""
    if URL.match(target):
        return None
    name, _, anchor = target.partition("#")
    start = ROOT if name.startswith("/") else (ROOT / line.file).parent
    path = (start / name.lstrip("/")).resolve() if name else ROOT / line.file
    if not path.exists() or ROOT not in (path, *path.parents):
        return f"{line} links to {target!r}, but there is no such file in the repository."
    if anchor and path.suffix == ".md" and anchor not in find_anchors(str(path.relative_to(ROOT))):
        return f"{line} links to {target!r}, but that file has no heading with the anchor {anchor!r}."
    return None


def test_every_link_to_a_fact_has_a_heading():
    errors = [
        f"{line} links to {FACTS}#{match['anchor']}, but that file has no such heading."
        for line, match in find_in_tracked_files(FACT_LINK)
        if match["anchor"] not in find_anchors(FACTS)
    ]
    assert not errors, "\n".join(errors)


def test_no_file_refers_to_a_fact_by_number():
    errors = [
        f"{line} refers to {match[0]!r}: link to the section of {FACTS} instead."
        for line, match in find_in_tracked_files(SECTION_NUMBER)
    ]
    assert not errors, f"{len(errors)} references\n" + "\n".join(errors)


@pytest.mark.parametrize("file", find_markdown_files())
def test_every_relative_link_in_markdown_has_a_target(file: str):
    links = [
        (line, match["target"] or match["reference"])
        for line in strip_code(file)
        for match in MARKDOWN_LINK.finditer(line.text)
    ]
    errors = [error for line, target in links for error in [describe_broken_link(line, target)] if error]
    assert not errors, "\n".join(errors)


@pytest.mark.parametrize(
    "heading, anchor",
    [
        ("API tokens", "api-tokens"),
        ("Sub-accounts", "sub-accounts"),
        ("The `api_token` module", "the-api_token-module"),
        ("What's new, and [why](CHANGELOG.rst)?", "whats-new-and-why"),
    ],
)
def test_anchors_are_those_of_github(heading: str, anchor: str):
    assert heading_to_anchor(heading) == anchor
