"""Markdown as sections and labelled fields with their lines; the other modules read values from them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from drills.runbook.errors import RunbookError
from drills.runbook.flavours import plainer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Node = SyntaxTreeNode
BREAKS = ("softbreak", "hardbreak")
LARGEST = 4 * 2**20
"""In bytes. To parse a megabyte takes a second; a file beyond this is something else than a runbook."""
ROW = re.compile(r"\s*\|.*\||[^`|]*[^`|\\\s]\s+\|[^|]+\|")
DEEPEST = 80
"""Lists, items and quotations within each other, counted one by one; the parser drops what stands any deeper."""
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SOURCE = "source"
"""The key in `meta` under which a table row's node has its line of the document."""


@dataclass(frozen=True)
class Section:
    """A heading with the blocks directly below it and its subsections."""

    title: str
    level: int
    line: int
    blocks: tuple[Node, ...]
    children: tuple[Section, ...]
    heading: Node | None = None

    def walk(self) -> Iterable[Section]:
        """Yield this section and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Document:
    """A Markdown file: the digest of its bytes, and its sections under one nameless root."""

    sha256: str
    root: Section


@dataclass(frozen=True)
class Field:
    """A bold label (`**Alert**: …`): the words after it, and the blocks up to the next label."""

    label: str
    line: int
    inline: tuple[Node, ...]
    blocks: tuple[Node, ...]

    @property
    def text(self) -> str:
        """The words after the label, code spans included."""
        return plain(self.inline).strip().lstrip(":").strip()


def read(path: Path) -> Document:
    """Read *path* as UTF-8 Markdown; RunbookError where it is missing, a directory, too large, empty or not text."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise RunbookError(f"{path}: the runbook cannot be read ({error.strerror}); name a file") from None
    if len(raw) > LARGEST:
        limit = f"{LARGEST // 2**20} MiB"
        raise RunbookError(f"{path}: the file has more than {limit}, which no runbook has; name another, or split it")
    text = _decode(path, raw).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise RunbookError(f"{path}:1: the runbook is empty; expected a Markdown document with incidents")
    return Document(hashlib.sha256(raw).hexdigest(), _root(path, text))


def _decode(path: Path, raw: bytes) -> str:
    zero = raw.find(b"\0")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        zero = error.start if zero < 0 else min(zero, error.start)
    if zero < 0:
        return text
    line = raw.count(b"\n", 0, zero) + 1
    raise RunbookError(f"{path}:{line}: this is not a UTF-8 text file; expected a Markdown document")


def _root(path: Path, text: str) -> Section:
    text = plainer(text)
    tokens = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table").parse(text)
    deep = next((token for token in tokens if token.level >= DEEPEST - 1 and token.map), None)
    if deep is not None and deep.map:
        raise RunbookError(
            f"{path}:{deep.map[0] + 1}: lists and quotations stand more than {DEEPEST // 2} deep; move them out"
        )
    lines = text.split("\n")
    for token in tokens:
        if token.type == "tr_open" and token.map:
            # The parser pads or cuts a row of another width without an error; only the source shows that.
            token.meta[SOURCE] = lines[token.map[0]]
    root, _ = _section(list(Node(tokens).children), 0, title="", level=0, line=1)
    return root


def _section(blocks: Sequence[Node], at: int, *, title: str, level: int, line: int) -> tuple[Section, int]:
    own: list[Node] = []
    children: list[Section] = []
    while at < len(blocks):
        block = blocks[at]
        if block.type != "heading":
            own.append(block)
            at += 1
            continue
        depth = int(block.tag.removeprefix("h"))
        if depth <= level:
            break
        child, at = _section(blocks, at + 1, title=plain([block]).strip(), level=depth, line=line_of(block))
        children.append(replace(child, heading=block))
    return Section(title, level, line, tuple(own), tuple(children)), at


def line_of(node: Node) -> int:
    """Return the first line (from 1) of a block, or of the block around an inline node."""
    holder: Node | None = node
    while holder is not None and holder.map is None:
        holder = holder.parent
    return holder.map[0] + 1 if holder is not None and holder.map else 1


def plain(nodes: Iterable[Node]) -> str:
    """Return the words of inline nodes, code spans included, line breaks as spaces."""
    return "".join(_words(node) for node in nodes)


def _words(node: Node) -> str:
    if node.type in BREAKS:
        return " "
    return plain(node.children) if node.children else node.content


def inline_lines(block: Node) -> list[tuple[int, tuple[Node, ...]]]:
    """Split a paragraph into its source lines: line number (from 1) and inline nodes."""
    first = line_of(block)
    lines: list[list[Node]] = [[]]
    for inline in block.children:
        for node in inline.children:
            if node.type in BREAKS:
                lines.append([])
            elif node.content or node.children:
                lines[-1].append(node)
    return [(first + offset, tuple(nodes)) for offset, nodes in enumerate(lines)]


def fields(section: Section) -> tuple[Field, ...]:
    """Return the labelled fields of a section; blocks before the first label belong to none."""
    found: list[tuple[str, int, list[Node], list[Node]]] = []
    for block in section.blocks:
        if block.type != "paragraph":
            if found:
                found[-1][3].append(block)
            continue
        for line, nodes in inline_lines(block):
            label = _label(nodes)
            if label is not None:
                found.append((label, line, list(nodes[1:]), []))
            elif found and line > line_of(block):
                # A sentence that wraps belongs to the label above it, in the same paragraph.
                found[-1][2].extend((*_gap(nodes), *nodes))
            elif found:
                found[-1][3].append(block)
                break
    return tuple(Field(label, line, tuple(inline), tuple(blocks)) for label, line, inline, blocks in found)


def _label(nodes: Sequence[Node]) -> str | None:
    if not nodes or nodes[0].type != "strong":
        return None
    label, rest = plain(nodes[:1]).strip(), plain(nodes[1:]).lstrip()
    if not (label.endswith(":") or rest.startswith(":")):
        return None
    return label.rstrip(":").strip()


def _gap(nodes: Sequence[Node]) -> list[Node]:
    parent = nodes[0].parent if nodes else None
    return [sibling for sibling in parent.children if sibling.type in BREAKS][:1] if parent else []


def list_items(blocks: Iterable[Node]) -> list[Node]:
    """Return the items of all lists among *blocks*."""
    lists = [block for block in blocks if block.type in ("bullet_list", "ordered_list")]
    return [item for block in lists for item in block.children]


def item_text(item: Node) -> str:
    """Return the words of a list item, without its nested blocks."""
    return " ".join(plain([child]) for child in item.children if child.type == "paragraph").strip()


def item_texts(blocks: Iterable[Node]) -> tuple[str, ...]:
    """Return the words of each list item among *blocks*."""
    return tuple(item_text(item) for item in list_items(blocks))


def stray_rows(block: Node) -> list[tuple[int, str]]:
    """Return the lines of a block that look like a table's rows, and are none."""
    if block.type not in ("paragraph", "html_block"):
        return []
    text = block.children[0].content if block.type == "paragraph" else COMMENT.sub(_blank, block.content)
    lines = enumerate(text.split("\n"), start=line_of(block))
    return [(line, row.strip()) for line, row in lines if ROW.match(row)]


def _blank(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")
