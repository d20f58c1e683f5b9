"""A drill that holds no arm has proved nothing."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drills.plugin.experiment import RunDrill, require_lasting
from tests.helpers.histories import documented, event, written
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import QuietFault, a_scenario


def test_drill_without_an_arm_is_red_and_replaces_nothing() -> None:
    def runs(*_: Any) -> None:
        raise AssertionError("nothing may be run or removed")

    experiment: Any = SimpleNamespace(runbook=OWN_RUNBOOK, lacks=lambda _: None, arms=lambda _: (), run=runs)
    with pytest.raises(pytest.fail.Exception, match=r"5\.1: the arm that was asked for does not exist"):
        RunDrill(experiment)(a_scenario(QuietFault()))


@pytest.mark.parametrize(
    ("held", "lasting", "why"),
    [
        (True, "cure", None),
        (False, "relief", None),
        (False, "cure", r"5\.1 documented: expected a cure, saw relief"),
        (True, "relief", r"5\.1 documented: expected a relief, saw cure"),
        (None, "cure", r"5\.1 documented: expected a cure, saw unknown"),
    ],
)
def test_drill_fails_where_its_recovery_lasts_otherwise_than_expected(
    *, held: bool | None, lasting: str, why: str | None, tmp_path: Path
) -> None:
    seen = {"held": held, "seen": "seen", "watched_s": 9.0, "needed_s": 9.0}
    stages = [event("durability", 60.0, stage=stage, **seen) for stage in ("load", "restart")]
    written(tmp_path, (*documented(expected_lasting=lasting), *stages))
    with pytest.raises(pytest.fail.Exception, match=why) if why else nullcontext():
        require_lasting(a_scenario(QuietFault()), tmp_path)
