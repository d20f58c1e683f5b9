"""Commands in the document: code blocks and code spans, kept exactly as a responder would paste them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from drills.runbook.document import BREAKS, Node, Section, line_of
from drills.runbook.errors import LineError
from drills.runbook.model import Command
from drills.runbook.shell_syntax import wants_more

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHELLS = ("", "bash", "sh", "shell", "console")
SQL = re.compile(
    r"alter|analyze|begin|call|commit|copy|create|delete|do|drop|explain|grant|insert|lock|reindex|"
    r"reset|revoke|rollback|select|set|show|truncate|update|vacuum|with",
    re.IGNORECASE,
)
PROGRAMS = re.compile(
    r"apt|apt-get|awk|aws|bash|cat|chmod|chown|cp|crictl|curl|date|df|dig|docker|docker-compose|du|echo|export|"
    r"find|free|fuser|git|grep|helm|iptables|journalctl|jq|kill|killall|kubectl|ln|ls|lsof|make|mc|mkdir|mv|netstat|"
    r"nginx|nohup|npm|npx|nslookup|openssl|pg_ctl|pg_dump|pg_isready|pg_restore|pgrep|ping|pip|pkill|pnpm|"
    r"podman|printf|ps|psql|python|python3|redis-cli|rm|rsync|scp|sed|service|sh|sleep|ss|ssh|sudo|"
    r"supervisorctl|swapoff|swapon|sysctl|systemctl|tail|tee|timeout|top|touch|traceroute|unset|vacuumdb|watch|"
    r"wget|yarn"
)
ALONE = re.compile(r"false|reboot|sync|true")
"""Programs that are run without an argument, and whose names mean nothing else in a runbook."""
SCRIPT = re.compile(r"(\./|/)?[\w./-]+\.(sh|py)|\./[\w./-]+")
OPTION = re.compile(r"\s(-{1,2}\w|[|<>&$/.])")
PROGRAM = re.compile(r"[a-z][\w.-]*")
HEREDOC = re.compile(r"(?<!<)<<(?!<)-?\s*(['\"]?)(\w+)\1")
FENCES = 2
"""Lines of a code block beside its content: the one that opens it, and the one that closes it."""
LEAVE_SQL = re.compile(r"\s*(\\q|exit|quit)\s*;?\s*$", re.IGNORECASE)
PSQL_HAS_WORK = re.compile(r"-[clf].*|--(command|file|list|version|help).*|\||<.*")


def is_command(span: str) -> bool:
    """Say whether a code span is something to run, not a name, a file or a setting."""
    words = span.split()
    while words and re.fullmatch(r"\w+=\S*", words[0]):
        words = words[1:]
    if not words:
        return False
    first = words[0]
    if SCRIPT.fullmatch(first):
        return first.endswith(".sh") or first.startswith("./")
    if len(words) == 1:
        return bool(ALONE.fullmatch(first))
    if SQL.fullmatch(first):
        return True
    return bool(PROGRAMS.fullmatch(first)) or bool(PROGRAM.fullmatch(first) and OPTION.search(span))


def span_commands(nodes: Iterable[Node], line: int) -> tuple[Command, ...]:
    """Return the commands among the code spans of *nodes*, which start on *line*."""
    found: list[Command] = []
    for node in nodes:
        for leaf in node.walk():
            if leaf.type in BREAKS:
                line += 1
            elif leaf.type == "code_inline" and is_command(leaf.content):
                found.append(Command(line, leaf.content))
    return tuple(found)


def block_commands(blocks: Iterable[Node]) -> tuple[Command, ...]:
    """Return the commands of the shell blocks among *blocks*; a block in another language is text."""
    return tuple(command for block in blocks for command in _block(block))


def _block(block: Node) -> tuple[Command, ...]:
    if block.type == "code_block":
        return tuple(_commands(_numbered(block.content, line_of(block))))
    if block.type != "fence":
        return ()
    check_closed(block)
    if block.info.strip().lower() not in SHELLS:
        return ()
    return tuple(_commands(_numbered(block.content, line_of(block) + 1)))


def shell_blocks(root: Section) -> Iterator[Node]:
    """Yield the code blocks of the whole document that say they are a shell's, in lists and quotations, too."""
    return (fence for fence in _fences(root) if fence.info.strip().lower() in SHELLS[1:])


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
    if end - first < inside + FENCES:
        raise LineError(first + 1, f"this code block is never closed; expected a line {fence.markup} after it")


def _numbered(content: str, first: int) -> list[tuple[int, str]]:
    return list(enumerate(_lines(content), start=first))


def _lines(content: str) -> list[str]:
    return content.removesuffix("\n").split("\n")


def _commands(lines: list[tuple[int, str]]) -> Iterator[Command]:
    at = 0
    while at < len(lines):
        number, text = lines[at]
        if not text.strip() or text.lstrip().startswith("#"):
            at += 1
            continue
        text, at = _whole(lines, at)
        stdin = None
        if _opens_psql(text):
            stdin, at = _typed(lines, at)
        yield Command(number, text.strip(), stdin)


def _whole(lines: list[tuple[int, str]], at: int) -> tuple[str, int]:
    """Join lines while the shell would ask for more: a continuation, an open quote, a here-document, a loop."""
    first, text = lines[at]
    at += 1
    while _unfinished(text):
        if at == len(lines):
            raise LineError(first, "this command never ends; expected its closing quote, word or next line")
        text, at = f"{text}\n{lines[at][1]}", at + 1
    return text, at


def _unfinished(text: str) -> bool:
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


def _opens_psql(text: str) -> bool:
    try:
        words = shlex.split(text, comments=True)
    except ValueError:  # a here-document with an apostrophe, which the shell takes
        return False
    if "psql" not in words:
        return False
    rest = words[words.index("psql") + 1 :]
    return "|" not in words and not any(PSQL_HAS_WORK.fullmatch(word) for word in rest)


def _typed(lines: list[tuple[int, str]], at: int) -> tuple[str | None, int]:
    """Collect the SQL typed into psql: up to the line that leaves psql, the next shell line, or the block's end."""
    typed: list[str] = []
    while at < len(lines):
        text = lines[at][1]
        at += 1
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        if _complete(typed) and not _is_sql(text):
            at -= 1
            break
        typed.append(text)
        if LEAVE_SQL.match(text):
            break
    return ("".join(f"{line}\n" for line in typed) or None), at


def _complete(typed: list[str]) -> bool:
    return not typed or typed[-1].rstrip().endswith(";") or typed[-1].lstrip().startswith("\\")


def _is_sql(text: str) -> bool:
    word = re.match(r"\s*(\w+|\\|--|\()", text)
    if word is None:
        return False
    return bool(SQL.fullmatch(word[1])) or word[1] in ("\\", "--", "(") or bool(LEAVE_SQL.match(text))
