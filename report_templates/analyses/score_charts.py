"""Charts of scores: the groups' distributions, and the ratio of their rates at every cut-off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, terms, words
from fairwitness.report_templates.curves import MOST
from fairwitness.report_templates.pictures import Curve, CurveChart, CurvePoint, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.report_templates.pictures import Line

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

CHARTED = 2  # groups that have a chart of their own: those placed farthest from the reference
SIDES: Mapping[str, str] = {
    "at_or_above": "at or above the cut-off",
    "above": "above the cut-off",
    "at_or_below": "at or below the cut-off",
}
HOLLOW = "Hollow marks, without a band: fewer than five of a group expected on one side of the cut-off."


def number(value: float) -> str:
    """Write a score.

    Examples
    --------
    >>> number(49.5), number(-3.0), number(0.123456789)
    ('49.5', '−3', '0.123457')
    """
    return f"{value:.6g}".replace("-", numerals.MINUS)


def held_against(entry: Entry) -> str:
    """Name what the groups of an attribute are compared with.

    Examples
    --------
    >>> held_against({"groups": [{"group": ["white"], "is_reference": True}]})
    'white'
    """
    used = [g for g in entry["groups"] if g["is_reference"]]
    if used:
        return words.group(used[0]["group"])
    return "everybody else" if any(g.get("compared") for g in entry["groups"]) else "no other group"


def by_distance(entry: Entry) -> list[Entry]:
    """Return the groups that are compared, those placed worst first."""
    found = [g for g in entry["groups"] if g["compared"] and g["compared"]["estimates"]["auc"]["value"] is not None]
    return sorted(found, key=lambda g: g["compared"]["estimates"]["auc"]["value"])


def charts_of(key: str, entry: Entry, audit: Audit) -> Iterator[CurveChart]:
    """Yield the chart of distributions, and one of ratios for each of the groups placed worst."""
    swept = [g for g in by_distance(entry) if g["compared"]["sweep"]]
    if not swept:
        return
    yield _distributions(f"{key}-d", entry, swept[: MOST - 1], audit)
    line = next((terms.line(p) for p in audit["policies"] if p["metric"] == "impact_ratio"), None)
    for i, g in enumerate(swept[:CHARTED], start=1):
        chart = _ratios(f"{key}-r{i}", entry, g, line, audit)
        if chart is not None:
            yield chart


def _across(entry: Entry, cutoffs: Sequence[Entry]) -> Measure:
    values = [c["cutoff"] for c in cutoffs]
    good = "high" if entry["order"] == "high" else "low"
    return Measure("", "number", (min(values), max(values)), f"{words.label(entry['score'])}; {good} is good")


def _upright(entry: Entry) -> tuple[float, str] | None:
    at = entry["operating"]
    if at["cutoff"] is None:
        return None
    return at["cutoff"], "in use" if at["kind"] == "decision" else "median"


def _distributions(key: str, entry: Entry, groups: Sequence[Entry], audit: Audit) -> CurveChart:
    """Draw for each group the share that every cut-off would select."""
    first = groups[0]["compared"]
    curves = [_shares(words.group(g["group"]), g["compared"]["sweep"]["cutoffs"], "selected", g["n"]) for g in groups]
    if any(g["is_reference"] for g in entry["groups"]):
        reference = _shares(
            f"{held_against(entry)} (reference)", first["sweep"]["cutoffs"], "reference_selected", first["reference_n"]
        )
        curves.append(reference)
    attribute = words.label(entry["by"][0])
    return CurveChart(
        key=key,
        title=_headline(groups[0], entry),
        subtitle=f"Share of each group {SIDES[entry['cutoff_rule']]}, by {attribute}",
        description=" ".join(_said(curve) for curve in curves),
        across=_across(entry, first["sweep"]["cutoffs"]),
        up=Measure("", "rate", (0.0, 1.0), "share of the group"),
        curves=tuple(curves),
        upright=_upright(entry),
        footnote=f"Source: {words.label(audit['data']['source'])}.",
    )


def _shares(label: str, cutoffs: Sequence[Entry], counted: str, n: int) -> Curve:
    ordered = sorted(cutoffs, key=lambda c: float(c["cutoff"]))
    return Curve(label, tuple(CurvePoint(c["cutoff"], c[counted] / n if n else 0.0) for c in ordered))


def _headline(g: Entry, entry: Entry) -> str:
    shown = study_figures.parts(g["compared"]["estimates"]["auc"], "area")[0]
    return f"{words.group(g['group'])}: better placed than {held_against(entry)} with probability {shown}"


def _said(curve: Curve) -> str:
    """Say a curve in words: its ends and its middle."""
    chosen = {0: None, len(curve.points) // 2: None, len(curve.points) - 1: None}
    places = [curve.points[i] for i in chosen]
    said = "; ".join(f"{numerals.percent(p.y)} at {number(p.x)}" for p in places)
    return f"{curve.label}: {said}."


def _ratios(key: str, entry: Entry, g: Entry, line: Line | None, audit: Audit) -> CurveChart | None:
    """Draw the ratio of one group's rate to the reference's at every cut-off, with its band."""
    cutoffs = sorted((c for c in g["compared"]["sweep"]["cutoffs"] if c["ratio"]["value"] is not None), key=_place)
    if len(cutoffs) < 2:
        return None
    points = [
        CurvePoint(
            c["cutoff"],
            max(c["ratio"]["value"], 1e-9),
            None if c["ratio"]["low"] is None else max(c["ratio"]["low"], 1e-9),
            c["ratio"]["high"],
            faint=c["tiny"],
        )
        for c in cutoffs
    ]
    ends = [end for p in points if not p.faint for end in (p.low, p.high, p.y) if end is not None] or [1.0]
    name, level = words.group(g["group"]), numerals.level(cutoffs[0]["ratio"]["level"])
    lowest = min((c for c in cutoffs if not c["tiny"]), key=lambda c: float(c["ratio"]["value"]), default=None)
    title = f"{name}: the ratio at other cut-offs"
    if lowest is not None:
        title = f"{name}: ratio {numerals.ratio(lowest['ratio']['value'])} at its lowest, at {number(lowest['cutoff'])}"
    tiny = f" {HOLLOW}" if any(p.faint for p in points) else ""
    return CurveChart(
        key=key,
        title=title,
        subtitle=f"Share {SIDES[entry['cutoff_rule']]}: ratio to {held_against(entry)}",
        description="; ".join(f"{number(c['cutoff'])}: {numerals.ratio(c['ratio']['value'])}" for c in cutoffs) + ".",
        across=_across(entry, cutoffs),
        up=Measure("", "ratio", (min(ends), max(ends)), f"ratio, log scale; band: {level} for all at once", line=line),
        curves=(Curve(name, tuple(points)),),
        upright=_upright(entry),
        footnote=f"Only the cut-off in use is tested.{tiny} Source: {words.label(audit['data']['source'])}.",
    )


def _place(cutoff: Entry) -> float:
    return float(cutoff["cutoff"])
