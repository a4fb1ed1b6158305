"""The tables of ranked pools: groups over all pools, and the pools that chance explains least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, study_tables, words
from fairwitness.report_templates.analyses.ranked_pools_said import chance_level, count
from fairwitness.report_templates.document import Cell, Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    Part = Mapping[str, Any]

SHOWN = 10  # pools in the table; the CSV file has all


def groups(part: Part) -> Table:
    """Return the groups, each over all pools."""
    columns = (
        Column("Group", foreign=True),
        Column("People", numeric=True),
        Column("In the first places", "expected", numeric=True),
        Column("Times expected", "by chance", numeric=True),
        Column("Skew", "natural log", numeric=True),
        Column("p", "adjusted", numeric=True),
        Column("Exposure", "ratio; by chance", numeric=True),
        Column("p", "adjusted", numeric=True),
        Column("Attention", "ratio; by chance", numeric=True),
    )
    rows = [
        (
            Cell(words.group(g["group"]), "reference" if g["is_reference"] else "", foreign=True),
            Cell(words.people(g["n"]), f"{words.people(g['pools'])} pools"),
            *_top_cells(g["top_k"]),
            _ratio(g["exposure"]),
            _tested(g["exposure"]["test"]),
            _ratio(g["attention"]),
        )
        for g in part["groups"]
    ]
    chance = (
        f"By chance: where {chance_level(part)} of random deals of the groups within their pools lie; "
        f"{words.people(part['draws'])} deals."
    )
    notes = [chance, study_tables.noted("ranked_pools")]
    return Table.of(f"By {words.label(part['attribute'])}: the order by score", columns, rows, notes)


def _top_cells(top: Part | None) -> tuple[Cell, ...]:
    if top is None:
        return (Cell(),) * 4
    spread = "" if top["fewest"] == top["most"] else f"; {top['fewest']} to {top['most']} by the ties"
    times, skew, ends = top["times_expected"]["value"], top["skew"]["value"], top["times_range"]
    band = "" if ends is None else f"{numerals.ratio(ends[0])}–{numerals.ratio(ends[1])}"
    return (
        Cell(count(top["observed"]), f"{count(top['expected'])}{spread}"),
        Cell("–" if times is None else numerals.ratio(times), band),
        Cell("–" if skew is None else numerals.number(skew)),
        _tested(top["test"]),
    )


def _tested(test: Part | None) -> Cell:
    return Cell() if test is None else study_figures.p_shown(test["p_adjusted"])


def _ratio(visible: Part) -> Cell:
    value, ends = visible["ratio"]["value"], visible["range"]
    if value is None:
        return Cell("–")
    return Cell(numerals.ratio(value), "" if ends is None else f"{numerals.ratio(ends[0])}–{numerals.ratio(ends[1])}")


def pools(part: Part) -> Table:
    """Return the pools that chance explains least, one group of each."""
    columns = (
        Column("Pool", foreign=True),
        Column("People", numeric=True),
        Column("Places", numeric=True),
        Column("Group", foreign=True),
        Column("In them", "expected", numeric=True),
        Column("p", numeric=True),
        Column("p", "adjusted", numeric=True),
        Column("Exposure ratio", numeric=True),
    )
    reference = part["reference"]["used"]
    found = []
    for pool in part["by_pool"]:
        groups = [g for g in pool["groups"] if g["p"] is not None and g["group"] != reference]
        if groups:
            found.append((pool, min(groups, key=lambda g: g["p"])))
    found.sort(key=lambda pair: pair[1]["p"])
    rows = [
        (
            Cell(words.label(pool["pool"]), foreign=True),
            Cell(words.people(pool["n"])),
            Cell(words.people(pool["k"])),
            Cell(words.group(g["group"]), foreign=True),
            Cell(count(g["top_k"]), count(g["expected"])),
            study_figures.p_shown(g["p"]),
            study_figures.p_shown(g["p_adjusted"]),
            Cell("–" if g["exposure_ratio"] is None else numerals.ratio(g["exposure_ratio"])),
        )
        for pool, g in found[:SHOWN]
    ]
    more = f"{words.people(SHOWN)} of {words.people(len(found))} pools with first places to be had. "
    notes = [
        (more if len(found) > SHOWN else "")
        + "Adjusted by Benjamini and Hochberg over all pools: where to look first, not a finding.",
        study_tables.noted("ranked_pools_by_pool"),
    ]
    return Table.of(f"By {words.label(part['attribute'])}: pools that chance explains least", columns, rows, notes)
