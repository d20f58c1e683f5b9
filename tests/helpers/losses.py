"""Losses and ends for hand-made records, by short names of their kinds."""

from __future__ import annotations

from typing import Any

KINDS = {
    "jobs": "jobs lost",
    "duplicates": "jobs done twice",
    "sessions": "sessions lost",
    "rows": "rows lost",
    "requests_failed": "requests failed",
}
HELD: dict[str, int | None] = {
    "jobs": 130,
    "duplicates": None,
    "sessions": 10,
    "rows": 130,
    "requests_failed": 1000,
}
WHAT = {"jobs": "jobs", "rows": "jobs", "sessions": "sessions", "requests_failed": "requests"}
PROMISED = ("jobs", "duplicates", "sessions", "rows")
COMPLETIONS = 130


def losses(held: dict[str, int | None] | None = None, /, **counts: int | None) -> list[dict[str, Any]]:
    """Return every kind of loss, none of anything but *counts*, of so many *held*."""
    of = HELD | (held or {})
    found: dict[str, int | None] = dict.fromkeys(KINDS, 0)
    return [
        {"kind": KINDS[name], "count": count, "of": of[name], "promised": name in PROMISED}
        for name, count in (found | counts).items()
    ]


def ends(held: dict[str, int | None] | None = None, /, **counts: int | None) -> list[dict[str, Any]]:
    """Return the ends that make up *counts* of losses, of so many *held*."""
    of = HELD | (held or {}) | {"duplicates": COMPLETIONS + (counts.get("duplicates") or 0)}
    lost = {name: counts.get(name) or 0 for name in KINDS}
    found = [_end(WHAT.get(name, name), KINDS[name], lost[name], KINDS[name]) for name in KINDS]
    well = {"duplicates": lost["duplicates"], "jobs": lost["jobs"] + lost["rows"]}
    for name in ("jobs", "duplicates", "sessions", "requests_failed"):
        kept = (of[name] or 0) - well.get(name, lost[name])
        found.append(_end(WHAT.get(name, name), "well", kept, None))
    return found


def _end(what: str, end: str, count: int, loss: str | None) -> dict[str, Any]:
    return {"what": what, "end": end, "count": count, "loss": loss}


NO_LOSSES = losses()
