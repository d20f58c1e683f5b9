"""The checks of a suite, in their order: what each stands on, and which a drill looks at before and after its fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.checks.definition import REGISTER
from drills.checks.dependencies import ordered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.checks.context import CheckContext
    from drills.checks.definition import Check
    from drills.checks.result import CheckResult


class Catalogue:
    """All checks that are registered when it is made; *stands_on* says what a check needs beyond its address."""

    def __init__(self, stands_on: Mapping[str, tuple[str, ...]], foundation: Mapping[str, str]) -> None:
        self.all: tuple[Check, ...] = ordered(REGISTER, stands_on, foundation)

    def essentials(self, context: CheckContext) -> list[CheckResult]:
        """Look at every part of the system once, a whole upload included."""
        return [one(context) for one in self.all if one.essential]


def common_checks() -> Catalogue:
    """Return the checks of parts that any system may have."""
    from drills.checks import parts  # noqa: PLC0415 - importing it registers its checks, which not every suite wants

    return Catalogue({}, parts.FOUNDATION)
