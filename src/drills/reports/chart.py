"""Charts of drills: the metric over time with its limits, the drill's phases and the alert's state.

Drawn without pyplot, so that nothing is shared between two charts. Colours stay apart for colour-blind
readers (after Okabe and Ito); every line also differs in its dashes or carries its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from drills.common.files import replacing
from drills.record.experiment_verdict import rejudge
from drills.record.format import RecordError
from drills.reports import phrases
from drills.reports.chart_files import ALL_ARMS, ONE_ARM
from drills.reports.chart_panel import Panel, draw_panel
from drills.reports.chart_series import Scales

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from drills.record.arm_verdict import ArmVerdict

DPI = 100
SIZE_PX = (1200, 600)
WIDTH_PX, ARM_HEIGHT_PX = 1200, 560


def draw(folder: Path) -> Path:
    """Draw the drill recorded in *folder* to ``chart.svg`` and ``chart.png`` there, and return the PNG.

    Raises RecordError when the record is missing or malformed.
    """
    return _write([_panel(folder)], SIZE_PX, folder / ONE_ARM)


def draw_arms(documented: Path, *others: Path) -> Path:
    """Draw the arms of one cause over each other, on the same scales, and return the PNG.

    The files are ``arms.svg`` and ``arms.png`` in the folder *documented*. Raises RecordError when a record is
    missing or malformed, or when they are not all of one cause.
    """
    panels = [_panel(folder) for folder in (documented, *others)]
    cause = panels[0].history.head.cause
    for folder, panel in zip(others, panels[1:], strict=True):
        if panel.history.head.cause != cause:
            other = panel.history.head.cause
            raise RecordError(f"{folder}: expected a drill of cause {cause} to set beside, found {other}.")
    return _write(panels, (WIDTH_PX, ARM_HEIGHT_PX * len(panels)), documented / ALL_ARMS)


def _panel(folder: Path) -> Panel:
    rejudged = rejudge([folder])
    if folder in rejudged.problems:
        raise RecordError(rejudged.problems[folder])
    verdict = rejudged.verdicts[folder]
    return Panel(rejudged.histories[folder], verdict.verdict, _note(verdict))


def _note(verdict: ArmVerdict) -> str:
    """Return how strong the evidence is, or for how long a placebo was watched."""
    if verdict.watch:
        return phrases.watch(verdict)
    return f"evidence: {phrases.evidence_strength(verdict)}" if verdict.evidence_strength else ""


def _write(panels: Sequence[Panel], size_px: tuple[int, int], stem: Path) -> Path:
    with mpl.rc_context({"font.family": "DejaVu Sans", "svg.hashsalt": "drill"}):
        figure = Figure(figsize=(size_px[0] / DPI, size_px[1] / DPI), dpi=DPI)
        FigureCanvasAgg(figure)
        scales = Scales.of([panel.history for panel in panels])
        height = 1 / len(panels)
        for index, panel in enumerate(panels):
            draw_panel(figure, panel, scales, foot=1 - (index + 1) * height, height=height)
        for suffix, metadata in (("svg", {"Date": None}), ("png", {"Software": None})):
            with replacing(stem.with_suffix(f".{suffix}")) as file:
                figure.savefig(file, format=suffix, metadata=metadata, dpi=DPI)
    return stem.with_suffix(".png")
