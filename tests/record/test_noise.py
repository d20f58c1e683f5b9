"""A verdict that depends on time is UNKNOWN, and names the noise, where other processes kept the machine busy."""

from __future__ import annotations

import pytest

from drills.record.noise import BUSY
from drills.record.verdicts import Verdict
from tests.helpers.histories import (
    AT_LIMIT,
    END,
    INJECTED,
    RECOVERED,
    Story,
    command,
    documented,
    drop,
    event,
    judged,
    metric,
    placebo,
    put,
)

CORES = 2
MOST = BUSY * CORES


def beside(story: Story, others: float, *, start_s: float = INJECTED) -> Story:
    times = range(int(start_s) + 1, int(END), 5)
    return put(story, *(event("machine", float(t), cores=CORES, others=others, seconds=5.0) for t in times))


def never_recovered() -> Story:
    return metric(documented(), RECOVERED, END, AT_LIMIT)


def test_metric_that_stays_bad_on_a_busy_machine_is_unknown_and_names_the_noise() -> None:
    found = judged(beside(never_recovered(), 1.5))
    assert found.verdict is Verdict.UNKNOWN
    assert "the machine was busy: other processes took 1.5 of its 2 processors" in found.reason
    assert "it was 50 connections at the end" in found.reason


@pytest.mark.parametrize("others", [0.0, MOST])
def test_a_little_noise_excuses_nothing(others: float) -> None:
    assert judged(beside(never_recovered(), others)).verdict is Verdict.REFUTED


def test_noise_before_the_fault_excuses_nothing() -> None:
    story = put(beside(never_recovered(), 0.0), event("machine", 1.0, cores=CORES, others=2.0, seconds=5.0))
    assert judged(story).verdict is Verdict.REFUTED


def test_noise_takes_nothing_from_what_was_proved() -> None:
    assert judged(beside(documented(), 2.0)).verdict is Verdict.CONFIRMED
    assert judged(beside(placebo(), 2.0)).verdict is Verdict.REFUTED


def test_placebo_that_recovers_on_a_busy_machine_is_unknown() -> None:
    assert judged(beside(metric(placebo(), RECOVERED, END, 0.0), 2.0)).verdict is Verdict.UNKNOWN


def test_command_that_fails_is_no_matter_of_noise() -> None:
    story = drop(documented(), "command", purpose="verify")
    failed = put(story, command("verify", RECOVERED + 1.0, exit=22))
    assert judged(beside(failed, 2.0)).verdict is Verdict.REFUTED
