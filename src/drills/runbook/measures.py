"""What an alert measures: whole words name a quantity, never a part of a word, and never two at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.errors import LineError
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

# First match wins where only an impression is asked for; an alert has to name one alone.
RECOGNISED = (
    (Quantity.AUTHENTICATION, r"\bo?auth(?:n|entication)?\b|\b(?:sign|log)(?:ging|ning)?[- ]?ins?\b"),
    (Quantity.CONNECTION_POOL, r"\bconnections?\b(?!\s+(?:refused|errors?|times?|attempts?))"),
    (Quantity.ERROR_RATE, r"\berror[- ](?:rates?|ratio|percentage)\b|\b5xx (?:rate|ratio)\b"),
    (Quantity.RESPONSE_TIME_P95, r"\bresponse times?\b|\bp95\b|\blatenc(?:y|ies)\b"),
    (Quantity.QUEUE_DEPTH, r"\bqueues?\b"),
    (Quantity.RESOURCE_UTILIZATION, r"\bcpu\b|\bmemory\b|\bresources?\b"),
    (
        Quantity.HEALTH,
        r"\bhealth\b|\b(?:un)?healthy\b|(?<!slow )(?<!slows )\bdown\b|\bfewer than\b.*\b(?:available|ready|up)\b",
    ),
)
STATISTIC = re.compile(
    r"\bp\s?\(?(?P<p>\d{2,3}(?:\.\d+)?)\b\)?|\b(?P<th>\d{2}(?:\.\d+)?)\s*(?:st|nd|rd|th)?[ -]?(?:percentile|%ile)"
    r"|\b(?P<word>average|avg|mean|median|averaged)\b",
    re.IGNORECASE,
)


def _named(text: str) -> list[Quantity]:
    return [known for known, pattern in RECOGNISED if re.search(pattern, text, re.IGNORECASE)]


def quantity(*texts: str) -> Quantity | None:
    """Return the quantity that the first of *texts* to name one names, None where none does."""
    return next((named[0] for text in texts if (named := _named(text))), None)


def measured(line: int, *texts: str) -> Quantity | None:
    """Return what an alert measures, as `quantity` does; LineError where one text names two."""
    for text in texts:
        named = _named(text)
        if len(named) > 1:
            both = " and ".join(each.value for each in named)
            raise LineError(line, f"{text!r} names {both}; an alert measures one: say which")
        if named:
            return named[0]
    return None


def statistics(text: str) -> Iterator[str]:
    """Yield the statistics that *text* names: `p95`, `p99.9`, `average`."""
    for match in STATISTIC.finditer(text):
        yield match["word"].lower() if match["word"] else f"p{match['p'] or match['th']}"


def spaced(name: str) -> str:
    """Return the words of a name such as `HighErrorRate`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]", " ", name)
