"""Pictures as data: what stands on which axis, every text final, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from fractions import Fraction

Look = Literal[
    "beyond",
    "attention",
    "inconclusive",
    "within",
    "not_evaluable",
    "not_shown",
    "reference",
    "excluded",
    "plain",
]
"""How a verdict is drawn: one shape and one colour each, the same in words, tables and charts."""

Role = Literal["baseline", "chosen", "frontier", "other"]
"""What a candidate is among alternatives: one shape each."""

Scale = Literal["ratio", "difference", "rate", "share", "area", "number", "change"]
"""How an axis runs: ``ratio`` by logarithm with parity at 1, ``difference`` in percentage points around 0, ``rate``
from 0 to 100%, ``share`` from 0 as far as needed, ``area`` (under a curve) with a guess at 0.5, ``number`` in any
unit, ``change`` in any unit around 0."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One row of a chart: a figure with its interval, or the words that stand in its place.

    ``low`` or ``high`` None means that the interval has no such end.  ``floor`` holds the ends of what would be
    seen if nothing of interest had been changed; it is drawn as a band behind the dot.
    """

    label: str
    detail: str
    look: Look
    value: float | None
    low: float | None
    high: float | None
    shown: str
    shown_interval: str = ""
    floor: tuple[float, float] | None = None
    shown_floor: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of a chart under one title; panels of one chart share its axis."""

    title: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold on a chart: the band beyond it lies to its left (``at_least``) or right (``at_most``)."""

    value: Fraction
    side: Literal["at_least", "at_most"]
    label: str


@dataclass(frozen=True, slots=True)
class DotChart:
    """Dots with intervals on one axis.

    ``reach`` holds the least and the greatest value that the axis must show, ``axis`` what is written below it,
    ``parity`` what is written beside the line at which nothing differs.
    """

    kind: ClassVar[str] = "dots"
    key: str
    title: str
    subtitle: str
    description: str
    scale: Scale
    panels: tuple[Panel, ...]
    reach: tuple[float, float]
    axis: str
    line: Line | None = None
    footnote: str = ""
    parity: str = "parity"


@dataclass(frozen=True, slots=True)
class GridCell:
    """One group in a grid of two attributes; ``look`` None where nobody belongs to it."""

    shown: str
    detail: str
    look: Look | None


@dataclass(frozen=True, slots=True)
class GridChart:
    """Two attributes crossed: the levels of one down, of the other across."""

    kind: ClassVar[str] = "grid"
    key: str
    title: str
    subtitle: str
    description: str
    down: tuple[str, ...]
    across: tuple[str, ...]
    cells: tuple[tuple[GridCell, ...], ...]
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the axes of a chart that has several: its title, how it runs, how far, what is written below it."""

    title: str
    scale: Scale
    reach: tuple[float, float]
    axis: str
    parity: str = "parity"
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class TwinChart:
    """Two figures of the same things side by side: each row has a label and a dot on either axis."""

    kind: ClassVar[str] = "twins"
    key: str
    title: str
    subtitle: str
    description: str
    measures: tuple[Measure, Measure]
    rows: tuple[tuple[Dot, Dot], ...]
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class StripChart:
    """Many small dots with intervals, panel by panel, sorted: so many that only some can have a label."""

    kind: ClassVar[str] = "strips"
    key: str
    title: str
    subtitle: str
    description: str
    measure: Measure
    panels: tuple[Panel, ...]
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A candidate between two axes: each figure, and the ends of its interval."""

    label: str
    role: Role
    x: tuple[float, float | None, float | None]
    y: tuple[float, float | None, float | None]
    on_frontier: bool = False


@dataclass(frozen=True, slots=True)
class ParetoChart:
    """Candidates between two measures, of both of which more is wanted; the frontier is joined by a line."""

    kind: ClassVar[str] = "pareto"
    key: str
    title: str
    subtitle: str
    description: str
    across: Measure
    up: Measure
    points: tuple[Point, ...]
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A place on a curve, with the ends of its interval or band where it has one; ``faint``: it rests on few."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Places that belong together; each curve of a chart has a dash and a mark of its own."""

    label: str
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class CurveChart:
    """Curves between two axes.

    ``spread`` says how intervals are drawn: as one ``band`` that holds for the whole curve, or as ``lines`` of each
    point.  ``upright`` is a place across that is marked, with its name; ``diagonal`` draws where both axes agree.
    """

    kind: ClassVar[str] = "curves"
    key: str
    title: str
    subtitle: str
    description: str
    across: Measure
    up: Measure
    curves: tuple[Curve, ...]
    spread: Literal["band", "lines"] = "band"
    joined: bool = True
    upright: tuple[float, str] | None = None
    diagonal: bool = False
    footnote: str = ""


Chart = DotChart | GridChart | TwinChart | StripChart | ParetoChart | CurveChart
