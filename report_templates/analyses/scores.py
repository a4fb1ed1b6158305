"""Scores: how far apart the groups' distributions lie, and what other cut-offs would have made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import study_figures, study_tables, terms, words
from fairwitness.report_templates.analyses import score_charts
from fairwitness.report_templates.analyses.full_precision import cells, header
from fairwitness.report_templates.analyses.score_charts import by_distance, held_against, number
from fairwitness.report_templates.analyses.score_methods import OF_SCORES
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block
    from fairwitness.report_templates.study_tables import StudyTable

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

ABOUT = (
    "A selection rate sees a score at one place. These figures see all of it. Other cut-offs than the one in use are "
    "described, not tested."
)
KINDS: Mapping[str | None, str] = {
    "decision": "the decisions follow it",
    "median": "the scoring rate's, the median of everybody",
}
RULES: Mapping[str, str] = {"at_or_above": "at or above", "above": "above", "at_or_below": "at or below"}
DEPENDENT = (
    "Rows are not independent: intervals and p-values take them for independent, and are too narrow and too small."
)
FIGURES = (
    *("mean_difference", "cohens_d", "hedges_g", "glass_delta"),
    *("auc", "ks", "wasserstein", "wasserstein_standardised"),
)
NAMED: Mapping[str, str] = {
    "mean_difference": "difference of the means",
    "hedges_g": "Hedges' g",
    "auc": "better placed",
    "ks": "largest distance",
    "wasserstein_standardised": "moved by",
}


def section(audit: Audit) -> Section | None:
    """Return the scores of each attribute, or None where there are none."""
    found = audit.get("scores") or ()
    blocks: list[Block] = [Paragraph(ABOUT)] if found else []
    for i, entry in enumerate(found, start=1):
        blocks += _of_attribute(f"sc{i}", entry, audit)
    if not blocks:
        return None
    return Section("scores", "Scores", (*blocks, Heading("How these figures are made"), Definitions(OF_SCORES)))


def _of_attribute(key: str, entry: Entry, audit: Audit) -> Iterator[Block]:
    yield Heading(f"By {words.label(entry['by'][0])}")
    yield Facts(tuple(_facts(entry)))
    if entry["because"]:
        yield Paragraph(f"{words.capital(words.sentence(entry['because']))}.", soft=True)
    if not entry["independent"]:
        yield Paragraph(DEPENDENT, soft=True)
    yield from score_charts.charts_of(key, entry, audit)
    yield _figures(entry)
    if by_distance(entry):
        yield _swept(entry)


def _facts(entry: Entry) -> Iterator[Fact]:
    yield Fact("Score", words.label(entry["score"]))
    yield Fact("Good scores", "high" if entry["order"] == "high" else "low")
    yield Fact("People with a score", words.people(entry["n"]))
    if entry["unknown"]:
        yield Fact("Of undisclosed group", words.people(entry["unknown"]))
    if entry["unscored"]:
        yield Fact("Without a score", words.people(entry["unscored"]))
    at = entry["operating"]
    if at["cutoff"] is not None:
        yield Fact("Cut-off", f"{RULES[entry['cutoff_rule']]} {number(at['cutoff'])}: {KINDS[at['kind']]}")
    elif at["because"]:
        yield Fact("Cut-off", words.sentence(at["because"]))


def _figures(entry: Entry) -> Table:
    """Return every group with its mean, and how it lies to what it is compared with."""
    columns = (
        Column("Group"),
        Column("People", numeric=True),
        Column("Mean score", numeric=True),
        Column("Difference", "of means", numeric=True),
        Column("Hedges' g", "standard deviations", numeric=True),
        Column("Better placed", "0.5: alike", numeric=True),
        Column("Largest distance", "points", numeric=True),
        Column("Moved by", "standard deviations", numeric=True),
        Column("p", "adjusted", numeric=True),
    )
    rows = [_row(g) for g in entry["groups"]]
    caption = f"By {words.label(entry['by'][0])}: scores, compared with {held_against(entry)}"
    return Table.of(caption, columns, rows, list(_notes(entry)))


def _row(g: Entry) -> tuple[Cell, ...]:
    name = Cell(words.group(g["group"]), "reference" if g["is_reference"] else "", foreign=True)
    own = (name, Cell(words.people(g["n"])), study_figures.cell(g["mean"], "number"))
    if g["compared"] is None:
        return (*own, *([Cell()] * 6))
    e, test = g["compared"]["estimates"], g["compared"]["tests"]
    moved = study_figures.cell(e["wasserstein_standardised"], "number")
    chance = g["compared"]["by_chance"]["wasserstein_standardised"]
    if chance is not None:
        moved = Cell(moved.text, f"by chance {words.measured({'value': chance})[0]}")
    default = test["default"]
    return (
        *own,
        study_figures.cell(e["mean_difference"], "number"),
        study_figures.cell(e["hedges_g"], "number"),
        study_figures.cell(e["auc"], "area"),
        study_figures.cell(e["ks"], "difference"),
        moved,
        study_figures.p_shown(test[default]["p_adjusted"] if default else None),
    )


def _notes(entry: Entry) -> Iterator[str]:
    compared = [g["compared"] for g in entry["groups"] if g["compared"]]
    if compared:
        used = {c["tests"]["default"] for c in compared}
        if "mann_whitney" in used:
            yield "p: Mann–Whitney, of equal distributions."
        if "ks" in used:
            yield "p of groups under ten: exact, of the largest distance."
        m = compared[0]["tests"]["family"]["m"]
        if m > 1:
            yield f"p is adjusted by Holm's method over {m} comparisons."
        if any(c["bounds"] for c in compared):
            yield "Better placed: the interval holds whatever the order within bins. Largest distance: at least."
    yield study_tables.noted("scores")


def _swept(entry: Entry) -> Table:
    """Return for each group how far the ratio moves over the cut-offs."""
    columns = (
        Column("Group"),
        Column("Ratio at the cut-off in use", "band", numeric=True),
        Column("Lowest ratio", "band", numeric=True),
        Column("Lowest at"),
        Column("Highest ratio", "band", numeric=True),
        Column("Highest at"),
        Column("Cut-offs", "of these with tiny rates", numeric=True),
    )
    rule = RULES[entry["cutoff_rule"]]
    rows = []
    for g in by_distance(entry):
        cutoffs = g["compared"]["sweep"]["cutoffs"]
        kept = sorted((c for c in cutoffs if not c["tiny"] and c["ratio"]["value"] is not None), key=_ratio_of)
        use = next((c["ratio"] for c in cutoffs if c["cutoff"] == entry["operating"]["cutoff"]), None)
        ends = (kept[0], kept[-1]) if kept else ()
        shown = [Cell(words.group(g["group"]), foreign=True), study_figures.cell(use, "ratio")]
        for c in ends:
            shown += [study_figures.cell(c["ratio"], "ratio"), Cell(f"{rule} {number(c['cutoff'])}")]
        shown += [Cell()] * (6 - len(shown))
        tiny = sum(c["tiny"] for c in cutoffs)
        rows.append((*shown, Cell(words.people(len(cutoffs)), words.people(tiny))))
    notes = ["The band holds for all cut-offs at once.", study_tables.noted("score_sweep")]
    return Table.of(f"By {words.label(entry['by'][0])}: the ratio at other cut-offs", columns, rows, notes)


def _ratio_of(cutoff: Entry) -> float:
    return float(cutoff["ratio"]["value"])


# -- the first page ------------------------------------------------------------------------------------------------


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield the line of the summary: of the first attribute, the group that is placed worst."""
    for entry in audit.get("scores") or ():
        ordered = by_distance(entry)
        if not ordered:
            continue
        g = ordered[0]
        area = study_figures.spoken(g["compared"]["estimates"]["auc"], "area")
        other = held_against(entry)
        said = f"{words.group(g['group'])}: one of them has a better score than one of {other} with probability {area}."
        effect = study_figures.spoken(g["compared"]["estimates"]["hedges_g"], "number")
        because = "" if effect == "not evaluated" else f"Hedges' g: {effect}. "
        yield FindingLine((), said, f"{because}0.5 where neither is better placed.", "Scores")
        return


def can(audit: Audit) -> Iterator[str]:
    """Yield what comparing scores can say."""
    if found := audit.get("scores"):
        names = words.joined([words.label(entry["by"][0]) for entry in found])
        yield f"How the scores of groups by {names} lie to each other over the whole scale."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what it cannot say."""
    if audit.get("scores"):
        yield "That another cut-off would have been right: what it would make of the rates is described, not tested."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for entry in audit.get("scores") or ():
        where = f"Scores by {words.label(entry['by'][0])}"
        why = words.sentence(entry["because"]) if entry["because"] else None
        for g in entry["groups"]:
            figures = {"mean": g["mean"]}
            if g["compared"]:
                figures |= {said: g["compared"]["estimates"][name] for name, said in NAMED.items()}
            reason = why if g["n"] else terms.status("undefined_empty_group")
            yield from study_figures.absent(words.group(g["group"]), where, figures, reason)


def tables(audit: Audit) -> Iterator[StudyTable]:
    """Yield the figures of each group, and of every cut-off."""
    groups, cutoffs = [], []
    for entry in audit.get("scores") or ():
        for g in entry["groups"]:
            about = [" × ".join(entry["by"]), " · ".join(g["group"])]
            c = g["compared"] or {}
            tests, bounds = c.get("tests") or {}, c.get("bounds") or {}
            figures = cells(*((c.get("estimates") or {}).get(name) for name in FIGURES))
            ends = [end for name in ("auc", "ks") for end in bounds.get(name, (None, None))]
            p = [(tests.get(name) or {}).get(part) for name in TESTED for part in TESTED[name]]
            chance = (c.get("by_chance") or {}).get("wasserstein")
            own = [g["n"], g["status"], *cells(g["mean"]), g["standard_deviation"]]
            groups.append([*about, *own, c.get("reference_n"), *figures, *ends, chance, tests.get("default"), *p])
            for at in (c.get("sweep") or {}).get("cutoffs", ()):
                counts = [at["selected"], g["n"], at["reference_selected"], c["reference_n"], at["tiny"]]
                cutoffs.append([*about, at["cutoff"], *counts, *cells(at["ratio"], at["difference"])])
    names = ["by", "group", "people", "group_status", *header("mean"), "standard_deviation", "reference_people"]
    names += [*header(*FIGURES), "auc_bound_low", "auc_bound_high", "ks_bound_low", "ks_bound_high"]
    names += ["wasserstein_by_chance", "default_test", *(f"{test}_{part}" for test in TESTED for part in TESTED[test])]
    yield "scores", names, groups
    counted = ["cutoff", "selected", "people", "reference_selected", "reference_people", "tiny"]
    yield "score_sweep", ["by", "group", *counted, *header("ratio", "difference")], cutoffs


TESTED: Mapping[str, tuple[str, ...]] = {
    "mann_whitney": ("statistic", "p", "p_adjusted"),
    "ks": ("statistic", "p", "p_adjusted", "levels"),
}
