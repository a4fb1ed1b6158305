"""A table within strata as audit.json has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.judging.stratified_tests import tests_json

if TYPE_CHECKING:
    from fairwitness.audit.judging.stratified import Stratified, StratifiedComparison


def stratified_json(s: Stratified) -> dict[str, Any]:
    """Return a table within strata as audit.json has it: lists with an entry for each compared group.

    Where there are many strata ``by_stratum`` is empty: the sweep of requisitions has each of them.
    """
    made: dict[str, Any] = {
        "column": s.column,
        "strata": len(s.names),
        "uninformative": s.uninformative,
        "not_stated": s.not_stated,
        "compared_with": "rest" if s.against_rest else "reference",
        "uninformative_strata": [],
        "decomposition": [],
        "shortfall": [],
        "simpson": [],
        "by_stratum": [],
    }
    for group, c in s.comparisons.items():
        of = {"group": list(group)}
        for name, e in c.estimates.items():
            made.setdefault(name, []).append(of | e.to_json())
        for name, figures in tests_json(group, c.tests).items():
            made.setdefault(name, []).append(figures)
        made["uninformative_strata"].append(of | _uninformative(s.names, c.uninformative))
        made["decomposition"].append(of | {k: None if np.isnan(v) else v for k, v in c.parts._asdict().items()})
        made["shortfall"].append(of | {"value": c.shortfall})
        made["simpson"].append(of | {"flag": c.simpson.flag, "because": c.simpson.because})
        if c.ratios:
            made["by_stratum"].append(of | {"counts": _counts(s.names, c)})
    return made


def _uninformative(names: tuple[str, ...], why: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, list[str]] = {"one_group": [], "nobody_selected": [], "everybody_selected": []}
    for name, reason in zip(names, why, strict=True):
        if reason:
            found[reason].append(name)
    return {"n": sum(map(len, found.values())), **found}


def _counts(names: tuple[str, ...], c: StratifiedComparison) -> list[dict[str, Any]]:
    keys = ("selected", "n", "reference_selected", "reference_n")
    made: list[dict[str, Any]] = [
        {"stratum": name, **dict(zip(keys, row, strict=True)), "uninformative": why or None}
        for name, row, why in zip(names, c.strata, c.uninformative, strict=True)
    ]
    for entry, e in zip(made, c.ratios, strict=True):
        entry["impact_ratio"] = e.to_json()
    return made
