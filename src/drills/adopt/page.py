"""The page that says what was derived, guessed, asked and left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drills.adopt.notes import Note, Part
from drills.adopt.texts import cell, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drills.adopt.expressions import Matched
    from drills.adopt.rows import Row

SAYS = {
    Part.DERIVED: "The project itself says this. Nothing of it has to be written down.",
    Part.GUESSED: "Look at each of these: it may be otherwise; where it is, say so in the file that it stands in.",
    Part.ASKED: "Neither Compose nor the system tells this. What needs it does less, or nothing, until you say it.",
    Part.LEFT_OUT: "The suite does without this, for the reason beside it.",
}
HEAD = """# What adoption found

Written by `drills adopt`, which may be run again: a file that you have changed stays as it is. Nothing was started
and no engine was asked, so nothing here has been tried. Next:

    {make}
    cd {into} && drills plan                   # every line that would be typed
    pytest scenarios --arm documented          # try the drills; each ends red, as UNPROVEN without its placebo
"""


def page(
    notes: Iterable[Note], rows: Iterable[Row], matched: Iterable[Matched], *, into: str, no_runbook: str = ""
) -> str:
    """Return the page; *no_runbook* says why there are no rows."""
    held = list(dict.fromkeys(notes))
    make = f"echo 'include {into}/drills.mk' >> Makefile    # if you use make"
    parts = [HEAD.replace("{into}", into).replace("{make}", make), "\n".join(_drills(list(rows), no_runbook))]
    parts.append("\n".join(_alerts(list(matched))))
    parts += ["\n".join(_part(part, [note for note in held if note.part is part])) for part in Part]
    return "\n".join(part for part in parts if part)


def _drills(rows: list[Row], no_runbook: str) -> Iterator[str]:
    yield "## Drills\n"
    if not rows:
        yield f"{no_runbook or 'The runbook has no row'}, so there is nothing to hold.\n"
        return
    written = [row for row in rows if row.guess]
    ready = sum(not row.waits for row in written)
    held = f"{len(written)} of {len(rows)} rows of the runbook have a drill"
    yield f"{held}, each of them a guess; {ready} wait for nothing.\n"
    yield "| row | cause | fault | on | reading | why |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row in rows:
        yield "| " + " | ".join(_cells(row)) + " |"
    yield ""


def _cells(row: Row) -> tuple[str, ...]:
    if row.guess is None or row.symptom is None:
        return row.cause.id, cell(row.cause.name), "none", "", "", cell(row.why_not)
    why = row.guess.why + (f". Waits: {row.waits}" if row.waits else "")
    reading = f"`{cell(row.symptom.command)}`: {row.symptom.change}"
    return row.cause.id, cell(row.cause.name), row.guess.fault.name, row.guess.service.name, reading, cell(why)


def _alerts(matched: list[Matched]) -> Iterator[str]:
    if matched:
        yield "## Alerts\n"
        yield "| alert of the runbook | rule | how it was found |"
        yield "| --- | --- | --- |"
        for each in matched:
            yield f"| {cell(each.alert.name)} | {cell(each.rule) or 'none'} | {each.how} |"
        yield ""


def _part(part: Part, notes: list[Note]) -> Iterator[str]:
    yield f"## {part}\n\n{SAYS[part]}\n"
    yield from (f"- **{one_line(note.what)}**: {one_line(note.why)}." for note in notes)
    yield "" if notes else "- Nothing.\n"
