"""The context that the checks of one run share: the target, the runbook, the artifacts and the browser."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drills.checks.artifacts import Artifacts
from drills.checks.browser.browser import Browser
from drills.runbook.expressions import Expressions
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from drills.checks.target import Target
    from drills.runbook import Runbook


@dataclass(frozen=True)
class CheckContext:
    """*artifacts* takes notes of what has to be removed again; *browser* is for journeys, and the run closes it.

    *expressions* are the system's PromQL, for a Prometheus that has not loaded the runbook's rules. *time_scale* is
    what its rules divide the documented windows by, 1 for real time. *down* are the checks that nothing answered, of
    those in spite of which a check is tried.
    """

    target: Target
    runbook: Runbook
    artifacts: Artifacts = field(default_factory=Artifacts)
    browser: Browser = field(default_factory=Browser)
    expressions: Expressions = field(default_factory=Expressions)
    time_scale: float = 1.0
    down: frozenset[str] = frozenset()

    @property
    def answer_s(self) -> float:
        """Seconds after which an answer is slow: the target's own limit, or the key metric's target in the runbook.

        Infinite where neither names one.
        """
        if self.target.answer_s is not None:
            return self.target.answer_s
        limits = (
            metric.target.value for metric in self.runbook.metrics if metric.quantity is Quantity.RESPONSE_TIME_P95
        )
        return next(limits, math.inf)
