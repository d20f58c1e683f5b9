"""Read the windows of alerts, and the documented times of causes, in the words of a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.runbook.durations import SECONDS, durations
from drills.runbook.errors import LineError
from drills.runbook.figures import value_of
from drills.runbook.leftovers import unexplained
from drills.runbook.quantities import found_limit

if TYPE_CHECKING:
    from drills.runbook.durations import Duration
    from drills.runbook.model import Quantity

LONGEST_S = 366 * 24 * 3600.0
"""No alert waits longer; Prometheus refuses durations that do not fit into 64 bits of nanoseconds."""
_LASTING = re.compile(
    r"\bfor\b.*(?:\d|second|minute|hour|day|week|while|time)|sustain|persist|consistent|continu|prolong|\bwindow\b"
    r"|\bfew (?:minutes|seconds|hours)\b",
    re.IGNORECASE,
)
_NO_WINDOW = re.compile(
    r"(?:\bevery|\beach|\bper|/|\bafter|\buntil|\bsince|\bbefore|\bthan its)\s*(?:the\s+)?\Z", re.IGNORECASE
)
_OTHER_TIME = re.compile(
    r"\b(?:for|within|during|over|last|past)\s+(?:at least |more than |the |last )*\d[\d.,]*\s*(?P<unit>[^\W\d_]+)",
    re.IGNORECASE,
)
_NUMBER = r"\d[\d.,]*\d|\d"
_MINUTES = re.compile(
    rf"(?:(?:~|\u2248|about|around|approx(?:\.|imately)?|ca\.)\s*)?({_NUMBER})(?:\s*(?:-|\u2013|to)\s*({_NUMBER}))?\s*([a-z]+)\s*(?:\+.*|\(.*\))?",
    re.IGNORECASE,
)


def window_s(line: int, of: Quantity, sentence: str) -> float | None:
    """Read the window of an alert in seconds; None where the sentence names none.

    LineError where it names two, or where a figure of the sentence is neither limit nor window.
    """
    spent = found_limit(line, of, sentence)
    times = [each for each in durations(sentence) if spent is None or not spent.start <= each.start < spent.end]
    left = unexplained(sentence, (spent.start, spent.end) if spent else None)
    if left:
        other = _OTHER_TIME.search(sentence)
        _seconds(line, other["unit"] if other and not times else "s")
        raise LineError(
            line, f"the figure {left!r} in {sentence!r} is not understood; leave it out, or say it otherwise"
        )
    seconds = {each.seconds for each in times}
    if not seconds and not _LASTING.search(sentence):
        return None
    return _one_window(line, sentence, times)


def _one_window(line: int, sentence: str, times: list[Duration]) -> float:
    seconds = {each.seconds for each in times}
    odd = any(_NO_WINDOW.search(sentence[: each.start]) for each in times)
    only = seconds.pop() if len(seconds) == 1 and not odd else None
    if only is None:
        raise LineError(line, f"no window can be read from {sentence!r}; expected words like 'for 5 minutes'")
    if only > LONGEST_S:
        raise LineError(line, f"the window in {sentence!r} is longer than a year; correct it")
    return only


def _seconds(line: int, unit: str) -> float:
    factor = SECONDS.get(unit.lower())
    if factor is None:
        raise LineError(line, f"unknown unit of time {unit!r}; expected one of {', '.join(SECONDS)}")
    return factor


def duration_s(text: str) -> float | None:
    """Return the first duration in *text* in seconds, None where there is none."""
    return next((each.seconds for each in durations(text)), None)


def minutes(line: int, text: str) -> tuple[float, float]:
    """Read a documented time (`5-10 min`, `1 hour`, `Immediate`) as minutes, low and high."""
    if re.fullmatch(r"immediate(ly)?", text.strip(), re.IGNORECASE):
        return (0.0, 0.0)
    match = _MINUTES.fullmatch(text.strip())
    low, high = (value_of(match[1]), value_of(match[2] or match[1])) if match else (None, None)
    if match is None or low is None or high is None:
        raise LineError(line, f"no time can be read from {text!r}; expected '5 min', '5-10 min' or 'Immediate'")
    factor = _seconds(line, match[3]) / SECONDS["min"]
    if low > high:
        raise LineError(line, f"the time {text!r} runs backwards; expected the shorter figure first")
    return (low * factor, high * factor)
