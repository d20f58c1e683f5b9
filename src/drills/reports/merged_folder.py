"""Write the merged runs as an output folder of their own, in the place of an earlier one: whole, or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from drills.common.files import write_text
from drills.record.format import RecordError
from drills.reports.collect import COVERAGE, cause_order
from drills.reports.merge_page import merge_page
from drills.reports.publish import RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.reports.collect import Coverage
    from drills.reports.merge import Merged, Shard

SCHEMA: Final = 1
DATA: Final = "merge.json"
PAGE: Final = "merge.md"
READABLE: Final = 0o755


def require_free(output: Path, folders: Sequence[Path]) -> None:
    """Raise RecordError where *output* is one of *folders*, lies in one, or holds anything but an earlier merge."""
    mine, others = output.resolve(), [folder.resolve() for folder in folders]
    if any(mine == other or mine in other.parents or other in mine.parents for other in others):
        raise RecordError(f"{output}: expected a folder apart from those that are merged.")
    if output.exists() and not output.is_dir():
        raise RecordError(f"{output}: expected a folder, found a file.")
    if output.is_dir() and any(output.iterdir()) and not (output / DATA).exists():
        raise RecordError(f"{output}: it holds something else than an earlier merge, which stays; name another folder.")


@contextmanager
def replacing_folder(output: Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of *output* when the block ends without an error."""
    output.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name}."))
    new, old = scratch / "new", scratch / "old"
    new.mkdir(mode=READABLE)
    try:
        yield new
        if output.exists():
            output.rename(old)
        try:
            new.rename(output)
        except OSError:
            if old.exists():
                old.rename(output)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_merged(merged: Merged, output: Path) -> None:
    """Copy the records of the rows into *output*, and write what was merged and what is missing beside them."""
    for cause, shard in merged.rows.items():
        for verdict in shard.arms(cause):
            _copy(shard.folder / verdict.evidence, output / verdict.evidence)
    for shard in merged.shards:
        _copy(shard.folder / RESULTS, output / RESULTS)
    if merged.coverage:
        write_text(output / COVERAGE, _text(coverage_json(merged.coverage)))
    write_text(output / DATA, _text(as_json(merged)))
    write_text(output / PAGE, merge_page(merged))


def as_json(merged: Merged) -> dict[str, Any]:
    """Return what was merged and what is missing in the form that other programs read."""
    return {
        "schema": SCHEMA,
        "whole": merged.whole,
        "shards": [_shard(shard) for shard in merged.shards],
        "missing_shards": list(merged.missing_shards),
        "not_judged": list(merged.not_judged),
        "not_drilled": [cause.id for cause in merged.missing],
        "twice": {cause: [str(shard.folder) for shard in shards] for cause, shards in merged.twice.items()},
        "contradictions": {
            cause: [{"folder": str(shard.folder), "arms": _arms(shard, cause)} for shard in shards]
            for cause, shards in merged.contradictions.items()
        },
        "unexpected": [{"cause": v.cause, "arm": v.arm, "verdict": v.verdict} for v in merged.unexpected],
        "problems": list(merged.problems),
        "notes": list(merged.notes),
    }


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """Return the file that a run writes of its coverage."""
    return {
        "causes": [{"id": cause.id, "incident": cause.incident, "cause": cause.name} for cause in coverage.causes],
        "drilled": sorted(coverage.drilled),
        "chosen": None if coverage.chosen is None else sorted(coverage.chosen),
        "shards": list(coverage.shards),
        "commit": coverage.commit,
        "document": coverage.document,
    }


def _shard(shard: Shard) -> dict[str, Any]:
    coverage = shard.run.coverage
    return {
        "folder": str(shard.folder),
        "parts": list(coverage.shards) if coverage else [],
        "first_at": shard.run.first_at,
        "last_at": shard.run.last_at,
        "rows": sorted({v.cause for v in shard.run.verdicts}, key=cause_order),
    }


def _arms(shard: Shard, cause: str) -> list[dict[str, str | None]]:
    return [{"arm": arm, "verdict": verdict, "lasting": lasting} for arm, verdict, lasting in shard.told(cause)]


def _copy(folder: Path, to: Path) -> None:
    """Copy the files of *folder*, their times with them, as a chart is drawn anew where it is older than its record."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():  # a link in a foreign artifact may lead to any file of this machine
            continue
        copy = to / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
