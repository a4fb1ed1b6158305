"""A sheet of pixels for charts: matplotlib draws the shapes, the texts are put in afterwards.

matplotlib never sees a foreign text.  It places numbered marks, and the texts (escaped) take their places: so
no label is read as mathematics, no font is searched for its letters, and the fonts of the machine that drew a
chart change nothing.  Colours become the page's custom properties, so that a chart follows dark mode and print.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from fairwitness.report_templates.slimming import COLOURS, slim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fairwitness.report_templates.pictures import Look, Role

INK, SOFT, HAIR, PAPER, BAND, BEYOND, ATTENTION, INCONCLUSIVE, WITHIN, FLOOR, CHOSEN = COLOURS
OF_LOOK: dict[Look, str] = {
    "beyond": BEYOND,
    "attention": ATTENTION,
    "inconclusive": INCONCLUSIVE,
    "within": WITHIN,
    "plain": INK,
    "not_shown": INK,
}
TEXT, SMALL = 14, 12  # pixels
LABEL = 14  # ems of a label's line beside its dot


@dataclass(frozen=True, slots=True)
class Canvas:
    """A sheet of pixels, y downwards, and the texts that will stand on it."""

    figure: Figure
    axes: Axes
    width: float
    height: float
    texts: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, width: float, height: float) -> Canvas:
        """Return an empty sheet."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width / 72, height / 72), dpi=72)  # at 72 dpi a point is a pixel
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.axis("off")
        return cls(figure, axes, width, height)

    def text(self, x: float, y: float, text: str, *, size: int = TEXT, colour: str = INK, side: str = "left") -> None:
        """Put a text; ``side`` says which of its ends stands at x."""
        self.axes.text(x, y, f"t{len(self.texts)}t", fontsize=size, color=colour, ha=side, va="baseline")
        self.texts.append(text)

    def below(self, x: float, y: float, text: str, between: tuple[float, float] | None = None) -> None:
        """Put a small text below a tick, its middle there unless it would leave the sheet (or a part of it)."""
        left, right = between or (0, self.width)
        half = SMALL * ems(text) / 2
        side = "left" if x - half < left else "right" if x + half > right else "center"
        at = left if side == "left" else right if side == "right" else x
        self.text(at, y, text, size=SMALL, colour=SOFT, side=side)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 1) -> None:
        """Draw a straight line."""
        self.shape([start, end], "none", colour, width)

    def dashed(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Draw a straight dashed line."""
        from matplotlib.patches import Polygon

        dash = (0, (4, 3))
        self.axes.add_patch(Polygon([start, end], closed=False, fc="none", ec=colour, lw=1.25, ls=dash, clip_on=False))

    def shape(self, points: Iterable[tuple[float, float]], fill: str, edge: str = "none", width: float = 0) -> None:
        """Draw a shape through points."""
        from matplotlib.patches import Polygon

        self.axes.add_patch(Polygon(list(points), closed=fill != "none", fc=fill, ec=edge, lw=width, clip_on=False))

    def box(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        """Draw a filled box."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], fill)

    def circle(self, x: float, y: float, radius: float, fill: str, edge: str) -> None:
        """Draw a circle."""
        from matplotlib.patches import Circle

        self.axes.add_patch(Circle((x, y), radius, fc=fill, ec=edge, lw=2, clip_on=False))

    def mark(self, look: Look, x: float, y: float) -> None:
        """Draw the shape that stands for a verdict; `html/marks.html` has the same shapes for words."""
        colour = OF_LOOK.get(look, SOFT)
        if look == "beyond":
            self.shape([(x, y - 6.5), (x + 6.5, y), (x, y + 6.5), (x - 6.5, y)], colour)
        elif look == "attention":
            self.shape([(x, y - 6.5), (x + 6.5, y + 5), (x - 6.5, y + 5)], colour)
        elif look == "inconclusive":
            self.circle(x, y, 4.8, PAPER, colour)
        elif look == "reference":
            self.line((x - 5, y), (x + 5, y), colour, 2.5)
        elif look in ("excluded", "not_evaluable"):
            self.line((x - 4, y - 4), (x + 4, y + 4), colour, 2)
            self.line((x - 4, y + 4), (x + 4, y - 4), colour, 2)
        else:
            self.circle(x, y, 4.8, colour, colour)

    def candidate(self, role: Role, x: float, y: float) -> None:
        """Draw the shape that stands for a candidate among alternatives."""
        if role == "baseline":
            self.box(x - 5.5, y - 5.5, x + 5.5, y + 5.5, INK)
        elif role == "chosen":
            self.circle(x, y, 7.5, PAPER, CHOSEN)
            self.circle(x, y, 3, CHOSEN, CHOSEN)
        elif role == "frontier":
            self.circle(x, y, 4, INK, INK)
        else:
            self.circle(x, y, 3, PAPER, SOFT)

    def svg(self, *, name: str, title: str, description: str, css_class: str) -> str:
        """Return the sheet as an SVG element with a title and a description, its texts escaped."""
        from matplotlib import rc_context

        out = io.StringIO()
        fixed: dict[Any, Any] = {
            "svg.fonttype": "none",
            "svg.hashsalt": name,
            "font.family": "DejaVu Sans",
            "text.parse_math": False,
        }
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        with rc_context(fixed):
            self.figure.savefig(out, format="svg", metadata=nothing, transparent=True)
        body = slim(out.getvalue())
        body = re.sub(r">t(\d+)t<", lambda mark: f">{escape(self.texts[int(mark[1])])}<", body)
        head = (
            f'<svg class="{css_class}" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-labelledby="{name}-t" aria-describedby="{name}-d" stroke-linejoin="round">'
            f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        )
        return f"{head}{body}</svg>"


def row_height(label: str) -> float:
    """Return how much a group's label, and its counts below it, take of a wide chart, in pixels."""
    return 24 + 17 * len(wrap(label, LABEL))


def wrap(text: str, most_ems: float, most_lines: int = 3) -> list[str]:
    """Break a text into lines of at most so many ems, by a rough measure of its letters.

    What does not fit the lines ends in an ellipsis: the table beside the chart has it whole.

    Examples
    --------
    >>> wrap("Native Hawaiian or Pacific Islander", 12)
    ['Native Hawaiian or', 'Pacific Islander']
    """
    lines = [""]
    for piece in re.findall(r"\s*\S+", text):
        for part in _breakable(piece, most_ems):
            if lines[-1] and ems(lines[-1] + part) > most_ems:
                lines.append(part.lstrip())
            else:
                lines[-1] += part
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], lines[most_lines - 1][:-2].rstrip() + "\N{HORIZONTAL ELLIPSIS}"]
    return lines


def _breakable(piece: str, most_ems: float) -> list[str]:
    """Cut a word into letters where it is longer than a line, or Chinese, which breaks anywhere."""
    return list(piece) if ems(piece) > most_ems or any(map(_wide, piece)) else [piece]


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def ems(text: str) -> float:
    """Return about how long a text is, in the size of its font; on the long side, since a page may use any font."""
    return sum(
        1.0 if _wide(c) else 0.0 if unicodedata.combining(c) else 0.8 if c.isupper() or c in "mw@%" else 0.6
        for c in text
    )
