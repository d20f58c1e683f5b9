"""A run of checks ends when it is told to, and keeps what it has seen."""

import time
from threading import Event

from drills.checks import Check, CheckContext, CheckFailed, CheckSuite, Outcome
from drills.checks.runner import CheckRunner
from tests.helpers.checking import context, target_at

NEVER = Event()
HANG_S = 5.0


def a_check(name: str, after: tuple[str, ...] = ()) -> Check:
    def function(_: CheckContext) -> str:
        if name == "hangs":
            NEVER.wait(HANG_S)
        if name == "fails":
            raise CheckFailed("no")
        return "yes"

    return Check(name, CheckSuite.HEALTH, ("front_url",), "yes", "look", 1, None, function, after)


def test_run_that_is_told_to_stop_leaves_behind_what_hangs() -> None:
    runner = CheckRunner([a_check("passes"), a_check("hangs"), a_check("waits", ("hangs",))], context(target_at()))
    assert runner["passes"].outcome is Outcome.PASS
    began = time.monotonic()
    runner.close(0.2)
    assert time.monotonic() - began < HANG_S / 2
    assert [one.name for one in runner.so_far()] == ["passes"]


def test_check_that_depends_on_a_failed_one_is_blocked() -> None:
    runner = CheckRunner([a_check("fails"), a_check("waits", ("fails",))], context(target_at()))
    assert [one.outcome for one in runner.check_results()] == [Outcome.FAIL, Outcome.BLOCKED]
    runner.close()


def test_check_without_an_end_fails_in_time() -> None:
    check_result = a_check("hangs")(context(target_at(deadline_s=0.05, timeout_s=0.01)))
    assert (check_result.outcome, check_result.seen) == (Outcome.FAIL, "no end within 0.3 s")
