"""A drill that holds no arm has proved nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from drills.plugin.experiment import RunDrill
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.runs import QuietFault, a_scenario


def test_drill_without_an_arm_is_red_and_replaces_nothing() -> None:
    def runs(*_: Any) -> None:
        raise AssertionError("nothing may be run or removed")

    experiment: Any = SimpleNamespace(runbook=OWN_RUNBOOK, lacks=lambda _: None, arms=lambda _: (), run=runs)
    with pytest.raises(pytest.fail.Exception, match=r"5\.1: the arm that was asked for does not exist"):
        RunDrill(experiment, runs)(a_scenario(QuietFault()))
