"""Times in sentences: `5 minutes`, `1h30m`, `a 5-minute window`, `half an hour`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.runbook.figures import UNSIGNED, figures, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds", "msec"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604800.0),
}
_UNIT = re.compile(rf"[\s-]*({'|'.join(sorted(SECONDS, key=len, reverse=True))})(?![a-z])", re.IGNORECASE)
_PART = re.compile(rf"\s*({UNSIGNED})")
_HALF = re.compile(r"\bhalf\s+\Z", re.IGNORECASE)
_ONE = re.compile(r"\b(?:last|past)\s+(second|minute|hour|day|week)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Duration:
    """A time in a sentence: where it stands, and its length; `seconds` is None where its figure has two readings."""

    start: int
    end: int
    seconds: float | None


def durations(sentence: str) -> Iterator[Duration]:
    """Yield the times in *sentence*; `1 hour 30 minutes` is one, and so is `the last hour`."""
    end = 0
    for match in _ONE.finditer(sentence):
        yield Duration(match.start(), match.end(), SECONDS[match[1].lower()])
    for figure in figures(sentence):
        if figure.start < end:
            continue
        unit = _UNIT.match(sentence, figure.end)
        if unit is None or unit[1] == "M":
            continue
        seconds = None if figure.value is None else figure.value * SECONDS[unit[1].lower()]
        start, half = figure.start, _HALF.search(sentence[: figure.start])
        if figure.spelt and half:
            start, seconds = half.start(), (seconds or 0.0) / 2
        end, seconds = _rest(sentence, unit, seconds)
        yield Duration(start, end, None if seconds is None else round(seconds, 9))


def _rest(sentence: str, unit: re.Match[str], seconds: float | None) -> tuple[int, float | None]:
    """Add what follows at once in a smaller unit: the `30m` of `1h30m`; `2s 5m` are two times."""
    while seconds is not None and (part := _PART.match(sentence, unit.end())):
        smaller = _UNIT.match(sentence, part.end(1))
        value = value_of(part[1])
        if smaller is None or value is None or SECONDS[smaller[1].lower()] >= SECONDS[unit[1].lower()]:
            break
        unit, seconds = smaller, seconds + value * SECONDS[smaller[1].lower()]
    return unit.end(), seconds
