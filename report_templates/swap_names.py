"""Each name (or other value) that was shown in a counterfactual study, and where the answers vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, study_tables, words
from fairwitness.report_templates.document import Cell, Column, Table
from fairwitness.report_templates.swap_tables import pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Swap = Mapping[str, Any]
    Variant = Mapping[str, Any]


def variants(swaps: Sequence[Swap]) -> list[Variant]:
    """Return each name (or other value) that was shown, once."""
    found: dict[tuple[str, str], Variant] = {}
    for swap in swaps:
        for variant in swap["variants"]:
            found.setdefault((variant["group"], variant["label"]), variant)
    return list(found.values())


def of_variants(swap: Swap, shown: Sequence[Variant]) -> Iterator[Table]:
    """Yield the table of each name, or other value."""
    if not shown:
        return
    name = "Name" if swap["kind"] == "names" else "Value"
    scored = [v["mean_score"] for v in shown if v["mean_score"] is not None]
    places = words.places_of({"value": max(map(abs, scored), default=0.0)})
    columns = (
        Column(name),
        Column("Group", foreign=True),
        Column("Asked", numeric=True),
        Column("Selected", numeric=True),
        Column("Share selected", numeric=True),
        Column("Interval", numeric=True),
        Column("Mean score", numeric=True),
        Column("Of the bearers"),
    )
    rows = [
        (
            Cell(words.label(v["label"]), foreign=True),
            Cell(words.label(v["group"]), foreign=True),
            Cell(words.people(v["n"])),
            Cell() if v["selected"] is None else Cell(words.people(v["selected"])),
            *_apart(v["rate"]),
            Cell() if v["mean_score"] is None else Cell(words.decimals(v["mean_score"], places)),
            Cell(_shares(v["shares"]), foreign=True),
        )
        for v in shown
    ]
    sources = list(dict.fromkeys(words.sentence(v["source"]) for v in shown if v["source"]))
    notes = [f"Shares of the bearers of a name, not of the people audited: {'; '.join(sources)}."] if sources else []
    yield Table.of(
        f"{words.label(swap['field'])}: each {name.lower()}",
        columns,
        rows,
        [*notes, study_tables.noted("counterfactual_variants")],
    )


def _apart(rate: Mapping[str, Any] | None) -> tuple[Cell, Cell]:
    """Write a share and its interval in cells of their own: there are many names."""
    shown = study_figures.cell(rate, "rate")
    return Cell(shown.text), Cell(shown.note)


def _shares(shares: Mapping[str, float] | None) -> str:
    return ", ".join(f"{words.label(k)} {numerals.percent(v)}" for k, v in (shares or {}).items() if v is not None)


def variance(title: str, swaps: Sequence[Swap]) -> Iterator[Table]:
    """Yield where the answers vary: between names, between résumés, and the rest."""
    found = [swap for swap in swaps if swap["variance"]]
    if not found:
        return
    columns = (
        Column("Compared"),
        Column("Between names of the first", numeric=True),
        Column("Between names of the second", numeric=True),
        Column("Between résumés", numeric=True),
        Column("The rest", numeric=True),
    )
    rows = [(pair(swap), *_components(swap["variance"])) for swap in found]
    note = "Variances of the answers, in squared units of the score (of a decision: 1 selected, 0 not)."
    yield Table.of(f"{title}, where the answers vary", columns, rows, [note])


def _components(variance: Mapping[str, float | None]) -> Iterator[Cell]:
    """Write variances side by side, with as many decimals as the largest deserves and one more."""
    values = [variance[part] for part in ("names_a", "names_b", "resumes", "residual")]
    places = 1 + words.places_of({"value": max(value or 0.0 for value in values)})
    for value in values:
        yield Cell("\N{EN DASH}" if value is None else words.decimals(value, places))
