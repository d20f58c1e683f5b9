"""Record the incident's quantity as it is read past Prometheus, which a solution may have told something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from drills.drill.observation.channels import Values, read_channels
from drills.record.history import History
from drills.record.measurements import SecondChannel

if TYPE_CHECKING:
    from collections.abc import Callable

    from drills.drill.arm.listener import Phase
    from drills.drill.arm.run import Run

NARROW_S = 4.0
"""How long the narrowest channel may take before another one counts: a pool that is in use is idle for moments."""
PATIENCE_S = 10.0
"""A busy machine may need several readings; one of the containers takes two seconds."""

RECOVERED_S = 60.0
"""How long a channel may take to show the recovery: the widest counts what a pool keeps for more than half a minute."""


def record_normal(run: Run) -> None:
    """Record every channel before the fault, once all are at the target."""
    _record(run, "normal", _read(run, "quiet", PATIENCE_S, lambda values: not _off_target(run, values)))


def record_abnormal(run: Run) -> None:
    """Record the narrowest channel that has shown the incident; all of them where none does in time."""
    began, narrowest = run.record.now, Values()

    def shown(values: Values) -> bool:
        order, seen = list(values), list(_seen_off_target(run, values).items())[:1]
        if seen and (not narrowest or order.index(seen[0][0]) < order.index(next(iter(narrowest)))):
            narrowest.clear()
            narrowest.update(seen)
        return bool(narrowest) and (order[0] in narrowest or run.record.now - began >= NARROW_S)

    values = _read(run, "diagnose", PATIENCE_S, shown)
    _record(run, "abnormal", narrowest or values)


def record_recovered(run: Run) -> None:
    """Record the channel that showed the incident, once it is at the target again."""
    showed = {event.channel for event in History(run.record.events).of(SecondChannel, when="abnormal")}

    def of_those(values: Values) -> Values:
        return {channel: value for channel, value in values.items() if channel in showed}

    values = _read(run, "settle", RECOVERED_S, lambda values: not _off_target(run, of_those(values)))
    _record(run, "recovered", of_those(values))


def _read(run: Run, phase: Phase, at_most_s: float, done: Callable[[Values], bool]) -> Values:
    """Read until *done* accepts the values; return the last ones, of which the record says that time was up."""
    values: Values = {}

    def read() -> Values:
        nonlocal values
        values = read_channels(run.system, run.incident.alert.quantity)
        return values

    with run.patience(phase):
        run.wait(
            read,
            done=lambda values: not values or done(values),
            at_most_s=at_most_s,
            expected=f"{run.incident.alert.quantity} read past Prometheus, against its target {run.limits.target.text}",
            next_step="compare it with the expression in the stack's descriptor: both have to count the same",
        )
    return values


def _off_target(run: Run, values: Values) -> Values:
    """Return the channels that are not seen at the target."""
    target = run.limits.target
    return {channel: value for channel, value in values.items() if value is None or not target.satisfied_by(value)}


def _seen_off_target(run: Run, values: Values) -> Values:
    return {channel: value for channel, value in _off_target(run, values).items() if value is not None}


def _record(run: Run, when: Literal["normal", "abnormal", "recovered"], values: Values) -> None:
    for channel, value in values.items():
        run.record.write("second channel", when=when, channel=channel, value=value)
