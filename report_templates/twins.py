"""The chart of twins: two figures of the same things side by side, each on an axis of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairwitness.report_templates.axis import axis_of, ticks
from fairwitness.report_templates.canvas import HAIR, INK, LABEL, SMALL, SOFT, TEXT, Canvas, ems, wrap
from fairwitness.report_templates.dots import draw_interval

if TYPE_CHECKING:
    from fairwitness.report_templates.axis import Axis
    from fairwitness.report_templates.pictures import Dot, Measure, TwinChart

LINE = 17


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two axes: where it runs, where its figures are written, and its title above."""

    measure: Measure
    axis: Axis
    figures: float


def draw_twins(chart: TwinChart, *, narrow: bool) -> Canvas:
    """Draw twins; ``narrow`` puts the figures of a row above its dots, and its label above both."""
    width = 288.0 if narrow else 760.0
    halves = _halves(chart, narrow=narrow)
    across = 136 if narrow else 280
    heads = [wrap(half.measure.title, across / SMALL) for half in halves]
    feet = [wrap(half.measure.axis, across / SMALL) for half in halves]
    top = 8.0 + 15 * max(len(lines) for lines in heads)
    heights = [_height(left, narrow=narrow) for left, _ in chart.rows]
    bottom = top + sum(heights)
    canvas = Canvas.of(width, bottom + 25 + 15 * max(len(lines) for lines in feet))
    for half, head, foot in zip(halves, heads, feet, strict=True):
        left = half.figures if narrow else half.axis.left
        for i, line in enumerate(head):
            canvas.text(left, 12 + 15 * i, line, size=SMALL)
        for i, line in enumerate(foot):
            canvas.text(left, bottom + 34 + 15 * i, line, size=SMALL, colour=SOFT)
        _draw_feet(canvas, half.axis, bottom)
        if not narrow:
            _draw_ground(canvas, half.axis, top, bottom)
    y = top
    for row, height in zip(chart.rows, heights, strict=True):
        label = wrap(row[0].label, 19 if narrow else LABEL)
        for i, line in enumerate(label):
            canvas.text(0, y + 18 + LINE * i, line)
        for half, dot in zip(halves, row, strict=True):
            level = y + height - 14 if narrow else y + height / 2
            if narrow:  # where texts stand above the dots, ticks stand behind the dots alone
                _draw_ground(canvas, half.axis, level - 9, level + 9)
            _draw_half(canvas, half, dot, level, narrow=narrow)
        y += height
    return canvas


def _halves(chart: TwinChart, *, narrow: bool) -> list[Half]:
    """Give each axis its place."""
    if narrow:
        starts = zip(chart.measures, (0, 152), strict=True)
        return [Half(m, axis_of(m.scale, m.reach, (x + 14, x + 122)), x) for m, x in starts]
    longest = max(ems(line) for left, _ in chart.rows for line in wrap(left.label, LABEL))
    start = min(216, max(120, 24 + TEXT * longest))
    room = (760 - start) / 2
    halves = []
    for i, measure in enumerate(chart.measures):
        figures = max(SMALL * ems(_figure(row[i])) for row in chart.rows) + 16
        left = start + i * room
        right = left + room - figures - (14 if i == 0 else 0)
        halves.append(Half(measure, axis_of(measure.scale, measure.reach, (left, right)), right + 12))
    return halves


def _figure(dot: Dot) -> str:
    return f"{dot.shown} {dot.shown_interval}".strip()


def _height(dot: Dot, *, narrow: bool) -> float:
    """Return how much a row takes: on telephones its label, two lines of figures, and the dot."""
    lines = len(wrap(dot.label, 19 if narrow else LABEL))
    return LINE * lines + 68 if narrow else max(30, 14 + LINE * lines)


def _draw_ground(canvas: Canvas, axis: Axis, top: float, bottom: float) -> None:
    """Draw ticks, and the line at which nothing differs."""
    for value, _ in ticks(axis):
        if value != axis.parity:
            canvas.line((axis.at(value), top), (axis.at(value), bottom), HAIR)
    if axis.parity is not None:
        canvas.line((axis.at(axis.parity), top), (axis.at(axis.parity), bottom), INK, 1.25)


def _draw_feet(canvas: Canvas, axis: Axis, bottom: float) -> None:
    """Write the ticks' values, that of parity first, and as many others as find room."""
    taken: list[float] = []
    for value, shown in sorted(ticks(axis), key=lambda tick: tick[0] != axis.parity):
        x, gap = axis.at(value), SMALL * ems(shown) + 6
        if all(abs(x - other) >= gap for other in taken):
            canvas.below(x, bottom + 16, shown, (axis.left - 14, axis.right + 14))
            taken.append(x)


def _draw_half(canvas: Canvas, half: Half, dot: Dot, y: float, *, narrow: bool) -> None:
    """Draw one of the two dots of a row, and write its figure."""
    quiet = SOFT if dot.value is None else INK
    if narrow:
        canvas.text(half.figures, y - 31, dot.shown, size=SMALL, colour=quiet)
        if dot.shown_interval:
            canvas.text(half.figures, y - 16, dot.shown_interval, size=SMALL, colour=SOFT)
    else:
        canvas.text(half.figures, y + 4, _figure(dot), size=SMALL, colour=quiet)
    if dot.value is not None:
        draw_interval(canvas, dot, y, half.axis)
        canvas.mark(dot.look, half.axis.at(dot.value), y)
