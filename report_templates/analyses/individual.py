"""Inequality of what decisions mean for people, how much of it lies between groups, and whether alike fare alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import lengths, study_figures, study_tables, terms, words
from fairwitness.report_templates.analyses.full_precision import cells, header
from fairwitness.report_templates.document import (
    Cell,
    Column,
    Definition,
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

    Entry = Mapping[str, Any]

SAID = (
    "What a decision means for a person is set to 1 where it agrees with the outcome, to 2 where somebody was selected "
    "although the outcome is negative, and to 0 where somebody was refused although it is positive. The indices say "
    "how unequally that falls on people, whoever they are; a part of it lies between groups, the rest within them. "
    "They weigh the two errors as the definition does, and are held against no threshold."
)
ALIKE = (
    "Consistency compares each decision with those on the people nearest to this one, by the features named. A rare "
    "selection makes almost everybody be decided on alike, so beside it stands what it would be at random."
)
NAMES: Mapping[str, str] = {
    "generalized_entropy": "Generalised entropy, α = 2",
    "theil_index": "Theil index, α = 1",
    "mean_log_deviation": "Mean log deviation, α = 0",
}
ENTROPY = Definition(
    "Generalised entropy",
    "Of the benefits b = 1 + decision − outcome, with mean μ. Its part between groups is that of everybody having the "
    "group's mean; p is how often people dealt out among the groups at random make as much lie between them.",
    "Σ[(b/μ)^α − 1] / (N·α·(α − 1)); α = 1: Σ(b/μ)·ln(b/μ)/N; α = 0: −Σ ln(b/μ)/N",
    "Speicher et al., KDD 2018, doi:10.1145/3219819.3220046; Shorrocks, Econometrica 48 (1980), doi:10.2307/1913126",
)
NEAREST = Definition(
    "Consistency",
    "1 less the mean distance of each decision from the mean decision on the nearest neighbours. The interval is that "
    "of a jackknife: the figure is computed anew without each of 20 parts of the people.",
    "1 − Σ|y − mean of the neighbours' y| / N",
    "Zemel, Wu, Swersky, Pitassi & Dwork, ICML 2013, PMLR 28(3), 325–333; Kott, Journal of Official Statistics "
    "17 (2001), 521–526",
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the measures of individuals, or None where there are none."""
    unequal, alike = _of_kind(audit, "inequality"), _of_kind(audit, "consistency")
    blocks: list[Block] = [Paragraph(SAID)] if unequal else []
    for entry in lengths.told(audit, unequal):
        blocks.append(Heading("What decisions mean for people"))
        if entry["because"]:
            blocks.append(Paragraph(f"{words.capital(words.sentence(entry['because']))}."))
        if entry["indices"]:
            blocks += [Facts(tuple(_facts(entry))), _indices(entry)]
            blocks += [_split(table) for table in entry["by"] if table["groups"]]
    blocks += lengths.elsewhere(audit, unequal, ["benefits", "benefits_by_group"])
    if alike:
        blocks += [Heading("People who are alike"), Paragraph(ALIKE), _alike(alike)]
    if blocks:
        blocks.append(Definitions((ENTROPY,) * bool(unequal) + (NEAREST,) * bool(alike)))
    return Section("individual", "Individuals", tuple(blocks)) if blocks else None


def _of_kind(audit: Mapping[str, Any], kind: str) -> list[Entry]:
    return [entry for entry in audit.get("individual") or () if entry["kind"] == kind]


def _facts(entry: Entry) -> Iterator[Fact]:
    counts = entry["benefits"]
    yield Fact("Decisions with a known outcome", words.people(entry["n"]))
    yield Fact("Decision agrees with the outcome, benefit 1", words.people(counts["agrees"]))
    yield Fact("Selected although negative, benefit 2", words.people(counts["selected_though_negative"]))
    yield Fact("Refused although positive, benefit 0", words.people(counts["refused_though_positive"]))
    yield Fact("Mean benefit", words.decimals(entry["mean_benefit"], 3))


def _indices(entry: Entry) -> Table:
    columns = (Column("Index"), Column("Value", "interval", numeric=True), Column("Remark"))
    places = study_figures.finest(entry["indices"].values())
    rows = [
        (
            Cell(NAMES[name]),
            study_figures.cell(index, "number", places),
            Cell(words.capital(words.sentence(index["because"] or ""))),
        )
        for name, index in entry["indices"].items()
    ]
    return Table.of(
        "Inequality of benefits; 0 where all have the same", columns, rows, [study_tables.noted("benefits")]
    )


def _split(table: Mapping[str, Any]) -> Table:
    columns = (
        Column("Group or index", foreign=True),
        Column("Mean benefit", "interval", numeric=True),
        Column("Between groups", numeric=True),
        Column("Share of the whole", numeric=True),
        Column("By chance", "middle", numeric=True),
        Column("p", numeric=True),
    )
    rows = [
        (
            Cell(words.group(g["group"]), foreign=True),
            study_figures.cell(g["mean_benefit"], "number", 2),
            *([Cell()] * 4),
        )
        for g in table["groups"]
    ]
    for name, part in table["indices"].items():
        if part["between"] is None:
            continue
        share, test = part["share"], part["test"]
        rows.append(
            (
                Cell(NAMES[name]),
                Cell(),
                Cell(f"{part['between']:.2g}"),
                Cell("\N{EN DASH}" if share is None else numerals.percent(share)),
                Cell("\N{EN DASH}" if test["null_median"] is None else f"{test['null_median']:.2g}"),
                Cell("\N{EN DASH}" if test["p"] is None else numerals.p_value(test["p"])),
            )
        )
    by = words.joined([words.label(name) for name in table["by"]])
    caption = f"Benefits by {by}; {words.people(table['n'])} decisions"
    return Table.of(caption, columns, rows, [study_tables.noted("benefits_by_group")])


def _alike(entries: list[Entry]) -> Table:
    columns = (
        Column("Decision", foreign=True),
        Column("Features", foreign=True),
        Column("Consistency", "interval", numeric=True),
        Column("At random", numeric=True),
        Column("People", numeric=True),
        Column("Neighbours"),
    )
    rows = [
        (
            Cell(words.label(e["decision"]), foreign=True),
            Cell(", ".join(words.label(name) for name in e["features"]), foreign=True),
            study_figures.cell(e["estimate"], "number", 3),
            Cell(words.decimals(e["at_random"], 3)),
            Cell(words.people(e["n"]), f"{words.people(e['left_out'])} left out" if e["left_out"] else ""),
            Cell(_neighbours(e)),
        )
        for e in entries
    ]
    return Table.of("Decisions on the nearest neighbours", columns, rows, [study_tables.noted("consistency")])


def _neighbours(entry: Entry) -> str:
    itself = ", the person among them" if entry["itself"] else ""
    return f"{words.people(entry['neighbours'])}{itself}{'' if entry['scaled'] else '; features as they are'}"


# -- the first page ----------------------------------------------------------------------------------------------


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield the line of the summary, where people who are alike were compared."""
    for entry in _of_kind(audit, "consistency")[:1]:
        shown = study_figures.spoken(entry["estimate"], "number", 3)
        yield FindingLine(
            (),
            f"Decisions agree with those on the {words.people(entry['neighbours'])} nearest people by {shown}.",
            f"At random it would be {words.decimals(entry['at_random'], 3)}; 1 is full agreement.",
            "Individuals",
        )


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the measures of individuals can say."""
    if any(entry["indices"] for entry in _of_kind(audit, "inequality")):
        yield "How unequally errors fall on people, and how much of that lies between groups."
    if _of_kind(audit, "consistency"):
        yield "Whether people alike in the features named were decided on alike."


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what they cannot say."""
    if any(entry["indices"] for entry in _of_kind(audit, "inequality")):
        yield "That the two kinds of error weigh alike for those they meet: the indices take it so."
        yield "That a group meets few errors because its mean benefit is 1: the two kinds cancel in it."
    if _of_kind(audit, "consistency"):
        yield "That the features named are those by which people ought to be alike."


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    nothing = {"value": None, "status": "undefined", "n": 0}
    for entry in _of_kind(audit, "inequality"):
        where = f"Benefits, {terms.metric(entry['measure'])}"
        if not entry["indices"]:
            yield from study_figures.absent("all", where, {"indices": nothing}, words.sentence(entry["because"]))
        for name, index in entry["indices"].items():
            yield from study_figures.absent("all", where, {NAMES[name].lower(): index}, index["because"])
        for table in entry["by"]:
            if table["because"]:
                by = " × ".join(words.label(name) for name in table["by"])
                yield from study_figures.absent(by, where, {"between groups": nothing}, table["because"])


def tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield the figures in full precision."""
    unequal = _of_kind(audit, "inequality")
    rows = [
        [e["measure"], name, i["alpha"], *cells(i), i["because"]] for e in unequal for name, i in e["indices"].items()
    ]
    yield "benefits", ["measure", "index", "alpha", *header("value"), "because"], rows
    means, splits = [], []
    for entry in unequal:
        for table in entry["by"]:
            of = [entry["measure"], " × ".join(table["by"])]
            means += [[*of, " · ".join(g["group"]), *cells(g["mean_benefit"])] for g in table["groups"]]
            for name, part in table["indices"].items():
                test = part["test"]
                figures = [part[key] for key in ("total", "between", "within", "share")]
                splits.append([*of, table["n"], name, *figures, test["p"], test["null_median"]])
    yield "benefits_by_group", ["measure", "by", "group", *header("mean_benefit")], means
    names = ["measure", "by", "n", "index", "total", "between", "within", "share", "p", "null_median"]
    yield "benefits_between_groups", names, splits
    about = ("decision", "neighbours", "itself", "scaled", "n", "left_out", "selected", "at_random")
    alike = [
        [*(e[name] for name in about), ", ".join(e["features"]), *cells(e["estimate"]), e["because"]]
        for e in _of_kind(audit, "consistency")
    ]
    yield "consistency", [*about, "features", *header("consistency"), "because"], alike
