"""The chart of curves: a few between two axes, each with a dash and a mark of its own, with a band or with lines."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from fairwitness.report_templates.axis import axis_of, ticks
from fairwitness.report_templates.canvas import (
    BAND,
    BEYOND,
    CHOSEN,
    FLOOR,
    HAIR,
    INCONCLUSIVE,
    INK,
    PAPER,
    SMALL,
    SOFT,
    WITHIN,
    Canvas,
    ems,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.report_templates.axis import Axis
    from fairwitness.report_templates.pictures import Curve, CurveChart, CurvePoint

    Place = tuple[float, float]

MOST = 4  # curves that can be told apart
COLOUR = (INK, CHOSEN, WITHIN, INCONCLUSIVE)
DASH: tuple[tuple[float, ...], ...] = ((), (7, 3), (2, 2.5), (8, 2.5, 2, 2.5))
LEGEND = 18  # pixels of a line of the legend
KEY = 30  # pixels of a curve's sample there
FEW, MARKED = 12, 6  # points that are all marked; of more, every so many, where curves must be told apart


def draw_curves(chart: CurveChart, *, narrow: bool) -> Canvas:
    """Draw the curves, with the names of the curves above them."""
    width, tall = (288.0, 230.0) if narrow else (760.0, 320.0)
    legend = _legend(chart.curves, width)
    top = 26.0 + LEGEND * (1 + max((line for line, _, _ in legend), default=-1))
    line = chart.up.line
    left = 12.0 + max(SMALL * ems(shown) for _, shown in ticks(axis_of(chart.up.scale, chart.up.reach, (tall, 0))))
    across = axis_of(chart.across.scale, chart.across.reach, (left, width - 10))
    up = axis_of(chart.up.scale, chart.up.reach, (top + tall, top), line.value if line else None)
    canvas = Canvas.of(width, top + tall + 42)
    _draw_legend(canvas, legend)
    canvas.text(0, top - 10, chart.up.axis, size=SMALL, colour=SOFT)
    _draw_ground(canvas, chart, across, up)
    for i, curve in reversed(list(enumerate(chart.curves))):
        _draw_spread(canvas, chart, curve, i, across, up)
    for i, curve in reversed(list(enumerate(chart.curves))):
        _draw_curve(canvas, chart, curve, i, across, up)
    canvas.text(across.left, canvas.height - 6, chart.across.axis, size=SMALL, colour=SOFT)
    return canvas


def _legend(curves: Sequence[Curve], width: float) -> list[tuple[int, float, str]]:
    """Give each curve's name a line and a place on it: beside one another as long as there is room."""
    made: list[tuple[int, float, str]] = []
    line, x = 0, 0.0
    for curve in curves if len(curves) > 1 else ():
        text = wrap(curve.label, (width - KEY - 8) / SMALL, most_lines=1)[0]
        room = KEY + 8 + SMALL * ems(text)
        if made and x + room > width:
            line, x = line + 1, 0.0
        made.append((line, x, text))
        x += room + 14
    return made


def _draw_legend(canvas: Canvas, legend: list[tuple[int, float, str]]) -> None:
    for i, (line, x, text) in enumerate(legend):
        y = 12.0 + LEGEND * line
        _path(canvas, [(x, y - 4), (x + KEY, y - 4)], i)
        _mark(canvas, i, x + KEY / 2, y - 4, faint=False)
        canvas.text(x + KEY + 6, y, text, size=SMALL)


def _draw_ground(canvas: Canvas, chart: CurveChart, across: Axis, up: Axis) -> None:
    """Draw ticks and their values, the band beyond a threshold, parity, the diagonal, the place that is marked."""
    line = chart.up.line
    if line is not None:
        y = up.at(float(line.value))
        canvas.box(across.left, y, across.right, up.left if line.side == "at_least" else up.right, BAND)
    taken: list[float] = []
    for value, shown in ticks(across):
        x, half = across.at(value), SMALL * ems(shown) / 2
        canvas.line((x, up.right), (x, up.left), HAIR)
        if all(abs(x - other) >= 2 * half + 6 for other in taken):
            canvas.below(x, up.left + 17, shown)
            taken.append(x)
    written: list[float] = []
    for value, shown in sorted(ticks(up), key=lambda tick: tick[0] != up.parity):
        y = up.at(value)
        canvas.line((across.left, y), (across.right, y), HAIR)
        if all(abs(y - other) >= SMALL + 2 for other in written):
            canvas.text(across.left - 6, y + 4, shown, size=SMALL, colour=SOFT, side="right")
            written.append(y)
    if up.parity is not None:
        canvas.line((across.left, up.at(up.parity)), (across.right, up.at(up.parity)), INK, 1.25)
    if chart.diagonal:
        low, high = max(across.low, up.low), min(across.high, up.high)
        canvas.line((across.at(low), up.at(low)), (across.at(high), up.at(high)), SOFT, 1)
    if line is not None:
        canvas.dashed((across.left, up.at(float(line.value))), (across.right, up.at(float(line.value))), BEYOND)
        canvas.text(across.right - 4, up.at(float(line.value)) + 14, line.label, size=SMALL, colour=SOFT, side="right")
    if chart.upright is not None:
        _draw_upright(canvas, chart.upright, across, up)


def _draw_upright(canvas: Canvas, upright: tuple[float, str], across: Axis, up: Axis) -> None:
    """Mark a place across, and write its name beside it on the side where there is room."""
    x, text = across.at(upright[0]), upright[1]
    canvas.dashed((x, up.right), (x, up.left), SOFT)
    beside = x + 5 + SMALL * ems(text) <= across.right
    canvas.text(x + 5 if beside else x - 5, up.right + 14, text, size=SMALL, side="left" if beside else "right")


def _draw_spread(canvas: Canvas, chart: CurveChart, curve: Curve, i: int, across: Axis, up: Axis) -> None:
    """Draw the band, wherever there is one, or the lines of single points; what has no end runs to the edge."""
    if chart.spread == "lines":
        for p in curve.points:
            if p.low is not None or p.high is not None:
                x = across.at(p.x) + _aside(chart, i)
                canvas.line((x, up.at(_low(p, up))), (x, up.at(_high(p, up))), COLOUR[i], 1.5)
        return
    for run in _runs(curve.points):
        there = [(across.at(p.x), up.at(_low(p, up))) for p in run]
        back = [(across.at(p.x), up.at(_high(p, up))) for p in reversed(run)]
        if len(run) > 1:
            canvas.shape([*there, *back], FLOOR)
        else:
            canvas.line(there[0], back[0], FLOOR, 6)


def _runs(points: Sequence[CurvePoint]) -> Iterator[list[CurvePoint]]:
    """Yield neighbouring points that have a band."""
    for has, run in groupby(points, key=lambda p: p.low is not None or p.high is not None):
        if has:
            yield list(run)


def _low(p: CurvePoint, up: Axis) -> float:
    return up.low if p.low is None else p.low


def _high(p: CurvePoint, up: Axis) -> float:
    return up.high if p.high is None else p.high


def _draw_curve(canvas: Canvas, chart: CurveChart, curve: Curve, i: int, across: Axis, up: Axis) -> None:
    places = [(across.at(p.x) + _aside(chart, i), up.at(p.y)) for p in curve.points]
    if chart.joined and len(places) > 1:
        _path(canvas, places, i)
    all_of_them, several = not chart.joined or len(places) <= FEW, len(chart.curves) > 1
    for k, (place, p) in enumerate(zip(places, curve.points, strict=True)):
        if p.faint or all_of_them or (several and (k + 2 * i) % MARKED == MARKED // 2):
            _mark(canvas, i, *place, faint=p.faint)


def _aside(chart: CurveChart, i: int) -> float:
    """Return by how many pixels a curve stands aside, so that lines at the same place do not hide one another."""
    return 5.0 * i if chart.spread == "lines" and not chart.diagonal else 0.0


def _path(canvas: Canvas, places: Sequence[Place], i: int) -> None:
    """Draw a curve with its dash."""
    from matplotlib.patches import Polygon

    style = (0, DASH[i]) if DASH[i] else "solid"
    whole = Polygon(list(places), closed=False, fc="none", ec=COLOUR[i], lw=1.75, ls=style, clip_on=False)
    canvas.axes.add_patch(whole)


def _mark(canvas: Canvas, i: int, x: float, y: float, *, faint: bool) -> None:
    """Draw the mark of a curve: round, box, diamond, triangle; hollow where it rests on few."""
    fill, r, bevel = PAPER if faint else COLOUR[i], 3.2, 1.5
    shapes: tuple[list[Place], ...] = (
        [(x + a, y + b) for a, b in ((-bevel, -r), (bevel, -r), (r, -bevel), (r, bevel))]
        + [(x + a, y + b) for a, b in ((bevel, r), (-bevel, r), (-r, bevel), (-r, -bevel))],
        [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
        [(x, y - r - 1), (x + r + 1, y), (x, y + r + 1), (x - r - 1, y)],
        [(x, y - r - 1), (x + r + 1, y + r), (x - r - 1, y + r)],
    )
    canvas.shape(shapes[i], fill, COLOUR[i], 1.25)
