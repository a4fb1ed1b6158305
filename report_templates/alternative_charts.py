"""The Pareto plots of a search for alternatives: the part that chose, and the part that is reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, terms, words
from fairwitness.report_templates.pictures import Measure, ParetoChart, Point

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.report_templates.pictures import Line, Role, Scale

    Search = Mapping[str, Any]
    Candidate = Mapping[str, Any]

VALIDITY: Mapping[str, str] = {
    "auc": "AUC",
    "precision_at_selection_rate": "precision at the selection rate",
    "utility": "utility",
}
PARTS = (
    ("validation", "where the alternatives were chosen"),
    ("test", "where nothing was fitted or chosen: the figures to report"),
)
UP = "\N{UPWARDS ARROW} impact ratio, log scale"
SHAPES = (
    "Square: the model as it is. Ringed dot: chosen. Small circles: the others, with their intervals in the table. "
    "Lines: {level} intervals."
)
JOINED = " Dots joined by a line: the frontier, of which none is beaten by another in both."


def validity(search: Search) -> str:
    """Name how validity is measured.

    Examples
    --------
    >>> validity({"validity": {"metric": "auc"}})
    'AUC'
    """
    metric = search["validity"]["metric"]
    return VALIDITY.get(metric, words.label(metric))


def written(search: Search) -> tuple[Scale, int]:
    """Say on which scale validity is written, and with how many decimals where it has a unit of its own."""
    figures = [c[part]["validity"] for c in search["candidates"] for part, _ in PARTS if c[part]]
    scale: Scale = "number" if search["validity"]["metric"] == "utility" else "area"
    return scale, study_figures.finest(figures)


def of_search(search: Search, policies: Sequence[Mapping[str, Any]]) -> Iterator[ParetoChart]:
    """Yield a plot for each part on which two candidates or more have both figures."""
    line = next((terms.line(p) for p in policies if p["metric"] == "impact_ratio" and p["threshold"]), None)
    for part, where in PARTS:
        known = [c for c in search["candidates"] if c[part] and _known(c[part])]
        if len(known) > 1:
            yield _plot(search, part, where, known, line)


def _known(figures: Mapping[str, Any]) -> bool:
    ratio = figures["impact_ratio"]["value"]
    return figures["validity"]["value"] is not None and ratio is not None and ratio > 0  # a log axis has no 0


def _plot(search: Search, part: str, where: str, known: Sequence[Candidate], line: Line | None) -> ParetoChart:
    points = tuple(_point(c, part) for c in known)
    drawn = [p if p.role != "other" else replace(p, x=(p.x[0], None, None), y=(p.y[0], None, None)) for p in points]
    metric = validity(search)
    pair = f"{words.label(search['group'])} to {words.label(search['reference'])}"
    level = numerals.level(known[0][part]["validity"]["level"])
    said = [
        f"{p.label}: {metric} {study_figures.parts(c[part]['validity'], *written(search))[0]}, "
        f"ratio {numerals.ratio(c[part]['impact_ratio']['value'])}"
        for p, c in zip(points, known, strict=True)
    ]
    name = {"validation": "Part to choose", "test": "Test part"}[part]
    return ParetoChart(
        key=f"alternatives-{part}",
        title=_finding(name, known, part),
        subtitle=f"{words.capital(metric)} across, more is better; impact ratio of {pair} up, at 1 they are equal; "
        f"{words.people(search['rows'][part])} rows, {where}",
        description="; ".join(said) + ".",
        across=Measure("", "number", _reach([p.x for p in drawn]), f"{metric} \N{RIGHTWARDS ARROW}"),
        up=Measure("", "ratio", _reach([p.y for p in drawn]), UP, line=line),
        points=tuple(drawn),
        footnote=SHAPES.format(level=level) + (JOINED if any(p.on_frontier for p in points) else ""),
    )


def _point(c: Candidate, part: str) -> Point:
    role: Role = "other"
    if c["family"] == "baseline":
        role = "baseline"
    elif c["chosen"]:
        role = "chosen"
    elif c["on_frontier"]:
        role = "frontier"
    label = {"baseline": "as it is", "chosen": f"chosen: {words.label(c['id'])}"}.get(role, words.label(c["id"]))
    valid, ratio = c[part]["validity"], c[part]["impact_ratio"]
    joined = c["on_frontier"] and part == "validation"
    return Point(label, role, _with_ends(valid), _with_ends(ratio), joined)


def _with_ends(e: Mapping[str, Any]) -> tuple[float, float | None, float | None]:
    return e["value"], e["low"], e["high"]


def _reach(figures: Sequence[tuple[float, float | None, float | None]]) -> tuple[float, float]:
    ends = [end for figure in figures for end in figure if end is not None]
    return min(ends), max(ends)


def _finding(name: str, known: Sequence[Candidate], part: str) -> str:
    """Say what the plot shows: the chosen against the model as it is, or that nothing was chosen."""
    base = next((c for c in known if c["family"] == "baseline"), None)
    best = next((c for c in known if c["chosen"] and c["family"] != "baseline"), None)
    if best is None:
        return f"{name}: no alternative was chosen"
    here = numerals.ratio(best[part]["impact_ratio"]["value"])
    if base is None:
        return f"{name}: {words.label(best['id'])} at a ratio of {here}"
    there = numerals.ratio(base[part]["impact_ratio"]["value"])
    return f"{name}: {words.label(best['id'])} at a ratio of {here}, the model as it is at {there}"
