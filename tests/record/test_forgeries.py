"""No altered record is confirmed, but for alterations that take nothing away of what the confirmation stands on."""

from __future__ import annotations

import pytest

from drills.record.verdicts import RECOVERED, Verdict
from tests.helpers.false_heads import Forgery, false_heads
from tests.helpers.forgeries import forgeries, whole
from tests.helpers.harmless_forgeries import HARMLESS
from tests.helpers.histories import (
    ACTED,
    AT_LIMIT,
    CONFIRMED,
    FIRING,
    INJECTED,
    RESOLVED,
    Event,
    command,
    confirm,
    documented,
    drop,
    event,
    judged,
    metric,
    milestone,
    placebo,
    put,
    transition,
)

EXCUSED = {name for names in HARMLESS.values() for name in names}
GOOD = whole(documented())
FORGERIES = {forgery.name: forgery for forgery in (*forgeries(GOOD), *false_heads(GOOD))}


def test_the_record_that_is_altered_is_confirmed() -> None:
    assert judged(whole(documented())).verdict is Verdict.CONFIRMED


def test_no_forgery_is_wrongly_confirmed() -> None:
    """Both ways: an excuse that excuses nothing any more would hide the next wrong green."""
    confirmed = {name for name, forgery in FORGERIES.items() if judged(forgery.story).verdict is Verdict.CONFIRMED}
    assert sorted(confirmed - EXCUSED) == []
    assert sorted(EXCUSED - confirmed) == []


UNJUDGED_IN_A_PLACEBO = (
    "command diagnose",
    "command placebo",
    "ledger",
    "failed_rps",
    "'sent': None",
    "instruments normal",
    "second channel",
    "other alert Other pending",
)
"""What a placebo's verdict does not stand on: it proves no cause, and leaves the system broken on purpose."""


def test_no_forged_placebo_supports_a_confirmation() -> None:
    refuted = {
        forgery.name
        for forgery in forgeries(whole(placebo()))
        if judged(forgery.story).verdict is Verdict.REFUTED
        and not any(part in forgery.name for part in UNJUDGED_IN_A_PLACEBO)
    }
    assert sorted(refuted - EXCUSED) == []


def test_a_metric_that_was_bad_before_the_fault_proves_nothing() -> None:
    found = judged(metric(placebo(), 0.0, INJECTED, AT_LIMIT))
    assert found.verdict is Verdict.UNKNOWN
    assert "never at its target < 50 connections in the 10 s before the fault" in found.reason


def test_forgeries_are_many_and_of_every_rule() -> None:
    rules = {name.split()[0] for name in FORGERIES}
    assert rules == {"drop", "move", "double", "falsify", "contradict", "swap", "head"}
    assert len(FORGERIES) > 500


ALTERED = [
    Forgery("a command before the first one", put(documented(), command("resolve", ACTED - 1))),
    Forgery("a command after the last one", put(documented(), command("resolve", RESOLVED + 1))),
    Forgery("a placebo's command", put(documented(), command("placebo", ACTED))),
    Forgery("a confirmation before the fault", put(documented(), confirm() | {"t": INJECTED - 1})),
    Forgery("a confirmation taken back", put(documented(), confirm(ok=False) | {"t": CONFIRMED})),
    Forgery("residue seen once", put(documented(), event("residue", 55.0, items=["an image"]))),
]


@pytest.mark.parametrize("forgery", ALTERED, ids=lambda forgery: forgery.name)
def test_a_record_against_itself_is_not_confirmed(forgery: Forgery) -> None:
    assert judged(forgery.story).verdict not in RECOVERED


def test_the_reason_says_what_contradicts_what() -> None:
    found = judged(put(documented(), command("resolve", ACTED - 1)))
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason == (
        "the record contradicts itself: a command of the solution ran at 37.0 s, before 38.0 s, when it first could"
    )


def test_a_placebo_in_which_the_solution_ran_says_nothing() -> None:
    solution: Event = command("resolve", ACTED)
    assert judged(put(placebo(), solution)).verdict is Verdict.UNKNOWN


def test_an_alert_may_fire_before_the_fault_is_confirmed() -> None:
    """Without a window it fires at once, and the look through the second channel takes a moment."""
    story = drop(drop(documented(window_s=None), "alert", 0.0, FIRING), "milestone", name="firing")
    fired = (transition(CONFIRMED - 0.5, "inactive", "firing"), milestone("firing", CONFIRMED - 0.5))
    assert judged(put(story, *fired)).verdict is Verdict.CONFIRMED
