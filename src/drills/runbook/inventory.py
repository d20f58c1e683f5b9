"""What became of every piece of a document: in the model, prose that is not used, or a finding with its line.

It looks at the document and at the model alone, not at how the one was read from the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

from drills.common.shell_text import typed_prompt
from drills.runbook.commands import (
    block_lines,
    commands_in,
    is_shell,
    looks_typed,
    opened_inside,
    session_of,
    span_commands,
    typed_text,
)
from drills.runbook.document import BREAKS, inline_lines, line_of, plain, stray_rows
from drills.runbook.document import fields as labelled
from drills.runbook.errors import LineError
from drills.runbook.languages import Kind, kind
from drills.runbook.model import Command
from drills.runbook.spans import is_command, is_told_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.runbook.document import Document, Node, Section
    from drills.runbook.model import Runbook

Found = tuple[int, str]
"""A line of the document, and what is wrong there."""
_SHORT = 60
_PIECES = ("paragraph", "list_item", "tr", "fence", "code_block", "html_block")
_BLOCKS = ("fence", "code_block")
_CODE_TAGS = re.compile(r"<(?:pre|code|table)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Inventory:
    """How many pieces are in the model, how many are prose that is not used, and what was found, by line."""

    used: int
    prose: int
    found: tuple[Found, ...]


@dataclass
class _Model:
    """What a runbook holds: the lines that its values name, its commands, its words, and those about incidents."""

    lines: set[int]
    commands: dict[int, list[Command]]
    texts: set[str]
    words: set[str]
    told: set[str]
    introduced: int
    """The line of the document's title: plain words below it tell of the document."""

    def holds(self, text: str) -> bool:
        """Say whether *text*, or what follows its label, is one of the model's texts."""
        whole = _squeezed(text)
        return bool(whole) and (whole in self.words or whole.partition(": ")[2] in self.words)

    def tells(self, text: str) -> bool:
        """Say whether *text* is only told about an incident, where a command is no step."""
        whole = _squeezed(text)
        return whole in self.told or whole.partition(": ")[2] in self.told

    def runs(self, command: Command) -> bool:
        """Say whether the model has *command*, alone or as part of a longer one."""
        return any(command.text in each.text for each in self.commands.get(command.line, []))

    def has_line(self, line: int, text: str) -> bool:
        """Say whether *text* is a line of a command that stands there, or of what is typed at a client."""
        stdin = (each.stdin or "" for known in self.commands.values() for each in known)
        return self.runs(Command(line, text)) or any(text in typed for typed in stdin)

    def types(self, text: str) -> bool:
        return any(each.stdin == text for known in self.commands.values() for each in known)


def inventory(document: Document, runbook: Runbook) -> Inventory:
    """Return what became of each heading, row, item, code span and block of *document*."""
    model = _model(runbook, next((each.line for each in document.root.children), 0))
    used = prose = 0
    found: set[Found] = set()
    for section in document.root.walk():
        if section.line > 0 and section.title:
            told = list(_unread_chapter(section, model))
            used, prose = _count(used, prose, told, in_model=section.line in model.lines or model.holds(section.title))
            found.update(told)
        for piece in _pieces(section.blocks):
            told = list(_lost(piece, section, model))
            used, prose = _count(used, prose, told, in_model=_in_model(piece, model))
            found.update(told)
    return Inventory(used, prose, tuple(sorted(found)))


def _count(used: int, prose: int, told: list[Found], *, in_model: bool) -> tuple[int, int]:
    if told:
        return used, prose
    return (used + 1, prose) if in_model else (used, prose + 1)


def _model(runbook: Runbook, introduced: int) -> _Model:
    told = {_squeezed(text) for each in runbook.incidents for text in (*each.about, *each.escalation)}
    model = _Model(set(), {}, set(), set(), told, introduced)
    _gather(runbook, model)
    typed = (command.text for known in model.commands.values() for command in known)
    model.words = {_squeezed(text) for text in (*model.texts, *typed)} - {""}
    return model


def _gather(value: object, model: _Model) -> None:
    if isinstance(value, str):
        model.texts.add(value)
    elif isinstance(value, tuple):
        for each in value:
            _gather(each, model)
    elif isinstance(value, Command):
        for line in range(value.line, value.line + value.text.count("\n") + 1):
            model.commands.setdefault(line, []).append(value)
    elif is_dataclass(value):
        for each in fields(value):
            if each.name == "line":
                model.lines.add(getattr(value, each.name))
            else:
                _gather(getattr(value, each.name), model)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _pieces(blocks: Iterable[Node]) -> Iterator[Node]:
    for block in blocks:
        for node in block.walk():
            if node.type in _PIECES or (node.type == "code_inline" and node.parent is not None):
                yield node


def _in_model(piece: Node, model: _Model) -> bool:
    if piece.type in _BLOCKS:
        typed = typed_text(piece)
        return bool(_commands(piece)) or (typed is not None and model.types(typed)) or model.holds(piece.content)
    first, end = _range(piece)
    if any(line in model.lines or line in model.commands for line in range(first, end)):
        return True
    return model.holds(plain([_around(piece)]).strip())


def _around(piece: Node) -> Node:
    """Return the paragraph, item or cell in which a code span stands; other pieces are their own."""
    node = piece
    while node.type == "code_inline" or node.type in ("strong", "em", "link", "s"):
        assert node.parent is not None
        node = node.parent
    return node


def _range(piece: Node) -> tuple[int, int]:
    if piece.type == "code_inline":
        line = _span_line(piece)
        return line, line + 1
    node: Node | None = piece
    while node is not None and node.map is None:
        node = node.parent
    first, end = (node.map if node is not None and node.map else None) or (0, 1)
    return first + 1, (first + 2 if piece.type in ("list_item", "paragraph") else end + 1)


def _span_line(span: Node) -> int:
    line = line_of(span)
    inline: Node | None = span
    while inline is not None and inline.type != "inline":
        inline = inline.parent
    for node in inline.walk() if inline is not None else ():
        if node is span:
            break
        line += node.type in BREAKS
    return line


def _commands(block: Node) -> tuple[Command, ...]:
    try:
        return commands_in([block])
    except LineError:
        return ()


def _unread_chapter(section: Section, model: _Model) -> Iterator[Found]:
    if section.line in model.lines:
        return
    if any(field.label.lower() == "alert" and field.line not in model.lines for field in labelled(section)):
        yield (
            section.line,
            (f"the chapter {section.title!r} has an alert, and was not read; give it a number, and a table of causes"),
        )


def _lost(piece: Node, section: Section, model: _Model) -> Iterator[Found]:
    where = f"under {section.title!r}" if section.title else "before the first heading"
    if piece.type == "code_inline":
        yield from _lost_span(piece, section, where, model)
    elif piece.type in _BLOCKS:
        yield from _lost_block(piece, where, model)
    elif piece.type in ("paragraph", "html_block"):
        for line, row in stray_rows(piece):
            yield line, f"this row stands outside its table: {_short(row)}"
        if piece.type == "paragraph":
            yield from _unmarked(piece)
    if piece.type == "html_block" and _CODE_TAGS.search(piece.content):
        yield line_of(piece), f"this HTML {where} is not read; write its code or its table as Markdown"


def _is_introduction(span: Node) -> bool:
    """Say whether *span* stands in plain words, which no label and no list makes a step."""
    inline = _around(span)
    first = next((each for each in inline.children if each.content or each.children), inline)
    paragraph = inline.parent
    return first.type != "strong" and paragraph is not None and paragraph.type == "paragraph" and paragraph.level == 0


def _unmarked(paragraph: Node) -> Iterator[Found]:
    """Yield the lines of plain words that are a command by their first words, and are not marked as code."""
    for line, nodes in inline_lines(paragraph):
        words = plain(nodes).rpartition(": ")[2] if all(node.type != "code_inline" for node in nodes) else ""
        prompt = typed_prompt(words.strip())
        if is_told_program(words.strip().removeprefix(prompt or "").strip()):
            yield line, f"{_short(words)} looks like a command, and is not marked as code: put it between backticks"


def _lost_span(span: Node, section: Section, where: str, model: _Model) -> Iterator[Found]:
    line, text = _span_line(span), span.content
    inline: Node | None = span
    while inline is not None and inline.type != "inline":
        inline = inline.parent
    command = any(each.text == text for each in span_commands([inline] if inline else [], 1))
    if section.level <= 1 and section.line <= model.introduced and span.parent is not None and _is_introduction(span):
        # The words before the first chapter tell of the document; only a block among them is to be typed.
        return
    around = plain([_around(span)]).strip()
    named = model.holds(around) and not model.tells(around)
    if not command or named or model.runs(Command(line, text)):
        return
    yield line, f"the command {_short(text)} is not read: it stands {where}, in words that are no part of an incident"


def _lost_block(block: Node, where: str, model: _Model) -> Iterator[Found]:
    line = line_of(block)
    if block.content in model.texts:
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
    yield from _left_out(block, where, model, read=bool(commands))


def _left_out(block: Node, where: str, model: _Model, *, read: bool) -> Iterator[Found]:
    """Yield the lines of a block that look like commands and were taken for something else."""
    session = session_of(block)
    if session is not None:
        taken = [(line, text, "output") for line, text in session.printed]
        taken += [(line, text, "typed at no client") for line, text in session.lost]
    elif is_shell(block) and not read:
        lines = [(line, text.strip()) for line, text in block_lines(block)]
        taken = [(line, text.lstrip("# "), "a comment") for line, text in lines if text.startswith("#")]
    elif not is_shell(block):
        taken = [(line, text, _what(block)) for line, text in block_lines(block)]
    else:
        taken = [(line, text, "output") for line, text in block_lines(block) if not text.lstrip().startswith("#")]
    for line, text, what in taken:
        if (what == "typed at no client" or _holds_command(text, what)) and not model.has_line(line, text.strip()):
            yield line, f"{_short(text.strip())} {where} looks like a command, and was taken for {what}"


def _holds_command(text: str, what: str) -> bool:
    """Say whether a line begins with a command, or has one between backticks; programs print assignments, too."""
    begins = is_command(text) and not re.match(r"\s*\w+=", text) if what == "output" else looks_typed(text)
    return begins or any(is_command(span) for span in re.findall(r"`([^`]+)`", text))


def _what(block: Node) -> str:
    if block.type == "fence" and kind(block.info) is Kind.TEXT:
        return f"text in {block.info.split()[0]}"
    return "text, as the block names no shell and begins with no command"


def _short(text: str) -> str:
    text = _squeezed(text)
    return repr(text if len(text) <= _SHORT else f"{text[:_SHORT]}…")
