"""Charts of what the undisclosed could change: the bounds of each ratio, and what lies between them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import charts, study_figures, words
from fairwitness.report_templates.pictures import Curve, CurveChart, CurvePoint, Dot, DotChart, Line, Measure, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

LINE = Line(Fraction(4, 5), "at_least", "below 4/5")
CHARTED = 3  # curves that can be told apart


def bounds_charts(key: str, table: Entry, audit: Audit) -> Iterator[DotChart]:
    """Yield charts of the ratios as disclosed, with their bounds."""
    dots = [_dot(g) for g in table["groups"] if not g["is_reference"]]
    if not any(d.value is not None for d in dots):
        return
    reach = study_figures.reach(dots) or (0.5, 1.0)
    parts = charts.pages(dots)
    for i, part in enumerate(parts, start=1):
        yield DotChart(
            key=f"{key}-{i}",
            title=_headline(table) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=f"Impact ratio to {held_against(table)}, as disclosed, and its bounds",
            description=study_figures.described(part),
            scale="ratio",
            panels=(Panel("", part),),
            reach=reach,
            axis="ratio, log scale; lines: the bounds",
            line=LINE,
            footnote=f"Source: {words.label(audit['data']['source'])}.",
        )


def _dot(g: Entry) -> Dot:
    return study_figures.dot(words.group(g["group"]), charts.counts(g), g["estimates"]["impact_ratio"], "ratio")


def _headline(table: Entry) -> str:
    changed = [words.group(g["group"]) for g in table["groups"] if g["screen"]["could_change"]]
    if changed:
        return f"The undisclosed could change the four-fifths screen of {words.joined(changed)}"
    return "Whoever the undisclosed are, the four-fifths screen stays as it is"


def held_against(table: Entry) -> str:
    """Say what the groups of a table are held against."""
    named = {"overall": "everybody", "rest": "everybody else", "highest": "the highest of the other groups"}
    if table["reference"] in named:
        return named[table["reference"]]
    return words.joined(list(dict.fromkeys(words.group(o) for g in table["groups"] for o in g["against"])))


def curves(key: str, table: Entry) -> CurveChart | None:
    """Return the chart of the ratios along the odds, of groups whose screen could change; None where none could."""
    drawn = [g for g in table["groups"] if g["screen"]["could_change"] and not g["is_reference"]]
    drawn = sorted(
        (g for g in drawn if any(p["impact_ratio"] for p in g["curve"])),
        key=lambda g: g["estimates"]["impact_ratio"]["value"] or 0.0,
    )
    made = [_curve(g) for g in drawn[:CHARTED]]
    if not made:
        return None
    heights = [p.y for curve in made for p in curve.points]
    ends = [p.x for curve in made for p in curve.points]
    of = words.joined([curve.label for curve in made])
    return CurveChart(
        key=f"{key}-between",
        title=f"Between the bounds: the ratio of {of} as the undisclosed differ",
        subtitle="At odds of 1 the undisclosed are like those who disclosed; to the right they speak against the group",
        description=" ".join(_said(curve) for curve in made),
        across=Measure("", "ratio", (min(ends), max(ends)), "odds, log scale", parity="alike"),
        up=Measure("", "ratio", (min(heights), max(heights)), "impact ratio, log scale", line=LINE),
        curves=tuple(made),
    )


def _curve(g: Entry) -> Curve:
    points = tuple(CurvePoint(p["odds"], p["impact_ratio"]) for p in g["curve"] if p["impact_ratio"])
    return Curve(words.group(g["group"]), points)


def _said(curve: Curve) -> str:
    points = "; ".join(f"{p.y:.2f} at odds of {p.x:.2g}" for p in curve.points)
    return f"{curve.label}: {points}."
