"""Read dates, times and days in the spellings of other systems, as the ones of the contract."""

from __future__ import annotations

import calendar
import re
from datetime import datetime
from typing import Any, Final

DAYS: Final = tuple(calendar.day_name)
WRITTEN: Final = ("%d %b %Y", "%d %B %Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d")
"""Day before month, as the schedules themselves are printed."""
ZONE: Final = r"(?:[:.]\d.*|Z|[+-]\d\d:?\d\d)?"
"""What may follow hour and minute: seconds, a zone, or both."""
TIME: Final = re.compile(rf"(?:\d{{4}}-\d\d-\d\dT)?(\d{{1,2}})[:h.](\d\d){ZONE}(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
VENUES: Final = re.compile(r"\s*[,;/|\n]\s*")
NOON: Final = 12


def plain(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with day, date, times and venue as the contract writes them; what is none stays as it is."""
    read = {"day": _day, "date": _date, "startTime": _time, "endTime": _time, "venue": _venue}
    spelled = {key: function(event[key]) for key, function in read.items() if event.get(key)}
    weekly = event.get("isRecurring", bool(spelled.get("day")) and not spelled.get("date"))
    once = {} if weekly or not spelled.get("date") else {"day": None}  # the date says on which day it is
    return {**event, **spelled, **once, "isRecurring": weekly}


def _day(value: Any) -> Any:
    """Return the English name of a day that is written short, or in other letters."""
    text = str(value).strip().lower()
    return next((day for day in DAYS if text in (day.lower(), day[:3].lower())), value)


def _date(value: Any) -> Any:
    text = str(value).strip()
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return next((found for form in WRITTEN if (found := _by(text, form))), value)


def _by(text: str, form: str) -> str | None:
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007  (a day, in no zone)
    except ValueError:
        return None


def _time(value: Any) -> Any:
    found = TIME.fullmatch(str(value).strip())
    if found is None:
        return value
    hour, half = int(found[1]), (found[3] or "").lower()
    if half:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return f"{hour:02}:{found[2]}"


def _venue(value: Any) -> Any:
    parts = value if isinstance(value, list) else VENUES.split(str(value))
    return ", ".join(map(str, parts))
