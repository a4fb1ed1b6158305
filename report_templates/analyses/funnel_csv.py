"""The figures of a funnel as tables of numbers, in full precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates.analyses.full_precision import cells, header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.study_tables import Row, StudyTable

    Part = Mapping[str, Any]

FIGURES = ("rate", "ratio", "log_ratio", "cumulative_rate", "cumulative_ratio", "to_highest")
TESTED = ("method", "statistic", "p", "p_adjusted")


def tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield the figures of every stage, of the bottom line, and who was set aside."""
    parts = (audit.get("funnel") or {}).get("attributes", ())
    first = ["attribute", "stage", "group"]
    counted = ["entered", "selected", "set_aside", *header(*FIGURES), "four_fifths", "test", *TESTED[1:]]
    yield "funnel", [*first, *counted], [row for part in parts for row in _stages(part)]
    whole = ["n", "selected", *header("impact_ratio", "log_ratio"), "four_fifths", "stages_multiply_to_it"]
    yield "funnel_bottom_line", ["attribute", "group", *whole], [row for part in parts for row in _bottom_line(part)]
    aside: list[Row] = [
        [part["attribute"], step["stage"], " · ".join(a["group"] or ()), a["reason"], a["n"]]
        for part in parts
        for step in part["steps"]
        for a in step["set_aside"]
    ]
    yield "funnel_set_aside", [*first, "reason", "n"], aside


def _stages(part: Part) -> Iterator[Row]:
    for step in part["steps"]:
        for g in step["groups"]:
            test = g["test"] or {}
            row: Row = [part["attribute"], step["stage"], " · ".join(g["group"])]
            row += [g["entered"], g["selected"], g["set_aside"], *cells(*(g[name] for name in FIGURES))]
            yield [*row, g["four_fifths"], *(test.get(name) for name in TESTED)]


def _bottom_line(part: Part) -> Iterator[Row]:
    for line in part["bottom_line"]:
        row: Row = [part["attribute"], " · ".join(line["group"]), line["n"], line["selected"]]
        yield [*row, *cells(line["impact_ratio"], line["log_ratio"]), line["four_fifths"], line["agrees"]]
