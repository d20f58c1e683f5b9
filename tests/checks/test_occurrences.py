"""A calendar is opened as a program opens it."""

from datetime import UTC, date, datetime

import pytest

from checks.journeys.assertions import in_calendar
from checks.schedules import Expected
from checks.schedules.occurrences import Span, occurrences, require_occurrences, shown
from drills.checks import CheckFailed

TERM = Span(date(2026, 2, 18), date(2026, 3, 4))
LECTURE = Expected("COS1", "L1", None, "Wednesday", None, "08:30", "09:20", "Aula")
EVENT = """BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20260101T000000Z\r
SUMMARY:COS1 L1\r
LOCATION:Aula\r
{}END:VEVENT\r
"""
IN_UTC = "DTSTART:20260218T063000Z\r\nDTEND:20260218T072000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n"


def calendar(lines: str, more: str = "") -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{more}{EVENT.format(lines)}END:VCALENDAR\r\n".encode()


def zone(offset: str) -> str:
    return (
        "BEGIN:VTIMEZONE\r\nTZID:Africa/Johannesburg\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )


def test_weekly_event_takes_place_on_each_of_its_days() -> None:
    found = [one.start for one in occurrences(LECTURE, TERM)]
    assert found == [datetime(2026, month, day, 6, 30, tzinfo=UTC) for month, day in ((2, 18), (2, 25), (3, 4))]


def test_times_in_utc_are_as_good_as_those_in_a_zone() -> None:
    assert require_occurrences(calendar(IN_UTC), (LECTURE,), TERM) == 3


@pytest.mark.parametrize(("offset", "hour"), [("+0200", 6), ("+0300", 5)])
def test_zone_is_the_one_that_the_file_carries(offset: str, hour: int) -> None:
    lines = "DTSTART;TZID=Africa/Johannesburg:20260218T083000\r\nDTEND;TZID=Africa/Johannesburg:20260218T092000\r\n"
    (found,) = shown(calendar(lines, zone(offset)), TERM)
    assert (found.start.hour, found.end.hour) == (hour, hour + 1)


def test_days_left_out_are_seen() -> None:
    lines = IN_UTC + "EXDATE:20260225T063000Z\r\n"
    with pytest.raises(
        CheckFailed, match="lacks COS1 L1 in Aula, Wed 25 Feb 2026 06:30 to 07:20 UTC, and has too much n"
    ):
        require_occurrences(calendar(lines), (LECTURE,), TERM)


def test_whole_days_are_no_lectures() -> None:
    with pytest.raises(CheckFailed, match="DTSTART 2026-02-18, which is no moment"):
        list(shown(calendar("DTSTART;VALUE=DATE:20260218\r\n"), TERM))


def test_lecture_outside_of_the_semester_is_seen() -> None:
    endless = IN_UTC.replace(";COUNT=3", "")
    with pytest.raises(CheckFailed, match=r"too much COS1 L1 in Aula, Wed 11 Mar 2026 .* and 4 more"):
        require_occurrences(calendar(endless), (LECTURE,), TERM)


def test_titles_of_a_page_may_differ() -> None:
    content = calendar(IN_UTC).replace(b"SUMMARY:COS1 L1", b"SUMMARY:Lecture L1 (COS1)")
    assert require_occurrences(content, (LECTURE,), TERM, title_of=lambda _: "COS1 L1") == 3


def test_module_that_has_the_letters_of_an_activity_is_no_activity() -> None:
    module = "SYNL1X"
    expected = tuple(LECTURE._replace(module=module, activity=activity) for activity in ("L1", "T1"))
    events = (
        EVENT.format(IN_UTC).replace("COS1 L1", f"{module} {one.activity}").replace("UID:1", f"UID:{one.activity}")
        for one in expected
    )
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n".encode()
    assert in_calendar(content, expected, TERM) == 6
