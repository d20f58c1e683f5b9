"""Sort the rows of the runbook by what is known of them, and word the sentence on top of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drills.record.durability import CURE, RELIEF
from drills.record.verdicts import DOCUMENTED, RECOVERED
from drills.reports import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drills.record.arm_verdict import ArmVerdict
    from drills.reports.collect import Cause, Run


@dataclass(frozen=True)
class Group:
    """Rows of which the same is known: *word* follows their count, *about* says what it means."""

    key: str
    word: str
    about: str


PROVEN: Final = Group(
    "proven", "proven", "the commands brought the system back, doing nothing did not, nothing promised was lost"
)
RELIEF_ONLY: Final = Group("relief", "relief only", "the commands help, and the incident comes back")
AT_A_COST: Final = Group("cost", "proven at a cost", "the commands help, and something promised was lost")
REFUTED: Final = Group("refuted", "refuted", "the documented commands did not bring the system back, or did harm")
UNKNOWN: Final = Group("unknown", "unknown", "the drill did not see enough to say anything")
UNPROVEN: Final = Group("unproven", "unproven", "it recovered, but no placebo was held beside it")
NOT_RUN: Final = Group("not-run", "not run", "a documented command did not run, so the row was not tried")
BY_ITSELF: Final = Group("spontaneous", "over by itself", "the incident also passed without the commands")
NOT_DRILLED: Final = Group("not-drilled", "not drilled", "this run has no verdict on it: unknown, not fine")
GROUPS: Final = (
    PROVEN, RELIEF_ONLY, AT_A_COST, REFUTED, UNKNOWN, UNPROVEN, NOT_RUN, BY_ITSELF, NOT_DRILLED,
)  # fmt: skip
ALWAYS_COUNTED: Final = (PROVEN, RELIEF_ONLY, REFUTED, UNKNOWN, UNPROVEN, NOT_RUN, NOT_DRILLED)
"""On top of the page even where there are none: that nothing was refuted is worth saying."""
_OF_STANDING: Final = {
    None: NOT_DRILLED,
    "CONFIRMED": PROVEN,
    "CONFIRMED_WITH_LOSS": AT_A_COST,
    "REFUTED": REFUTED,
    "NOT RUN": NOT_RUN,
    "UNPROVEN": UNPROVEN,
    "SPONTANEOUS": BY_ITSELF,
    "UNKNOWN": UNKNOWN,
    "INVALID": UNKNOWN,
    "DIRTY": UNKNOWN,
}


def group_of(run: Run, cause: Cause) -> Group:
    """Return what is known of the row *cause*, its placebo and the durability of its recovery taken into account."""
    found = _OF_STANDING[run.standing(cause.id)]
    solution = run.of(cause.id, DOCUMENTED)
    relieves = solution is not None and phrases.lasting(solution) == RELIEF
    return RELIEF_ONLY if relieves and found in (PROVEN, AT_A_COST) else found


def counted(groups: Iterable[Group]) -> list[tuple[Group, int]]:
    """Count the rows of each group, in the order of groups; most empty ones are left out."""
    found = list(groups)
    return [(group, found.count(group)) for group in GROUPS if group in ALWAYS_COUNTED or group in found]


def headline(run: Run) -> str:
    """Word how many rows are proven, and what is known of the others."""
    rows = len(run.causes)
    counts = ", ".join(f"{count} {group.word}" for group, count in counted(group_of(run, c) for c in run.causes))
    named = f"Of {rows} rows of the runbook" if run.coverage else f"Of the {rows} rows recorded here"
    return f"{named}: {counts}."


def certainty(run: Run) -> list[str]:
    """Word how sure that is: placebos, chance, whether recoveries last, and verdicts that were not expected."""
    solutions = [v for cause in run.causes if (v := run.of(cause.id, DOCUMENTED))]
    back = [v for v in solutions if run.standing(v.cause) in RECOVERED]
    sentences = [_beside_placebos(back), *_by_chance(back), *_lasting(back)] if back else []
    return [*sentences, "Each arm was held once in this run."]


def unexpected(run: Run) -> list[str]:
    """Word each arm whose verdict is another than earlier runs established."""
    return [f"{v.cause} {v.arm}: {v.verdict}, {surprise}" for v in run.verdicts if (surprise := phrases.surprise(v))]


def _beside_placebos(back: list[ArmVerdict]) -> str:
    rows = "the one row that recovered did" if len(back) == 1 else f"each of the {len(back)} rows that recovered did"
    return f"How sure: {rows} so beside a placebo that stayed bad."


def _by_chance(back: list[ArmVerdict]) -> list[str]:
    chances = [found.p for v in back if (found := v.evidence_strength) and found.needed and found.p is not None]
    gauges = sum(1 for v in back if v.evidence_strength and not v.evidence_strength.needed)
    said = []
    if chances:
        weakest = max(chances)
        figure = f"below {phrases.PLAIN:g}" if weakest < phrases.PLAIN else f"of {weakest:.2g}"
        tests = "the one test gives" if len(chances) == 1 else f"the weakest of {len(chances)} tests gives"
        said.append(f"That it came by chance, {tests} a probability {figure}.")
    if gauges:
        said.append(f"{_rows(gauges, 'is', 'are')} measured by a gauge, which needs no such test.")
    return said


def _lasting(back: list[ArmVerdict]) -> list[str]:
    cures = sum(phrases.lasting(v) == CURE for v in back)
    return [f"{_rows(cures, 'was', 'were')} seen to last, under the same load again and after a restart."]


def _rows(count: int, one: str, many: str) -> str:
    return f"{count} {f'row {one}' if count == 1 else f'rows {many}'}"
