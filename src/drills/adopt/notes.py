"""What adoption has to say of a project, in four parts: derived, guessed, asked, left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """How a thing is known: *asked* is what only the owner can say, *left out* what the suite does without."""

    DERIVED = "Derived"
    GUESSED = "Guessed"
    ASKED = "Asked"
    LEFT_OUT = "Left out"


@dataclass(frozen=True)
class Note:
    """One thing, *what* it is, and *why*: a sentence without its full stop."""

    part: Part
    what: str
    why: str


def derived(what: str, why: str) -> Note:
    """Return a note of what the project itself says."""
    return Note(Part.DERIVED, what, why)


def guessed(what: str, why: str) -> Note:
    """Return a note of what may be otherwise."""
    return Note(Part.GUESSED, what, why)


def asked(what: str, why: str) -> Note:
    """Return a note of what the owner has to say."""
    return Note(Part.ASKED, what, why)


def left_out(what: str, why: str) -> Note:
    """Return a note of what the suite does without."""
    return Note(Part.LEFT_OUT, what, why)
