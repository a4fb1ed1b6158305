"""Periods in full precision, for CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates.analyses.full_precision import cells, header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.study_tables import StudyTable

COUNTS = ("n", "selected", "reference_n", "reference_selected")
FIGURES = ("selection_rate", "impact_ratio", "rate_difference")
PROCESSES = ("equality", "drift")
OF_PERIOD = ("statistic", "p", "p_adjusted")
IN_ALL = (*OF_PERIOD, "m", "line", "reached")
NEXT = ("n", "reference_n", "minimum_detectable_ratio", "power_at_four_fifths", "detectable_worsening")


def period_tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield the figures of each group after each period, and what all periods come to.

    The statistic of an e-process is the logarithm of the e-value to base 10.
    """
    by_period, in_all = [], []
    for entry in audit.get("periods") or ():
        for g in entry["groups"]:
            about = [" × ".join(entry["by"]), entry["measure"], " · ".join(g["group"]), " · ".join(g["against"] or ())]
            for row in g["periods"]:
                figures = cells(*(row["estimates"][name] for name in FIGURES), row["odds_ratio_so_far"])
                tests = [(row[name] or {}).get(part) for name in PROCESSES for part in OF_PERIOD]
                by_period.append([*about, row["period"], *(row[name] for name in COUNTS), *figures, *tests])
            tests = [(g[name] or {}).get(part) for name in PROCESSES for part in IN_ALL]
            in_all.append([*about, *tests, *(g["next"][part] for part in NEXT)])
    about = ["by", "measure", "group", "against"]
    names = [*about, "period", *COUNTS, *header(*FIGURES, "odds_ratio_so_far")]
    yield "periods", [*names, *(f"{name}_{part}" for name in PROCESSES for part in OF_PERIOD)], by_period
    names = [*about, *(f"{name}_{part}" for name in PROCESSES for part in IN_ALL)]
    yield "periods_in_all", [*names, *(f"next_{part}" for part in NEXT)], in_all
