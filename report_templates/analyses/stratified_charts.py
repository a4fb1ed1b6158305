"""Charts of tables within strata: all decisions beside strata, group by group and stratum by stratum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, study_figures, words
from fairwitness.report_templates.analyses.stratified_csv import FIGURES
from fairwitness.report_templates.pictures import Dot, DotChart, Measure, Panel, TwinChart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

RATIO = FIGURES[0]
MOST_CHARTED = 3  # groups with a chart of their strata: those with a reversal first


def name_of_table(table: Entry) -> str:
    """Write a table's name.

    Examples
    --------
    >>> name_of_table({"by": ["race", "sex"], "measure": "selection_rate", "stage": "exam"})
    'By race and sex, exam'
    """
    by = f"By {words.joined([words.label(name) for name in table['by']])}"
    stage = f", {words.label(table['stage'])}" if table.get("stage") else ""
    return by + (", by score" if table["measure"] == "scoring_rate" else "") + stage


def entry_of(entries: Sequence[Entry], group: Sequence[str]) -> Entry:
    """Return a group's entry of one of the lists of ``stratified``."""
    return next(e for e in entries if e["group"] == list(group))


def of_groups(key: str, table: Entry, audit: Audit) -> Iterator[TwinChart]:
    """Draw the ratio of all decisions beside the ratio within strata, where there are several groups."""
    s = table["stratified"]
    rows = [
        (
            study_figures.dot(words.group(e["group"]), "", _pooled(table, e["group"]), "ratio"),
            study_figures.dot(words.group(e["group"]), "", e, "ratio"),
        )
        for e in s[RATIO]
    ]
    reach = study_figures.reach([d for pair in rows for d in pair])
    if len(rows) < 2 or reach is None:
        return
    column, level = words.label(s["column"]), study_figures.intervals(s[RATIO])
    measures = (
        Measure("All decisions: ratio", "ratio", reach, level),
        Measure(f"Within {column}: ratio", "ratio", reach, level),
    )
    parts = charts.pages([left for left, _ in rows])
    rest = iter(rows)
    for i, part in enumerate(parts, start=1):
        shown = tuple(next(rest) for _ in part)
        yield TwinChart(
            key=f"{key}-within-{i}",
            title=f"{name_of_table(table)}: all decisions, and within {column}"
            + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=f"Ratio of rates to {charts.compared_to(table)}; within {column}: Mantel–Haenszel",
            description=" ".join(study_figures.described(pair) for pair in shown),
            measures=measures,
            rows=shown,
            footnote=f"Source: {words.label(audit['data']['source'])}.",
        )


def of_strata(key: str, table: Entry, audit: Audit) -> Iterator[DotChart]:
    """Draw every stratum's ratio of a group, with that of all decisions and that within strata below."""
    s = table["stratified"]
    if table["kind"] != "confirmatory":
        return
    flagged = {tuple(e["group"]): bool(e["flag"]) for e in s["simpson"]}
    ordered = sorted(s["by_stratum"], key=lambda e: not flagged[tuple(e["group"])])
    for k, entry in enumerate(ordered[:MOST_CHARTED], start=1):
        strata = [_stratum(c) for c in entry["counts"]]
        if not any(d.value is not None for d in strata):
            continue
        together = _together(table, entry["group"])
        reach = study_figures.reach([*strata, *together]) or (1.0, 1.0)
        group, column = words.group(entry["group"]), words.label(s["column"])
        parts = charts.pages(strata)
        for i, part in enumerate(parts, start=1):
            last = i == len(parts)
            panels = (Panel("", part), *((Panel("Together", together),) if last else ()))
            yield DotChart(
                key=f"{key}-strata-{k}-{i}",
                title=headline(table, entry["group"]) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
                subtitle=f"{group}: ratio of rates to {charts.compared_to(table)} in each {column}; "
                "below each name, how many of how many",
                description=" ".join(study_figures.described(p.dots) for p in panels),
                scale="ratio",
                panels=panels,
                reach=reach,
                axis=f"ratio, log scale; {study_figures.intervals(s[RATIO])}",
                footnote=f"Source: {words.label(audit['data']['source'])}.",
            )


def _stratum(c: Entry) -> Dot:
    ours = f"{words.people(c['selected'])} of {words.people(c['n'])}"
    theirs = f"{words.people(c['reference_selected'])} of {words.people(c['reference_n'])}"
    return study_figures.dot(words.label(c["stratum"]), f"{ours} · {theirs}", c["impact_ratio"], "ratio")


def _together(table: Entry, group: Sequence[str]) -> tuple[Dot, ...]:
    s = table["stratified"]
    within = entry_of(s[RATIO], group)
    return (
        study_figures.dot("All decisions", "whatever the stratum", _pooled(table, group), "ratio"),
        study_figures.dot(f"Within {words.label(s['column'])}", "Mantel–Haenszel", within, "ratio"),
    )


def headline(table: Entry, group: Sequence[str]) -> str:
    """Say what the last two dots of a group's chart say."""
    s = table["stratified"]
    name, other = words.group(group), charts.compared_to(table)
    aggregate, within = _pooled(table, group)["value"], entry_of(s[RATIO], group)["value"]
    if aggregate is None or within is None:
        return f"{name}, stratum by stratum"
    column = words.label(s["column"])
    return (
        f"{name}: {numerals.ratio(aggregate)} times the rate of {other}, and {numerals.ratio(within)} within {column}"
    )


def _pooled(table: Entry, group: Sequence[str]) -> Entry:
    """Return the ratio of all decisions of a group."""
    found: Entry = next(g for g in table["groups"] if g["group"] == list(group))["estimates"]["impact_ratio"]
    return found
