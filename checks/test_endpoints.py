"""Endpoints: what the target itself says that its system answers, whichever system it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.checks import Check


def test_endpoint(endpoint: Check, run_check: Callable[[Check], None]) -> None:
    """The check passes: the endpoint answers as the target says."""
    run_check(endpoint)
