"""A recovery counts only while the fault goes on: one that ended by itself was cured by nobody."""

from __future__ import annotations

import inspect
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from drills.drill import recovery
from drills.drill.run import DrillStopped
from drills.drill.scenario import Fault
from drills.runbook.model import Quantity
from drills.sandbox import descriptor
from scenarios import faults
from tests.helpers.histories import documented, told
from tests.helpers.paths import DESCRIPTOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.drill.run import Run

KEEPS_A_LOCK_IN_POSTGRES = {"ForgottenTransaction"}  # the documented solution is to end it
KEEPS_NOTHING_GOING = {"ChangedSessionSecret"}  # only a connection of a witness
FOLDER = Path(faults.__file__).parent


def all_faults() -> list[type[Fault]]:
    modules = [import_module(f"scenarios.faults.{path.stem}") for path in sorted(FOLDER.glob("[!_]*.py"))]
    found = {one for module in modules for _, one in inspect.getmembers(module, inspect.isclass)}
    return sorted((one for one in found if issubclass(one, Fault) and hasattr(one, "name")), key=str)


class Recovering:
    """A run whose watch is over."""

    def __init__(self, *threads: Thread) -> None:
        self.fault = SimpleNamespace(name="a crowd", background_threads=lambda: threads)
        self.traffic = SimpleNamespace(log="locust.log")
        self.record = SimpleNamespace(now=1.0, events=told(documented()[:1]).events, milestone=lambda *_, **__: None)

    def phase(self, *_: object) -> nullcontext[None]:
        return nullcontext()

    def patience(self) -> nullcontext[None]:
        return nullcontext()

    def wait(self, *_: object, **__: object) -> None:
        """Have seen all there was to see."""


def ended(work: Callable[[], Any]) -> Thread:
    thread = Thread(target=work, name="student-3")
    thread.start()
    thread.join()
    return thread


def test_fault_whose_client_has_ended_stops_the_drill() -> None:
    with pytest.raises(DrillStopped, match=r"'a crowd' to go on until the drill is over, .* \(student-3\)"):
        recovery.recover(cast("Run", Recovering(ended(lambda: None))), 0.0)


def test_fault_that_goes_on_does_not() -> None:
    halt = Event()
    going = Thread(target=halt.wait)
    going.start()
    try:
        recovery.recover(cast("Run", Recovering(going)), 0.0)
    finally:
        halt.set()
        going.join()


def those_with_something_to_stop() -> list[type[Fault]]:
    others = KEEPS_A_LOCK_IN_POSTGRES | KEEPS_NOTHING_GOING
    return [fault for fault in all_faults() if fault.stop is not Fault.stop and fault.__name__ not in others]


@pytest.mark.parametrize("fault", those_with_something_to_stop(), ids=lambda fault: fault.__name__)
def test_what_a_fault_has_to_stop_is_what_keeps_it_going(fault: type[Fault]) -> None:
    assert fault.background_threads is not Fault.background_threads, (
        f"{fault.__name__} stops something and does not say what keeps it going"
    )


def test_reference_stack_offers_each_fault_and_nothing_else() -> None:
    assert {fault.name for fault in all_faults()} == set(descriptor.read(DESCRIPTOR).faults)


def test_reference_stack_measures_each_quantity() -> None:
    assert {quantity.value for quantity in Quantity} == set(descriptor.read(DESCRIPTOR).quantities)
