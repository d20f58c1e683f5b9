"""No altered record is confirmed, but for alterations that take nothing away of what the confirmation stands on."""

from __future__ import annotations

import pytest

from drills.record.verdicts import RECOVERED, Verdict
from tests.helpers.forgeries import Forgery, false_heads, forgeries, whole
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

HARMLESS = {
    "the undo is for people, after a kill": (
        "drop undo",
        "move undo before the fault",
        "double undo before the fault",
        "swap undo with phase steady begin",
        "swap undo with check front page steady",
        "swap undo with command diagnose normal",
    ),
    "the metric and the traffic show the steady state": (
        "move phase steady begin before the fault",
        "drop check front page steady",
        "move check front page steady before the fault",
        "double check front page steady before the fault",
        "move command diagnose normal before the fault",
        "double command diagnose normal before the fault",
        "move phase steady end before the fault",
        "double command diagnose abnormal before the fault",
        "swap phase steady begin with check front page steady",
        "swap phase steady begin with command diagnose normal",
        "swap check front page steady with command diagnose normal",
        "swap check front page steady with phase steady end",
        "swap command diagnose normal with phase steady end",
    ),
    "a reading counts only in its own part of the drill, and this one is there as well": (
        "double command diagnose normal before the first command",
        "double command diagnose normal before the end",
        "double command diagnose normal last",
        "double command diagnose abnormal before the first command",
        "double command diagnose abnormal before the end",
        "double command diagnose abnormal last",
        "contradict command diagnose normal {'line': 1}",
        "contradict command diagnose abnormal {'line': 1}",
    ),
    "a reading is judged by its output": (
        "falsify command diagnose normal {'exit': 1}",
        "contradict command diagnose normal {'exit': 1}",
        "falsify command diagnose abnormal {'exit': 1}",
        "contradict command diagnose abnormal {'exit': 1}",
    ),
    "it is still taken during the fault": ("move command diagnose abnormal before the first command",),
    "both are still between the fault and the first command": (
        "move phase detect end before the first command",
        "swap confirm with milestone confirmed",
        "swap confirm with phase detect begin",
        "swap milestone confirmed with phase detect begin",
        "swap phase detect begin with alert pending",
        "swap alert firing with milestone firing",
        "swap alert firing with phase detect end",
        "swap milestone firing with phase detect end",
        "swap milestone firing with command diagnose abnormal",
        "swap phase detect end with command diagnose abnormal",
    ),
    "a command of the solution is judged by its exit code": (
        "falsify command resolve {'output': 'PONG'}",
        "falsify command verify {'output': 'PONG'}",
        "contradict command verify {'output': 'PONG'}",
    ),
    "an incident may have no verification commands, and the checks say that it serves": (
        "drop command verify",
        "falsify command verify {'text': 'sleep 60'}",
        "contradict command verify {'text': 'sleep 60'}",
        "falsify command verify {'line': 1}",
        "contradict command verify {'line': 1}",
    ),
    "the alert ends within the hold": (
        "move alert inactive before the end",
        "swap alert inactive with phase recover end",
        "swap milestone recovered with alert inactive",
        "swap phase recover begin with alert inactive",
    ),
    "an earlier alert may end before the fault, and a later one comes after the drill": (
        "double alert inactive before the fault",
        "double alert pending last",
    ),
    "the phase is still within the watching": (
        "move phase recover begin before the end",
        "move phase recover end before the end",
        "swap milestone resolved with phase recover begin",
        "swap milestone watched with phase recover end",
    ),
    "the solution takes longer then, never shorter": (
        "move milestone acted before the first command",
        "swap milestone acted with command resolve",
    ),
    "residue may be looked for later": (
        "move residue last",
        "double residue last",
    ),
    "what comes after the watching may come in any order": (
        "swap check front page recover with command verify",
        "swap check front page recover with ledger",
        "swap command verify with ledger",
    ),
    "one channel that shows the incident is enough, and the recovery's last reading counts": (
        "contradict second channel abnormal {'value': 6.0}",
        "contradict second channel abnormal {'value': None}",
        "contradict second channel recovered {'value': 6.0}",
        "falsify second channel recovered {'value': 6.0}",
    ),
    "an other alert may be active before the fault, and after the drill": (
        "double other alert Other pending last",
        "drop other alert Other pending",
        "move other alert Other inactive before the fault",
        "move other alert Other pending last",
        "swap other alert Other inactive with check front page steady",
        "swap other alert Other inactive with command diagnose normal",
        "swap other alert Other inactive with instruments normal",
        "swap other alert Other inactive with phase steady end",
        "swap other alert Other inactive with second channel normal",
        "swap phase steady begin with other alert Other inactive",
        "swap phase steady begin with other alert Other pending",
        "swap undo with other alert Other pending",
    ),
    "what was read in the steady state, or while the incident lasts, may be read sooner or later in it": (
        "double instruments normal before the fault",
        "double second channel abnormal before the first command",
        "double second channel normal before the fault",
        "move instruments normal before the fault",
        "move second channel abnormal before the first command",
        "move second channel normal before the fault",
        "swap instruments normal with check front page steady",
        "swap instruments normal with command diagnose normal",
        "swap instruments normal with phase steady end",
        "swap instruments normal with second channel normal",
        "swap milestone firing with second channel abnormal",
        "swap phase detect end with second channel abnormal",
        "swap phase steady begin with instruments normal",
        "swap phase steady begin with second channel normal",
        "swap second channel abnormal with command diagnose abnormal",
        "swap second channel normal with check front page steady",
        "swap second channel normal with command diagnose normal",
        "swap second channel normal with phase steady end",
        "swap undo with instruments normal",
        "swap undo with second channel normal",
    ),
    "what comes while it is looked whether the system has settled may come in any order": (
        "move phase settle end last",
        "swap check front page recover with instruments recovered",
        "swap check front page recover with milestone settled",
        "swap check front page recover with phase settle begin",
        "swap check front page recover with second channel recovered",
        "swap check journey settled with phase settle end",
        "swap command verify with instruments recovered",
        "swap command verify with milestone settled",
        "swap command verify with phase settle begin",
        "swap command verify with second channel recovered",
        "swap instruments recovered with ledger",
        "swap instruments recovered with milestone settled",
        "swap instruments recovered with second channel recovered",
        "swap phase settle begin with instruments recovered",
        "swap phase settle begin with milestone settled",
        "swap phase settle begin with second channel recovered",
        "swap phase settle end with ledger",
        "swap second channel recovered with ledger",
        "swap second channel recovered with milestone settled",
    ),
    "what others take of the machine takes nothing from what was proved": (
        "drop machine",
        "falsify machine {'others': 0.0}",
        "falsify machine {'others': 2.0}",
    ),
    "a part of the metric is drawn, and not judged": (
        "drop part CPU Usage",
        "falsify part CPU Usage {'value': None}",
        "falsify part CPU Usage {'value': 1000000000.0}",
    ),
    "a kill before the first look is the incident's, and a container that came later shows its own": (
        "falsify out of memory resolved {'killed': ['worker (started 07:00)']}",
        "falsify out of memory resolved {'restarts': {'backend/0123': 1}}",
    ),
    "the containers are still inspected before the settling, and after it": (
        "swap check journey settled with out of memory settled",
        "swap out of memory resolved with check front page recover",
        "swap out of memory resolved with command verify",
        "swap out of memory resolved with instruments recovered",
        "swap out of memory resolved with second channel recovered",
        "swap phase settle end with out of memory settled",
    ),
}
"""Alterations that may be confirmed, each by its name below the reason."""
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
