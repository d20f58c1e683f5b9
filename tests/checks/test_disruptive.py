"""A check that breaks something for a moment is tried in a sandbox only, and beside no other check."""

import time
from contextlib import closing
from dataclasses import replace

from drills.checks import Check, CheckContext, Outcome
from drills.checks.runner import CheckRunner
from tests.helpers.check_results import some_check
from tests.helpers.checking import context, target_at

NAP_S = 0.1


def in_a_sandbox() -> CheckContext:
    return context(target_at(sandbox="unix:///engine.sock"))


def test_it_is_left_out_elsewhere() -> None:
    check_result = replace(some_check(4), disruptive=True)(context(target_at()))
    assert check_result.outcome is Outcome.SKIPPED
    assert "only a sandbox" in check_result.seen
    assert replace(some_check(4), disruptive=True)(in_a_sandbox()).outcome is Outcome.PASS


def test_it_runs_after_all_others() -> None:
    ended: list[str] = []

    def napping(name: str, *, disruptive: bool) -> Check:
        def nap(_: CheckContext) -> str:
            time.sleep(0 if disruptive else NAP_S)
            ended.append(name)
            return name

        return replace(some_check(4), name=name, function=nap, disruptive=disruptive)

    checks = [napping("a", disruptive=True), napping("b", disruptive=False), napping("c", disruptive=True)]
    with closing(CheckRunner(checks, in_a_sandbox())) as runner:
        assert all(check_result.ok for check_result in runner.check_results())
    assert ended == ["b", "a", "c"]
