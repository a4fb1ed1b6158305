"""Charts as data: which dots stand on which axis, and the words that say the same to those who cannot see them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import terms, words
from fairwitness.report_templates.canvas import row_height
from fairwitness.report_templates.pictures import Dot, DotChart, GridCell, GridChart, Line, Panel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fairwitness.report_templates.pictures import Look

TALLEST = 760.0  # pixels: a taller chart would not stay whole on a printed page
MOST_ROWS = 16  # of a grid, for the same reason
GRID_FROM = 6  # with fewer groups the chart of dots shows as much


def looks(findings: Iterable[Mapping[str, Any]]) -> Look:
    """Return the one look that stands for a group in a chart: the gravest of its verdicts.

    Examples
    --------
    >>> looks([{"verdict": "within", "attention": True}])
    'attention'
    """
    shown = {badge.look for finding in findings for badge in terms.badges(finding)}
    order: tuple[Look, ...] = ("beyond", "attention", "inconclusive", "not_evaluable", "within", "not_shown")
    return next((look for look in order if look in shown), "plain")


def compared_to(table: Mapping[str, Any]) -> str:
    """Name what the groups of a table are compared with.

    Examples
    --------
    >>> compared_to({"reference": {"rule": "highest", "groups": [["white"]]}})
    'white'
    """
    rule, groups = table["reference"]["rule"], table["reference"]["groups"]
    if rule in ("overall", "rest"):
        return "all groups together" if rule == "overall" else "everybody else"
    return words.joined([words.group(g) for g in groups]) if groups else "no other group"


def dot_charts(
    key: str,
    table: Mapping[str, Any],
    findings: Mapping[tuple[str, ...], Sequence[Mapping[str, Any]]],
    metric: str,
    line: Line | None,
) -> list[DotChart]:
    """Draw a table's groups against its reference: ratio or difference, with interval.

    Parameters
    ----------
    key : str
        What the chart is called inside the page.
    table : mapping
        One of the audit's tables.
    findings : mapping
        The findings about each group of this table.
    metric : {"impact_ratio", "rate_difference"}
    line : Line or None
        The policy's threshold, where it has one.

    Returns
    -------
    list of DotChart
        Empty where no group can be compared; several where one would not fit a page.
    """
    scale = numerals.scale_of(metric)
    dots = [_dot(g, findings.get(tuple(g["group"]), ()), metric, line) for g in table["groups"]]
    known = [d for d in dots if d.value is not None and d.look != "reference"]
    if not known:
        return []
    level = next(iter(table["groups"][0]["estimates"].values()))["level"]
    subtitle = f"{words.capital(terms.metric(metric))} to {compared_to(table)}"
    subtitle += ", in percentage points" if scale == "difference" else ""
    parts = pages(dots)
    return [
        DotChart(
            key=f"{key}-{i}",
            title=_headline(known, table, metric) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=subtitle,
            description=_description(part),
            scale="ratio" if scale == "ratio" else "difference",
            panels=(Panel("", part),),
            reach=_reach(dots),
            axis=("ratio, log scale" if scale == "ratio" else "percentage points")
            + f"; lines: {numerals.level(level)} intervals",
            line=line,
        )
        for i, part in enumerate(parts, start=1)
    ]


def _reach(dots: Sequence[Dot]) -> tuple[float, float]:
    """Return the least and the greatest figure, the ends of intervals included."""
    ends = [e for d in dots for e in (d.value, d.low, d.high) if e is not None]
    return min(ends), max(ends)


def pages(dots: Sequence[Dot]) -> list[tuple[Dot, ...]]:
    """Share dots between as few charts as will each fit a page, of about the same height."""
    heights = [row_height(d.label) for d in dots]
    share = sum(heights) / max(1, math.ceil(sum(heights) / TALLEST))
    parts: list[list[Dot]] = [[]]
    height = 0.0
    for dot, own in zip(dots, heights, strict=True):
        if parts[-1] and height + own > share + 1:
            parts.append([])
            height = 0.0
        parts[-1].append(dot)
        height += own
    return [tuple(part) for part in parts]


def _dot(
    entry: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    metric: str,
    line: Line | None,
) -> Dot:
    """Return the row of one group: its figure, or the reason why there is none."""
    estimate = entry["estimates"].get(metric) or {"value": None, "status": entry["status"]}
    name, detail = words.group(entry["group"]), counts(entry)
    threshold = line.value if line else None
    if entry["is_reference"]:
        return Dot(name, detail, "reference", 1.0 if metric.endswith("ratio") else 0.0, None, None, "reference")
    if estimate["value"] is None:
        look: Look = "excluded" if entry["excluded"] else "not_evaluable"
        return Dot(name, detail, look, None, None, None, "left out" if entry["excluded"] else "not evaluated")
    scale = numerals.scale_of(metric)
    shown = words.interval(estimate, scale, threshold)
    return Dot(
        label=name,
        detail=detail,
        look=looks(findings),
        value=estimate["value"],
        low=estimate["low"],
        high=estimate["high"],
        shown=numerals.figure(estimate["value"], scale, threshold),
        shown_interval=f"({shown})" if shown else "",
    )


def counts(entry: Mapping[str, Any]) -> str:
    """Write how many of a group were selected.

    Examples
    --------
    >>> counts({"selected": 157, "n": 2435})
    '157 of 2,435'
    """
    if entry["selected"] is None or entry["n"] is None:
        return "withheld"
    return f"{words.people(entry['selected'])} of {words.people(entry['n'])}"


def _headline(known: Sequence[Dot], table: Mapping[str, Any], metric: str) -> str:
    """Say what the lowest dot says."""
    lowest = min(known, key=lambda d: d.value or 0.0)
    beside = compared_to(table)
    among = "" if len(known) == 1 else f", the lowest of {len(known)}"
    if metric.endswith("ratio"):
        return f"{lowest.label}: {lowest.shown} times the rate of {beside}{among}"
    gap = lowest.shown.removeprefix(numerals.MINUS)
    side = "below" if (lowest.value or 0.0) < 0 else "above"
    return f"{lowest.label}: {gap} percentage points {side} {beside}{among}"


def _description(dots: Iterable[Dot]) -> str:
    said = [f"{d.label}, {d.detail}: {d.shown}{' ' + d.shown_interval if d.shown_interval else ''}" for d in dots]
    return "; ".join(said) + "."


def rate_chart(key: str, table: Mapping[str, Any], metrics: Sequence[str], title: str) -> list[DotChart]:
    """Draw rates of all groups, one panel a rate, on one axis from 0 to 100%."""
    panels = []
    for metric in metrics:
        dots = []
        for entry in table["groups"]:
            e = entry["estimates"].get(metric)
            if e is None:
                continue
            shown = e["value"] is not None
            dots.append(
                Dot(
                    label=words.group(entry["group"]),
                    detail=f"of {words.people(e['n'])}" if e["n"] is not None else "",
                    look="plain" if shown else "not_evaluable",
                    value=e["value"],
                    low=e["low"],
                    high=e["high"],
                    shown=numerals.figure(e["value"], "rate") if shown else "not evaluated",
                    shown_interval=f"({words.interval(e, 'rate')})" if shown else "",
                )
            )
        panels.append(Panel(words.capital(terms.metric(metric)), tuple(dots)))
    level = next(iter(table["groups"][0]["estimates"].values()))["level"]
    described = " ".join(f"{p.title}: {_description(p.dots)}" for p in panels)
    axis = f"lines: {numerals.level(level)} intervals"
    together = len(pages([d for p in panels for d in p.dots])) == 1
    charts = [tuple(panels)] if together else [(Panel(p.title, part),) for p in panels for part in pages(p.dots)]
    return [
        DotChart(
            f"{key}-{i}",
            title,
            "Rates among the decisions whose outcome is known",
            described,
            "rate",
            part,
            (0.0, 1.0),
            axis,
        )
        for i, part in enumerate(charts, start=1)
    ]


def grid_chart(
    key: str,
    table: Mapping[str, Any],
    findings: Mapping[tuple[str, ...], Sequence[Mapping[str, Any]]],
    metric: str,
    line: Line | None,
) -> GridChart | None:
    """Cross two attributes, with the figure and its n in each cell; None where a chart of dots shows as much."""
    groups = table["groups"]
    if len(table["by"]) != 2 or len(groups) < GRID_FROM:
        return None
    levels = [list(dict.fromkeys(g["group"][i] for g in groups)) for i in (0, 1)]
    swap = len(levels[0]) < len(levels[1])
    down, across = (levels[1], levels[0]) if swap else (levels[0], levels[1])
    if len(across) > 4 or len(down) > MOST_ROWS:
        return None
    by_group = {tuple(g["group"]): g for g in groups}
    cells = []
    for d in down:
        row = []
        for a in across:
            entry = by_group.get((a, d) if swap else (d, a))
            if entry is None:
                row.append(GridCell("nobody", "", None))
                continue
            dot = _dot(entry, findings.get(tuple(entry["group"]), ()), metric, line)
            row.append(GridCell(dot.shown, dot.detail, dot.look))
        cells.append(tuple(row))
    names = [words.label(name) for name in table["by"]]
    return GridChart(
        key=f"{key}-grid",
        title=f"{words.capital(terms.metric(metric))} by {names[1 if swap else 0]} and {names[0 if swap else 1]}",
        subtitle=f"Compared with {compared_to(table)}; below each figure, how many were {terms.chosen(table)}",
        description="The same figures stand in the table below.",
        down=tuple(words.label(d) for d in down),
        across=tuple(words.label(a) for a in across),
        cells=tuple(cells),
    )
