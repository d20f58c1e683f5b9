"""A fault has one name: that of its file, of its class, and of its entry in the descriptor's list."""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

import scenarios.helpers
from drills.runbook.model import Quantity
from drills.sandbox import descriptor
from tests.helpers.fault_modules import ALL_SCENARIOS, CATALOGUE, CLASSES, NAMED, SUITE, faults_of, modules
from tests.helpers.own_runbook import OWN_RUNBOOK
from tests.helpers.paths import DESCRIPTOR

if TYPE_CHECKING:
    from types import ModuleType

    from drills import Fault

LAYERS = {"container", "host", "network", "postgres", "redis", "queue", "http", "configuration", "release"}
OFFERED = descriptor.read(DESCRIPTOR)
HELPERS = [*(module for module in CATALOGUE if not faults_of(module)), *modules(scenarios.helpers)]
NO_FAULT = re.compile(r"\bno fault itself\b|\bthe base of several faults\b")
SERVICES = re.compile(
    rf"\b(?:{'|'.join({*OFFERED.roles.values(), OFFERED.database.name, OFFERED.database.user, OFFERED.queue})})\b"
)


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def named(module: ModuleType) -> str:
    return module.__name__


@pytest.mark.parametrize("fault", CLASSES, ids=lambda fault: fault.__module__)
def test_file_is_named_like_its_class(fault: type[Fault]) -> None:
    assert fault.__module__.rpartition(".")[2] == snake(fault.__name__)


@pytest.mark.parametrize("fault", NAMED, ids=lambda fault: fault.__module__)
def test_name_is_that_of_the_class(fault: type[Fault]) -> None:
    assert fault.name.replace(" ", "_") == snake(fault.__name__)


def test_reference_stack_offers_each_fault_and_nothing_else() -> None:
    assert {fault.name for fault in NAMED} == OFFERED.faults


def test_reference_stack_measures_each_quantity() -> None:
    assert {quantity.value for quantity in Quantity} - {Quantity.OTHER} == OFFERED.quantities


def test_faults_of_one_name_are_one_of_the_catalogue_and_its_subclass_here() -> None:
    by_name: dict[str, list[type[Fault]]] = defaultdict(list)
    for fault in NAMED:
        by_name[fault.name].append(fault)
    for first, *others in by_name.values():
        assert all(issubclass(other, first) for other in others)


@pytest.mark.parametrize("module", [module for module in CATALOGUE if faults_of(module)] + SUITE, ids=named)
def test_module_of_a_fault_holds_one(module: ModuleType) -> None:
    assert len(faults_of(module)) == 1


@pytest.mark.parametrize("module", HELPERS, ids=named)
def test_module_that_is_no_fault_says_so(module: ModuleType) -> None:
    assert NO_FAULT.search(module.__doc__ or "")
    assert all(inspect.isabstract(fault) or not hasattr(fault, "name") for fault in faults_of(module))


@pytest.mark.parametrize("module", [module for module in CATALOGUE if faults_of(module)], ids=named)
def test_fault_of_the_catalogue_belongs_to_a_layer(module: ModuleType) -> None:
    assert module.__name__.split(".")[2] in LAYERS


def test_each_fault_of_the_suite_is_drilled() -> None:
    drilled = {_class(scenario.fault()) for scenario in ALL_SCENARIOS}
    assert drilled >= {fault for module in SUITE for fault in faults_of(module)}


def test_there_is_one_scenario_for_each_cause_of_the_runbook() -> None:
    documented = [cause.id for incident in OWN_RUNBOOK.incidents for cause in incident.causes]
    assert sorted(scenario.cause for scenario in ALL_SCENARIOS) == sorted(documented)
    assert len(documented) >= 36


@pytest.mark.parametrize("module", [*CATALOGUE, *SUITE, *modules(scenarios.helpers)], ids=named)
def test_no_command_of_a_fault_names_a_service_itself(module: ModuleType) -> None:
    """The descriptor names them: services, database, user and queue."""
    for text in _strings(module):
        if re.search(r"\bdocker\b|\bpsql\b|\bbull:", text):
            assert not SERVICES.search(text), text


def _class(fault: Fault) -> type[Fault]:
    return type(fault)


def _strings(module: ModuleType) -> list[str]:
    """Return what a module's texts hold; the docstrings are none of them."""
    tree = ast.parse(inspect.getsource(module))
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [str(node.value) for node in texts if node not in prose]
