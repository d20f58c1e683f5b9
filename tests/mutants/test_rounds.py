"""Trials count once the system is green after their round; what cannot be tried any more is an error."""

from __future__ import annotations

import pytest

from drills.mutants.rounds import Rounds
from drills.mutants.trial import Bench, Fate, Trial
from tests.helpers.mutants import FakeHost, mutants, never, one

POOL = mutants()


def held(*benches: Bench, in_a_round: int = 2) -> dict[str, Trial]:
    told: list[Trial] = []
    Rounds(POOL, told.append, in_a_round=in_a_round).hold(benches)
    assert len(told) == len(POOL)
    return {trial.mutant.id: trial for trial in told}


def bench(host: FakeHost, *checks: object, green_s: float = 0.1) -> Bench:
    return Bench(host, checks, (), frozenset({"limit"}), echo_s=0.0, green_s=green_s)  # type: ignore[arg-type]


def test_every_mutant_is_tried_once_on_one_of_the_benches() -> None:
    hosts = [FakeHost(), FakeHost()]
    trials = held(*(bench(host, host.check("limit", lambda text: "6" in text)) for host in hosts))
    assert {trial.fate for trial in trials.values()} == {Fate.KILLED, Fate.SURVIVED}
    assert trials[one(POOL, "LIMIT = 6").id].fate is Fate.KILLED
    assert sum(host.done.count("put") for host in hosts) == len(POOL)


def test_trials_of_a_round_that_ends_red_are_errors() -> None:
    host = FakeHost()
    check = host.check("limit", lambda _: host.done[-2:] == ["put", "mend"] and host.done.count("put") == 2)
    trials = held(bench(host, check))
    fates = [trials[mutant.id].fate for mutant in POOL]
    assert fates[:2] == [Fate.ERROR, Fate.ERROR]
    assert set(fates[2:]) == {Fate.SURVIVED}
    assert host.done.count("heal") == 1


def test_without_a_system_that_heals_every_mutant_is_an_error() -> None:
    host = FakeHost(heals=False)
    trials = held(bench(host, host.check("limit", lambda _: True)))
    assert {trial.fate for trial in trials.values()} == {Fate.ERROR}
    assert "no healthy system" in trials[POOL[0].id].why


@pytest.mark.parametrize("after", [1, 2], ids=["within a round", "after a round"])
def test_trials_before_a_system_that_does_not_heal_are_errors_and_none_is_lost(after: int) -> None:
    host = FakeHost(heals=False)
    trials = held(bench(host, host.check("limit", lambda _: host.done.count("mend") >= after)))
    assert {trial.fate for trial in trials.values()} == {Fate.ERROR}


def test_other_bench_goes_on_when_one_is_lost() -> None:
    lost, sound = FakeHost(heals=False), FakeHost()
    trials = held(bench(lost, lost.check("limit", lambda _: True)), bench(sound, sound.check("limit", never)))
    assert {trial.fate for trial in trials.values()} == {Fate.SURVIVED}


def test_interrupted_run_begins_no_other_trial() -> None:
    host = FakeHost()
    told: list[Trial] = []

    def interrupted(_: Trial) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Rounds(POOL, told.append, interrupted).hold([bench(host, host.check("limit", never))])
    assert host.done == ["put", "mend"]
    assert told == []


def test_each_trial_is_shown_before_its_round_has_ended() -> None:
    host = FakeHost()
    shown: list[tuple[str, int]] = []
    told: list[Trial] = []
    Rounds(POOL, told.append, lambda trial: shown.append((trial.mutant.id, len(told))), in_a_round=2).hold(
        [bench(host, host.check("limit", never))]
    )
    assert [many for _, many in shown][:4] == [0, 0, 2, 2]
