"""The funnel: every stage as a component by itself, beside the bottom line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, study_tables, words
from fairwitness.report_templates.analyses.funnel_csv import tables
from fairwitness.report_templates.analyses.funnel_methods import METHODS
from fairwitness.report_templates.document import (
    Bullets,
    Cell,
    Column,
    Definitions,
    Fact,
    Facts,
    FindingLine,
    Heading,
    Paragraph,
    Section,
    Table,
)
from fairwitness.report_templates.pictures import Dot, Measure, TwinChart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

    Part = Mapping[str, Any]

__all__ = ["absent", "can", "cannot", "lines", "section", "tables"]

SAID = (
    "A stage's ratio compares those who came as far as that stage: it is the stage as a component by itself. The ratio "
    "up to a stage compares all who applied; at the last stage it is that of the bottom line. Under one reference for "
    "all stages the stages multiply to it. An equal bottom line does not make up for a stage that is not equal "
    "(Connecticut v. Teal, 457 U.S. 440), and equal stages do not show what the whole does: both stand here."
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the funnel of each attribute, or None where there are no stages."""
    funnel = audit.get("funnel")
    if not funnel:
        return None
    blocks: list[Block] = [Paragraph(SAID)]
    if funnel["because"]:
        blocks.append(Paragraph(f"Not evaluated: {words.sentence(funnel['because'])}"))
    patterns = funnel["out_of_order"]["patterns"]
    if patterns:
        blocks.append(Bullets(tuple(map(_pattern, patterns)), "Came through a stage without one before it"))
    for i, part in enumerate(funnel["attributes"], start=1):
        blocks += _of_attribute(f"f{i}", part, audit)
    if funnel["attributes"]:
        blocks.append(Definitions(METHODS))
    return Section("funnel", "Stage by stage", tuple(blocks))


def _pattern(found: Part) -> str:
    passed, skipped = (words.joined([words.label(name) for name in found[key]]) for key in ("through", "not_through"))
    return f"{words.people(found['n'])} came through {passed}, and not {skipped}."


def _of_attribute(key: str, part: Part, audit: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(f"By {words.label(part['attribute'])}")
    family = f"by Holm, over the {words.people(part['family']['m'])} of all groups and stages"
    yield Facts((Fact("Reference", _reference(part)), Fact("Tests adjusted", family)))
    for g, line in enumerate(part["bottom_line"]):
        chart = _chart(f"{key}-{g + 1}", part, line, g, audit)
        if chart is not None:
            yield chart
    components = tuple(_components(part))
    if components:
        yield Bullets(components, "Each stage against its own highest rate")
    yield _table(part)
    missing = [f"{words.label(step['stage'])}: {_who(m)}" for step in part["steps"] for m in step["missing"]]
    if missing:
        yield Bullets(tuple(missing), "Groups missing from a stage")
    aside = [_aside(step) for step in part["steps"] if step["set_aside"]]
    if aside:
        yield Bullets(tuple(aside), "Came to a stage and were not decided upon")
    if part["caveats"]:
        yield Bullets(tuple(words.sentence(caveat) for caveat in part["caveats"]), "To bear in mind")


def _reference(part: Part) -> str:
    if part["reference"]["used"] is None:
        return "all groups together" if part["reference"]["rule"] == "overall" else "everybody else"
    rule = ", the highest rate of the bottom line" if part["reference"]["rule"] == "highest" else ""
    return words.group(part["reference"]["used"]) + rule


def _who(missing: Part) -> str:
    return f"{words.group(missing['group'])} ({words.sentence(missing['because'])})"


def _aside(step: Part) -> str:
    told = [
        f"{'undisclosed' if a['group'] is None else words.group(a['group'])} {words.people(a['n'])} "
        f"({words.label(a['reason'])})"
        for a in step["set_aside"]
    ]
    return f"{words.label(step['stage'])}: {', '.join(told)}"


# -- the chart -----------------------------------------------------------------------------------------------------


def _chart(key: str, part: Part, line: Part, g: int, audit: Mapping[str, Any]) -> TwinChart | None:
    """Return a group's ratios at each stage and up to each, the bottom line last; None where nothing is compared."""
    figures = [(step["stage"], step["groups"][g]) for step in part["steps"]]
    known = [f["ratio"] for _, f in figures if f["ratio"]["value"] is not None]
    if line["is_reference"] or not known:
        return None
    rows = [(_dot(stage, f, "ratio"), _dot(stage, f, "cumulative_ratio")) for stage, f in figures]
    last = study_figures.dot("Bottom line", "", line["impact_ratio"], "ratio")
    rows.append((Dot("Bottom line", "", "plain", None, None, None, ""), last))
    reach = study_figures.reach(dot for row in rows for dot in row) or (1.0, 1.0)
    axis = f"ratio, log scale; {study_figures.intervals(known)}"
    measures = tuple(
        Measure(title, "ratio", reach, axis) for title in ("At the stage: the component", "Up to it: all who applied")
    )
    name = words.group(line["group"])
    return TwinChart(
        key=key,
        title=_title(name, figures, line, part),
        subtitle=f"Ratio of the rates of {name} to {_beside(part)}",
        description=" ".join(study_figures.described(row) for row in rows),
        measures=(measures[0], measures[1]),
        rows=tuple(rows),
        footnote=f"Source: {words.label(audit['data']['source'])}.",
    )


def _dot(stage: str, figures: Part, name: str) -> Dot:
    return study_figures.dot(words.label(stage), "", figures[name], "ratio")


def _beside(part: Part) -> str:
    used = part["reference"]["used"]
    return words.group(used) if used else _reference(part)


def _lowest(figures: list[tuple[str, Part]]) -> tuple[str, Part] | None:
    """Return the stage at which a group has its lowest ratio."""
    known = [(stage, f) for stage, f in figures if f["ratio"]["value"] is not None]
    return min(known, key=lambda pair: pair[1]["ratio"]["value"], default=None)


def _title(name: str, figures: list[tuple[str, Part]], line: Part, part: Part) -> str:
    lowest = _lowest(figures)
    if lowest is None:
        return f"{name} against {_beside(part)}"
    whole = line["impact_ratio"]["value"]
    bottom = "the bottom line has no figure" if whole is None else f"{numerals.ratio(whole)} at the bottom line"
    return (
        f"{name}: {numerals.ratio(lowest[1]['ratio']['value'])} times the rate of {_beside(part)} at "
        f"{words.label(lowest[0])}, {bottom}"
    )


# -- in words and numbers ------------------------------------------------------------------------------------------


def _components(part: Part) -> Iterator[str]:
    """Yield for each stage whose highest rate is not the reference's how the others compare with it."""
    for step in part["steps"]:
        if not step["highest"] or part["reference"]["used"] in step["highest"]:
            continue
        highest = words.joined([words.group(g) for g in step["highest"]])
        others = [
            f"{words.group(g['group'])} {study_figures.spoken(g['to_highest'], 'ratio')}"
            + (", below four fifths" if g["four_fifths"] == "below" else "")
            for g in step["groups"]
            if g["to_highest"] and g["group"] not in step["highest"]
        ]
        yield f"{words.label(step['stage'])}: {highest} has the highest rate; {'; '.join(others)}."


def _table(part: Part) -> Table:
    columns = (
        Column("Stage", foreign=True),
        Column("Group", foreign=True),
        Column("Came through", "of those who came", numeric=True),
        Column("Rate", numeric=True),
        Column("Ratio", f"to {_beside(part)}", numeric=True),
        Column("p", "adjusted", numeric=True),
        Column("Adds", "to the logarithm of the ratio", numeric=True),
        Column("Rate up to here", numeric=True),
        Column("Ratio up to here", numeric=True),
    )
    rows = [_row(step, g) for step in part["steps"] for g in step["groups"]]
    adds = (
        "Adds: what the stage adds to the logarithm of the bottom line's ratio, negative where it lowers it; the parts "
        "of all stages add up to it."
    )
    caption = f"By {words.label(part['attribute'])}, stage by stage"
    return Table.of(caption, columns, rows, [adds, study_tables.noted("funnel")])


def _row(step: Part, g: Part) -> tuple[Cell, ...]:
    return (
        Cell(words.label(step["stage"]), foreign=True),
        Cell(words.group(g["group"]), foreign=True),
        Cell(f"{words.people(g['selected'])} of {words.people(g['entered'])}"),
        study_figures.cell(g["rate"], "rate"),
        study_figures.cell(g["ratio"], "ratio"),
        _tested(g["test"]),
        study_figures.cell(g["log_ratio"], "number", 2),
        study_figures.cell(g["cumulative_rate"], "rate"),
        study_figures.cell(g["cumulative_ratio"], "ratio"),
    )


def _tested(test: Part | None) -> Cell:
    if test is None:
        return Cell()
    z = test["statistic"]
    return Cell(numerals.p_value(test["p_adjusted"]), "" if z is None else f"z {numerals.number(z)}")


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield the line of the summary: the lowest component, and its bottom line."""
    best: tuple[float, str, Part, Part, Part] | None = None
    for part in (audit.get("funnel") or {}).get("attributes", ()):
        for g, line in enumerate(part["bottom_line"]):
            lowest = None if line["is_reference"] else _lowest([(s["stage"], s["groups"][g]) for s in part["steps"]])
            if lowest is not None and (best is None or lowest[1]["ratio"]["value"] < best[0]):
                best = lowest[1]["ratio"]["value"], lowest[0], lowest[1], line, part
    if best is None:
        return
    _, stage, figures, line, part = best
    whole = study_figures.spoken(line["impact_ratio"], "ratio")
    yield FindingLine(
        (),
        f"At {words.label(stage)}, {words.group(line['group'])} came through at "
        f"{study_figures.spoken(figures['ratio'], 'ratio')} times the rate of {_beside(part)}; at the bottom line the "
        f"ratio is {whole}.",
        "An equal bottom line does not make up for a stage that is not equal, nor does a stage tell what the whole "
        "does: both are shown.",
        "Funnel",
    )


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the funnel can say."""
    funnel = audit.get("funnel")
    if funnel and funnel["attributes"]:
        steps = words.joined([words.label(name) for name in funnel["steps"]])
        names = words.joined([words.label(part["attribute"]) for part in funnel["attributes"]])
        yield f"What each stage ({steps}) adds to the ratio of the bottom line, by {names}."


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what it cannot say."""
    funnel = audit.get("funnel")
    if funnel and funnel["attributes"] and len(funnel["steps"]) > 1:
        yield "That equal rates at a late stage mean equal treatment: only those who came so far are seen."


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    names = {"rate": "rate", "ratio": "ratio", "rate up to here": "cumulative_rate"}
    names |= {"ratio up to here": "cumulative_ratio"}
    for part in (audit.get("funnel") or {}).get("attributes", ()):
        for step in part["steps"]:
            why = {tuple(m["group"]): m["because"] for m in step["missing"]}
            for g in step["groups"]:
                where = f"{words.label(part['attribute'])}, {words.label(step['stage'])}"
                reason = why.get(tuple(g["group"]))
                figures = {said: g[name] for said, name in names.items()}
                yield from study_figures.absent(
                    words.group(g["group"]), where, figures, None if reason is None else words.sentence(reason)
                )
