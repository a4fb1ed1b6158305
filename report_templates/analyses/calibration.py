"""Calibration: whether a score means the same in every group, by what came true of those who were given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, study_tables, terms, words
from fairwitness.report_templates.analyses import calibration_charts
from fairwitness.report_templates.analyses.calibration_charts import compared_groups
from fairwitness.report_templates.analyses.full_precision import cells, header
from fairwitness.report_templates.analyses.score_charts import held_against
from fairwitness.report_templates.analyses.score_methods import OF_CALIBRATION
from fairwitness.report_templates.analyses.scores import DEPENDENT
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
    from fairwitness.report_templates.pictures import Scale
    from fairwitness.report_templates.study_tables import StudyTable

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

ABOUT = (
    "What came true of people with the same score, group by group. A score may tell outcomes equally well in two "
    "groups and still stand for different odds in them; and the other way round."
)
TAKEN = (
    "The score lies between 0 and 1 throughout and is taken for a probability{of}. Where it was not meant as one, only "
    "its AUC, the area between ROC curves and the bins say something."
)
FIGURES: Mapping[str, tuple[str, Scale]] = {
    "auc": ("AUC", "area"),
    "in_the_large": ("in the large", "difference"),
    "slope": ("slope", "number"),
    "calibration_error": ("calibration error", "difference"),
    "brier": ("Brier score", "number"),
}
DIFFERENCES = ("auc_difference", "slope_difference", "in_the_large_difference", "brier_difference")
SLOPES: Mapping[str | None, str] = {
    "log_odds": "1: neither too bold nor too timid",
    "standard_deviations": "per standard deviation",
    None: "",
}


def section(audit: Audit) -> Section | None:
    """Return the calibration of each attribute, or None where there is none."""
    found = audit.get("calibration") or ()
    blocks: list[Block] = [Paragraph(ABOUT)] if found else []
    for i, entry in enumerate(found, start=1):
        blocks += _of_attribute(f"ca{i}", entry, audit)
    if not blocks:
        return None
    made = (Heading("How these figures are made"), Definitions(OF_CALIBRATION))
    return Section("calibration", "Scores and outcomes", (*blocks, *made))


def _of_attribute(key: str, entry: Entry, audit: Audit) -> Iterator[Block]:
    yield Heading(f"By {words.label(entry['by'][0])}")
    yield Facts(tuple(_facts(entry)))
    yield from (Paragraph(text, soft=True) for text in _remarks(entry))
    yield from calibration_charts.charts_of(key, entry, audit)
    if entry["groups"]:
        yield _figures(entry)
    if compared_groups(entry):
        yield _differences(entry)


def _facts(entry: Entry) -> Iterator[Fact]:
    yield Fact("Score", f"{words.label(entry['score'])}; {entry['order']} is good")
    yield Fact("True outcome", words.label(entry["label"]))
    yield Fact("People with an outcome", words.people(entry["n"]))
    yield Fact("Of these positive", words.people(entry["positives"]))
    if entry["no_outcome"]:
        yield Fact("Without a known outcome", words.people(entry["no_outcome"]))


def _remarks(entry: Entry) -> Iterator[str]:
    """Yield what a reader must know before the figures."""
    if entry["because"]:
        yield f"{words.capital(words.sentence(entry['because']))}."
    if entry["warning"]:
        yield f"{words.capital(words.sentence(entry['warning']))}."
    yield terms.SCOPES[entry["label_scope"]]
    if entry["probabilities"]:
        yield TAKEN.format(of="" if entry["order"] == "high" else " of the outcome that is not positive")
    for missing in entry["undefined"]:
        names = [FIGURES[name][0] if name in FIGURES else "one curve for both" for name in missing["figures"]]
        yield f"Not there: {words.joined(names)}. {words.capital(words.sentence(missing['because']))}."
    if not entry["independent"]:
        yield DEPENDENT


def _figures(entry: Entry) -> Table:
    """Return each group's own figures."""
    columns = (
        Column("Group"),
        Column("Positive", "of those with an outcome", numeric=True),
        Column("AUC", "0.5: a guess", numeric=True),
        Column("In the large", "points", numeric=True),
        Column("Slope", SLOPES[entry["slope_in"]], numeric=True),
        Column("Calibration error", "points", numeric=True),
        Column("Brier score", numeric=True),
    )
    rows = []
    for g in entry["groups"]:
        name = Cell(words.group(g["group"]), "reference" if g["is_reference"] else "", foreign=True)
        counts = Cell(words.people(g["positives"]), f"of {words.people(g['n'])}")
        rows.append((name, counts, *(_cell(g, name, scale) for name, (_, scale) in FIGURES.items())))
    notes = []
    if any(g["bounds"] for g in entry["groups"]):
        notes.append("Counted in bins: what lies between two values is open.")
    notes.append(study_tables.noted("calibration"))
    return Table.of(f"By {words.label(entry['by'][0])}: scores and outcomes", columns, rows, notes)


def _cell(g: Entry, name: str, scale: Scale) -> Cell:
    """Write a figure, or the bounds that stand in its place."""
    bound = (g["bounds"] or {}).get(name)
    if g["estimates"][name]["value"] is not None or bound is None:
        return study_figures.cell(g["estimates"][name], scale)
    low, high = (numerals.figure(end, "difference" if scale == "difference" else "number") for end in bound)
    return Cell("\N{EN DASH}", f"between {low} and {high}")


def _differences(entry: Entry) -> Table:
    """Return how each group differs from what it is compared with."""
    columns = (
        Column("Group"),
        Column("AUC", "difference", numeric=True),
        Column("Slope", "difference", numeric=True),
        Column("In the large", "difference, points", numeric=True),
        Column("One curve for both", "p, adjusted", numeric=True),
        Column("Area between ROC curves", numeric=True),
        Column("p", "of the area", numeric=True),
    )
    rows = []
    for g in compared_groups(entry):
        e, test = g["compared"]["estimates"], g["compared"]["tests"]
        area, curve = test["abroca"], test["same_curve"]
        shown = study_figures.cell(e["abroca"], "number")
        if area is not None:
            chance = {"value": area["by_chance"], "low": None, "high": None}
            shown = Cell(shown.text, f"by chance {words.measured(chance)[0]}")
        rows.append(
            (
                Cell(words.group(g["group"]), foreign=True),
                study_figures.cell(e["auc_difference"], "number"),
                study_figures.cell(e["slope_difference"], "number"),
                study_figures.cell(e["in_the_large_difference"], "difference"),
                study_figures.p_shown(curve["p_adjusted"] if curve else None),
                shown,
                study_figures.p_shown(area["p"] if area else None),
            )
        )
    m = compared_groups(entry)[0]["compared"]["tests"]["family"]["m"]
    notes = [f"p of one curve is adjusted by Holm's method over {m} comparisons."] if m > 1 else []
    caption = f"By {words.label(entry['by'][0])}: compared with {held_against(entry)}"
    return Table.of(caption, columns, rows, [*notes, study_tables.noted("calibration")])


# -- the first page ------------------------------------------------------------------------------------------------


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield the line of the summary: of the first attribute, the group whose outcomes differ most at the same score."""
    for entry in audit.get("calibration") or ():
        tested = [g for g in compared_groups(entry) if g["compared"]["tests"]["same_curve"]]
        if not tested:
            continue
        g = min(tested, key=lambda g: float(g["compared"]["tests"]["same_curve"]["p_adjusted"]))
        p = study_figures.p_spoken(g["compared"]["tests"]["same_curve"]["p_adjusted"])
        name, other = words.group(g["group"]), held_against(entry)
        area = g["compared"]["estimates"]["abroca"]
        beside = f"Area between their ROC curves: {words.measured(area)[0]}. " if area["value"] is not None else ""
        yield FindingLine(
            (),
            f"{name} and {other}: that the same score stands for the same odds of a positive outcome has {p}.",
            f"{beside}What came true of each score: see below.",
            "Scores and outcomes",
        )
        return


def can(audit: Audit) -> Iterator[str]:
    """Yield what holding scores against outcomes can say."""
    if found := audit.get("calibration"):
        names = words.joined([words.label(entry["by"][0]) for entry in found])
        yield f"Whether the same score stands for the same outcomes in each group by {names}."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what it cannot say."""
    if audit.get("calibration"):
        yield "That an outcome was measured alike in all groups: what it leaves out, a score held against it does too."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for entry in audit.get("calibration") or ():
        where = f"Scores and outcomes by {words.label(entry['by'][0])}"
        reasons = {name: words.sentence(m["because"]) for m in entry["undefined"] for name in m["figures"]}
        for g in entry["groups"]:
            for why in dict.fromkeys(reasons.get(name) for name in FIGURES):
                figures = {
                    said: g["estimates"][name] for name, (said, _) in FIGURES.items() if reasons.get(name) == why
                }
                yield from study_figures.absent(words.group(g["group"]), where, figures, why)


def tables(audit: Audit) -> Iterator[StudyTable]:
    """Yield the figures of each group, and its bins."""
    groups, bins = [], []
    for entry in audit.get("calibration") or ():
        for g in entry["groups"]:
            about = [" × ".join(entry["by"]), " · ".join(g["group"])]
            c, bounds = g["compared"] or {}, g["bounds"] or {}
            tests = c.get("tests") or {}
            ends = [end for name in BOUNDED for end in bounds.get(name, (None, None))]
            p = [(tests.get(name) or {}).get(part) for name in TESTED for part in TESTED[name]]
            figures = cells(*(g["estimates"][name] for name in FIGURES))
            other = cells(*((c.get("estimates") or {}).get(name) for name in (*DIFFERENCES, "abroca")))
            counts = [g["n"], g["positives"], g["no_outcome"], g["status"]]
            groups.append([*about, *counts, *figures, g["raw_calibration_error"], *ends, *other, *p])
            bins += [
                [*about, b["from"], b["to"], b["n"], b["positives"], b["predicted"], *cells(b["observed"])]
                for b in g["reliability"]
            ]
    names = ["by", "group", "people", "positives", "no_outcome", "group_status", *header(*FIGURES)]
    names += ["raw_calibration_error", *(f"{name}_bound_{end}" for name in BOUNDED for end in ("low", "high"))]
    names += [*header(*DIFFERENCES, "abroca"), *(f"{test}_{part}" for test in TESTED for part in TESTED[test])]
    yield "calibration", names, groups
    yield (
        "calibration_bins",
        ["by", "group", "from", "to", "people", "positives", "predicted", *header("observed")],
        bins,
    )


BOUNDED = ("auc", "in_the_large", "brier")
TESTED: Mapping[str, tuple[str, ...]] = {
    "same_curve": ("statistic", "df", "p", "p_adjusted"),
    "abroca": ("statistic", "p", "by_chance", "levels", "draws"),
}
