"""Charts of scores held against outcomes: what came true of each score, in a group and in what it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import words
from fairwitness.report_templates.analyses.score_charts import held_against, number
from fairwitness.report_templates.pictures import Curve, CurveChart, CurvePoint, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

CHARTED = 2  # groups that have a chart: those whose curves lie farthest from the reference's


def compared_groups(entry: Entry) -> list[Entry]:
    """Return the groups that are compared, those with the largest area between the curves first."""

    def area(g: Entry) -> float:
        value = g["compared"]["estimates"]["abroca"]["value"]
        return 1.0 if value is None else -float(value)

    return sorted((g for g in entry["groups"] if g["compared"]), key=area)


def charts_of(key: str, entry: Entry, audit: Audit) -> Iterator[CurveChart]:
    """Yield a chart of reliability for each of the groups that differ most."""
    reference = next((g for g in entry["groups"] if g["is_reference"]), None)
    shown = [g for g in compared_groups(entry) if g["reliability"]][:CHARTED]
    if reference is None:  # held against everybody else: each by itself
        shown = [g for g in entry["groups"] if g["reliability"]][:CHARTED]
    for i, g in enumerate(shown, start=1):
        beside = [reference] if reference is not None and reference["reliability"] else []
        yield _reliability(f"{key}-{i}", entry, [g, *beside], audit)


def _reliability(key: str, entry: Entry, groups: Sequence[Entry], audit: Audit) -> CurveChart:
    """Draw the share of positive outcomes at each score, with intervals."""
    says = entry["probabilities"] and not entry["binned"]
    curves = [_curve(g, says=says) for g in groups]
    places = [p.x for curve in curves for p in curve.points]
    level = numerals.level(groups[0]["reliability"][0]["observed"]["level"])
    score = words.label(entry["score"])
    across = (
        Measure("", "rate", (0.0, 1.0), "mean predicted probability")
        if says
        else Measure("", "number", (min(places), max(places)), f"{score}: where each bin begins")
    )
    name = words.group(groups[0]["group"])
    where = "what was predicted, and what came true" if says else "what came true of each score"
    return CurveChart(
        key=key,
        title=f"{name} and {held_against(entry)}: {where}" if len(groups) > 1 else f"{name}: {where}",
        subtitle=f"Share with a positive outcome ({words.label(entry['label'])}) at each score"
        + (". On the slope, as predicted" if says else ""),
        description=" ".join(_said(curve) for curve in curves),
        across=across,
        up=Measure("", "rate", (0.0, 1.0), f"positive outcomes; lines: {level} intervals"),
        curves=tuple(curves),
        spread="lines",
        joined=not says,
        diagonal=says,
        footnote=f"Source: {words.label(audit['data']['source'])}.",
    )


def _curve(g: Entry, *, says: bool) -> Curve:
    points = []
    for b in g["reliability"]:
        begins = b["from"] if b["from"] is not None else b["to"]
        seen = b["observed"]
        points.append(CurvePoint(b["predicted"] if says else begins, seen["value"], seen["low"], seen["high"]))
    label = words.group(g["group"]) + (" (reference)" if g["is_reference"] else "")
    return Curve(label, tuple(sorted(points, key=lambda p: p.x)))


def _said(curve: Curve) -> str:
    return f"{curve.label}: " + "; ".join(f"{numerals.percent(p.y)} at {number(p.x)}" for p in curve.points) + "."
