"""Hand-made records of drills: a complete one of each arm in which all goes as documented, and ways to change it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from drills.record.arm_verdict import write_verdict
from drills.record.events import EVENT
from drills.record.experiment_verdict import rejudge
from drills.record.history import History
from drills.record.judge import Judgement, judge
from drills.record.reader import FILE
from tests.helpers.losses import ends, losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Event = dict[str, Any]
Story = tuple[Event, ...]

BEFORE, AT_LIMIT, AFTER = 6.0, 50.0, 7.0
INJECTED, CONFIRMED, PENDING, FIRING, ACTED, RESOLVED = 20.0, 21.0, 22.0, 32.0, 38.0, 40.0
RECOVERED, CLEARED, WATCHED, VERIFIED, SETTLED, TRIED = 41.0, 41.5, 51.5, 52.0, 52.5, 63.0
AUDITED, PLACEBO_WATCHED, END = 64.0, 98.5, 100.0
HOLD_S = 10.0
PARTS = {"rules": "ab" * 32, "configuration": "cd" * 32}
QUEUE = {"op": "<", "value": 100.0, "text": "< 100 jobs"}
RATE_RPS = 20.0


def documented(**head: Any) -> Story:
    """Tell of a drill in which all went as documented: at its limit from 20 s on, under its target from 41 s on.

    After the verification the system is looked at for a sustain window, and is as before.
    """
    return put(
        _until_resolved(**{"arm": "documented"} | head),
        command("resolve", ACTED),
        *samples(RECOVERED, END, AFTER),
        milestone("recovered", RECOVERED),
        transition(CLEARED, "firing", "inactive"),
        check(VERIFIED),
        command("verify", VERIFIED, text="curl http://localhost:8000/health"),
        milestone("watched", WATCHED),
        *settling(),
        ledger(),
    )


def placebo(**head: Any) -> Story:
    """Tell of the arm without the solution, in which the metric stays at its limit to the end."""
    return put(
        _until_resolved(**{"arm": "placebo"} | head),
        command("placebo", ACTED, text="sleep 2.0"),
        *samples(RECOVERED, END, AT_LIMIT),
        milestone("watched", PLACEBO_WATCHED),
        audited(losses(requests_failed=12)[-1:], ends(requests_failed=12)) | {"t": PLACEBO_WATCHED + 0.5},
    )


def _until_resolved(**head: Any) -> Story:
    return (
        event("drill", 0.0, **_HEAD | head),
        *samples(0.0, INJECTED, BEFORE),
        *samples(INJECTED, RECOVERED, AT_LIMIT),
        *traffic(1.0, END),
        event("instruments", 5.0, when="normal", parts=PARTS),
        second_channel("normal", 5.0, BEFORE),
        milestone("injected", INJECTED),
        confirm(),
        milestone("confirmed", CONFIRMED),
        transition(PENDING, "inactive", "pending"),
        transition(FIRING, "pending", "firing"),
        milestone("firing", FIRING),
        second_channel("abnormal", FIRING + 0.5, AT_LIMIT),
        milestone("acted", ACTED),
        milestone("resolved", RESOLVED),
        event("residue", END, items=[]),
    )


def settling() -> Story:
    """Tell of the phase `settle`: all is as before for a sustain window, and a journey passes at its first try."""
    return (
        event("phase", VERIFIED, name="settle", event="begin", ok=None, note=None),
        event("instruments", VERIFIED, when="recovered", parts=PARTS),
        second_channel("recovered", VERIFIED, AFTER),
        *key_metric(WATCHED, TRIED, 3.0),
        milestone("settled", SETTLED),
        check(TRIED, name="journey", after="settled"),
        event("phase", TRIED, name="settle", event="end", ok=True, note=None),
    )


def event(kind: str, t: float, **facts: Any) -> Event:
    return {"kind": kind, "t": t, **facts}


def milestone(name: str, t: float) -> Event:
    return event("milestone", t, name=name)


def transition(t: float, before: str, after: str) -> Event:
    return event("alert", t, **{"from": before, "to": after})


def other_alert(name: str, t: float, before: str, after: str) -> Event:
    return event("other alert", t, name=name, **{"from": before, "to": after})


def second_channel(when: str, t: float, value: float | None) -> Event:
    return event("second channel", t, when=when, channel="pg_stat_activity", value=value)


def key_metric(start_s: float, end_s: float, value: float | None, name: str = "Queue Depth") -> list[Event]:
    return [event("key metric", t, name=name, value=value, target=QUEUE) for t in _times(start_s, end_s, 0.5)]


def confirm(*, ok: bool = True) -> Event:
    expected = "50 connections of the backend"
    return event("confirm", CONFIRMED, ok=ok, channel="pg_stat_activity", expected=expected, seen="50" if ok else "6")


def command(purpose: str, t: float, **facts: Any) -> Event:
    usual = {"line": 321, "text": "docker-compose restart backend", "exit": 0, "seconds": 2.0, "output": ""}
    return event("command", t, purpose=purpose, **{"when": None} | usual | facts)


def check(t: float, **facts: Any) -> Event:
    return event("check", t, **{"name": "front page", "ok": True, "seen": "200", "after": "recover"} | facts)


def ledger(held: dict[str, int | None] | None = None, /, **lost: int | None) -> Event:
    """Return the account of all kinds of loss: none but *lost*, of what the clients *held*."""
    return audited(losses(held, **lost), ends(held, **lost))


def audited(lost: list[dict[str, Any]], ended: list[dict[str, Any]]) -> Event:
    """Return an account of these losses, with those of *ended* that belong to them."""
    what = {end["what"] for end in ended if end["loss"] in {loss["kind"] for loss in lost}}
    return event("ledger", AUDITED, losses=lost, ends=[end for end in ended if end["what"] in what], unfinished=[])


def samples(start_s: float, end_s: float, value: float | None, step_s: float = 0.5) -> list[Event]:
    return [event("sample", t, value=value) for t in _times(start_s, end_s, step_s)]


def traffic(start_s: float, end_s: float, achieved_rps: float = RATE_RPS, **facts: float | None) -> list[Event]:
    counts = {"sent": round(achieved_rps), "failed": 0, "slow": 0}
    rates = {"intended_rps": RATE_RPS, "achieved_rps": achieved_rps, "failed_rps": 0.0} | counts | facts
    return [event("traffic", t, **rates) for t in _times(start_s, end_s, 1.0)]


def put(story: Story, *events: Event) -> Story:
    """Add events; the drill line stays first, the others are in the order of time."""
    head, *rest = story
    return (head, *sorted([*rest, *events], key=lambda each: float(each["t"])))


def drop(story: Story, kind: str, start_s: float = 0.0, end_s: float = END, **facts: Any) -> Story:
    """Leave out the events of *kind* with these facts, within a closed interval of seconds."""
    return _keep(
        story,
        lambda each: each["kind"] != kind or not start_s <= each["t"] <= end_s or not facts.items() <= each.items(),
    )


def cut(story: Story, at_s: float) -> Story:
    """Tell only what was recorded until *at_s* seconds, as after a kill."""
    return _keep(story, lambda each: each["t"] <= at_s)


def metric(story: Story, start_s: float, end_s: float, value: float | None) -> Story:
    """Give the metric another value in a closed interval."""
    return put(drop(story, "sample", start_s, end_s), *samples(start_s, end_s + 0.25, value))


def judged(story: Iterable[Event]) -> Judgement:
    return judge(told(story))


def told(story: Iterable[Event]) -> History:
    """Return the typed history that a reader makes of a story."""
    return History(tuple(EVENT.validate_json(json.dumps(each)) for each in story))


def written(folder: Path, story: Iterable[Event], tail: str = "") -> Path:
    """Write a story as the record of *folder*, with a *tail* as after a kill, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text("".join(json.dumps(each) + "\n" for each in story) + tail)
    return folder


def borne_out(folder: Path, story: Iterable[Event]) -> Path:
    """Write a story as the record of *folder* with the verdict that it gets, and return the folder."""
    written(folder, story)
    write_verdict(folder, rejudge([folder]).verdicts[folder])
    return folder


def _keep(story: Story, wanted: Callable[[Event], bool]) -> Story:
    return tuple(each for each in story if wanted(each))


def _times(start_s: float, end_s: float, step_s: float) -> list[float]:
    return [start_s + step_s * i for i in range(round((end_s - start_s) / step_s + 0.499))]


_HEAD = {
    "format": 2,
    "drills": "0.2.0",
    "at": "2026-11-23T06:00:00+00:00",
    "cause": "5.1",
    "cause_name": "Connection leak in code",
    "incident": 5,
    "incident_name": "Database Connection Pool Exhausted",
    "alert": "DatabaseConnectionPoolExhausted",
    "quantity": "connection_pool",
    "unit": "connections",
    "target": {"op": "<", "value": AT_LIMIT, "text": "< 50 connections"},
    "threshold": {"op": ">=", "value": AT_LIMIT, "text": ">= 50 connections"},
    "window_s": 300.0,
    "time_scale": 30.0,
    "quiet_s": 3.0,
    "sustain_s": HOLD_S,
    "recover_s": 60.0,
    "documented_minutes": [2.0, 2.0],
    "solution": "Restart the backend",
    "expected_verdict": "CONFIRMED",
    "finding": "",
    "symptom": None,
    "runbook": {"file": "incidents.md", "sha256": "ab" * 32},
}
