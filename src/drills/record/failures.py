"""What went wrong inside a drill, as its record says it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.record.events import Failure

if TYPE_CHECKING:
    from drills.record.history import History


def last_error(history: History) -> str | None:
    """Return the last thing that went wrong, or None."""
    errors = history.of(Failure)
    return f"{errors[-1].phase}: {errors[-1].text}" if errors else None
