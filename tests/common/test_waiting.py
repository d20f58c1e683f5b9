import time

import pytest

from drills.common.waiting import WaitTimeout, wait_until


def test_value_that_satisfies_is_returned() -> None:
    values = iter([1, 2, 3])
    found = wait_until(
        lambda: next(values),
        done=lambda value: value == 3,
        deadline_s=5,
        poll_s=0.001,
        expected="3",
        where="here",
        next_step="none",
    )
    assert found == 3


def test_timeout_answers_the_five_questions() -> None:
    with pytest.raises(WaitTimeout) as error:
        wait_until(
            lambda: 0,
            deadline_s=0.02,
            poll_s=0.001,
            expected="a job",
            where="redis",
            next_step="read the log",
        )
    text = str(error.value)
    for part in ("expected a job", "saw 0", "(limit 0.02 s)", "at redis", "next: read the log"):
        assert part in text


def test_last_look_happens_after_the_deadline_not_before() -> None:
    began = time.monotonic()
    assert wait_until(
        lambda: time.monotonic() - began >= 0.05,
        deadline_s=0.05,
        poll_s=10,
        expected="time",
        where="here",
        next_step="none",
    )


def test_deadline_of_zero_looks_once() -> None:
    looks: list[int] = []
    with pytest.raises(WaitTimeout):
        wait_until(lambda: looks.append(1), deadline_s=0, expected="x", where="y", next_step="z")
    assert len(looks) == 1


def test_error_of_the_reader_passes_through() -> None:
    def broken() -> bool:
        raise KeyError("x")

    with pytest.raises(KeyError):
        wait_until(broken, deadline_s=1, expected="x", where="y", next_step="z")
