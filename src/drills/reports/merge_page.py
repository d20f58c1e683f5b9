"""Word what came of merging several runs, for the terminal and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.common.visible import visible
from drills.reports.expected import in_words
from drills.reports.markup import code, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drills.reports.merge import Merged, Shard


def sentences(merged: Merged) -> list[str]:
    """Return what a person has to know of the merged runs, worst first."""
    return [visible(sentence) for sentence in (*_red(merged), *_in_order(merged))]


def merge_page(merged: Merged) -> str:
    """Return the page: where each row comes from, what is missing, and what contradicts itself."""
    lines = ["# Merged runs", "", *(f"- {escape(sentence)}" for sentence in sentences(merged)), ""]
    lines += ["| row | verdicts | recorded in |", "| --- | --- | --- |"]
    for cause, shard in merged.rows.items():
        lines.append(f"| {escape(cause)} | {escape(_told(shard, cause))} | {code(str(shard.folder))} |")
    return "\n".join(lines) + "\n"


def _red(merged: Merged) -> Iterator[str]:
    for cause, shards in merged.contradictions.items():
        told = "; ".join(f"{_told(shard, cause)} in {shard.folder}" for shard in shards)
        yield f"{cause}: the shards contradict each other, so the row stands in no table: {told}."
    if merged.missing_shards:
        yield f"Missing shards: {', '.join(merged.missing_shards)}."
    if merged.not_judged:
        yield f"To be drilled and not judged in any shard: {', '.join(merged.not_judged)}."
    for verdict in merged.unexpected:
        yield f"{in_words(verdict)}."
    yield from merged.problems


def _in_order(merged: Merged) -> Iterator[str]:
    yield f"{len(merged.rows)} rows from {len(merged.shards)} folders."
    if not merged.coverage:
        yield "No folder says which rows the runbook has, so it is unknown which are missing."
    elif not merged.coverage.commit:
        yield "No folder names the commit that was drilled, so it is unknown whether it was the same one."
    if merged.missing:
        yield f"Rows of the runbook that no shard drilled: {', '.join(cause.id for cause in merged.missing)}."
    for cause, shards in merged.twice.items():
        yield f"{cause}: judged alike in {len(shards)} folders, taken from {shards[0].folder}."
    yield from merged.notes


def _told(shard: Shard, cause: str) -> str:
    return ", ".join(
        f"{arm} {verdict}{f' ({lasting})' if lasting else ''}" for arm, verdict, lasting in shard.told(cause)
    )
