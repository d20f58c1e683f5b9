"""One drill's part of a chart: metric above, alert state and phases as strips below."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from math import nan
from typing import TYPE_CHECKING

from matplotlib.patches import Patch

from drills.record.measurements import Part, Sample
from drills.reports.chart_layout import Label, column, fits, fits_upright, row
from drills.reports.chart_series import alert_states, axis_name, broken, holes, shown, with_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from drills.record.history import History
    from drills.reports.chart_series import Scales

BLUE, ORANGE, GREEN, RED, INK, PALE = "#0072B2", "#E69F00", "#007A5A", "#C04A00", "#333333", "#D9D9D9"
STATE_COLOURS = {"inactive": PALE, "pending": ORANGE, "firing": RED}
STATE_INK = {"inactive": INK, "pending": INK, "firing": "white"}
HATCHES = {"pending": "////"}
SIGNS = {">=": "≥", "<=": "≤"}
PHASE_SHADES = ("#F3F5F7", "#E3E8ED")
UNSHOWN = {"watched"}
"""Milestones that no marker shows: the end of their phase does."""
NO_DATA = "no data"
LEFT, WIDTH = 0.075, 0.78


@dataclass(frozen=True)
class Panel:
    """A history, the verdict on it, and a *note* on what that stands on, which may be empty."""

    history: History
    verdict: str
    note: str = ""


def draw_panel(figure: Figure, panel: Panel, scales: Scales, *, foot: float, height: float) -> None:
    """Draw *panel* into the band of *figure* that begins at *foot*; both are fractions of its height."""
    history = panel.history
    metric = figure.add_axes((LEFT, foot + 0.31 * height, WIDTH, 0.485 * height))
    alert = figure.add_axes((LEFT, foot + 0.235 * height, WIDTH, 0.045 * height), sharex=metric)
    phases = figure.add_axes((LEFT, foot + 0.105 * height, WIDTH, 0.105 * height), sharex=metric)
    metric.set(xlim=(0.0, scales.end_s), ylim=(0.0, scales.top), ylabel=axis_name(history))
    for axes in (metric, alert):
        axes.tick_params(labelbottom=False, bottom=False)
    figure.draw_without_rendering()  # settles the places that the labels are computed from
    _draw_title(figure, panel, [foot + part * height for part in (0.968, 0.926, 0.889)])
    _draw_metric(metric, history)
    _draw_limits(metric, history)
    _draw_milestones(metric, history)
    _draw_alert(alert, history)
    _draw_phases(phases, [metric], history)


def _draw_title(figure: Figure, panel: Panel, lines_y: Sequence[float]) -> None:
    drill = panel.history.head
    title = f"{drill.cause} {drill.cause_name} — {drill.arm}: {panel.verdict}"
    scale = "in real time" if drill.time_scale == 1 else f"{drill.time_scale:g} times faster than documented"
    torn = "; the record ends in the middle of a line" if panel.history.torn else ""
    subtitle = f"{drill.alert}; windows {scale}, thresholds as documented; {drill.at}{torn}"
    title_y, *others_y = lines_y
    figure.text(LEFT, title_y, title, size=15, weight="bold", color=INK, va="center")
    for y, text in zip(others_y, (subtitle, panel.note), strict=True):
        figure.text(LEFT, y, text, size=9.5, color="#5A5A5A", va="center")


def _draw_metric(axes: Axes, history: History) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="y", color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    if not any(sample.value is not None for sample in history.of(Sample)):
        axes.text(0.5, 0.5, "no data was recorded", transform=axes.transAxes, ha="center", size=13, color=INK)
        return
    points = list(broken(history.of(Sample), history.end_s))
    times = [sample.t for sample in points]
    values = [nan if sample.value is None else shown(history, sample.value) for sample in points]
    axes.plot(times, values, color=BLUE, linewidth=1.8, marker="o", markersize=2.4, zorder=4, clip_on=False)
    for begin_s, end_s in holes(points):
        _draw_hole(axes, begin_s, end_s)
    _draw_parts(axes, history)


def _draw_parts(axes: Axes, history: History) -> None:
    """Draw each part of the metric, such as CPU and memory, as a thin line of its own with its name."""
    names = dict.fromkeys(part.name for part in history.of(Part))
    for name, dashes, colour in zip(names, cycle(("--", ":", "-.")), cycle((ORANGE, GREEN, INK)), strict=False):
        parts = history.of(Part, name=name)
        values = [nan if part.value is None else shown(history, part.value) for part in parts]
        axes.plot(
            [part.t for part in parts], values, color=colour, linestyle=dashes, linewidth=1.3, label=name, zorder=3
        )
    if names:
        axes.legend(loc="upper left", fontsize=8, framealpha=0.85)


def _draw_hole(axes: Axes, begin_s: float, end_s: float) -> None:
    axes.axvspan(begin_s, end_s, facecolor="white", edgecolor="#9A9A9A", hatch="////", linewidth=0, zorder=1)
    level = fits(axes, NO_DATA, begin_s, end_s)
    if level or fits_upright(axes, NO_DATA, begin_s, end_s):
        axes.text(
            (begin_s + end_s) / 2,
            0.5,
            NO_DATA,
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="center",
            rotation=0 if level else 90,
            size=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            zorder=5,
        )


def _draw_limits(axes: Axes, history: History) -> None:
    """Draw target and alert level; their dashes interlock, so that both are seen where they coincide."""
    named = (("target", history.head.target, GREEN, 0), ("alert", history.head.threshold, RED, 6))
    labels = []
    for name, limit, colour, offset in named:
        value = shown(history, limit.value)
        axes.axhline(value, color=colour, linewidth=1.6, linestyle=(offset, (6, 6)), zorder=3)
        text = f"{name} {SIGNS.get(limit.op, limit.op)} {with_unit(history, value)}"
        labels.append(Label(value, text, colour, bold=True))
    column(axes, labels, gap_px=12)


def _draw_milestones(axes: Axes, history: History) -> None:
    milestones = {name: t_s for name, t_s in history.milestones.items() if name not in UNSHOWN}
    for t_s in milestones.values():
        axes.axvline(t_s, color=INK, linewidth=1.0, linestyle=(0, (1, 1.5)), zorder=3)
    height_px = axes.get_window_extent().height
    labels = [Label(t_s, f"{name} {t_s:.1f} s", INK) for name, t_s in milestones.items()]
    row(axes, labels, y_px=height_px + 24, edge_px=height_px)


def _draw_alert(axes: Axes, history: History) -> None:
    _strip(axes, "alert")
    named, seen = set(), []
    for begin_s, end_s, state in alert_states(history):
        colour = STATE_COLOURS.get(state, PALE)
        seen.append(state)
        axes.axvspan(begin_s, end_s, facecolor=colour, edgecolor="white", hatch=HATCHES.get(state), linewidth=0)
        if fits(axes, state, begin_s, end_s):
            named.add(state)
            ink, box = STATE_INK.get(state, INK), {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
            middle_s = (begin_s + end_s) / 2
            axes.text(middle_s, 0.46, state, ha="center", va="center", size=9, color=ink, bbox=box)
    _key(axes, [state for state in STATE_COLOURS if state in seen and state not in named])


def _draw_phases(axes: Axes, shaded: Sequence[Axes], history: History) -> None:
    _strip(axes, "phase")
    axes.set_xlabel("seconds since the drill began", size=9.5)
    top = axes.get_window_extent().height
    labels = []
    for index, phase in enumerate(history.phases):
        end_s = history.end_s if phase.end_s is None else phase.end_s
        shade = PHASE_SHADES[index % len(PHASE_SHADES)]
        axes.axvspan(phase.begin_s, end_s, ymin=0.7, facecolor="#AEBBC7" if index % 2 else "#D3DBE2", linewidth=0)
        for other in shaded:
            other.axvspan(phase.begin_s, end_s, facecolor=shade, linewidth=0, zorder=0)
        labels.append(Label((phase.begin_s + end_s) / 2, phase.name, INK))
    row(axes, labels, y_px=0.27 * top, edge_px=0.7 * top)


def _strip(axes: Axes, name: str) -> None:
    axes.set(ylim=(0, 1), yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_ylabel(name, rotation=0, ha="right", va="center", size=9.5, labelpad=8)


def _key(axes: Axes, states: Sequence[str]) -> None:
    """Name at the right of the strip the colours of *states*, which were too short to carry their names."""
    if not states:
        return
    patches = [
        Patch(
            facecolor=STATE_COLOURS[state],
            edgecolor="white",
            hatch=HATCHES.get(state),
            linewidth=0,
            label=state,
        )
        for state in states
    ]
    axes.legend(
        handles=patches,
        loc="center left",
        bbox_to_anchor=(1.005, 0.46),
        ncols=len(patches),
        fontsize=7.5,
        frameon=False,
        handlelength=1.0,
        handletextpad=0.35,
        columnspacing=0.7,
    )
