"""Whether an alert rule says what the runbook says, its limit, statistic and window, or whether that cannot be told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drills.runbook.alert_rules.arithmetic import scaled, windows_s, without_windows
from drills.runbook.alert_rules.compared import SAME, Agreement, Compared
from drills.runbook.alert_rules.limits import Absence, Condition, Limit, NoLimit, conditions
from drills.runbook.alert_rules.tree import UnknownPromQL, parse
from drills.runbook.alert_rules.values import DOWNWARD, UPWARD, compare_limit, whole_numbers
from drills.runbook.errors import RunbookError
from drills.runbook.model import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drills.runbook.alert_rules.tree import Node
    from drills.runbook.model import Alert


def compare(
    alert: Alert, query: str, for_s: float | None, recorded: Mapping[str, str], time_scale: float = 1.0
) -> Compared:
    """Compare a loaded rule with the alert that the runbook documents.

    *for_s* is how long (seconds) the rule waits, None where that is not known; *recorded* are the recording rules by
    name. *time_scale* divides the documented window. Where the tree does not decide it, the result says so.
    """
    try:
        alert.threshold.value  # noqa: B018 - a document may leave it to the rule itself
        node = parse(query, recorded)
    except RunbookError:
        return Compared(Agreement.UNDECIDED, "the runbook gives it no limit")
    except UnknownPromQL as error:
        return Compared(Agreement.UNDECIDED, f"it cannot be read here: {error}")
    except ValueError as error:
        return Compared(Agreement.DIFFERENT, f"it is no PromQL: {error}")
    found = conditions(node)
    limit = _any_of(alert, found)
    if limit.agreement is not Agreement.SAME or for_s is None or alert.window_s is None:
        return limit
    return _window(alert.window_s / time_scale, for_s, node)


def _any_of(alert: Alert, found: tuple[Condition, ...]) -> Compared:
    """Compare a rule that fires in any of several ways; being told that a series is missing changes no limit."""
    ways = [one for one in found if not isinstance(one.main, Absence)] or list(found)
    results = [_condition(alert, one) for one in ways]
    kinds = {one.agreement for one in results}
    if kinds == {Agreement.SAME}:
        return SAME
    if Agreement.SAME in kinds:
        return Compared(Agreement.UNDECIDED, "it fires in other ways as well")
    worst = Agreement.UNDECIDED if Agreement.UNDECIDED in kinds else Agreement.DIFFERENT
    return next(one for one in results if one.agreement is worst)


def _condition(alert: Alert, condition: Condition) -> Compared:
    """Compare one way to fire: any of what has to hold may be the documented limit, the rest are guards."""
    main = _single(alert, condition.main)
    others = [_condition(alert, guard) for guard in condition.guards]
    if main.agreement is Agreement.SAME:
        return _unless_narrowed(alert, condition)
    if any(one.agreement is Agreement.SAME for one in others):
        if main.agreement is Agreement.UNDECIDED or main.foreign:
            return SAME
        return Compared(Agreement.UNDECIDED, "the documented limit only guards another one")
    return main


def _unless_narrowed(alert: Alert, condition: Condition) -> Compared:
    """Compare the guards: one on the same figure makes the limit another one, unless it says nothing new."""
    main = condition.main
    for limit in (guard.main for guard in condition.guards):
        if not (isinstance(main, Limit) and isinstance(limit, Limit) and _figure(main) == _figure(limit)):
            continue
        if not _follows(main, limit) and _single(alert, limit).agreement is not Agreement.SAME:
            return Compared(Agreement.UNDECIDED, f"a second limit on the same figure, {limit.op} {limit.value:g}")
    return SAME


def _figure(limit: Limit) -> Node | None:
    core = scaled(limit.subject).core
    return None if core is None else without_windows(core)


def _follows(main: Limit, guard: Limit) -> bool:
    """Whether a guard on the same figure holds whenever the limit does."""
    if main.op in UPWARD:
        return guard.op in (*UPWARD, "!=") and guard.value <= main.value
    return main.op in DOWNWARD and guard.op in (*DOWNWARD, "!=") and guard.value >= main.value


def _single(alert: Alert, main: Limit | Absence | NoLimit) -> Compared:
    match main:
        case NoLimit(why, decided):
            return Compared(Agreement.DIFFERENT if decided else Agreement.UNDECIDED, why)
        case Absence(subject):
            return _absence(alert, subject)
    return compare_limit(alert, main)


def _absence(alert: Alert, subject: Node) -> Compared:
    """Compare `absent(up == 1)`, which says that none is up; `absent(up)` is silent while `up` is 0."""
    limits = [one.main for one in conditions(subject) if isinstance(one.main, Limit)]
    alive = [whole_numbers(limit.op, limit.value) for limit in limits]
    if alert.quantity is Quantity.HEALTH and any(numbers and numbers[0] == 1 for numbers in alive):
        return SAME
    return Compared(Agreement.DIFFERENT, "it fires where there is no series, whatever the values are")


def _window(wanted_s: float, for_s: float, node: Node) -> Compared:
    """Compare how long the rule waits; one that waits not at all may count over the documented time instead."""
    if math.isclose(for_s, wanted_s, rel_tol=1e-3):
        return SAME
    counted = any(math.isclose(one, wanted_s, rel_tol=1e-3) for one in windows_s(node))
    if counted and not for_s:
        return SAME
    if counted:
        return Compared(
            Agreement.UNDECIDED, f"it counts over {wanted_s:g} s and then waits {for_s:g} s, the runbook names one time"
        )
    return Compared(Agreement.DIFFERENT, f"it fires after {for_s:g} s, not after {wanted_s:g} s")
