"""The chart of dots: panels of rows below one another, each a label, a dot with its interval, and the figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairwitness.report_templates.axis import axis_of, ticks
from fairwitness.report_templates.canvas import (
    BAND,
    BEYOND,
    FLOOR,
    HAIR,
    INK,
    LABEL,
    OF_LOOK,
    SMALL,
    SOFT,
    TEXT,
    Canvas,
    ems,
    row_height,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fairwitness.report_templates.axis import Axis
    from fairwitness.report_templates.pictures import Dot, DotChart, Line

STRIP = 10  # pixels above and below a dot


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on a drawing, in pixels."""

    width: float
    left: float  # of the axis
    right: float
    label: float  # ems of a group's label in one line
    stacked: bool  # the label above its dot, not beside it


NARROW = Layout(width=288, left=8, right=280, label=19, stacked=True)


def _wide(chart: DotChart) -> Layout:
    """Give the labels and the figures the room that they need, and the axis the rest."""
    dots = [d for p in chart.panels for d in p.dots]
    longest = max((ems(line) for d in dots for line in wrap(d.label, LABEL)), default=0)
    figures = max((_gap(chart, d) + SMALL * ems(d.shown_interval) for d in dots), default=0)
    floors = max((18 + SMALL * ems(d.shown_floor) for d in dots), default=0)
    return Layout(
        width=760,
        left=min(216, max(120, 24 + TEXT * longest)),
        right=min(570, 760 - math.ceil(max(figures, floors))),
        label=LABEL,
        stacked=False,
    )


def _gap(chart: DotChart, dot: Dot) -> float:
    """Return how far right of the axis a figure's interval is written."""
    return max(80 if chart.scale == "rate" else 72, 26 + TEXT * ems(dot.shown)) if dot.shown_interval else 0


def draw_dots(chart: DotChart, *, narrow: bool) -> Canvas:
    """Draw panels of dots below one another, with the axis at the foot."""
    layout = NARROW if narrow else _wide(chart)
    threshold = chart.line.value if chart.line else None
    axis = axis_of(chart.scale, chart.reach, (layout.left, layout.right), threshold)
    heads: list[tuple[float, str]] = []
    rows: list[tuple[float, Dot]] = []
    top = y = 4.0 if layout.stacked or axis.parity is None else 24.0
    for panel in chart.panels:
        for line in wrap(panel.title, layout.width / TEXT) if panel.title else ():
            heads.append((y + 18, line))
            y += 17
        y += 11 if panel.title else 0
        for dot in panel.dots:
            rows.append((y, dot))
            y += _height(dot, layout)
    named = layout.stacked and axis.parity is not None
    canvas = Canvas.of(layout.width, y + (56 if named else 40))
    levels = [_level(dot, at, layout) for at, dot in rows if dot.value is not None]
    strips = [(level - STRIP, level + STRIP) for level in levels]
    for strip in strips if layout.stacked else [(top, y)]:
        _draw_ground(canvas, chart, axis, strip)
    _draw_feet(canvas, axis, chart, y)
    _draw_names(canvas, chart, axis, y + 32 if layout.stacked else top - 8)
    canvas.text(axis.left, canvas.height - 4, chart.axis, size=SMALL, colour=SOFT)
    for at, title in heads:
        canvas.text(0, at, title)
    for at, dot in rows:
        _draw_dot(canvas, chart, dot, at, axis, layout)
    return canvas


def _lines(chart: DotChart, axis: Axis) -> tuple[float | None, float | None]:
    """Return where parity and the threshold stand, each None where it is not shown."""
    line = float(chart.line.value) if chart.line else None
    return axis.parity, line if line is not None and axis.low <= line <= axis.high else None


def _draw_ground(canvas: Canvas, chart: DotChart, axis: Axis, strip: tuple[float, float]) -> None:
    """Draw what the dots stand on, from top to bottom of a strip: the band, the ticks, parity, the threshold."""
    top, bottom = strip
    parity, line = _lines(chart, axis)
    for left, right in _bands(chart.line, axis) if chart.line else ():
        canvas.box(left, top, right, bottom, BAND)
    for value, _ in ticks(axis):
        if value not in (parity, line):
            canvas.line((axis.at(value), top), (axis.at(value), bottom), HAIR)
    if parity is not None:
        canvas.line((axis.at(parity), top), (axis.at(parity), bottom), INK, 1.25)
    if line is not None:
        canvas.dashed((axis.at(line), top), (axis.at(line), bottom), BEYOND)


def _draw_feet(canvas: Canvas, axis: Axis, chart: DotChart, bottom: float) -> None:
    """Write the ticks' values, parity and threshold first, and as many others as find room."""
    first = _lines(chart, axis)
    taken: list[float] = []
    for value, words in sorted(ticks(axis), key=lambda tick: tick[0] not in first):
        x = axis.at(value)
        gap = max(32, SMALL * ems(words) + 4)
        if all(abs(x - other) >= gap for other in taken):
            canvas.below(x, bottom + 16, words)
            taken.append(x)


def _draw_names(canvas: Canvas, chart: DotChart, axis: Axis, y: float) -> None:
    """Write "parity" and the threshold's name beside their lines, away from each other."""
    parity, line = _lines(chart, axis)
    left_of = chart.line is not None and chart.line.side == "at_least"
    if parity is not None:
        canvas.text(axis.at(parity) + (5 if left_of or line is None else -5), y, chart.parity, size=SMALL, colour=SOFT,
                    side="left" if left_of or line is None else "right")  # fmt: skip
    if line is not None and chart.line is not None:
        canvas.text(axis.at(line) + (-5 if left_of else 5), y, chart.line.label, size=SMALL, colour=SOFT,
                    side="right" if left_of else "left")  # fmt: skip


def _bands(line: Line, axis: Axis) -> Iterable[tuple[float, float]]:
    """Yield the parts of the axis that lie beyond a threshold; a signed difference has two."""
    value = float(line.value)
    if line.side == "at_least":
        yield axis.left, axis.at(value)
    else:
        yield axis.at(value), axis.right
        if axis.scale == "difference":
            yield axis.left, axis.at(-value)


def _height(dot: Dot, layout: Layout) -> float:
    if not layout.stacked:
        return row_height(dot.label)
    lines = len(wrap(dot.label, layout.label)) + len(_below(dot)) - 1
    return 17 * lines + (24 if dot.value is None else 48)


def _level(dot: Dot, top: float, layout: Layout) -> float:
    """Return the height at which a dot stands: beside its label, or below it."""
    lines = len(wrap(dot.label, layout.label))
    return top + 17 * (lines + len(_below(dot)) - 1) + 32 if layout.stacked else top + 8.5 * lines + 15


def _below(dot: Dot) -> list[tuple[str, str]]:
    """Return what stands below a label where the dot does too: counts to the left, figures to the right."""
    figure = f"{dot.shown} {dot.shown_interval}".strip()
    *above, last = wrap(dot.detail, NARROW.width / SMALL)
    together = SMALL * ems(last + figure) + 8 <= NARROW.width
    lines = [*((part, "") for part in above), *([(last, figure)] if together else [(last, ""), ("", figure)])]
    return [*lines, ("", dot.shown_floor)] if dot.shown_floor else lines


def _draw_dot(canvas: Canvas, chart: DotChart, dot: Dot, top: float, axis: Axis, layout: Layout) -> None:
    """Draw one group: its label, its counts, its figure in words, and the dot with its interval."""
    lines = wrap(dot.label, layout.label)
    for i, line in enumerate(lines):
        canvas.text(0, top + 18 + 17 * i, line)
    below = top + 17 + 17 * len(lines)
    y = _level(dot, top, layout)
    quiet = SOFT if dot.value is None or dot.look == "reference" else INK
    if layout.stacked:
        for i, (left, right) in enumerate(_below(dot)):
            canvas.text(0, below + 17 * i, left, size=SMALL, colour=SOFT)
            colour = SOFT if right == dot.shown_floor else quiet
            canvas.text(layout.width, below + 17 * i, right, size=SMALL, colour=colour, side="right")
    else:
        canvas.text(0, below, dot.detail, size=SMALL, colour=SOFT)
        base = y - 3 if dot.shown_floor else y + 5
        canvas.text(layout.right + 18, base, dot.shown, colour=quiet)
        if dot.shown_interval:
            canvas.text(layout.right + _gap(chart, dot), base, dot.shown_interval, size=SMALL, colour=SOFT)
        if dot.shown_floor:
            canvas.text(layout.right + 18, base + 17, dot.shown_floor, size=SMALL, colour=SOFT)
    if dot.floor:
        _draw_floor(canvas, dot.floor, y, axis)
    if dot.value is not None:
        draw_interval(canvas, dot, y, axis)
        canvas.mark(dot.look, axis.at(dot.value), y)


def _draw_floor(canvas: Canvas, floor: tuple[float, float], y: float, axis: Axis) -> None:
    """Draw the band of what is seen where nothing of interest was changed, its ends marked."""
    left, right = axis.at(floor[0]), axis.at(floor[1])
    canvas.box(left, y - STRIP, right, y + STRIP, FLOOR)
    for end in (left, right):
        canvas.line((end, y - STRIP), (end, y + STRIP), SOFT, 1.25)
    if axis.parity is not None:
        canvas.line((axis.at(axis.parity), y - STRIP), (axis.at(axis.parity), y + STRIP), INK, 1.25)


def draw_interval(canvas: Canvas, dot: Dot, y: float, axis: Axis) -> None:
    """Draw the interval; an end beyond the axis, or without limit, is an arrow."""
    if dot.low is None and dot.high is None:
        return
    colour = OF_LOOK.get(dot.look, SOFT)
    low = axis.low if dot.low is None else dot.low
    high = axis.high if dot.high is None else dot.high
    left, right = axis.at(low), axis.at(high)
    canvas.line((left, y), (right, y), colour, 2.5)
    if dot.low is None or dot.low < axis.low:
        canvas.shape([(left - 7, y), (left, y - 5), (left, y + 5)], colour)
    if dot.high is None or dot.high > axis.high:
        canvas.shape([(right + 7, y), (right, y - 5), (right, y + 5)], colour)
