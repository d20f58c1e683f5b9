"""Commands in the document: code blocks and code spans, kept exactly as a responder would paste them."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from drills.common.shell_text import typed_prompt
from drills.runbook.clients import LEAVE, client, is_complete, is_typed_at
from drills.runbook.document import BREAKS, Node, Section, line_of, plain
from drills.runbook.errors import LineError
from drills.runbook.languages import Kind, kind
from drills.runbook.model import Command
from drills.runbook.programs import functions, programs
from drills.runbook.sessions import Session, is_session, read_session
from drills.runbook.shell_syntax import wants_more
from drills.runbook.spans import is_called_for, is_command, is_promql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "block_commands",
    "check_closed",
    "commands_in",
    "is_command",
    "nameless_blocks",
    "shell_blocks",
    "span_commands",
]

HEREDOC = re.compile(r"(?<!<)<<(?!<)-?\s*(['\"]?)(\w+)\1")
FENCES = 2
"""Lines of a code block beside its content: the one that opens it, and the one that closes it."""
OUTPUT = re.compile(
    r"\b(?:example|sample|expected|similar|following) (?:\w+ )?output|\boutput (?:is|should|looks?|would|will)\b"
    r"|\blooks? like\b|\boutput\W*\Z|\bsimilar to\b|\bshould (?:see|show|contain)\b",
    re.IGNORECASE,
)
"""Words after which a block shows what was printed."""
AROUND = ("blockquote", "bullet_list", "ordered_list", "list_item")
Line = tuple[int, str]


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


def commands_in(blocks: Iterable[Node], *, spans: bool = True) -> tuple[Command, ...]:
    """Return the commands of *blocks* in order, those of code spans in prose too where *spans* is true.

    What a block types at a client (SQL) is the input of the client that the command before it opened.
    """
    found: list[Command] = []
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
    first = next((text for _, text in block_lines(block) if text.strip()), "")
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
    found = list(_commands(block_lines(block)))
    if block.type == "code_block" or kind(block.info) is Kind.NAMELESS:
        # What a block of no language shows below its commands may be what they print.
        found = [command for command in found if looks_typed(command.text)]
    return tuple(_joined(found, block_lines(block)))


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


def _commands(lines: list[Line]) -> Iterator[Command]:
    at = 0
    while at < len(lines):
        number, text = lines[at]
        if not text.strip() or text.lstrip().startswith("#"):
            at += 1
            continue
        text, at = _whole(lines, at)
        stdin = None
        opened = client(text)
        if opened:
            stdin, at = _typed(opened, lines, at)
        yield Command(number, text.strip(), stdin)


def _joined(commands: list[Command], lines: list[Line]) -> Iterator[Command]:
    """Yield a function with all lines up to the last command that calls it: a responder pastes these at once."""
    while commands:
        first = commands.pop(0)
        defined = functions(first.text)
        last = max((n for n, each in enumerate(commands) if defined & set(programs(each.text))), default=-1)
        after = [commands.pop(0) for _ in range(last + 1)]
        if not after:
            yield first
            continue
        end = after[-1].line + after[-1].text.count("\n")
        yield replace(first, text="\n".join(text for number, text in lines if first.line <= number <= end).strip())


def _whole(lines: list[Line], at: int) -> tuple[str, int]:
    """Join lines while the shell would ask for more: a continuation, an open quote, a here-document, a loop."""
    first, text = lines[at]
    at += 1
    while unfinished(text):
        if at == len(lines):
            raise LineError(first, "this command never ends; expected its closing quote, word or next line")
        text, at = f"{text}\n{lines[at][1]}", at + 1
    return text, at


def unfinished(text: str) -> bool:
    """Say whether the shell would ask for more after *text*."""
    more = wants_more(text)
    return _looks_unfinished(text) if more is None else more


def _looks_unfinished(text: str) -> bool:
    """Say so where there is no shell to ask."""
    heredoc = HEREDOC.search(text)
    if heredoc:
        return heredoc.group(2) not in text.split("\n")[1:]
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return True
    return False


def _typed(name: str, lines: list[Line], at: int) -> tuple[str | None, int]:
    """Collect what is typed into a client: up to the line that leaves it, the next shell line, or the block's end."""
    typed: list[str] = []
    while at < len(lines):
        text = lines[at][1]
        at += 1
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if is_complete(name, typed) and not is_typed_at(name, text):
            at -= 1
            break
        typed.append(text)
        if LEAVE.match(text):
            break
    return ("".join(f"{line}\n" for line in typed) or None), at
