"""The other side's choices: each finding under other choices of method, and which of them change the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import charts, study_figures, study_tables, terms, words
from fairwitness.report_templates.analyses import choices_said as said
from fairwitness.report_templates.analyses.choices_csv import tables
from fairwitness.report_templates.document import Cell, Column, FindingLine, Heading, Paragraph, Section, Table
from fairwitness.report_templates.pictures import Dot, DotChart, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.report_templates.document import Block
    from fairwitness.report_templates.pictures import Line

    Audit = Mapping[str, Any]
    Disputed = Mapping[str, Any]
    Answer = Mapping[str, Any]

__all__ = ["absent", "can", "cannot", "lines", "section", "tables"]

SHOWN = 2  # findings with a chart and a table of their own
LISTED = 12  # findings that a choice changes
GRAVITY = ("beyond", "attention", "inconclusive", "not_evaluable", "within", "not_shown", "plain")
ABOUT = (
    "Whoever disputes an audit disputes its choices. Here each finding about a single attribute is made again with one "
    "other choice at a time, all else as the audit made it, from the same counts. Choosing once the answers are known "
    "is what this page is there to expose: what an audit says is what its plan chose beforehand, and a choice found "
    "here that says otherwise shows what the answer rests on, not that it is the better choice. Two choices changed at "
    "once are not tried; a choice that would count everybody just the same is not listed."
)


def section(audit: Audit) -> Section | None:
    """Return the findings under other choices, or None where nothing was compared."""
    found = _ordered(audit)
    if not found:
        return None
    blocks: list[Block] = [Paragraph(ABOUT)]
    for i, disputed in enumerate(found[:SHOWN], start=1):
        blocks += _of_finding(f"o{i}", disputed, audit)
    if rest := found[SHOWN:]:
        blocks += _of_rest(rest)
    return Section("choices", "The other side\N{RIGHT SINGLE QUOTATION MARK}s choices", tuple(blocks))


def _ordered(audit: Audit) -> list[Disputed]:
    """Return the findings, those that a choice changes first, the gravest of them first."""
    found = audit.get("choices") or ()
    return sorted(found, key=lambda d: (not d["changed_by"], GRAVITY.index(charts.looks([d["made"]]))))


def _name(disputed: Disputed, audit: Audit) -> str:
    """Name a finding; by its policy too, where one group is held against several."""
    several = len({d["policy"] for d in audit["choices"]}) > 1
    titles = {p["name"]: words.sentence(p["title"]) for p in audit["policies"]}
    return said.made(disputed) + (f": {titles.get(disputed['policy'], '')}" if several else "")


def _of_finding(key: str, disputed: Disputed, audit: Audit) -> Iterator[Block]:
    yield Heading(_name(disputed, audit))
    yield Paragraph(said.sentence(disputed))
    yield from _charts(key, disputed, audit)
    yield _table(disputed, audit)


# -- the table of a finding -------------------------------------------------------------------------------------------


def _table(disputed: Disputed, audit: Audit) -> Table:
    """Return what every choice makes of a finding."""
    metric = words.capital(terms.metric(disputed["metric"]))
    columns = (
        Column("Choice"),
        Column(metric, "interval", numeric=True),
        Column("p", "adjusted", numeric=True),
        Column("Verdict"),
        Column("Answer"),
    )
    line = _line(disputed, audit)
    rows = [_row(Cell("As audited", _compared(disputed["compared_with"])), disputed["made"], disputed, line, "")]
    for a in disputed["answers"]:
        mark = said.OTHER if a["changes"] else said.SAME if a in said.asked([a]) else said.NONE
        rows.append(_row(Cell(said.choice(a), _note(a, disputed)), a, disputed, line, mark))
    level = numerals.level(audit["audit"]["level"])
    notes = [f"Intervals are at {level} unless the choice is another level.", study_tables.noted("choices")]
    return Table.of(f"{_name(disputed, audit)}, under other choices", columns, rows, notes)


def _row(first: Cell, figures: Answer, disputed: Disputed, line: Line | None, mark: str) -> tuple[Cell, ...]:
    if figures["difference"] is None:
        return (first, Cell("\N{EN DASH}"), Cell(), Cell("No answer"), Cell(mark))
    e = {**figures, "value": figures["estimate"]}
    scale = numerals.scale_of(disputed["metric"])
    drawn = line.value if line else None
    figure = Cell("\N{EN DASH}")
    if e["value"] is not None:
        figure = Cell(numerals.figure(e["value"], scale, drawn), words.interval(e, scale, drawn))
    p = Cell() if e["p_adjusted"] is None else study_figures.p_shown(e["p_adjusted"])
    return (first, figure, p, Cell(badges=terms.badges(figures)), Cell(mark))


def _note(a: Answer, disputed: Disputed) -> str:
    """Say what was chosen, and with whom the group is compared, where that is somebody else."""
    kind = said.KINDS[a["kind"]]
    if a["because"]:
        return f"{kind}; {words.uncapital(words.sentence(a['because']))}"
    moved = a["compared_with"] != disputed["compared_with"] and a["compared_with"] is not None
    return f"{kind}; {_compared(a['compared_with'])}" if moved else kind


def _compared(group: Sequence[str] | None) -> str:
    return f"compared with {words.group(group)}" if group is not None else ""


def _line(disputed: Disputed, audit: Audit) -> Line | None:
    policy = next((p for p in audit["policies"] if p["name"] == disputed["policy"]), None)
    return terms.line(policy) if policy else None


# -- the chart of a finding -------------------------------------------------------------------------------------------


def _charts(key: str, disputed: Disputed, audit: Audit) -> Iterator[DotChart]:
    """Draw the figure under every choice that moves it or its interval."""
    scale = numerals.scale_of(disputed["metric"])
    moving = [a for a in disputed["answers"] if _figure(a) not in (_figure(disputed["made"]), (None, None, None))]
    if scale not in ("ratio", "difference") or disputed["made"]["estimate"] is None or not moving:
        return
    line = _line(disputed, audit)
    dots = [_dot("As audited", _compared(disputed["compared_with"]), disputed["made"], scale, line)]
    dots += [_dot(said.choice(a), _note(a, disputed).rpartition("; ")[2], a, scale, line) for a in moving]
    values = [d.value for d in dots if d.value is not None]
    ends = tuple(numerals.figure(v, scale, line.value if line else None) for v in (min(values), max(values)))
    unit = " points" if scale == "difference" else ""
    steady = [said.KINDS[k] for k in ("test", "family", "rule") if any(a["kind"] == k for a in disputed["answers"])]
    moved = f"{dots[0].shown} as audited, {ends[0]} to {ends[1]}{unit} over all choices"
    parts = charts.pages(dots)
    for i, part in enumerate(parts, start=1):
        yield DotChart(
            key=f"{key}-{i}",
            title=f"{words.group(disputed['group'])}: {moved}" + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle=f"{words.capital(terms.metric(disputed['metric']))}, where a choice moves it or its interval",
            description=study_figures.described(part),
            scale=scale,
            panels=(Panel("", part),),
            reach=study_figures.reach(dots) or (1.0, 1.0),
            axis=("ratio, log scale" if scale == "ratio" else "percentage points") + "; lines: intervals",
            line=line,
            footnote=f"The figure and its interval do not depend on {words.joined(steady, 'or')}." if steady else "",
        )


def _figure(figures: Answer) -> tuple[float | None, float | None, float | None]:
    return figures["estimate"], figures["low"], figures["high"]


def _dot(label: str, detail: str, figures: Answer, scale: numerals.Scale, line: Line | None) -> Dot:
    """Return a choice as a row of the chart, its mark that of the verdict."""
    drawn = line.value if line else None
    shown = words.interval(figures, scale, drawn)
    return Dot(
        label=label,
        detail=detail,
        look=charts.looks([figures]),
        value=figures["estimate"],
        low=figures["low"],
        high=figures["high"],
        shown=numerals.figure(figures["estimate"], scale, drawn),
        shown_interval=f"({shown})" if shown else "",
    )


# -- the other findings -----------------------------------------------------------------------------------------------


def _of_rest(rest: Sequence[Disputed]) -> Iterator[Block]:
    """Yield the findings without a chart: those that change by name, the others by number."""
    changed = [d for d in rest if d["changed_by"]]
    if changed:
        columns = (
            Column("Finding"),
            Column("As audited"),
            Column("Other choices", numeric=True),
            Column("Change it", numeric=True),
            Column("Which"),
        )
        rows = [_listed(d) for d in changed[:LISTED]]
        more = len(changed) - LISTED
        notes = [f"{words.people(more)} more findings are changed by a choice."] if more > 0 else []
        yield Table.of("Further findings that a choice changes", columns, rows, [*notes, study_tables.noted("choices")])
    steady = len(rest) - len(changed)
    if steady:
        which = "1 further finding is" if steady == 1 else f"{words.people(steady)} further findings are"
        yield Paragraph(f"{which} changed by no choice. {study_tables.noted('choices')}", soft=True)


def _listed(d: Disputed) -> tuple[Cell, ...]:
    tried = said.asked(d["answers"])
    return (
        Cell(said.made(d), foreign=True),
        Cell(badges=terms.badges(d["made"])),
        Cell(words.people(len(tried))),
        Cell(words.people(sum(a["changes"] for a in tried))),
        Cell(said.which(d)),
    )


# -- the first page ---------------------------------------------------------------------------------------------------


def lines(audit: Audit) -> Iterator[FindingLine]:
    """Yield the line of the summary: how many choices change an answer, and of what kind."""
    found = _ordered(audit)
    tried = [a for d in found for a in said.asked(d["answers"])]
    if not tried:
        return
    changing = sum(a["changes"] for a in tried)
    kinds = [name for kind, name in said.KINDS.items() if any(kind in d["changed_by"] for d in found)]
    told = said.counted(changing, len(tried)).replace("the answer", "an answer")
    headline = f"{told}: {words.joined(kinds)}." if kinds else f"{told}."
    yield FindingLine((), headline, "Each was made by itself, all else as audited.", "Other choices")


def can(audit: Audit) -> Iterator[str]:
    """Yield what making choices anew can say."""
    if audit.get("choices"):
        yield "Which of the audit's choices of method its answers rest on, each changed by itself."


def cannot(audit: Audit) -> Iterator[str]:
    """Yield what it cannot say."""
    if audit.get("choices"):
        yield "Which choice of method is right, and what several changed together would show."


def absent(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """Yield nothing: why a choice has no answer stands beside it."""
    del audit
    yield from ()
