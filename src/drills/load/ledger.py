"""The clients' own record: one row a request, written the moment its outcome is known.

Loss is computed from here and never from the system's tables, which lose their rows together with the data.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class LedgerError(ValueError):
    """A file that is no ledger; the text names file, line and what to do."""


@dataclass(frozen=True)
class Promise:
    """What a system took responsibility for: its id, and what it deserves to become, in the words of the suite."""

    id: str
    deserves: str


@dataclass(frozen=True)
class Row:
    """One request and its outcome.

    `t` is when the outcome was known (seconds of this machine's monotonic clock), `at` the same moment in epoch
    seconds, `ms` milliseconds since the request was sent. `status` None means that no HTTP answer came. `ok` means
    that the client got what the contract promises for what it asked. `acknowledged` is the id of what the system took
    responsibility for with this answer, `deserves` what that should become.
    """

    t: float
    at: float
    client: str
    request: str
    op: str
    method: str
    route: str
    status: int | None
    ok: bool
    ms: float
    error: str | None = None
    acknowledged: str | None = None
    deserves: str | None = None


class Writer:
    """Appends to a ledger, one write call a row, so that neither a kill nor a second writer tears one."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, row: Row) -> None:
        """Append one row; it is in the file when this returns."""
        os.write(self._file, json.dumps(asdict(row), separators=(",", ":")).encode() + b"\n")

    def close(self) -> None:
        """Close the file; nothing is buffered."""
        os.close(self._file)


class Tail:
    """Follows a growing ledger; a last line that is not finished yet is left to the next call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._lines = 0

    def new(self) -> list[Row]:
        """Return the rows written since the last call; a file that is not there yet has none."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                chunk = file.read()
        except FileNotFoundError:
            return []
        whole = chunk[: chunk.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [self._row(line) for line in whole.splitlines()]

    def _row(self, line: bytes) -> Row:
        self._lines += 1
        try:
            return _parse(json.loads(line))
        except (ValueError, TypeError) as error:
            raise LedgerError(
                f"{self._path}:{self._lines}: expected one request as a JSON object, saw {line[:80]!r} ({error}); "
                "the file was changed by something else than load, so do not judge it."
            ) from None


def read(path: Path) -> list[Row]:
    """Return every finished row of the ledger; a torn last line (a killed client) is left out.

    Raises LedgerError for any other line that is no row, and when the file does not exist.
    """
    if not path.is_file():
        raise LedgerError(f"{path}: there is no ledger, so the traffic never started; read the log of locust.")
    return Tail(path).new()


def between(rows: Iterable[Row], start_s: float, end_s: float) -> list[Row]:
    """Return the rows whose outcome came in [start_s, end_s), seconds of the monotonic clock."""
    return [row for row in rows if start_s <= row.t < end_s]


def failed(rows: Iterable[Row]) -> list[Row]:
    """Return the rows whose client did not get what the contract promises."""
    return [row for row in rows if not row.ok]


def acknowledged(rows: Iterable[Row]) -> tuple[Promise, ...]:
    """Return what was promised, each id once, in the order of the promises."""
    promised = [Promise(row.acknowledged, row.deserves or "") for row in rows if row.ok and row.acknowledged]
    return once(promised)


def once(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    """Return each promise once, by its id; the first one stands."""
    first: dict[str, Promise] = {}
    for promise in promises:
        first.setdefault(promise.id, promise)
    return tuple(first.values())


def rate_rps(rows: Iterable[Row], start_s: float, end_s: float) -> float:
    """Return outcomes per second within [start_s, end_s); 0 for an empty interval."""
    return len(between(rows, start_s, end_s)) / (end_s - start_s) if end_s > start_s else 0.0


def _parse(data: Any) -> Row:
    if not isinstance(data, dict) or not isinstance(data.get("t"), int | float):
        raise TypeError("no object with a time t")
    if not isinstance(data.get("ok"), bool):
        raise TypeError("no ok that is true or false")
    known = {field.name for field in fields(Row)}
    return Row(**{key: value for key, value in data.items() if key in known})
