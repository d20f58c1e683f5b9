"""Read limits in sentences; one that means something else than its quantity above or below a figure is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from drills.common.threshold import Threshold
from drills.runbook.dimensions import DIMENSIONS, RATIO, STATES
from drills.runbook.durations import SECONDS, durations
from drills.runbook.errors import LineError
from drills.runbook.figures import Figure, figures, whole
from drills.runbook.leftovers import unexplained
from drills.runbook.measures import quantity, statistics
from drills.runbook.model import Quantity
from drills.runbook.operators import BEFORE, LIMIT, OPERATORS, operator_after

__all__ = ["DIMENSIONS", "LIMIT", "limit", "maximum", "number", "quantity"]

_LIKE_A_TIME = ("over", "longer than")
"""Operators that stand before a window as well: `over 5 minutes`."""
_UNIT = re.compile(r"[ \u00a0-]?(?P<sign>%|per ?cent\b|[^\W\d_]+)?(?P<rest>(?:\s+[^\W\d_]+){0,2})", re.IGNORECASE)
_AFTER_BARE = re.compile(r"\s*(?:[,.;:)\]]|\Z)")
_GRAMMAR = re.compile(
    r"across|and|at|are|during|for|from|in|of|on|or|over|sustained|when|while|within|waiting|is|persistently",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"waiting|queued|pending|unprocessed|outstanding|open|active|used|database|db|postgres|postgresql|mysql|pool|pooled"
    r"|auth|authentication|login|concurrent|client|user|simultaneous",
    re.IGNORECASE,
)
"""Words between a figure and its unit that do not change what is counted: `500 waiting jobs`."""
_PER = re.compile(r"(?:\bper\b|/)\s*(?:s|sec|second|min|minute|m|h|hour|day)\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?:than|above|over|below|under|times)\s+(?:the |its |their )?"
    r"(?:baseline|usual|normal|average|expected|typical|yesterday|last (?:week|month)|previous)",
    re.IGNORECASE,
)
_RISE = re.compile(r"\bby\s+\Z|\b(?:increas|grow|grew|ris|rose|jump|climb|spik|surg)\w*\s+\Z", re.IGNORECASE)
"""Words before a comparison that make it one with an earlier value: `rises by more than 5%`."""
_OTHER_SIDE = {
    **dict.fromkeys(
        (Quantity.RESOURCE_UTILIZATION, Quantity.CONNECTION_POOL),
        (
            re.compile(r"\b(?:free|idle|available|availability|remain\w*|left|unused|spare|headroom)\b", re.IGNORECASE),
            "unused",
        ),
    ),
    Quantity.HEALTH: (
        re.compile(
            r"\b(?:down|not (?:available|healthy|ready|up|running)|un(?:healthy|available|reachable|ready)|fail\w*"
            r"|crash\w*)\b",
            re.IGNORECASE,
        ),
        "not up",
    ),
}
"""Words by which a sentence counts the rest of its quantity: `memory below 10% free`, `more than 2 replicas down`."""
_MAXIMUM = re.compile(r"\bmax(?:imum)?(?: of| is)?\s*[(=:]?\s*(?=\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Limit:
    """A limit in a sentence: where it stands, its comparison and value, and how it is shown; None has two readings."""

    start: int
    end: int
    word: str
    op: str
    value: float | None
    shown: str


def number(text: str) -> float:
    """Read a figure that counts; ValueError where it has two readings."""
    value = whole(text)
    if value is None:
        raise ValueError(f"{text!r} can be read in two ways")
    return value


def limit(line: int, of: Quantity, sentence: str) -> Threshold:
    """Read the limit in *sentence*, in the base unit of *of*; LineError where none, or more than one, can be read."""
    found = found_limit(line, of, sentence)
    if found is None:
        return _state(line, of, sentence)
    if found.value is None:
        raise LineError(line, f"the figure in {sentence!r} can be read in two ways; write 1500 or 1.5, without a gap")
    unit = DIMENSIONS[of].unit
    return Threshold(found.op, found.value, unit, f"{found.op} {found.shown}")


def found_limit(line: int, of: Quantity, sentence: str) -> Limit | None:
    """Return where and how *sentence* gives its limit, None where it gives none; LineError where it gives several."""
    limits = _limits(of, sentence)
    if len(limits) > 1:
        limits = [each for each in limits if each.word not in _LIKE_A_TIME or "%" in each.shown] or limits
    values = {(each.op, each.value) for each in limits}
    if len(values) > 1:
        raise LineError(line, f"{sentence!r} has two limits; write one alert for each")
    for found in limits:
        _understood(line, of, sentence, found)
    return limits[0] if limits else None


def _understood(line: int, of: Quantity, sentence: str, found: Limit) -> None:
    """Refuse a sentence in which something besides the limit changes what it means."""
    if _PER.search(sentence):
        raise LineError(line, f"{sentence!r} counts per time; expected a limit of {of.value} itself")
    if _RELATIVE.search(sentence):
        raise LineError(line, f"{sentence!r} compares with what is usual; expected a figure")
    if re.search(r"(?:\bnot|n't|\bnever|\bno longer)\s+(?:be\s+)?\Z", sentence[: found.start], re.IGNORECASE):
        raise LineError(line, f"{sentence!r} negates its limit; say above or below which figure it fires")
    if _RISE.search(sentence[: found.start]):
        raise LineError(line, f"{sentence!r} compares with an earlier value; expected a figure that is reached")
    pattern, what = _OTHER_SIDE.get(of, (None, ""))
    if pattern and pattern.search(sentence):
        raise LineError(line, f"{sentence!r} counts what is {what}; say which figure of {of.value} is reached")
    for named in statistics(sentence):
        if not (of is Quantity.RESPONSE_TIME_P95 and named == "p95"):
            raise LineError(
                line, f"{sentence!r} is about the {named}, and {of.value} is not; expected words without it"
            )


def _limits(of: Quantity, sentence: str) -> list[Limit]:
    found = []
    for figure in figures(sentence):
        each = None if figure.spelt and figure.text.lower() in ("a", "an") else _limit(of, sentence, figure)
        if each is not None:
            found.append(each)
    return found


def _limit(of: Quantity, sentence: str, figure: Figure) -> Limit | None:
    dimension, unit = DIMENSIONS[of], _UNIT.match(sentence, figure.end)
    assert unit is not None
    factor, shown, end = _factor(of, sentence, figure, unit)
    if factor is None or (unit["sign"] == "%" and dimension.countable):
        return None
    before = BEFORE.search(sentence[: figure.start])
    after = operator_after(sentence, end)
    if before is None and after is None:
        return None
    if before and re.search(r"\bfor\s+\Z", sentence[: before.start("op")], re.IGNORECASE):
        return None
    word = before["op"].lower() if before else ""
    op = OPERATORS[word] if before else after or ""
    start = before.start("op") if before else figure.start
    value = whole(figure.text) if dimension.countable and not figure.spelt else figure.value
    if dimension.factors is SECONDS:
        return _time(sentence, figure, Limit(start, end, word, op, None, ""))
    if shown == "":
        return Limit(start, end, word, op, value, f"{100 * (value or 0.0):.9g}%")
    gap = " " if len(shown) > 2 else ""  # noqa: PLR2004 - a sign or `ms` sits at its figure, a word does not
    # Rounded so that 5% is 0.05 and not its nearest product.
    based = None if value is None else round(value * factor, 9)
    return Limit(start, end, word, op, based, f"{figure.text}{gap}{shown}")


def _time(sentence: str, figure: Figure, found: Limit) -> Limit | None:
    """Return the limit with its time, which may have several parts: `1m30s`, `1 minute 30 seconds`."""
    time = next((each for each in durations(sentence) if each.start == figure.start), None)
    if time is None:
        return None
    shown = sentence[time.start : time.end]
    return replace(found, end=time.end, value=time.seconds, shown=re.sub(r"(?<=\d)\s+(?=m?s\Z)", "", shown))


def _factor(of: Quantity, sentence: str, figure: Figure, unit: re.Match[str]) -> tuple[float | None, str, int]:
    """Return the factor of the figure's unit, the unit as shown (empty for a bare ratio), and where both end."""
    dimension = DIMENSIONS[of]
    sign = (unit["sign"] or "").lower().replace("per cent", "percent")
    words = [sign, *unit["rest"].lower().split()]
    for place, word in enumerate(words):
        if word in dimension.factors:
            return dimension.factors[word], (unit["sign"] if place == 0 else dimension.unit), unit.end("sign")
        if not (dimension.countable and (_WHICH.fullmatch(word) or (of is Quantity.HEALTH and word not in SECONDS))):
            break
    bare = _AFTER_BARE.match(sentence, figure.end) or (sign and _GRAMMAR.fullmatch(sign))
    if bare and dimension.countable:
        return 1.0, dimension.unit, figure.end
    if bare and dimension.factors is RATIO and figure.value is not None and figure.value < 1:
        return 1.0, "", figure.end
    return None, "", figure.end


def _state(line: int, of: Quantity, sentence: str) -> Threshold:
    for state_of, pattern, op, value in STATES:
        if of is state_of and re.search(pattern, sentence, re.IGNORECASE) and not unexplained(sentence, None):
            unit = DIMENSIONS[of].unit
            return Threshold(op, value, unit, f"{op} {value:g} {unit}")
    raise LineError(line, _unreadable(of, sentence))


def _unreadable(of: Quantity, sentence: str) -> str:
    known = ", ".join(DIMENSIONS[of].factors)
    for figure in figures(sentence):
        unit = _UNIT.match(sentence, figure.end)
        if unit and unit["sign"] and not _GRAMMAR.fullmatch(unit["sign"]) and BEFORE.search(sentence[: figure.start]):
            return f"unknown unit {unit['sign']!r} for {of.value} in {sentence!r}; expected one of {known}"
    return f"no threshold can be read from {sentence!r}; expected words like 'exceeds 5%' or 'more than 500 jobs'"


def maximum(texts: list[str]) -> str | None:
    """Return the figure of the first `max (50)` in *texts*, None where there is none."""
    for text in texts:
        named = _MAXIMUM.search(text)
        found = next((each for each in figures(text) if named and each.start == named.end()), None)
        if found and whole(found.text) is not None:
            return found.text
    return None
