"""The record of a drill: written line by line while it runs, read back by the judge, then and later."""

from __future__ import annotations

import json
import math
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Self

FILE = "history.jsonl"
OUTPUT_LIMIT = 64 * 1024

Event = dict[str, Any]


class Recorder:
    """Appends events to a drill's history, each flushed at once, redacted, with seconds since the drill began."""

    def __init__(self, folder: Path, redact: Callable[[str], str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.began = time.monotonic()
        self.began_at = time.time()
        self._redact = redact
        self._events: list[Event] = []
        self._lock = threading.Lock()  # the watch writes from a thread of its own
        self._file = (folder / FILE).open("w", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._file.close()

    @property
    def now(self) -> float:
        """Seconds since the drill began, monotonic."""
        return time.monotonic() - self.began

    def write(self, kind: str, *, t: float | None = None, **facts: Any) -> None:
        """Append one event of *kind*; *t* is for what happened earlier than now. A closed record ignores it."""
        event = {"kind": kind, "t": round(self.now if t is None else t, 3), **self._clean(facts)}
        line = json.dumps(event, ensure_ascii=False, allow_nan=False)
        with self._lock:
            if not self._file.closed:
                self._events.append(json.loads(line))
                self._file.write(line + "\n")
                self._file.flush()

    @property
    def events(self) -> tuple[Event, ...]:
        """All events so far."""
        with self._lock:
            return tuple(self._events)

    def milestone(self, name: str, *, t: float | None = None) -> None:
        """Mark a moment that matters: injected, confirmed, firing, acted, resolved, recovered, watched."""
        self.write("milestone", t=t, name=name)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Record the begin and the end of a phase, and whether it ended well."""
        self.write("phase", name=name, event="begin", ok=None, note=None)
        try:
            yield
        except BaseException as error:
            self.write("phase", name=name, event="end", ok=False, note=str(error))
            raise
        self.write("phase", name=name, event="end", ok=True, note=None)

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._redact(value)[-OUTPUT_LIMIT:]
        if isinstance(value, dict):
            return {key: self._clean(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(each) for each in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None  # NaN is how Prometheus says that there is nothing to divide: no data
        return value


@dataclass(frozen=True)
class History:
    """What happened in one arm of a drill, in order; times in seconds since its beginning."""

    events: tuple[Event, ...]

    @property
    def head(self) -> Event:
        """The first event, which says what was drilled."""
        return self.events[0]

    @property
    def end_s(self) -> float:
        """When the last event was recorded."""
        return max(float(event["t"]) for event in self.events)

    def of(self, kind: str, **facts: Any) -> list[Event]:
        """Return the events of *kind* that carry these facts."""
        wanted = facts.items()
        return [event for event in self.events if event["kind"] == kind and wanted <= event.items()]

    def milestone(self, name: str, *, after_s: float = 0.0) -> float | None:
        """Return when a moment first came, at *after_s* seconds or later, or None when it never did."""
        found = [float(event["t"]) for event in self.of("milestone", name=name)]
        return next((t for t in found if t >= after_s), None)

    def samples(self, start_s: float, end_s: float) -> list[tuple[float, float | None]]:
        """Return (time, value) of the metric within the closed interval; None is no data."""
        found = [(float(event["t"]), event["value"]) for event in self.of("sample")]
        return sorted(((t, value) for t, value in found if start_s <= t <= end_s), key=lambda sample: sample[0])


def read(folder: Path) -> History:
    """Read a drill's history; a last line that a kill has torn is left out. Raises ValueError when there is none."""
    events = list(_events((folder / FILE).read_bytes()))
    if not events or events[0].get("kind") != "drill":
        raise ValueError(f"{folder / FILE} does not begin with what was drilled: it is no history of a drill.")
    return History(tuple(events))


def _events(content: bytes) -> Iterator[Event]:
    # A text's splitlines() would also break at a U+2028 in some output, and a torn sign cannot be decoded.
    lines = content.rstrip(b"\n").split(b"\n") if content else []
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except ValueError:
            if number < len(lines):
                raise ValueError(
                    f"line {number} of the history is not JSON: {line[:80].decode(errors='replace')!r}"
                ) from None
