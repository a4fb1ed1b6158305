"""The scores themselves: how far apart the groups' distributions lie, whatever the cut-off.

A selection rate sees one point of a score.  These figures see all of it, and what other cut-offs would have made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fairwitness.audit.analyses.score_counts import (
    IN_BINS,
    WEIGHTED,
    ScoreCounts,
    compared,
    operating_cutoff,
    reference_group,
    score_counts,
    score_tables,
)
from fairwitness.audit.analyses.score_family import adjusted
from fairwitness.audit.analyses.score_sweep import cutoffs, sweeps
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.group_auc import group_auc, group_auc_bound, group_auc_in_bins, mann_whitney
from fairwitness.metrics.kolmogorov_smirnov import ks_bound, ks_distance, ks_test
from fairwitness.metrics.score_levels import mean_score, moments
from fairwitness.metrics.standardised_difference import standardised_differences
from fairwitness.metrics.wasserstein import wasserstein

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupRow, GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally

    Ints = NDArray[np.int64]

FEW = 10  # in a group: below, the Mann–Whitney test's normal law is no good, and the exact one stands for both
NO_CUTOFF = "no one score parts the selected from the others"
NEED_LEVELS = ("mean_difference", "cohens_d", "hedges_g", "glass_delta", "wasserstein", "wasserstein_standardised")


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of every single attribute: a study, for the report and audit.json.

    Attributes
    ----------
    attributes : tuple of dict
        As JSON has them.
    """

    section: ClassVar[str] = "scores"

    attributes: tuple[dict[str, Any], ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each attribute."""
        return list(self.attributes)


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Scores | None:
    """Compare the groups' scores; None where the tally has none.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Those of the audit: the table by score says which groups are compared, and with what.
    plan : AuditPlan
    """
    found = score_tables(tally, tables)
    if not found:
        return None
    operating = operating_cutoff(tally)
    return Scores(tuple(_of_attribute(t, tally, plan, operating) for t in found))


def _of_attribute(
    table: GroupTable, tally: Tally, plan: AuditPlan, operating: tuple[float, str] | None
) -> dict[str, Any]:
    scores = score_counts(tally, table.by[0])
    pairs = {} if tally.weighted else compared(table)
    at = cutoffs(scores, [g.group for g in table.counts.included], operating[0] if operating else None)
    swept = sweeps(at, pairs, table.by[0], plan)
    tests, m = adjusted(table, lambda a, b: _p_of(scores.people(a), scores.people(b))) if pairs else ({}, 0)
    groups = []
    for row in table.rows:
        own = _of_group(row, scores, reference_group(table), plan.level)
        if row.group in pairs:
            own["compared"] = _compared(scores, row.group, pairs[row.group], plan.level, tests[row.group])
            own["compared"]["tests"]["family"] = {"name": f"{table.by[0]} · score", "m": m}
            own["compared"]["sweep"] = swept.get(row.group)
        groups.append(own)
    return {
        "by": list(table.by),
        "score": scores.axis.name,
        "order": scores.axis.order,
        "levels": len(scores.levels),
        "binned": scores.binned,
        "n": int(scores.everybody.sum()),
        "unknown": scores.unknown,
        "unscored": scores.unscored,
        "independent": not tally.repeats and tally.axis("cluster") is None,
        "reference": {"rule": table.reference.rule, "groups": [list(g) for g in table.reference.groups]},
        "cutoff_rule": at.rule,
        "operating": _operating(at.values, at.rule, scores, operating),
        "groups": groups,
        "resamples": plan.resamples,
        "because": WEIGHTED if tally.weighted else IN_BINS if scores.binned else None,
    }


def _operating(
    values: tuple[float, ...], rule: str, scores: ScoreCounts, operating: tuple[float, str] | None
) -> dict[str, Any]:
    """Return the cut-off in use, as the sweep names it."""
    if operating is None:
        return {"cutoff": None, "kind": None, "because": NO_CUTOFF}
    level, kind = operating
    shown = level
    if scores.binned:
        shown = scores.axis.edges[int(level) - (1 if rule == "above" else 0)]
    return {"cutoff": shown if shown in values else None, "kind": kind, "because": None}


def _of_group(row: GroupRow, scores: ScoreCounts, reference: Group | None, level: float) -> dict[str, Any]:
    people = scores.people([row.group])
    n = int(people.sum())
    if scores.binned:
        mean, variance = Estimate.undefined("undefined" if n else "undefined_empty_group", level=level, n=n), None
    else:
        mean, variance = mean_score(scores.levels, people, level), _number(moments(scores.levels, people).variance)
    return {
        "group": list(row.group),
        "n": n,
        "status": row.count.status,
        "is_reference": row.group == reference,
        "mean": mean.to_json(),
        "standard_deviation": None if variance is None else variance**0.5,
        "compared": None,
    }


def _compared(
    scores: ScoreCounts, group: Group, others: tuple[Group, ...], level: float, test: tuple[float, float]
) -> dict[str, Any]:
    """Return how a group's scores lie to those of what it is compared with."""
    focal, reference = scores.people([group]), scores.people(others)
    n = int(focal.sum() + reference.sum())
    best = scores.best_last(focal), scores.best_last(reference)
    area = (group_auc_in_bins if scores.binned else group_auc)(*best, level)
    bounds = {"auc": list(group_auc_bound(*best)), "ks": list(ks_bound(focal, reference))} if scores.binned else None
    figures, by_chance = _of_levels(scores, focal, reference, level)
    figures |= {"auc": area, "ks": _bare(ks_distance(focal, reference), level, n)}
    return {
        "against": [list(g) for g in others],
        "reference_n": int(reference.sum()),
        "estimates": {name: e.to_json() for name, e in figures.items()},
        "bounds": bounds,
        "by_chance": by_chance,
        "tests": _tests(best, test),
    }


def _of_levels(
    scores: ScoreCounts, focal: Ints, reference: Ints, level: float
) -> tuple[dict[str, Estimate], dict[str, float | None]]:
    """Return the figures that need the scores themselves, not their order alone; undefined where they are in bins."""
    n = int(focal.sum() + reference.sum())
    if scores.binned:
        nothing = {name: Estimate.undefined("undefined", level=level, n=n) for name in NEED_LEVELS}
        return nothing, dict.fromkeys(("wasserstein", "wasserstein_standardised"))
    differences = standardised_differences(scores.levels, focal, reference, level)
    moved = wasserstein(scores.levels, focal, reference)
    figures = dict(differences._asdict())
    figures["wasserstein"] = _bare(moved.distance, level, n)
    figures["wasserstein_standardised"] = _bare(moved.standardised, level, n)
    by_chance = (_number(moved.by_chance), _number(moved.by_chance_standardised))
    return figures, dict(zip(("wasserstein", "wasserstein_standardised"), by_chance, strict=True))


def _default(focal: Ints, reference: Ints) -> str:
    """Return the name of the test that stands for a pair, chosen by the numbers of people alone."""
    return "ks" if min(focal.sum(), reference.sum()) < FEW else "mann_whitney"


def _p_of(focal: Ints, reference: Ints) -> float:
    return (ks_test if _default(focal, reference) == "ks" else mann_whitney)(focal, reference).p


def _tests(best: tuple[Ints, Ints], test: tuple[float, float]) -> dict[str, Any]:
    ranks, distance = mann_whitney(*best), ks_test(*best)
    p, over = (_number(x) for x in test)
    made: dict[str, Any] = {
        "mann_whitney": {"statistic": _number(ranks.z), "p": _number(ranks.p)},
        "ks": {
            "statistic": _number(distance.distance),
            "p": _number(distance.p),
            "method": "permutation_exact",
            "levels": distance.levels,
        },
    }
    default = _default(*best)
    made[default]["p_adjusted"] = over
    return made | {"default": default if p is not None else None}


def _bare(value: float, level: float, n: int) -> Estimate:
    """Return a figure without an interval."""
    if not np.isfinite(value):
        return Estimate.undefined("undefined", level=level, n=n)
    return Estimate(value, None, None, level, None, "ok", n)


def _number(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
