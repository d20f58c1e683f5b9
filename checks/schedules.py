"""Schedule PDFs as the university prints them, made up for one upload each: its token is the module's code.

Files are small on purpose (two or three rows), so that a test measures the system and not the reading of long tables.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

READY: Final = Path(__file__).parent / "ready"
"""Documents for a token of READY_LENGTH letters, drawn by `python -m checks.ready_schedules`."""
READY_LENGTH: Final = 13
MIB = 1024 * 1024
POISON_BYTES = 640 * MIB
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,36}")


class Expected(NamedTuple):
    """What the system must find in a schedule: `day` for a weekly event, `date` (ISO) for a single one."""

    module: str
    activity: str
    group: str | None
    day: str | None
    date: str | None
    start: str
    end: str
    venue: str


class Printed(NamedTuple):
    """A schedule as it is printed: "{}" stands for the token; a row without a module belongs to the one above."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


LECTURES = Printed(
    "Lectures",
    ("Module", "Offered", "Group", "Lang", "Activity", "Day", "Time", "Venue", "Campus", "Study Prog"),
    (
        (
            "{}",
            "S1",
            "G01",
            "E",
            "L1\nT1",
            "Monday\nFriday",
            "08:30 - 09:20\n13:30 - 15:20",
            "Thuto 2-1\nIT 4-4",
            "Hatfield",
            "BSc IT",
        ),
        (
            "",
            "S1",
            "G02",
            "E",
            "L1",
            "Tuesday",
            "07:30 - 08:20",
            "Roos Hall",
            "Hatfield",
            "BSc IT",
        ),
    ),
)
TESTS = Printed(
    "Semester Tests",
    ("Module", "Test", "Day", "Date", "Time", "Campus", "Venue"),
    (
        (
            "{}",
            "Semester Test 1",
            "Saturday",
            "23 Aug 2025",
            "08:00 - 10:00",
            "Hatfield",
            "Amphitheatre\nMusaion",
        ),
        (
            "",
            "Semester Test 2",
            "Saturday",
            "11 Oct 2025",
            "11:30 - 13:00",
            "Hatfield",
            "Eng Hall",
        ),
    ),
)
EXAMS = Printed(
    "Exams",
    (
        "Status",
        "Module",
        "Paper",
        "Activity",
        "Date",
        "Start Time",
        "Module Campus",
        "Exam Campus",
        "Venue",
        "Exam Comments",
    ),
    (
        (
            "Final",
            "{}",
            "P1",
            "Exam",
            "12 NOV 2025",
            "07:30",
            "Hatfield",
            "Hatfield",
            "Rembrandt Hall",
            "",
        ),
        (
            "Final",
            "",
            "P2",
            "Exam",
            "14 NOV 2025",
            "12:30",
            "Hatfield",
            "Groenkloof",
            "Aldoel 1\nAldoel 2",
            "Open book",
        ),
    ),
)
KINDS: Final = {LECTURES: "lectures", TESTS: "tests", EXAMS: "exams"}
"""Those that lie ready, by the names of their files."""
SHORT = Printed(TESTS.title, TESTS.columns, (("{}", *TESTS.rows[1][1:]),))
FACULTY_ROWS = 80
FACULTY = Printed(TESTS.title, TESTS.columns, SHORT.rows * FACULTY_ROWS)
_CORRUPT = Printed(TESTS.title, TESTS.columns, (("{}", "Semester Test 1", "Saturday", "some day", "never", "", ""),))


def expected_lectures(token: str) -> tuple[Expected, ...]:
    """Return the events of `lecture_pdf(token)`, in order."""
    return (
        Expected(token, "L1", "G01", "Monday", None, "08:30", "09:20", "Thuto 2-1"),
        Expected(token, "T1", "G01", "Friday", None, "13:30", "15:20", "IT 4-4"),
        Expected(token, "L1", "G02", "Tuesday", None, "07:30", "08:20", "Roos Hall"),
    )


def expected_tests(token: str) -> tuple[Expected, ...]:
    """Return the events of `test_pdf(token)`, in order."""
    return (
        Expected(token, "Semester Test 1", None, None, "2025-08-23", "08:00", "10:00", "Amphitheatre, Musaion"),
        Expected(token, "Semester Test 2", None, None, "2025-10-11", "11:30", "13:00", "Eng Hall"),
    )


def expected_exams(token: str) -> tuple[Expected, ...]:
    """Return the events of `exam_pdf(token)`, in order; an exam lasts three hours."""
    return (
        Expected(token, "Exam P1", None, None, "2025-11-12", "07:30", "10:30", "Rembrandt Hall"),
        Expected(token, "Exam P2", None, None, "2025-11-14", "12:30", "15:30", "Aldoel 1, Aldoel 2"),
    )


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


def corrupt_pdf() -> bytes:
    """Return a file that looks like a schedule, is accepted, and cannot be parsed: its date and time are words."""
    return _with_token(_CORRUPT, "CORRUPT")


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
    from checks.drawing import table  # noqa: PLC0415

    return bytes(table(kind.title, (kind.columns, *kind.rows), "@" * token_length).output())


def encrypted_pdf() -> bytes:
    """Return a schedule that cannot be read without its password."""
    return (READY / "encrypted.pdf").read_bytes()


@lru_cache
def not_a_schedule_pdf() -> bytes:
    """Return a valid PDF without any schedule's title: the backend must refuse it."""
    from checks.drawing import page  # noqa: PLC0415  (as said above)

    return bytes(page("Minutes of the stamp collectors' society").output())


@lru_cache
def poison_pdf() -> bytes:
    """Return a file under 1 MiB whose first page is a lecture schedule and whose second inflates to 640 MiB."""
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    pages = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 595] /Resources " + font + b" /Contents %d 0 R >>"
    title = b"BT /F1 14 Tf 40 550 Td (Lectures) Tj ET"
    return _assemble(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 >>",
            pages % 4,
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(title), title),
            pages % 6,
            _stream(deflated_spaces(POISON_BYTES)),
        )
    )


def _stream(deflated: bytes) -> bytes:
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(deflated), deflated)


def deflated_spaces(count: int) -> bytes:
    """Return *count* spaces (a multiple of 1 MiB), deflated, without ever holding them: the stream repeats itself."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = deflate.compress(b" " * MIB) + deflate.flush(zlib.Z_FULL_FLUSH)
    blocks = block * (count // MIB)
    end = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    # The checksum of equal bytes has a closed form, so nothing has to be counted through.
    prime, space = 65521, ord(" ")
    low = (1 + count * space) % prime
    high = (count + space * count * (count + 1) // 2) % prime
    return b"\x78\xda" + blocks + end + ((high << 16) | low).to_bytes(4, "big")


def _assemble(objects: tuple[bytes, ...]) -> bytes:
    """Return the PDF file of *objects*, numbered from 1; the first is the catalogue."""
    body, offsets = b"%PDF-1.7\n", list[int]()
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
