"""The tables of a search for alternatives: every candidate, how it stands to the model as it is, what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, words
from fairwitness.report_templates.alternative_charts import validity, written
from fairwitness.report_templates.document import Cell, Column, Table
from fairwitness.report_templates.study_tables import noted

if TYPE_CHECKING:
    from collections.abc import Mapping

    Search = Mapping[str, Any]
    Candidate = Mapping[str, Any]

FAMILIES: Mapping[str, str] = {
    "baseline": "the model as it is",
    "cutoff": "cut-off moved",
    "drop": "features dropped",
    "cap": "features capped",
    "reweighing": "reweighing",
    "exponentiated_gradient": "exponentiated gradient",
    "grid_search": "grid search",
    "banding": "banding",
}
VERDICTS: Mapping[str, str] = {
    "better_and_as_valid": "better ratio, and as valid within the margin",
    "not_shown": "not shown to be better and as valid",
    "not_evaluable": "could not be evaluated",
}
PARTS = (
    "Ratio: the impact ratio of {pair}. Chosen on the part to choose, reported on the test part, which nothing was "
    "fitted to or chosen by. Intervals of the part to choose are not adjusted for the choice."
)


def verdict(against: Mapping[str, Any]) -> str:
    """Say how a candidate stands to the model as it is.

    Examples
    --------
    >>> verdict({"verdict": "not_shown"})
    'not shown to be better and as valid'
    """
    return VERDICTS.get(against["verdict"], words.label(against["verdict"]))


def candidates(search: Search) -> Table:
    """Return the table of every candidate, on the part that chose and on the part that is reported."""
    columns = (
        Column("Alternative"),
        Column("What it is"),
        Column(words.capital(validity(search)), "to choose", numeric=True),
        Column("Ratio", "to choose", numeric=True),
        Column(words.capital(validity(search)), "test part", numeric=True),
        Column("Ratio", "test part", numeric=True),
        Column("Selected", "test part", numeric=True),
    )
    rows = []
    for c in search["candidates"]:
        there, test = c["validation"] or {}, c["test"] or {}
        dropped = ", ".join(words.label(name) for name in c["features_dropped"])
        without = f"without {dropped}" if dropped else ""
        rows.append(
            (
                Cell(words.label(c["id"]), _place(c), foreign=True),
                Cell(words.sentence(c["what"]), without, foreign=True),
                study_figures.cell(there.get("validity"), *written(search)),
                study_figures.cell(there.get("impact_ratio"), "ratio"),
                study_figures.cell(test.get("validity"), *written(search)),
                study_figures.cell(test.get("impact_ratio"), "ratio"),
                _rate(test.get("selection_rate")),
            )
        )
    pair = f"{words.label(search['group'])} to {words.label(search['reference'])}"
    return Table.of(
        "Alternatives: validity and impact ratio", columns, rows, [PARTS.format(pair=pair), noted("alternatives")]
    )


def _place(c: Candidate) -> str:
    """Say what a candidate is in the search."""
    said = [FAMILIES["baseline"]] if c["family"] == "baseline" else []
    said += ["chosen"] if c["chosen"] else []
    said += ["on the frontier"] if c["on_frontier"] else []
    return ", ".join(said)


def _rate(rate: float | Mapping[str, Any] | None) -> Cell:
    if rate is None:
        return Cell()
    return Cell(numerals.percent(rate)) if isinstance(rate, int | float) else study_figures.cell(rate, "rate")


def compared(search: Search) -> Table | None:
    """Return how each candidate that was held against the baseline came out, or None where none was."""
    columns = (
        Column("Alternative"),
        Column("As valid", "p", numeric=True),
        Column("Better ratio", "p", numeric=True),
        Column("Both", "p", numeric=True),
        Column("Against the model as it is"),
        Column("Why"),
    )
    rows = [
        (
            Cell(words.label(c["id"]), foreign=True),
            study_figures.p_shown(against["validity_p"]),
            study_figures.p_shown(against["ratio_p"]),
            study_figures.p_shown(against["p"]),
            Cell(words.capital(verdict(against))),
            Cell(words.sentence(against["because"] or ""), foreign=True),
        )
        for c in search["candidates"]
        if (against := c["against_baseline"]) is not None
    ]
    return Table.of("Alternatives: held against the model as it is, on the test part", columns, rows) if rows else None


def refused(search: Search) -> Table:
    """Return what was not offered, and why."""
    columns = (Column("Not offered"), Column("Why"), Column("Source"))
    rows = [
        (
            Cell(words.capital(_family(r["family"]))),
            Cell(words.sentence(r["because"]), foreign=True),
            Cell(words.sentence(r["citation"] or ""), foreign=True),
        )
        for r in search["refused"]
    ]
    return Table.of("Alternatives that were not offered", columns, rows, [noted("alternatives_refused")])


def _family(name: str) -> str:
    return FAMILIES.get(name, words.label(name).replace("_", " "))
