"""Programs that open a prompt of their own, and which of the lines after them are typed there."""

from __future__ import annotations

import re
import shlex

from drills.runbook.spans import SQL

_HAS_WORK = {
    "psql": re.compile(r"-[clf].*|--(command|file|list|version|help).*|<.*"),
    "mysql": re.compile(r"-e.*|--(execute|version|help).*|<.*"),
    "mariadb": re.compile(r"-e.*|--(execute|version|help).*|<.*"),
}
_VALUED = ("-h", "-p", "-a", "-n", "-u", "--user", "--pass", "-s", "--cacert", "--cert", "--key")
"""Options of redis-cli that are followed by a value; another word without a dash is what it has to do."""
LEAVE = re.compile(r"\s*(\\q|exit|quit)\s*;?\s*$", re.IGNORECASE)
_REDIS = re.compile(r"\s*[A-Z]{3,}(?:\s.*)?")


def client(text: str) -> str | None:
    """Return the client whose prompt the command *text* opens, None where it opens none or has its work already."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError:  # a here-document with an apostrophe, which the shell takes
        return None
    if "|" in words or "<<<" in text or "<<" in text:
        return None
    for name, work in _HAS_WORK.items():
        if name in words:
            rest = words[words.index(name) + 1 :]
            return None if any(work.fullmatch(word) for word in rest) else name
    return "redis-cli" if "redis-cli" in words and _idle(words[words.index("redis-cli") + 1 :]) else None


def _idle(words: list[str]) -> bool:
    """Say whether redis-cli was told nothing to do: it has options and their values only."""
    valued = False
    for word in words:
        if not valued and (
            not word.startswith("-") or word in ("--bigkeys", "--scan", "--latency", "--stat", "--eval")
        ):
            return False
        valued = not valued and word in _VALUED
    return True


def is_typed_at(name: str, text: str) -> bool:
    """Say whether the line *text* begins something that the client *name* understands, and a shell does not."""
    if LEAVE.match(text):
        return True
    if name == "redis-cli":
        return bool(_REDIS.fullmatch(text))
    word = re.match(r"\s*(\w+|\\|--|\()", text)
    return word is not None and (bool(SQL.fullmatch(word[1])) or word[1] in ("\\", "--", "("))


def is_complete(name: str, typed: list[str]) -> bool:
    """Say whether what was typed so far needs no further line."""
    if not typed or name == "redis-cli":
        return True
    return typed[-1].rstrip().endswith(";") or typed[-1].lstrip().startswith("\\")
