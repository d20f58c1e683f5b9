"""What came of cleaning up: what was removed, what stays and why, and what the next run has to try again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from drills.checks.artifacts import Artifact, Kind


@dataclass
class Tidied:
    """Grows while things are removed; `stays` are sentences, `left` are the traces to try again."""

    removed: Counter[Kind] = field(default_factory=Counter)
    stays: list[str] = field(default_factory=list)
    left: list[Artifact] = field(default_factory=list)

    def stay(self, artifacts: Collection[Artifact], why: str, *, again: bool) -> None:
        """Say that `traces` stay; *again* is whether a later run may be luckier."""
        if artifacts:
            self.stays.append(f"{counted(len(artifacts), next(iter(artifacts)).kind)} {_verb(len(artifacts))}: {why}")
            self.left += artifacts if again else ()

    def add(self, other: Tidied) -> None:
        """Take over what came of removing something else."""
        self.removed.update(other.removed)
        self.stays += other.stays
        self.left += other.left

    def sentences(self) -> list[str]:
        """Return what there is to say, in a line each; nothing where nothing was left."""
        gone = ", ".join(counted(count, kind) for kind, count in sorted(self.removed.items()) if count)
        return [*([f"removed again: {gone}"] if gone else []), *self.stays]


def counted(count: int, noun: str) -> str:
    """Return the number with its noun, such as "2 jobs"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _verb(count: int) -> str:
    return "stays" if count == 1 else "stay"
