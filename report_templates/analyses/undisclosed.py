"""Undisclosed groups: how far the figures could move whoever they are, and what lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, lengths, study_figures, study_tables, words
from fairwitness.report_templates.analyses.full_precision import cells, header
from fairwitness.report_templates.analyses.stratified_charts import name_of_table
from fairwitness.report_templates.analyses.undisclosed_charts import bounds_charts, curves, held_against
from fairwitness.report_templates.document import (
    Cell,
    Column,
    Definition,
    Definitions,
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

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

SHOWN = (0.1, 1 / 3, 1.0, 3.0, 10.0)  # odds in the table: those of the chart's ticks
SAID = (
    "Nobody is taken to be of a group who did not say so. The bounds are what the figures would be if everybody "
    "undisclosed were of the group that makes them smallest or largest: no assumption about them can lead outside."
)
SCREENS: Mapping[str, str] = {
    "below": "below 4/5",
    "not_below": "not below 4/5",
    "not_evaluable": "not evaluated",
}
METHODS = (
    Definition(
        "Worst-case bounds",
        "All undisclosed rejected are put into the group, and all undisclosed selected into that other group whose "
        "rate becomes the highest; and the other way round, with the rejected spread over the others so that their "
        "highest rate is as low as whole people allow. Exact, in whole numbers.",
        "low: x_f/(n_f + u_rejected) ÷ (x_r + u_selected)/(n_r + u_selected); high with the roles exchanged",
        "Manski, Partial Identification of Probability Distributions (2003), doi:10.1007/b97478; Horowitz & Manski, "
        "Journal of the American Statistical Association 95 (2000), doi:10.1080/01621459.2000.10473902",
    ),
    Definition(
        "With sampling error",
        "From the lower end of Koopman's interval in the table that makes the ratio smallest to the upper end in that "
        "which makes it largest.",
        "",
        "Koopman, Biometrics 40 (1984), doi:10.2307/2531405",
    ),
    Definition(
        "Odds",
        "By how much the odds of being of the group held against, and not of the group in question, are larger among "
        "the selected who did not disclose than among those who did, and smaller among the rejected. At 1 the "
        "undisclosed are like the disclosed; far away the bounds are reached.",
        "undisclosed selected in proportion to x·t, rejected to (n − x)/t; t = 1/√odds for the group, √odds for the "
        "other, 1 for all else",
        "Rosenbaum & Rubin, Journal of the Royal Statistical Society B 45 (1983), "
        "doi:10.1111/j.2517-6161.1983.tb01242.x; Scharfstein, Rotnitzky & Robins, Journal of the American Statistical "
        "Association 94 (1999), doi:10.1080/01621459.1999.10473862",
    ),
)


def section(audit: Audit) -> Section | None:
    """Return what the undisclosed could change, or None where everybody disclosed."""
    found = _tables(audit)
    if not found:
        return None
    blocks: list[Block] = [Paragraph(SAID)]
    for i, table in enumerate(lengths.told(audit, found), start=1):
        blocks += _of_table(f"u{i}", table, audit)
    blocks += lengths.elsewhere(audit, found, ["undisclosed", "undisclosed_curve"])
    if any(table["groups"] for table in found):
        blocks.append(Definitions(METHODS))
    return Section("undisclosed", "Undisclosed groups", tuple(blocks))


def _tables(audit: Audit) -> list[Entry]:
    return list((audit.get("undisclosed") or {}).get("tables", ()))


def _name(table: Entry) -> str:
    return words.uncapital(name_of_table(table))


def _of_table(key: str, table: Entry, audit: Audit) -> Iterator[Block]:
    yield Heading(name_of_table(table))
    yield Paragraph(_who(table))
    if table["because"]:
        yield Paragraph(words.sentence(table["because"]), soft=True)
    if not table["groups"]:
        return
    yield from bounds_charts(key, table, audit)
    yield _figures(table)
    between = curves(key, table)
    if between:
        yield between
    if any(g["curve"] for g in table["groups"]):
        yield _between(table)


def _who(table: Entry) -> str:
    share = numerals.percent(table["share"])
    said = f"{words.people(table['unknown'])} of the decisions, {share}, are on people who did not disclose it"
    if table["unknown_selected"] is None:
        return f"{said}."
    return f"{said}: {words.people(table['unknown_selected'])} of them were selected."


def _figures(table: Entry) -> Table:
    columns = (
        Column("Group", foreign=True),
        Column("Selected", numeric=True),
        Column("Ratio", "as disclosed; bounds", numeric=True),
        Column("Difference", "points; bounds", numeric=True),
        Column("Ratio, with sampling error", numeric=True),
        Column("Four fifths", "as disclosed"),
        Column("Could be"),
        Column("Crossed at odds of", numeric=True),
    )
    rows = []
    for g in table["groups"]:
        e, screen, sampled = g["estimates"], g["screen"], g["with_sampling_error"]
        other = screen["low"] if screen["low"] != screen["disclosed"] else screen["high"]
        rows.append(
            (
                Cell(words.group(g["group"]), "reference" if g["is_reference"] else "", foreign=True),
                Cell(charts.counts(g)),
                study_figures.cell(e["impact_ratio"], "ratio"),
                study_figures.cell(e["rate_difference"], "difference"),
                Cell() if sampled is None else Cell(study_figures.parts(sampled, "ratio")[1]),
                Cell(SCREENS[screen["disclosed"]]),
                Cell(SCREENS[other] if screen["could_change"] else "no other"),
                Cell("" if g["tipping_odds"] is None else f"{g['tipping_odds']:.2g}"),
            )
        )
    screened = "" if table["reference"] == "highest" else "; the screen against the highest of the other groups"
    notes = [f"Held against {held_against(table)}{screened}."]
    return Table.of(
        f"What the undisclosed could change, {_name(table)}", columns, rows, [*notes, _noted("undisclosed")]
    )


def _between(table: Entry) -> Table:
    odds = [o for o in (p["odds"] for p in table["groups"][0]["curve"]) if o in SHOWN]
    columns = (Column("Group", foreign=True), *(Column(f"{o:.2g}", "odds", numeric=True) for o in odds))
    rows = []
    for g in table["groups"]:
        at = {p["odds"]: p["impact_ratio"] for p in g["curve"]}
        told = [at.get(o) for o in odds]
        rows.append(
            (
                Cell(words.group(g["group"]), foreign=True),
                *(Cell("\N{EN DASH}" if r is None else numerals.ratio(r)) for r in told),
            )
        )
    return Table.of(f"Impact ratio between the bounds, {_name(table)}", columns, rows, [_noted("undisclosed_curve")])


def _noted(name: str) -> str:
    return study_tables.noted(name)


# -- the first page ----------------------------------------------------------------------------------------------


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield the line of the summary, where the undisclosed could change what the screen says."""
    changed = [(t, g) for t in _tables(audit) for g in t["groups"] if g["screen"]["could_change"]]
    if not changed:
        return
    table, first = changed[0]
    more = f" So it is for {words.people(len(changed) - 1)} more." if len(changed) > 1 else ""
    yield FindingLine(
        (),
        f"{name_of_table(table)}: {words.sentence(first['screen']['because'])}",
        f"{_who(table)}{more}",
        "Undisclosed groups",
    )


def can(audit: Audit) -> Iterator[str]:
    """Yield what the bounds can say."""
    if any(t["groups"] for t in _tables(audit)):
        yield "How far each ratio could move if it were known of which group the undisclosed are."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what they cannot say."""
    if any(t["groups"] for t in _tables(audit)):
        yield "Of which group anybody is who did not disclose it: nothing is guessed from names, places or faces."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for table in _tables(audit):
        where = f"Undisclosed groups, {_name(table)}"
        if not table["groups"]:
            nothing = {"value": None, "status": "undefined", "n": table["unknown"]}
            why = words.sentence(table["because"]) if table["because"] else None
            yield from study_figures.absent("undisclosed", where, {"bounds": nothing}, why)
        for g in table["groups"]:
            ratio = {"bounds of the ratio": g["estimates"]["impact_ratio"]}
            yield from study_figures.absent(words.group(g["group"]), where, ratio)


def tables(audit: Audit) -> Iterator[StudyTable]:
    """Yield the figures in full precision."""
    found = _tables(audit)
    of = ["by", "measure", "stage", "group"]
    rows: list[list[Any]] = []
    along: list[list[Any]] = []
    for t in found:
        for g in t["groups"]:
            about = [" × ".join(t["by"]), t["measure"], t["stage"], " · ".join(g["group"])]
            e, screen = g["estimates"], g["screen"]
            figures = cells(e[t["measure"]], e["impact_ratio"], e["rate_difference"], g["with_sampling_error"])
            told = [screen["disclosed"], screen["low"], screen["high"], screen["could_change"], g["tipping_odds"]]
            counts = [g["n"], g["selected"], g["is_reference"], t["unknown"], t["unknown_selected"]]
            rows.append([*about, *counts, *figures, *told])
            along += [[*about, p["odds"], p["impact_ratio"], p["rate_difference"]] for p in g["curve"]]
    counts = ["n", "selected", "is_reference", "unknown", "unknown_selected"]
    named = header("rate", "impact_ratio", "rate_difference", "with_sampling_error")
    told = ["screen_disclosed", "screen_low", "screen_high", "could_change", "tipping_odds"]
    yield "undisclosed", [*of, *counts, *named, *told], rows
    yield "undisclosed_curve", [*of, "odds", "impact_ratio", "rate_difference"], along
