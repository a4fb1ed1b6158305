"""The chart of strips: many dots with intervals, sorted within each panel, the first and the last by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairwitness.report_templates.axis import axis_of, ticks
from fairwitness.report_templates.canvas import HAIR, INK, SMALL, SOFT, Canvas, ems, wrap

if TYPE_CHECKING:
    from fairwitness.report_templates.axis import Axis
    from fairwitness.report_templates.pictures import Dot, Panel, StripChart

LINE = 17
ALL_NAMED = 12  # rows of a panel up to which each has its label
HEAD, GAP = 28, 10  # pixels above a panel's rows, and below them


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on a drawing, in pixels, and how long a label may be."""

    width: float
    left: float
    right: float
    label: float  # ems


WIDE = Layout(width=760, left=170, right=570, label=12.5)
NARROW = Layout(width=288, left=92, right=222, label=7)


def strip_height(panel: Panel) -> float:
    """Return how much a panel takes, in pixels."""
    return HEAD + _row(panel) * len(panel.dots) + GAP


def draw_strips(chart: StripChart, *, narrow: bool) -> Canvas:
    """Draw panels below one another, with the axis at the foot."""
    layout = NARROW if narrow else WIDE
    measure = chart.measure
    axis = axis_of(measure.scale, measure.reach, (layout.left, layout.right))
    bottom = sum(strip_height(panel) for panel in chart.panels)
    canvas = Canvas.of(layout.width, bottom + 40)
    y = 0.0
    for panel in chart.panels:
        canvas.text(0, y + 18, _short(panel.title, (layout.width - 8) / 14))
        rows = _row(panel) * len(panel.dots)
        _draw_ground(canvas, axis, y + HEAD, y + HEAD + rows)
        _draw_rows(canvas, panel, y + HEAD, axis, layout)
        y += HEAD + rows + GAP
    taken: list[float] = []
    for value, shown in ticks(axis):
        x = axis.at(value)
        if all(x - other >= SMALL * ems(shown) + 4 for other in taken):
            canvas.below(x, bottom + 12, shown)
            taken.append(x)
    canvas.text(0 if narrow else axis.left, canvas.height - 4, measure.axis, size=SMALL, colour=SOFT)
    return canvas


def _row(panel: Panel) -> float:
    """Return the height of a row: of a line of text where all have labels, otherwise as low as can be told apart."""
    return LINE if len(panel.dots) <= ALL_NAMED else max(6.0, 300 / len(panel.dots))


def _draw_ground(canvas: Canvas, axis: Axis, top: float, bottom: float) -> None:
    for value, _ in ticks(axis):
        canvas.line((axis.at(value), top), (axis.at(value), bottom), HAIR)


def _draw_rows(canvas: Canvas, panel: Panel, top: float, axis: Axis, layout: Layout) -> None:
    """Draw one panel; where not all rows can be named, the first and the last are."""
    height = _row(panel)
    last = len(panel.dots) - 1
    for i, dot in enumerate(panel.dots):
        y = top + height * (i + 0.5)
        _draw_dot(canvas, dot, y, axis, small=height < LINE)
        if height >= LINE or i in (0, last):
            canvas.text(0, y + 4, _short(dot.label, layout.label), size=SMALL)
            canvas.text(layout.right + 12, y + 4, dot.shown, size=SMALL)
            room = layout.width - layout.right - 20 - SMALL * ems(dot.shown)
            if SMALL * ems(dot.shown_interval) <= room:
                x = layout.right + 20 + SMALL * ems(dot.shown)
                canvas.text(x, y + 4, dot.shown_interval, size=SMALL, colour=SOFT)


def _draw_dot(canvas: Canvas, dot: Dot, y: float, axis: Axis, *, small: bool) -> None:
    if dot.value is None:
        return
    if dot.low is not None and dot.high is not None:
        canvas.line((axis.at(dot.low), y), (axis.at(dot.high), y), SOFT, 1 if small else 1.5)
    canvas.circle(axis.at(dot.value), y, 1.8 if small else 3.2, INK, INK)


def _short(text: str, ems_of_line: float) -> str:
    """Return as much of a text as fits a line."""
    return wrap(text, ems_of_line, most_lines=1)[0]
