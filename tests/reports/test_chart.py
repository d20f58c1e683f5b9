"""Charts show what was recorded, invent nothing and stay readable."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from drills.record.format import RecordError
from drills.record.measurements import Sample
from drills.record.reader import read
from drills.reports.chart import draw, draw_arms
from drills.reports.chart_panel import Panel, draw_panel
from drills.reports.chart_series import Scales, alert_states, axis_name, broken, holes, shown, with_unit
from drills.reports.label_placement import placed
from tests.helpers.report_samples import alerts, history, judged, leak, milestones, phases, samples

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.text import Text

ERROR_RATE = {
    "cause": "1.4", "quantity": "error_rate", "unit": "ratio",
    "target": {"op": "<", "value": 0.01, "text": "below 1%"},
    "threshold": {"op": ">", "value": 0.05, "text": "above 5%"},
}  # fmt: skip


def spike(folder: Path) -> Path:
    values = [0.0] * 40 + [0.4] * 20 + [None] * 12 + [0.3] * 8 + [0.0] * 50
    lines, _ = phases()
    marks = milestones(injected=19, confirmed=19.2, firing=19.4, acted=19.6, resolved=19.8, recovered=20)
    return history(folder, *lines, *samples(values), *marks, *alerts(pending=19.3, firing=19.4), **ERROR_RATE)


def crowded(folder: Path) -> Path:
    lengths = dict.fromkeys(("heal", "steady", "quiet", "inject", "confirm", "detect", "diagnose"), 0.01)
    lines, _ = phases({**lengths, "resolve": 100.0})
    marks = milestones(injected=99.5, confirmed=99.6, firing=99.7, acted=99.8, resolved=99.9, recovered=100)
    return history(folder, *lines, *samples([600.0, 700.0]), *marks)


def short(folder: Path) -> Path:
    return history(folder, *phases({"heal": 0.1})[0], *samples([1.0], 0.1))


def empty(folder: Path) -> Path:
    return history(folder)


def lasting(folder: Path) -> Path:
    """Write a drill that went on after its recovery, with all the milestones that a drill records."""
    lengths = {
        "prepare": 3.5, "steady": 5.5, "quiet": 3.2, "inject": 1.0, "confirm": 0.5, "detect": 0.5, "diagnose": 0.6,
        "resolve": 1.9, "recover": 26.5, "verify": 1.4, "audit": 0.5, "durability": 32.0,
    }  # fmt: skip
    lines, _ = phases(lengths)
    marks = milestones(
        injected=14.2, confirmed=15.4, firing=15.7, acted=16.4, resolved=18.4, recovered=39.7, watched=44.9
    )
    again = milestones(**{"load again": 47.8, "restart again": 53.6})
    return history(folder, *lines, *samples([50.0] * 160), *marks, *again, *alerts(firing=15.7, inactive=39.7))


NOTE = "evidence: p below 0.001, 1065 of 10162 failed before, 0 of 10888 after"
SHAPES = [leak, spike, crowded, short, empty, lasting]


def drawn_texts(folder: Path) -> tuple[Figure, list[Text]]:
    recorded = read(folder)
    figure = Figure(figsize=(12, 6), dpi=100)
    FigureCanvasAgg(figure)
    draw_panel(figure, Panel(recorded, "CONFIRMED", NOTE), Scales.of([recorded]), foot=0.0, height=1.0)
    figure.draw_without_rendering()
    texts: list[Any] = [*figure.texts, *(text for axes in figure.axes for text in (*axes.texts, axes.yaxis.label))]
    return figure, [text for text in texts if text.get_text()]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_chart_is_drawn_in_both_formats(tmp_path: Path, shape: Any) -> None:
    picture = draw(shape(tmp_path))
    with Image.open(picture) as image:
        assert image.size == (1200, 600)
    assert (tmp_path / "chart.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize("shape", SHAPES)
def test_no_label_lies_over_another_or_leaves_the_picture(tmp_path: Path, shape: Any) -> None:
    figure, texts = drawn_texts(shape(tmp_path))
    boxes = {text.get_text(): text.get_window_extent() for text in texts}
    overlaps = [(a, b) for (a, box), (b, other) in combinations(boxes.items(), 2) if box.overlaps(other)]
    assert overlaps == []
    assert [name for name, box in boxes.items() if box.x0 < 0 or box.x1 > figure.bbox.x1] == []


def test_the_title_names_cause_arm_and_verdict(tmp_path: Path) -> None:
    _, texts = drawn_texts(leak(tmp_path))
    assert "5.1 Connection leak in code — documented: CONFIRMED" in [text.get_text() for text in texts]


@pytest.mark.parametrize(("missing", "rotations"), [(12, [0.0]), (7, [90.0]), (1, [])])
def test_missing_data_is_named_in_as_much_room_as_there_is(
    tmp_path: Path, missing: int, rotations: list[float]
) -> None:
    values = [1.0] * 60 + [None] * missing + [1.0] * (80 - missing)
    _, texts = drawn_texts(history(tmp_path, *phases()[0], *samples(values)))
    assert [text.get_rotation() for text in texts if text.get_text() == "no data"] == rotations


def test_the_same_record_gives_the_same_picture(tmp_path: Path) -> None:
    first, second = (draw(judged(leak(tmp_path / name))).with_suffix(".svg") for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_arms_over_each_other_need_one_cause(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"b: expected a drill of cause 5\.1 to set beside, found 1\.4"):
        draw_arms(leak(tmp_path / "a"), leak(tmp_path / "c"), spike(tmp_path / "b"))


@pytest.mark.parametrize("others", [("placebo",), ("original", "placebo")])
def test_each_arm_has_a_panel(tmp_path: Path, others: tuple[str, ...]) -> None:
    picture = draw_arms(leak(tmp_path / "documented"), *(leak(tmp_path / arm, arm=arm) for arm in others))
    with Image.open(picture) as image:
        assert image.size == (1200, 560 * (1 + len(others)))


def test_a_pair_shares_its_scales(tmp_path: Path) -> None:
    one, other = (read(shape(tmp_path / name)) for name, shape in (("a", leak), ("b", crowded)))
    scales = Scales.of([one, other])
    assert scales.end_s == other.end_s
    assert scales.top == pytest.approx(700 * 1.12)


def test_the_axis_shows_target_and_alert_level_even_without_data(tmp_path: Path) -> None:
    assert Scales.of([read(empty(tmp_path))]).top > 50


def test_ratios_are_shown_in_percent(tmp_path: Path) -> None:
    recorded = read(spike(tmp_path))
    assert (shown(recorded, 0.05), axis_name(recorded), with_unit(recorded, 5.0)) == (5.0, "error rate (%)", "5 %")


def test_missing_samples_break_the_line() -> None:
    points = list(broken([Sample(t=t, value=1.0) for t in (0.0, 1.0, 2.0, 9.0, 10.0)], 10.0))
    assert [point.value for point in points] == [1.0, 1.0, 1.0, None, 1.0, 1.0]


def test_a_steady_pace_is_not_broken() -> None:
    assert None not in [point.value for point in broken([Sample(t=t * 0.5, value=1.0) for t in range(9)], 5.0)]


def test_samples_missing_at_either_end_are_a_hole_too() -> None:
    points = list(broken([Sample(t=t, value=1.0) for t in (10.0, 11.0, 12.0)], 30.0))
    assert list(holes(points)) == [(0.0, 10.0), (12.0, 30.0)]


def test_a_hole_reaches_from_the_last_value_to_the_next() -> None:
    points = [
        Sample(t=0.0, value=1.0),
        Sample(t=1.0, value=None),
        Sample(t=2.0, value=None),
        Sample(t=3.0, value=1.0),
        Sample(t=4.0, value=None),
    ]
    assert list(holes(points)) == [(0.0, 3.0), (3.0, 4.0)]


def test_the_alert_is_inactive_until_its_first_transition(tmp_path: Path) -> None:
    lines, _ = phases({"heal": 10.0})
    recorded = read(history(tmp_path, *lines, *alerts(pending=2.0, firing=3.0)))
    expected = [(0.0, 2.0, "inactive"), (2.0, 3.0, "pending"), (3.0, 10.0, "firing")]
    assert list(alert_states(recorded)) == expected


def test_labels_with_room_stay_where_they_belong() -> None:
    assert placed([10, 50, 90], [10, 10, 10], 0, 100) == [10, 50, 90]


def test_colliding_labels_move_apart_by_the_same_amount() -> None:
    assert placed([50, 50], [10, 10], 0, 100) == [45, 55]


def test_labels_stay_inside() -> None:
    assert placed([0, 1, 100], [10, 10, 10], 0, 100) == [5, 15, 95]


def test_a_cluster_pushes_the_one_before_it() -> None:
    assert placed([5, 14, 15], [10, 10, 10], 0, 100) == [5, 15, 25]


def test_parts_of_the_metric_are_lines_with_their_names(tmp_path: Path) -> None:
    marks = milestones(injected=5, acted=10)
    parts = [
        {"kind": "part", "t": t / 2, "name": name, "value": value}
        for name, value in (("CPU Usage", 0.3), ("Memory Usage", 0.9))
        for t in range(40)
    ]
    resources = {"quantity": "resource_utilization", "unit": "%"}
    folder = history(tmp_path, *samples([0.9] * 40), *marks, *parts, **resources)
    figure = Figure()
    FigureCanvasAgg(figure)
    found = read(folder)
    draw_panel(figure, Panel(found, "CONFIRMED"), Scales.of([found]), foot=0.0, height=1.0)
    lines: dict[str, Any] = {str(line.get_label()): line.get_ydata() for line in figure.axes[0].get_lines()}
    assert [next(iter(lines[name])) for name in ("CPU Usage", "Memory Usage")] == [30.0, 90.0]
