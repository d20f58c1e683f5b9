"""Where two channels of a record say different things of one moment: one of them was altered or is broken. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drills.record.events import REQUESTS_FAILED, Ledger, Milestone, RanCommand
from drills.record.ledger_sums import wrong_sums
from drills.record.measurements import AlertChange, Traffic, UnseenAlerts
from drills.record.signal_quality import BLIND_S, recovered_at, watched_until
from drills.record.verdicts import Arm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.record.history import History

SHA256 = re.compile("[0-9a-f]{64}")
NOTHING = re.compile(r"sleep \d+(\.\d+)?")
"""What a placebo does instead of the solution."""
AT_ONCE_S = 0.5
"""The drill takes the moment of the recovery from its samples, which come this far apart."""
RATE_S = 2.0
"""A recorded rate is that of this many seconds before it."""
HALF = 0.5
"""Where more of the requests fail than this, the clients are not served, whatever the metric says."""


def disagreements(history: History) -> Iterator[str]:
    """Yield a sentence for each pair of channels that cannot both be right, and for a head that no drill writes."""
    yield from _edition(history)
    yield from _recovery(history)
    yield from _clients(history)
    yield from _ledger(history)
    yield from _incident(history)
    yield from _placebo(history)
    yield from _readings(history)


def _edition(history: History) -> Iterator[str]:
    sha256 = history.head.runbook.sha256
    if not SHA256.fullmatch(sha256):
        yield f"the runbook's SHA-256 has 64 hexadecimal digits, and the record has {sha256!r:.80}"


def _recovery(history: History) -> Iterator[str]:
    """Compare when the drill wrote down that the metric recovered with its samples, and with the alert."""
    recovered, written = recovered_at(history), history.of(Milestone, name="recovered")
    if recovered is None and not written:
        return
    if recovered is None or not written or abs(written[0].t - recovered) > AT_ONCE_S:
        told = f"at {written[0].t:.1f} s" if written else "never"
        seen = "never" if recovered is None else f"at {recovered:.1f} s"
        yield f"the recovery was recorded {told}, and the samples show it {seen}"
    yield from _still_firing(history, recovered or 0.0)


def _still_firing(history: History, recovered_s: float) -> Iterator[str]:
    until_s = watched_until(history)
    changes = [change for change in history.of(AlertChange) if change.t <= until_s]
    unseen = [each for each in history.of(UnseenAlerts) if recovered_s <= each.t <= until_s]
    if changes and changes[-1].to != "inactive" and not unseen:
        state = f"{history.head.alert} was still {changes[-1].to} at {until_s:.1f} s"
        yield f"the metric recovered at {recovered_s:.1f} s, and {state}"


def _clients(history: History) -> Iterator[str]:
    """Look whether the clients are served while the recovered metric holds its target."""
    recovered, until_s = recovered_at(history), watched_until(history)
    if recovered is None:
        return
    watched = [each for each in history.of(Traffic) if recovered <= each.t <= until_s]
    rates = [each for each in watched if recovered + RATE_S <= each.t] or watched[-1:]
    sent, failed = sum(each.achieved_rps for each in rates), sum(each.failed_rps for each in rates)
    if failed > HALF * sent:
        yield f"the metric held its target, and {failed:.1f} of {sent:.1f} requests a second failed meanwhile"


def _ledger(history: History) -> Iterator[str]:
    """Compare the ledger with its own ends, and with the traffic, which is counted from the same requests."""
    for ledger in history.of(Ledger):
        yield from wrong_sums(ledger)
        traffic = [each for each in history.of(Traffic) if each.t <= ledger.t]
        counted, seen = ledger.loss(REQUESTS_FAILED), sum(each.failed or 0 for each in traffic)
        failed = (counted.count or 0) if counted else 0
        if not failed and any(each.failed_rps for each in traffic):
            yield "the traffic shows failed requests, and the ledger has none"
        elif failed < seen:
            yield f"the traffic shows {seen} failed requests, and the ledger has {failed}"


def _incident(history: History) -> Iterator[str]:
    """Look whether the clients went on between the fault and the first command."""
    injected, acted = history.milestone("injected"), history.milestone("acted")
    if injected is None or acted is None or acted - injected <= BLIND_S:
        return
    if not any(each.achieved_rps for each in history.of(Traffic) if injected <= each.t <= acted):
        yield f"no client sent anything from {injected:.1f} s to {acted:.1f} s, while the fault was in effect"


def _placebo(history: History) -> Iterator[str]:
    if history.head.arm is not Arm.PLACEBO:
        return
    for ran in history.of(RanCommand, purpose="placebo"):
        if not NOTHING.fullmatch(ran.text):
            yield f"a placebo only waits, and `{ran.text}` was typed"


def _readings(history: History) -> Iterator[str]:
    head = history.head
    for symptom in (*((head.symptom,) if head.symptom else ()), *(head.rules_out or ())):
        for ran in history.of(RanCommand, purpose="diagnose", line=symptom.line):
            if symptom.command not in f"{ran.text}\n{ran.stdin or ''}":
                yield f"the reading of line {ran.line} comes from `{symptom.command}`, and `{ran.text}` was typed"
