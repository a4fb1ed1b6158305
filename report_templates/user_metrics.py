"""Metrics of the user's own by group: their figures, in the unit that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import charts, study_figures, study_tables, words
from fairwitness.report_templates.document import Cell, Column, FindingLine, Paragraph, Section, Table
from fairwitness.report_templates.pictures import DotChart, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

    Entry = Mapping[str, Any]

AGAINST_NOTHING = "A metric of your own is held against no threshold: its figures are shown, and nothing is concluded."
NAMED = 3  # metrics told in the summary


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the user's metrics, or None where there are none."""
    blocks: list[Block] = [Paragraph(AGAINST_NOTHING)] if audit.get("user_metrics") else []
    for i, (title, entries) in enumerate(_by_metric(audit).items(), start=1):
        blocks += _charts(f"u{i}", title, entries)
        blocks.append(_table(title, entries))
    return Section("user-metrics", "Metrics of your own", tuple(blocks)) if blocks else None


def _by_metric(audit: Mapping[str, Any]) -> dict[str, list[Entry]]:
    """Return the entries by metric and attributes, in the order in which they come."""
    found: dict[str, list[Entry]] = {}
    for entry in audit.get("user_metrics") or ():
        found.setdefault(f"{words.label(entry['name'])} by {_by(entry)}", []).append(entry)
    return found


def _by(entry: Entry) -> str:
    return words.joined([words.label(name) for name in entry["by"]])


def _places(entries: list[Entry]) -> int:
    """Return with how many decimals a metric is written for every group."""
    return study_figures.finest(e["estimate"] for e in entries)


def _charts(key: str, title: str, entries: list[Entry]) -> Iterator[DotChart]:
    places = _places(entries)
    dots = [
        study_figures.dot(words.group(e["group"]), f"of {words.people(e['n'])}", e["estimate"], "number", places)
        for e in entries
    ]
    reach = study_figures.reach(dots)
    if reach is None:
        return
    parts = charts.pages(dots)
    for i, part in enumerate(parts, start=1):
        yield DotChart(
            key=f"{key}-{i}",
            title=_finding(title, entries) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=f"{title}, in its own unit; below each group, how many it rests on",
            description=study_figures.described(part),
            scale="number",
            panels=(Panel("", part),),
            reach=reach,
            axis=study_figures.intervals([e["estimate"] for e in entries]),
        )


def _finding(title: str, entries: list[Entry]) -> str:
    """Say which groups stand at the ends."""
    known = sorted((e for e in entries if e["estimate"]["value"] is not None), key=lambda e: e["estimate"]["value"])
    if not known:
        return f"{title}: could not be evaluated"
    shown = [
        f"{study_figures.parts(e['estimate'], 'number', _places(entries))[0]} ({words.group(e['group'])})"
        for e in (known[0], known[-1])
    ]
    return f"{title}: {shown[0]}" if len(known) == 1 else f"{title}: from {shown[0]} to {shown[1]}"


def _table(title: str, entries: list[Entry]) -> Table:
    columns = (
        Column("Group"),
        Column("Rows", numeric=True),
        Column("Figure", "interval", numeric=True),
        Column("Remark"),
    )
    rows = [
        (
            Cell(words.group(e["group"]), foreign=True),
            Cell(words.people(e["n"])),
            study_figures.cell(e["estimate"], "number", _places(entries)),
            Cell(words.capital(words.sentence(e["because"] or "")), foreign=True),
        )
        for e in entries
    ]
    unknown = entries[0]["unknown"]
    notes = [f"{words.people(unknown)} rows with undisclosed {_by(entries[0])} are in none of these groups."]
    return Table.of(title, columns, rows, [*(notes if unknown else []), study_tables.noted("user_metrics")])


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield a line of the summary."""
    found = [_finding(title, entries) for title, entries in _by_metric(audit).items()]
    if found:
        more = f" {len(found) - NAMED} more are told below." if len(found) > NAMED else ""
        yield FindingLine((), f"{'; '.join(found[:NAMED])}.{more}", "", "Metrics of your own")


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the metrics can say."""
    names = list(dict.fromkeys(words.label(entry["name"]) for entry in audit.get("user_metrics") or ()))
    if names:
        yield f"How {words.joined(names)} {'differs' if len(names) == 1 else 'differ'} between groups."


def cannot(_audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what they cannot say: nothing besides."""
    yield from ()


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for entry in audit.get("user_metrics") or ():
        group, figures = words.group(entry["group"]), {words.label(entry["name"]): entry["estimate"]}
        why = words.sentence(entry["because"]) if entry["because"] else None
        yield from study_figures.absent(group, _by(entry), figures, why)
