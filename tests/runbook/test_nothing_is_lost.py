"""Whatever people do to a document, each of its commands is read, or the line where it stands is told."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drills.runbook import RunbookError, load
from drills.runbook.document import read
from drills.runbook.inventory import inventory
from tests.helpers.edited_runbooks import DOCUMENTS, EDITS, LAST, UNIT
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.runbook import Command, Runbook

    Edit = Callable[[str, random.Random], str]


def commands(runbook: Runbook) -> list[Command]:
    found = [*runbook.critical_commands]
    for incident in runbook.incidents:
        found += [command for step in incident.investigation for command in step.commands]
        found += [command for cause in incident.causes for command in (*cause.commands, *cause.original)]
        found += incident.verification
    return found


def read_or_refusal(path: Path) -> tuple[Runbook | None, str]:
    try:
        return load(path), ""
    except RunbookError as error:
        return None, str(error)


def silent_losses(text: str) -> list[str]:
    """Return the units whose command is neither in the model nor told; a refusal tells of the whole document."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "runbook.md"
        path.write_bytes(text.encode())
        runbook, refusal = read_or_refusal(path)
        if runbook is None:
            assert refusal.startswith(f"{path}:")
            assert "\n" not in refusal
            return []
        found = inventory(read(path), runbook).found
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    told = " ".join([f"{sentence} {lines[line - 1]}" for line, sentence in found])
    for line, sentence in found:
        if "HTML" in sentence or "closed" in sentence:
            # The sentence is about all of a block, however long it is.
            told += " ".join(lines[line - 1 :])
    known = " ".join(f"{command.text} {command.stdin or ''}" for command in commands(runbook))
    return [unit for unit in sorted(set(UNIT.findall(text))) if unit not in known and unit not in told]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_read_whole(name: str) -> None:
    assert silent_losses(DOCUMENTS[name]) == []


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("edit", [*EDITS, *LAST], ids=lambda edit: edit.__name__)
def test_no_command_is_lost_by_one_edit(edit: Edit, name: str, seed: int) -> None:
    assert silent_losses(edit(DOCUMENTS[name], random.Random(seed))) == []


@given(
    st.sampled_from(sorted(DOCUMENTS)),
    st.lists(st.sampled_from(EDITS), max_size=5),
    st.sampled_from([(), *((each,) for each in LAST), LAST]),
    st.integers(0, 10_000),
)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)
def test_no_command_is_lost_by_several_edits(name: str, edits: list[Edit], last: tuple[Edit, ...], seed: int) -> None:
    chance = random.Random(seed)
    text = DOCUMENTS[name]
    for edit in [*edits, *last]:
        text = edit(text, chance)
    assert silent_losses(text) == []


def test_every_piece_of_the_own_edition_has_its_place() -> None:
    pieces = inventory(read(RUNBOOK), load(RUNBOOK))
    assert pieces.found == ()
    assert pieces.used > 500
    assert pieces.prose < pieces.used / 4
