"""The words of a comparison, before a figure (`more than 5`) and after it (`5 or more`)."""

from __future__ import annotations

import re

OPERATORS = {
    **dict.fromkeys((">", "exceeds", "exceed", "exceeding", "exceeded", "more than", "above", "over"), ">"),
    **dict.fromkeys(("greater than", "higher than", "longer than", "larger than", "bigger than", "beyond"), ">"),
    **dict.fromkeys(("in excess of", "surpasses", "crosses", "slower than"), ">"),
    **dict.fromkeys((">=", "\u2265", "at least", "reaches", "reached", "hits", "no less than", "not less than"), ">="),
    **dict.fromkeys(("no fewer than", "at or above", "greater than or equal to", "more than or equal to"), ">="),
    **dict.fromkeys(("<", "below", "under", "less than", "fewer than", "lower than", "smaller than"), "<"),
    **dict.fromkeys(("<=", "\u2264", "at most", "no more than", "not more than", "at or below"), "<="),
    **dict.fromkeys(("less than or equal to", "fewer than or equal to", "lower than or equal to"), "<="),
}
_WORDS = "|".join(re.escape(word) for word in sorted(OPERATORS, key=len, reverse=True))
BEFORE = re.compile(rf"(?:(?<![\w=<>-])|(?<=\w)(?=[<>\u2264\u2265]))(?P<op>{_WORDS})\s*\Z", re.IGNORECASE)
"""An operator at the end of the text before a figure."""
LIMIT = re.compile(rf"(?<!for )(?:(?<![\w=<>-])|(?<=\w)(?=[<>\u2264\u2265]))(?:{_WORDS})\s*\.?\d", re.IGNORECASE)
"""An operator with the figure that it compares with."""
_UP = re.compile(r"\s*(?:\+|(?:or|and)\s+(?:more|higher|above|greater|longer)\b)", re.IGNORECASE)
_DOWN = re.compile(r"\s*(?:or|and)\s+(?:less|fewer|lower|below)\b", re.IGNORECASE)


def operator_after(sentence: str, end: int) -> str | None:
    """Return the comparison that stands behind a figure with its unit, None where there is none."""
    if _UP.match(sentence, end):
        return ">="
    return "<=" if _DOWN.match(sentence, end) else None
