"""Clean-up of a run: what it left behind is removed at its end, and what a killed run left by the next one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from drills.checks.artifacts import Kind, left_over, new_notes
from drills.checks.cleanup.removal import remove
from drills.checks.cleanup.report import counted
from drills.checks.cleanup.sweep import forgotten, unanswered

if TYPE_CHECKING:
    from pathlib import Path

    from drills.checks.artifacts import Artifacts
    from drills.checks.cleanup.report import Tidied
    from drills.checks.target import Target

FOLDER: Final = "traces"
"""Where runs keep their notes, below the output."""
LATE_S: Final = 600.0
"""How long a killed run's uploads are looked for; the contract wants them done within a minute."""
GIVE_UP_S: Final = 86400.0
"""The system itself forgets a job after this long (the contract's `expiresAt`)."""


def notes_of(output: Path, target: Target) -> Artifacts:
    """Return empty notes for a run against `target`."""
    return new_notes(output / FOLDER, _system(target))


def clear_left_over(output: Path, target: Target) -> list[str]:
    """Remove what runs against `target` noted and did not live to remove; return what there is to say."""
    said = []
    for notes in left_over(output / FOLDER, _system(target)):
        said += [f"from a run that was killed: {text}" for text in _clear(notes, target, LATE_S)]
    return said


def clear(notes: Artifacts, target: Target) -> list[str]:
    """Remove what this run noted, and what is tagged and long forgotten; return what there is to say.

    A run that left nothing looks for nothing: whoever only reads is not to delete.
    """
    if not notes.all():
        return []
    said = _clear(notes, target, 0.0)
    old = forgotten(target)
    return said + [f"long forgotten: {text}" for text in remove(target, old).sentences()]


def _clear(notes: Artifacts, target: Target, late_s: float) -> list[str]:
    """Remove what is noted; an upload without an answer may still become a job for *late_s*."""
    now = time.time()
    noted = notes.all()
    uploads = [one for one in noted if one.kind is Kind.UPLOAD]
    tidied = remove(target, [one for one in noted if one.kind is not Kind.UPLOAD])
    tidied.add(remove(target, unanswered(target, uploads)))
    kept = [one for one in tidied.left if now - one.at_s < GIVE_UP_S]
    notes.keep(kept + [one for one in uploads if now - one.at_s < late_s])
    return [*tidied.sentences(), *_given_up(tidied, len(kept))]


def _system(target: Target) -> str:
    """Name the system in notes, which outlive a killed run and are read by whoever may see the output."""
    return target.redact(target.front_url)


def _given_up(tidied: Tidied, kept: int) -> list[str]:
    """Say what nobody will try to remove any more."""
    count = len(tidied.left) - kept
    return [f"{counted(count, 'artifact')} given up after a day"] if count else []
