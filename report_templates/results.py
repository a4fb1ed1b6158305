"""The results: for each table a chart, the figures, what they are compared with and how sure they are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, lengths, methods, study_figures, terms, words
from fairwitness.report_templates.analyses import adjusted, stratified
from fairwitness.report_templates.document import Badge, Cell, Column, Heading, Paragraph, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from fairwitness.report_templates.document import Block

    Finding = Mapping[str, Any]
    ByGroup = Mapping[tuple[str, ...], Sequence[Finding]]

CHARTED = ("impact_ratio", "rate_difference")


def sections(audit: Mapping[str, Any]) -> Iterator[Section]:
    """Yield the results by attribute, and those of intersections."""
    singles: list[Block] = []
    crossed: list[Block] = []
    for i, table in enumerate(audit["tables"], start=1):
        (singles if table["kind"] == "confirmatory" else crossed).extend(_results(f"c{i}", table, audit))
    singles.extend(_behind("confirmatory", audit))
    crossed.extend(_behind("exploratory", audit))
    if singles:
        yield Section("results", "Results by attribute", tuple(singles))
    if crossed:
        said = (
            "Exploratory: intersections were looked at whether or not there was a reason to expect a difference. "
            "What they show is a reason to look again, with data collected for it."
        )
        yield Section("intersections", "Intersections", (Paragraph(said), *crossed))


def title(table: Mapping[str, Any]) -> str:
    """Write a table's name.

    Examples
    --------
    >>> title({"by": ["race", "gender"], "measure": "selection_rate"})
    'By race and gender'
    """
    by = f"By {words.joined([words.label(name) for name in table['by']])}"
    stage = f", {words.label(table['stage'])}" if table.get("stage") else ""
    return by + (", by score" if table["measure"] == "scoring_rate" else "") + stage


def of_table(audit: Mapping[str, Any], table: Mapping[str, Any]) -> ByGroup:
    """Return the findings about a table, by group; those about the whole table stand under the empty group."""
    found = defaultdict(list)
    for f in audit["findings"]:
        if all(f.get(name) == table.get(name) for name in ("by", "measure", "stage")):
            found[tuple(f["group"])].append(f)
    return found


def _results(key: str, table: Mapping[str, Any], audit: Mapping[str, Any]) -> Iterator[Block]:
    """Yield what stands under the name of one table."""
    found = of_table(audit, table)
    yield Heading(title(table))
    policies = {p["metric"]: p for p in audit["policies"] if p["metric"] in CHARTED} or {CHARTED[0]: None}
    line = None
    for metric, policy in policies.items():
        drawn = terms.line(policy) if policy else None
        line = drawn.value if drawn and metric == "impact_ratio" else line
        if not lengths.at_length(audit, table):
            continue
        yield from charts.dot_charts(f"{key}-{metric}", table, found, metric, drawn)
        grid = charts.grid_chart(f"{key}-{metric}", table, found, metric, drawn)
        if grid:
            yield grid
    yield _figures(table, found, audit, line)
    if table["contrasts"]:
        yield _contrasts(table, line)
    if lengths.at_length(audit, table):
        yield from stratified.blocks(key, table, audit)
        yield from adjusted.blocks(table)


def _behind(kind: str, audit: Mapping[str, Any]) -> Iterator[Block]:
    """Say in which files the tables that are told in brief stand within strata, and with controls."""
    tables = [t for t in audit["tables"] if t["kind"] == kind]
    files = [name for name in ("stratified", "adjusted") if any(t.get(name) for t in tables)]
    if files:
        yield from lengths.elsewhere(audit, tables, files)


def _figures(table: Mapping[str, Any], found: ByGroup, audit: Mapping[str, Any], line: Fraction | None) -> Table:
    """Return the table of a table: every group, its rate, and how it compares."""
    level = f"{numerals.level(audit['audit']['level'])} interval"
    columns = (
        Column("Group"),
        Column(words.capital(terms.chosen(table)), numeric=True),
        Column("Rate", level, numeric=True),
        Column("Ratio", level, numeric=True),
        Column("Difference", "points", numeric=True),
        Column("Against its share", "of all selections", numeric=True),
        Column("p", "adjusted", numeric=True),
        Column("Verdict"),
    )
    several = len({f["policy"] for group, about in found.items() for f in about if group}) > 1
    titles = {p["name"]: words.sentence(p["title"]) for p in audit["policies"]} if several else {}
    rows = [_row(g, table, found.get(tuple(g["group"]), ()), titles, line) for g in table["groups"]]
    caption = f"{title(table)}, compared with {charts.compared_to(table)}"
    return Table.of(caption, columns, rows, list(_notes(table)))


def _row(
    g: Mapping[str, Any],
    table: Mapping[str, Any],
    found: Sequence[Finding],
    titles: Mapping[str, str],
    line: Fraction | None,
) -> tuple[Cell, ...]:
    e = g["estimates"]
    share = g["shortfall"]
    return (
        Cell(words.group(g["group"]), foreign=True),
        Cell(*_counts(g)),
        cell(e.get(table["measure"]), "rate"),
        Cell("1") if g["is_reference"] else cell(e.get("impact_ratio"), "ratio", line),
        Cell() if g["is_reference"] else cell(e.get("rate_difference"), "difference"),
        Cell() if share is None or g["excluded"] else Cell(words.against_share(share)),
        _p(_default(g["tests"])),
        Cell(badges=_verdicts(g, found, titles)),
    )


def _counts(g: Mapping[str, Any]) -> tuple[str, str]:
    selected, _, n = charts.counts(g).partition(" of ")
    return selected, f"of {n}" if n else ""


def cell(estimate: Mapping[str, Any] | None, scale: numerals.Scale, line: Fraction | None = None) -> Cell:
    """Write an estimate with its interval, or that there is none."""
    if estimate is None:
        return Cell()
    if estimate["value"] is None:
        return Cell("\N{EN DASH}")
    return Cell(numerals.figure(estimate["value"], scale, line), words.interval(estimate, scale, line))


def _default(tests: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return tests[tests["default"]] if tests and tests["default"] else None


def _p(test: Mapping[str, Any] | None) -> Cell:
    """Write the adjusted p of a test, and the unadjusted one beside it where they differ."""
    if test is None or test["p_adjusted"] is None:
        return Cell()
    adjusted, alone = (numerals.p_value(test[name]) for name in ("p_adjusted", "p"))
    return Cell(adjusted, "" if test["p"] == test["p_adjusted"] else f"unadj. {alone}")


def _verdicts(g: Mapping[str, Any], found: Sequence[Finding], titles: Mapping[str, str]) -> tuple[Badge, ...]:
    if g["is_reference"]:
        return (Badge("reference", "Reference"),)
    if g["excluded"]:
        return (Badge("excluded", "Left out of ratios"),)
    if not found and g["status"] != "ok":
        return (Badge("not_evaluable", terms.VERDICT_TITLES["not_evaluable"]),)
    return tuple(Badge(badge.look, badge.text, titles.get(f["policy"], "")) for f in found for badge in terms.badges(f))


def _notes(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a reader must know to read a table."""
    rule = table["reference"]["rule"]
    m = table["family_m"]
    if rule == "highest" and table["reference"]["groups"]:
        yield "The reference is the group with the highest rate. Intervals are not adjusted for that choice."
    if m > 1:
        over = f"all {m} pairs of groups" if table["adjusted_over"] == "all_pairs" else f"{m} comparisons"
        yield f"p is adjusted by Holm's method over {over}."
    used = {
        e["method"] for g in table["groups"] for n, e in g["estimates"].items() if n in (table["measure"], *CHARTED)
    }
    if named := sorted(methods.name_of(method) for method in used if method):
        yield f"Intervals: {words.joined(named)}."
    if omnibus := table["omnibus"]:
        p = numerals.p_value(omnibus["p"])
        equal = "" if p.startswith("<") else "= "
        degrees = "degree" if omnibus["df"] == 1 else "degrees"
        whose = "Rao and Scott's" if omnibus.get("method") == "rao_scott" else "Pearson's"
        yield (
            f"All groups at once: {whose} χ² is {numerals.number(omnibus['statistic'])} on "
            f"{omnibus['df']:.4g} {degrees} of freedom, p {equal}{p}."
        )
    yield from _sampling(table)
    worst = table["null_worst_ratio"]
    if worst and len(table["groups"]) > 2:
        yield (
            f"If all true rates were equal, the smallest ratio of a table like this would come out below "
            f"{numerals.ratio(worst['median'])} half of the time, below {numerals.ratio(worst['p05'])} once in "
            f"twenty, and "
            f"below four fifths {numerals.percent(worst['p_below_threshold'])} of the time."
        )
    if table["unknown"]:
        who = words.joined([words.label(name) for name in table["by"]])
        yield f"{words.people(table['unknown'])} decisions with undisclosed {who} are in none of these groups."
    if table.get("csv"):
        yield f"In full precision: {words.label(table['csv'])}."


def _sampling(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is known of the decisions' sampling, where they are not independent ones of equal weight."""
    inference = table.get("inference", {})
    if inference.get("method") == "design_based":
        yield "Rates are weighted; counts are of decisions. Tests for counts would take weights for people: not shown."
    if inference.get("clusters"):
        yield (
            f"The decisions are in {words.people(inference['clusters'])} clusters; intervals and the deciding test "
            "respect them."
        )
        paired = next((g["tests"] for g in table["groups"] if g["tests"] and "mcnemar_exact" in g["tests"]), None)
        if paired:
            exact, mid_p = (study_figures.p_spoken(paired[name]["p"]) for name in ("mcnemar_exact", "mcnemar_mid_p"))
            yield f"Each cluster is a pair: McNemar's exact test has {exact}, its mid-P {mid_p}."


def _contrasts(table: Mapping[str, Any], line: Fraction | None) -> Table:
    """Return each attribute compared within the levels of the others."""
    columns = (
        Column("Compared"),
        Column("Within"),
        Column("Selected", numeric=True),
        Column("Selected of the other", numeric=True),
        Column("Ratio", numeric=True),
        Column("Difference", "points", numeric=True),
        Column("p", "adjusted", numeric=True),
    )
    rows = []
    for c in table["contrasts"]:
        within = [f"{words.label(k)}: {words.label(v)}" for k, v in c["within"].items()]
        other = {"n": c["reference_n"], "selected": c["reference_selected"]}
        rows.append(
            (
                Cell(
                    f"{words.label(c['group'])} against {words.label(c['reference'])}",
                    words.label(c["attribute"]),
                    foreign=True,
                ),
                Cell(words.joined(within), foreign=True),
                Cell(*_counts(c)),
                Cell(*_counts(other)),
                cell(c["estimates"].get("impact_ratio"), "ratio", line),
                cell(c["estimates"].get("rate_difference"), "difference"),
                _p(_default(c["tests"])),
            )
        )
    m = next((c["tests"]["family"]["m"] for c in table["contrasts"] if c["tests"]), 0)
    note = (f"p is adjusted by Holm's method over all {m} pairs of these comparisons.",) if m > 1 else ()
    return Table.of(f"{title(table)}: one attribute within the other", columns, rows, note)


def whole_table(table: Mapping[str, Any], audit: Mapping[str, Any]) -> Table | None:
    """Return the figures of a whole table, whatever group makes them; None where there are none."""
    verdicts: dict[str, list[Badge]] = defaultdict(list)
    for f in of_table(audit, table).get((), ()):
        verdicts[f["metric"]].extend(terms.badges(f))
    columns = [
        Column("Measure"),
        Column("Value", numeric=True),
        Column("p", "adjusted", numeric=True),
        Column("Groups left out"),
        Column("Verdict"),
    ]
    rows = []
    for name, e in table["disparities"].items():
        scale = numerals.scale_of(name)
        shown = cell(e, scale)
        unit = " points" if scale == "difference" and e["value"] is not None else ""
        rows.append(
            (
                Cell(words.capital(terms.metric(name))),
                Cell(shown.text + unit, shown.note),
                _p(e.get("test")),
                Cell(words.joined([words.group(g) for g in e["left_out"]]) if e["left_out"] else "", foreign=True),
                Cell(badges=tuple(verdicts[name])),
            )
        )
    return Table.of(f"{title(table)}: over all groups", columns, rows, list(_drawn(table))) if rows else None


def _drawn(table: Mapping[str, Any]) -> Iterator[str]:
    """Say of which measures some of the bootstrap's draws had a group without a figure."""
    for name, e in table["disparities"].items():
        share = e.get("undefined_replicates")
        if share:
            yield (
                f"{words.capital(terms.metric(name))}: in {numerals.percent(share)} of the bootstrap's draws a group "
                "had nobody to count; there its interval rests on the other groups, or on the other draws."
            )
