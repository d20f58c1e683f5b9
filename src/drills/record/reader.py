"""The one reader of a drill's record, for the judge and for the reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from drills.record.events import parse_event
from drills.record.format import FORMAT, RecordError
from drills.record.head import Drill
from drills.record.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from drills.record.events import AnyEvent

FILE = "history.jsonl"


def read(folder: Path) -> History:
    """Read the whole history of the arm in *folder*; a last line that a kill has torn is left out.

    Raises RecordError, with the file, the line and the field, for what is missing or malformed.
    """
    path = folder / FILE
    # A text's splitlines() would also break at a U+2028 in some output, and a torn character cannot be decoded.
    *whole, rest = _content(path).split(b"\n")
    lines = [(number, line) for number, line in enumerate(whole, start=1) if line.strip()]
    torn = bool(rest) and not _is_json(rest)
    if rest and not torn:
        lines.append((len(whole) + 1, rest))
    _require_format(lines[0][1] if lines else b"", f"{path}:1")
    return History(tuple(_events(lines, path)), torn)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RecordError(f"{path}: expected a recorded file, found none.") from None
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error}.") from error


def _events(lines: list[tuple[int, bytes]], path: Path) -> Iterator[AnyEvent]:
    for number, line in lines:
        event = parse_event(line, f"{path}:{number}")
        if isinstance(event, Drill) and number > 1:
            raise RecordError(f"{path}:{number}: expected one drill in a record, found a second one.")
        yield event


def _require_format(line: bytes, where: str) -> None:
    """Raise RecordError unless the first line is that of a drill in this format."""
    if not line:
        raise RecordError(
            f'{where}: expected a first line of kind "drill", found an empty file, no history of a drill.'
        )
    if not _is_json(line):
        raise RecordError(f"{where}: expected a JSON object, found {line.decode(errors='replace')!r:.60}.")
    head = json.loads(line)
    kind = head.get("kind") if isinstance(head, dict) else None
    if kind != "drill":
        raise RecordError(
            f'{where}: expected a first line of kind "drill", found "{kind}": it does not begin with what was drilled.'
        )
    if head.get("format") != FORMAT:
        raise RecordError(
            f"{where}: expected a record in format {FORMAT}, found {head.get('format', 'none')} "
            f"(written by drills {head.get('drills', 'unknown')}); run the drill again, or read it with that version."
        )


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
