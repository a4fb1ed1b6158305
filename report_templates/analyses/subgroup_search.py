"""The subgroup that departs most from what is expected, with what searching for it costs."""

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
    Paragraph,
    Section,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block
    from fairwitness.report_templates.study_tables import StudyTable

    Search = Mapping[str, Any]
    Found = Mapping[str, Any]

SAID = (
    "Among many subgroups one always stands out. So the same search is made again in tables in which the decisions are "
    "dealt out anew, and p says how often it then finds as much; and in a second way the subgroup is found in one half "
    "of the decisions and held against the other half, where nothing was chosen."
)
DIRECTIONS: Mapping[str, str] = {"fewer": "Fewer selected than expected", "more": "More selected than expected"}
EXACT = Definition(
    "Search of all subgroups",
    "A subgroup is a set of labels on each attribute and control. The one whose decisions are the likeliest under "
    "other odds than the expected ones, by one factor, is found over all of them. Expected is the share selected of "
    "all, or, with controls, of the same combination of controls.",
    "score: max over q of Σx·ln q − Σ n·ln(1 − p + q·p)",
    "Zhang & Neill, arXiv:1611.08292 (2016); Neill, Journal of the Royal Statistical Society B 74 (2012), "
    "doi:10.1111/j.1467-9868.2011.01014.x",
)
CLIMBED = Definition(
    "Multi-dimensional subset scan",
    "The same score, maximised by climbing from random starts, as aif360 does it: it may miss the highest.",
    "",
    "Zhang & Neill, arXiv:1611.08292 (2016); Bellamy et al., IBM Journal of Research and Development 63 (2019), "
    "doi:10.1147/JRD.2019.2942287",
)
SHUFFLED = Definition(
    "Searching again",
    "Decisions are dealt out anew, within combinations of controls, and the whole search is repeated in each table; "
    "the score seen is held against the highest score found in either direction.",
    "p = (1 + tables with at least that score) / (1 + tables)",
    "Phipson & Smyth, Statistical Applications in Genetics and Molecular Biology 9 (2010), doi:10.2202/1544-6115.1585",
)
HALVES = Definition(
    "Found in one half, tested in the other",
    "The decisions are dealt out at random into two halves. In the half that was not searched the subgroup's rate is "
    "compared with everybody else's, with an ordinary interval and test; with controls within their combinations, by "
    "Mantel and Haenszel.",
    "",
    "Cox, Biometrika 62 (1975), doi:10.1093/biomet/62.2.441",
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return what the search of subgroups found, or None where none was asked for."""
    searches = audit.get("subgroup_search") or ()
    blocks: list[Block] = [Paragraph(SAID)] if searches else []
    for search in lengths.told(audit, searches):
        blocks.append(Facts(tuple(_facts(search))))
        if search["whole"]:
            blocks.append(_whole(search))
        if search["halves"]:
            blocks.append(_halves(search))
    blocks += lengths.elsewhere(audit, searches, ["subgroups", "subgroup_halves"])
    blocks += _methods(searches)
    return Section("subgroups", "Search of subgroups", tuple(blocks)) if blocks else None


def _methods(searches: Any) -> Iterator[Definitions]:
    used = {search["method"] for search in searches}
    made = [EXACT] * ("exact" in used) + [CLIMBED] * ("aif360" in used)
    made += [SHUFFLED] * any(search["whole"] for search in searches) + [HALVES] * any(s["halves"] for s in searches)
    if made:
        yield Definitions(tuple(made))


def _facts(search: Search) -> Iterator[Fact]:
    yield Fact("Attributes", ", ".join(words.label(name) for name in search["attributes"]) or "none")
    if search["controls"]:
        yield Fact("Within each combination of", ", ".join(words.label(name) for name in search["controls"]))
    if search["n"] is not None:
        unknown = f"; {words.people(search['unknown'])} more are not told by all of them" if search["unknown"] else ""
        yield Fact("Decisions", f"{words.people(search['n'])}{unknown}")
    if search["subgroups"]:
        yield Fact("Subgroups", words.decimals(search["subgroups"], 0))
    if search["replicates"]:
        yield Fact("Searched again", f"in {words.people(search['replicates'])} tables")
    if search["because"]:
        yield Fact("Not evaluated", words.capital(words.sentence(search["because"])))


def named(found: Found) -> str:
    """Write a subgroup.

    Examples
    --------
    >>> named({"subgroup": [{"attribute": "race", "labels": ["a", "b"]}, {"attribute": "sex", "labels": ["f"]}]})
    'race a or b; sex f'
    """
    said = (
        f"{words.label(part['attribute'])} {words.joined([words.label(label) for label in part['labels']], 'or')}"
        for part in found["subgroup"]
    )
    return "; ".join(said) or "none found"


def _whole(search: Search) -> Table:
    columns = (
        Column("Direction"),
        Column("Subgroup", foreign=True),
        Column("Selected", "of n", numeric=True),
        Column("Expected", numeric=True),
        Column("Odds", "times the expected", numeric=True),
        Column("Score", numeric=True),
        Column("p", "of the whole search", numeric=True),
    )
    rows = []
    for found in search["whole"]:
        there = found["n"] is not None
        rows.append(
            (
                Cell(DIRECTIONS[found["direction"]]),
                Cell(named(found), foreign=True),
                Cell(f"{words.people(found['selected'])} of {words.people(found['n'])}" if there else "\N{EN DASH}"),
                Cell(words.decimals(found["expected"], 1) if there else "\N{EN DASH}"),
                Cell("\N{EN DASH}" if found["odds_ratio"] is None else numerals.ratio(found["odds_ratio"])),
                Cell(words.decimals(found["score"], 2) if there else "\N{EN DASH}"),
                Cell(numerals.p_value(found["p"])),
            )
        )
    notes = ["The subgroup was chosen for its figures, which therefore lie too far out; p allows for the choice."]
    return Table.of("Searched in all decisions", columns, rows, [*notes, study_tables.noted("subgroups")])


def _halves(search: Search) -> Table:
    columns = (
        Column("Direction"),
        Column("Subgroup", "found in the first half", foreign=True),
        Column("Selected", "of n, second half", numeric=True),
        Column("Everybody else", "second half", numeric=True),
        Column("Ratio", "of the rates, second half", numeric=True),
        Column("p", numeric=True),
    )
    rows = []
    for found in search["halves"]:
        there = found["n"] is not None
        p = found["test"]["p"]
        rows.append(
            (
                Cell(DIRECTIONS[found["direction"]]),
                Cell(named(found), foreign=True),
                Cell(f"{words.people(found['selected'])} of {words.people(found['n'])}" if there else "\N{EN DASH}"),
                Cell(
                    f"{words.people(found['others_selected'])} of {words.people(found['others_n'])}"
                    if there
                    else "\N{EN DASH}"
                ),
                study_figures.cell(found["ratio"], "ratio"),
                Cell("\N{EN DASH}" if p is None else numerals.p_value(p)),
            )
        )
    return Table.of("Found in one half, tested in the other", columns, rows, [study_tables.noted("subgroup_halves")])


# -- the first page ----------------------------------------------------------------------------------------------


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield the line of the summary: the subgroup with fewer selections than expected."""
    searches = audit.get("subgroup_search") or ()
    told = [
        (s, f) for s in searches for f in (*s["whole"], *s["halves"]) if f["direction"] == "fewer" and f["subgroup"]
    ]
    if not told:
        return
    search, found = told[0]
    if search["whole"]:
        headline = (
            f"Of {words.decimals(search['subgroups'], 0)} subgroups, {named(found)} has the fewest selections for its "
            f"size: {words.people(found['selected'])} where {words.decimals(found['expected'], 1)} are expected."
        )
        because = f"A search finds as much by chance with {study_figures.p_spoken(found['p'])}."
    else:
        headline = (
            f"In one half of the decisions, {named(found)} has the fewest selections for its size; in the other half "
            f"its rate is {study_figures.spoken(found['ratio'], 'ratio')} times everybody else's."
        )
        because = "The half that was tested was not searched."
    yield FindingLine((), headline, because, "Subgroups")


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the search can say."""
    for search in lengths.told(audit, audit.get("subgroup_search") or ()):
        if search["whole"]:
            many = words.decimals(search["subgroups"], 0)
            yield f"Which of {many} subgroups departs most, and how often a search finds as much by chance."
        elif search["halves"]:
            yield "Whether a subgroup found in one half of the decisions departs in the other half too."


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what it cannot say."""
    if any(search["status"] == "ok" for search in audit.get("subgroup_search") or ()):
        yield "That no other subgroup departs: the search tells of the one that stands out the most."


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    nothing = {"value": None, "status": "undefined"}
    for search in audit.get("subgroup_search") or ():
        where = f"Search of subgroups, {terms.metric(search['measure'])}"
        if search["because"]:
            figure = nothing | {"n": search["n"] or 0}
            yield from study_figures.absent("all", where, {"subgroups": figure}, words.sentence(search["because"]))
        for found in search["halves"]:
            if found["because"]:
                figures = {f"ratio, {DIRECTIONS[found['direction']].lower()}": found["ratio"]}
                yield from study_figures.absent(named(found), where, figures, words.sentence(found["because"]))


def tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield the figures in full precision."""
    searches = audit.get("subgroup_search") or ()
    names = ("n", "selected", "expected", "odds_ratio", "score", "p")
    rows = [
        [search["measure"], search["method"], f["direction"], named(f), *(f[name] for name in names)]
        for search in searches
        for f in search["whole"]
    ]
    yield "subgroups", ["measure", "method", "direction", "subgroup", *names], rows
    counts = ("searched", "tested", "n", "selected", "others_n", "others_selected")
    halves = []
    for search in searches:
        for f in search["halves"]:
            figures = [*(f[name] for name in counts), *cells(f["ratio"]), f["test"]["name"], f["test"]["p"]]
            halves.append([search["measure"], search["method"], f["direction"], named(f), *figures])
    of = ["measure", "method", "direction", "subgroup", *counts, *header("ratio"), "test", "p"]
    yield "subgroup_halves", of, halves
