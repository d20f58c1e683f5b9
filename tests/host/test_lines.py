"""A proof that the guest did not tell has not held, and the table shows what was expected of it."""

from tests.host.lines import NOT_SEEN, Proof, completed, heard, table

HELD = Proof("limit of memory", "1", "1", held=True)
FAILED = Proof("fence", "exit 7", 'exit 0 "é"', held=False)


def test_what_the_guest_tells_is_heard_among_other_lines() -> None:
    assert heard(f"boot\n{HELD.line()}\r\n[1.2] kernel: {FAILED.line()}\nPROOF of nothing\n") == [HELD, FAILED]


def test_a_line_that_was_cut_off_tells_nothing() -> None:
    assert heard(HELD.line()[:-3]) == []


def test_what_was_not_told_has_not_held() -> None:
    first, second = completed([FAILED], ("fence", "drill"))
    assert (first, second.held, second.seen) == (FAILED, False, NOT_SEEN)


def test_the_table_has_expected_and_seen_of_each() -> None:
    assert table([HELD, FAILED]).splitlines() == [
        *("ok     limit of memory", "         expected: 1", "         seen:     1"),
        *("FAILED fence", "         expected: exit 7", '         seen:     exit 0 "é"'),
    ]
