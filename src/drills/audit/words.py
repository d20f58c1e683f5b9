"""The simple commands of a shell text, as lists of words."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SEPARATORS: Final = frozenset(
    ("|", "||", "&&", ";", "&", "(", ")", "|&", ";;", "do", "then", "else", "{", "}", "!", "in")
)
NESTED: Final = re.compile(r"\$\(([^()]*)\)|`([^`]*)`")
WRAPPERS: Final = frozenset(("sudo", "time", "nohup", "exec", "env", "xargs", "watch", "command"))
_ASSIGNED: Final = re.compile(r"\w+=\S*")


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each simple command of *text*, those of its substitutions included.

    A text that cannot be cut into words yields none: another check tells of its syntax.
    """
    while found := NESTED.search(text):
        yield from commands(found[1] or found[2] or "")
        text = f"{text[: found.start()]}$_{text[found.end() :]}"
    lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=";|&()\n")
    lexer.whitespace = " \t"
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        return
    words: list[str] = []
    for token in tokens:
        if token in SEPARATORS or set(token) <= set(";|&()\n"):
            if words:
                yield _unwrapped(words)
            words = []
        else:
            words.append(token)
    if words:
        yield _unwrapped(words)


def _unwrapped(words: list[str]) -> list[str]:
    """Return *words* without assignments and programs before the command that they start."""
    while len(words) > 1 and (_ASSIGNED.fullmatch(words[0]) or words[0] in WRAPPERS):
        wrapper, words = words[0], words[1:]
        while wrapper in WRAPPERS and len(words) > 1 and words[0].startswith("-"):
            # `watch -n 5 …`, `xargs -n 1000 …`: a number after an option is its value.
            words = words[2:] if words[1].isdigit() and len(words) > 2 else words[1:]  # noqa: PLR2004 - option, value, command
        if " " in words[0]:
            inner = next(commands(words[0]), None)
            words = inner or words
    return words
