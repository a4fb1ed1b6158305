"""The figures of ranked pools as tables of numbers, in full precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates.analyses.full_precision import cells, header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.study_tables import Row, StudyTable

    Part = Mapping[str, Any]

COUNTS = ("observed", "fewest", "most", "expected")
TESTED = ("method", "p", "p_adjusted")
OF_POOL = ("n", "k", "tied", "because", "ndkl", "ndkl_p")
OF_GROUP = ("n", "top_k", "fewest", "most", "expected", "skew", "exposure_ratio", "p", "p_adjusted")


def tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield the figures of every group over all pools, of the order as a whole, and of every pool."""
    parts = (audit.get("ranked_pools") or {}).get("attributes", ())
    first = ["attribute", "group", "is_reference", "n", "pools"]
    tops = [f"top_{name}" for name in (*COUNTS, "chance_low", "chance_high")] + header("top_times_expected", "skew")
    seen = [name for measure in ("exposure", "attention") for name in _names(measure)]
    groups = [_group(part, g) for part in parts for g in part["groups"]]
    yield "ranked_pools", [*first, *tops, *(f"top_{name}" for name in TESTED), *seen], groups
    whole = ["attribute", "pools", *header("ndkl"), "by_chance", "by_chance_high", "p", "draws"]
    yield "ranked_pools_ndkl", whole, [_departure(part) for part in parts if part["ndkl"]]
    each = ["attribute", "pool", *(f"pool_{name}" for name in OF_POOL), "group", *OF_GROUP]
    yield "ranked_pools_by_pool", each, [row for part in parts for row in _by_pool(part)]


def _names(measure: str) -> list[str]:
    figures = header(f"{measure}_mean", f"{measure}_ratio")
    return [*figures, f"{measure}_chance_low", f"{measure}_chance_high", *(f"{measure}_{name}" for name in TESTED)]


def _group(part: Part, g: Part) -> Row:
    top = g["top_k"] or {}
    row: Row = [part["attribute"], " · ".join(g["group"]), g["is_reference"], g["n"], g["pools"]]
    row += [top.get(name) for name in COUNTS]
    row += top.get("range") or [None, None]
    row += [*cells(top.get("times_expected"), top.get("skew")), *_tested(top.get("test"))]
    for measure in ("exposure", "attention"):
        figures = g[measure]
        row += [*cells(figures["mean"], figures["ratio"]), *(figures["range"] or [None, None])]
        row += _tested(figures["test"])
    return row


def _tested(test: Part | None) -> Row:
    return [(test or {}).get(name) for name in TESTED]


def _departure(part: Part) -> Row:
    found = part["ndkl"]
    figures = [*cells(found["value"]), found["by_chance"], found["by_chance_high"]]
    return [part["attribute"], found["pools"], *figures, found["test"]["p"], found["test"]["draws"]]


def _by_pool(part: Part) -> Iterator[Row]:
    for pool in part["by_pool"]:
        for g in pool["groups"]:
            about = [part["attribute"], pool["pool"], *(pool[name] for name in OF_POOL)]
            yield [*about, " · ".join(g["group"]), *(g[name] for name in OF_GROUP)]
