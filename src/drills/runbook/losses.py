"""Which pieces of a document are lost: commands that no incident has, and lines that were taken for something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.shell_text import placeholders, typed_prompt
from drills.runbook.blocks import block_lines, is_shell, looks_typed, opened_inside, session_of
from drills.runbook.commands import commands_in, span_commands, typed_text
from drills.runbook.document import BREAKS, COMMENT, inline_lines, line_of, plain, stray_rows
from drills.runbook.errors import LineError
from drills.runbook.holdings import squeezed
from drills.runbook.languages import UNREAD, Kind, kind
from drills.runbook.model import Command
from drills.runbook.spans import is_command, is_told_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.document import Node, Section
    from drills.runbook.holdings import Holdings

Found = tuple[int, str]
"""A line of the document, and what is wrong there."""
BLOCKS = ("fence", "code_block")
NO_CLIENT = "typed at no client"
_SHORT = 60
_SIGN = re.compile(r"\A\s*>\s+")
"""A sign before a command that is no prompt of a shell, though people write it as one."""
_PRINTED = re.compile(r"\s*\w+(?:=|\s\(\d)")
"""What programs print that begins like a command: `name=value`, `psql (16.1)`."""
_CODED = re.compile(r"`[^`]+`|(?<=<code>)[^<]+(?=</code>)", re.IGNORECASE)
"""What is marked as code in a way that Markdown does not read: an escaped backtick, a tag."""
_CODE_TAGS = re.compile(r"<(?:pre|code|table)\b|```|~~~", re.IGNORECASE)


def lost(piece: Node, section: Section, model: Holdings) -> Iterator[Found]:
    """Yield what is lost of *piece*, which stands in *section*."""
    where = f"under {section.title!r}" if section.title else "before the first heading"
    if piece.type == "code_inline":
        yield from _lost_span(piece, section, where, model)
    elif piece.type in BLOCKS:
        yield from _lost_block(piece, where, model)
    elif piece.type in ("paragraph", "html_block"):
        for line, row in stray_rows(piece):
            yield line, f"this row stands outside its table: {_short(row)}"
        if piece.type == "paragraph":
            yield from _unmarked(piece)
    if piece.type == "html_block" and _CODE_TAGS.search(COMMENT.sub("", piece.content)):
        told = "write its code or its table as Markdown, with an empty line between a tag and a block"
        yield line_of(piece), f"this HTML {where} is not read; {told}"


def unmarked(root: Section) -> Iterator[Found]:
    """Yield the plain words of a document that are a command, and are not marked as code."""
    for section in root.walk():
        for block in section.blocks:
            for piece in block.walk():
                if piece.type == "paragraph":
                    yield from _unmarked(piece)


def lost_in_heading(section: Section, model: Holdings) -> Iterator[Found]:
    """Yield the commands in a section's heading: it names what is below it, and nothing of it is typed."""
    inlines = section.heading.children if section.heading is not None else []
    for command in span_commands(inlines, section.line):
        if not model.knows(command.text):
            yield section.line, f"the command {_short(command.text)} stands in a heading; write it in the text below it"


def _is_introduction(span: Node) -> bool:
    """Say whether *span* stands in plain words, which no label and no list makes a step."""
    inline = around(span)
    first = next((each for each in inline.children if each.content or each.children), inline)
    paragraph = inline.parent
    return first.type != "strong" and paragraph is not None and paragraph.type == "paragraph" and paragraph.level == 0


def _unmarked(paragraph: Node) -> Iterator[Found]:
    """Yield the lines of plain words that are a command by their first words, and are not marked as code."""
    for line, nodes in inline_lines(paragraph):
        for text in _CODED.findall("".join(node.content for node in nodes if node.type in ("text", "html_inline"))):
            if is_command(text.strip("`")):
                yield line, f"{_short(text)} looks like a command, and is no code in Markdown: put it between backticks"
        words = plain(nodes).rpartition(": ")[2] if all(node.type != "code_inline" for node in nodes) else ""
        prompt = typed_prompt(words.strip())
        if is_told_program(words.strip().removeprefix(prompt or "").strip()):
            yield line, f"{_short(words)} looks like a command, and is not marked as code: put it between backticks"


def _lost_span(span: Node, section: Section, where: str, model: Holdings) -> Iterator[Found]:
    line, text = span_line(span), span.content
    inline: Node | None = span
    while inline is not None and inline.type != "inline":
        inline = inline.parent
    command = any(each.text == text for each in span_commands([inline] if inline else [], 1))
    if section.level <= 1 and section.line <= model.introduced and span.parent is not None and _is_introduction(span):
        # The words before the first chapter tell of the document; only a block among them is to be typed.
        return
    words = plain([around(span)]).strip()
    named = model.holds(words) and not model.tells(words)
    if not command or model.runs(Command(line, text)):
        return
    if squeezed(words) in model.solutions and not model.knows(text) and not placeholders(text):
        yield line, f"the command {_short(text)} of this solution is not among the commands under its own heading"
    if named:
        return
    yield line, f"the command {_short(text)} is not read: it stands {where}, in words that are no part of an incident"


def _lost_block(block: Node, where: str, model: Holdings) -> Iterator[Found]:
    line = line_of(block)
    if block.content in model.texts:
        return
    if block.type == "fence" and block.info == UNREAD:
        yield line, f"this block {where} is not read, as its commands cannot be told apart"
        return
    typed = typed_text(block)
    if typed is not None:
        if not model.types(typed):
            yield line, f"this block {where} is typed at no client; name the command that opens one above it"
        return
    try:
        commands = commands_in([block])
    except LineError as error:
        yield error.line, str(error)
        return
    inside = opened_inside(block) if block.type == "fence" else None
    if inside is not None:
        yield line, f"this code block is not closed before the next begins on line {inside}"
    for command in commands:
        if not model.runs(command):
            yield command.line, f"the command {_short(command.text)} is not read: it stands {where}"
    yield from _misread(block, commands, where, model)


def _misread(block: Node, commands: tuple[Command, ...], where: str, model: Holdings) -> Iterator[Found]:
    """Yield the lines of a block that look like commands and are none of its *commands*."""
    taken = {line for each in commands for line in range(each.line, each.line + each.text.count("\n") + 1)}
    for at, text, what in _left_out(block, read=bool(commands)):
        if at not in taken and _is_lost(text, what) and not model.has_line(at, text.strip()):
            yield at, f"{_short(text.strip())} {where} looks like a command, and was taken for {what}"


def _is_lost(text: str, what: str) -> bool:
    return what == NO_CLIENT or _holds_command(text, what)


def _left_out(block: Node, *, read: bool) -> list[tuple[int, str, str]]:
    """Return the lines of a block that were taken for something else than commands, and for what."""
    session = session_of(block)
    if session is not None:
        printed = [(line, text, "output") for line, text in session.printed]
        return printed + [(line, text, NO_CLIENT) for line, text in session.lost]
    lines = block_lines(block)
    if not is_shell(block):
        return [(line, text, _what(block)) for line, text in lines]
    if read:
        return [(line, text, "output") for line, text in lines if not text.lstrip().startswith("#")]
    return [(line, text.strip().lstrip("# "), "a comment") for line, text in lines if text.strip().startswith("#")]


def _holds_command(text: str, what: str) -> bool:
    """Say whether a line begins with a prompt or a command, or has a command between backticks."""
    text = _SIGN.sub("", text)
    begins = is_command(text) and not _PRINTED.match(text) if what == "output" else looks_typed(text)
    return (
        begins
        or typed_prompt(text.lstrip()) is not None
        or any(is_command(span) for span in re.findall(r"`([^`]+)`", text))
    )


def _what(block: Node) -> str:
    if block.type == "fence" and kind(block.info) is Kind.TEXT:
        return f"text in {block.info.split()[0]}"
    return "text, as the block names no shell and begins with no command"


def _short(text: str) -> str:
    text = squeezed(text)
    return repr(text if len(text) <= _SHORT else f"{text[:_SHORT]}…")


def around(piece: Node) -> Node:
    """Return the paragraph, item or cell in which a code span stands; other pieces are their own."""
    node = piece
    while node.type == "code_inline" or node.type in ("strong", "em", "link", "s"):
        assert node.parent is not None
        node = node.parent
    return node


def span_line(span: Node) -> int:
    """Return the line of a code span."""
    line = line_of(span)
    inline: Node | None = span
    while inline is not None and inline.type != "inline":
        inline = inline.parent
    for node in inline.walk() if inline is not None else ():
        if node is span:
            break
        line += node.type in BREAKS
    return line
