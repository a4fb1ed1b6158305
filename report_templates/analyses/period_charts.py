"""The charts of periods: the evidence after each, and each period's ratio."""

from __future__ import annotations

from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, study_figures, words
from fairwitness.report_templates.pictures import Curve, CurveChart, CurvePoint, DotChart, Line, Measure, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

MOST_DOTS = 14  # periods of which each can have a row of a chart, with its name
PROCESSES = {"equality": "equal odds", "drift": "odds that stay the same"}


def against(g: Entry) -> str:
    """Name what a group is held against."""
    return words.group(g["against"]) if g["against"] else "everybody else"


def e_value(statistic: float) -> str:
    """Write an e-value by its logarithm to base 10.

    Examples
    --------
    >>> e_value(1.30103), e_value(-0.6), e_value(4.31), e_value(7.25), e_value(400.5)
    ('20', '0.25', '20,417', '1.8e7', '3.2e400')
    """
    if -4 < statistic < 6:
        return f"{10**statistic:.2g}" if statistic < 2 else f"{10**statistic:,.0f}"
    power = int(statistic // 1)
    return f"{10 ** (statistic - power):.1f}e{power}".replace("-", numerals.MINUS)


def _number(entry: Entry) -> str:
    """Say what the numbers across are."""
    names = entry["periods"]
    return f"period: 1 is {words.label(names[0])}, {len(names)} is {words.label(names[-1])}"


def _across(entry: Entry) -> Measure:
    return Measure("Period", "number", (1.0, float(len(entry["periods"]))), _number(entry))


def evidence(key: str, entry: Entry, g: Entry, audit: Audit) -> CurveChart:
    """Draw both e-processes of a group, with the line that they reach by chance seldom enough."""
    line = log10(entry["line"])
    curves = tuple(
        Curve(
            words.capital(said),
            tuple(CurvePoint(float(t), row[name]["statistic"]) for t, row in enumerate(g["periods"], start=1)),
        )
        for name, said in PROCESSES.items()
    )
    ends = [p.y for curve in curves for p in curve.points]
    said = [
        f"Against {text}: e-value {e_value(g[name]['statistic'])} after the last period, highest "
        f"{e_value(max(row[name]['statistic'] for row in g['periods']))}."
        for name, text in PROCESSES.items()
    ]
    threshold = Line(Fraction(line), "at_most", f"e-value of {entry['line']:g}")
    up = Measure("E-value", "number", (min(*ends, 0.0), max(*ends, line)), "log 10 of the e-value", line=threshold)
    return CurveChart(
        key=f"{key}-evidence",
        title=headline(g),
        subtitle=f"{words.group(g['group'])} against {against(g)}: evidence after every period",
        description=" ".join(said),
        across=_across(entry),
        up=up,
        curves=curves,
        footnote=f"Source: {words.label(audit['data']['source'])}.",
    )


def headline(g: Entry) -> str:
    """Say which line was crossed, and when."""
    drift, equality = g["drift"]["reached"], g["equality"]["reached"]
    who = words.group(g["group"])
    if drift is not None:
        return f"{who}: the odds ratio has not stayed the same (shown in {words.label(drift)})"
    if equality is not None:
        return f"{who}: unequal odds shown in {words.label(equality)}; drift not shown"
    return f"{who}: neither unequal odds nor drift shown"


def ratios(key: str, entry: Entry, g: Entry, audit: Audit) -> Iterator[DotChart | CurveChart]:
    """Draw the ratio of each period: by name where they are few, as a curve where they are many."""
    figures = [row["estimates"]["impact_ratio"] for row in g["periods"]]
    dots = [
        study_figures.dot(words.label(row["period"]), charts.counts(row), e, "ratio")
        for row, e in zip(g["periods"], figures, strict=True)
    ]
    known = [e for e in figures if e["value"]]
    reach = study_figures.reach(dots)
    if not known or reach is None:
        return
    values = [e["value"] for e in known]
    title = f"{words.group(g['group'])}: ratio between {numerals.ratio(min(values))} and {numerals.ratio(max(values))}"
    subtitle = f"Ratio of rates to {against(g)}, each period by itself"
    footnote = f"Source: {words.label(audit['data']['source'])}."
    level = study_figures.intervals(figures)
    if len(dots) <= MOST_DOTS:
        axis = f"ratio, log scale; {level}"
        yield DotChart(
            f"{key}-ratio", title, subtitle, study_figures.described(dots), "ratio", (Panel("", tuple(dots)),), reach,
            axis, footnote=footnote,
        )  # fmt: skip
        return
    points = tuple(
        CurvePoint(float(t), e["value"], e["low"], e["high"]) for t, e in enumerate(figures, start=1) if e["value"]
    )
    yield CurveChart(
        key=f"{key}-ratio",
        title=title,
        subtitle=subtitle,
        description=study_figures.described(dots),
        across=_across(entry),
        up=Measure("Ratio", "ratio", reach, f"ratio, log scale; {level}"),
        curves=(Curve("Ratio", points),),
        spread="lines",
        joined=False,
        footnote=footnote,
    )
