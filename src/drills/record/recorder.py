"""The one writer of a drill's record: an event a line, checked, redacted and flushed while the drill runs."""

from __future__ import annotations

import json
import math
import threading
import time
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from drills.record.events import parse_event
from drills.record.format import FORMAT
from drills.record.head import Drill
from drills.record.reader import FILE
from drills.record.seal import FIELD, seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Self

    from drills.record.events import AnyEvent, MilestoneName

OUTPUT_LIMIT = 64 * 1024
DISTRIBUTION = "runbook-drills"


class Recorder:
    """Appends events to a drill's history, each flushed at once, redacted, with seconds since the drill began."""

    def __init__(self, folder: Path, redact: Callable[[str], str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.began = time.monotonic()
        self.began_at = time.time()
        self._redact = redact
        self._events: list[AnyEvent] = []
        self._lock = threading.Lock()  # the alert monitor writes from a thread of its own
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
        """Append one event of *kind*; *t* (seconds) is for what happened earlier. A closed record ignores it.

        Raises RecordError for a kind or a fact that the format does not have.
        """
        event = {"kind": kind, "t": round(self.now if t is None else t, 3), **self._clean(facts)}
        line = json.dumps(event | (_stamp() if kind == "drill" else {}), ensure_ascii=False, allow_nan=False)
        where = f"an event to be recorded in {self.folder}"
        typed = parse_event(line, where)
        if isinstance(typed, Drill):
            line = json.dumps(json.loads(line) | {FIELD: seal(typed)}, ensure_ascii=False, allow_nan=False)
            typed = parse_event(line, where)
        with self._lock:
            if not self._file.closed:
                self._events.append(typed)
                self._file.write(line + "\n")
                self._file.flush()

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """All events so far."""
        with self._lock:
            return tuple(self._events)

    def milestone(self, name: MilestoneName, *, t: float | None = None) -> None:
        """Mark a moment from which the judge counts."""
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
            return {key: self._clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(item) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None  # NaN is how Prometheus says that there is nothing to divide: no data
        return value


def _stamp() -> dict[str, Any]:
    try:
        return {"format": FORMAT, "drills": version(DISTRIBUTION)}
    except PackageNotFoundError:  # run from its sources
        return {"format": FORMAT, "drills": "not installed"}
