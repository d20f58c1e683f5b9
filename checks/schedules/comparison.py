"""Compare the events that the system found with those of the schedule that was printed, as a whole."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from checks.schedules.spellings import plain
from drills.checks import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.schedules.expected import Expected

SHOWN: Final = 5
KEYS: Final = ("module", "activity", "group", "day", "date", "startTime", "endTime", "venue")


def require_events(found: Any, wanted: Sequence[Expected], *, as_written: bool) -> list[dict[str, Any]]:
    """Return the events *found* in an answer.

    Raises CheckFailed unless they are *wanted*, with every field, each once, in order, and with an id of its own;
    *as_written* is whether days, dates and times have to be spelled as in the contract.
    """
    if not isinstance(found, list) or not found or not all(isinstance(event, dict) for event in found):
        raise CheckFailed(f"no events, but {json.dumps(found)[:80]}")
    spelled = found if as_written else [plain(event) for event in found]
    events, right = [_facts(event) for event in spelled], [_wanted(one) for one in wanted]
    if Counter(events) != Counter(right):
        missing, added = _some(Counter(right) - Counter(events)), _some(Counter(events) - Counter(right))
        raise CheckFailed(f"other events than those of the schedule: missing {missing}, added {added}")
    if events != right:
        place = next(place for place, pair in enumerate(zip(events, right, strict=True)) if pair[0] != pair[1])
        raise CheckFailed(
            f"another order than the schedule's: {events[place]} at place {place + 1}, not {right[place]}"
        )
    _require_ids(found)
    return found


def _require_ids(events: list[dict[str, Any]]) -> None:
    ids: list[Any] = [event.get("id") for event in events]
    if not all(isinstance(each, str) and each for each in ids):
        raise CheckFailed(f"events without an id: {ids[:SHOWN]}")
    twice = sorted(each for each, count in Counter(ids).items() if count > 1)
    if twice:
        raise CheckFailed(f"several events of one id: {twice[:SHOWN]}")


def _wanted(one: Expected) -> str:
    return json.dumps([*one, one.day is not None])


def _facts(event: dict[str, Any]) -> str:
    # A field that does not apply may be empty, null or not there.
    return json.dumps([*(event.get(key) or None for key in KEYS), event.get("isRecurring")])


def _some(events: Counter[str]) -> list[str]:
    return sorted(events.elements())[:SHOWN]
