"""Records altered by rule: each kind of event dropped, told twice, moved, swapped with another, or falsified."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from tests.helpers.false_heads import NO_KILLS, PROMISE, Forgery, false_heads
from tests.helpers.heads import SYMPTOM, of_today
from tests.helpers.histories import (
    AT_LIMIT,
    BEFORE,
    CONFIRMED,
    END,
    FIRING,
    PARTS,
    RATE_RPS,
    RESOLVED,
    TRIED,
    VERIFIED,
    WATCHED,
    Event,
    Story,
    check,
    event,
    other_alert,
    put,
)
from tests.helpers.losses import ends, losses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES = ("name", "purpose", "when", "after", "event", "to")
"""The facts that tell two events of one kind apart."""
MOMENTS = {
    "before the fault": 5.0,
    "before the first command": 35.0,
    "before the end": WATCHED - 1.0,
    "last": END + 1.0,
}
OTHER_CAUSE = SYMPTOM | {"pattern": "LOADING", "change": "appears"}
CONTAINERS = {"backend/0123": 1, "worker/4567": 0}
AFTERWARDS = ("undo", "durability", "command restart", "milestone load again", "milestone restart again")
"""What a confirmation does not stand on: how the fault is taken away, and whether the recovery lasts."""
FALSE: dict[str, tuple[dict[str, Any], ...]] = {
    "confirm": ({"ok": False},),
    "check": ({"ok": False},),
    "command": ({"exit": 1}, {"output": "PONG"}, {"text": "sleep 60"}, {"line": 1}),
    "ledger": (
        {"losses": losses(jobs=1)},
        {"losses": losses(jobs=1), "ends": ends(jobs=1)},
        {"losses": losses(jobs=None)},
        {"losses": losses({"jobs": 131})},
        {"losses": losses()[1:]},
        {"ends": []},
        {"ends": ends(jobs=1)},
        {"losses": losses({"jobs": 0, "rows": 0}), "ends": ends({"jobs": 0, "rows": 0})},
    ),
    "residue": ({"items": ["an image"]},),
    "phase": ({"ok": False, "note": "it did not"},),
    "sample": ({"value": None}, {"value": AT_LIMIT}, {"value": BEFORE}),
    "traffic": ({"achieved_rps": 0.0}, {"intended_rps": 4 * RATE_RPS}, {"failed_rps": RATE_RPS}, {"sent": None}),
    "alert": ({"to": "inactive"}, {"from": "inactive"}),
    "other": ({"to": "firing"},),
    "instruments": ({"parts": {}}, {"parts": PARTS | {"rules": "ef" * 32}}, {"parts": {"rules": PARTS["rules"]}}),
    "second": ({"value": None}, {"value": AT_LIMIT}, {"value": BEFORE}),
    "key": ({"value": None}, {"value": 1e9}),
    "part": ({"value": None}, {"value": 1e9}),
    "machine": ({"others": 0.0}, {"others": 2.0}),
    "out": (
        {"killed": ["worker (started 07:00)"]},
        {"restarts": {}},
        {"restarts": CONTAINERS | {"backend/0123": 2}},
        {"restarts": {"backend/0123": 1}},
    ),
}
"""Values that an event of each kind may have instead, by a mistake or a forgery."""


def whole(story: Story) -> Story:
    """Add to a story of `documented` or `placebo` an event of every kind that a judgement can stand on."""
    bounds = {"steady": (1.0, 10.0), "detect": (CONFIRMED, FIRING), "recover": (RESOLVED, WATCHED)}
    phases = [
        event("phase", t, name=name, event=which, ok=None if which == "begin" else True, note=None)
        for name, times in bounds.items()
        for which, t in zip(("begin", "end"), times, strict=True)
    ]
    steady = check(8.0, after="steady")
    others = (other_alert("Other", 1.0, "inactive", "pending"), other_alert("Other", 3.0, "pending", "inactive"))
    undo = event("undo", 0.5, lines=["./rollback.sh"])
    measured = (each for t in range(5, int(END), 5) for each in _beside(float(t)))
    today = of_today(story, promises=[PROMISE, NO_KILLS], rules_out=[OTHER_CAUSE])
    return put(today, *phases, steady, undo, *others, *measured, *_inspected(story))


def _beside(t: float) -> tuple[Event, Event]:
    """Tell what is measured all the time and proves nothing: what others take, and a part of the metric."""
    return event("machine", t, cores=2, others=0.1, seconds=5.0), event("part", t, name="CPU Usage", value=0.1)


def _inspected(story: Story) -> Iterator[Event]:
    """Yield the looks at the containers, which only a solution has that recovered."""
    if story[0]["arm"] != "placebo":
        for when, t in (("resolved", VERIFIED - 0.1), ("settled", TRIED)):
            yield event("out of memory", t, when=when, killed=[], restarts=CONTAINERS)


def forgeries(story: Story) -> Iterator[Forgery]:
    """Yield every alteration of *story*, but for its first event."""
    for name in _groups(story):
        yield from _dropped(story, name)
        yield from _moved(story, name)
        yield from _falsified(story, name)
    for one, other in combinations(_single(story), 2):
        yield Forgery(f"swap {one} with {other}", _swapped(story, one, other))


def _group(each: Event) -> str:
    return " ".join([str(each["kind"]), *(str(each[name]) for name in NAMES if each.get(name))])


def _groups(story: Story) -> list[str]:
    return list(dict.fromkeys(_group(each) for each in story[1:]))


def _single(story: Story) -> list[str]:
    groups = [_group(each) for each in story[1:]]
    return [name for name in _groups(story) if groups.count(name) == 1]


def _others(story: Story, name: str) -> Story:
    return tuple(each for each in story if _group(each) != name)


def _mine(story: Story, name: str) -> list[Event]:
    return [each for each in story if _group(each) == name]


def _dropped(story: Story, name: str) -> Iterator[Forgery]:
    yield Forgery(f"drop {name}", _others(story, name))


def _moved(story: Story, name: str, places: dict[str, float] = MOMENTS) -> Iterator[Forgery]:
    if len(_mine(story, name)) > 1:
        return
    (mine,) = _mine(story, name)
    for where, t in places.items():
        yield Forgery(f"move {name} {where}", put(_others(story, name), mine | {"t": t}))
        yield Forgery(f"double {name} {where}", put(story, mine | {"t": t}))


def _falsified(story: Story, name: str, lies: Mapping[str, tuple[dict[str, Any], ...]] = FALSE) -> Iterator[Forgery]:
    for lie in lies.get(name.split(maxsplit=1)[0], ()):
        mine = _mine(story, name)
        if all(lie.items() <= each.items() for each in mine):
            continue
        yield Forgery(f"falsify {name} {lie}", put(_others(story, name), *(each | lie for each in mine)))
        if len(mine) == 1:
            later = mine[0] | lie | {"t": mine[0]["t"] + 0.1}
            yield Forgery(f"contradict {name} {lie}", put(story, later))


def _swapped(story: Story, one: str, other: str) -> Story:
    (first,), (second,) = _mine(story, one), _mine(story, other)
    rest = _others(_others(story, one), other)
    return put(rest, first | {"t": second["t"]}, second | {"t": first["t"]})


def essential(story: Story) -> Iterator[Forgery]:
    """Yield the alterations of a real record that take away something that its confirmation stands on."""
    moments = {each["name"]: float(each["t"]) for each in story if each["kind"] == "milestone"}
    for name in _groups(story):
        if not any(part in name for part in AFTERWARDS):
            yield from _dropped(story, name)
            yield from _falsified(story, name, FALSE | _misread(story[0], name))
    single = [name for name in _single(story) if name.startswith("milestone") and name not in AFTERWARDS]
    for name in single:
        yield from _moved(story, name, _places(moments))
    for one, other in combinations(single, 2):
        yield Forgery(f"swap {one} with {other}", _swapped(story, one, other))
    yield from false_heads(story)


def _misread(head: Event, name: str) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return what a second channel cannot have said: nothing, or the contrary of the metric."""
    above, below = 1e9, -1.0
    good, bad = (below, above) if head["target"]["op"] in ("<", "<=") else (above, below)
    return {"second": ({"value": None}, {"value": good if name.endswith("abnormal") else bad})}


def _places(moments: dict[str, float]) -> dict[str, float]:
    """Return where an event of a real record is moved to, in seconds."""
    return {
        "before the fault": moments["injected"] / 2,
        "before the end": moments["watched"] - 0.5,
        "last": moments["watched"] + 1e4,
    }
