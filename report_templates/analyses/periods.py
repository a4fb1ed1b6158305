"""Periods: a group's ratio in each, the evidence after each, and what the next one could show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, lengths, study_figures, study_tables, words
from fairwitness.report_templates.analyses.period_charts import PROCESSES, against, e_value, evidence, headline, ratios
from fairwitness.report_templates.analyses.period_methods import METHODS
from fairwitness.report_templates.analyses.periods_csv import period_tables
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

MOST_ROWS = 36  # of a table; the CSV file has all
SAID = (
    "Who looks at a p-value after every period finds something sooner or later. An e-value may be looked at after "
    "every period: it is what a bet against the hypothesis has come to, of a stake of 1, and if the hypothesis is true "
    "it ever reaches 20 with a chance of at most 1 in 20."
)


def section(audit: Audit) -> Section | None:
    """Return every attribute period by period, or None where there are no periods."""
    entries = audit.get("periods") or ()
    blocks: list[Block] = [Paragraph(SAID)] if entries else []
    for i, entry in enumerate(lengths.told(audit, entries), start=1):
        blocks.append(Heading(_title(entry)))
        blocks.append(Paragraph(_about(entry)))
        if entry["because"]:
            blocks.append(Paragraph(f"No e-values: {words.uncapital(words.sentence(entry['because']))}"))
        blocks += [Paragraph(words.sentence(caution)) for caution in entry["cautions"]]
        for j, g in enumerate(entry["groups"], start=1):
            blocks += _of_group(f"t{i}-{j}", entry, g, audit)
    blocks += lengths.elsewhere(audit, entries, ["periods"])
    if any(not entry["because"] for entry in entries):
        blocks.append(Definitions(METHODS))
    return Section("periods", "Periods", tuple(blocks)) if blocks else None


def _title(entry: Entry) -> str:
    column = words.label(entry["column"])
    return f"{name_of_table(entry)}, {column} after {column}"


def _about(entry: Entry) -> str:
    """Say who is held against whom, in what order, and what is left out."""
    names = entry["periods"]
    told = f"{words.people(len(names))} periods, from {words.label(names[0])} to {words.label(names[-1])}. "
    rule = entry["reference"]["rule"]
    if entry["reference"]["used"] is None:
        told += "Each group is held against everybody else. "
    else:
        chosen = {"highest": ", which has the highest rate of all periods together", "largest": ", the largest"}
        told += f"Each group is held against {words.group(entry['reference']['used'])}{chosen.get(rule, '')}: "
        told += "the same in every period. "
    if entry["stratum"]:
        told += f"E-values compare people of the same {words.label(entry['stratum'])} and period. "
    for name, column in (("not_stated", "column"), ("stratum_not_stated", "stratum")):
        if entry[name]:
            where = "no figure here" if name == "not_stated" else "no e-value"
            told += f"{words.people(entry[name])} decisions do not state {words.label(entry[column])}: in {where}. "
    if entry["m"] > 1:
        told += f"With {entry['m']} comparisons the line is {entry['line']:g} for each."
    return told.strip()


def _of_group(key: str, entry: Entry, g: Entry, audit: Audit) -> Iterator[Block]:
    yield Facts(tuple(_facts(entry, g)))
    if g["equality"]:
        yield evidence(key, entry, g, audit)
    yield from ratios(key, entry, g, audit)
    yield _table(entry, g)


def _facts(entry: Entry, g: Entry) -> Iterator[Fact]:
    who = f"{words.group(g['group'])} against {against(g)}"
    for name, said in PROCESSES.items():
        test = g[name]
        if test is None:
            continue
        reached = "not reached" if test["reached"] is None else f"first reached in {words.label(test['reached'])}"
        yield Fact(
            f"{who}: {said}",
            f"e-value {e_value(test['statistic'])} after the last period; {entry['line']:g} {reached}; anytime "
            f"{study_figures.p_spoken(test['p_adjusted'])}",
        )
    n = g["next"]
    if n["power_at_four_fifths"] is None:
        return
    ratio = n["minimum_detectable_ratio"]
    told = (
        f"alone it would show a ratio of {numerals.ratio(ratio)}" if ratio is not None else "alone it would show none"
    )
    told += (
        f" with 80\N{NARROW NO-BREAK SPACE}% power, and one of 0.80 with {numerals.percent(n['power_at_four_fifths'])}"
    )
    if n["detectable_worsening"] is not None:
        told += f"; against all so far, a ratio lower by {numerals.percent(n['detectable_worsening'])} of what it was"
    yield Fact(f"{who}: a next period of the same size", f"{told} (approximate; for planning)")


def _table(entry: Entry, g: Entry) -> Table:
    columns = (
        Column(words.capital(words.label(entry["column"])), foreign=True),
        Column("Selected", "of n", numeric=True),
        Column("Rate", "this period", numeric=True),
        Column(against(g), "selected of n", numeric=True),
        Column("Ratio", "this period", numeric=True),
        Column("Odds ratio", "so far", numeric=True),
        Column("E-value", "equal odds", numeric=True),
        Column("E-value", "drift", numeric=True),
    )
    rows = [
        (
            Cell(words.label(row["period"]), foreign=True),
            Cell(charts.counts(row)),
            study_figures.cell(row["estimates"]["selection_rate"], "rate"),
            Cell(f"{words.people(row['reference_selected'])} of {words.people(row['reference_n'])}"),
            study_figures.cell(row["estimates"]["impact_ratio"], "ratio"),
            study_figures.cell(row["odds_ratio_so_far"], "ratio"),
            *(Cell(e_value(row[name]["statistic"]) if row[name] else "") for name in PROCESSES),
        )
        for row in g["periods"][-MOST_ROWS:]
    ]
    notes = []
    if len(g["periods"]) > MOST_ROWS:
        notes.append(f"The last {MOST_ROWS} of {len(g['periods'])} periods.")
    notes.append(study_tables.noted("periods"))
    caption = f"{_title(entry)}: {words.group(g['group'])} against {against(g)}"
    return Table.of(caption, columns, rows, notes)


# -- the first page ------------------------------------------------------------------------------------------------


def _told(audit: Audit) -> Iterator[tuple[Entry, Entry]]:
    for entry in audit.get("periods") or ():
        for g in entry["groups"]:
            if g["equality"]:
                yield entry, g


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield at most one line of the summary: the first group whose odds changed, or else were shown to be unequal."""
    for name in ("drift", "equality"):
        for entry, g in _told(audit):
            if g[name]["reached"] is not None:
                because = (
                    f"E-value {e_value(g[name]['statistic'])} after {words.label(entry['periods'][-1])}, the line is "
                    f"{entry['line']:g}: it may be looked at after every period."
                )
                yield FindingLine((), f"{headline(g)}.", because, "Periods")
                return


def can(audit: Audit) -> Iterator[str]:
    """Yield what the periods can say."""
    for column in dict.fromkeys(words.label(entry["column"]) for entry, _ in _told(audit)):
        yield f"Whether odds are equal, and stay the same from {column} to {column}, however often one looks."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what they cannot say."""
    if any(True for _ in _told(audit)):
        yield "Why an odds ratio changed: applicants, jobs and the procedure may have changed with it."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for entry in audit.get("periods") or ():
        if entry["because"]:
            nothing = {"value": None, "status": "undefined", "n": audit["data"]["counted"]}
            why = words.sentence(entry["because"])
            yield from study_figures.absent("all groups", _title(entry), {"e-values": nothing}, why)
        for g in entry["groups"]:
            names = [words.label(r["period"]) for r in g["periods"] if r["estimates"]["impact_ratio"]["value"] is None]
            if names:
                n = sum(r["n"] for r in g["periods"] if r["estimates"]["impact_ratio"]["value"] is None)
                nothing = {"value": None, "status": "undefined", "n": n}
                shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
                why = f"a group is empty, or nobody of the reference is selected, in {shown}"
                yield from study_figures.absent(words.group(g["group"]), _title(entry), {"ratio": nothing}, why)


tables = period_tables
