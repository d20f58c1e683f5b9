"""What the text of a shell command shows by itself: placeholders to fill in, prompts that were pasted, variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANGLED = r"<[A-Za-z](?:[\w.,:/' -]*[\w.])?>"
_PLACEHOLDER = re.compile(
    rf"(?P<angled>{_ANGLED})"
    r"|\{\{\s*(?!(?:end|else|break|continue)\s*\}\})[A-Za-z_][\w -]*?\s*\}\}"
    r"|\b(?:YOUR|your)[_-][\w-]*\w"
    r"|\b(?:REPLACE_ME|REPLACE_WITH_\w+|CHANGE_?ME)\b"
    r"|(?<!\S)(?:\.\.\.|\u2026)(?!\S)"
)
# A tag in what these search, print or rewrite is text: `grep '<title>'`.
_TEXT_TOOLS = re.compile(r"(?:^|[|;&(]\s*)(?:sudo\s+)?(?:[ef]?grep|rg|sed|awk|perl|echo|printf|jq|xmllint|python3?)\b")
_PROMPT = re.compile(
    r"(?:[$%\u276f\u279c]|>>>|/ #|(?:ba)?sh-\d[\d.]*[$#]"  # a shell's, Python's, BusyBox's
    r"|\[?[\w.-]+@[\w.-]+(?::|\s)[^\s$#%]*\]?(?:[$#%]|\s%)"  # root@host:~#, [root@host ~]$, me@mac ~ %
    r"|\w+[=-][#>]|(?:mysql|sqlite|redis|mongo\w*|MariaDB \[[^\]]*\])>"  # postgres=#, mysql>
    r"|[\w.-]+:\d+(?:\[\d+\])?>|PS [A-Z]:[^>]*>)\s+(?=\S)"  # 127.0.0.1:6379>, PowerShell's
)
_SINGLE_QUOTED = re.compile(r"'[^']*'")
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"")
_USED = re.compile(r"(?<!\\)\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
_SET = re.compile(
    r"(?:^|[\s;&|(])([A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=|\bfor\s+([A-Za-z_]\w*)\b|\bselect\s+([A-Za-z_]\w*)\b"
)
_READ = re.compile(r"\b(?:read|mapfile|readarray|getopts|printf\s+-v)\b([^;|&<\n]*)")
_OF_THE_SHELL = re.compile(
    r"HOME|PATH|USER|LOGNAME|PWD|OLDPWD|SHELL|TERM|LANG|LC_\w+|HOSTNAME|TMPDIR|EDITOR|PAGER|TZ|DISPLAY"
    r"|RANDOM|SECONDS|LINENO|UID|EUID|PPID|IFS|PS\d|OPTARG|OPTIND|REPLY|COLUMNS|LINES|SHLVL|FUNCNAME|PIPESTATUS"
    r"|EPOCHSECONDS|MACHTYPE|OSTYPE|BASH\w*|COMPOSE_\w+|DOCKER_\w+|XDG_\w+|SUDO_\w+|SSH_\w+"
)


def placeholders(text: str) -> tuple[str, ...]:
    """Return what a responder has to fill in before *text* can run, such as `<id>` or `YOUR_TOKEN`."""
    quoted = [match.span() for match in _QUOTED.finditer(text)] if _TEXT_TOOLS.search(text) else []
    found = (match for match in _PLACEHOLDER.finditer(text) if not _within(match, quoted))
    return tuple(dict.fromkeys(match[0] for match in found if not _here_string(text, match)))


def _within(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return match["angled"] is not None and any(start < match.start() < end for start, end in spans)


def _here_string(text: str, match: re.Match[str]) -> bool:
    """Say whether the `<` belongs to a redirection, `<<EOF >file` or `<<<word>file`, or to a regular expression."""
    return match["angled"] is not None and text[: match.start()].endswith(("<", "(?", "(?P"))


def typed_prompt(text: str) -> str | None:
    """Return the prompt that *text* begins with, such as `$` or `postgres=#`; None where it begins with a command."""
    match = _PROMPT.match(text)
    return match[0].strip() if match else None


def variables_set(text: str) -> Iterator[str]:
    """Yield each variable that *text* gives a value."""
    for match in _SET.finditer(text):
        yield next(name for name in match.groups() if name)
    for match in _READ.finditer(text):
        yield from re.findall(r"[A-Za-z_]\w*", match[1])


def variables_used(text: str) -> Iterator[str]:
    """Yield each variable whose value *text* needs, but for those that every shell has."""
    for match in _USED.finditer(_SINGLE_QUOTED.sub("", text)):
        name = match[1] or match[2]
        if not _OF_THE_SHELL.fullmatch(name):
            yield name
