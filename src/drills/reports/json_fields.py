"""Typed access to recorded JSON, with errors that name the file, the line and the field."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class RecordError(Exception):
    """A recorded file is missing or does not say what the format promises; the message is one sentence."""


@dataclass(frozen=True)
class Fields:
    """One recorded JSON object and where it stands, for instance ``history.jsonl:12``.

    Every getter raises RecordError when the field is absent or of another type.
    """

    where: str
    data: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a field that must be a string."""
        value = self._get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a string", value)
        return value

    def maybe_text(self, name: str) -> str | None:
        """Return a string, or None where the field is null or absent."""
        return None if self.data.get(name) is None else self.text(name)

    def number(self, name: str) -> float:
        """Return a field that must be a finite number."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._wrong(name, "a finite number", value)
        return float(value)

    def maybe_number(self, name: str) -> float | None:
        """Return a number, or None where the field is null or absent, or holds NaN: all mean no data."""
        value = self.data.get(name)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        return self.number(name)

    def whole(self, name: str) -> int:
        """Return a field that must be a whole number."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(name, "a whole number", value)
        return value

    def maybe_whole(self, name: str) -> int | None:
        """Return a whole number, or None where the field is null or absent."""
        return None if self.data.get(name) is None else self.whole(name)

    def maybe_flag(self, name: str) -> bool | None:
        """Return true or false, or None where the field is null or absent."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, "true or false", value)
        return value

    def inner(self, name: str) -> Fields:
        """Return a field that must be an object."""
        value = self._get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object", value)
        return Fields(f"{self.where}: {name}", value)

    def maybe_inner(self, name: str) -> Fields | None:
        """Return an object, or None where the field is null or absent."""
        return None if self.data.get(name) is None else self.inner(name)

    def objects(self, name: str) -> Iterator[Fields]:
        """Yield the objects of a field that must be a list of them."""
        for index, value in enumerate(self.items(name)):
            if not isinstance(value, dict):
                raise self._wrong(f"{name}[{index}]", "an object", value)
            yield Fields(f"{self.where}: {name}[{index}]", value)

    def items(self, name: str) -> list[Any]:
        """Return a field that must be a list."""
        value = self._get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "a list", value)
        return value

    def pair(self, name: str) -> tuple[float, float]:
        """Return a field that must be a list of two numbers, lowest first."""
        values = self.items(name)
        numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(numbers) != len(values) or len(numbers) != len(("low", "high")) or numbers != sorted(numbers):
            raise self._wrong(name, "two numbers, the lower one first", values)
        return numbers[0], numbers[1]

    def _get(self, name: str) -> Any:
        if name not in self.data:
            raise RecordError(f'{self.where}: expected a field "{name}", found only {sorted(self.data)}.')
        return self.data[name]

    def _wrong(self, name: str, expected: str, seen: object) -> RecordError:
        return RecordError(f'{self.where}: expected "{name}" to be {expected}, found {seen!r:.80}.')


def read_object(path: Path) -> Fields:
    """Read a file that holds one JSON object.

    Raises RecordError when it cannot be read or holds anything else.
    """
    return parse_object(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Read a recorded UTF-8 text file; raises RecordError when that is not possible."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RecordError(f"{path}: expected a recorded file, found none.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path}: cannot be read as UTF-8 text: {error}.") from error


def parse_object(text: str, where: str) -> Fields:
    """Parse one JSON object that stands at *where*; raises RecordError otherwise."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise RecordError(f"{where}: expected a JSON object, found {text!r:.60} ({error}).") from error
    if not isinstance(data, dict):
        raise RecordError(f"{where}: expected a JSON object, found {text!r:.60}.")
    return Fields(where, data)
