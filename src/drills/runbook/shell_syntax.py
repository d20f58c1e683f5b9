"""Ask a shell about the syntax of a text, without running it."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import lru_cache

from drills.runbook.shell_grammar import is_whole

SHELL = "bash"
ASKED_S = 20.0
"""How long the shell may take to read a text, on a machine that is busy."""
_MORE = re.compile(r"unexpected end of file|unexpected EOF while looking for|delimited by end-of-file")
_CONTINUED = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
_SAID = re.compile(r"^.*?line (\d+): (.*)$", re.MULTILINE)


def has_shell() -> bool:
    """Say whether this machine has a shell to ask."""
    return shutil.which(SHELL) is not None


def wants_more(text: str) -> bool | None:
    """Say whether a shell that has read *text* waits for another line; None where there is no shell to ask."""
    if not text.strip() or is_whole(text):
        return False
    if not has_shell():
        return None
    return bool(_CONTINUED.search(text) or _MORE.search(_said(text)))


def syntax_error(text: str) -> tuple[int, str] | None:
    """Return at which line of *text* (from 0) its syntax is wrong, and how; None where it is right or not known."""
    if not text.strip() or is_whole(text) or not has_shell():
        return None
    found = _SAID.search(_said(text))
    return (int(found[1]) - 1, found[2]) if found else None


@lru_cache(maxsize=4096)
def _said(text: str) -> str:
    """Return what the shell finds wrong; it reads the text and runs none of it."""
    done = subprocess.run(
        [SHELL, "--norc", "-n"],
        input=text.encode(),
        capture_output=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        timeout=ASKED_S,
        check=False,
    )
    return done.stderr.decode(errors="replace")
