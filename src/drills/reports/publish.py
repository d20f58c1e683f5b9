"""Make every report of what a run recorded, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drills.common.files import write_text
from drills.common.redaction import scan
from drills.record.arm_verdict import VERDICT
from drills.record.format import RecordError
from drills.record.reader import FILE
from drills.record.verdicts import ARMS, DOCUMENTED
from drills.reports import allure_html, chart
from drills.reports.chart_files import ALL_ARMS, ONE_ARM
from drills.reports.collect import collect, drill_folders
from drills.reports.findings_page import FINDINGS, findings_page
from drills.reports.machine_files import write_machine_files
from drills.reports.page import write_page
from drills.reports.verification import write_verification

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

RESULTS = "allure-results"
PAGE = "allure"


@dataclass(frozen=True)
class Published:
    """The files made; a sentence for each thing that is broken, and for each that merely does not count."""

    paths: tuple[Path, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def publish(output: Path, secrets: Iterable[str] = ()) -> Published:
    """Make charts, pages, verification table, findings and metrics from what is recorded under *output*.

    Raises RecordError when nothing is recorded, or when any of *secrets* is in a recorded file: then nothing
    is made, and the sentence names the files, never the secret.
    """
    drills = drill_folders(output)
    results = any((output / RESULTS).glob("*-result.json"))
    if not drills and not results:
        raise RecordError(f"{output}: expected a recorded run, found none; run the drills first.")
    _refuse_leaks(output, secrets)
    paths: list[Path] = []
    problems: list[str] = []
    notes: list[str] = []
    if drills:
        paths += _charts(drills, problems)
        paths += _table(output, problems, notes)
    if results:
        paths += _page(output, problems)
    return Published(tuple(paths), tuple(problems), tuple(notes))


def _refuse_leaks(output: Path, secrets: Iterable[str]) -> None:
    recorded = [entry for entry in sorted(output.iterdir()) if entry.name != PAGE]
    if leaks := scan(recorded, secrets):
        files = ", ".join(str(leak) for leak in leaks)
        raise RecordError(f"A known secret stands in what was recorded, so nothing was published: {files}.")


def _charts(drills: Iterable[Path], problems: list[str]) -> Iterator[Path]:
    for folder in drills:
        try:
            yield _fresh(folder / f"{ONE_ARM}.png", folder) or chart.draw(folder)
            if others := _other_arms(folder):
                yield _fresh(folder / f"{ALL_ARMS}.png", folder, *others) or chart.draw_arms(folder, *others)
        except RecordError as error:
            problems.append(str(error))


def _other_arms(folder: Path) -> list[Path]:
    """Return the folders of the other arms, in their order, where *folder* is that of a documented arm."""
    cause, _, arm = folder.name.rpartition("-")
    others = [folder.with_name(f"{cause}-{other}") for other in ARMS if other != DOCUMENTED]
    return [other for other in others if (other / FILE).exists()] if arm == DOCUMENTED else []


def _fresh(picture: Path, *folders: Path) -> Path | None:
    """Return *picture* if it is younger than the records it shows: drawing is the slow part of a report."""
    sources = [folder / name for folder in folders for name in (FILE, VERDICT)]
    if not picture.exists():
        return None
    youngest = max(source.stat().st_mtime for source in sources if source.exists())
    return picture if picture.stat().st_mtime > youngest else None


def _table(output: Path, problems: list[str], notes: list[str]) -> list[Path]:
    try:
        run = collect(output)
    except RecordError as error:
        problems.append(str(error))
        return []
    # Drawing its chart has already named a broken record; one sentence about it is enough.
    named = " ".join(problems)
    problems += [f"{output}: {problem}" for problem in run.problems if problem not in named]
    notes += run.notes
    if (output / RESULTS).is_dir():
        # No charts: what the page carries cannot show a file beside it, and each drill's chart is there already.
        allure_html.attach(output / RESULTS, FINDINGS, findings_page(run), "text/markdown")
    return [
        write_page(run, output),
        *write_verification(run, output),
        *write_machine_files(run, output),
        write_text(output / FINDINGS, findings_page(run, output)),
    ]


def _page(output: Path, problems: list[str]) -> list[Path]:
    try:
        return [allure_html.build(output / RESULTS, output / PAGE)]
    except RecordError as error:
        problems.append(str(error))
        return []
