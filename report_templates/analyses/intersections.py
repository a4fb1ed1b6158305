"""Small groups: each drawn towards the others, all intervals together, and the worst-off one."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, lengths, study_figures, study_tables, terms, words
from fairwitness.report_templates.analyses.full_precision import cells, header
from fairwitness.report_templates.analyses.intersection_methods import METHODS
from fairwitness.report_templates.analyses.stratified_charts import name_of_table
from fairwitness.report_templates.document import (
    Cell,
    Column,
    Definitions,
    Fact,
    Facts,
    FindingLine,
    Heading,
    Paragraph,
    Section,
    Table,
)
from fairwitness.report_templates.pictures import Measure, TwinChart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block
    from fairwitness.report_templates.study_tables import StudyTable

    Entry = Mapping[str, Any]

SAID = (
    "Many small groups make extreme rates by chance alone. So each rate stands here beside one that is drawn towards "
    "the rates of all groups, the more so the fewer decisions it rests on; the intervals of the ratios hold all at "
    "once, whichever group has the highest rate; and the worst-off group is looked for only among those large enough "
    "that any outcome could be told from chance. Verdicts rest on the rates as counted."
)
WORST = (
    "worst_group",
    "best_group",
    "evaluated",
    *header("worst_ratio"),
    "worst_shrunk_ratio",
    "worst_p",
    "worst_null_median",
)
SPREAD = (
    *header("differential_fairness"),
    "differential_fairness_p",
    "differential_fairness_null_median",
    "alpha",
    "beta",
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the small groups of each intersection, or None where there is none."""
    entries = audit.get("intersections") or ()
    blocks: list[Block] = [Paragraph(SAID)] if entries else []
    for i, entry in enumerate(lengths.told(audit, entries), start=1):
        blocks.append(Heading(name_of_table(entry)))
        if entry["because"]:
            blocks.append(Paragraph(f"Not evaluated: {words.sentence(entry['because'])}."))
            continue
        blocks.append(Facts(tuple(_facts(entry))))
        blocks += _charts(f"i{i}", entry, audit)
        blocks.append(_table(entry))
    blocks += lengths.elsewhere(audit, entries, ["small_groups", "worst_groups"])
    if any(not entry["because"] for entry in entries):
        blocks.append(Definitions(METHODS))
    return Section("small-groups", "Small groups", tuple(blocks)) if blocks else None


def _title(entry: Entry) -> str:
    return words.uncapital(name_of_table(entry))


def _facts(entry: Entry) -> Iterator[Fact]:
    worst = entry["worst"]
    if worst["group"] is None:
        yield Fact("Worst-off group", f"could not be evaluated: {worst['because']}")
    else:
        shrunk = "" if worst["shrunk_ratio"] is None else f", {numerals.ratio(worst['shrunk_ratio'])} drawn together"
        yield Fact(
            "Worst-off group",
            f"{words.group(worst['group'])}, against {words.group(worst['best'])}: ratio "
            f"{study_figures.spoken(worst['ratio'], 'ratio')}{shrunk}",
        )
        yield Fact(
            "By chance alone, of as many groups",
            f"the smallest ratio is {numerals.ratio(worst['test']['null_median'])} in the middle; as small as seen "
            f"with {study_figures.p_spoken(worst['test']['p'])}",
        )
    law = entry["shrinkage"]["law"]
    if law is None:
        yield Fact("Drawn towards the others", f"could not be evaluated: {entry['shrinkage']['because']}")
    else:
        yield Fact(
            "Drawn towards the others",
            f"towards {numerals.percent(law['mean'])}, as if each group had {words.people(law['strength'])} more "
            "decisions at that rate",
        )
    spread = entry["differential_fairness"]
    chance = ""
    if spread["test"]["p"] is not None:
        chance = f"; by chance alone {numerals.number(spread['test']['null_median'])} in the middle"
    yield Fact("Differential fairness", f"{study_figures.spoken(spread, 'number', 2)}{chance}")
    if entry["simultaneous"]:
        together = entry["simultaneous"]
        yield Fact(
            "Intervals of ratios",
            f"hold together over {words.people(together['comparisons'])} comparisons, each at "
            f"{100 * together['level_of_each']:.4g}\N{NARROW NO-BREAK SPACE}%",
        )
    few = [words.group(g["group"]) for g in entry["groups"] if not g["evaluable"]]
    if few:
        yield Fact("Too small to be the worst-off, or left out", "; ".join(few))
    if entry["nobody"]:
        yield Fact("Nobody counted", "; ".join(words.group(group) for group in entry["nobody"]))


def _charts(key: str, entry: Entry, audit: Mapping[str, Any]) -> Iterator[TwinChart]:
    known = [g for g in entry["groups"] if g["shrunk_rate"]["value"] is not None]
    if not known:
        return
    rows = [
        (
            study_figures.dot(words.group(g["group"]), charts.counts(g), g["rate"], "rate"),
            study_figures.dot(words.group(g["group"]), charts.counts(g), g["shrunk_rate"], "rate"),
        )
        for g in known
    ]
    reach = study_figures.reach(dot for pair in rows for dot in pair) or (0.0, 1.0)
    axis = study_figures.intervals([g["rate"] for g in known])
    measures = (Measure("As counted", "share", reach, axis), Measure("Drawn towards the others", "share", reach, axis))
    parts = charts.pages([left for left, _ in rows])
    rest = iter(rows)
    for i, part in enumerate(parts, start=1):
        shown = tuple(islice(rest, len(part)))
        yield TwinChart(
            key=f"{key}-{i}",
            title=_headline(entry) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=f"{words.capital(terms.metric(entry['measure']))}, in percent; below each group, how many were "
            f"{terms.chosen(entry)}",
            description=" ".join(study_figures.described(pair) for pair in shown),
            measures=measures,
            rows=shown,
            footnote=f"Source: {words.label(audit['data']['source'])}.",
        )


def _headline(entry: Entry) -> str:
    """Say what drawing together does to the worst-off group."""
    worst = entry["worst"]
    if worst["group"] is None:
        return "Small groups move most when they are drawn towards the others"
    g = next(g for g in entry["groups"] if g["group"] == worst["group"])
    counted, drawn = (numerals.percent(g[name]["value"]) for name in ("rate", "shrunk_rate"))
    return f"{words.group(g['group'])}: {counted} as counted, {drawn} drawn towards the others"


def _table(entry: Entry) -> Table:
    columns = (
        Column("Group", foreign=True),
        Column("Selected", "of n", numeric=True),
        Column("Rate", "as counted", numeric=True),
        Column("Rate", "drawn together", numeric=True),
        Column("Ratio", "intervals hold together", numeric=True),
        Column("Ratio", "drawn together", numeric=True),
        Column("P(ratio < 0.8)", "Jeffreys; fitted law", numeric=True),
    )
    rows = [
        (
            Cell(words.group(g["group"]), _remark(g), foreign=True),
            Cell(charts.counts(g)),
            study_figures.cell(g["rate"], "rate"),
            study_figures.cell(g["shrunk_rate"], "rate"),
            Cell("reference") if g["is_reference"] else study_figures.cell(g["impact_ratio"], "ratio"),
            Cell("" if g["shrunk_ratio"] is None else numerals.ratio(g["shrunk_ratio"])),
            _probability(g["probability_below"]),
        )
        for g in entry["groups"]
    ]
    notes = [
        "The probability depends on its prior, which is named, and decides nothing.",
        study_tables.noted("small_groups"),
    ]
    return Table.of(f"{name_of_table(entry)}: small groups", columns, rows, notes)


def _remark(g: Mapping[str, Any]) -> str:
    if g["status"] != "ok":
        return terms.status(g["status"])
    return "" if g["evaluable"] else "too small to be told from chance"


def _probability(below: Mapping[str, Any] | None) -> Cell:
    if below is None:
        return Cell()
    fitted = "\N{EN DASH}" if below["fitted"] is None else f"{below['fitted']:.2f}"
    return Cell(f"{below['jeffreys']:.2f}; {fitted}")


# -- the first page ----------------------------------------------------------------------------------------------


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield the line of the summary: the worst-off group of the first intersection."""
    told = [e for e in audit.get("intersections") or () if e["worst"] and e["worst"]["group"] is not None]
    if not told:
        return
    worst = told[0]["worst"]
    yield FindingLine(
        (),
        f"{words.group(worst['group'])} has the lowest rate of {words.people(worst['evaluated'])} groups large enough "
        f"to ask about: {study_figures.spoken(worst['ratio'], 'ratio')} of {words.group(worst['best'])}'s.",
        f"By chance alone the smallest ratio would be {numerals.ratio(worst['test']['null_median'])} in the middle, "
        f"and as small as this with {study_figures.p_spoken(worst['test']['p'])}.",
        "Small groups",
    )


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the tables of small groups can say."""
    for entry in lengths.told(audit, audit.get("intersections") or ()):
        if not entry["because"] and entry["worst"]["group"] is not None:
            yield (
                f"How the worst-off of {words.people(entry['worst']['evaluated'])} groups {_title(entry)} fares, "
                "with an interval that allows for having chosen it."
            )


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what they cannot say."""
    for entry in lengths.told(audit, audit.get("intersections") or ()):
        few = sum(not g["evaluable"] for g in entry["groups"])
        if few:
            groups = "1 group" if few == 1 else f"{words.people(few)} groups"
            yield f"How {groups} {_title(entry)} fare by themselves: too few decisions, or left out."


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for entry in audit.get("intersections") or ():
        where, nothing = f"Small groups {_title(entry)}", {"value": None, "status": "undefined", "n": 0}
        if entry["because"]:
            yield from study_figures.absent("all groups", where, {"figures": nothing}, words.sentence(entry["because"]))
            continue
        figures = {"worst ratio": entry["worst"]["ratio"]}
        yield from study_figures.absent("all groups", where, figures, entry["worst"]["because"])
        yield from study_figures.absent("all groups", where, {"differential fairness": entry["differential_fairness"]})
        if entry["shrinkage"]["law"] is None:
            n = entry["differential_fairness"]["n"]
            why = entry["shrinkage"]["because"]
            yield from study_figures.absent("all groups", where, {"rates drawn together": nothing | {"n": n}}, why)


def tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield the figures in full precision."""
    rows = []
    for entry in audit.get("intersections") or ():
        of = [" × ".join(entry["by"]), entry["measure"], entry["stage"]]
        for g in entry["groups"]:
            below = g["probability_below"] or {}
            counts = [" · ".join(g["group"]), g["n"], g["selected"], g["status"], g["evaluable"], g["is_reference"]]
            figures = cells(g["rate"], g["shrunk_rate"], g["impact_ratio"])
            rows.append([*of, *counts, *figures, g["shrunk_ratio"], below.get("jeffreys"), below.get("fitted")])
    names = ["by", "measure", "stage", "group", "n", "selected", "status", "evaluable", "is_reference"]
    names += [*header("rate", "shrunk_rate", "impact_ratio"), "shrunk_ratio"]
    yield "small_groups", [*names, "probability_below_jeffreys", "probability_below_fitted"], rows
    yield "worst_groups", ["by", "measure", "stage", *WORST, *SPREAD], list(_whole_tables(audit))


def _whole_tables(audit: Mapping[str, Any]) -> Iterator[list[Any]]:
    for entry in audit.get("intersections") or ():
        if entry["because"]:
            continue
        worst, spread, law = entry["worst"], entry["differential_fairness"], entry["shrinkage"]["law"] or {}
        groups = [" · ".join(group) if group else None for group in (worst["group"], worst["best"])]
        row = [" × ".join(entry["by"]), entry["measure"], entry["stage"], *groups, worst["evaluated"]]
        row += [*cells(worst["ratio"]), worst["shrunk_ratio"], worst["test"]["p"], worst["test"]["null_median"]]
        row += [*cells(spread), spread["test"]["p"], spread["test"]["null_median"], law.get("alpha"), law.get("beta")]
        yield row
