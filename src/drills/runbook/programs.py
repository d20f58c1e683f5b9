"""Which programs a shell command starts, as far as its text shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUILTINS = (
    ". : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo "
    "enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf "
    "pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit "
    "umask unalias unset wait"
)
OF_THE_SHELL = frozenset(_BUILTINS.split())
_KEYWORDS = frozenset(["if", "then", "elif", "else", "while", "until", "do", "!"])
_WRAPPERS = frozenset(["time", "sudo", "nohup", "command", "builtin", "exec", "env", "xargs", "setsid"])
"""Words after which a command begins; after these last there may be options before it."""
_VALUED = frozenset(["-u", "-g", "-n", "-P", "-L", "-I", "-d", "-s", "-E", "-p", "-a"])
"""Options of `sudo` and `xargs` that are followed by a value."""
_NO_PROGRAM = frozenset(["fi", "done", "esac", "}", "in", "for", "select", "function"])
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1(.*?)\n(?:.*?\n)?\s*\2(?=\n|\Z)", re.DOTALL)
# Each is blanked before the text is cut into commands; the order counts.
_TEXT = (
    (re.compile(r"\\(?:\n|.)"), "_"),
    (re.compile(r"'[^']*'|\"[^\"]*\""), "_"),
    (re.compile(r"(?:^|(?<=\s))#.*"), ""),
    (re.compile(r"\$\(\(.*?\)\)|\$\{[^}]*\}|\[\[.*?\]\]|\(\([^)]*\)\)|\w+=\([^)]*\)", re.DOTALL), "_"),
    (re.compile(r"&>>?\s*\S+|\d*(?:<<<|>>|<>|>\||[<>])&?\s*[^\s;|&()]*"), " "),
)
_CUT = re.compile(r"\$\(|[`;|&(){}\n]+")
_ASSIGNMENT = re.compile(r"\w+(?:\[[^\]]*\])?\+?=\S*")
_NAME = re.compile(r"[A-Za-z][\w.+-]*")
_FUNCTION = re.compile(r"\bfunction\s+([\w-]+)|(?:^|[;\s])([\w-]+)\s*\(\)", re.MULTILINE)


def functions(text: str) -> set[str]:
    """Return the names of the functions that *text* defines."""
    return {match[1] or match[2] for match in _FUNCTION.finditer(text)}


def programs(text: str) -> Iterator[str]:
    """Yield the name of each program that *text* starts by name; a path, a variable and a shell's own are none."""
    if re.search(r"\bcase\b", text):  # its patterns look like commands
        return
    text = _HEREDOC.sub(r"\3", text)
    for pattern, instead in _TEXT:
        text = pattern.sub(instead, text)
    for part in _CUT.split(text):
        name = _first(part.split())
        if name and _NAME.fullmatch(name) and name not in OF_THE_SHELL:
            yield name


def _first(words: list[str]) -> str | None:
    """Return the program that a command begins with; None where the words before it are not understood."""
    options, valued = False, False
    for word in words:
        if valued or _ASSIGNMENT.fullmatch(word) or (options and word.startswith("-")):
            valued = options and word in _VALUED
        elif word in _NO_PROGRAM:
            return None
        elif word in _KEYWORDS | _WRAPPERS:
            options = word in _WRAPPERS
        else:
            return word
    return None
