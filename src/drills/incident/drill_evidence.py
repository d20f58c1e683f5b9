"""What a drill's record proves of the steps after a resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.record.events import RanCommand
from drills.record.last_words import last_words
from drills.record.measurements import AlertChange, Check, KeyMetric, OtherAlert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.head import Limit
    from drills.record.history import History

from drills.record.signal_quality import seen_until, threshold

SMOKE, ERROR_RATE = "smoke", "error rate"


@dataclass(frozen=True)
class Evidence:
    """What was seen at *t* (seconds): *point* are words of the step that it proves."""

    t: float
    point: str
    text: str


def evidence(history: History) -> Iterator[Evidence]:
    """Yield what the record shows of the steps after the resolution."""
    yield from _smoke(history)
    yield from _key_metrics(history)
    yield from _alerts(history)


def _smoke(history: History) -> Iterator[Evidence]:
    for ran in history.of(RanCommand, purpose="verify"):
        if SMOKE in ran.text:
            said = f"`{ran.text}` ended with exit code {ran.exit}: {last_words(ran.output)}"
            yield Evidence(ran.t, SMOKE, said)
    checks = [*history.of(Check, after="recover"), *history.of(Check, after="settled")]
    if checks:
        failed = [each.name for each in checks if not each.ok]
        said = f"failed: {', '.join(failed)}" if failed else "all passed"
        yield Evidence(max(each.t for each in checks), SMOKE, f"{len(checks)} checks after the recovery: {said}")


def _key_metrics(history: History) -> Iterator[Evidence]:
    newest = {each.name: each for each in history.of(KeyMetric) if each.t <= seen_until(history)}
    if newest:
        bad = [each.name for each in newest.values() if not _at_target(each)]
        said = f"not at their target: {', '.join(bad)}" if bad else "each at its target"
        text = f"{len(newest)} key metrics at their last look: {said}; how the dashboards look, a person says"
        yield Evidence(max(each.t for each in newest.values()), "dashboard", text)
    for name, each in newest.items():
        if each.value is not None and ERROR_RATE in name.lower():
            text = f"{name} was at {_shown(each.value, each.target)} at its last look (target {each.target.text})"
            yield Evidence(each.t, ERROR_RATE, text)


def _at_target(metric: KeyMetric) -> bool:
    return metric.value is not None and threshold(metric.target).satisfied_by(metric.value)


def _shown(value: float, target: Limit) -> str:
    return f"{value:.1%}" if target.text.endswith("%") else f"{value:.4g}"


def _alerts(history: History) -> Iterator[Evidence]:
    until = seen_until(history)
    changes = [(each.t, history.head.alert, each.to) for each in history.of(AlertChange)]
    changes += [(each.t, each.name, each.to) for each in history.of(OtherAlert)]
    state = {name: now for t, name, now in sorted(changes) if t <= until}
    active = [name for name, now in state.items() if now != "inactive"]
    said = f"not quiet: {', '.join(active)}" if active else "no alert of the runbook was active"
    yield Evidence(until, "alert", f"At the last look {said}")
