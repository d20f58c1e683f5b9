"""Read numbers in sentences: thresholds, windows and times, with the words and units in which they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drills.common.threshold import Threshold
from drills.runbook.errors import LineError
from drills.runbook.model import Quantity

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
SECONDS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("day", "days"), 86400.0),
    **dict.fromkeys(("week", "weeks"), 604800.0),
}
RATIO = {"%": 0.01, "percent": 0.01}
OPERATORS = {
    **dict.fromkeys((">", "exceeds", "exceed", "more than", "above", "over", "greater than"), ">"),
    **dict.fromkeys(("higher than", "longer than"), ">"),
    **dict.fromkeys((">=", "≥", "at least", "reaches"), ">="),
    **dict.fromkeys(("<", "below", "under", "less than", "fewer than", "lower than"), "<"),
    **dict.fromkeys(("<=", "≤", "at most"), "<="),
}
WORDS = "|".join(re.escape(word) for word in sorted(OPERATORS, key=len, reverse=True))
LIMIT = re.compile(
    rf"(?<!for )(?<!\w)(?P<op>{WORDS})\s*(?P<number>{NUMBER})\s*(?P<unit>%|[^\W\d_]+)?(?:\s+(?P<next>[^\W\d_]+))?",
    re.IGNORECASE,
)
WINDOW = re.compile(
    rf"\b(?:for|within|during|over)\s+(?:at least |more than |over |the last )?(?P<number>{NUMBER})\s*(?P<unit>\w+)",
    re.IGNORECASE,
)
LONGEST_S = 366 * 24 * 3600.0
"""No alert waits longer; Prometheus refuses durations that do not fit into 64 bits of nanoseconds."""
WINDOW_HINT = re.compile(r"\bfor\b.*(\d|second|minute|hour|day|week|while|time)", re.IGNORECASE)
GRAMMAR = re.compile(r"across|and|at|during|for|from|in|of|on|or|over|per|when|while|within", re.IGNORECASE)
MAXIMUM = re.compile(rf"\bmax(?:imum)?(?: of| is)?\s*[(=:]?\s*({NUMBER})", re.IGNORECASE)
MINUTES = re.compile(rf"({NUMBER})(?:\s*(?:-|\u2013|to)\s*({NUMBER}))?\s*([a-z]+)\s*(?:\+.*|\(.*\))?", re.IGNORECASE)


@dataclass(frozen=True)
class Dimension:
    """How a quantity is counted: the unit that is shown, and the words for its units with their factors."""

    unit: str
    factors: dict[str, float]
    countable: bool = False


def _count(unit: str, *words: str) -> Dimension:
    return Dimension(unit, dict.fromkeys((unit, *words), 1.0), countable=True)


DIMENSIONS = {
    Quantity.ERROR_RATE: Dimension("%", RATIO),
    Quantity.RESPONSE_TIME_P95: Dimension("s", SECONDS),
    Quantity.RESOURCE_UTILIZATION: Dimension("%", RATIO),
    Quantity.QUEUE_DEPTH: _count("jobs", "job", "message", "messages", "task", "tasks", "item", "items"),
    Quantity.CONNECTION_POOL: _count("connections", "connection"),
    Quantity.HEALTH: _count("services up", "service", "services"),
    Quantity.AUTHENTICATION: _count("failures", "failure"),
}
# First match wins: a sentence on failing sign-ins may well mention a service or an error.
RECOGNISED = (
    (Quantity.AUTHENTICATION, r"auth|sign-in|log ?in"),
    (Quantity.CONNECTION_POOL, r"connection"),
    (Quantity.ERROR_RATE, r"error rate"),
    (Quantity.RESPONSE_TIME_P95, r"response time|p95|latency"),
    (Quantity.QUEUE_DEPTH, r"queue"),
    (Quantity.RESOURCE_UTILIZATION, r"\bcpu\b|memory|resource"),
    (Quantity.HEALTH, r"health|\bdown\b"),
)
# States that carry their limit without a figure: one failing service is below "up", several are more than one.
STATES = (
    (Quantity.HEALTH, r"fail|\bdown\b|unreachable|unhealthy", "<", 1.0),
    (Quantity.AUTHENTICATION, r"multiple|several|repeated", ">", 1.0),
)


def number(text: str) -> float:
    """Read a figure with optional thousands commas."""
    return float(text.replace(",", ""))


def quantity(*texts: str) -> Quantity | None:
    """Return the quantity that the first of *texts* to name one names, None where none does."""
    for text in texts:
        for known, pattern in RECOGNISED:
            if re.search(pattern, text, re.IGNORECASE):
                return known
    return None


def limit(line: int, of: Quantity, sentence: str) -> Threshold:
    """Read the first limit in *sentence*, in the base unit of *of*; LineError where none can be read."""
    match = _limit(of, sentence)
    if match:
        return _threshold(of, match)
    for state_of, pattern, op, value in STATES:
        if of is state_of and re.search(pattern, sentence, re.IGNORECASE):
            unit = DIMENSIONS[of].unit
            return Threshold(op, value, unit, f"{op} {value:g} {unit}")
    raise LineError(line, _unreadable(of, sentence))


def _limit(of: Quantity, sentence: str) -> re.Match[str] | None:
    return next((match for match in LIMIT.finditer(sentence) if _factor(of, match) is not None), None)


def _factor(of: Quantity, match: re.Match[str]) -> float | None:
    dimension = DIMENSIONS[of]
    for word in (match["unit"], match["next"]):
        factor = dimension.factors.get((word or "").lower())
        if factor is not None:
            return factor
    bare = match["unit"] is None or GRAMMAR.fullmatch(match["unit"])
    return 1.0 if bare and dimension.countable else None


def _threshold(of: Quantity, match: re.Match[str]) -> Threshold:
    factor, unit = _factor(of, match) or 1.0, DIMENSIONS[of].unit
    op = OPERATORS[match["op"].lower()]
    shown = match["unit"] if (match["unit"] or "").lower() in DIMENSIONS[of].factors else unit
    gap = " " if len(shown) > 2 else ""  # noqa: PLR2004 - a sign or `ms` sits at its figure, a word does not
    # Rounded so that 5% is 0.05 and not its nearest product.
    return Threshold(op, round(number(match["number"]) * factor, 9), unit, f"{op} {match['number']}{gap}{shown}")


def _unreadable(of: Quantity, sentence: str) -> str:
    match = LIMIT.search(sentence)
    known = ", ".join(DIMENSIONS[of].factors)
    if match and match["unit"]:
        return f"unknown unit {match['unit']!r} for {of.value} in {sentence!r}; expected one of {known}"
    return f"no threshold can be read from {sentence!r}; expected words like 'exceeds 5%' or 'more than 500 jobs'"


def window_s(line: int, of: Quantity, sentence: str) -> float | None:
    """Read the window of an alert in seconds; None where the sentence names none."""
    spent = _limit(of, sentence)
    rest = sentence[: spent.start()] + sentence[spent.end("number") :] if spent else sentence
    match = WINDOW.search(rest)
    if match:
        seconds = number(match["number"]) * _seconds(line, match["unit"])
        if seconds > LONGEST_S:
            raise LineError(line, f"the window in {sentence!r} is longer than a year; correct it")
        return seconds
    if WINDOW_HINT.search(rest):
        raise LineError(line, f"no window can be read from {sentence!r}; expected words like 'for 5 minutes'")
    return None


def _seconds(line: int, unit: str) -> float:
    factor = SECONDS.get(unit.lower())
    if factor is None:
        raise LineError(line, f"unknown unit of time {unit!r}; expected one of {', '.join(SECONDS)}")
    return factor


def duration_s(text: str) -> float | None:
    """Return the first duration in *text* in seconds, None where there is none."""
    for match in re.finditer(rf"({NUMBER})\s*([a-z]+)", text, re.IGNORECASE):
        factor = SECONDS.get(match[2].lower())
        if factor is not None:
            return number(match[1]) * factor
    return None


def maximum(texts: list[str]) -> str | None:
    """Return the figure of the first `max (50)` in *texts*, None where there is none."""
    return next((match[1] for text in texts if (match := MAXIMUM.search(text))), None)


def minutes(line: int, text: str) -> tuple[float, float]:
    """Read a documented time (`5-10 min`, `1 hour`, `Immediate`) as minutes, low and high."""
    if re.fullmatch(r"immediate(ly)?", text.strip(), re.IGNORECASE):
        return (0.0, 0.0)
    match = MINUTES.fullmatch(text.strip())
    if match is None:
        raise LineError(line, f"no time can be read from {text!r}; expected '5 min', '5-10 min' or 'Immediate'")
    factor = _seconds(line, match[3]) / SECONDS["min"]
    low, high = number(match[1]) * factor, number(match[2] or match[1]) * factor
    if low > high:
        raise LineError(line, f"the time {text!r} runs backwards; expected the shorter figure first")
    return (low, high)
