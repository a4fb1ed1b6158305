"""Findings under other choices in full precision, for a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.study_tables import StudyTable

FIGURES = (
    *("compared_with", "estimate", "low", "high", "level", "method", "status", "test", "p", "p_adjusted"),
    *("screen", "difference", "verdict", "attention"),
)
HEADER = ["by", "measure", "group", "metric", "policy", "threshold", "kind", "choice", "changes", "because"]


def tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield a row for each finding as audited, and for each choice of it."""
    rows = []
    for d in audit.get("choices") or ():
        about = [" × ".join(d["by"]), d["measure"], " · ".join(d["group"]), d["metric"], d["policy"], d["threshold"]]
        made = d["made"] | {"kind": "as_audited", "choice": None, "changes": None, "because": None}
        for a in ({**made, "compared_with": d["compared_with"]}, *d["answers"]):
            other = None if a["compared_with"] is None else " · ".join(a["compared_with"])
            figures = [other, *(a[name] for name in FIGURES[1:])]
            rows.append([*about, *(a[name] for name in HEADER[len(about) :]), *figures])
    yield "choices", [*HEADER, *FIGURES], rows
