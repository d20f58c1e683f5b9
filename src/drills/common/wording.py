"""Words that more than one page has to write alike: a documented time, and where a link to a heading leads."""

from __future__ import annotations

import re


def minutes(span: tuple[float, float]) -> str:
    """Word a documented time (minutes, low and high) as a runbook writes it."""
    low, high = span
    if not high:
        return "Immediate"
    return f"{low:g} min" if low == high else f"{low:g}–{high:g} min"  # noqa: RUF001 - a range of numbers


def heading_anchor(heading: str) -> str:
    """Return the fragment under which viewers of Markdown find *heading*, without its number sign."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower()))
