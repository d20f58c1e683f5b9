"""Figures as people write them: grouped thousands, `10k`, `2 million`, words; each has one value, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAPS = " \u00a0\u2009\u202f'\u2019_"
"""Signs that part the thousands of a figure and mean nothing else between digits."""
_GROUPED = rf"\d{{1,3}}(?:(?P<gap>[{_GAPS},.])\d{{3}}(?:(?P=gap)\d{{3}})*)(?:(?!(?P=gap))[.,]\d+)?"
_WORDS = {
    **{
        word: float(value)
        for value, word in enumerate(
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        )
    },
    "eleven": 11.0,
    "twelve": 12.0,
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "ninety": 90.0,
    "hundred": 100.0,
    "a": 1.0,
    "an": 1.0,
}
_TIMES = {
    **dict.fromkeys(("k", "K", "thousand"), 1e3),
    **dict.fromkeys(("M", "million", "millions", "mio"), 1e6),
    **dict.fromkeys(("bn", "billion", "billions"), 1e9),
}
_MULTIPLE = r"(?:[kK]|M|bn)(?![\w])|(?i:thousand|millions?|mio|billions?)\b"
UNSIGNED = rf"(?:{_GROUPED}|\d+(?:\.\d+)?|\.\d+)(?![.,]?\d|[{_GAPS}]\d{{3}}(?!\d))(?:[ \u00a0]?(?:{_MULTIPLE}))?"
FIGURE = rf"(?<![\w.,]){UNSIGNED}"
_SPELT = rf"\b(?i:{'|'.join(_WORDS)})\b"
_PATTERN = re.compile(rf"{FIGURE}|{_SPELT}")
_CUT = re.compile(rf"(.+?)[ \u00a0]?({_MULTIPLE})?", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """A figure in a sentence: where it stands, its text, and its value; `value` is None where it has two readings."""

    start: int
    end: int
    text: str
    value: float | None
    spelt: bool = False


def figures(sentence: str) -> Iterator[Figure]:
    """Yield the figures of *sentence* in order, those in words (`five`, `an`) included."""
    for match in _PATTERN.finditer(sentence):
        text = match[0]
        spelt = text.lower() in _WORDS
        value = _WORDS[text.lower()] if spelt else value_of(text)
        yield Figure(match.start(), match.end(), text, value, spelt)


def value_of(text: str) -> float | None:
    """Return the value of a figure, None where it could be two (`1.500`: one and a half, or fifteen hundred)."""
    cut = _CUT.fullmatch(text.strip())
    assert cut is not None
    digits, times = cut[1], _TIMES.get(cut[2] or "", _TIMES.get((cut[2] or "").lower(), 1.0))
    plain = _digits(digits)
    return None if plain is None else round(plain * times, 9)


def whole(text: str) -> float | None:
    """Return the value of a figure that counts things: `1.000` jobs are a thousand, as half a job does not wait."""
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", text):
        return float(text.replace(".", ""))
    return value_of(text)


def _digits(text: str) -> float | None:
    if re.fullmatch(r"\d*\.?\d+", text):
        # Three digits behind one point are thousands in half of the world; `0.050` has one reading.
        return None if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", text) else float(text)
    if re.fullmatch(r"0,\d{3}.*", text):
        return None
    gap = next(sign for sign in text if not sign.isdigit())
    grouped, *rest = re.split(r"[.,]", text) if gap in _GAPS else (text, "")
    if gap in _GAPS:
        return float(".".join((re.sub(rf"[{_GAPS}]", "", grouped), *rest)))
    other = "," if gap == "." else "."
    grouped, _, rest_text = text.partition(other)
    return float(f"{grouped.replace(gap, '')}.{rest_text or '0'}")
