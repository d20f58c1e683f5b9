"""A recovery counts only while the fault goes on: what ended by itself was not ended by the solution."""

from __future__ import annotations

import pytest

from drills import Fault
from tests.helpers.fault_modules import NAMED

KEEPS_A_LOCK_IN_POSTGRES = {"IdleTransaction"}  # the documented solution is to end it
KEEPS_NOTHING_GOING = {"SessionSecretChanged"}  # it stops only the client that confirms the effect


def with_something_to_stop() -> list[type[Fault]]:
    others = KEEPS_A_LOCK_IN_POSTGRES | KEEPS_NOTHING_GOING
    return [fault for fault in NAMED if fault.stop is not Fault.stop and fault.__name__ not in others]


@pytest.mark.parametrize("fault", with_something_to_stop(), ids=lambda fault: fault.__module__)
def test_what_a_fault_has_to_stop_is_what_keeps_it_going(fault: type[Fault]) -> None:
    assert fault.background_threads is not Fault.background_threads, (
        f"{fault.__name__} stops something and does not say what keeps it going"
    )
