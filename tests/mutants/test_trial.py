"""What is said of a mutant follows from checks that looked: no check, no judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from drills.checks.result import CheckFailed, Outcome, Skipped
from drills.mutants.trial import Bench, Fate, UnhealedError, judged
from tests.helpers.check_results import check_result
from tests.helpers.mutants import FakeHost, check, left_out, mistaken, mutants, never, one

if TYPE_CHECKING:
    from drills.checks.context import CheckContext
    from drills.checks.definition import Check

LOOSER, HIGHER = "return used <= LIMIT", "LIMIT = 6"
POOL = mutants()
EXPECTED = frozenset({"a", "b"})


def bench(host: FakeHost, *checks: Check, echoes: tuple[Check, ...] = ()) -> Bench:
    names = frozenset(check.name for check in (*checks, *echoes))
    return Bench(host, checks, echoes, names, echo_s=0.05, green_s=0.2)


@pytest.mark.parametrize(
    ("outcomes", "fate"),
    [
        ({"a": Outcome.PASS, "b": Outcome.FAIL}, Fate.KILLED),
        ({"b": Outcome.FAIL}, Fate.KILLED),
        ({"a": Outcome.ERROR, "b": Outcome.FAIL}, Fate.KILLED),
        ({"a": Outcome.PASS, "b": Outcome.PASS}, Fate.SURVIVED),
        ({"a": Outcome.PASS, "b": Outcome.DEGRADED}, Fate.SURVIVED),
        ({"a": Outcome.PASS, "b": Outcome.ERROR}, Fate.ERROR),
        ({"a": Outcome.PASS, "b": Outcome.SKIPPED}, Fate.ERROR),
        ({"a": Outcome.PASS, "b": Outcome.BLOCKED}, Fate.ERROR),
        ({"a": Outcome.PASS}, Fate.ERROR),
        ({}, Fate.ERROR),
    ],
)
def test_fate_follows_from_what_the_checks_saw(outcomes: dict[str, Outcome], fate: Fate) -> None:
    found, by, why = judged([check_result(name, outcome) for name, outcome in outcomes.items()], EXPECTED)
    assert found is fate
    assert by == (("b",) if fate is Fate.KILLED else ())
    assert bool(why) is (fate is Fate.ERROR)


def test_run_in_which_no_check_ran_is_no_judgement() -> None:
    assert judged([], frozenset()) == (Fate.ERROR, (), "no check ran")
    assert bench(FakeHost()).attempt(POOL[0]).fate is Fate.ERROR


def test_mutant_that_a_check_sees_is_killed_by_it() -> None:
    host = FakeHost()
    trial = bench(host, host.check("quiet", never), host.check("limit", lambda text: "<= LIMIT" in text)).attempt(
        one(POOL, LOOSER)
    )
    assert (trial.fate, trial.by) == (Fate.KILLED, ("limit",))
    assert host.done == ["put", "mend"]


def test_mutant_that_no_check_sees_survives() -> None:
    host = FakeHost()
    trial = bench(host, host.check("limit", lambda text: "<= LIMIT" in text)).attempt(one(POOL, HIGHER))
    assert (trial.fate, trial.by) == (Fate.SURVIVED, ())


def test_failure_that_does_not_come_again_is_no_kill() -> None:
    host, asked = FakeHost(), []

    def once(_: object) -> str:
        asked.append(1)
        if len(asked) == 1:
            raise CheckFailed("a connection broke")
        return "all well"

    assert bench(host, check("unsteady", once)).attempt(one(POOL, HIGHER)).fate is Fate.SURVIVED


def test_what_stands_on_an_unsteady_check_looks_again() -> None:
    host, asked = FakeHost(), []

    def once(_: object) -> str:
        asked.append(1)
        if len(asked) == 1:
            raise CheckFailed("it was just starting")
        return "all well"

    first, second = check("up", once), host.check("limit", lambda text: "6" in text, after=("up",))
    trial = bench(host, first, second).attempt(one(POOL, HIGHER))
    assert (trial.fate, trial.by) == (Fate.KILLED, ("limit",))


def test_check_that_had_nothing_to_look_at_looks_again() -> None:
    host, asked = FakeHost(), []

    def later(_: object) -> str:
        asked.append(1)
        if len(asked) == 1:
            raise Skipped("no session is open")
        return "all well"

    assert bench(host, check("sessions", later)).attempt(one(POOL, HIGHER)).fate is Fate.SURVIVED


@pytest.mark.parametrize("function", [left_out, mistaken])
def test_check_that_says_nothing_is_no_survival(function: object) -> None:
    host = FakeHost()
    trial = bench(host, host.check("limit", never), check("other", function)).attempt(one(POOL, HIGHER))  # type: ignore[arg-type]
    assert trial.fate is Fate.ERROR
    assert "other" in trial.why


def test_echo_has_to_be_red_at_the_end_of_its_time() -> None:
    host, asked = FakeHost(), []

    def soon_calm(_: str) -> bool:
        asked.append(1)
        return len(asked) == 1

    calm, loud = host.check("calm", soon_calm), host.check("loud", lambda text: "6" in text)
    assert bench(host, host.check("a", never), echoes=(calm,)).attempt(one(POOL, HIGHER)).fate is Fate.SURVIVED
    trial = bench(host, host.check("a", never), echoes=(loud,)).attempt(one(POOL, HIGHER))
    assert (trial.fate, trial.by) == (Fate.KILLED, ("loud",))


def test_each_look_knows_nothing_of_what_earlier_checks_left() -> None:
    host = FakeHost()
    known: list[int] = []

    def noting(context: CheckContext) -> str:
        known.append(len(context.artifacts.all()))
        context.artifacts.note("key", "synthetic:one")
        return "all well"

    tried = bench(host, check("noting", noting, essential=True))
    tried.attempt(one(POOL, HIGHER))
    tried.attempt(one(POOL, LOOSER))
    assert known == [0, 0, 0, 0]


def test_refused_mutant_is_neither_killed_nor_survived() -> None:
    mutant = one(POOL, HIGHER)
    host = FakeHost(refuse=frozenset({mutant.id}))
    trial = bench(host, host.check("limit", never)).attempt(mutant)
    assert (trial.fate, trial.why) == (Fate.REFUSED, "no such file of Compose")
    assert host.done == ["put", "mend"]


def test_mutant_that_could_not_be_put_in_is_an_error_and_the_system_is_healed() -> None:
    mutant = one(POOL, HIGHER)
    host = FakeHost(fail=frozenset({mutant.id}))
    trial = bench(host, host.check("limit", lambda _: True)).attempt
    with pytest.raises(UnhealedError):
        trial(mutant)
    host = FakeHost(fail=frozenset({mutant.id}))
    assert bench(host, host.check("limit", never)).attempt(mutant).fate is Fate.ERROR
    assert host.done == ["put", "mend", "heal"]


def test_system_that_stays_red_is_healed_as_a_whole() -> None:
    mutant = one(POOL, HIGHER)
    host = FakeHost(stays=frozenset({mutant.id}))
    trial = bench(host, host.check("limit", lambda text: "6" in text)).attempt(mutant)
    assert trial.fate is Fate.KILLED
    assert host.done == ["put", "mend", "heal"]


def test_essential_check_sees_what_a_survivor_left_behind() -> None:
    mutant = one(POOL, HIGHER)
    host = FakeHost()
    later: list[int] = []

    def red_after_mending(_: str) -> bool:
        later.append(1)
        return host.done == ["put", "mend"]

    checks = (host.check("limit", never), host.check("alive", red_after_mending, essential=True))
    assert bench(host, *checks).attempt(mutant).fate is Fate.SURVIVED
    assert host.done == ["put", "mend", "heal"]


def test_system_that_does_not_heal_ends_the_trials() -> None:
    mutant = one(POOL, HIGHER)
    host = FakeHost(stays=frozenset({mutant.id}), heals=False)
    with pytest.raises(UnhealedError, match="does not heal"):
        bench(host, host.check("limit", lambda text: "6" in text)).attempt(mutant)
