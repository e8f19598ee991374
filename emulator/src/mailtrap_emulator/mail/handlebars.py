# Copyright (c) the community.mailtrap authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Handlebars language of email templates (docs/service.md#email-templates).

Supported: variables, escaped and unescaped; dotted paths, ``this``, ``../`` and ``@data``; ``if``, ``unless``,
``each``, ``with`` and ``else``; blocks over plain values; comments; whitespace control. Custom helpers and partials are
not supported.
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
KEYWORD_VALUES = {"true": True, "false": False, "null": None, "undefined": None}
HTML_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;"}
)
BLOCK_HELPERS = ("if", "unless", "each", "with")
MAX_DEPTH = 100


class TemplateError(ValueError):
    """A template that cannot be rendered, with the reason as the message."""


@dataclass
class Token:
    """A text or a tag of a template."""

    kind: str
    content: str
    trims_left: bool = False
    trims_right: bool = False


@dataclass
class Literal:
    """A literal value in a tag."""

    value: Any


@dataclass
class Path:
    """A path to a value.

    ``parents`` is the number of ``../`` steps. ``names`` are looked up in ``@data`` or in the value of the scope.
    ``dotted_name`` has all names as written in the template.
    """

    parents: int
    in_data: bool
    names: list[str]
    dotted_name: str


@dataclass
class Variable:
    """A tag that is replaced by a value."""

    path: Literal | Path
    is_escaped: bool


@dataclass
class Block:
    """A block. ``helper`` is one of BLOCK_HELPERS, or "" for a block over a plain value."""

    helper: str
    path: Literal | Path
    name: str
    main: "list[Node]" = field(default_factory=list)
    inverse: "list[Node]" = field(default_factory=list)
    include_zero: bool = False


Node = str | Variable | Block


@dataclass
class OpenBlock:
    """A block that the parser has not closed yet.

    ``parent`` is the list of nodes that contains the block. ``is_chained`` is set if the block was opened by
    ``{{else if}}``: such a block has no closing tag of its own.
    """

    block: Block
    parent: list[Node]
    is_chained: bool


@dataclass
class Scope:
    """The values that paths refer to inside a block, with the enclosing scope."""

    value: Any
    data: dict[str, Any]
    outer: "Scope | None"


def render_template(template: str, variables: Mapping[str, Any], *, escape: bool = True) -> str:
    """Render a template. ``escape`` is False if the result is not HTML.

    :raises TemplateError: if the template is malformed or uses an unsupported feature.
    """
    output: list[str] = []
    _render_nodes(parse_template(template), Scope(variables, {"root": variables}, None), escape, output, 0)
    return "".join(output)


def parse_template(template: str) -> list[Node]:
    """Parse a template.

    :raises TemplateError: if the template is malformed or uses an unsupported feature.
    """
    root: list[Node] = []
    open_blocks: list[OpenBlock] = []
    nodes = root
    for token in _tokenize(template):
        content = token.content
        if token.kind in ("text", "escaped"):
            nodes.append(content)
        elif token.kind in ("variable", "raw"):
            nodes.append(_parse_variable(content, is_escaped=token.kind == "variable"))
        elif token.kind in ("open", "inverse"):
            block = _parse_block(content)
            nodes.append(block)
            open_blocks.append(OpenBlock(block, nodes, is_chained=False))
            nodes = block.main if token.kind == "open" else block.inverse
        elif token.kind == "else":
            if not open_blocks:
                raise TemplateError("else outside of a block")
            nodes = open_blocks[-1].block.inverse
            if content:
                chained = _parse_block(content)
                nodes.append(chained)
                open_blocks.append(OpenBlock(chained, nodes, is_chained=True))
                nodes = chained.main
        else:
            nodes = _close_block(content, open_blocks)
    if open_blocks:
        raise TemplateError(f"{open_blocks[-1].block.name} is not closed")
    return root


def _close_block(name: str, open_blocks: list[OpenBlock]) -> list[Node]:
    """Close the innermost block with a closing tag. Return the list of nodes that contains the block."""
    while open_blocks:
        closed = open_blocks.pop()
        if not closed.is_chained:
            if closed.block.name != name:
                raise TemplateError(f"{closed.block.name} is closed by {name}")
            return closed.parent
    raise TemplateError(f"{name} was never opened")


def _tokenize(template: str) -> list[Token]:
    """Split a template into tokens, without comments and without whitespace that tags remove."""
    tokens: list[Token] = []
    position = 0
    for match in TAG.finditer(template):
        tokens.append(Token("text", template[position : match.start()]))
        position = match.end()
        if match.group().startswith("\\"):
            tokens.append(Token("escaped", match.group()[1:]))
            continue
        trims_left = bool(match["ltrim0"] or match["ltrim1"] or match["ltrim2"])
        trims_right = bool(match["rtrim0"] or match["rtrim2"])
        tokens.append(Token(*_parse_tag(match), trims_left, trims_right))
    tokens.append(Token("text", template[position:]))
    texts = [token.content for token in tokens if token.kind == "text"]
    if any("{{" in text for text in texts) or any(text.endswith("{") for text in texts[:-1]):
        raise TemplateError("a tag is not closed")
    _remove_standalone_lines(tokens)
    for index, token in enumerate(tokens):
        if token.trims_left:
            tokens[index - 1].content = tokens[index - 1].content.rstrip()
        if token.trims_right:
            tokens[index + 1].content = tokens[index + 1].content.lstrip()
    return [token for token in tokens if token.kind != "comment" and (token.kind != "text" or token.content)]


def _parse_tag(match: re.Match[str]) -> tuple[str, str]:
    """Return kind and content of a tag."""
    if match["raw"] is not None:
        return "raw", match["raw"].strip()
    if match["inner"] is None:
        return "comment", ""
    sigil, inner = match["sigil"], match["inner"].strip()
    if sigil == ">":
        raise TemplateError(f"partials are not supported: {inner}")
    if sigil == "^" and not inner:
        return "else", ""
    if not sigil and (inner == "else" or inner.startswith("else ")):
        return "else", inner[4:].strip()
    kind = {"": "variable", "&": "raw", "#": "open", "^": "inverse", "/": "close"}[sigil]
    return kind, inner


def _remove_standalone_lines(tokens: list[Token]) -> None:
    """Remove the line break of lines that contain nothing but a block tag or a comment."""
    contents = [token.content for token in tokens]
    for index, token in enumerate(tokens):
        if token.kind not in ("open", "inverse", "else", "close", "comment"):
            continue
        left, right = contents[index - 1], contents[index + 1]
        starts_line = tokens[index - 1].kind == "text" and re.search(r"(\n|\A)[ \t]*\Z", left)
        ends_line = tokens[index + 1].kind == "text" and re.match(r"[ \t]*(\r?\n|\Z)", right)
        # A text without a line break reaches the edge of a line only at the start or the end of the template.
        has_line_start = index == 1 or "\n" in left
        has_line_end = index == len(tokens) - 2 or "\n" in right
        if starts_line and ends_line and has_line_start and has_line_end:
            tokens[index - 1].content = re.sub(r"[ \t]+\Z", "", tokens[index - 1].content)
            tokens[index + 1].content = re.sub(r"\A[ \t]*\r?\n?", "", tokens[index + 1].content, count=1)


def _parse_variable(content: str, is_escaped: bool) -> Variable:
    """Parse the content of a variable tag."""
    words = WORD.findall(content)
    if len(words) != 1:
        raise TemplateError(f"unknown helper: {words[0]}" if words else "an empty tag")
    return Variable(_parse_path(words[0]), is_escaped)


def _parse_block(content: str) -> Block:
    """Parse the content of a tag that opens a block."""
    words = WORD.findall(content)
    if not words:
        raise TemplateError("an empty block")
    name = words[0]
    if name not in BLOCK_HELPERS:
        if len(words) > 1:
            raise TemplateError(f"unknown helper: {name}")
        return Block("", _parse_path(name), name)
    unknown_options = [word for word in words[2:] if word != "includeZero=true"]
    if len(words) < 2 or unknown_options:
        raise TemplateError(f"{name} takes one value")
    return Block(name, _parse_path(words[1]), name, include_zero=len(words) > 2)


def _parse_path(text: str) -> Literal | Path:
    """Parse a path or a literal."""
    if text[0] in "\"'":
        return Literal(text[1:-1])
    if NUMBER.fullmatch(text):
        return Literal(json.loads(text))
    if text in KEYWORD_VALUES:
        return Literal(KEYWORD_VALUES[text])
    names, parents = text, 0
    while names == ".." or names.startswith("../"):
        names, parents = names[3:], parents + 1
    in_data = names.startswith("@")
    names = names.removeprefix("@")
    if not in_data:
        names = re.sub(r"\A(?:this|\.)(?:[./]|\Z)", "", names)
    if names and not SEGMENTS.fullmatch(names):
        raise TemplateError(f"not a path: {text}")
    return Path(parents, in_data, [bracketed or plain for bracketed, plain in SEGMENT.findall(names)], names)


def _render_nodes(nodes: list[Node], scope: Scope, escape: bool, output: list[str], depth: int) -> None:
    """Append the rendered nodes to the output."""
    if depth > MAX_DEPTH:
        raise TemplateError("blocks are nested too deeply")
    for node in nodes:
        if isinstance(node, str):
            output.append(node)
        elif isinstance(node, Variable):
            text = _to_text(_resolve_path(node.path, scope))
            output.append(text.translate(HTML_ESCAPES) if escape and node.is_escaped else text)
        else:
            _render_block(node, scope, escape, output, depth + 1)


def _render_block(block: Block, scope: Scope, escape: bool, output: list[str], depth: int) -> None:
    """Append a rendered block to the output."""
    value = _resolve_path(block.path, scope)
    helper = block.helper
    if not helper:
        helper = "each" if isinstance(value, list) else "if" if value is True else "with"
    if helper == "each":
        items = _list_items(value)
        for index, (key, item) in enumerate(items):
            data = {**scope.data, "index": index, "key": key, "first": index == 0, "last": index == len(items) - 1}
            _render_nodes(block.main, Scope(item, data, scope), escape, output, depth)
        if not items:
            _render_nodes(block.inverse, scope, escape, output, depth)
        return
    condition = _is_true(value) or (block.include_zero and value == 0 and value is not False)
    if helper == "unless":
        condition = not condition
    if not condition:
        _render_nodes(block.inverse, scope, escape, output, depth)
    else:
        inner = Scope(value, scope.data, scope) if helper == "with" else scope
        _render_nodes(block.main, inner, escape, output, depth)


def _list_items(value: Any) -> list[tuple[Any, Any]]:
    """Return the keys and items of a list or an object. Other values have no items."""
    if isinstance(value, list):
        return list(enumerate(value))
    return list(value.items()) if isinstance(value, Mapping) else []


def _is_true(value: Any) -> bool:
    """Return whether a value counts as true. An empty object does, an empty list does not."""
    return bool(value) or isinstance(value, Mapping)


def _resolve_path(path: Literal | Path, scope: Scope) -> Any:
    """Return the value of a path, or None if there is no such value."""
    if isinstance(path, Literal):
        return path.value
    for _ in range(path.parents):
        if scope.outer is None:
            return None
        scope = scope.outer
    value = scope.data if path.in_data else scope.value
    # The key of a variable may be a dotted name, as in an example of the specification.
    if isinstance(value, Mapping) and path.dotted_name in value:
        return value[path.dotted_name]
    for name in path.names:
        value = _get_member(value, name)
    return value


def _get_member(value: Any, name: str) -> Any:
    """Return a member of an object or a list, or None."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list | str) and name == "length":
        return len(value)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return None


def _to_text(value: Any) -> str:
    """Convert a value to text, like JavaScript does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_to_text, value))
    if isinstance(value, Mapping):
        return "[object Object]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)
