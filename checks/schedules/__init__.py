"""Made-up schedules to upload, and the events that the system has to find in them."""

from checks.schedules.documents import (
    KINDS,
    READY,
    READY_LENGTH,
    corrupt_pdf,
    drawn,
    encrypted_pdf,
    exam_pdf,
    faculty_pdf,
    lecture_pdf,
    pdf_of,
    short_pdf,
    test_pdf,
)
from checks.schedules.expected import Expected, expected_exams, expected_lectures, expected_tests
from checks.schedules.poison import MIB, deflated_spaces, poison_pdf
from checks.schedules.printed import EXAMS, FACULTY_ROWS, LECTURES, SHORT, TESTS, Printed

__all__ = [
    "EXAMS",
    "FACULTY_ROWS",
    "KINDS",
    "LECTURES",
    "MIB",
    "READY",
    "READY_LENGTH",
    "SHORT",
    "TESTS",
    "Expected",
    "Printed",
    "corrupt_pdf",
    "deflated_spaces",
    "drawn",
    "encrypted_pdf",
    "exam_pdf",
    "expected_exams",
    "expected_lectures",
    "expected_tests",
    "faculty_pdf",
    "lecture_pdf",
    "pdf_of",
    "poison_pdf",
    "short_pdf",
    "test_pdf",
]
