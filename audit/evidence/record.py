"""The record of an audit: the content of audit.json, in which every figure of the report is found."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.score import median
from fairwitness.audit.judging.adjusted import adjusted_json
from fairwitness.audit.judging.policy import jurisdiction_words
from fairwitness.audit.judging.stratified_json import stratified_json
from fairwitness.audit.studies import in_public, sections
from fairwitness.audit.tally import SELECTED, SET_ASIDE, SMALL_CELL, WEIGHT_PLACES, Tally
from fairwitness.metrics.table import METRICS

if TYPE_CHECKING:
    from fairwitness.audit.judging.group_counts import GroupCount
    from fairwitness.audit.judging.group_table import GroupRow, GroupTable
    from fairwitness.audit.result import AuditResult

SCHEMA = "fairwitness/audit/v1"
PACKAGES = ("numpy", "scipy", "pandas", "pyarrow", "duckdb", "narwhals", "pydantic", "jinja2", "matplotlib")


def versions() -> dict[str, str]:
    """Return the versions of the packages that figures or their rendering depend on."""
    return {name: version(name) for name in PACKAGES}


def record(result: AuditResult, command: str | None = None) -> dict[str, Any]:
    """Return the content of audit.json (schema ``fairwitness/audit/v1``)."""
    return {
        "schema": SCHEMA,
        "audit": _audit(result, command),
        "data": _data(result),
        "policies": [p.to_json() for p in result.policies],
        "tables": [_table(t) | {"csv": f"tables/{i:02d}.csv"} for i, t in enumerate(result.tables, 1)],
        "findings": [f.to_json() for f in result.findings],
        "methods": _methods(result),
        "warnings": list(result.warnings),
        **_sections(result),
    }


def _sections(result: AuditResult) -> dict[str, Any]:
    """Return the sections of analyses and studies; of the public view, the names of those it leaves out."""
    if result.view == "internal":
        return sections((*result.analyses, *result.studies))
    return in_public(result.studies, analysed=bool(result.tables))


def _audit(result: AuditResult, command: str | None) -> dict[str, Any]:
    plan, sources = result.plan, result.tally.sources
    kind = "Audit" if result.tables else "Study"
    title, words = jurisdiction_words(plan.jurisdiction)
    return {
        "title": plan.title or f"{kind} of {sources[0].name if sources else 'decisions'}",
        "created": result.created,
        "version": version("fairwitness"),
        "jurisdiction": plan.jurisdiction,
        "jurisdiction_title": title,
        "system": plan.system,
        "decision_audited": plan.decision_audited,
        "period": plan.period,
        "auditor": plan.auditor,
        "limits": list(plan.limits),
        "plan": plan.to_json(),
        "plan_sha256": plan.digest,
        "tally_sha256": result.tally.digest,
        "changed": plan.changed(),
        "level": plan.level,
        "seed": plan.seed,
        "resamples": plan.resamples,
        "independent": not result.tally.repeats and result.tally.axis("cluster") is None,
        "view": result.view,
        "command": command,
        "python": platform.python_version(),
        "packages": versions(),
        "notes": [words] if words else [],
    }


def _data(result: AuditResult) -> dict[str, Any]:
    tally = result.tally
    label, score = tally.axis("label"), tally.axis("score")
    only = tally.sources[0] if len(tally.sources) == 1 else None
    set_aside = _set_aside(tally)
    return {
        "source": only.name if only else f"{len(tally.sources)} sources",
        "sha256": only.sha256 if only else None,
        "sources": [{"name": s.name, "sha256": s.sha256, "rows": s.rows} for s in tally.sources],
        "rows": tally.rows,
        "decisions": tally.decisions,
        "counted": tally.decisions - sum(entry["n"] for entry in set_aside),
        "set_aside": set_aside,
        "unknown": [
            {"by": list(t.by), "measure": t.measure, "stage": t.stage}
            | {"n": t.counts.unknown, "selected": t.counts.unknown_selected}
            for t in result.tables
        ],
        "columns_read": list(only.columns_read) if only else [],
        "columns_available": only.columns_available if only else None,
        "small_cells": {"under": SMALL_CELL, "n": tally.small_cells},
        "label": None
        if label is None
        else {"column": label.name, "scope": result.plan.label_scope, **_known(tally, label.name)},
        "score": None if score is None else {"column": score.name, "order": score.order, "median": median(tally)},
    }


def _known(tally: Tally, axis: str) -> dict[str, int]:
    made = {"known": 0, "unknown": 0}
    if tally.axis("table"):  # each table counts everybody again
        tally = tally.table(tally.attributes[0])
    for (level,), c in tally.margin(axis).cells.items():
        made["unknown" if level is None else "known"] += c.n
    return made


def _methods(result: AuditResult) -> list[dict[str, str]]:
    used = {name for t in result.tables for row in t.rows for name in row.estimates}
    used |= {name for t in result.tables for name in t.disparities}
    return [
        {"name": m.name, "scope": m.scope, "formula": m.formula, "sentence": m.sentence, "reference": m.reference}
        for m in METRICS
        if m.name in used
    ]


def _set_aside(tally: Tally) -> list[dict[str, Any]]:
    """Return what was set aside: by reason, and by group of every attribute."""
    decision = tally.axis("decision")
    if decision is None:
        return []
    by_reason: dict[str, dict[str, Any]] = {}
    attributes = [a.name for a in tally.axes if a.role == "protected"]
    for name in attributes:
        for (level, outcome), c in tally.margin(name, decision.name).cells.items():
            if isinstance(outcome, str) and outcome.startswith(SET_ASIDE):
                reason = outcome.removeprefix(SET_ASIDE)
                entry = by_reason.setdefault(reason, {"reason": reason, "n": 0, "by": []})
                entry["n"] += c.n if name == attributes[0] else 0
                entry["by"].append({"attribute": name, "group": level, "n": c.n})
    return [by_reason[reason] for reason in sorted(by_reason)]


def _table(table: GroupTable) -> dict[str, Any]:
    """Return a table as audit.json has it."""
    counts, worst = table.counts, table.null_worst_ratio
    m = next((r.comparison.tests.m for r in table.rows if r.comparison), 0)
    return {
        "by": list(table.by),
        "measure": table.measure,
        "stage": table.stage,
        "kind": table.kind,
        "reference": {"rule": table.reference.rule, "groups": [list(g) for g in table.reference.groups]},
        "total": counts.known + counts.unknown,
        "unknown": counts.unknown,
        "unknown_selected": counts.unknown_selected,
        "family_m": m,
        "adjusted_over": "all_pairs" if table.reference.chosen_from_outcomes else "named_reference",
        "null_worst_ratio": None
        if worst is None
        else {"median": worst.median, "p05": worst.p05, "p_below_threshold": worst.p_below_threshold},
        "omnibus": None if table.omnibus is None else table.omnibus._asdict(),
        "inference": {"method": table.inference.method, "clusters": table.inference.clusters},
        "groups": [_row(r) for r in table.rows],
        "disparities": {name: d.to_json() for name, d in table.disparities.items()},
        "contrasts": [
            {
                "attribute": c.attribute,
                "within": c.within,
                "group": c.comparison.group[table.by.index(c.attribute)],
                "reference": c.reference,
                "n": c.comparison.n,
                "selected": c.comparison.selected,
                "reference_n": c.comparison.reference_n,
                "reference_selected": c.comparison.reference_selected,
                "estimates": {name: e.to_json() for name, e in c.comparison.estimates.items()},
                "tests": c.comparison.tests.to_json(),
            }
            for c in table.contrasts
        ],
        **({"stratified": stratified_json(table.stratified)} if table.stratified else {}),
        **({"adjusted": adjusted_json(table.adjusted)} if table.adjusted else {}),
    }


def _row(row: GroupRow) -> dict[str, Any]:
    c = row.comparison
    needed = None if c is None else c.selections_to_four_fifths
    return {
        "group": list(row.group),
        "n": row.count.n,
        "selected": row.count.selected,
        "rejected": row.count.not_selected,
        **_weights(row.count),
        "outcomes": row.count.outcomes or None,
        "share": row.share,
        "status": row.count.status,
        "excluded": row.count.status == "excluded",
        "is_reference": row.is_reference,
        "estimates": {name: e.to_json() for name, e in row.estimates.items()},
        "tests": None if c is None else c.tests.to_json(),
        "compared_with": None if c is None else {"selected": c.reference_selected, "n": c.reference_n},
        "four_fifths": row.four_fifths,
        "shortfall": None if c is None else c.shortfall,
        "shortfall_vs_reference": None if c is None else c.shortfall_vs_reference,
        "flip_flop": None if c is None else c.flip_flop,
        "minimum_detectable_ratio": None if c is None else c.minimum_detectable_ratio,
        "selections_to_four_fifths": None if needed is None else {"add_only": needed[0], "swap": needed[1]},
    }


def _weights(count: GroupCount) -> dict[str, Any]:
    """Return what weighted decisions stand for; nothing where they have no weights."""
    if count.weights is None:
        return {}
    unit = 10**WEIGHT_PLACES
    return {"weight": {"total": count.weight / unit, "selected": count.stands_for(SELECTED) / unit}}


def flat(table: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Return a table of audit.json as a header and rows, one row for each group."""
    named = sorted({name for g in table["groups"] for name in g["estimates"]})
    header = [*table["by"], "n", "selected", "share", "status", "is_reference", "four_fifths"]
    header += [f"{name}{end}" for name in named for end in ("", "_low", "_high", "_status")]
    header += [
        "test",
        "p",
        "p_adjusted",
        "shortfall",
        "shortfall_vs_reference",
        "flip_flop",
        "minimum_detectable_ratio",
    ]
    rows = []
    for g in table["groups"]:
        row = [*g["group"], g["n"], g["selected"], g["share"], g["status"], g["is_reference"], g["four_fifths"]]
        for name in named:
            e = g["estimates"].get(name) or {}
            row += [e.get("value"), e.get("low"), e.get("high"), e.get("status")]
        tests = g["tests"] or {}
        default = tests.get(tests.get("default"), {})
        row += [tests.get("default"), default.get("p"), default.get("p_adjusted")]
        row += [g[name] for name in ("shortfall", "shortfall_vs_reference", "flip_flop", "minimum_detectable_ratio")]
        rows.append(row)
    return header, rows
