"""What could not be evaluated, how to reproduce the audit, what the words mean, and who signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import lengths, results, studies, terms, words
from fairwitness.report_templates.document import (
    Cell,
    Code,
    Column,
    Definitions,
    Fact,
    Facts,
    Paragraph,
    Section,
    SignOff,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block


TOLD_ABOVE = ("title", "system", "decision_audited", "period", "auditor", "limits")


def not_evaluated(audit: Mapping[str, Any]) -> Section:
    """Return every figure that was asked for and is not there, with the reason."""
    rows = (*(row for table in audit["tables"] for row in _absent(table)), *studies.absent(audit))
    blocks: list[Block] = []
    if rows:
        columns = (
            Column("Group"),
            Column("Table"),
            Column("Rests on", numeric=True),
            Column("Figures"),
            Column("Reason"),
        )
        blocks.append(Table.of("Figures that are not there", columns, rows))
    else:
        blocks.append(Paragraph("Every figure that was asked for could be evaluated."))
    undisclosed = lengths.told(audit, audit["data"]["unknown"])
    unknown = {e["by"][0]: e["n"] for e in undisclosed if e["n"] and len(e["by"]) == 1}
    blocks += [
        Paragraph(f"{words.people(n)} decisions: {words.label(name)} is not disclosed, so they are in no group.")
        for name, n in unknown.items()
    ]
    label = audit["data"]["label"]
    if label and label["unknown"]:
        blocks.append(
            Paragraph(
                f"{words.people(label['unknown'])} decisions: the outcome is unknown, so they are in no error rate."
            )
        )
    return Section("not-evaluated", "What could not be evaluated", tuple(blocks))


def _absent(table: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each group and reason, naming all figures that are absent for it."""
    where = Cell(results.title(table).removeprefix("By "), foreign=True)
    for g in table["groups"]:
        reasons: dict[str, list[str]] = {}
        for name, e in g["estimates"].items():
            if e["value"] is None:
                reasons.setdefault(e["status"], []).append(terms.metric(name))
        for status, figures in reasons.items():
            n = "" if g["n"] is None else words.people(g["n"])
            what = Cell(words.capital(", ".join(figures)))
            yield (
                Cell(words.group(g["group"]), foreign=True),
                where,
                Cell(n),
                what,
                Cell(words.capital(terms.status(status))),
            )
    reasons = {}
    for name, e in table["disparities"].items():
        if e["value"] is None:
            reasons.setdefault(e["status"], []).append(terms.metric(name))
    for status, figures in reasons.items():
        yield (
            Cell("All groups"),
            where,
            Cell(),
            Cell(words.capital(", ".join(figures))),
            Cell(words.capital(terms.status(status))),
        )


def reproduction(audit: Mapping[str, Any]) -> Section:
    """Return what somebody else needs to get the same figures."""
    about, data = audit["audit"], audit["data"]
    blocks: list[Block] = []
    if about["command"]:
        blocks.append(Code(words.sentence(about["command"])))
    blocks.append(
        Paragraph(
            "Every figure of this report stands in audit.json in full precision, and follows from the counts in "
            "tally.json. The same source, plan and versions give the same bytes when SOURCE_DATE_EPOCH is set."
            if audit["tables"]
            else "Every figure of this report stands in audit.json in full precision."
        )
    )
    if studies.there(audit):
        blocks.append(
            Paragraph(
                "The figures of studies follow from the answers of the model to the same questions: the digests of the "
                "model and of its answers say whether they are the same, where they are known. No tally holds them."
            )
        )
    facts = [Fact("Source", words.label(data["source"]), code=True)]
    facts += [
        Fact(name, value, code=True)
        for name, value in (
            ("SHA-256 of the source", data["sha256"]),
            ("SHA-256 of the plan", about["plan_sha256"]),
            ("SHA-256 of the tally", about["tally_sha256"]),
        )
        if value
    ]
    version, python = words.label(about["version"]), words.label(about["python"])
    made = f"{words.sentence(about['created'])} with fairwitness {version}, Python {python}"
    packages = ", ".join(
        f"{words.label(name)} {words.label(version)}" for name, version in sorted(about["packages"].items())
    )
    facts += [
        Fact("Seed and resamples", f"{about['seed']}, {words.people(about['resamples'])}"),
        Fact(
            "Made",
            made,
        ),
        Fact("Packages", packages),
    ]
    blocks += [Facts(tuple(facts)), _plan(about)]
    return Section("reproduce", "How to reproduce", tuple(blocks))


def _plan(about: Mapping[str, Any]) -> Table:
    """Return every setting of the plan that says something."""
    changed = {c["field"]: c["default"] for c in about["changed"]}
    rows = []
    for name, value in _settings(about["plan"]):
        default = f"changed; default {words.setting(changed[name])}" if name in changed else ""
        rows.append((Cell(words.label(name)), Cell(words.setting(value), foreign=True), Cell(default)))
    columns = (Column("Setting"), Column("Value"), Column("Default"))
    return Table.of(
        "The plan",
        columns,
        tuple(rows),
        ["What the title and the limits say, and settings that are empty, are left out here."],
    )


def _settings(plan: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in plan.items():
        if name in TOLD_ABOVE and not above:
            continue
        if isinstance(value, dict) and not above:
            yield from _settings(value, f"{name}.")
        elif value not in (None, [], {}, ""):
            yield above + name, value


def closing(audit: Mapping[str, Any]) -> Iterator[Section]:
    """Yield the glossary and the lines to sign on."""
    yield Section("glossary", "Words used here", (Definitions(terms.glossary(audit)),))
    auditor = audit["audit"]["auditor"]
    name = f"Name: {words.sentence(auditor)}" if auditor else "Name"
    yield Section("sign-off", "Sign-off", (SignOff((name, "Date", "Signature")),))
