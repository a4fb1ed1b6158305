"""What matplotlib writes as SVG, made small: the shapes and nothing else, their looks as classes of the page.

A report is sent by mail and filed, and holds each chart twice, for wide and for narrow screens.  Of a chart as
matplotlib writes it a tenth says what is drawn.
"""

from __future__ import annotations

import re

COLOURS = {  # what matplotlib is told, and what the page makes of it
    "#000001": "var(--ink)",
    "#000002": "var(--soft)",
    "#000003": "var(--line)",
    "#000004": "var(--paper)",
    "#000005": "var(--band)",
    "#000006": "var(--beyond)",
    "#000007": "var(--attention)",
    "#000008": "var(--inconclusive)",
    "#000009": "var(--within)",
    "#000010": "var(--floor)",
    "#000011": "var(--chosen)",
}
CLASSES = {  # styles that most shapes and texts have; `html/report.css` has the same
    "fill:none;stroke:var(--line)": "h",
    "fill:none;stroke:var(--ink);stroke-width:1.2": "p",
    "fill:none;stroke:var(--ink);stroke-width:2.5": "l",
    "fill:none;stroke-dasharray:5,3.8;stroke:var(--beyond);stroke-width:1.2": "t",
    "fill:var(--ink);stroke:var(--ink);stroke-width:2": "d",
    "font-size:14px;fill:var(--ink)": "",
    "font-size:14px;fill:var(--soft)": "q",
    "font-size:12px;fill:var(--soft)": "s",
    "font-size:12px;text-anchor:middle;fill:var(--soft)": "s m",
    "font-size:12px;text-anchor:end;fill:var(--soft)": "s e",
    "font-size:12px;fill:var(--ink)": "i",
    "font-size:12px;text-anchor:end;fill:var(--ink)": "i e",
}
NOTHING = re.compile(
    r' transform="rotate\(-0 [^"]*"| clip-path="[^"]*"|font-family: [^;"]*;? ?|text-anchor: start; '
    r"|; stroke-linejoin: miter|stroke-dashoffset: 0; |; stroke-dashoffset: 0"
)
NUMBER = re.compile(r"-?\d+\.\d+")
ROUND = re.compile(r'<path d="M ([^"LC]*C[^"L]*) z ?"')  # arcs only: a circle
STYLE = re.compile(r' style="([^"]*)"')
DRAWN = re.compile(r' d="([^"]*)"')
ALIKE = re.compile(r'(<path d="[^"z]*"( [^/]*)/>)(?:<path d="[^"z]*"\2/>)+')  # neighbouring lines of one look are one


def slim(svg: str) -> str:
    """Return the shapes and texts of a drawing of `fairwitness.report_templates.canvas.Canvas`.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, with the text as text.

    Returns
    -------
    str
        No prologue, no style sheet of its own, no names that would repeat on the page, places to a tenth of a pixel.

    Examples
    --------
    >>> text = '<text style="font-size: 12px; fill: #000002" x="1.04" y="2">t0t</text>'
    >>> slim(f'<?xml version="1.0"?><svg><g id="figure_1"><g id="patch_1"></g>{text}</g></svg>')
    '<text class="s" x="1" y="2">t0t</text>'
    """
    body = svg[svg.index('<g id="figure_1">') : svg.rindex("</svg>")]
    body = re.sub(r'<g id="patch_1">.*?</g>', "", body, count=1, flags=re.DOTALL)  # the sheet's own, empty background
    body = NOTHING.sub("", re.sub(r"</?g\b[^>]*>", "", body))
    body = ROUND.sub(_circle, re.sub(r"\s*\n\s*", " ", body))
    body = NUMBER.sub(lambda figure: f"{round(float(figure[0]), 1) + 0:g}", body)
    body = re.sub(r' d="([^"]*)"', _path, body)
    for colour, variable in COLOURS.items():
        body = body.replace(colour, variable)
    body = re.sub(r"> <", "><", STYLE.sub(_look, body)).strip()
    return ALIKE.sub(lambda lines: f'<path d="{"".join(DRAWN.findall(lines[0]))}"{lines[2]}/>', body)


def _circle(path: re.Match[str]) -> str:
    """Return a circle as one: matplotlib draws eight arcs."""
    figures = [float(figure) for figure in re.findall(r"-?\d+(?:\.\d+)?", path[1])]
    left, right, top, bottom = min(figures[::2]), max(figures[::2]), min(figures[1::2]), max(figures[1::2])
    return f'<circle cx="{(left + right) / 2:.3f}" cy="{(top + bottom) / 2:.3f}" r="{(right - left) / 2:.3f}"'


def _path(places: re.Match[str]) -> str:
    """Write a path without the spaces that say nothing."""
    short = re.sub(" ?([MLCz]) ?", r"\1", places[1]).strip()
    return f' d="{short}"'


def _look(style: re.Match[str]) -> str:
    """Name a style that the page has; write another without its spaces."""
    said = re.sub(r"([:;,]) ", r"\1", style[1])
    name = CLASSES.get(said)
    return f' style="{said}"' if name is None else f' class="{name}"' if name else ""
