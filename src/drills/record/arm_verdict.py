"""Make, write and read ``verdict.json`` of an arm's folder, from the arm's history and its judgement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from drills.common.files import write_text
from drills.record.durability import Durability, durability
from drills.record.events import Ledger, Loss, RanCommand
from drills.record.evidence_strength import EvidenceStrength, evidence_strength
from drills.record.format import Recorded, RecordError, parse, read_text
from drills.record.head import Runbook, SymptomHead
from drills.record.last_words import last_words
from drills.record.placebo_watch import PlaceboWatch
from drills.record.promises import JudgedPromise, promises
from drills.record.proof import proof
from drills.record.settled import settled_at
from drills.record.verdicts import Arm, Lasting, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from drills.record.history import History
    from drills.record.judge import Judgement

VERDICT = "verdict.json"


def _ordered(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError("two numbers, the lower one first")
    return pair


class Command(Recorded):
    """A command that was typed as the solution, or instead of it."""

    line: int = Field(description="its line in the runbook; 0: it is not documented")
    text: str = Field(description="the command line")
    exit: int | None = Field(description="its exit code; null: it had none")
    seconds: float | None = Field(description="how long it took, in seconds")
    last_words: str | None = Field(default=None, description="the last line that a failed one printed; null: none")


class ProvedSymptom(SymptomHead):
    """The reading that should prove the cause, and whether it did."""

    proved: bool | None = Field(description="whether it proved the cause; null: it was not taken twice")
    normal: str = Field(description="what was read in the steady state")
    abnormal: str = Field(description="what was read during the fault")


class ArmVerdict(Recorded):
    """One arm of one cause, judged. Times are null where the moment never came."""

    cause: str = Field(description="the cause's id in the runbook")
    incident: int = Field(description="the incident's number")
    incident_name: str = Field(description="the incident's name")
    cause_name: str = Field(description="the cause's name")
    arm: Arm = Field(description="which arm of the experiment")
    verdict: Verdict = Field(description="what the judge says, the placebo taken into account")
    alert: str = Field(description="the name of the incident's alert")
    ttd_s: float | None = Field(description="from the fault to the alert, in seconds")
    ttr_s: float | None = Field(description="from the first command to the metric at its target, in seconds")
    action_s: float | None = Field(description="from the first command to the end of the last one, in seconds")
    documented_minutes: Annotated[tuple[float, float], AfterValidator(_ordered)] = Field(
        description="the documented time of the solution, in minutes"
    )
    losses: tuple[Loss, ...] = Field(description="what the clients lost, each kind once; empty: it was not audited")
    commands: tuple[Command, ...] = Field(description="the commands of the solution, or what the placebo did instead")
    reason: str = Field(description="why, in one sentence")
    time_scale: float = Field(description="how many times shorter than documented the windows were")
    runbook: Runbook = Field(description="the edition of the runbook")
    expected_verdict: Verdict = Field(description="the verdict that earlier runs established")
    finding: str = Field(description="what is wrong with the row as first documented; empty: nothing")
    solution: str = Field(description="the documented solution, in the runbook's words")
    durability: Durability | None = Field(description="whether the recovery lasted; null: that was not tried")
    symptom: ProvedSymptom | None = Field(description="the reading that proves the cause; null: there is none")
    evidence: str = Field(description="the arm's folder, relative to the output folder")
    evidence_strength: EvidenceStrength | None = Field(
        default=None,
        description="how unlikely such a recovery is by chance; null: nothing recovered, or an old verdict",
    )
    watch: PlaceboWatch | None = Field(default=None, description="of a placebo: for how long it was watched")
    settled_s: float | None = Field(
        default=None,
        description="from the end of the watching until all of the system was as before, in seconds; null: it was not",
    )
    expected_lasting: Lasting | None = Field(
        default=None, description="whether earlier runs found that the recovery lasts; null: not tried"
    )
    promises: tuple[JudgedPromise, ...] | None = Field(
        default=None,
        description="what the runbook promises, and whether it was kept; null: a placebo, or an old record",
    )


_FILE: TypeAdapter[ArmVerdict] = TypeAdapter(ArmVerdict)


def arm_verdict(history: History, judgement: Judgement, folder: Path) -> ArmVerdict:
    """Return what the verdict of the arm recorded in *folder* has to say."""
    head, ledger = history.head, history.of(Ledger)
    commands = [*history.of(RanCommand, purpose="resolve"), *history.of(RanCommand, purpose="placebo")]
    return ArmVerdict(
        cause=head.cause,
        incident=head.incident,
        incident_name=head.incident_name,
        cause_name=head.cause_name,
        arm=head.arm,
        verdict=judgement.verdict,
        alert=head.alert,
        ttd_s=judgement.ttd_s,
        ttr_s=judgement.ttr_s,
        action_s=judgement.action_s,
        documented_minutes=head.documented_minutes,
        losses=ledger[-1].losses if ledger else (),
        commands=tuple(map(_command, commands)),
        reason=judgement.reason,
        time_scale=head.time_scale,
        runbook=head.runbook,
        expected_verdict=head.expected_verdict,
        finding=head.finding,
        solution=head.solution,
        durability=durability(history),
        symptom=_symptom(history),
        evidence_strength=evidence_strength(history),
        watch=judgement.placebo,
        settled_s=_settled_s(history),
        expected_lasting=head.expected_lasting,
        promises=promises(history),
        evidence=f"{folder.parent.name}/{folder.name}",
    )


def _settled_s(history: History) -> float | None:
    watched, settled = history.milestone("watched"), settled_at(history)
    return None if watched is None or settled is None else round(settled - watched, 2)


def _command(ran: RanCommand) -> Command:
    said = last_words(ran.output) if ran.exit != 0 else ""
    return Command(line=ran.line, text=ran.text, exit=ran.exit, seconds=ran.seconds, last_words=said or None)


def _symptom(history: History) -> ProvedSymptom | None:
    facts, found = history.head.symptom, proof(history)
    if facts is None:
        return None
    proved = found.proved if found else None
    normal, abnormal = (found.normal, found.abnormal) if found else ("", "")
    return ProvedSymptom(**dict(facts), proved=proved, normal=normal, abnormal=abnormal)


def read_verdict(folder: Path) -> ArmVerdict:
    """Read what was written of the arm in *folder*; raises RecordError when that is missing or malformed."""
    path = folder / VERDICT
    return parse(_FILE, read_text(path), str(path))


def write_verdict(folder: Path, verdict: ArmVerdict) -> Path:
    """Write the verdict into the arm's *folder*, whole or not at all."""
    return write_text(folder / VERDICT, json.dumps(as_json(verdict), indent=2, ensure_ascii=False) + "\n")


def as_json(verdict: ArmVerdict) -> dict[str, object]:
    """Return the verdict under the names that its file has."""
    return verdict.model_dump(mode="json")


def differences(found: ArmVerdict, folder: Path) -> list[str]:
    """Return a sentence for each field in which the verdict on disk in *folder* is not what the records say.

    Where the folder is does not count: a record that was copied or downloaded says the same.
    """
    path = folder / VERDICT
    try:
        read = read_verdict(folder)
    except RecordError as error:
        return [str(error)]
    written, judged = as_json(read), as_json(found)
    return [
        f"{path}: {name} is {written[name]!r:.200}, and judged again from its record {judged[name]!r:.200}."
        for name in judged
        # An older drill wrote fewer fields.
        if name != "evidence" and name in read.model_fields_set and written[name] != judged[name]
    ]
