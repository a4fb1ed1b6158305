"""The charts of a counterfactual study: net effects over the noise floor, and every name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, study_figures, swap_tables, words
from fairwitness.report_templates.pictures import Dot, DotChart, Measure, Panel, StripChart
from fairwitness.report_templates.strips import strip_height

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.report_templates.pictures import Scale

    Swap = Mapping[str, Any]
    Variant = Mapping[str, Any]

FLOOR = "Grey band: the interval of the placebo, a swap within one group: what arises where no group is swapped."


def decisions(key: str, swaps: Sequence[Swap], who: str) -> Iterator[DotChart]:
    """Yield the chart of decisions: the share selected as the first group, less that as the second."""
    rows = [
        (swap, swap["decision"]["net"], ((swap["placebo"] or {}).get("decision") or {}).get("net"))
        for swap in swaps
        if swap["decision"]
    ]
    field = words.label(swaps[0]["field"])
    subtitle = f"Share selected as the first group less the share selected as the second, {field} alone swapped"
    yield from _chart(f"{key}-net", rows, "difference", subtitle, who)


def scores(key: str, swaps: Sequence[Swap], who: str) -> Iterator[DotChart]:
    """Yield the chart of scores: the first group's less the second's."""
    rows = [
        (swap, swap["score"]["difference"], ((swap["placebo"] or {}).get("score") or {}).get("difference"))
        for swap in swaps
        if swap["score"]
    ]
    field = words.label(swaps[0]["field"])
    subtitle = f"Score as the first group less the score as the second, {field} alone swapped, in the score's unit"
    yield from _chart(f"{key}-score", rows, "change", subtitle, who, swap_tables.score_places(swaps))


def _chart(
    key: str,
    rows: Sequence[tuple[Swap, Mapping[str, Any], Mapping[str, Any] | None]],
    scale: Scale,
    subtitle: str,
    who: str,
    places: int | None = None,
) -> Iterator[DotChart]:
    dots = [_dot(swap, e, placebo, scale, places) for swap, e, placebo in rows]
    reach = study_figures.reach(dots)
    if reach is None:
        return
    parts = charts.pages(dots)
    for i, part in enumerate(parts, start=1):
        floor = f"{FLOOR} " if any(d.floor for d in part) else ""
        yield DotChart(
            key=f"{key}-{i}",
            title=_finding(dots, scale) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=subtitle,
            description=study_figures.described(part),
            scale=scale,
            panels=(Panel("", part),),
            reach=reach,
            axis=("percentage points; " if scale == "difference" else "") + study_figures.intervals([rows[0][1]]),
            footnote=f"{floor}Source: answers of {who}.",
            parity="no effect",
        )


def _dot(swap: Swap, e: Mapping[str, Any], placebo: Mapping[str, Any] | None, scale: Scale, places: int | None) -> Dot:
    label = f"{words.label(swap['a'])} against {words.label(swap['b'])}"
    dot = study_figures.dot(label, f"{words.people(e['n'])} pairs", e, scale, places)
    if placebo is None or placebo["low"] is None or placebo["high"] is None:
        return dot
    shown = f"placebo {study_figures.parts(placebo, scale, places)[1]}"
    return replace(dot, floor=(placebo["low"], placebo["high"]), shown_floor=shown)


def _finding(dots: Sequence[Dot], scale: Scale) -> str:
    """Say what the largest effect says."""
    known = [d for d in dots if d.value is not None]
    if not known:
        return "No effect could be evaluated"
    largest = max(known, key=lambda d: abs(d.value or 0.0))
    among = "" if len(known) == 1 else f", the largest of {len(known)}"
    if not largest.value:
        same = "selected equally often" if scale == "difference" else "no difference of the score"
        return f"{largest.label}: {same}{among}"
    size = largest.shown.removeprefix(numerals.MINUS)
    lower = largest.value < 0
    if scale == "difference":
        return f"{largest.label}: selected {size} percentage points {'less' if lower else 'more'} often{among}"
    return f"{largest.label}: scored {size} {'lower' if lower else 'higher'}{among}"


# -- every name ------------------------------------------------------------------------------------------------


def variants(key: str, swap: Swap, shown: Sequence[Variant], who: str) -> Iterator[StripChart]:
    """Yield the chart of names (or other values) where a group has several: each a dot, sorted within its group."""
    of_rates = any(v["rate"] is not None and v["rate"]["value"] is not None for v in shown)
    groups: dict[str, list[Variant]] = {}
    for variant in shown:
        groups.setdefault(variant["group"], []).append(variant)
    if max(map(len, groups.values()), default=0) < 2:
        return
    scored = [v["mean_score"] for v in shown if v["mean_score"] is not None]
    places = words.places_of({"value": max(map(abs, scored), default=0.0)})
    made = {group: [_variant(v, of_rates=of_rates, places=places) for v in some] for group, some in groups.items()}
    panels = [_panel(swap, group, dots) for group, dots in made.items() if any(d.value is not None for d in dots)]
    reach = study_figures.reach(d for panel in panels for d in panel.dots)
    if reach is None:
        return
    scale: Scale = "share" if of_rates else "number"
    rates = [v["rate"] for v in shown if v["rate"] is not None]
    axis = f"share selected; {study_figures.intervals(rates)}" if of_rates else "mean score"
    measure = Measure("", scale, reach, axis)
    sheets = _sheets(panels)
    what = "names" if swap["kind"] == "names" else "values"
    for i, sheet in enumerate(sheets, start=1):
        yield StripChart(
            key=f"{key}-names-{i}",
            title=_spread(panels, of_rates=of_rates) + (f" ({i} of {len(sheets)})" if len(sheets) > 1 else ""),
            subtitle=f"Each dot is one of the {what} shown as {words.label(swap['field'])}, lowest first; "
            + ("its share selected" if of_rates else "its mean score"),
            description="The same figures stand in the table below.",
            measure=measure,
            panels=tuple(sheet),
            footnote=f"Source: answers of {who}. A single name stands for few questions: its own place is uncertain.",
        )


def _variant(v: Variant, *, of_rates: bool, places: int) -> Dot:
    label, n = words.label(v["label"]), f"{words.people(v['n'])} asked"
    if of_rates:
        return study_figures.dot(label, n, v["rate"], "rate")
    score = v["mean_score"]
    if score is None:
        return Dot(label, n, "not_evaluable", None, None, None, "not evaluated")
    return Dot(label, n, "plain", score, None, None, words.decimals(score, places))


def _panel(swap: Swap, group: str, dots: Sequence[Dot]) -> Panel:
    """Sort a group's names; those without a figure stand in the table only."""
    known = sorted((d for d in dots if d.value is not None), key=lambda d: (d.value, d.label))
    what = ("name" if len(known) == 1 else "names") if swap["kind"] == "names" else "shown"
    return Panel(f"{words.label(group)}: {len(known)} {what}", tuple(known))


def _spread(panels: Sequence[Panel], *, of_rates: bool) -> str:
    """Say between which ends the dots of each group lie."""
    said = [
        f"{panel.title.rsplit(':', 1)[0]} {panel.dots[0].shown}"
        + (f" to {panel.dots[-1].shown}" if len(panel.dots) > 1 else "")
        for panel in panels
    ]
    return f"{'Share selected' if of_rates else 'Mean score'}: {'; '.join(said)}"


def _sheets(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Share panels between as few charts as will each fit a page."""
    sheets: list[list[Panel]] = [[]]
    for panel in panels:
        height = sum(strip_height(p) for p in sheets[-1])
        if sheets[-1] and height + strip_height(panel) > charts.TALLEST:
            sheets.append([])
        sheets[-1].append(panel)
    return sheets
