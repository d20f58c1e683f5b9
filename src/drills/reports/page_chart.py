"""One arm's metric as a small drawing inside the page: its lines follow the page's colours and width.

Matplotlib's charts of the same records stand in the arms' folders; those of 36 rows would make the page twice as
large as it may be, and could follow neither a dark screen nor the width of a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Final

from drills.record.measurements import Part, Sample
from drills.reports.chart_series import Scales, alert_states, axis_name, broken, holes, shown, with_unit
from drills.reports.label_placement import placed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drills.record.history import History
    from drills.reports.page_transcript import Typed

STEPS: Final = (1.0, 2.0, 5.0, 10.0)
TICKS: Final = 6
"""At most so many steps on an axis."""
CHARACTER_PX: Final = 6.4
"""A character of a label is at most so wide, in the mean, at the size that the style sheet gives it."""
GAP_PX: Final = 8.0
MARK_PX: Final = 17.0
"""The width of a command's numbered mark."""
NO_DATA_PX: Final = 52.0
"""A span without data at least so wide carries its name."""


@dataclass(frozen=True)
class Size:
    """The drawing's measures in pixels; *named* are the milestones that have room for their names."""

    key: str
    width: float
    height: float
    left: float
    right: float
    top: float
    foot: float
    named: frozenset[str]

    @property
    def base(self) -> float:
        """Where the horizontal axis lies."""
        return self.height - self.foot


_KEY_MOMENTS: Final = frozenset({"injected", "firing", "acted", "recovered"})
WIDE: Final = Size(
    "wide", 760, 262, 46, 12, 30, 66, _KEY_MOMENTS | {"settled", "load again", "restart again"}
)  # fmt: skip
NARROW: Final = Size("narrow", 340, 236, 38, 8, 30, 66, _KEY_MOMENTS)
"""For a phone: the same in fewer pixels, so that its text keeps its size."""


@dataclass(frozen=True)
class Mark:
    """Something at a place *x* of the drawing, with its text at *text_x*."""

    x: float
    text_x: float
    text: str


@dataclass(frozen=True)
class Span:
    """A stretch of time from *x* on, *width* wide, and what it is."""

    x: float
    width: float
    name: str


@dataclass(frozen=True)
class Level:
    """A height *y* of the drawing and what it stands for."""

    y: float
    text: str


@dataclass(frozen=True)
class Drawing:
    """What the template draws of an arm, in pixels."""

    size: Size
    lines: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    gaps: tuple[Span, ...]
    target: float
    alert_level: float
    levels: tuple[Level, ...]
    seconds: tuple[Mark, ...]
    moments: tuple[Mark, ...]
    states: tuple[Span, ...]
    commands: tuple[Mark, ...]
    readings: tuple[float, ...]


@dataclass(frozen=True)
class Plane:
    """Turns seconds and values into pixels."""

    size: Size
    scales: Scales

    def x(self, t_s: float) -> float:
        """Return where *t_s* lies, never outside the axes."""
        size = self.size
        inner = size.width - size.left - size.right
        return round(size.left + inner * min(max(t_s, 0.0), self.scales.end_s) / self.scales.end_s, 1)

    def y(self, value: float) -> float:
        """Return where *value*, in the unit shown, lies."""
        size = self.size
        return round(size.base - (size.base - size.top) * min(max(value / self.scales.top, 0.0), 1.0), 1)

    def span(self, begin_s: float, end_s: float, name: str) -> Span:
        """Return the stretch from *begin_s* to *end_s*."""
        return Span(self.x(begin_s), round(self.x(end_s) - self.x(begin_s), 1), name)


def drawing(history: History, typed: Sequence[Typed], scales: Scales, size: Size) -> Drawing:
    """Return what there is to draw of *history*, on *scales* that all arms of a row share."""
    plane = Plane(size, scales)
    points = list(broken(history.of(Sample), history.end_s))
    return Drawing(
        size=size,
        lines=tuple(_paths(plane, history, points)),
        parts=tuple((name, path) for name in _parts(history) for path in _part_paths(plane, history, name)),
        gaps=tuple(plane.span(*hole, "no data") for hole in holes(points)) if points else (),
        target=plane.y(shown(history, history.head.target.value)),
        alert_level=plane.y(shown(history, history.head.threshold.value)),
        levels=tuple(Level(plane.y(value), with_unit(history, value)) for value in ticks(scales.top)),
        seconds=tuple(_second(plane, t_s) for t_s in ticks(scales.end_s)),
        moments=tuple(_moments(plane, history)),
        states=tuple(_states(plane, history)),
        commands=tuple(_commands(plane, typed)),
        readings=tuple(dict.fromkeys(plane.x(each.at_s) for each in typed if not each.number)),
    )


def described(history: History) -> str:
    """Return the drawing in words, for those who do not see it."""
    values = [shown(history, sample.value) for sample in history.of(Sample) if sample.value is not None]
    seen = (
        f"from {with_unit(history, round(min(values), 2))} to {with_unit(history, round(max(values), 2))}"
        if values
        else "no data was recorded"
    )
    limits = f"target {history.head.target.text}, alert {history.head.threshold.text}"
    moments = ", ".join(f"{name} at {t_s:.1f} s" for name, t_s in history.milestones.items())
    return f"{axis_name(history)} over {history.end_s:.0f} s, {seen}; {limits}; {moments or 'nothing happened'}."


def ticks(top: float) -> list[float]:
    """Return round figures from zero to *top*, a few of them."""
    power = 10.0 ** floor(log10(top / TICKS))
    step = next((factor * power for factor in STEPS if factor * power * TICKS >= top), 10 * power)
    return [round(index * step, 10) for index in range(int(top / step) + 1)]


def _paths(plane: Plane, history: History, samples: Sequence[Sample | Part]) -> Iterator[str]:
    """Yield a path for each stretch without a hole."""
    stretch: list[tuple[float, float]] = []
    for sample in samples:
        if sample.value is None:
            yield from _path(stretch)
            stretch = []
        else:
            stretch.append((plane.x(sample.t), plane.y(shown(history, sample.value))))
    yield from _path(stretch)


def _path(stretch: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Yield the path of *stretch*, without the points in the middle of a level part."""
    if stretch:
        ends = {0, len(stretch) - 1}
        kept = [
            point
            for index, point in enumerate(stretch)
            if index in ends or not stretch[index - 1][1] == point[1] == stretch[index + 1][1]
        ]
        yield "M" + "L".join(f"{x:g} {y:g}" for x, y in kept)


def _parts(history: History) -> list[str]:
    return list(dict.fromkeys(part.name for part in history.of(Part)))


def _part_paths(plane: Plane, history: History, name: str) -> Iterator[str]:
    return _paths(plane, history, history.of(Part, name=name))


def _second(plane: Plane, t_s: float) -> Mark:
    return Mark(plane.x(t_s), plane.x(t_s), f"{t_s:g}")


def _moments(plane: Plane, history: History) -> Iterator[Mark]:
    """Yield the moments, each with its name where it has one, none over another."""
    times = sorted(history.milestones.items(), key=lambda moment: moment[1])
    named = [(name, t_s) for name, t_s in times if name in plane.size.named]
    yield from _spread(plane, [(t_s, name) for name, t_s in named], CHARACTER_PX)


def _commands(plane: Plane, typed: Sequence[Typed]) -> Iterator[Mark]:
    yield from _spread(plane, [(each.at_s, str(each.number)) for each in typed if each.number], 0.0)


def _spread(plane: Plane, texts: Sequence[tuple[float, str]], character_px: float) -> Iterator[Mark]:
    size = plane.size
    spots = [plane.x(t_s) for t_s, _ in texts]
    widths = [len(text) * character_px + GAP_PX if character_px else MARK_PX for _, text in texts]
    centres = placed(spots, widths, 0.0 if character_px else size.left, size.width)
    for (_, text), spot, centre in zip(texts, spots, centres, strict=True):
        yield Mark(spot, round(centre, 1), text)


def _states(plane: Plane, history: History) -> Iterator[Span]:
    for begin_s, end_s, state in alert_states(history):
        span = plane.span(begin_s, end_s, state)
        if span.width > 0:
            yield span
