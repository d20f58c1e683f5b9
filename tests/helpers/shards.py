"""Output folders of runs made of the committed records, whole or as shards."""

from __future__ import annotations

import json
import shutil
from functools import cache
from typing import TYPE_CHECKING, Any

from drills.record.arm_verdict import write_verdict
from drills.record.experiment_verdict import rejudge
from tests.helpers.paths import DATA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RECORDS = DATA / "records" / "drills"
CAUSES = ("1.1", "2.1", "6.1", "7.5")
COMMIT = "c0ffee" + "0" * 34


@cache
def _verdicts() -> dict[str, Any]:
    """What today's judge makes of the committed records, which may be older than it."""
    return {folder.name: v for folder, v in rejudge(sorted(RECORDS.iterdir())).verdicts.items()}


def output(folder: Path, causes: Sequence[str] = CAUSES, **facts: Any) -> Path:
    """Write the output folder of a run that drilled *causes*; *facts* change what its coverage says."""
    for cause in causes:
        for recorded in RECORDS.glob(f"{cause}-*"):
            shutil.copytree(recorded, folder / "drills" / recorded.name)
            write_verdict(folder / "drills" / recorded.name, _verdicts()[recorded.name])
    named = [{"id": cause, "incident": "incident", "cause": "cause"} for cause in (*CAUSES, "9.9")]
    told = {"causes": named, "drilled": list(CAUSES), "chosen": list(CAUSES), "shards": [], "commit": COMMIT} | facts
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coverage.json").write_text(json.dumps({"document": "runbook/incidents.md"} | told), encoding="utf-8")
    return folder


def shards(folder: Path) -> list[Path]:
    """Write four shards of a run, each with one drill."""
    return [
        output(folder / f"shard-{number}", [cause], shards=[f"{number}/4"])
        for number, cause in enumerate(CAUSES, start=1)
    ]


def retold(shard: Path, arm: str, *changes: tuple[str, str]) -> None:
    """Change the record of an *arm* in a shard, and judge it as today's judge does."""
    history = shard / "drills" / arm / "history.jsonl"
    text = history.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    history.write_text(text, encoding="utf-8")
    for folder, verdict in rejudge(sorted((shard / "drills").iterdir())).verdicts.items():
        write_verdict(folder, verdict)
