"""Every random draw that shapes load, data or order comes from the seed, so that a run can be repeated."""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from drills.common import draws
from drills.common.client_addresses import random_address, random_addresses
from drills.load.profile import operations
from load.profiles import SIGN_INS, STEADY, Content, Op, StudentProfile
from load.sign_in_flow import Students, student_request
from load.student_requests import Memory, request_for
from tests.helpers.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 20_261
LENGTH = 40
FOLDERS = ("load", "scenarios", "src/drills/common", "src/drills/drill", "src/drills/faults", "src/drills/load")
OTHER_SOURCES = {"random", "secrets", "uuid"}
IDENTITIES = {
    "src/drills/common/draws.py": "the one source",
    "src/drills/load/user.py": "the id of a request",
    "scenarios/helpers/large_pdfs.py": "noise that is the same in every run",
    "load/completions.py": "reads ids, draws none",
    "load/job_states.py": "reads ids, draws none",
    "load/loss_audit.py": "reads ids, draws none",
    "load/student_requests.py": "reads ids, draws none",
}


@pytest.fixture(autouse=True)
def unseeded_afterwards() -> Iterator[None]:
    yield
    draws.DRAWS.seed()


def sent(profile: StudentProfile) -> list[object]:
    """Return what students would send: the contents, the addresses, the order."""
    memory, students = Memory(), Students()
    memory.recent.extend(f"job-{number}" for number in range(20))
    memory.finished.extend(memory.recent)
    found: list[object] = []
    for operation in islice(operations(profile), LENGTH):
        request = student_request(Op(operation), students) or request_for(Op(operation), memory, Content.GOOD)
        found.append((request.op, request.path, request.body, random_address()))
    return found


def sent_with(seed: int, profile: StudentProfile, *names: str) -> list[object]:
    draws.begin(seed, *names)
    return sent(profile)


@pytest.mark.parametrize("profile", [STEADY, SIGN_INS], ids=lambda profile: profile.name)
def test_same_seed_sends_the_same_in_the_same_order(profile: StudentProfile) -> None:
    assert sent_with(SEED, profile, "5.1") == sent_with(SEED, profile, "5.1")


@pytest.mark.parametrize(("seed", "names"), [(SEED + 1, ("5.1",)), (SEED, ("5.2",)), (SEED, ("5.1", "again"))])
def test_another_seed_cause_or_traffic_has_a_sequence_of_its_own(seed: int, names: tuple[str, ...]) -> None:
    assert sent_with(SEED, STEADY, "5.1") != sent_with(seed, STEADY, *names)


def test_no_address_is_drawn_twice_at_a_time() -> None:
    draws.begin(SEED)
    assert len(set(random_addresses(1000))) == 1000


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_nothing_else_draws_what_shapes_load_data_or_order() -> None:
    modules = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    drawing = {str(path.relative_to(ROOT)) for path in modules if imported(path) & OTHER_SOURCES}
    assert drawing <= set(IDENTITIES)
