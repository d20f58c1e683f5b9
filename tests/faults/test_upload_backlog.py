"""The load of a backlog is brought back as it was, and is worked off when all of its files have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from scenarios.helpers.upload_backlog import UploadBacklog

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills import System
    from load.upload_burst import UploadBurst

FILLED = 7


class Uploads:
    """Accepts two of three uploads, and refuses the third."""

    def __init__(self) -> None:
        self.answered = 0
        self.rates: list[float] = []

    @property
    def jobs(self) -> tuple[str, ...]:
        return tuple(f"job-{number}" for number in range(self.answered) if number % 3)

    def until(self, enough: Callable[[], bool], **_: Any) -> None:
        while not enough():
            self.answered += 1

    def go_on(self, rate_rps: float) -> None:
        self.rates.append(rate_rps)


class Filled(UploadBacklog):
    """A fault that has filled the queue with *filled* files."""

    name = "filled"

    def __init__(self, burst: Uploads, filled: int) -> None:
        super().__init__()
        self._burst = cast("UploadBurst", burst)
        self._filled = filled


def test_as_many_files_are_uploaded_again_as_filled_the_queue_refused_ones_included(system: System) -> None:
    burst = Uploads()
    burst.answered = 100
    fault = Filled(burst, FILLED)
    fault.reapply_load(system)
    assert burst.answered == 100 + FILLED
    assert burst.rates == [fault.profile.rate_rps]


def test_load_without_a_first_burst_goes_on_and_leaves_nothing_to_work_off(system: System) -> None:
    burst = Uploads()
    fault = Filled(burst, 0)
    fault.reapply_load(system)
    assert burst.answered == 0
    assert burst.rates
    assert fault.worked_off(system)


@pytest.mark.parametrize("left", [0, 1])
def test_load_is_worked_off_when_all_files_of_the_second_burst_have_ended(
    left: int, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def count_rows(_: str, *values: Any) -> int:
        asked.extend(values)
        return left

    burst = Uploads()
    burst.answered = 3
    before = burst.jobs
    fault = Filled(burst, FILLED)
    fault.reapply_load(system)
    monkeypatch.setattr(type(system), "count_rows", lambda _, sql, *values: count_rows(sql, *values))
    assert fault.worked_off(system) is (left == 0)
    assert asked == [list(burst.jobs[len(before) :])]
