"""The page on the format of the records, made of the models themselves."""

from __future__ import annotations

import builtins
import types
import typing
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args, get_origin

from drills.record.arm_verdict import ArmVerdict, Command, ProvedSymptom
from drills.record.durability import Durability
from drills.record.events import KINDS, End, Loss
from drills.record.evidence_strength import EvidenceStrength
from drills.record.format import FORMAT, Recorded
from drills.record.head import Limit, PromiseHead, Runbook, SolutionLine, SolutionLines, SymptomHead
from drills.record.placebo_watch import PlaceboWatch
from drills.record.promises import JudgedPromise
from drills.record.second_channel import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES: dict[Any, str] = {str: "text", float: "number", int: "whole number", bool: "true or false", type(None): "null"}
PARTS: tuple[type[Recorded], ...] = (
    Limit,
    Runbook,
    SolutionLines,
    SolutionLine,
    SymptomHead,
    PromiseHead,
    Loss,
    End,
    ProvedSymptom,
    Command,
    Durability,
    EvidenceStrength,
    PlaceboWatch,
    JudgedPromise,
)
CHANNEL_WORDS = {
    "failed": "the clients' failed requests, from events `traffic`",
    "slow": "the clients' slow requests, from events `traffic`: more than 5 % of them are above a 95th percentile",
    "read": "a reading at its source, from events `second channel`",
    "journeys": "the journeys after the system has settled, from events `check`",
}
HEAD = f"""# Format of the records

This page is made of the models in `src/drills/record/`; `python -m drills.record.format_page > docs/record-format.md`
makes it again.

An arm of a drill leaves `drills/<cause>-<arm>/history.jsonl` in the output folder: an event a line, a JSON object each,
written and flushed as it happens. The first event has the kind `drill`. It names the format, {FORMAT} here; a record in
another one is refused. All fields of an event are there, but for those with a default. A last line that a kill cut off
is left out by the reader, and nothing else is. Secrets are masked before an event is written.

The head's hash tells a record of today from an older one of this format: a record without it has no promises, no
readings that rule causes out, and no events `machine`, `part` and `out of memory`; one with it has to have the
promises and those readings, none as an empty list. Any other record contradicts itself, and is UNKNOWN. A hash that
is made again for an altered head cannot be told.

`verdict.json` beside it is made of the history alone, and for a solution of the placebo's history as well:
`drills rejudge` makes it again and prints what differs.
"""


def page() -> str:
    """Return the page in Markdown."""
    events = (_table(model, f"Event `{model.model_fields['kind'].default}`") for model in KINDS)
    parts = (_table(model, model.__name__) for model in PARTS)
    return "\n".join([HEAD, *events, *parts, _table(ArmVerdict, "verdict.json"), _channels()])


def _channels() -> str:
    """Return which second channel stands beside the metric of each quantity."""
    rows = "\n".join(f"| `{quantity}` | {CHANNEL_WORDS[channel]} |" for quantity, channel in CHANNELS.items())
    summary = "A recovery is believed where this agrees with the metric; another quantity has the journeys."
    return f"## Second channels\n\n{summary}\n\n| quantity | second channel |\n|---|---|\n{rows}\n"


def _table(model: type[Recorded], title: str) -> str:
    summary = (model.__doc__ or "").split("\n\n")[0].strip()
    rows = "\n".join(_rows(model))
    return f"## {title}\n\n{summary}\n\n| field | type | unit | meaning |\n|---|---|---|---|\n{rows}\n"


def _rows(model: type[Recorded]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name != "kind":
            default = "" if field.is_required() else f" (default: {_default(field.default)})"
            kind = f"{_type(field.annotation)}{default}"
            yield f"| `{field.alias or name}` | {kind} | {_unit(name)} | {field.description} |"


def _default(value: object) -> str:
    if value is None:
        return "null"
    return f"`{value}`" if isinstance(value, str) and value else "empty"


def _unit(name: str) -> str:
    """Return the unit, which a field's name ends with."""
    if name in {"t", "seconds"} or name.endswith("_s"):
        return "seconds"
    if name.endswith("_rps"):
        return "requests a second"
    return "minutes" if name.endswith("_minutes") else ""


def _type(annotation: Any) -> str:
    """Return a type in the words of JSON."""
    arguments = get_args(annotation)
    match get_origin(annotation):
        case types.UnionType | typing.Union:
            return " or ".join(_type(argument) for argument in arguments)
        case builtins.tuple:
            return f"list of {_type(arguments[0])}" if Ellipsis in arguments else f"list of {len(arguments)} numbers"
        case builtins.dict:
            return f"object of {_type(arguments[1])}"
    return _type(annotation.__origin__) if hasattr(annotation, "__metadata__") else _simple_type(annotation)


def _simple_type(annotation: Any) -> str:
    words = get_args(annotation) or (annotation if issubclass(annotation, StrEnum) else ())
    if words:
        return ", ".join(f"`{word}`" for word in words)
    return _NAMES.get(annotation) or f"[{annotation.__name__}](#{annotation.__name__.lower()})"


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
