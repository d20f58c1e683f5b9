"""What the host tells the guest: which images and stores it was given, and what to drill."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class GuestPlan:
    """Names at the engine: the sandbox's *image*, its *base*, and the stores of two stacks."""

    base: str
    image: str
    reference_store: str
    drilled_store: str

    @property
    def stores(self) -> tuple[str, str]:
        """Both stores."""
        return self.reference_store, self.drilled_store

    def write(self, path: Path) -> None:
        """Write the plan as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> GuestPlan:
        """Read what `write` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
