"""The sweep of requisitions: where to look first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import lengths, study_figures, study_tables, words
from fairwitness.report_templates.document import (
    Cell,
    Column,
    Fact,
    Facts,
    FindingLine,
    Heading,
    Paragraph,
    Section,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.report_templates.document import Block
    from fairwitness.report_templates.study_tables import StudyTable

    Audit = Mapping[str, Any]
    Sweep = Mapping[str, Any]

FIRST = 10
SAID = (
    "Every requisition was looked at by itself, because it is there and not because somebody expected something of it. "
    "The order says where to look first; it draws no verdict. Each group is held against everybody else in the same "
    "requisition: expected is what the group would have had of the same number of selections, shared in proportion."
)


def section(audit: Audit) -> Section | None:
    """Return the requisitions to look at first, or None where there are no strata."""
    sweeps = audit.get("requisitions") or ()
    blocks: list[Block] = [Paragraph(SAID)] if sweeps else []
    for sweep in lengths.told(audit, sweeps):
        blocks += _of_sweep(sweep)
    blocks += lengths.elsewhere(audit, sweeps, ["requisitions"])
    return Section("requisitions", "Where to look first", tuple(blocks)) if blocks else None


def _name(sweep: Sweep) -> str:
    by = words.joined([words.label(name) for name in sweep["by"]])
    return f"By {by}" + (", by score" if sweep["measure"] == "scoring_rate" else "")


def _of_sweep(sweep: Sweep) -> Iterator[Block]:
    column = words.label(sweep["column"])
    yield Heading(f"{_name(sweep)}, each {column}")
    yield Facts(
        (
            Fact(f"Number of {column}", words.people(sweep["requisitions"])),
            Fact("Comparisons tested", words.people(sweep["m"])),
            Fact("Comparisons that tell nothing", words.people(sweep["uninformative"])),
            Fact("Standing out", _standing_out(sweep)),
        )
    )
    if not sweep["independent"]:
        yield Paragraph(
            f"Some people have several decisions in the same {column}: the tests take them as independent, and are "
            "approximate.",
            soft=True,
        )
    yield _totals(sweep)
    yield _table(sweep)


def _standing_out(sweep: Sweep) -> str:
    return f"{words.people(sweep['standing_out'])} with an adjusted p of at most {1 - sweep['level']:.3g}"


def _totals(sweep: Sweep) -> Table:
    """Return every group over all requisitions, stage by stage."""
    columns = (
        Column("Group"),
        Column("Stage", foreign=True),
        Column("Selected", numeric=True),
        Column("Against its share", "in every one", numeric=True),
        Column("Ratio", "Mantel–Haenszel", numeric=True),
        Column("p", "adjusted over groups", numeric=True),
    )
    rows = [
        (
            Cell(words.label(" · ".join(t["group"])), foreign=True),
            Cell(words.label(t["stage"]) if t["stage"] else "", foreign=True),
            Cell(words.people(t["selected"]), f"of {words.people(t['n'])}"),
            Cell(words.against_share(t["shortfall"])),
            study_figures.cell(t["mantel_haenszel_risk_ratio"], "ratio"),
            study_figures.p_shown(t["test"]["p_adjusted"]),
        )
        for t in sweep["totals"]
    ]
    return Table.of(f"{_name(sweep)}: over every {words.label(sweep['column'])}", columns, rows)


def _entries(sweep: Sweep) -> Iterator[dict[str, Any]]:
    for row in sweep["rows"]:
        yield dict(zip(sweep["columns"], row, strict=True))


def _table(sweep: Sweep) -> Table:
    columns = (
        Column(words.label(sweep["column"]), foreign=True),
        Column("Stage", foreign=True),
        Column("Group", foreign=True),
        Column("Selected", numeric=True),
        Column("Others selected", numeric=True),
        Column("Expected", numeric=True),
        Column("Against its share", numeric=True),
        Column("p", "exact, mid-P", numeric=True),
        Column("p adjusted", "Benjamini–Hochberg", numeric=True),
    )
    shown = [e for _, e in zip(range(FIRST), _entries(sweep), strict=False) if e["mid_p"] is not None]
    rows = [
        (
            Cell(words.label(e["requisition"]), foreign=True),
            Cell(words.label(e["stage"]) if e["stage"] else "", foreign=True),
            Cell(words.label(e["group"]), foreign=True),
            Cell(words.people(e["selected"]), f"of {words.people(e['n'])}"),
            Cell(words.people(e["others_selected"]), f"of {words.people(e['others_n'])}"),
            Cell(f"{e['expected']:,.1f}"),
            Cell(words.against_share(e["shortfall"])),
            study_figures.p_shown(e["mid_p"]),
            study_figures.p_shown(e["p_adjusted"]),
        )
        for e in shown
    ]
    more = sweep["m"] - len(shown)
    notes = [f"{words.people(more)} further comparisons are in the CSV file."] if more > 0 else []
    m = words.people(sweep["m"])
    one_in = f"{1 / (1 - sweep['level']):.3g}"
    notes.append(
        f"Adjusted over {m} comparisons: of those that stand out, about one in {one_in} at most is a false lead, on "
        "average."
    )
    notes.append(study_tables.noted("requisitions"))
    return Table.of(f"{_name(sweep)}: where to look first", columns, rows, notes)


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield at most one line of the summary: how many stand out, and the first of them."""
    for sweep in audit.get("requisitions") or ():
        first = next(_entries(sweep), None)
        if sweep["standing_out"] and first is not None:
            column = words.label(sweep["column"])
            where = f"{words.label(first['group'])} in {column} {words.label(first['requisition'])}"
            counts = (
                f"{words.people(first['selected'])} of {words.people(first['n'])} selected, others "
                f"{words.people(first['others_selected'])} of {words.people(first['others_n'])}"
            )
            out, m = words.people(sweep["standing_out"]), words.people(sweep["m"])
            said = f"{out} of {m} comparisons by {column} {'stands' if out == '1' else 'stand'} out."
            yield FindingLine((), said, f"First: {where}: {counts}. The order says where to look.", "Where to look")
            return


def can(audit: Audit) -> Iterator[str]:
    """Yield what the sweep can say."""
    for sweep in _first(audit):
        yield f"In which {words.label(sweep['column'])} to look first, of {words.people(sweep['requisitions'])}."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what it cannot say."""
    for sweep in _first(audit):
        yield f"That a {words.label(sweep['column'])} which does not stand out has no difference: most are small."


def _first(audit: Audit) -> Sequence[Sweep]:
    return (audit.get("requisitions") or ())[:1]


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield nothing: comparisons that tell nothing are counted, and listed in the CSV file."""
    del audit
    yield from ()


def tables(audit: Audit) -> Iterator[StudyTable]:
    """Yield every comparison, in the order in which to look."""
    rows, header = [], ["by", "measure"]
    for sweep in audit.get("requisitions") or ():
        header = ["by", "measure", *sweep["columns"]]
        rows += [[" × ".join(sweep["by"]), sweep["measure"], *row] for row in sweep["rows"]]
    yield "requisitions", header, rows
