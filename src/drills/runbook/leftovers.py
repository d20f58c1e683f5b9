"""The figures of a sentence that nothing explains: neither its limit, nor a time, nor a part of a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.durations import durations
from drills.runbook.measures import STATISTIC

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]
# Figures that are no limit: a status, a percentile, a number within a name, a port, the size of a pool.
_NAMES = (
    re.compile(
        r"\b[1-5]xx\b|\b(?:HTTP|status|codes?)\s+[1-5]\d\d\b|\b[1-5]\d\d(?=s?\s+(?:status|error|answer|resp))",
        re.IGNORECASE,
    ),
    STATISTIC,
    re.compile(r"(?<![\w.])[^\W\d][\w.-]*"),
    re.compile(r"\bport\s+\d+\b|(?<=\w):\d{2,5}\b|#\d+\b", re.IGNORECASE),
    re.compile(r"\bmax(?:imum)?(?: of| is)?\s*[(=:]?\s*\d[\d,.]*\)?", re.IGNORECASE),
)


def unexplained(sentence: str, spent: Span | None) -> str | None:
    """Return the first figure in *sentence* that is no time and no part of a name; its limit stands at *spent*."""
    rest = list(sentence)
    for start, end in (*_spent(sentence, spent), *_explained(sentence)):
        rest[start:end] = " " * (end - start)
    found = re.search(r"\d[\d.,]*", "".join(rest))
    return found[0] if found else None


def _spent(sentence: str, spent: Span | None) -> Iterator[Span]:
    """Yield where the limit stands: said twice in the same words, it is one limit."""
    if spent:
        yield spent
        yield from (at.span() for at in re.finditer(re.escape(sentence[slice(*spent)]), sentence))


def _explained(sentence: str) -> Iterator[Span]:
    yield from ((each.start, each.end) for each in durations(sentence))
    for pattern in _NAMES:
        yield from (match.span() for match in pattern.finditer(sentence))
