"""What a code block says it is written in, whatever stands behind the name: `bash title="x"`, `{.sh .copy}`."""

from __future__ import annotations

import re
from enum import Enum

_SHELL = ("bash", "sh", "shell", "zsh", "ksh", "ash", "dash")
_SESSION = (
    "console",
    "terminal",
    "session",
    "shell-session",
    "sh-session",
    "bash-session",
    "shellsession",
    "shellconsole",
)
_NAMELESS = ("", "text", "txt", "plain", "plaintext", "none", "nohighlight", "code", "cmd", "command", "commands")
_TYPED = ("sql", "psql", "pgsql", "postgres", "postgresql", "mysql", "mariadb", "plpgsql", "redis")
UNREAD = "unread"
"""The language that a reader gives to a block whose commands it cannot tell apart."""
_NAME = re.compile(r"[{.\s]*([\w+-]*)(?![\w+-]*\s*=)")


class Kind(Enum):
    """How the lines of a block are to be taken."""

    SHELL = "shell"
    SESSION = "session"
    NAMELESS = "nameless"
    TYPED = "typed at a client"
    TEXT = "text"


def kind(info: str) -> Kind:
    """Return how a block with these words behind its fence is to be taken; an unknown language is text."""
    match = _NAME.match(info.strip().lower())
    name = match[1] if match else ""
    for known, names in (
        (Kind.SHELL, _SHELL),
        (Kind.SESSION, _SESSION),
        (Kind.NAMELESS, _NAMELESS),
        (Kind.TYPED, _TYPED),
    ):
        if name in names:
            return known
    return Kind.TEXT
