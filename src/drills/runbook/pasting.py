"""The lines of a shell's block as commands: continuations, loops and here-documents whole, a function with its call."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from drills.runbook.clients import LEAVE, client, is_complete, is_typed_at
from drills.runbook.errors import LineError
from drills.runbook.model import Command
from drills.runbook.programs import functions, programs
from drills.runbook.shell_syntax import wants_more

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.runbook.sessions import Line

HEREDOC = re.compile(r"(?<!<)<<(?!<)-?\s*(['\"]?)(\w+)\1")


def pasted(lines: list[Line]) -> Iterator[Command]:
    """Yield the commands of a shell's *lines*, each with all lines that the shell needs to run it."""
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


def joined(commands: list[Command], lines: list[Line]) -> Iterator[Command]:
    """Yield a function with all lines up to the last command that calls it: a responder pastes these at once."""
    at = 0
    while at < len(commands):
        first, at = commands[at], at + 1
        last = _last_call(first, commands, at)
        if last is None:
            yield first
            continue
        at = last + 1
        end = commands[last].line + commands[last].text.count("\n")
        yield replace(first, text="\n".join(text for number, text in lines if first.line <= number <= end).strip())


def _last_call(first: Command, commands: list[Command], at: int) -> int | None:
    """Return where, from *at* on, a function that *first* defines is called last; None where it is not."""
    defined = functions(first.text)
    if not defined:
        return None
    calls = (place for place in range(len(commands) - 1, at - 1, -1) if defined & set(programs(commands[place].text)))
    return next(calls, None)


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
