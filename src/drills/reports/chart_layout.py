"""Place text in a chart: rows of labels that never overlap, joined to their spots by thin leaders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from matplotlib.lines import Line2D

from drills.reports.label_placement import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

GAP_PX = 8.0  # the least space between two neighbours
SMALL_PT = 9.0
LIFT_PX = 7.0  # a leader ends this far from the middle of its text


@dataclass(frozen=True)
class Label:
    """A text that belongs to *at* on its axis, in data units; several may belong to one spot."""

    at: float
    text: str
    colour: str
    bold: bool = False


def row(axes: Axes, labels: Sequence[Label], *, y_px: float, edge_px: float) -> None:
    """Write *labels* side by side, *y_px* above the foot of *axes*, with leaders from height *edge_px*.

    The axis must have its final limits and place in the figure.
    """
    ordered = sorted(labels, key=lambda label: label.at)
    box = axes.get_window_extent()
    spots = [float(axes.transData.transform((label.at, 0.0))[0]) for label in ordered]
    texts = [_text(axes, label) for label in ordered]
    centres = placed(spots, [_size(axes, text)[0] + GAP_PX for text in texts], box.x0, box.x1)
    lift = LIFT_PX if y_px > edge_px else -LIFT_PX
    for label, text, spot, centre in zip(ordered, texts, spots, centres, strict=True):
        _place(axes, text, (centre, box.y0 + y_px))
        _leader(axes, (spot, box.y0 + edge_px), (centre, box.y0 + y_px - lift), label.colour)


def column(axes: Axes, labels: Sequence[Label], *, gap_px: float) -> None:
    """Write *labels* one above the other, *gap_px* to the right of *axes*, each near its own height."""
    ordered = sorted(labels, key=lambda label: label.at)
    box = axes.get_window_extent()
    spots = [float(axes.transData.transform((0.0, label.at))[1]) for label in ordered]
    texts = [_text(axes, label, align="left") for label in ordered]
    centres = placed(spots, [_size(axes, text)[1] + GAP_PX / 2 for text in texts], box.y0, box.y1)
    for label, text, spot, centre in zip(ordered, texts, spots, centres, strict=True):
        _place(axes, text, (box.x1 + gap_px, centre))
        _leader(axes, (box.x1, spot), (box.x1 + gap_px - 3, centre), label.colour)


def fits(axes: Axes, text: str, begin: float, end: float) -> bool:
    """Whether *text* in small type fits between *begin* and *end* on the horizontal axis."""
    return _small_size(axes, text)[0] + GAP_PX <= _width(axes, begin, end)


def fits_upright(axes: Axes, text: str, begin: float, end: float) -> bool:
    """Whether *text* in small type, turned upright, fits between *begin* and *end* on the horizontal axis."""
    return _small_size(axes, text)[1] <= _width(axes, begin, end)


def _small_size(axes: Axes, text: str) -> tuple[float, float]:
    trial = _text(axes, Label(0.0, text, "black"))
    size = _size(axes, trial)
    trial.remove()
    return size


def _width(axes: Axes, begin: float, end: float) -> float:
    left, right = (float(axes.transData.transform((at, 0.0))[0]) for at in (begin, end))
    return right - left


def _text(axes: Axes, label: Label, align: Literal["left", "center"] = "center") -> Text:
    return _figure(axes).text(
        0,
        0,
        label.text,
        ha=align,
        va="center",
        size=SMALL_PT,
        color=label.colour,
        weight="bold" if label.bold else "normal",
    )


def _place(axes: Axes, text: Text, spot_px: tuple[float, float]) -> None:
    text.set_position(_fraction(axes, spot_px))


def _size(axes: Axes, text: Text) -> tuple[float, float]:
    # The canvas is the one the chart was given; matplotlib types it as the base class, without a renderer.
    canvas: Any = _figure(axes).canvas
    box = text.get_window_extent(canvas.get_renderer())
    return box.width, box.height


def _leader(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    figure = _figure(axes)
    (x0, y0), (x1, y1) = _fraction(axes, start), _fraction(axes, end)
    figure.add_artist(Line2D([x0, x1], [y0, y1], color=colour, linewidth=0.7, alpha=0.7))


def _fraction(axes: Axes, spot_px: tuple[float, float]) -> tuple[float, float]:
    """Return a spot in fractions of the figure: the SVG has other pixels than the PNG it is measured on."""
    x, y = _figure(axes).transFigure.inverted().transform(spot_px)
    return float(x), float(y)


def _figure(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("labels can only be placed on axes that are in a figure")
    return figure
