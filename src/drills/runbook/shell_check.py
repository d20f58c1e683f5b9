"""Find beforehand which documented commands cannot run: syntax, programs, placeholders, prompts, variables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from drills.common.shell_text import placeholders, typed_prompt, variables_set, variables_used
from drills.runbook.blocks import nameless_blocks, shell_blocks
from drills.runbook.commands import block_commands
from drills.runbook.documented import documented
from drills.runbook.errors import LineError
from drills.runbook.placeholders import filled_text
from drills.runbook.programs import functions, programs
from drills.runbook.shell_syntax import syntax_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from drills.runbook.document import Document, Node
    from drills.runbook.model import Command, Runbook

_PROMPT = "the prompt {} would be typed with the command; leave it out"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|#[^\n]*|<<.*", re.DOTALL)
_ODD = re.compile(r"[\x1b\u200b-\u200f\u2060\ufeff\u201c\u201d\u2018\u2019\u00a0\u202f]|(?<!\S)[\u2013\u2014](?=\w)")
"""Signs that a text editor makes of quotes, dashes and spaces, and signs that nobody sees."""
_EDITS = re.compile(r"\b(?:kubectl|oc|systemctl)\s+(?:-\S+\s+(?:[\w/.-]+\s+)??)*edit\b|\bcrontab\s+(?:-\S+\s+)*-e\b")
EDITORS = frozenset(["vi", "vim", "nano", "emacs", "less", "more", "visudo", "htop", "k9s"])
"""Programs that need a person: what they would do is not in the document."""
Found = tuple[int, str]
"""A line of the document, and what is wrong there."""


@dataclass(frozen=True)
class Console:
    """The programs that a responder has: *has* knows them by name, *where* says in words which ones these are.

    *variables* are those that its shell has from the start, *values* fill in the placeholders of the commands.
    """

    has: Callable[[str], bool]
    where: str
    variables: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)


def shell_findings(document: Document, runbook: Runbook | None, console: Console) -> tuple[Found, ...]:
    """Return what is wrong with the commands of the document's shell blocks, and with those of *runbook*, by line."""
    found: set[Found] = set()
    commands: dict[tuple[int, str], Command] = {(each.line, each.text): each for each in _commands_of(runbook)}
    for block in shell_blocks(document.root):
        try:
            commands |= {(each.line, each.text): each for each in block_commands([block])}
        except LineError as error:
            found.add((error.line, str(error)))
    everything = "\n".join(command.text for command in commands.values())
    known = frozenset(variables_set(everything)) | frozenset(functions(everything)) | console.variables
    for command in commands.values():
        found.update(_wrong(replace(command, text=filled_text(command.text, console.values)), known, console))
    return tuple(sorted(found))


def unchecked(document: Document, runbook: Runbook | None) -> int:
    """Return how many code blocks of the document name no language, and hold no command of *runbook* either."""
    lines = {command.line for command in _commands_of(runbook)}
    return sum(not lines.intersection(_lines(block)) for block in nameless_blocks(document.root))


def _lines(block: Node) -> range:
    first, end = block.map or (0, 0)
    return range(first + 1, end + 1)


def _commands_of(runbook: Runbook | None) -> Iterator[Command]:
    return documented(runbook) if runbook else iter(())


def _wrong(command: Command, known: frozenset[str], console: Console) -> Iterator[Found]:
    prompt = typed_prompt(command.text)
    if prompt:
        # What follows may be a command in another language, such as SQL.
        yield command.line, _PROMPT.format(prompt)
        return
    unfilled = placeholders(command.text)
    if unfilled:
        told = "give a command that finds the value, or the value in [placeholders] of the descriptor"
        yield command.line, f"{', '.join(unfilled)} has to be filled in by hand; {told}"
        return
    odd = _ODD.search(_QUOTED.sub("", command.text))
    if odd:
        yield (
            command.line,
            f"the sign {odd[0]!r} is no quote, dash or space to a shell; write the plain one, or leave it out",
        )
        return
    wrong = syntax_error(command.text)
    if wrong:
        yield command.line + wrong[0], f"the shell cannot read this: {wrong[1]}"
        return
    yield from ((command.line, sentence) for sentence in _unknown(command.text, known, console))


def _unknown(text: str, known: Iterable[str], console: Console) -> Iterator[str]:
    for edit in _EDITS.finditer(text):
        yield f"{edit[0]} opens an editor, which waits for a person; give a command that ends by itself"
    for name in dict.fromkeys(programs(text)):
        if name in EDITORS:
            yield f"{name} waits for a person at the keyboard; give a command that ends by itself"
        if name not in known and not console.has(name):
            yield f"{name} is no program {console.where}"
    for name in dict.fromkeys(variables_used(text)):
        if name not in known:
            yield f"no line of the document sets ${name}"
