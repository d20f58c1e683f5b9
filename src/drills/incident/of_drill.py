"""Turn the record of a drill's arm into the lines of an incident: only what was recorded, each with its time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from drills.incident.drill_evidence import evidence
from drills.incident.drill_measures import alert_value, clients, lost, measured
from drills.incident.entries import AnyEntry, Made, Note, Opened, Resolved, Topic
from drills.incident.errors import IncidentError
from drills.incident.times import length, moment
from drills.record.events import DurabilityStage, Ledger, RanCommand
from drills.record.format import RecordError
from drills.record.incident_alert import fired_at
from drills.record.judge import judge
from drills.record.last_words import last_words
from drills.record.measurements import Confirm
from drills.record.proof import proof
from drills.record.reader import FILE, read
from drills.record.signal_quality import recovered_at
from drills.record.verdicts import RECOVERED, Arm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from drills.record.history import History
    from drills.record.judge import Judgement


def of_drill(folder: Path) -> Made:
    """Read the arm in *folder*; raises IncidentError where it is no record, or shows no incident."""
    try:
        history = read(folder)
    except RecordError as error:
        raise IncidentError(str(error).rstrip(".")) from None
    injected, fired = history.milestone("injected"), fired_at(history)
    judgement = judge(history)
    if injected is None or fired is None:
        raise IncidentError(f"{folder / FILE}: the record shows no incident: {judgement.reason}")
    digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    told = _Told(history, moment(history.head.at), injected, fired, judgement)
    return Made(told.opened(f"{folder.name}/{FILE}", digest), tuple(told.entries()))


@dataclass(frozen=True)
class _Told:
    history: History
    began: datetime
    injected: float
    fired: float
    judgement: Judgement

    def at(self, t: float) -> datetime:
        return self.began + timedelta(seconds=t)

    def note(self, t: float, about: Topic, text: str, point: str = "") -> Note:
        return Note(at=self.at(t).isoformat(), about=about, text=text, point=point)

    def opened(self, source: str, digest: str) -> Opened:
        head = self.history.head
        return Opened(
            at=self.at(self.fired).isoformat(),
            format=1,
            id="",
            origin="drill",
            title=head.incident_name,
            started=self.at(self.injected).isoformat(),
            chapter=head.incident,
            about=f"This is a drill in a sandbox, not an incident: the {head.arm} arm of cause {head.cause} "
            f"({head.cause_name}). Its windows were {head.time_scale:g} times shorter than the runbook says, and no "
            "system in use was touched.",
            source=source,
            source_sha256=digest,
            runbook=head.runbook,
        )

    def entries(self) -> Iterator[AnyEntry]:
        yield from self._until_the_first_command()
        yield from self._solution()
        yield from self._outcome()

    def _until_the_first_command(self) -> Iterator[AnyEntry]:
        head, acted = self.history.head, self.history.milestone("acted") or self.history.end_s
        yield self.note(self.injected, Topic.OBSERVATION, "The drill injected the fault")
        yield self.note(self.fired, Topic.ALERT, f"{head.alert} fired ({head.threshold.text}){self._seen(self.fired)}")
        yield self.note(self.fired, Topic.RESPONDER, "none: the drill typed the commands")
        yield self.note(self.fired, Topic.USERS, "no user: the only clients were those of the drill")
        yield self.note(self.fired, Topic.COMMANDER, "none: a drill has no commander")
        for t in dict.fromkeys((self.fired, acted)):
            # An alert that goes away before the first command, such as one on the fault's own restart, decides nothing.
            found = measured(self.history, t, others=t == acted)
            yield from (each.entry(self.at(t).isoformat()) for each in found)
            counted = clients(self.history, self.injected, t)
            if counted:
                yield self.note(t, Topic.IMPACT, counted)
        for confirm in (each for each in self.history.of(Confirm) if each.ok):
            text = f"The fault was in effect: {confirm.channel} showed {confirm.seen}"
            yield self.note(confirm.t, Topic.OBSERVATION, text)
        yield from self._investigation()

    def _seen(self, t: float) -> str:
        value = alert_value(self.history, self.injected, t)
        return f": the metric had reached {value}" if value else ""

    def _investigation(self) -> Iterator[AnyEntry]:
        typed = self.history.of(RanCommand, purpose="diagnose", when="abnormal")
        if typed:
            began = typed[0].t - typed[0].seconds
            yield self.note(began, Topic.INVESTIGATION, f"The first command was `{typed[0].text}`")
        head, found = self.history.head, proof(self.history)
        if head.symptom and found and found.proved:
            read = [each for each in typed if each.line == head.symptom.line][-1]
            # What appears is given by its pattern, which is no reading.
            before = "which it did not" if found.normal.startswith("no ") else f"and {found.normal}"
            text = f"{head.cause_name}: `{read.text}` showed {found.abnormal}, {before} before the fault"
            yield self.note(read.t, Topic.ROOT_CAUSE, text)

    def _solution(self) -> Iterator[AnyEntry]:
        acted, resolved = self.history.milestone("acted"), self.history.milestone("resolved")
        typed = self.history.of(RanCommand, purpose="resolve")
        for each in typed:
            said = "" if each.exit == 0 else f", {last_words(each.output)}".rstrip(", ")
            text = f"`{each.text}` (runbook, line {each.line}): exit code {each.exit}, {each.seconds:.1f} s{said}"
            yield self.note(each.t, Topic.ACTION, text)
        if self.history.head.arm == Arm.PLACEBO and acted is not None:
            yield self.note(
                acted, Topic.ACTION, "nothing of the solution was typed: this arm shows what comes by itself"
            )
        if typed and resolved is not None:
            yield self.note(resolved, Topic.MITIGATION, "The last command of the solution had ended")

    def _outcome(self) -> Iterator[AnyEntry]:
        recovered, watched = recovered_at(self.history), self.history.milestone("watched")
        over = self.judgement.verdict in RECOVERED and recovered is not None and watched is not None
        if over and recovered is not None and watched is not None:
            yield from self._recovery(recovered, watched)
        else:
            text = (
                f"It was not over at the end of the drill. The judge: {self.judgement.verdict}: {self.judgement.reason}"
            )
            yield self.note(self.history.end_s, Topic.OBSERVATION, text)
        yield from self._ledgers()

    def _recovery(self, recovered: float, watched: float) -> Iterator[AnyEntry]:
        head, acted = self.history.head, self.history.milestone("acted") or recovered
        held = f"The metric was at its target {head.target.text}, and held it for {head.sustain_s:g} s at least"
        yield self.note(recovered, Topic.RECOVERY, held)
        lines = [each.text for each in self.history.of(RanCommand, purpose="resolve")]
        text = f"{head.solution}; typed: {', '.join(f'`{line}`' for line in lines)}"
        yield Resolved(at=self.at(watched).isoformat(), text=text)
        detected, cured = timedelta(seconds=self.fired - self.injected), timedelta(seconds=recovered - acted)
        yield self.note(watched, Topic.WELL, f"{head.alert} fired {length(detected)} after the fault")
        yield self.note(watched, Topic.WELL, f"The metric was at its target {length(cured)} after the first command")
        for each in evidence(self.history):
            yield self.note(each.t, Topic.EVIDENCE, each.text, point=each.point)
        for stage in self.history.of(DurabilityStage):
            again = "the same load came again" if stage.stage == "load" else "a service was restarted"
            yield self.note(stage.t, Topic.OBSERVATION, f"Afterwards {again}: the metric {stage.seen}")
            if stage.held is False:
                yield self.note(
                    stage.t, Topic.IMPROVE, f"The solution does not last: when {again}, the metric {stage.seen}"
                )
        if head.finding:
            yield self.note(watched, Topic.IMPROVE, f"The row of the runbook as first documented: {head.finding}")

    def _ledgers(self) -> Iterator[AnyEntry]:
        for ledger in self.history.of(Ledger):
            yield from (each.entry(self.at(ledger.t).isoformat()) for each in lost(self.history))
            counted = [each for each in ledger.losses if each.promised and each.count is not None]
            if not counted:
                continue
            text = ", ".join(
                f"{each.count}{f' of {each.of}' if each.of is not None else ''} {each.kind}" for each in counted
            )
            gone = any(each.count for each in counted)
            yield self.note(ledger.t, Topic.OBSERVATION, f"What the clients had been promised was counted: {text}")
            yield self.note(
                ledger.t,
                Topic.IMPROVE if gone else Topic.WELL,
                f"{'Something' if gone else 'Nothing'} promised was lost: {text}",
            )
