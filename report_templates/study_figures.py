"""Figures of a study in cells, charts and sentences; a study's figures may have a unit of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import terms, words
from fairwitness.report_templates.document import Cell
from fairwitness.report_templates.pictures import Dot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fairwitness.report_templates.pictures import Scale

    Figure = Mapping[str, Any]

UNITS: dict[Scale, str] = {"difference": " points"}
WRITTEN: dict[Scale, numerals.Scale] = {
    "ratio": "ratio", "difference": "difference", "rate": "rate", "share": "rate", "area": "area",
}  # fmt: skip
"""Scales that numerals knows; figures on any other have a unit of their own."""


def finest(figures: Iterable[Figure | None]) -> int:
    """Return how many decimals figures in a unit of their own have where they stand in one column: those of the finest.

    Examples
    --------
    >>> finest([{"value": 0.684, "low": 0.63, "high": 0.74}, {"value": 0.0007, "low": 0.0, "high": 0.0018}, None])
    4
    """
    return max((words.places_of(e) for e in figures if e is not None and e["value"] is not None), default=0)


def parts(e: Figure, scale: Scale, places: int | None = None) -> tuple[str, str]:
    """Write a figure that has a value, and its interval; with so many decimals, where its unit is its own.

    Examples
    --------
    >>> parts({"value": -0.032, "low": -0.047, "high": -0.017}, "difference")
    ('−3.2', '−4.7 to −1.7')
    """
    written = WRITTEN.get(scale)
    if written is None:
        return words.measured(e, places)
    return numerals.figure(e["value"], written), words.interval(e, written)


def cell(e: Figure | None, scale: Scale, places: int | None = None) -> Cell:
    """Write a figure with its interval, a dash where it is undefined, nothing where it was not asked for."""
    if e is None:
        return Cell()
    return Cell(*parts(e, scale, places)) if e["value"] is not None else Cell("\N{EN DASH}")


def dot(label: str, detail: str, e: Figure, scale: Scale, places: int | None = None) -> Dot:
    """Return a figure as a row of a chart."""
    if e["value"] is None:
        return Dot(label, detail, "not_evaluable", None, None, None, "not evaluated")
    shown, interval = parts(e, scale, places)
    return Dot(label, detail, "plain", e["value"], e["low"], e["high"], shown, f"({interval})" if interval else "")


def spoken(e: Figure, scale: Scale, places: int | None = None) -> str:
    """Write a figure in a sentence.

    Examples
    --------
    >>> spoken({"value": 0.713, "low": 0.66, "high": 0.77, "level": 0.95, "status": "ok"}, "number")
    '0.71 (95\u202f% interval 0.66–0.77)'
    >>> spoken({"value": None, "low": None, "high": None, "level": 0.95, "status": "single_group"}, "ratio")
    'not evaluated'
    """
    if e["value"] is None:
        return "not evaluated"
    shown, interval = parts(e, scale, places)
    shown += UNITS.get(scale, "")
    return f"{shown} ({numerals.level(e['level'])} interval {interval})" if interval else shown


def p_shown(p: float | None) -> Cell:
    """Write a p-value, a dash where there is none."""
    return Cell("\N{EN DASH}" if p is None else numerals.p_value(p))


def p_spoken(p: float) -> str:
    r"""Write a p-value in a sentence.

    Examples
    --------
    >>> p_spoken(0.0312), p_spoken(0.00001)
    ('p\xa0=\xa00.031', 'p\xa0<\xa00.001')
    """
    shown = numerals.p_value(p)
    return (f"p {shown}" if shown.startswith("<") else f"p = {shown}").replace(" ", "\N{NO-BREAK SPACE}")


def reach(dots: Iterable[Dot]) -> tuple[float, float] | None:
    """Return the least and the greatest value that a chart must show, or None where there is nothing to show."""
    ends = [end for d in dots for end in (d.value, d.low, d.high, *(d.floor or ())) if end is not None]
    return (min(ends), max(ends)) if ends else None


def intervals(figures: Sequence[Figure]) -> str:
    """Say at which level the intervals of a chart are.

    Examples
    --------
    >>> intervals([{"level": 0.95}])
    'lines: 95\u202f% intervals'
    """
    return f"lines: {numerals.level(figures[0]['level'])} intervals"


def described(dots: Iterable[Dot]) -> str:
    """Say in words what dots show."""
    said = []
    for d in dots:
        name = f"{d.label}, {d.detail}" if d.detail else d.label
        said.append(" ".join(part for part in (f"{name}: {d.shown}", d.shown_interval, d.shown_floor) if part))
    return "; ".join(said) + "."


def absent(
    group: str, where: str, figures: Mapping[str, Figure | None], why: str | None = None
) -> Iterator[tuple[Cell, ...]]:
    """Yield a row of "Figures that are not there" for each reason, naming the figures that are absent for it.

    ``why`` is the study's own reason, where it gives one.
    """
    reasons: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for name, e in figures.items():
        if e is not None and e["value"] is None:
            reasons.setdefault(e["status"], []).append(name)
            sizes[e["status"]] = e["n"]
    for status, names in reasons.items():
        yield (
            Cell(group, foreign=True),
            Cell(where, foreign=True),
            Cell(words.people(sizes[status])),
            Cell(words.capital(", ".join(names))),
            Cell(words.capital(why or terms.status(status))),
        )
