"""What went in: the decision audited, the data that were counted and those set aside, measures and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import results, terms, words
from fairwitness.report_templates.document import (
    Bullets,
    Cell,
    Column,
    Definition,
    Definitions,
    Fact,
    Facts,
    Paragraph,
    Section,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block


def decision(audit: Mapping[str, Any]) -> Section | None:
    """Return what was looked at, or None where no decisions were; the title block has named system and decision."""
    data = audit["data"]
    attributes = list(dict.fromkeys(words.label(name) for t in audit["tables"] for name in t["by"]))
    chosen = list(dict.fromkeys(terms.chosen(t) for t in audit["tables"]))
    facts = []
    if audit["tables"]:
        facts = [Fact("Attributes", ", ".join(attributes)), Fact("Counted as a selection", words.joined(chosen))]
    if data["score"]:
        order = "high scores are good" if data["score"]["order"] == "high" else "low scores are good"
        median = data["score"]["median"]
        middle = "" if median is None else f", median {words.label(f'{median:g}')}"
        facts.append(Fact("Score", f"{words.label(data['score']['column'])}: {order}{middle}"))
    if data["label"]:
        facts.append(Fact("Outcome", words.label(data["label"]["column"])))
    if data["columns_read"]:
        available = data["columns_available"]
        read = ", ".join(words.label(c) for c in data["columns_read"])
        facts.append(
            Fact("Columns read", read + (f" ({len(data['columns_read'])} of {available})" if available else ""))
        )
    return Section("decision", "What was audited", (Facts(tuple(facts)),)) if facts else None


def counted(audit: Mapping[str, Any]) -> Section:
    """Return what was counted, what was set aside and why, and how large the groups are."""
    data = audit["data"]
    if not audit["tables"]:
        return _not_counted(audit)
    facts = [
        Fact("Rows read", words.people(data["rows"])),
        Fact("Decisions they stand for", words.people(data["decisions"])),
        Fact(
            "Set aside", words.people(sum(entry["n"] for entry in data["set_aside"])) if data["set_aside"] else "none"
        ),
        Fact("Counted", words.people(data["counted"])),
    ]
    small = data["small_cells"]
    blocks: list[Block] = [Facts(tuple(facts))]
    if data["set_aside"]:
        blocks.append(_set_aside(data["set_aside"]))
    unknown = [entry for entry in data["unknown"] if entry["n"]]
    if unknown:
        blocks.append(_undisclosed(unknown))
    blocks.append(_sizes(audit))
    if small["n"]:
        blocks.append(
            Paragraph(
                f"{words.people(small['n'])} {'combination' if small['n'] == 1 else 'combinations'} in the tally "
                f"{'stands' if small['n'] == 1 else 'stand'} for fewer than {small['under']} decisions: each may "
                "point to a person. Treat this report and its files as personal data.",
                soft=True,
            )
        )
    if audit["warnings"]:
        blocks.append(Bullets(tuple(words.sentence(w) for w in audit["warnings"]), "Noticed while counting"))
    return Section("data", "The data", tuple(blocks))


def _not_counted(audit: Mapping[str, Any]) -> Section:
    """Return what is known of the data where no decisions were counted, only a model asked."""
    data = audit["data"]
    blocks: list[Block] = [
        Facts((Fact("Source", words.label(data["source"]), code=True), Fact("Rows read", words.people(data["rows"])))),
        Paragraph("No decisions were counted by group: this report is about what the model answered."),
    ]
    if audit["warnings"]:
        blocks.append(Bullets(tuple(words.sentence(w) for w in audit["warnings"]), "Noticed while reading"))
    return Section("data", "The data", tuple(blocks))


def _set_aside(entries: list[Mapping[str, Any]]) -> Table:
    attributes = list(dict.fromkeys(part["attribute"] for entry in entries for part in entry["by"]))
    columns = (
        Column("Reason"),
        Column("Decisions", numeric=True),
        *(Column(words.label(a), foreign=True) for a in attributes),
    )
    rows = tuple(
        (
            Cell(words.capital(words.label(entry["reason"])), foreign=True),
            Cell(words.people(entry["n"])),
            *(Cell(", ".join(_parts(entry, a)), foreign=True) for a in attributes),
        )
        for entry in entries
    )
    return Table.of("Decisions set aside: neither selected nor not selected", columns, rows)


def _parts(entry: Mapping[str, Any], attribute: str) -> Iterator[str]:
    for part in entry["by"]:
        if part["attribute"] == attribute:
            name = "not disclosed" if part["group"] is None else words.label(part["group"])
            yield f"{name} {words.people(part['n'])}"


def _undisclosed(entries: list[Mapping[str, Any]]) -> Table:
    columns = (Column("Attributes"), Column("Decisions", numeric=True), Column("Of them selected", numeric=True))
    rows = tuple(
        (
            Cell(results.title({"measure": "selection_rate"} | dict(entry)).removeprefix("By "), foreign=True),
            Cell(words.people(entry["n"])),
            Cell() if entry["selected"] is None else Cell(words.people(entry["selected"])),
        )
        for entry in entries
    )
    note = "They are counted here and belong to no group below."
    return Table.of("Decisions about people whose group is not disclosed", columns, rows, (note,))


def _sizes(audit: Mapping[str, Any]) -> Table:
    columns = (
        Column("Group"),
        Column("Attribute"),
        Column("Decisions", numeric=True),
        Column("Share", "of the disclosed", numeric=True),
    )
    rows = [
        (
            Cell(words.group(g["group"]), foreign=True),
            Cell(results.title(table).removeprefix("By "), foreign=True),
            Cell("withheld" if g["n"] is None else words.people(g["n"])),
            Cell("" if g["share"] is None else numerals.figure(g["share"], "rate")),
        )
        for table in _once(audit["tables"])
        for g in table["groups"]
    ]
    return Table.of("Sizes of the groups", columns, rows)


def _once(tables: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the tables of single attributes; of two measures with the same groups only the first."""
    seen = []
    for table in tables:
        sizes = [table["by"], *((g["group"], g["n"]) for g in table["groups"])]
        if table["kind"] == "confirmatory" and sizes not in seen:
            seen.append(sizes)
            yield table


def policies(audit: Mapping[str, Any]) -> Section | None:
    """Return the policies that the figures are held against, or None where there are none."""
    if not audit["policies"] or not (audit["tables"] or audit.get("alternatives")):
        return None
    items = tuple(_policy(p, audit["audit"]["level"]) for p in audit["policies"])
    said = (
        f"Intervals are at the {numerals.level(audit['audit']['level'])} level, and so are the tests: a difference is "
        f"shown where the "
        f"adjusted p is at most {1 - audit['audit']['level']:.4g}."
    )
    return Section("policies", "Measures and policies", (Definitions(items), Paragraph(said)))


def _policy(p: Mapping[str, Any], level: float) -> Definition:
    said = [f"{words.capital(terms.metric(p['metric']))}, {_line(p)}.", words.sentence(p["words"])]
    if p["threshold"] and p["rule"]:
        said.append(terms.rule(p["rule"], level))
    source = [words.sentence(p["source"]), words.sentence(p["status"])]
    if p["as_of"]:
        source.append(f"as of {words.sentence(p['as_of'])}")
    if p["confidence"] != "plan":
        source.append(terms.CONFIDENCE.get(p["confidence"], words.sentence(p["confidence"])))
    sources = "; ".join(part.rstrip(".") for part in source if part)
    return Definition(words.sentence(p["title"]), " ".join(part for part in said if part), "", f"{sources}.")


def _line(p: Mapping[str, Any]) -> str:
    if not p["threshold"]:
        return "no threshold"
    return f"{'at least' if p['side'] == 'at_least' else 'at most'} {terms.threshold(p)}"
