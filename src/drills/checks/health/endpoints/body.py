"""Compare the body of an answer with the values that it has to have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN: Final = 80


def differences(found: Any, wanted: Any, at: str = "") -> Iterator[str]:
    """Say where *found* lacks what is *wanted*: an object may have more members, a list has as many elements."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            below = f"{at}.{name}".lstrip(".")
            if name in found:
                yield from differences(found[name], value, below)
            else:
                yield f"no {below}"
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, pair in enumerate(zip(found, wanted, strict=True)):
            yield from differences(*pair, f"{at}[{number}]")
    elif not _same(found, wanted):
        yield f"{at or 'the body'} is {_short(found)}, not {_short(wanted)}"


def _same(found: Any, wanted: Any) -> bool:
    """Whether both are one value: 1 and 1.0 are, 1 and true are not."""
    return isinstance(found, bool) is isinstance(wanted, bool) and bool(found == wanted)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
