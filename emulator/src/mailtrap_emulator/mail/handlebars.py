# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Handlebars that the service's templates are written in (facts 3.13).

Variables, escaped and not; dotted paths, ``this``, ``../`` and ``@data``; ``if``, ``unless``, ``each``, ``with`` and
``else``; blocks over plain values; comments; whitespace control. There are no helpers of one's own and no partials.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TAG = re.compile(
    r"\\?\{\{(?:"
    r"(?P<ltrim0>~?)!--(?P<long>.*?)--(?P<rtrim0>~?)\}\}"
    r"|(?P<ltrim1>~?)!(?P<short>.*?)\}\}"
    r"|\{(?P<raw>[^{}]*)\}\}\}"
    r"|(?P<ltrim2>~?)(?P<sigil>[#^/&>]?)(?P<inner>(?:\"[^\"]*\"|'[^']*'|[^{}\"'])*?)(?P<rtrim2>~?)\}\})",
    re.DOTALL,
)
WORD = re.compile(r"\"[^\"]*\"|'[^']*'|(?:\[[^\]]*\]|[^\s\[\]])+")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NAME = r"[^\s!\"#%&'()*+,./;<=>@\[\\\]^`{|}~]+"
SEGMENTS = re.compile(rf"(?:\[[^\]]*\]|{NAME})(?:[./](?:\[[^\]]*\]|{NAME}))*")
SEGMENT = re.compile(rf"\[([^\]]*)\]|({NAME})")
WORDS = {"true": True, "false": False, "null": None, "undefined": None}
ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;"}
)
BLOCKS = ("if", "unless", "each", "with")
DEPTH = 100


class TemplateError(ValueError):
    """The template cannot be rendered; the text says why."""


@dataclass
class Literal:
    value: Any


@dataclass
class Path:
    """``ups`` scopes outwards, then into @data or the scope's value, then along the names. ``dotted`` is the whole
    chain of names as it was written."""

    ups: int
    in_data: bool
    names: list[str]
    dotted: str


@dataclass
class Variable:
    path: Literal | Path
    escaped: bool


@dataclass
class Block:
    """``helper`` is one of :data:`BLOCKS`, or "" for a block over a plain value."""

    helper: str
    path: Literal | Path
    name: str
    main: list = field(default_factory=list)
    inverse: list = field(default_factory=list)
    include_zero: bool = False


@dataclass
class Frame:
    """One level of scope: the value that paths start from, the @data there, and the scope around it."""

    value: Any
    data: dict[str, Any]
    outer: "Frame | None"


def render(template: str, variables: Mapping[str, Any], *, escape: bool = True) -> str:
    """The template filled in. ``escape`` is off for what is not HTML. Raises TemplateError."""
    out: list[str] = []
    _render(parse(template), Frame(variables, {"root": variables}, None), escape, out, 0)
    return "".join(out)


def parse(template: str) -> list:
    """The nodes of a template: texts, variables and blocks. Raises TemplateError."""
    top: list = []
    open_blocks: list[tuple[Block, list, bool]] = []  # block, the list to go on with, whether ``else`` opened it
    target = top
    for kind, word in _tokens(template):
        if kind in ("text", "escaped"):
            target.append(word)
        elif kind in ("variable", "raw"):
            target.append(_variable(word, escaped=kind == "variable"))
        elif kind in ("open", "inverse"):
            block = _block(word)
            target.append(block)
            open_blocks.append((block, target, False))
            target = block.main if kind == "open" else block.inverse
        elif kind == "else":
            if not open_blocks:
                raise TemplateError("else outside of a block")
            block = open_blocks[-1][0]
            target = block.inverse
            if word:
                inner = _block(word)
                target.append(inner)
                open_blocks.append((inner, target, True))
                target = inner.main
        else:
            target = _close(word, open_blocks)
    if open_blocks:
        raise TemplateError(f"{open_blocks[-1][0].name} is not closed")
    return top


def _close(word: str, open_blocks: list) -> list:
    while open_blocks:
        block, outer, chained = open_blocks.pop()
        if not chained:
            if block.name != word:
                raise TemplateError(f"{block.name} is closed by {word}")
            return outer
    raise TemplateError(f"{word} was never opened")


def _tokens(template: str) -> list[tuple[str, str]]:
    """``(kind, content)`` in order; whitespace that does not count has gone."""
    tokens: list[list] = []  # [kind, content, trims the left, trims the right]
    position = 0
    for hit in TAG.finditer(template):
        tokens.append(["text", template[position : hit.start()], False, False])
        position = hit.end()
        if hit.group().startswith("\\"):
            tokens.append(["escaped", hit.group()[1:], False, False])
            continue
        trims_left = bool(hit["ltrim0"] or hit["ltrim1"] or hit["ltrim2"])
        trims_right = bool(hit["rtrim0"] or hit["rtrim2"])
        tokens.append([*_tag(hit), trims_left, trims_right])
    tokens.append(["text", template[position:], False, False])
    texts = [token[1] for token in tokens if token[0] == "text"]
    if any("{{" in text for text in texts) or any(text.endswith("{") for text in texts[:-1]):
        raise TemplateError("a tag is not closed")
    _strip_standalone(tokens)
    for number, (_, _, trims_left, trims_right) in enumerate(tokens):
        if trims_left:
            tokens[number - 1][1] = tokens[number - 1][1].rstrip()
        if trims_right:
            tokens[number + 1][1] = tokens[number + 1][1].lstrip()
    return [(kind, content) for kind, content, _, _ in tokens if kind != "comment" and (kind != "text" or content)]


def _tag(hit: re.Match) -> tuple[str, str]:
    if hit["raw"] is not None:
        return "raw", hit["raw"].strip()
    if hit["inner"] is None:
        return "comment", ""
    sigil, inner = hit["sigil"], hit["inner"].strip()
    if sigil == ">":
        raise TemplateError(f"partials are not supported: {inner}")
    if sigil == "^" and not inner:
        return "else", ""
    if not sigil and (inner == "else" or inner.startswith("else ")):
        return "else", inner[4:].strip()
    kind = {"": "variable", "&": "raw", "#": "open", "^": "inverse", "/": "close"}[sigil]
    return kind, inner


def _strip_standalone(tokens: list[list]) -> None:
    """A line that holds nothing but a block tag or a comment leaves no line behind."""
    before = [token[1] for token in tokens]
    for number, (kind, _, _, _) in enumerate(tokens):
        if kind not in ("open", "inverse", "else", "close", "comment"):
            continue
        left, right = before[number - 1], before[number + 1]
        opens_line = tokens[number - 1][0] == "text" and re.search(r"(\n|\A)[ \t]*\Z", left)
        ends_line = tokens[number + 1][0] == "text" and re.match(r"[ \t]*(\r?\n|\Z)", right)
        first = number == 1 or "\n" in left
        last = number == len(tokens) - 2 or "\n" in right
        if opens_line and ends_line and first and last:
            tokens[number - 1][1] = re.sub(r"[ \t]+\Z", "", tokens[number - 1][1])
            tokens[number + 1][1] = re.sub(r"\A[ \t]*\r?\n?", "", tokens[number + 1][1], count=1)


def _variable(inner: str, escaped: bool) -> Variable:
    words = WORD.findall(inner)
    if len(words) != 1:
        raise TemplateError(f"unknown helper: {words[0]}" if words else "an empty tag")
    return Variable(_path(words[0]), escaped)


def _block(inner: str) -> Block:
    words = WORD.findall(inner)
    if not words:
        raise TemplateError("an empty block")
    name = words[0]
    if name not in BLOCKS:
        if len(words) > 1:
            raise TemplateError(f"unknown helper: {name}")
        return Block("", _path(name), name)
    options = [word for word in words[2:] if word != "includeZero=true"]
    if len(words) < 2 or options:
        raise TemplateError(f"{name} takes one value")
    return Block(name, _path(words[1]), name, include_zero=len(words) > 2)


def _path(text: str) -> Literal | Path:
    if text[0] in "\"'":
        return Literal(text[1:-1])
    if NUMBER.fullmatch(text):
        return Literal(json.loads(text))
    if text in WORDS:
        return Literal(WORDS[text])
    rest, ups = text, 0
    while rest == ".." or rest.startswith("../"):
        rest, ups = rest[3:], ups + 1
    in_data = rest.startswith("@")
    rest = rest.removeprefix("@")
    if not in_data:
        rest = re.sub(r"\A(?:this|\.)(?:[./]|\Z)", "", rest)
    if rest and not SEGMENTS.fullmatch(rest):
        raise TemplateError(f"not a path: {text}")
    return Path(ups, in_data, [bracketed or plain for bracketed, plain in SEGMENT.findall(rest)], rest)


def _render(nodes: list, frame: Frame, escape: bool, out: list[str], depth: int) -> None:
    if depth > DEPTH:
        raise TemplateError("blocks are nested too deeply")
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, Variable):
            shown = _text(_resolve(node.path, frame))
            out.append(shown.translate(ESCAPES) if escape and node.escaped else shown)
        else:
            _render_block(node, frame, escape, out, depth + 1)


def _render_block(block: Block, frame: Frame, escape: bool, out: list[str], depth: int) -> None:
    value = _resolve(block.path, frame)
    helper = block.helper
    if not helper:
        helper = "each" if isinstance(value, list) else "if" if value is True else "with"
    if helper == "each":
        items = _items(value)
        for number, (key, item) in enumerate(items):
            data = {**frame.data, "index": number, "key": key, "first": number == 0, "last": number == len(items) - 1}
            _render(block.main, Frame(item, data, frame), escape, out, depth)
        if not items:
            _render(block.inverse, frame, escape, out, depth)
        return
    holds = _is_true(value) or (block.include_zero and value == 0 and value is not False)
    if helper == "unless":
        holds = not holds
    if not holds:
        _render(block.inverse, frame, escape, out, depth)
    else:
        inner = Frame(value, frame.data, frame) if helper == "with" else frame
        _render(block.main, inner, escape, out, depth)


def _items(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    return list(value.items()) if isinstance(value, Mapping) else []


def _is_true(value: Any) -> bool:
    """An empty object is true, an empty list is not."""
    return bool(value) or isinstance(value, Mapping)


def _resolve(path: Literal | Path, frame: Frame) -> Any:
    """The value of a path, None where it leads nowhere."""
    if isinstance(path, Literal):
        return path.value
    for _ in range(path.ups):
        if frame.outer is None:
            return None
        frame = frame.outer
    found = frame.data if path.in_data else frame.value
    # A variable may be given under its dotted name, as in the specification's example.
    if isinstance(found, Mapping) and path.dotted in found:
        return found[path.dotted]
    for name in path.names:
        found = _member(found, name)
    return found


def _member(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | str) and name == "length":
        return len(value)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return None


def _text(value: Any) -> str:
    """A value as JavaScript turns it into text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, Mapping):
        return "[object Object]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)
