"""Read what a runbook promises: each sentence of a verification and each symptom, as a quantity, a limit and a time.

A sentence is a list item, or the comment lines that stand together in a block of the verification. A comment that
only names the command below it promises nothing: that command is judged by its exit code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.common.threshold import Threshold
from drills.runbook.document import item_text, line_of, list_items
from drills.runbook.errors import LineError
from drills.runbook.model import Measure, Place, Quantity, RunbookPromise
from drills.runbook.quantities import DIMENSIONS, LIMIT, limit, maximum, number, quantity
from drills.runbook.windows import duration_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.runbook.document import Node

OUT_OF_MEMORY = re.compile(r"out[- ]of[- ]memory|\boom\b", re.IGNORECASE)
BROWSER = re.compile(r"\bbrowser\b", re.IGNORECASE)
SIGN_IN = re.compile(r"\b(?:sign|log)(?:s|ged|ned)?[- ]?in\b", re.IGNORECASE)
FALLS = re.compile(
    r"\b(?:falls?|falling|fell|decreas\w+|drop(?:s|ped|ping)?|drain(?:s|ed|ing)|shrink\w*)\b"
    r"|\b(?:goes|going|went|comes) down\b",
    re.IGNORECASE,
)
BELOW_A_MAXIMUM = re.compile(r"\b(?:below|under|less than)\b", re.IGNORECASE)
WELL = re.compile(r"\bwell (?:below|under)\b", re.IGNORECASE)
WITHIN = re.compile(r"\b(?:within|in less than|after at most)\s+", re.IGNORECASE)
EXPECTS = re.compile(r"\b(?:should|must|has to|have to|expect\w*)\b", re.IGNORECASE)
# Words for a quantity that an alert would not use; the first match wins, and the words of alerts come after them.
OTHER_WORDS = (
    (Quantity.ERROR_RATE, r"\b5xx\b|\b50[0-4]\b"),
    (Quantity.AUTHENTICATION, SIGN_IN.pattern),
    (Quantity.CONNECTION_POOL, r"\bpool\b"),
    (Quantity.QUEUE_DEPTH, r"\bwaiting (?:jobs|count)\b|\bjobs waiting\b|\bbacklog\b"),
    (Quantity.HEALTH, r"\bno answer\b|\bstops? answering\b|\bunresponsive\b|\bnot (?:respond\w*|running)\b"),
    (Quantity.RESPONSE_TIME_P95, r"\bslow(?:ly)?\b"),
)


def promises(verification: Iterable[Node], symptoms: Iterable[Node], of: Quantity) -> tuple[RunbookPromise, ...]:
    """Return the promises of an incident whose alert measures *of*, in the order of the document, symptoms first."""
    blocks = tuple(verification)
    return (
        *(_symptom(text, line) for line, text in _items(symptoms)),
        *(_verification(text, line, of) for line, text in _items(blocks)),
        *(promise for line, text in _comments(blocks) if (promise := _comment(text, line, of))),
    )


def _items(blocks: Iterable[Node]) -> Iterator[tuple[int, str]]:
    return ((line_of(item), item_text(item)) for item in list_items(blocks))


def _comments(blocks: Iterable[Node]) -> Iterator[tuple[int, str]]:
    """Yield the comments of the code blocks, those on successive lines as one, with the number of the first line."""
    for block in blocks:
        if block.type not in ("fence", "code_block"):
            continue
        first = line_of(block) + (block.type == "fence")
        together: list[str] = []
        for number_of, text in enumerate([*block.content.split("\n"), ""], start=first):
            if text.lstrip().startswith("#"):
                together.append(text.lstrip("# \t").strip())
            elif together:
                yield number_of - len(together), "; ".join(together)
                together = []


def _symptom(text: str, line: int) -> RunbookPromise:
    """Read a symptom, which promises that it is gone once the incident is over."""
    if OUT_OF_MEMORY.search(text):
        return RunbookPromise(text, line, Place.SYMPTOM, Measure.OUT_OF_MEMORY)
    named = _quantity(text)
    return RunbookPromise(text, line, Place.SYMPTOM, Measure.METRIC if named else None, named)


def _comment(text: str, line: int, of: Quantity) -> RunbookPromise | None:
    found = _verification(text, line, of)
    return found if found.measure or EXPECTS.search(text) else None


def _verification(text: str, line: int, of: Quantity) -> RunbookPromise:
    if BROWSER.search(text) and SIGN_IN.search(text):
        return RunbookPromise(text, line, Place.VERIFICATION, Measure.BROWSER_SIGN_IN)
    if OUT_OF_MEMORY.search(text):
        return RunbookPromise(text, line, Place.VERIFICATION, Measure.OUT_OF_MEMORY)
    named = _quantity(text) or of
    bound, falls = _limit(named, text, line), bool(FALLS.search(text))
    if bound is None and not falls:
        return RunbookPromise(text, line, Place.VERIFICATION)
    return RunbookPromise(
        text,
        line,
        Place.VERIFICATION,
        Measure.METRIC,
        named,
        limit=bound,
        well=bound is not None and bool(WELL.search(text)),
        falls=bound is None,
        within_s=_within_s(text),
    )


def _quantity(text: str) -> Quantity | None:
    """Return the quantity that the sentence names; that a number goes "down" names no service."""
    words = FALLS.sub("", text)
    return next((of for of, known in OTHER_WORDS if re.search(known, words, re.IGNORECASE)), None) or quantity(words)


def _limit(of: Quantity, text: str, line: int) -> Threshold | None:
    """Read "below 1%", or "below the maximum (50)"; None where the sentence has no figure with a known unit."""
    if LIMIT.search(text):
        try:
            return limit(line, of, text)
        except LineError:
            return None
    most = maximum([text]) if BELOW_A_MAXIMUM.search(text) else None
    unit = DIMENSIONS[of].unit
    return Threshold("<", number(most), unit, f"< {most} {unit}") if most else None


def _within_s(text: str) -> float | None:
    match = WITHIN.search(text)
    return duration_s(text[match.end() :]) if match else None
