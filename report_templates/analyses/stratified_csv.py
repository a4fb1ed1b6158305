"""Tables within strata in full precision, for CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.study_tables import StudyTable

FIGURES = ("mantel_haenszel_risk_ratio", "mantel_haenszel_odds_ratio", "mantel_haenszel_risk_difference")
TESTS: Mapping[str, tuple[str, ...]] = {
    "cmh": ("statistic", "p", "statistic_corrected", "p_corrected"),
    "multiple_events": ("selected", "expected", "variance", "p", "p_less", "p_greater", "mid_p"),
    "breslow_day": ("statistic", "p", "tarone_statistic", "tarone_p", "df"),
    "woolf": ("statistic", "p", "df"),
    "tests": ("default", "p", "p_adjusted", "m"),
    "decomposition": ("aggregate", "within", "composition", "standardised_focal", "standardised_reference", "covered"),
    "shortfall": ("value",),
    "simpson": ("flag", "because"),
}
COUNTS = ("selected", "n", "reference_selected", "reference_n", "uninformative")


def stratified_tables(audit: Mapping[str, Any]) -> Iterator[StudyTable]:
    """Yield the figures of each group within strata, and the counts of every stratum."""
    of_groups, of_strata = [], []
    for table in audit["tables"]:
        s = table.get("stratified")
        for entry in s["tests"] if s else ():
            about = [" × ".join(table["by"]), table["measure"], table.get("stage"), " · ".join(entry["group"])]
            found = {name: next(e for e in s[name] if e["group"] == entry["group"]) for name in (*FIGURES, *TESTS)}
            figures = [found[name][part] for name in FIGURES for part in ("value", "low", "high", "status")]
            figures += [found[name][part] for name, parts in TESTS.items() for part in parts]
            told = s["strata"] - next(e["n"] for e in s["uninformative_strata"] if e["group"] == entry["group"])
            of_groups.append([*about, s["column"], s["strata"], told, s["not_stated"], *figures])
            counts = [c for e in s["by_stratum"] if e["group"] == entry["group"] for c in e["counts"]]
            of_strata += [[*about, c["stratum"], *(c[name] for name in COUNTS)] for c in counts]
    about = ["by", "measure", "stage", "group"]
    header = [f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high", "_status")]
    header += [f"{name}_{part}" for name, parts in TESTS.items() for part in parts]
    yield "stratified", [*about, "column", "strata", "informative", "not_stated", *header], of_groups
    yield "stratified_by_stratum", [*about, "stratum", *COUNTS], of_strata
