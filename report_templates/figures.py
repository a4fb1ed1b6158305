"""Charts as SVG: every chart is drawn twice, wide and narrow, and the page shows the one that fits.

The same chart makes the same bytes.  No text is smaller than 12 pixels at the width a drawing is made for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fairwitness.report_templates.canvas import (
    BAND,
    BEYOND,
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
from fairwitness.report_templates.document import GridChart
from fairwitness.report_templates.grid import draw_grid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fairwitness.report_templates.document import Dot, DotChart, Line

Width = Literal["wide", "narrow"]
RATIO_TICKS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10)
STEPS = (1, 2, 5, 10, 20, 25, 50)  # percentage points between ticks


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
    """Give the labels the room that they need, and the axis the rest."""
    longest = max((ems(line) for p in chart.panels for d in p.dots for line in wrap(d.label, LABEL)), default=0)
    return Layout(width=760, left=min(216, max(120, 24 + TEXT * longest)), right=570, label=LABEL, stacked=False)


@dataclass(frozen=True, slots=True)
class Axis:
    """Where a value stands between two pixels."""

    scale: Literal["ratio", "difference", "rate"]
    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return the pixel of a value; what lies outside stands at the end."""
        low, high, value = self.low, self.high, min(max(value, self.low), self.high)
        if self.scale == "ratio":
            low, high, value = math.log(low), math.log(high), math.log(value)
        return self.left + (self.right - self.left) * (value - low) / (high - low)


def draw(chart: DotChart | GridChart, width: Width) -> str:
    """Return a chart as an SVG element.

    Parameters
    ----------
    chart : DotChart or GridChart
    width : {"wide", "narrow"}
        ``wide`` for screens of 40 rem and for paper, ``narrow`` for telephones: drawn for 288 pixels.

    Returns
    -------
    str
        The element ``<svg>``, safe to put into a page: its texts are escaped.
    """
    narrow = width == "narrow"
    if isinstance(chart, GridChart):
        canvas = draw_grid(chart, narrow=narrow)
    else:
        canvas = _draw_dots(chart, NARROW if narrow else _wide(chart))
    name = f"{chart.key}-{width}"
    return canvas.svg(name=name, title=chart.title, description=chart.description, css_class=width)


def _draw_dots(chart: DotChart, layout: Layout) -> Canvas:
    """Draw panels of dots below one another, with the axis at the foot."""
    axis = _axis(chart, layout)
    heads: list[tuple[float, str]] = []
    rows: list[tuple[float, Dot]] = []
    top = y = 4.0 if layout.stacked or chart.scale == "rate" else 24.0
    for panel in chart.panels:
        if panel.title:
            heads.append((y + 18, panel.title))
            y += 28
        for dot in panel.dots:
            rows.append((y, dot))
            y += _height(dot, layout)
    named = layout.stacked and chart.scale != "rate"
    canvas = Canvas.of(layout.width, y + (56 if named else 40))
    strips = [(_level(dot, at, layout) - 10, _level(dot, at, layout) + 10) for at, dot in rows if dot.value is not None]
    for strip in strips if layout.stacked else [(top, y)]:
        _draw_ground(canvas, chart, axis, strip)
    _draw_feet(canvas, axis, chart, y)
    _draw_names(canvas, chart, axis, y + 32 if layout.stacked else top - 8)
    canvas.text(axis.left, canvas.height - 4, chart.axis, size=SMALL, colour=SOFT)
    for at, title in heads:
        canvas.text(0, at, title)
    for at, dot in rows:
        _draw_dot(canvas, dot, at, axis, layout)
    return canvas


def _axis(chart: DotChart, layout: Layout) -> Axis:
    """Choose the axis: wide enough for every dot and interval, within reason."""
    least, greatest = chart.reach
    line = float(chart.line.value) if chart.line else least
    if chart.scale == "rate":
        low, high = 0.0, 1.0
    elif chart.scale == "ratio":
        low = max(0.1, min(0.62, least * 0.97, line * 0.97))
        high = min(10.0, max(1.3, greatest * 1.03, line * 1.03))
    else:
        high = max(0.02, *(abs(end) * 1.05 for end in (least, greatest, line)))
        low = -high
    return Axis(chart.scale, low, high, layout.left, layout.right)


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    """Return the values that are written below the axis."""
    if axis.scale == "ratio":
        return [(t, f"{t:g}") for t in RATIO_TICKS if axis.low <= t <= axis.high]
    if axis.scale == "rate":
        return [(i / 4, f"{25 * i}%") for i in range(5)]
    step = next((s for s in STEPS if axis.high * 100 / s < 5), 50)
    reach = int(axis.high * 100 // step)
    return [
        (i * step / 100, f"{i * step:+d}".replace("-", "\N{MINUS SIGN}") if i else "0")
        for i in range(-reach, reach + 1)
    ]


def _lines(chart: DotChart, axis: Axis) -> tuple[float | None, float | None]:
    """Return where parity and the threshold stand, each None where it is not shown."""
    line = float(chart.line.value) if chart.line else None
    parity = {"ratio": 1.0, "difference": 0.0}.get(chart.scale)
    return parity, line if line is not None and axis.low <= line <= axis.high else None


def _draw_ground(canvas: Canvas, chart: DotChart, axis: Axis, strip: tuple[float, float]) -> None:
    """Draw what the dots stand on, from top to bottom of a strip: the band, the ticks, parity, the threshold."""
    top, bottom = strip
    parity, line = _lines(chart, axis)
    for left, right in _bands(chart.line, axis) if chart.line else ():
        canvas.box(left, top, right, bottom, BAND)
    for value, _ in _ticks(axis):
        if value not in (parity, line):
            canvas.line((axis.at(value), top), (axis.at(value), bottom), HAIR)
    if parity is not None:
        canvas.line((axis.at(parity), top), (axis.at(parity), bottom), INK, 1.25)
    if line is not None:
        canvas.dashed(axis.at(line), top, bottom, BEYOND)


def _draw_feet(canvas: Canvas, axis: Axis, chart: DotChart, bottom: float) -> None:
    """Write the ticks' values, parity and threshold first, and as many others as find room."""
    first = _lines(chart, axis)
    taken: list[float] = []
    for value, words in sorted(_ticks(axis), key=lambda tick: tick[0] not in first):
        x = axis.at(value)
        if all(abs(x - other) >= 32 for other in taken):
            side = "left" if x < 12 else "right" if x > canvas.width - 12 else "center"
            canvas.text(x, bottom + 16, words, size=SMALL, colour=SOFT, side=side)
            taken.append(x)


def _draw_names(canvas: Canvas, chart: DotChart, axis: Axis, y: float) -> None:
    """Write "parity" and the threshold's name beside their lines, away from each other."""
    parity, line = _lines(chart, axis)
    left_of = chart.line is not None and chart.line.side == "at_least"
    if parity is not None:
        canvas.text(axis.at(parity) + (5 if left_of or line is None else -5), y, "parity", size=SMALL, colour=SOFT,
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
    return 17 * len(wrap(dot.label, layout.label)) + (24 if dot.value is None else 48)


def _level(dot: Dot, top: float, layout: Layout) -> float:
    """Return the height at which a dot stands: beside its label, or below it."""
    lines = len(wrap(dot.label, layout.label))
    return top + 17 * lines + 32 if layout.stacked else top + 8.5 * lines + 15


def _draw_dot(canvas: Canvas, dot: Dot, top: float, axis: Axis, layout: Layout) -> None:
    """Draw one group: its label, its counts, its figure in words, and the dot with its interval."""
    lines = wrap(dot.label, layout.label)
    for i, line in enumerate(lines):
        canvas.text(0, top + 18 + 17 * i, line)
    below = top + 17 + 17 * len(lines)
    canvas.text(0, below, dot.detail, size=SMALL, colour=SOFT)
    y = _level(dot, top, layout)
    quiet = SOFT if dot.value is None or dot.look == "reference" else INK
    if layout.stacked:
        canvas.text(
            layout.width, below, f"{dot.shown} {dot.shown_interval}".strip(), size=SMALL, colour=quiet, side="right"
        )
    else:
        canvas.text(layout.right + 18, y + 5, dot.shown, colour=quiet)
        if dot.shown_interval:
            canvas.text(
                layout.right + (80 if axis.scale == "rate" else 72), y + 5, dot.shown_interval, size=SMALL, colour=SOFT
            )
    if dot.value is not None:
        _draw_interval(canvas, dot, y, axis)
        canvas.mark(dot.look, axis.at(dot.value), y)


def _draw_interval(canvas: Canvas, dot: Dot, y: float, axis: Axis) -> None:
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
