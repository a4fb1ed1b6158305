"""Error rates, where the true outcome is known, and the figures that stand behind the main tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, lengths, methods, results, terms, words
from fairwitness.report_templates.document import Cell, Column, Heading, Paragraph, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

DRAWN = ("true_positive_rate", "false_positive_rate")
SCREEN = {"below": "below", "not_below": "not below", "not_evaluable": "\N{EN DASH}"}


def error_rates(audit: Mapping[str, Any]) -> Section | None:
    """Return the rates of errors by group, or None where no outcomes were given."""
    label = audit["data"]["label"]
    if label is None:
        return None
    scope = terms.SCOPES.get(label["scope"], words.sentence(label["scope"]))
    known = f"known for {words.people(label['known'])} decisions and unknown for {words.people(label['unknown'])}"
    blocks: list[Block] = [Paragraph(f"The outcome, {words.label(label['column'])}, is {known}. {scope}")]
    for i, table in enumerate(lengths.told(audit, audit["tables"]), start=1):
        rates = [name for name in _names(table) if numerals.scale_of(name) == "rate" and name != table["measure"]]
        if rates:
            blocks += _of_table(f"e{i}", table, rates)
    return Section("errors", "Error rates", tuple(blocks))


def _of_table(key: str, table: Mapping[str, Any], rates: list[str]) -> Iterator[Block]:
    name = results.title(table)
    yield Heading(name)
    yield from charts.rate_chart(
        key, table, [r for r in DRAWN if r in rates], f"{name}: how often decisions and outcomes agree"
    )
    columns = [Column("Group"), *(Column(words.capital(terms.metric(r)), numeric=True) for r in rates)]
    rows = [
        (Cell(words.group(g["group"]), foreign=True), *(results.cell(g["estimates"].get(r), "rate") for r in rates))
        for g in table["groups"]
    ]
    yield Table.of(f"{name}: error rates", columns, rows)


def further(audit: Mapping[str, Any]) -> Section | None:
    """Return the other measures and tests of the same comparisons, or None where nothing was compared."""
    blocks: list[Block] = []
    for table in audit["tables"]:
        compared = [g for g in table["groups"] if g["tests"]]
        whole, held = results.whole_table(table, audit), results.of_table(audit, table).get((), ())
        if whole and (held or lengths.at_length(audit, table)):
            blocks.append(whole)
        if compared and lengths.at_length(audit, table):
            blocks += [_measures(table, compared), _tests(table, compared)]
    if blocks and not all(lengths.at_length(audit, table) for table in audit["tables"]):
        blocks.append(Paragraph("Those of stages, and of rates by score, are in audit.json.", soft=True))
    return Section("further", "Further figures", tuple(blocks)) if blocks else None


def _names(table: Mapping[str, Any]) -> list[str]:
    """Return the names of a table's estimates, in the order in which they come."""
    return list(dict.fromkeys(name for g in table["groups"] for name in g["estimates"]))


def _measures(table: Mapping[str, Any], compared: list[Mapping[str, Any]]) -> Table:
    """Return the same differences by other measures."""
    shown = {table["measure"], *results.CHARTED}
    others = [n for n in _names(table) if n not in shown and numerals.scale_of(n) != "rate"]
    columns = (
        Column("Group"),
        Column("Four-fifths screen"),
        *(Column(words.capital(terms.metric(name)), numeric=True) for name in others),
        Column("Against the reference's rate", numeric=True),
    )
    rows = tuple(
        (
            Cell(words.group(g["group"]), foreign=True),
            Cell(SCREEN[g["four_fifths"]]),
            *(results.cell(g["estimates"].get(name), numerals.scale_of(name)) for name in others),
            Cell() if g["shortfall_vs_reference"] is None else Cell(words.against_share(g["shortfall_vs_reference"])),
        )
        for g in compared
    )
    return Table.of(f"{results.title(table)}: other measures", columns, rows)


def _tests(table: Mapping[str, Any], compared: list[Mapping[str, Any]]) -> Table:
    """Return the tests of each comparison, and how near it is to another answer."""
    columns = (
        Column("Group"),
        Column("Default test"),
        Column("Pooled z", numeric=True),
        Column("Pooled z", "p", numeric=True),
        Column("Mid-P", "p", numeric=True),
        Column("Fisher exact", "p", numeric=True),
        Column("Selections to four fifths", numeric=True),
        Column("One selection decides", "which rate is higher"),
        Column("Ratio that could have been shown", numeric=True),
    )
    rows = []
    for g in compared:
        tests = g["tests"]
        needed = g["selections_to_four_fifths"] if g["four_fifths"] == "below" else None
        z = tests.get("pooled_z") or {}
        decides = {None: "\N{EN DASH}", True: "yes", False: "no"}[g["flip_flop"]]
        detectable = g["minimum_detectable_ratio"]
        rows.append(
            (
                Cell(words.group(g["group"]), foreign=True),
                Cell(methods.name_of(tests["default"]) if tests["default"] else "none"),
                Cell("\N{EN DASH}" if z.get("statistic") is None else numerals.number(z["statistic"])),
                *(_p(tests.get(name)) for name in ("pooled_z", "mid_p", "fisher_exact")),
                Cell(f"{words.people(needed['add_only'])} more", f"or {words.people(needed['swap'])} moved")
                if needed
                else Cell(),
                Cell(decides),
                Cell("\N{EN DASH}" if detectable is None else numerals.ratio(detectable)),
            )
        )
    note = (
        "p is unadjusted here. Selections to four fifths: how many more of the group would have to be selected, or "
        "moved to it."
    )
    return Table.of(f"{results.title(table)}: tests and practical size", columns, rows, [note])


def _p(test: Mapping[str, Any] | None) -> Cell:
    return Cell("\N{EN DASH}") if test is None or test["p"] is None else Cell(numerals.p_value(test["p"]))
