"""Code blocks: whether one holds a shell's commands or a copied session, its lines, and whether it is closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.shell_text import typed_prompt
from drills.runbook.document import Node, Section, line_of
from drills.runbook.errors import LineError
from drills.runbook.languages import Kind, kind
from drills.runbook.pasting import unfinished
from drills.runbook.sessions import Session, is_session, read_session
from drills.runbook.spans import is_command, is_promql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.runbook.sessions import Line

FENCES = 2
"""Lines of a code block beside its content: the one that opens it, and the one that closes it."""


def is_shell(block: Node) -> bool:
    """Say whether *block* holds commands: it says so, or names no language and begins with a command."""
    if block.type == "code_block":
        return _begins_with_command(block_lines(block))
    if block.type != "fence":
        return False
    said = kind(block.info)
    if is_promql(block.content):
        return False
    return said in (Kind.SHELL, Kind.SESSION) or (said is Kind.NAMELESS and _begins_with_command(block_lines(block)))


def session_of(block: Node) -> Session | None:
    """Return the commands and the output of a block with prompts, None where *block* is none."""
    lines = block_lines(block)
    said = kind(block.info) if block.type == "fence" else Kind.NAMELESS
    if said in (Kind.TEXT, Kind.TYPED) or not is_session(lines, console=said is Kind.SESSION, is_command=is_command):
        return None
    return read_session(lines, wants_more=unfinished, is_command=is_command)


def _begins_with_command(lines: Sequence[Line]) -> bool:
    """Say whether the first line that is no comment is a command, or has a shell's prompt."""
    first = next((text for _, text in lines if text.strip() and not text.lstrip().startswith("#")), "")
    return is_session(lines, console=False, is_command=is_command) or looks_typed(first)


def looks_typed(first: str) -> bool:
    """Say whether a line could begin a shell's command: with a program, a keyword, an assignment or a prompt."""
    prompt = typed_prompt(first.lstrip())
    first = first.lstrip()[len(prompt) :].strip() if prompt else first.strip()
    word = next(iter(first.split()), "")
    return (
        is_command(first)
        or word in ("cd", "export", "if", "for", "while", "source", "set")
        or _ASSIGNS.match(first) is not None
    )


_ASSIGNS = re.compile(r"\s*[A-Za-z_]\w*=\S")


def shell_blocks(root: Section) -> Iterator[Node]:
    """Yield the code blocks of the whole document that say they are a shell's, in lists and quotations, too."""
    return (fence for fence in _fences(root) if kind(fence.info) in (Kind.SHELL, Kind.SESSION))


def nameless_blocks(root: Section) -> Iterator[Node]:
    """Yield the code blocks of the whole document that name no language."""
    return (fence for fence in _fences(root) if not fence.info.strip())


def _fences(root: Section) -> Iterator[Node]:
    for section in root.walk():
        for block in section.blocks:
            yield from (node for node in block.walk() if node.type == "fence")


def check_closed(fence: Node) -> None:
    """Raise LineError for a code block without its closing line: it would include the rest of the document."""
    first, end = fence.map or (0, 0)
    inside = len(_lines(fence.content)) if fence.content else 0
    if kind(fence.info) is not Kind.TEXT:
        _check_alone(fence)
    if end - first < inside + FENCES:
        raise LineError(first + 1, f"this code block is never closed; expected a line {fence.markup} after it")


def opened_inside(fence: Node) -> int | None:
    """Return the line on which another block begins within *fence*, None where none does."""
    for line, text in block_lines(fence):
        if re.match(rf"\s*{re.escape(fence.markup)}+[ \t]*[{{\w]", text):
            return line
    return None


def _check_alone(fence: Node) -> None:
    line = opened_inside(fence)
    if line is not None:
        raise LineError(line_of(fence), f"this code block is not closed before the next begins on line {line}")


def block_lines(block: Node) -> list[Line]:
    """Return the lines of a code block with their numbers in the document."""
    first = line_of(block) + (1 if block.type == "fence" else 0)
    return list(enumerate(_lines(block.content), start=first))


def _lines(content: str) -> list[str]:
    return content.removesuffix("\n").split("\n")
