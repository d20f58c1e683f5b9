"""The hash in a record's head, by which a record of today is told from an older one, and from an altered one. Pure.

Without it a head that lost its promises would pass for one that is older than promises. An older record has no hash,
and then none of what is written since there is one.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from drills.record.measurements import Machine, OutOfMemory, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.head import Drill
    from drills.record.history import History

FIELD = "head_sha256"
KINDS = (Machine, OutOfMemory, Part)
"""Events that no record without a hash has."""
FIELDS = ("promises", "rules_out")
"""What no head without a hash has."""
REQUIRED = ("run", "solution_lines", "symptom", *FIELDS)
"""What each head with a hash has; a drill without a symptom ends before its fault."""


def seal(head: Drill) -> str:
    """Return the SHA-256 of all other fields that the head was written with."""
    told = head.model_dump(mode="json", exclude={FIELD}, exclude_unset=True)
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_seal(history: History) -> Iterator[str]:
    """Yield a sentence for what the head's hash does not bear out, or for what is there and has no hash beside it."""
    head = history.head
    if head.head_sha256 is None:
        since = [name for name in FIELDS if getattr(head, name) is not None]
        since += sorted({event.kind for event in history.events if isinstance(event, KINDS)})
        if since:
            yield f"its head has no hash, and the record has {', '.join(since)}, written only since heads have one"
        return
    if head.head_sha256 != seal(head):
        yield "the hash in its head is not that of the head's other fields"
    missing = [name for name in REQUIRED if getattr(head, name) is None]
    if missing:
        yield f"its head has a hash, and not what is written with it: {', '.join(missing)}"
