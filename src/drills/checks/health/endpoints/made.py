"""Make the check of one address that a target asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.checks import Check, CheckSuite

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import CheckContext

PREFIX: Final = "endpoint"


def check_at(  # noqa: PLR0913  (a check is these facts)
    title: str,
    address: str,
    expected: str,
    function: Callable[[CheckContext], str],
    *,
    level: int,
    answer_s: float | None = None,
) -> Check:
    """Return a check of what is at *address*."""
    return Check(
        name=f"{PREFIX} {title}",
        suite=CheckSuite.SMOKE,
        needs=("front_url",),
        expected=expected,
        next_step="ask it by hand (curl -i), and read the log of what answers there",
        level=level,
        incident=None,
        function=function,
        address=address,
        answer_s=answer_s,
    )


def no_endpoints() -> Check:
    """Return a check that is left out, for a target without endpoints of its own."""
    return Check(
        name="endpoints",
        suite=CheckSuite.SMOKE,
        needs=("endpoints",),
        expected="endpoints in the target",
        next_step="declare them as [[endpoints]], or name an OpenAPI document",
        level=3,
        incident=None,
        function=lambda _: "none",
    )
