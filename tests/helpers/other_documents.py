"""Documents that are no schedule."""

from functools import lru_cache

from checks.schedules.drawing import page


@lru_cache
def not_a_schedule_pdf() -> bytes:
    """Return a valid PDF without any schedule's title: the backend must refuse it."""
    return bytes(page("Minutes of the stamp collectors' society").output())
