"""The form of everything recorded: frozen models, and one sentence for what does not fit them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

FORMAT = 2
"""The version of the format that this package writes and reads; a record of another version is refused."""

T = TypeVar("T")
_WANTED = {
    "finite_number": "a finite number",
    "float_type": "a finite number",
    "int_type": "a whole number",
    "string_type": "a string",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "an object",
    "dict_type": "an object",
}


class RecordError(ValueError):
    """A recorded file is missing or does not say what the format promises; the message is one sentence."""


class Recorded(BaseModel):
    """A part of a record: frozen, without fields that the format does not know, and strict about the type of each."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True)


def parse(model: TypeAdapter[T], line: str | bytes, where: str, *, tagged: bool = False) -> T:
    """Read one JSON object; *tagged* says that the object's kind chooses the model.

    Raises RecordError, which names *where* the object stands and the first field that is wrong.
    """
    try:
        return model.validate_json(line)
    except ValidationError as error:
        shown = line.decode(errors="replace") if isinstance(line, bytes) else line
        raise RecordError(f"{where}: {_sentence(error.errors()[0], shown, tagged=tagged)}") from None


def read_text(path: Path) -> str:
    """Read a recorded UTF-8 text file; raises RecordError when that is not possible."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RecordError(f"{path}: expected a recorded file, found none.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path}: cannot be read as UTF-8 text: {error}.") from error


def _sentence(error: ErrorDetails, line: str, *, tagged: bool) -> str:
    found, field = error["input"], _field(error["loc"][tagged:])
    match error["type"]:
        case "union_tag_invalid":
            return f"there is no kind of event {found.get('kind')!r} in format {FORMAT}."
        case "union_tag_not_found":
            return f'expected a field "kind", found only {sorted(found)}.'
        case "missing":
            return f'expected a field "{field}", found only {sorted(found)}.'
        case "extra_forbidden":
            return f'expected no field "{field}", found {found!r:.60}.'
    return _wrong_value(error, field) if field else f"expected a JSON object, found {line!r:.60}."


def _wrong_value(error: ErrorDetails, field: str) -> str:
    found = error["input"]
    if error["type"] in {"enum", "literal_error"}:
        words = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return f'expected "{field}" to be one of {words}, found "{found}".'
    wanted = _WANTED.get(error["type"]) or error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return f'expected "{field}" to be {wanted}, found {found!r:.60}.'


def _field(path: tuple[int | str, ...]) -> str:
    """Return the path of a field as text, such as `losses.jobs` or `commands[0]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
