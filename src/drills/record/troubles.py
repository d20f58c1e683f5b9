"""What was wrong with the system while it was looked at whether it has settled, and when nothing was seen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from drills.record.alert_spans import alert_spans
from drills.record.measurements import KeyMetric, Traffic, UnseenAlerts
from drills.record.signal_quality import BLIND_S, thin_traffic, threshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.record.evidence_strength import Met
    from drills.record.head import Limit
    from drills.record.history import History


@dataclass(frozen=True)
class Trouble:
    """A time (seconds) in which something was wrong, or, where *blind*, was not seen; *text* says what, as a clause."""

    begin_s: float
    end_s: float
    text: str
    blind: bool = False


def troubles(history: History, start_s: float, end_s: float) -> list[Trouble]:
    """Return the troubles of metrics and alerts between two moments, in seconds."""
    found = [*_metrics(history, start_s, end_s), *_alerts(history)]
    return [each for each in found if each.begin_s <= end_s and start_s <= each.end_s]


def no_worse(history: History, start_s: float, end_s: float) -> Trouble | None:
    """Return what is wrong where more requests failed between two moments (seconds) than before the fault, or None."""
    thin = thin_traffic(history, start_s, end_s)
    normal = requests(history, 0.0, history.milestone("injected") or 0.0)
    now = requests(history, start_s, end_s)
    if thin or normal is None or now is None or not normal[1] or not now[1]:
        return Trouble(start_s, end_s, thin or "the clients' requests were not counted", blind=True)
    (failed_before, sent_before), (failed, sent) = normal, now
    if failed * sent_before <= failed_before * sent:
        return None
    return Trouble(
        start_s, end_s, f"{failed} of {sent} requests failed, and before the fault {failed_before} of {sent_before}"
    )


def requests(history: History, start_s: float, end_s: float, what: Met = "failed") -> tuple[int, int] | None:
    """Return how many requests (failed or slow, sent) were counted between two moments; None where some were not."""
    events = [each for each in history.of(Traffic) if start_s < each.t <= end_s]
    met = [n for n in (getattr(each, what) for each in events) if n is not None]
    sent = [each.sent for each in events if each.sent is not None]
    return (sum(met), sum(sent)) if len(met) == len(sent) == len(events) else None


def _metrics(history: History, start_s: float, end_s: float) -> Iterator[Trouble]:
    """Yield the troubles of the incident's own metric and of each key metric."""
    own = history.samples(start_s, end_s)
    yield from _of_metric("the metric", own, history.head.target, start_s, end_s)
    events = [each for each in history.of(KeyMetric) if start_s <= each.t <= end_s]
    for name in dict.fromkeys(each.name for each in history.of(KeyMetric)):
        mine = [each for each in events if each.name == name]
        for target in dict.fromkeys(each.target for each in mine):
            wrong = ((each.t, each.value) for each in mine if each.target == target)
            yield from _bad(name, wrong, target)
        yield from _gaps(name, [(each.t, each.value) for each in mine], start_s, end_s)


def _of_metric(
    name: str, samples: list[tuple[float, float | None]], target: Limit, start_s: float, end_s: float
) -> Iterator[Trouble]:
    yield from _bad(name, samples, target)
    yield from _gaps(name, samples, start_s, end_s)


def _bad(name: str, samples: Iterable[tuple[float, float | None]], target: Limit) -> Iterator[Trouble]:
    limit = threshold(target)
    for t, value in samples:
        if value is not None and not limit.satisfied_by(value):
            yield Trouble(t, t, f"{name} was {value:.4g} (target {target.text}) at {t:.1f} s")


def _gaps(name: str, samples: list[tuple[float, float | None]], start_s: float, end_s: float) -> Iterator[Trouble]:
    """Yield the gaps from when they are too long: that something comes later than usual is not known any sooner."""
    seen = [t for t, value in samples if value is not None]
    for earlier, later in pairwise([start_s, *seen, end_s]):
        if later - earlier > BLIND_S or not seen:
            since = earlier + BLIND_S if seen else earlier
            yield Trouble(since, later, f"no data of {name} for {later - earlier:.1f} s", blind=True)


def _alerts(history: History) -> Iterator[Trouble]:
    for span in alert_spans(history):
        yield Trouble(span.begin_s, span.end_s, f"{span.name} was {span.state} until {span.end_s:.1f} s")
    for each in history.of(UnseenAlerts):
        yield Trouble(each.t, each.t, "Prometheus did not answer with the alerts' states", blind=True)
