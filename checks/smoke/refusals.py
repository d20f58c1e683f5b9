"""What a refusal says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.target import to_the_letter
from drills.checks import CheckFailed, body, brief, said

if TYPE_CHECKING:
    import httpx

    from drills.checks import CheckContext


def refusal_of(context: CheckContext, answer: httpx.Response, value: str) -> str:
    """Return status and message of a refusal; raises CheckFailed where, by the letter, it has to name *value*."""
    if to_the_letter(context) and value not in str(body(answer).get("message")):
        raise CheckFailed(f"{answer.status_code} without {value!r} in its message: {brief(answer)}")
    return said(answer)
