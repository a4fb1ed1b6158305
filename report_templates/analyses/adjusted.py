"""Tables with controls: what the group still tells of the decision once other columns are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import study_figures, study_tables, words
from fairwitness.report_templates.analyses.stratified_charts import name_of_table
from fairwitness.report_templates.document import Cell, Column, Definition, Heading, Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block, FindingLine, Section
    from fairwitness.report_templates.study_tables import StudyTable

    Audit = Mapping[str, Any]
    Entry = Mapping[str, Any]

METHODS: dict[str, Definition] = {
    "logistic": Definition(
        "Logistic regression",
        "The decision on the group and all controls. The average marginal effect is by how much the mean fitted rate "
        "would change if everybody were of the group instead of the reference, their controls as they are.",
        "logit P(selected) = group + controls",
        "Agresti, Categorical Data Analysis, 3rd ed. (2013), chapters 5 and 6",
    ),
    "logistic_clustered": Definition(
        "Logistic regression, by cluster",
        "The same, with standard errors that let decisions of one cluster go together, and Student's t.",
        "",
        "Liang & Zeger, Biometrika 73 (1986), doi:10.1093/biomet/73.1.13",
    ),
}
FIGURES = ("odds_ratio", "average_marginal_effect")


def section(audit: Audit) -> Section | None:
    """Return nothing: what is told stands beside each table (`blocks`)."""
    del audit
    return None


def blocks(table: Entry) -> Iterator[Block]:
    """Yield what stands below a table that was also compared with controls."""
    made = table.get("adjusted")
    if not made:
        return
    controls = words.joined([words.label(name) for name in made["controls"]])
    yield Heading(f"{name_of_table(table)}, with controls")
    yield Paragraph(f"Controls: {controls}. {words.sentence(made['caution'])}")
    columns = (
        Column("Group"),
        Column("Odds ratio", "controls held", numeric=True),
        Column("Average marginal effect", "points", numeric=True),
        Column("p", "unadjusted", numeric=True),
        Column("Decisions", numeric=True),
        Column("Remark"),
    )
    rows = [
        (
            Cell(words.group(e["group"]), foreign=True),
            study_figures.cell(e["odds_ratio"], "ratio"),
            study_figures.cell(e["average_marginal_effect"], "difference"),
            study_figures.p_shown(e["p"]),
            Cell(words.people(e["n"])),
            Cell(words.sentence(e["because"] or "")),
        )
        for e in made["groups"]
    ]
    notes = [f"Standard errors by {words.label(made['clustered_by'])}."] if made["clustered_by"] else []
    if made["not_stated"]:
        notes.append(f"{words.people(made['not_stated'])} decisions for which a control is not stated are left out.")
    notes.append(study_tables.noted("adjusted"))
    yield Table.of(f"{name_of_table(table)}, with controls", columns, rows, notes)


def used(audit: Audit) -> Iterator[str]:
    """Yield the names of the methods by which an audit's tables with controls were made."""
    for table in audit["tables"]:
        for e in (table.get("adjusted") or {"groups": ()})["groups"]:
            if e["odds_ratio"]["method"]:
                yield from ("logistic", e["odds_ratio"]["method"])


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield nothing: with controls nothing is decided."""
    del audit
    yield from ()


def can(audit: Audit) -> Iterator[str]:
    """Yield what controls can say."""
    for controls in dict.fromkeys(tuple(t["adjusted"]["controls"]) for t in audit["tables"] if t.get("adjusted")):
        yield f"How groups compare with {words.joined([words.label(name) for name in controls])} held."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what they cannot say."""
    if any(t.get("adjusted") for t in audit["tables"]):
        yield "Whether a control is itself a product of what is audited: holding it then hides part of the difference."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures with controls that are not there."""
    for table in (t for t in audit["tables"] if t.get("adjusted")):
        for e in table["adjusted"]["groups"]:
            figures = {"odds ratio": e["odds_ratio"], "average marginal effect": e["average_marginal_effect"]}
            why = words.sentence((e["because"] or "").removeprefix("Could not be evaluated: ").rstrip("."))
            yield from study_figures.absent(
                words.group(e["group"]), f"{name_of_table(table)}, with controls", figures, why
            )


def tables(audit: Audit) -> Iterator[StudyTable]:
    """Yield the figures with controls in full precision."""
    rows = []
    for table in (t for t in audit["tables"] if t.get("adjusted")):
        made = table["adjusted"]
        about = [" × ".join(table["by"]), table["measure"], table.get("stage"), ", ".join(made["controls"])]
        for e in made["groups"]:
            figures = [e[name][part] for name in FIGURES for part in ("value", "low", "high")]
            plain = [e[name] for name in ("beta", "se", "model_se", "p", "n", "left_out", "clusters", "because")]
            rows.append([*about, " · ".join(e["group"]), *figures, *plain])
    header = ["by", "measure", "stage", "controls", "group"]
    header += [f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")]
    yield "adjusted", [*header, "beta", "se", "model_se", "p", "n", "left_out", "clusters", "because"], rows
