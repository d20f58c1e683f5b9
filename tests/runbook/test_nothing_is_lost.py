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
from tests.helpers.edited_runbooks import DOCUMENT, EDITS, LAST, UNIT
from tests.helpers.paths import RUNBOOK

if TYPE_CHECKING:
    from drills.runbook import Command, Runbook


def commands(runbook: Runbook) -> list[Command]:
    found = [*runbook.critical_commands]
    for incident in runbook.incidents:
        found += [command for step in incident.investigation for command in step.commands]
        found += [command for cause in incident.causes for command in (*cause.commands, *cause.original)]
        found += incident.verification
    return found


def silent_losses(text: str) -> list[str]:
    """Return the units whose command is neither in the model nor told; a refusal tells of the whole document."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "runbook.md"
        path.write_bytes(text.encode())
        try:
            runbook = load(path)
        except RunbookError as error:
            assert str(error).startswith(f"{path}:")
            assert "\n" not in str(error)
            return []
        found = inventory(read(path), runbook).found
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    told = " ".join([f"{sentence} {lines[line - 1]}" for line, sentence in found])
    for line, sentence in found:
        if "HTML" in sentence or "never closed" in sentence or "stands outside" in sentence:
            told += " ".join(lines[line - 1 : line + 6])
    read_text = " ".join(f"{command.text} {command.stdin or ''}" for command in commands(runbook))
    return [unit for unit in sorted(set(UNIT.findall(text))) if unit not in read_text and unit not in told]


def test_the_document_itself_is_read_whole() -> None:
    assert silent_losses(DOCUMENT) == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("edit", [*EDITS, *LAST], ids=lambda edit: edit.__name__)
def test_no_command_is_lost_by_one_edit(edit, seed: int) -> None:  # type: ignore[no-untyped-def]
    assert silent_losses(edit(DOCUMENT, random.Random(seed))) == []


@given(st.lists(st.sampled_from(EDITS), max_size=5), st.sets(st.sampled_from(LAST)), st.integers(0, 10_000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_no_command_is_lost_by_several_edits(edits: list, last: set, seed: int) -> None:  # type: ignore[type-arg]
    chance = random.Random(seed)
    text = DOCUMENT
    for edit in [*edits, *sorted(last, key=lambda edit: edit.__name__)]:
        text = edit(text, chance)
    assert silent_losses(text) == []


def test_every_piece_of_the_own_edition_has_its_place() -> None:
    pieces = inventory(read(RUNBOOK), load(RUNBOOK))
    assert pieces.found == ()
    assert pieces.used > 500
    assert pieces.prose < pieces.used / 4
