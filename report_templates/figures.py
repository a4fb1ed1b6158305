"""Charts as SVG: every chart is drawn twice, wide and narrow, and the page shows the one that fits.

The same chart makes the same bytes.  No text is smaller than 12 pixels at the width a drawing is made for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fairwitness.report_templates.curves import draw_curves
from fairwitness.report_templates.dots import draw_dots
from fairwitness.report_templates.grid import draw_grid
from fairwitness.report_templates.pareto import draw_pareto
from fairwitness.report_templates.pictures import CurveChart, DotChart, GridChart, StripChart, TwinChart
from fairwitness.report_templates.strips import draw_strips
from fairwitness.report_templates.twins import draw_twins

if TYPE_CHECKING:
    from fairwitness.report_templates.canvas import Canvas
    from fairwitness.report_templates.pictures import Chart

Width = Literal["wide", "narrow"]


def draw(chart: Chart, width: Width) -> str:
    """Return a chart as an SVG element.

    Parameters
    ----------
    chart : Chart
    width : {"wide", "narrow"}
        ``wide`` for screens of 40 rem and for paper, ``narrow`` for telephones: drawn for 288 pixels.

    Returns
    -------
    str
        The element ``<svg>``, safe to put into a page: its texts are escaped.
    """
    canvas = _canvas(chart, narrow=width == "narrow")
    name = f"{chart.key}-{width}"
    return canvas.svg(name=name, title=chart.title, description=chart.description, css_class=width)


def _canvas(chart: Chart, *, narrow: bool) -> Canvas:
    if isinstance(chart, DotChart):
        return draw_dots(chart, narrow=narrow)
    if isinstance(chart, GridChart):
        return draw_grid(chart, narrow=narrow)
    if isinstance(chart, TwinChart):
        return draw_twins(chart, narrow=narrow)
    if isinstance(chart, StripChart):
        return draw_strips(chart, narrow=narrow)
    if isinstance(chart, CurveChart):
        return draw_curves(chart, narrow=narrow)
    return draw_pareto(chart, narrow=narrow)
