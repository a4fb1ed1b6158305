"""The Pareto plot: candidates between two measures, with intervals, the frontier joined by a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from fairwitness.report_templates.axis import axis_of, ticks
from fairwitness.report_templates.canvas import BAND, BEYOND, CHOSEN, HAIR, INK, SMALL, SOFT, Canvas, ems, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.report_templates.axis import Axis
    from fairwitness.report_templates.pictures import ParetoChart, Point, Role

Box = tuple[float, float, float, float]  # left, top, right, bottom

COLOUR: dict[Role, str] = {"baseline": INK, "chosen": CHOSEN, "frontier": SOFT, "other": SOFT}
WIDTH: dict[Role, float] = {"baseline": 2, "chosen": 2, "frontier": 1}
ORDER: tuple[Role, ...] = ("other", "frontier", "baseline", "chosen")  # the last is drawn on top
LONGEST = 15  # ems of a label


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawing under way: its canvas, its two axes, what is taken by texts and marks, and what by intervals."""

    canvas: Canvas
    across: Axis
    up: Axis
    taken: list[Box] = field(default_factory=list)
    crossed: list[Box] = field(default_factory=list)

    def at(self, point: Point) -> tuple[float, float]:
        """Return the pixels of a point."""
        return self.across.at(point.x[0]), self.up.at(point.y[0])

    def inside(self, box: Box) -> bool:
        """Whether a box lies within the axes."""
        left, top, right, bottom = box
        return (
            left >= self.across.left and right <= self.across.right and top >= self.up.right and bottom <= self.up.left
        )


def draw_pareto(chart: ParetoChart, *, narrow: bool) -> Canvas:
    """Draw the plot: validity across, the other measure up, of both more is wanted."""
    width, left, top, bottom = (288.0, 36.0, 26.0, 268.0) if narrow else (760.0, 52.0, 28.0, 392.0)
    line = chart.up.line
    sheet = Sheet(
        Canvas.of(width, bottom + 42),
        axis_of(chart.across.scale, chart.across.reach, (left, width - 8)),
        axis_of(chart.up.scale, chart.up.reach, (bottom, top), line.value if line else None),
    )
    _draw_ground(sheet, chart)
    frontier = sorted((p.x[0], p.y[0]) for p in chart.points if p.on_frontier)
    for (x, y), (next_x, next_y) in pairwise(frontier):
        start, end = (sheet.across.at(x), sheet.up.at(y)), (sheet.across.at(next_x), sheet.up.at(next_y))
        sheet.canvas.line(start, end, SOFT, 1.25)
        sheet.crossed.extend(_along(start, end))
    ordered = sorted(chart.points, key=lambda p: ORDER.index(p.role))
    for point in ordered:
        if point.role != "other":  # many crosses would hide what they are of
            _draw_cross(sheet, point)
    for point in ordered:
        x, y = sheet.at(point)
        sheet.canvas.candidate(point.role, x, y)
        sheet.taken.append((x - 7, y - 7, x + 7, y + 7))
    for point in reversed(ordered):
        if point.role in ("chosen", "baseline") or (point.role == "frontier" and not narrow):
            _draw_label(sheet, point)
    return sheet.canvas


def _along(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Box]:
    """Yield small boxes along a line, so that labels keep off it."""
    pieces = 1 + int(max(abs(end[0] - start[0]), abs(end[1] - start[1])) / 6)
    for i in range(pieces + 1):
        x, y = (a + (b - a) * i / pieces for a, b in zip(start, end, strict=True))
        yield x - 2, y - 2, x + 2, y + 2


def _draw_ground(sheet: Sheet, chart: ParetoChart) -> None:
    """Draw ticks and their values, the band beyond a threshold, parity, and the axes' names."""
    canvas, across, up = sheet.canvas, sheet.across, sheet.up
    line = chart.up.line
    threshold = float(line.value) if line else None
    if line is not None and threshold is not None:
        canvas.box(across.left, up.at(threshold), across.right, up.left, BAND)
    taken: list[float] = []
    for value, shown in ticks(across):
        x = across.at(value)
        canvas.line((x, up.right), (x, up.left), HAIR)
        if all(abs(x - other) >= SMALL * ems(shown) + 6 for other in taken):
            canvas.below(x, up.left + 17, shown)
            taken.append(x)
    for value, shown in ticks(up):
        y = up.at(value)
        if value not in (up.parity, threshold):
            canvas.line((across.left, y), (across.right, y), HAIR)
        canvas.text(across.left - 6, y + 4, shown, size=SMALL, colour=SOFT, side="right")
    if up.parity is not None:
        y = up.at(up.parity)
        canvas.line((across.left, y), (across.right, y), INK, 1.25)
        sheet.crossed.append((across.left, y - 1, across.right, y + 1))
        _write(sheet, across.right - 4, y - 5, chart.up.parity, side="right")
    if line is not None and threshold is not None:
        y = up.at(threshold)
        canvas.dashed((across.left, y), (across.right, y), BEYOND)
        sheet.crossed.append((across.left, y - 1, across.right, y + 1))
        _write(sheet, across.right - 4, y + 15, line.label, side="right")
    canvas.text(0, 14, chart.up.axis, size=SMALL, colour=SOFT)
    canvas.text(across.left, canvas.height - 6, chart.across.axis, size=SMALL, colour=SOFT)


def _draw_cross(sheet: Sheet, point: Point) -> None:
    """Draw the intervals of both figures; an end without limit runs to the edge."""
    colour, width = COLOUR[point.role], WIDTH[point.role]
    x, y = sheet.at(point)
    _, low, high = point.x
    if low is not None or high is not None:
        ends = [sheet.across.at(end) for end in (_or(low, sheet.across.low), _or(high, sheet.across.high))]
        sheet.canvas.line((ends[0], y), (ends[1], y), colour, width)
        sheet.crossed.append((ends[0], y - 1, ends[1], y + 1))
    _, low, high = point.y
    if low is not None or high is not None:
        ends = [sheet.up.at(end) for end in (_or(low, sheet.up.low), _or(high, sheet.up.high))]
        sheet.canvas.line((x, ends[0]), (x, ends[1]), colour, width)
        sheet.crossed.append((x - 1, ends[1], x + 1, ends[0]))


def _or(end: float | None, edge: float) -> float:
    return edge if end is None else end


def _draw_label(sheet: Sheet, point: Point) -> None:
    """Write a candidate's name where there is room; who finds none has it in the table."""
    text = wrap(point.label, LONGEST, most_lines=1)[0]
    x, y = sheet.at(point)
    width, colour = SMALL * ems(text), COLOUR[point.role]
    steps = (0, 14) if point.role == "frontier" else (0, 14, 28, 46)
    for avoided in (sheet.taken + sheet.crossed, sheet.taken):
        for step, left, base in _places(x, y, width, steps):
            box = (left, base - 11, left + width, base + 4)
            if sheet.inside(box) and not any(_overlap(box, other) for other in avoided):
                if step:  # far enough to need a line to its point
                    end = min(max(x, box[0]), box[2]), box[3] - 1 if base < y else box[1]
                    sheet.canvas.line((x, y), end, colour, 0.75)
                _write(sheet, left, base, text, colour=INK if point.role == "frontier" else colour)
                return


def _places(x: float, y: float, width: float, steps: tuple[int, ...]) -> Iterator[tuple[int, float, float]]:
    """Yield how far off a label may stand, where it begins, and its baseline: beside its point, above, below it."""
    for step in steps:
        for rise in (-6, 16, 4):
            base = y + rise + (step if rise > 0 else -step)
            yield step, x + 11 + step, base
            yield step, x - 11 - step - width, base
        yield step, x - width / 2, y - 14 - step
        yield step, x - width / 2, y + 24 + step


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _write(sheet: Sheet, x: float, base: float, text: str, *, colour: str = SOFT, side: str = "left") -> None:
    """Write a text inside the plot, and note the room it takes."""
    sheet.canvas.text(x, base, text, size=SMALL, colour=colour, side=side)
    left = x - SMALL * ems(text) if side == "right" else x
    sheet.taken.append((left, base - 11, left + SMALL * ems(text), base + 4))
