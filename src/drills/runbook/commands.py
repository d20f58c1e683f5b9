"""Commands in the document: code blocks and code spans, kept exactly as a responder would paste them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from drills.common.shell_text import typed_prompt
from drills.runbook.blocks import block_lines, check_closed, is_shell, looks_typed, session_of
from drills.runbook.clients import client
from drills.runbook.document import BREAKS, Node, line_of, plain
from drills.runbook.languages import Kind, kind
from drills.runbook.model import Command
from drills.runbook.pasting import joined, pasted
from drills.runbook.spans import is_called_for, is_command, is_printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OUTPUT = re.compile(
    r"\b(?:example|sample|expected|similar|following) (?:\w+ )?output|\boutput (?:is|should|looks?|would|will)\b"
    r"|\blooks? like\b|\berrors? (?:like|such as)\b|\boutput\W*\Z|\bsimilar to\b|\bshould (?:see|show|contain)\b",
    re.IGNORECASE,
)
"""Words after which a block shows what was printed."""
AROUND = ("blockquote", "bullet_list", "ordered_list", "list_item")


def span_commands(nodes: Iterable[Node], line: int) -> tuple[Command, ...]:
    """Return the commands among the code spans of *nodes*, which start on *line*."""
    leaves = [leaf for node in nodes for leaf in node.walk() if not leaf.children]
    found: list[Command] = []
    for place, leaf in enumerate(leaves):
        if leaf.type in BREAKS:
            line += 1
        elif leaf.type == "code_inline" and (is_command(leaf.content) or _is_called_for(leaves, place)):
            found.append(Command(line, leaf.content))
    return tuple(found)


def _is_called_for(leaves: Sequence[Node], place: int) -> bool:
    before = leaves[place - 1].content if place else ""
    after = leaves[place + 1].content if place + 1 < len(leaves) else ""
    return is_called_for(before, leaves[place].content, after)


def block_commands(blocks: Iterable[Node]) -> tuple[Command, ...]:
    """Return the commands of the shell blocks among *blocks*; a block in another language is text."""
    return commands_in(blocks, spans=False)


def commands_in(blocks: Iterable[Node], *, spans: bool = True, after: tuple[Command, ...] = ()) -> tuple[Command, ...]:
    """Return the commands of *blocks* behind those *after* which they stand; *spans* is whether code spans count.

    What a block types at a client (SQL) is the input of the client that the command before it opened.
    """
    found = list(after)
    _collect(found, blocks, spans=spans)
    return tuple(found)


def _collect(found: list[Command], blocks: Iterable[Node], *, spans: bool) -> None:
    before = ""
    for block in blocks:
        shown = OUTPUT.search(before) is not None
        before = plain([block]).strip() if block.type == "paragraph" else ""
        if block.type in ("fence", "code_block"):
            if not (shown and _is_output(block)):
                _add(found, block)
        elif block.type in AROUND:
            _collect(found, block.children, spans=spans)
        elif spans:
            inlines = [node for node in block.walk() if node.type == "inline"]
            found += [command for inline in inlines for command in span_commands([inline], line_of(inline))]


def _is_output(block: Node) -> bool:
    """Say whether a block below words about output is what they tell of: it begins with no command."""
    lines = (text for _, text in block_lines(block))
    first = next((text for text in lines if text.strip() and not text.lstrip().startswith("#")), "")
    return not is_command(first.strip()) and typed_prompt(first.lstrip()) is None


def _add(found: list[Command], block: Node) -> None:
    if block.type == "fence":
        check_closed(block)
    typed = typed_text(block)
    if typed is not None:
        if found and found[-1].stdin is None and client(found[-1].text):
            found[-1] = replace(found[-1], stdin=typed)
        return
    found += _block(block)


def typed_text(block: Node) -> str | None:
    """Return what the lines of *block* type at a client's prompt, None where they are no client's."""
    if block.type != "fence":
        return None
    if kind(block.info) is Kind.TYPED:
        return block.content
    session = session_of(block)
    if session is None or session.typed or not session.lost:
        return None
    return "".join(re.sub(r"^\s*[^\s>#]*[>#]\s+", "", f"{text}\n", count=1) for _, text in session.lost)


def _block(block: Node) -> tuple[Command, ...]:
    if not is_shell(block):
        return ()
    session = session_of(block)
    if session is not None:
        return tuple(Command(typed.line, typed.text, typed.inside) for typed in session.typed)
    found = [command for command in pasted(block_lines(block)) if not is_printed(command.text)]
    if block.type == "code_block" or kind(block.info) is Kind.NAMELESS:
        # What a block of no language shows below its commands may be what they print.
        found = [command for command in found if looks_typed(command.text)]
    return tuple(joined(found, block_lines(block)))
