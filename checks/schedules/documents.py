"""The bytes of schedule PDFs as the university prints them, made up for one upload each.

The token of an upload is the code of the schedule's module. Files are small on purpose (two or three rows), so that a
test measures the system and not the reading of long tables.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checks.schedules.kinds import SMALL
from checks.schedules.printed import CORRUPT, EXAMS, FACULTY, LECTURES, SHORT, TESTS

if TYPE_CHECKING:
    from checks.schedules.kinds import Kind
    from checks.schedules.printed import Printed

READY: Final = Path(__file__).parent / "ready"
"""Documents for a token of READY_LENGTH letters, drawn by `python -m checks.schedules.draw_ready`."""
READY_LENGTH: Final = 13
KINDS: Final = {LECTURES: "lectures", TESTS: "tests", EXAMS: "exams"} | {
    kind.printed: kind.name.replace(" ", "-") for kind in SMALL
}
"""Those that lie ready, by the names of their files."""
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,36}")


def lecture_pdf(token: str) -> bytes:
    """Return a lecture schedule of one module whose code is *token* (letters, digits and dashes, at most 36)."""
    return _with_token(LECTURES, token)


def test_pdf(token: str) -> bytes:
    """Return a semester test schedule of one module whose code is *token*."""
    return _with_token(TESTS, token)


def exam_pdf(token: str) -> bytes:
    """Return an exam schedule of one module whose code is *token*."""
    return _with_token(EXAMS, token)


def short_pdf(token: str) -> bytes:
    """Return the schedule of a module with a single test: the least work that an upload can be."""
    return _with_token(SHORT, token)


def faculty_pdf(token: str) -> bytes:
    """Return the schedule of a whole faculty: forty times the work of a short one."""
    return _with_token(FACULTY, token)


def pdf_of(kind: Kind, token: str) -> bytes:
    """Return a seldom schedule of one module or several whose codes begin with *token*."""
    return _with_token(kind.printed, token)


def corrupt_pdf() -> bytes:
    """Return a file that looks like a schedule, is accepted, and cannot be parsed: its date and time are words."""
    return _with_token(CORRUPT, "CORRUPT")


def _with_token(kind: Printed, token: str) -> bytes:
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"a token has 1 to 36 letters, digits and dashes, not {token!r}")
    # Drawing takes milliseconds, replacing does not; equal length keeps the file's own offsets right.
    return _template(kind, len(token)).replace(b"@" * len(token), token.encode())


@lru_cache
def _template(kind: Printed, token_length: int) -> bytes:
    """Return the document with as many `@` as the token will have letters: those checks need lie ready."""
    if token_length == READY_LENGTH and kind in KINDS:
        return (READY / f"{KINDS[kind]}.pdf").read_bytes()
    return drawn(kind, token_length)


def drawn(kind: Printed, token_length: int) -> bytes:
    """Draw the document; what is drawn of one kind and length is always the same."""
    # Only here, because importing what can draw takes longer than most checks.
    from checks.schedules.drawing import schedule  # noqa: PLC0415

    return bytes(schedule(kind, "@" * token_length).output())


def encrypted_pdf() -> bytes:
    """Return a schedule that cannot be read without its password."""
    return (READY / "encrypted.pdf").read_bytes()
