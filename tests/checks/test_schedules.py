import zlib
from collections.abc import Callable

import pytest

from checks import schedules
from drills.checks.artifacts import new_tag
from tests.helpers.other_documents import not_a_schedule_pdf

Maker = Callable[[str], bytes]
Expect = Callable[[str], tuple[schedules.Expected, ...]]
MAKERS = (schedules.lecture_pdf, schedules.test_pdf, schedules.exam_pdf)
EXPECTED = (schedules.expected_lectures, schedules.expected_tests, schedules.expected_exams)


@pytest.mark.parametrize("make", MAKERS)
def test_a_schedule_is_a_small_pdf_that_names_its_module(make: Maker) -> None:
    content = make("COS110")
    assert content.startswith(b"%PDF-")
    assert b"COS110" in content
    assert len(content) < 5000


@pytest.mark.parametrize("make", MAKERS)
def test_two_tokens_give_two_files_of_equal_layout(make: Maker) -> None:
    one, two = make("AAA111"), make("BBB222")
    assert one != two
    assert one.replace(b"AAA111", b"BBB222") == two


@pytest.mark.parametrize("token", ["", "two words", "x" * 37, "(PDF)"])
def test_a_token_that_would_break_the_file_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="a token has 1 to 36"):
        schedules.lecture_pdf(token)


@pytest.mark.parametrize("expect", EXPECTED)
def test_every_expected_event_is_of_the_module_and_either_weekly_or_dated(expect: Expect) -> None:
    for event in expect("COS110"):
        assert event.module == "COS110"
        assert (event.day is None) != (event.date is None)


def test_a_file_that_is_no_schedule_has_no_title_of_one() -> None:
    content = not_a_schedule_pdf()
    assert not any(title in content for title in (b"Lectures", b"Semester Tests", b"Exams"))


def test_the_corrupt_file_carries_a_title_and_no_readable_date() -> None:
    content = schedules.corrupt_pdf()
    assert b"Semester Tests" in content
    assert b"some day" in content


def test_the_poison_is_small_on_the_wire_and_starts_as_a_lecture_schedule() -> None:
    content = schedules.poison_pdf()
    assert len(content) < schedules.MIB
    assert b"(Lectures) Tj" in content


def test_the_poison_inflates_to_what_it_says_with_a_valid_checksum() -> None:
    assert zlib.decompress(schedules.deflated_spaces(3 * schedules.MIB)) == b" " * (3 * schedules.MIB)


def test_a_broken_checksum_would_be_noticed() -> None:
    broken = schedules.deflated_spaces(schedules.MIB)[:-1] + b"\x00"
    with pytest.raises(zlib.error, match="incorrect data check"):
        zlib.decompress(broken)


@pytest.mark.parametrize("kind", schedules.KINDS, ids=schedules.KINDS.values())
def test_documents_that_lie_ready_are_those_that_would_be_drawn(kind: schedules.Printed) -> None:
    ready = schedules.READY / f"{schedules.KINDS[kind]}.pdf"
    assert ready.read_bytes() == schedules.drawn(kind, schedules.READY_LENGTH), "python -m checks.schedules.draw_ready"


def test_length_of_documents_that_lie_ready_is_that_of_a_tag() -> None:
    assert len(new_tag()) == schedules.READY_LENGTH


def test_encrypted_document_is_one() -> None:
    assert b"/Encrypt" in schedules.encrypted_pdf()
