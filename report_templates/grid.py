"""The grid of two attributes: in each cell the figure, its shape and the counts it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.report_templates.canvas import BAND, HAIR, SMALL, SOFT, TEXT, Canvas, wrap

if TYPE_CHECKING:
    from fairwitness.report_templates.pictures import GridCell, GridChart

ROW = 44
LINE = 17


def draw_grid(chart: GridChart, *, narrow: bool) -> Canvas:
    """Draw a grid; ``narrow`` puts the label of a row above its cells."""
    width, left = (288.0, 0.0) if narrow else (760.0, 216.0)
    column = (width - left) / len(chart.across)
    heads = [wrap(name, column / 16) for name in chart.across]
    labels = [wrap(name, 19 if narrow else 14) for name in chart.down]
    top = 8 + LINE * max(len(lines) for lines in heads)
    heights = [ROW + LINE * len(lines) if narrow else max(ROW, 14 + LINE * len(lines)) for lines in labels]
    canvas = Canvas.of(width, top + sum(heights) + 2)
    for i, lines in enumerate(heads):
        for j, line in enumerate(lines):
            canvas.text(left + column * i + 4, LINE * (j + 1) - 2, line, size=SMALL, colour=SOFT)
    y: float = top
    for label, cells, height in zip(labels, chart.cells, heights, strict=True):
        canvas.line((0, y), (width, y), HAIR)
        for j, line in enumerate(label):
            canvas.text(0, y + 20 + LINE * j, line)
        body = y + LINE * len(label) if narrow else y
        for i, cell in enumerate(cells):
            _draw_cell(canvas, cell, left + column * i, body, column)
        y += height
    canvas.line((0, y), (width, y), HAIR)
    return canvas


def _draw_cell(canvas: Canvas, cell: GridCell, x: float, y: float, width: float) -> None:
    """Draw one group: tinted where it is beyond the threshold."""
    if cell.look is None:
        canvas.text(x + 4, y + 26, cell.shown, size=SMALL, colour=SOFT)
        return
    if cell.look == "beyond":
        canvas.box(x + 1, y + 1.5, x + width - 1, y + ROW - 1.5, BAND)
    canvas.mark(cell.look, x + 12, y + 16)
    canvas.text(x + 26, y + 21, cell.shown, size=TEXT)
    canvas.text(x + 26, y + 37, cell.detail, size=SMALL, colour=SOFT)
