"""The one page: what the drills found, with its evidence, in a file that needs neither a server nor a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drills.common.files import write_text
from drills.record.reader import read
from drills.record.verdicts import DOCUMENTED
from drills.reports import phrases
from drills.reports.page_groups import GROUPS, certainty, counted, headline, unexpected
from drills.reports.page_html import render_html
from drills.reports.page_noise import noise_of_all
from drills.reports.page_rows import Row, rows
from drills.reports.run_facts import RunFacts, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from drills.record.history import History
    from drills.reports.collect import Run
    from drills.reports.page_rows import Fact

PAGE: Final = "index.html"
NOT_RECORDED: Final = "not recorded"
HAS_A_DRILL: Final = "it has a drill, and this run has no verdict on it"
NO_DRILL: Final = "no drill of it is known to this run"
UNSAID: Final = "the record does not say why"


def write_page(run: Run, output: Path) -> Path:
    """Write the page of the *run* recorded in *output*, whole or not at all, and return it."""
    return write_text(output / PAGE, page(run, output))


def page(run: Run, output: Path) -> str:
    """Return the page; the same records give the same page. Raises RecordError for one that cannot be read."""
    histories = {verdict.evidence: read(output / verdict.evidence) for verdict in run.verdicts}
    facts, doubt = facts_of(output, frozenset(history.head.run for history in histories.values()))
    found = list(rows(run, histories))
    return render_html(
        "page.html.j2",
        run=run,
        rows=found,
        headline=headline(run),
        certainty=certainty(run),
        unexpected=unexpected(run),
        counts=counted(row.group for row in found),
        groups=GROUPS,
        where=list(_where(run, facts, histories)),
        scaled_times=phrases.scaled_times(run),
        noise=noise_of_all(histories.values()),
        undrilled=list(_undrilled(found, run, facts)),
        not_counted=[sentence for sentence in (*run.problems, *run.notes, doubt) if sentence],
    )


def _where(run: Run, facts: RunFacts | None, histories: Mapping[str, History]) -> Iterator[Fact]:
    """Yield on what these verdicts were found, each fact with its name."""
    heads = [history.head for history in histories.values()]
    yield "System", (facts.system if facts else None) or NOT_RECORDED
    yield "Commit", (facts.commit if facts else None) or NOT_RECORDED
    yield "Runbook", run.runbook.file
    yield "SHA-256 of the runbook", run.runbook.sha256
    yield "Time scale", _time_scale(run)
    yield "Held", " to ".join(dict.fromkeys((run.first_at, run.last_at)))
    yield "Engine", "drills " + ", ".join(sorted({head.drills for head in heads}))
    yield "Seed", ", ".join(sorted({str(head.seed) for head in heads if head.seed is not None})) or NOT_RECORDED


def _time_scale(run: Run) -> str:
    if run.time_scale == 1:
        return "1: windows at their documented length"
    return f"{run.time_scale:g}: windows {run.time_scale:g} times shorter than documented, thresholds as documented"


def _undrilled(found: Iterable[Row], run: Run, facts: RunFacts | None) -> Iterator[tuple[str, list[Row]]]:
    """Yield each reason with the rows that have no verdict for it."""
    reasons: dict[str, list[Row]] = {}
    for row in found:
        if run.of(row.cause.id, DOCUMENTED) is None:
            reasons.setdefault(_why(row, run, facts), []).append(row)
    yield from reasons.items()


def _why(row: Row, run: Run, facts: RunFacts | None) -> str:
    told = facts.not_drilled.get(row.cause.id) if facts else None
    if told:
        return told
    if run.coverage is None:
        return UNSAID
    return HAS_A_DRILL if row.cause.id in run.coverage.drilled else NO_DRILL
