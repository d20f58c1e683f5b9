"""The shell's lines that are whole by themselves: words, quotes, pipes, lists, redirections and `$(…)` of these.

To ask a shell takes a process for each text; what this grammar accepts, a shell accepts. It says nothing of the rest.
"""

from __future__ import annotations

import re

_SPACE = r"(?:[ \t]|\\\n(?=.))"
_KEYWORDS = (
    r"(?:if|for|while|until|case|select|function|time|coproc|then|else|elif|fi|do|done|esac|in|\{|\}|\[\[|\]\]|!)"
    r"(?![^\s;|&<>()])"
)
_NO_WORD = r"(?!#|[A-Za-z_]\w*\[)"
"""A comment, and the index of an array, in which quotes and brackets mean something else."""
_EXPANDED = r"\$(?:[A-Za-z_]\w*|\{[#!]?\w+(?:[:#%/^,-][^}'\"`$\\(){}<>|;&\n]*)?\}|[\d?$#@*]|(?=[\s\"]|\Z))"
_DEEPEST = 2
"""So many `$(…)` within each other are read here."""


def _list(depth: int) -> str:
    nested = rf"|\$\((?!\(){_SPACE}*+{_list(depth - 1)}{_SPACE}*+\)" if depth else ""
    inside = rf"(?:{_EXPANDED}{nested})"
    quoted = rf"'[^']*'|\"(?:[^\"\\`$]|\\.|{inside})*+\""
    word = rf"(?:[^\s'\"\\`(){{}}|&;<>$]|[{{}}]|\\[^\n]|{quoted}|{inside})++"
    redirected = rf"(?:&>>?|>>|>\||>&|<&|<>|[<>](?![<>])){_SPACE}*+(?!#){word}(?![<>])"
    element = rf"(?:{redirected}|{_NO_WORD}{word})"
    simple = rf"(?!{_KEYWORDS}){element}(?:{_SPACE}*+{element})*+"
    return rf"(?:{simple}(?:{_SPACE}*+(?:\|\||&&|\|&|[|;&]){_SPACE}*+{simple})*+(?:{_SPACE}*+[;&])?)"


_WHOLE = re.compile(rf"{_SPACE}*+{_list(_DEEPEST)}\s*", re.DOTALL)


def is_whole(text: str) -> bool:
    """Say whether *text* is certainly one whole line to a shell, and a right one."""
    return _WHOLE.fullmatch(text) is not None
