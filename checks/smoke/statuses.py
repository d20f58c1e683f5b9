"""The status that the contract gives to the letter, and those by which any system of its kind may say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checks.target import to_the_letter

if TYPE_CHECKING:
    from drills.checks import CheckContext

OK: Final = 200
CREATED: Final = 201
FOUND: Final = 302
MADE: Final = (200, 201, 202)
DONE: Final = (*MADE, 204)
AWAY: Final = (302, 303, 307)
WRONG: Final = (400, 404, 409, 410, 413, 415, 422)
"""What is wrong with a request itself: neither who asks (401, 403) nor how often (429)."""


def done(context: CheckContext) -> tuple[int, ...]:
    """Return how a POST is answered that did what it was to do."""
    return (OK,) if to_the_letter(context) else DONE


def made(context: CheckContext) -> tuple[int, ...]:
    """Return how a POST is answered that made something."""
    return (CREATED,) if to_the_letter(context) else MADE


def led_away(context: CheckContext) -> tuple[int, ...]:
    """Return how a browser is sent to another address."""
    return (FOUND,) if to_the_letter(context) else AWAY


def refused(context: CheckContext, status: int) -> tuple[int, ...]:
    """Return how a request that is wrong is refused, by the letter with *status*."""
    return (status,) if to_the_letter(context) else (status, *WRONG)
