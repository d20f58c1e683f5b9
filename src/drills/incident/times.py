"""Moments and lengths as incident documents write them; all times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from drills.incident.errors import IncidentError
from drills.runbook.windows import duration_s

MINUTE_S = 60
HOUR_S = 3600
SHORT_S = 10
"""Lengths below this have a decimal: two moments of a drill often lie within one second."""


def moment(text: str) -> datetime:
    """Read an ISO 8601 time; one without a zone is UTC. Raises IncidentError for anything else."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise IncidentError(f"{text!r:.60} is no time; expected one like 2026-03-01T03:15 (UTC)") from None


def to_minute(at: datetime) -> str:
    """Write a moment as `YYYY-MM-DD HH:MM UTC`."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def exact(at: datetime) -> str:
    """Write a moment as `YYYY-MM-DD HH:MM:SS UTC`."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def clock(at: datetime, since: datetime) -> str:
    """Write the time of day of a moment, with its seconds; with its day, if that is not the day of *since*."""
    return f"{at:%H:%M:%S}" if at.date() == since.date() else f"{at:%Y-%m-%d %H:%M:%S}"


def length(between: timedelta) -> str:
    """Write how long something lasted: hours and minutes, or what is left of these."""
    seconds = max(0.0, between.total_seconds())
    if seconds < SHORT_S:
        return f"{seconds:.1f} seconds"
    if seconds < MINUTE_S:
        return f"{seconds:.0f} seconds"
    if seconds < HOUR_S:
        return _count(int(seconds // MINUTE_S), "minute")
    hours, rest = divmod(int(seconds), HOUR_S)
    return f"{_count(hours, 'hour')} {_count(rest // MINUTE_S, 'minute')}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def deadline(words: str, since: datetime) -> datetime | None:
    """Return until when `Within 48 hours` lasts, counted from *since*; None where the words name no length."""
    seconds = duration_s(words)
    return None if seconds is None else since + timedelta(seconds=seconds)
