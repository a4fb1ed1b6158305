"""Tables within strata: the reversal if there is one, the strata beside all decisions, figures and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, study_figures, study_tables, words
from fairwitness.report_templates.analyses import stratified_charts
from fairwitness.report_templates.analyses.stratified_charts import entry_of, name_of_table
from fairwitness.report_templates.analyses.stratified_csv import FIGURES, stratified_tables
from fairwitness.report_templates.analyses.stratified_methods import name_of
from fairwitness.report_templates.document import Cell, Column, FindingLine, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.report_templates.document import Block, Section

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

RATIO, ODDS, DIFFERENCE = FIGURES
NAMED = 8  # strata that tell nothing, by name
READ = (
    "Against equal rates: how many fewer (or more) were selected than if each stratum's selections had been shared in "
    "proportion. Left within: the gap if both groups were spread over strata as all people are. Composition: the rest."
)
TESTS = {"cmh": "CMH", "multiple_events_mid_p": "exact", "clustered_cmh": "CMH by cluster", None: "none"}


def section(audit: Audit) -> Section | None:
    """Return nothing: what is told stands beside each table (`blocks`)."""
    del audit
    return None


def blocks(key: str, table: Entry, audit: Audit) -> Iterator[Block]:
    """Yield what stands below a table that was also compared within strata.

    Parameters
    ----------
    key : str
        What the table is called inside the page.
    table : mapping
        One of the audit's tables.
    audit : mapping
    """
    s = table.get("stratified")
    if not s:
        return
    yield Heading(f"{name_of_table(table)}, within {words.label(s['column'])}")
    yield Paragraph(_about(table, audit))
    told = [e for e in s["simpson"] if e["flag"]] or (s["simpson"] if len(s["simpson"]) == 1 else [])
    for entry in told:
        yield Paragraph(words.sentence(entry["because"]))
    yield from stratified_charts.of_groups(key, table, audit)
    yield from stratified_charts.of_strata(key, table, audit)
    yield _figures(table, audit)
    yield _tests(table)


def _about(table: Entry, audit: Audit) -> str:
    """Say who was compared with whom, and what decides."""
    s, column = table["stratified"], words.label(table["stratified"]["column"])
    other = "everybody else" if s["compared_with"] == "rest" else charts.compared_to(table)
    told = f"Each group is compared with {other} of the same {column}: {words.people(s['strata'])} strata"
    told += f", of which {words.people(s['uninformative'])} tell nothing of any group." if s["uninformative"] else "."
    if s["not_stated"]:
        told += f" {words.people(s['not_stated'])} decisions whose {column} is not stated are in no figure here."
    if audit["audit"]["plan"].get("decides") == "stratified":
        held = "Policies are held against these figures"
    else:
        held = "Policies are held against all decisions together"
    return f"{told} {held}; where the two disagree, the verdict is inconclusive and marked for attention."


def _figures(table: Entry, audit: Audit) -> Table:
    """Return the Mantel–Haenszel figures, and what the gap consists of."""
    s = table["stratified"]
    level = f"{numerals.level(audit['audit']['level'])} interval"
    columns = (
        Column("Group"),
        Column("Ratio of rates", level, numeric=True),
        Column("Difference", "points", numeric=True),
        Column("Odds ratio", level, numeric=True),
        Column("Against equal rates", "in every stratum", numeric=True),
        Column("Gap of all", "points", numeric=True),
        Column("Left within", "points", numeric=True),
        Column("Composition", "points", numeric=True),
    )
    rows = []
    for e in s[RATIO]:
        g = e["group"]
        parts = entry_of(s["decomposition"], g)
        rows.append(
            (
                Cell(words.group(g), foreign=True),
                study_figures.cell(e, "ratio"),
                study_figures.cell(entry_of(s[DIFFERENCE], g), "difference"),
                study_figures.cell(entry_of(s[ODDS], g), "ratio"),
                Cell(words.against_share(entry_of(s["shortfall"], g)["value"])),
                *(_points(parts[name]) for name in ("aggregate", "within", "composition")),
            )
        )
    used = sorted({name_of(e["method"]) for name in FIGURES for e in s[name] if e["method"]})
    notes = [f"Intervals: {words.joined(used)}."] if used else []
    notes += [
        READ,
        study_tables.noted("stratified"),
    ]
    return Table.of(f"{name_of_table(table)}, within {words.label(s['column'])}: figures", columns, rows, notes)


def _points(value: float | None) -> Cell:
    return Cell("\N{EN DASH}" if value is None else numerals.points(value))


def _tests(table: Entry) -> Table:
    """Return the tests within strata, and which strata tell nothing."""
    s = table["stratified"]
    columns = (
        Column("Group"),
        Column("Deciding test"),
        Column("p", "adjusted", numeric=True),
        Column("CMH", "p", numeric=True),
        Column("CMH corrected", "p", numeric=True),
        Column("Exact", "p", numeric=True),
        Column("Exact mid-P", "p", numeric=True),
        Column("Breslow–Day", "one odds ratio, p", numeric=True),
        Column("Tarone", "one odds ratio, p", numeric=True),
        Column("Strata that tell", numeric=True),
    )
    rows = []
    for t in s["tests"]:
        g = t["group"]
        cmh, exact, same = (entry_of(s[name], g) for name in ("cmh", "multiple_events", "breslow_day"))
        told = s["strata"] - entry_of(s["uninformative_strata"], g)["n"]
        alone = "" if t["p"] is None or t["p"] == t["p_adjusted"] else f"unadj. {numerals.p_value(t['p'])}"
        p = study_figures.p_shown(t["p_adjusted"])
        rows.append(
            (
                Cell(words.group(g), foreign=True),
                Cell(TESTS.get(t["default"], words.label(t["default"]))),
                Cell(p.text, alone),
                *map(study_figures.p_shown, (cmh["p"], cmh["p_corrected"], exact["p"], exact["mid_p"])),
                *map(study_figures.p_shown, (same["p"], same["tarone_p"])),
                Cell(words.people(told), f"of {words.people(s['strata'])}"),
            )
        )
    return Table.of(f"{name_of_table(table)}, within {words.label(s['column'])}: tests", columns, rows, list(_notes(s)))


def _notes(s: Entry) -> Iterator[str]:
    m = s["tests"][0]["m"]
    if m > 1:
        yield f"p is adjusted by Holm's method over the same {m} comparisons as those of all decisions."
    for why in dict.fromkeys(e["because"] for e in s["multiple_events"] if e["because"]):
        yield f"No exact test: {words.sentence(why)}"
    for e in s["uninformative_strata"]:
        if e["n"]:
            who = f"{words.group(e['group'])}: " if len(s["uninformative_strata"]) > 1 else ""
            said = [_named(e[name], what) for name, what in UNINFORMATIVE.items() if e[name]]
            yield f"{who}these tell nothing: {'; '.join(said)}."
    yield (
        "That one odds ratio serves for all strata is hardly ever rejected where strata are small: a large p is no "
        "licence to pool."
    )


UNINFORMATIVE = {
    "one_group": "one group only",
    "nobody_selected": "nobody selected",
    "everybody_selected": "everybody selected",
}


def _named(names: Sequence[str], what: str) -> str:
    shown = [words.label(name) for name in names[:NAMED]]
    more = len(names) - len(shown)
    return f"{what} in {', '.join(shown)}" + (f" and {words.people(more)} more" if more else "")


# -- the first page ------------------------------------------------------------------------------------------------


def _tables(audit: Audit) -> list[Entry]:
    return [t for t in audit["tables"] if t.get("stratified") and t["kind"] == "confirmatory" and not t.get("stage")]


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield at most one line of the summary: the first reversal."""
    for table in _tables(audit):
        reversed_ = [e["group"] for e in table["stratified"]["simpson"] if e["flag"]]
        if reversed_:
            yield FindingLine((), _parted(table, reversed_[0]), "Neither figure replaces the other.", "Strata")
            return


def _parted(table: Entry, group: Sequence[str]) -> str:
    """Say what the gap of a reversal consists of: its figures stand in the verdict's own line."""
    s = table["stratified"]
    parts, column = entry_of(s["decomposition"], group), words.label(s["column"])
    if any(parts[name] is None for name in ("aggregate", "within", "composition")):
        return f"{stratified_charts.headline(table, group)}."
    gap, within, mix = (numerals.points(parts[name]) for name in ("aggregate", "within", "composition"))
    return (
        f"{words.group(group)}: of a gap of {gap} points to {charts.compared_to(table)}, {mix} come of who is in which "
        f"{column}; {within} are left within it."
    )


def can(audit: Audit) -> Iterator[str]:
    """Yield what comparing within strata can say."""
    for column in dict.fromkeys(t["stratified"]["column"] for t in _tables(audit)):
        yield f"How groups of the same {words.label(column)} compare, and how much of a gap is left there."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what it cannot say."""
    for column in dict.fromkeys(t["stratified"]["column"] for t in _tables(audit)):
        yield f"Whether people came to their {words.label(column)} freely: comparing within it hides it if not."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures within strata that are not there."""
    said = {RATIO: "ratio of rates", DIFFERENCE: "difference", ODDS: "odds ratio"}
    for table in (t for t in audit["tables"] if t.get("stratified")):
        s = table["stratified"]
        for e in s[RATIO]:
            figures = {name: entry_of(s[key], e["group"]) for key, name in said.items()}
            where = f"{name_of_table(table)}, within {words.label(s['column'])}"
            yield from study_figures.absent(words.group(e["group"]), where, figures)


tables = stratified_tables
