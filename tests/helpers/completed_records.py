"""Complete real records of format 1 with the events of format 2, until real ones of format 2 replace them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.helpers.histories import PARTS, check, event, milestone, put

if TYPE_CHECKING:
    from tests.helpers.histories import Event, Story

KEY_METRICS = ("Error Rate", "Response Time p95", "Queue Depth", "CPU Usage", "Memory Usage")
BELOW_ONE = {"op": "<", "value": 1.0, "text": "< 1"}
GRID_S = 0.5
LEAST_WATCH_S = 121.0
"""For how long a placebo is watched: five times the time of the slowest solution, and a little more."""
MET = 0.4
"""The share of requests that the fault meets in a completed record: enough for its alert."""


@dataclass(frozen=True)
class Times:
    """The moments of a record, in seconds, and for how long all that comes after its watching is put off."""

    injected: float
    acted: float
    watched: float
    later: float


def completed(story: Story) -> Story:
    """Return the record as a drill of format 2 would have written it, had all else gone well."""
    at = {each["name"]: float(each["t"]) for each in reversed(story) if each["kind"] == "milestone"}
    head = story[0]
    placebo = head["arm"] == "placebo"
    gap = LEAST_WATCH_S - (at["watched"] - at["acted"]) if placebo else head["sustain_s"] + 3.0
    times = Times(at["injected"], at["acted"], at["watched"], gap)
    watched = next(i for i, each in enumerate(story) if each.get("name") == "watched")
    first = watched if placebo else watched + 1
    shifted = (*story[:first], *(_later(each, times) for each in story[first:]))
    added = _placebo(story, times) if placebo else _settling(story, times)
    return put(tuple(_counted(each, head, times) for each in shifted), *_steady(head, times), *added)


def _later(each: Event, times: Times) -> Event:
    """Put off what came after the watching."""
    t = float(each["t"])
    return each | {"t": t + times.later} if t >= times.watched else each


def _counted(each: Event, head: Event, times: Times) -> Event:
    if each["kind"] != "traffic":
        return each
    sent = round(each["achieved_rps"])
    met = round(MET * sent) if times.injected < each["t"] <= times.acted else 0
    what = {"error_rate": "failed", "authentication": "failed", "response_time_p95": "slow"}.get(head["quantity"])
    return each | {"sent": sent, "failed": 0, "slow": 0} | ({what: met} if what else {})


def _steady(head: Event, times: Times) -> list[Event]:
    target, threshold = head["target"]["value"], head["threshold"]["value"]
    good = target if head["target"]["op"] == ">=" else target / 2
    bad = threshold - 1 if head["threshold"]["op"] == "<" else threshold + 1
    reads = [("normal", times.injected - 1, good), ("abnormal", times.acted - 0.1, bad)]
    if head["arm"] != "placebo":
        reads.append(("recovered", times.watched + 0.1, good))
    return [
        event("instruments", times.injected - 1, when="normal", parts=PARTS),
        *(event("second channel", t, when=when, channel="its source", value=value) for when, t, value in reads),
    ]


def _settling(story: Story, times: Times) -> list[Event]:
    end_s = times.watched + times.later
    return [
        event("phase", times.watched, name="settle", event="begin", ok=None, note=None),
        event("instruments", times.watched + 0.1, when="recovered", parts=PARTS),
        *(
            event("key metric", t, name=name, value=0.1, target=BELOW_ONE)
            for t in _grid(times.watched, end_s)
            for name in KEY_METRICS
        ),
        *_going_on(story, times.watched, end_s),
        milestone("settled", times.watched + 1.0),
        check(end_s - 0.1, name="whoami", after="settled"),
        event("phase", end_s, name="settle", event="end", ok=True, note=None),
    ]


def _placebo(story: Story, times: Times) -> list[Event]:
    return _going_on(story, times.watched, times.watched + times.later)


def _going_on(story: Story, start_s: float, end_s: float) -> list[Event]:
    """Let the metric and the traffic go on as they were last seen."""
    last: dict[str, Any] = {each["kind"]: each for each in story if float(each["t"]) <= start_s}
    sampled = [last["sample"] | {"t": t} for t in _grid(start_s, end_s)]
    return [*sampled, *(_counted_well(last["traffic"]) | {"t": t} for t in _grid(start_s, end_s))]


def _counted_well(traffic: Event) -> Event:
    return traffic | {"sent": round(traffic["achieved_rps"]), "failed": 0, "slow": 0}


def _grid(start_s: float, end_s: float) -> list[float]:
    return [round(start_s + GRID_S * i, 3) for i in range(1, int((end_s - start_s) / GRID_S))]
