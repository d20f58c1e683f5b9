"""Say what a recorded drill proves. Pure: the same history gets the same verdict, now or on an old record."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from runbook.model import Threshold
from scenarios.drill.scenario import Arm, Verdict

if TYPE_CHECKING:
    from scenarios.drill.history import Event, History

BLIND_S = 3.0
"""A gap between two samples longer than this is a time in which the judge saw nothing (evaluations come each 0.5 s)."""
ENOUGH_TRAFFIC = 0.8
"""The share of the intended rate below which a metric of the traffic means nothing."""
COSTLY = ("jobs", "duplicates", "sessions", "rows")
"""Losses that make a confirmation one with loss; failed requests are the incident itself."""


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason in one sentence; times in seconds, None where the moment never came."""

    verdict: Verdict
    reason: str
    ttd_s: float | None = None
    ttr_s: float | None = None
    action_s: float | None = None


def judge(history: History) -> Judgement:
    """Judge one arm from its history alone."""
    recovered = recovered_at(history)
    verdict, reason = _verdict(history, recovered)
    acted = history.moment("acted")
    return Judgement(
        verdict,
        reason,
        ttd_s=_between(history.moment("injected"), history.moment("firing")),
        ttr_s=_between(acted, recovered),
        action_s=_between(acted, history.moment("resolved")),
    )


def judge_pair(documented: Judgement, placebo: Judgement | None) -> Judgement:
    """Take the placebo into account: a recovery that also comes without the solution proves nothing about it."""
    if placebo and placebo.verdict is Verdict.SPONTANEOUS and documented.verdict in _CONFIRMATIONS:
        reason = f"the documented arm recovered, but doing nothing did too: {placebo.reason}"
        return Judgement(Verdict.SPONTANEOUS, reason, documented.ttd_s, documented.ttr_s, documented.action_s)
    return documented


def recovered_at(history: History) -> float | None:
    """Return since when the metric stayed under its target for a whole hold after the resolution, or None.

    A gap in the samples, or traffic too thin to measure, is not a recovery.
    """
    start, hold = history.moment("resolved"), float(history.head["hold_s"])
    if start is None:
        return None
    target = _threshold(history.head["target"])
    since: float | None = None
    last = start
    for t, value in history.samples(start, history.moment("watched") or history.end_s):
        if value is None or not target.holds(value) or t - last > BLIND_S:
            since = None
        elif since is None:
            since = t
        elif t - since >= hold:
            return since
        last = t
    return None


def blind_reason(history: History, start_s: float, end_s: float) -> str | None:
    """Return why nothing can be said about an interval (seconds), or None when it was seen well enough."""
    seen = [t for t, value in history.samples(start_s, end_s) if value is not None]
    edges = [start_s, *seen, end_s]
    gap, at = max((later - earlier, earlier) for earlier, later in pairwise(edges))
    if gap > BLIND_S:
        return f"no data of the metric for {gap:.1f} s from {at:.1f} s on"
    return _thin_traffic(history, start_s, end_s)


def _verdict(history: History, recovered: float | None) -> tuple[Verdict, str]:
    for rule in (_before_the_fault, _fault, _alert, _outcome):
        found = rule(history, recovered)
        if found:
            return found
    return _aftermath(history)


def _before_the_fault(history: History, _: float | None) -> tuple[Verdict, str] | None:
    if history.moment("injected") is not None:
        return None
    return Verdict.UNKNOWN, f"no fault was injected: {_last_error(history) or 'the record ends before it'}"


def _fault(history: History, _: float | None) -> tuple[Verdict, str] | None:
    looks = history.of("confirm")
    if any(look["ok"] for look in looks):
        return None
    if not looks:
        return Verdict.UNKNOWN, f"nobody looked whether the fault took: {_last_error(history) or 'no second channel'}"
    last = looks[-1]
    return Verdict.INVALID, f"the fault did not take: {last['channel']} shows {last['seen']}, not {last['expected']}"


def _alert(history: History, _: float | None) -> tuple[Verdict, str] | None:
    if history.moment("firing") is not None:
        return _skipped_pending(history)
    injected = history.moment("injected") or 0.0
    blind = blind_reason(history, injected, history.end_s)
    if blind:
        return Verdict.UNKNOWN, f"{history.head['alert']} did not fire, and the judge was blind: {blind}"
    return Verdict.REFUTED, f"{history.head['alert']} did not fire although the fault took effect"


def _skipped_pending(history: History) -> tuple[Verdict, str] | None:
    if not history.head["window_s"]:
        return None
    states = [event["to"] for event in history.of("alert")]
    if "pending" in states[: states.index("firing")] if "firing" in states else False:
        return None
    return Verdict.UNKNOWN, f"{history.head['alert']} was seen firing without having been seen pending first"


def _outcome(history: History, recovered: float | None) -> tuple[Verdict, str] | None:
    resolved = history.moment("resolved")
    if resolved is None:
        return Verdict.UNKNOWN, f"the record ends before the resolution: {_last_error(history) or 'it was cut off'}"
    if history.head["arm"] == Arm.PLACEBO:
        return _placebo(history, recovered)
    return _documented(history, recovered)


def _placebo(history: History, recovered: float | None) -> tuple[Verdict, str] | None:
    if recovered is not None:
        return Verdict.SPONTANEOUS, f"the metric came under its target {_limit(history)} without the solution"
    return _still_bad(history)


def _documented(history: History, recovered: float | None) -> tuple[Verdict, str] | None:
    acted = history.moment("acted") or 0.0
    before = [value for _, value in history.samples(acted - BLIND_S, acted) if value is not None]
    if before and _threshold(history.head["target"]).holds(before[-1]):
        return Verdict.SPONTANEOUS, f"the metric was under its target {_limit(history)} before the first command ran"
    if recovered is None:
        return _still_bad(history) or (Verdict.REFUTED, _not_recovered(history))
    documented_s = float(history.head["documented_minutes"][1]) * 60
    late = recovered - acted - documented_s - float(history.head["hold_s"])
    if documented_s and late > 0:
        return Verdict.REFUTED, f"the metric recovered, but {late:.0f} s after the documented {documented_s:.0f} s"
    thin = _thin_traffic(history, recovered, recovered + float(history.head["hold_s"]))
    if thin:
        return Verdict.UNKNOWN, f"the metric looks recovered, but {thin}"
    return _broken_promise(history)


def _still_bad(history: History) -> tuple[Verdict, str] | None:
    """UNKNOWN unless the metric was seen, and bad, up to the end; None for a placebo that stayed bad as it should."""
    watched = history.moment("watched") or history.end_s
    start = max(history.moment("resolved") or 0.0, watched - float(history.head["hold_s"]))
    blind = blind_reason(history, start, watched)
    if blind:
        return Verdict.UNKNOWN, f"the judge was blind: {blind}"
    target = _threshold(history.head["target"])
    if all(value is None or target.holds(value) for _, value in history.samples(start, watched)):
        return Verdict.UNKNOWN, f"the metric was under its target {_limit(history)} at the end, but not for a hold"
    return None


def _not_recovered(history: History) -> str:
    last = [value for _, value in history.samples(0.0, history.moment("watched") or history.end_s) if value is not None]
    seen = f"{last[-1]:.4g}" if last else "nothing"
    return f"the metric did not stay under its target {_limit(history)}; it was {seen} (base units) at the end"


def _broken_promise(history: History) -> tuple[Verdict, str] | None:
    """Look beyond the metric: the commands must have worked, and the system must serve again."""
    for command in history.of("command", purpose="resolve") + history.of("command", purpose="verify"):
        if command["exit"] != 0:
            return Verdict.REFUTED, f"`{command['text']}` (line {command['line']}) failed with exit {command['exit']}"
    final = {probe["name"]: probe for probe in history.of("probe", after="recover")}
    for probe in final.values():
        if not probe["ok"]:
            return Verdict.REFUTED, f"the metric recovered, but {probe['name']} does not: {probe['seen']}"
    if not final:
        return Verdict.UNKNOWN, "nobody checked after the recovery whether the system serves again"
    return None


def _aftermath(history: History) -> tuple[Verdict, str]:
    residue = history.of("residue")
    if not residue:
        return Verdict.UNKNOWN, f"nobody looked for residue: {_last_error(history) or 'the record ends before that'}"
    if residue[-1]["items"]:
        return Verdict.DIRTY, f"the drill left residue: {'; '.join(residue[-1]['items'])}"
    if history.head["arm"] == Arm.PLACEBO:
        return Verdict.REFUTED, f"doing nothing did not help: the metric never held its target {_limit(history)}"
    return _with_losses(history)


def _with_losses(history: History) -> tuple[Verdict, str]:
    ledger = history.of("ledger")
    if not ledger:
        return Verdict.UNKNOWN, f"the ledger was not audited: {_last_error(history) or 'the record ends before that'}"
    losses = ledger[-1]["losses"]
    missing = [kind for kind in COSTLY if losses.get(kind) is None]
    if missing:
        return Verdict.UNKNOWN, f"the ledger could not count {', '.join(missing)}"
    cost = [f"{losses[kind]} {kind}" for kind in COSTLY if losses[kind]]
    if cost:
        return (
            Verdict.CONFIRMED_WITH_LOSS,
            f"the metric held its target {_limit(history)}, at the cost of {', '.join(cost)}",
        )
    return Verdict.CONFIRMED, f"the metric held its target {_limit(history)} and nothing acknowledged was lost"


def _thin_traffic(history: History, start_s: float, end_s: float) -> str | None:
    rates = [event for event in history.of("traffic") if start_s <= float(event["t"]) <= end_s]
    if not rates:
        return f"no traffic was counted between {start_s:.1f} s and {end_s:.1f} s"
    intended = sum(float(event["intended_rps"]) for event in rates) / len(rates)
    achieved = sum(float(event["achieved_rps"]) for event in rates) / len(rates)
    if achieved < ENOUGH_TRAFFIC * intended or not intended:
        return f"too little traffic: {achieved:.1f} of {intended:.1f} requests a second"
    return None


def _last_error(history: History) -> str | None:
    errors: list[Event] = history.of("error")
    return f"{errors[-1]['phase']}: {errors[-1]['text']}" if errors else None


def _limit(history: History) -> str:
    return str(history.head["target"]["text"])


def _threshold(limit: Event) -> Threshold:
    return Threshold(limit["op"], float(limit["value"]), "", limit["text"])


def _between(start_s: float | None, end_s: float | None) -> float | None:
    return None if start_s is None or end_s is None else round(end_s - start_s, 2)


_CONFIRMATIONS = (Verdict.CONFIRMED, Verdict.CONFIRMED_WITH_LOSS)
