"""Proxies: which inputs carry a protected attribute, beside what they contribute to the disparity."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import charts, methods, study_figures, study_tables, words
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
from fairwitness.report_templates.pictures import Dot, Measure, TwinChart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

    Proxies = Mapping[str, Any]
    Feature = Mapping[str, Any]

DECISIONS: Mapping[str, str] = {"model": "the model's", "column": "those of the data"}
CARRYING = (
    "A feature that tells the attribute well carries it. Carrying is not causing: it adds to a disparity only if the "
    "decisions use it, which the contribution is about."
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the proxies of each attribute, or None where none were looked for."""
    found = audit.get("proxies") or ()
    blocks: list[Block] = [Paragraph(CARRYING)] if found else []
    for i, proxies in enumerate(found, start=1):
        blocks += _of_attribute(f"x{i}", proxies, audit)
    return Section("proxies", "Proxies of protected attributes", tuple(blocks)) if blocks else None


def _of_attribute(key: str, proxies: Proxies, audit: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(words.label(proxies["attribute"]))
    yield Facts(tuple(_facts(proxies)))
    yield from _charts(key, proxies, audit)
    if proxies["features"]:
        yield _table(proxies)


def _facts(proxies: Proxies) -> Iterator[Fact]:
    unknown = f", {words.people(proxies['unknown'])} more do not tell the attribute" if proxies["unknown"] else ""
    yield Fact("Rows", f"{words.people(proxies['n'])}{unknown}")
    yield Fact("Groups", ", ".join(words.label(group) for group in proxies["groups"]))
    yield Fact("All features together tell it with an AUC of", study_figures.spoken(proxies["together"]["auc"], "area"))
    if proxies["decisions"]:
        yield Fact("Decisions", DECISIONS.get(proxies["decisions"], words.label(proxies["decisions"])))
    gap = proxies["gap"]
    if gap is not None:
        pair = f"{words.label(gap['high'])} less {words.label(gap['low'])}"
        difference = study_figures.spoken(gap["rate_difference"], "difference")
        yield Fact("Difference of the shares selected", f"{pair} {difference}")


def _ranked(proxies: Proxies) -> list[Feature]:
    """Return the features, those that tell the attribute best first, those without a figure last."""

    def place(f: Feature) -> float:
        value = f["auc"]["value"]
        return 1.0 if value is None else -value

    return sorted(proxies["features"], key=place)


def _charts(key: str, proxies: Proxies, audit: Mapping[str, Any]) -> Iterator[TwinChart]:
    features = _ranked(proxies)
    rows = [(_auc(f), _contribution(f)) for f in features]
    tells = study_figures.reach(left for left, _ in rows)
    if tells is None:
        return
    adds = study_figures.reach(right for _, right in rows) or (0.0, 0.0)
    level = study_figures.intervals([f["auc"] for f in features])
    measures = (
        Measure(f"Tells {words.label(proxies['attribute'])}: AUC", "area", tells, f"0.5 is a guess; {level}"),
        Measure("Contribution to the difference, points", "difference", adds, f"0 adds nothing; {level}"),
    )
    parts = charts.pages([left for left, _ in rows])
    rest = iter(rows)
    for i, part in enumerate(parts, start=1):
        shown = tuple(islice(rest, len(part)))
        yield TwinChart(
            key=f"{key}-{i}",
            title=_finding(proxies) + (f" ({i} of {len(parts)})" if len(parts) > 1 else ""),
            subtitle="Each feature alone. AUC: 0.5 tells nothing, 1 everything. Contribution: percentage points of the "
            f"difference between groups; n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{words.people(proxies['n'])}",
            description=" ".join(study_figures.described(pair) for pair in shown),
            measures=measures,
            rows=shown,
            footnote=f"Source: {words.label(audit['data']['source'])}.",
        )


def _auc(f: Feature) -> Dot:
    return study_figures.dot(words.label(f["feature"]), "", f["auc"], "area")


def _contribution(f: Feature) -> Dot:
    label = words.label(f["feature"])
    if f["contribution"] is None:
        return Dot(label, "", "excluded", None, None, None, "not counted")
    return study_figures.dot(label, "", f["contribution"], "difference")


def _best(proxies: Proxies) -> Feature | None:
    """Return the feature that tells the attribute best, None where none has a figure."""
    return next((f for f in _ranked(proxies) if f["auc"]["value"] is not None), None)


def _finding(proxies: Proxies) -> str:
    """Say which feature tells the attribute best."""
    attribute = words.label(proxies["attribute"])
    best = _best(proxies)
    if best is None:
        return f"No feature could be held against {attribute}"
    shown = study_figures.parts(best["auc"], "area")[0]
    return f"{words.label(best['feature'])} alone tells {attribute} with an AUC of {shown}"


def _table(proxies: Proxies) -> Table:
    several = len(proxies["groups"]) > 2
    columns = (
        Column("Feature"),
        Column("AUC", "of telling the attribute", numeric=True),
        Column("Mutual information", "nats", numeric=True),
        Column("Contribution", "points", numeric=True),
        Column("Tells best", foreign=True),
        Column("Remark"),
    )
    places = study_figures.finest(f["mutual_information"] for f in proxies["features"])
    rows = [
        (
            Cell(words.label(f["feature"]), foreign=True),
            study_figures.cell(f["auc"], "area"),
            study_figures.cell(f["mutual_information"], "number", places),
            study_figures.cell(f["contribution"], "difference"),
            Cell(words.label(f["group"]) if several and f["group"] is not None else "", foreign=True),
            Cell(words.capital(words.sentence(f["because"] or "")), foreign=True),
        )
        for f in _ranked(proxies)
    ]
    notes = [f"Contribution: {methods.name_of(proxies['method'])}."] if proxies["method"] else []
    if several:
        notes.append("AUC: of telling the group named from all others, the group that the feature tells best.")
    notes.append(study_tables.noted("proxies"))
    return Table.of(f"What carries {words.label(proxies['attribute'])}", columns, rows, notes)


# -- the first page ----------------------------------------------------------------------------------------------


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield the line of the summary."""
    found = audit.get("proxies") or ()
    if not found:
        return
    largest = _largest(found[0])
    adds = ""
    if largest is not None:
        contribution = study_figures.spoken(largest["contribution"], "difference")
        adds = f"{words.label(largest['feature'])} contributes most to the difference: {contribution}. "
    others = [words.label(proxies["attribute"]) for proxies in found[1:]]
    more = f" {words.capital(words.joined(others))}: see below." if others else ""
    yield FindingLine((), _sentence(found[0]), f"{adds}Carrying is not causing.{more}", "Proxies")


def _sentence(proxies: Proxies) -> str:
    """Say how well the features tell an attribute."""
    together, best = proxies["together"]["auc"], _best(proxies)
    if together["value"] is None or best is None:
        return f"{_finding(proxies)}."
    alone = study_figures.parts(best["auc"], "area")[0]
    return (
        f"All features together tell {words.label(proxies['attribute'])} with an AUC of "
        f"{study_figures.spoken(together, 'area')}, {words.label(best['feature'])} alone with {alone}."
    )


def _largest(proxies: Proxies) -> Feature | None:
    """Return the feature that adds most to the difference, None where none adds to it."""
    known = [f for f in proxies["features"] if f["contribution"] and f["contribution"]["value"] is not None]
    largest = max(known, key=lambda f: f["contribution"]["value"], default=None)
    return largest if largest and largest["contribution"]["value"] > 0 else None


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the study of proxies can say."""
    for proxies in audit.get("proxies") or ():
        n, adds = words.people(proxies["n"]), ", and what it adds to the difference" if proxies["decisions"] else ""
        yield f"How well each feature tells {words.label(proxies['attribute'])}{adds}: {n} rows."


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what it cannot say."""
    if audit.get("proxies"):
        yield "That a feature which carries an attribute causes a disparity, or was meant to: carrying is not causing."


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for proxies in audit.get("proxies") or ():
        where = f"Proxies of {words.label(proxies['attribute'])}"
        yield from study_figures.absent("all features", where, {"AUC": proxies["together"]["auc"]})
        for f in proxies["features"]:
            names = {"AUC": "auc", "mutual information": "mutual_information", "contribution": "contribution"}
            figures = {said: f[name] for said, name in names.items()}
            why = words.sentence(f["because"]) if f["because"] and f["status"] != "ok" else None
            yield from study_figures.absent(words.label(f["feature"]), where, figures, why)
