"""Groups of which only probabilities are known: weighted rates, and what other ties would allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, study_figures, study_tables, words
from fairwitness.report_templates.analyses.full_precision import cells, header
from fairwitness.report_templates.document import (
    Cell,
    Column,
    Definition,
    Definitions,
    Fact,
    Facts,
    FindingLine,
    Paragraph,
    Section,
    Table,
)
from fairwitness.report_templates.pictures import Dot, DotChart, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block
    from fairwitness.report_templates.study_tables import StudyTable

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

FIGURES = ("selection_rate", "impact_ratio", "rate_difference")
SAID = (
    "Nobody's group is known here, only a probability of being in each. Every person counts in every group, by that "
    "probability; no label is made, and nothing is said of any person. No policy is held against these figures."
)
METHODS = (
    Definition(
        "Weighted by the probability of membership",
        "Right on average if the probabilities are, and if selection is tied to the group by nothing but what the "
        "probabilities are made of. The interval is Wilson's at the effective number of people; those that compare two "
        "groups respect that a person counts in both. It holds the error of sampling people, not that of the model "
        "that made the probabilities.",
        "Σπy / Σπ",
        "Chen, Kallus, Mao, Svacha & Udell, FAT* 2019, doi:10.1145/3287560.3287594",
    ),
    Definition(
        "Joint bounds",
        "Among people of the same probabilities, to one decimal, membership and selection may hang together as they "
        "please: all that is possible then. Sampling error apart.",
        "of a class of n, K of them selected and m = Σπ of the group: max(0, K + m − n) to min(K, m) are both",
        "Kallus, Mao & Zhou, Management Science 68 (2022), doi:10.1287/mnsc.2020.3850",
    ),
)


def section(audit: Audit) -> Section | None:
    """Return the rates by probability of membership, or None where there are none."""
    found = audit.get("membership")
    if not found:
        return None
    blocks: list[Block] = [Paragraph(SAID), Facts(tuple(_facts(found))), *_charts(found, audit), _table(found)]
    return Section("membership", "Groups by probability", (*blocks, Definitions(METHODS)))


def _facts(found: Entry) -> Iterator[Fact]:
    left = f", {words.people(found['left_out'])} more left out" if found["left_out"] else ""
    yield Fact("Decision", words.label(found["decision"]))
    yield Fact("People", f"{words.people(found['n'])}{left}")
    yield Fact("Compared with", "none" if found["reference"] is None else words.label(found["reference"]))
    yield Fact("Classes of nearly equal probabilities", words.people(found["classes"]))


def _charts(found: Entry, audit: Audit) -> Iterator[DotChart]:
    dots = [_dot(g) for g in found["groups"] if "impact_ratio" in g["estimates"]]
    if not any(d.value is not None for d in dots):
        return
    reach = study_figures.reach(dots) or (0.5, 1.0)
    level = next(g["estimates"]["selection_rate"]["level"] for g in found["groups"])
    parts = charts.pages(dots)
    for i, part in enumerate(parts, start=1):
        yield DotChart(
            key=f"m{i}",
            title=_headline(found) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=f"Impact ratio to {words.label(found['reference'])}; band: joint bounds",
            description=study_figures.described(part),
            scale="ratio",
            panels=(Panel("", part),),
            reach=reach,
            axis=f"ratio, log scale; lines: {numerals.level(level)} intervals",
            footnote=f"Source: {words.label(audit['data']['source'])}.",
        )


def _dot(g: Entry) -> Dot:
    expected = f"{words.people(g['expected'])} expected"
    made = study_figures.dot(words.label(g["group"]), expected, g["estimates"]["impact_ratio"], "ratio")
    bound = g["bounds"]["impact_ratio"]
    if made.value is None or not bound["low"] or bound["high"] is None:
        return made
    shown = f"bounds {study_figures.parts(bound, 'ratio')[1]}"
    return Dot(
        made.label, made.detail, made.look, made.value, made.low, made.high, made.shown, made.shown_interval,
        (bound["low"], bound["high"]), shown,
    )  # fmt: skip


def _headline(found: Entry) -> str:
    known = [g for g in found["groups"] if g["estimates"].get("impact_ratio", {}).get("value") is not None]
    if not known:
        return "No group could be compared"
    lowest = min(known, key=lambda g: g["estimates"]["impact_ratio"]["value"])
    shown = study_figures.parts(lowest["estimates"]["impact_ratio"], "ratio")[0]
    return (
        f"{words.label(lowest['group'])}: {shown} times the rate of {words.label(found['reference'])}, by probability"
    )


def _table(found: Entry) -> Table:
    columns = (
        Column("Group", foreign=True),
        Column("Expected", "people", numeric=True),
        Column("Rate", "interval", numeric=True),
        Column("Ratio", "interval", numeric=True),
        Column("Ratio", "joint bounds", numeric=True),
        Column("Difference", "points, interval", numeric=True),
        Column("Difference", "points, joint bounds", numeric=True),
    )
    rows = []
    for g in found["groups"]:
        e, b = g["estimates"], g["bounds"]
        rows.append(
            (
                Cell(words.label(g["group"]), words.label(g["column"]), foreign=True),
                Cell(words.people(g["expected"])),
                study_figures.cell(e["selection_rate"], "rate"),
                study_figures.cell(e.get("impact_ratio"), "ratio"),
                _bounds(b.get("impact_ratio"), "ratio"),
                study_figures.cell(e.get("rate_difference"), "difference"),
                _bounds(b.get("rate_difference"), "difference"),
            )
        )
    return Table.of("Groups by the probability of membership", columns, rows, [study_tables.noted("membership")])


def _bounds(e: Entry | None, scale: Any) -> Cell:
    return Cell() if e is None or e["value"] is None else Cell(study_figures.parts(e, scale)[1])


# -- the first page ----------------------------------------------------------------------------------------------


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield the line of the summary."""
    found = audit.get("membership")
    if found:
        said = "No verdict is made: only probabilities of membership are known."
        yield FindingLine((), f"{_headline(found)}.", said, "Groups by probability")


def can(audit: Audit) -> Iterator[str]:
    """Yield what rates by probability can say."""
    if audit.get("membership"):
        yield "How rates of groups differ where only probabilities of membership are known, if these are right."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what they cannot say."""
    if audit.get("membership"):
        yield "Of which group any person is; nor whether the probabilities are right: that takes people who said it."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for g in (audit.get("membership") or {}).get("groups", ()):
        named = {name.replace("_", " "): e for name, e in g["estimates"].items()}
        few = g["estimates"]["selection_rate"]["status"] == "below_min_n"
        why = "fewer than 30 people are expected in the group" if few else None
        yield from study_figures.absent(words.label(g["group"]), "Groups by probability", named, why)


def tables(audit: Audit) -> Iterator[StudyTable]:
    """Yield the figures in full precision."""
    found = audit.get("membership") or {}
    rows = []
    for g in found.get("groups", ()):
        figures = [*(g["estimates"].get(name) for name in FIGURES), *(g["bounds"].get(name) for name in FIGURES)]
        rows.append([g["group"], g["column"], g["expected"], g["group"] == found["reference"], *cells(*figures)])
    bounds = [f"{name}_bounds" for name in FIGURES]
    yield "membership", ["group", "column", "expected", "is_reference", *header(*FIGURES), *header(*bounds)], rows
