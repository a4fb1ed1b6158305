"""Whether a score means the same in every group: what came true of those who were given it.

A score that is a probability is held against outcomes as it stands; of any other score it can still be said whether the
same score stands for the same odds, and how well it tells outcomes apart, in each group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from fairwitness.audit.analyses.calibration_figures import Prediction, of_group, prediction_of, reliability_rows
from fairwitness.audit.analyses.score_counts import (
    NO_OUTCOME,
    POSITIVES,
    WEIGHTED,
    ScoreCounts,
    compared,
    reference_group,
    score_counts,
    score_tables,
)
from fairwitness.audit.analyses.score_family import adjusted, seed_of
from fairwitness.metrics.abroca import abroca, abroca_test
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.group_auc import group_auc
from fairwitness.metrics.independent_difference import independent_difference
from fairwitness.metrics.logistic_recalibration import same_curve

if TYPE_CHECKING:
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupRow, GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.logistic_recalibration import LikelihoodRatio

    Groups = tuple[Group, ...]

DIFFERENCES = ("auc", "slope", "in_the_large", "brier")
TURNED = (
    "among all people, those with better scores have the positive outcome less often (AUC under 0.5): check which "
    "scores are good (--score-order) and which outcome is positive (--label-positive)"
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibration by group, of every single attribute: a study, for the report and audit.json.

    Attributes
    ----------
    attributes : tuple of dict
        As JSON has them.
    """

    section: ClassVar[str] = "calibration"

    attributes: tuple[dict[str, Any], ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each attribute."""
        return list(self.attributes)


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Calibration | None:
    """Hold the groups' scores against their outcomes; None where the tally lacks scores or outcomes.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Those of the audit: the table by score says which groups are compared, and with what.
    plan : AuditPlan
    """
    found = score_tables(tally, tables)
    if not found or tally.axis("label") is None:
        return None
    return Calibration(tuple(_of_attribute(t, tally, plan) for t in found))


def _of_attribute(table: GroupTable, tally: Tally, plan: AuditPlan) -> dict[str, Any]:
    label = tally.axis("label")
    scores = score_counts(tally, table.by[0])
    predicted = prediction_of(scores)
    everybody = scores.best_last(scores.everybody[:NO_OUTCOME])
    area = group_auc(everybody[1], everybody[0], plan.level).value
    return {
        "by": list(table.by),
        "score": scores.axis.name,
        "order": scores.axis.order,
        "label": None if label is None else label.name,
        "label_scope": plan.label_scope,
        "probabilities": predicted.probabilities,
        "binned": scores.binned,
        "slope_in": predicted.slope_in,
        "n": int(everybody.sum()),
        "positives": int(everybody[1].sum()),
        "no_outcome": int(scores.everybody[NO_OUTCOME].sum()),
        "independent": not tally.repeats and tally.axis("cluster") is None,
        "reference": {"rule": table.reference.rule, "groups": [list(g) for g in table.reference.groups]},
        "warning": TURNED if area is not None and area < 0.5 else None,
        "because": WEIGHTED if tally.weighted else None,
        "undefined": [{"figures": list(names), "because": why} for names, why in predicted.undefined],
        "resamples": plan.resamples,
        "groups": [] if tally.weighted else _groups(table, scores, predicted, plan),
    }


def _groups(table: GroupTable, scores: ScoreCounts, predicted: Prediction, plan: AuditPlan) -> list[dict[str, Any]]:
    pairs = compared(table)
    figures = {row.group: of_group(scores.outcomes([row.group]), predicted, plan.level) for row in table.rows}
    tests, m = adjusted(table, lambda a, b: _p(_same_curve(scores, predicted, a, b)))
    seed = seed_of(plan, "calibration", table.by[0])
    made = []
    for row in table.rows:
        own = _of_group(row, scores, predicted, figures[row.group], reference_group(table), plan.level)
        if row.group in pairs:
            others = pairs[row.group]
            against = (
                figures[others[0]] if len(others) == 1 else of_group(scores.outcomes(others), predicted, plan.level)
            )
            own["compared"] = {
                "against": [list(g) for g in others],
                "estimates": _differences(figures[row.group], against),
                "tests": _tests(scores, predicted, ((row.group,), others), tests[row.group][1], plan.resamples, seed),
            }
            own["compared"]["estimates"]["abroca"] = _abroca(scores, row.group, others, plan.level).to_json()
            own["compared"]["tests"]["family"] = {"name": f"{table.by[0]} · outcome given score", "m": m}
        made.append(own)
    return made


def _of_group(
    row: GroupRow,
    scores: ScoreCounts,
    predicted: Prediction,
    figures: dict[str, Any],
    reference: Group | None,
    level: float,
) -> dict[str, Any]:
    outcomes = scores.outcomes([row.group])
    return {
        "group": list(row.group),
        "n": int(outcomes.sum()),
        "positives": int(outcomes[POSITIVES].sum()),
        "no_outcome": int(scores.groups[row.group][NO_OUTCOME].sum()),
        "status": row.count.status,
        "is_reference": row.group == reference,
        "estimates": {name: e.to_json() for name, e in figures["estimates"].items()},
        "raw_calibration_error": figures["raw_calibration_error"],
        "bounds": figures["bounds"],
        "reliability": reliability_rows(outcomes, predicted, level),
        "compared": None,
    }


def _differences(focal: dict[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    """Return the group's figures less those of what it is compared with."""
    return {
        f"{name}_difference": independent_difference(focal["estimates"][name], reference["estimates"][name]).to_json()
        for name in DIFFERENCES
    }


def _abroca(scores: ScoreCounts, group: Group, others: Groups, level: float) -> Estimate:
    focal, reference = scores.outcomes([group]), scores.outcomes(others)
    n = int(focal.sum() + reference.sum())
    for side in (focal, reference):
        if not side[POSITIVES].any():
            return Estimate.undefined("undefined_no_positives", level=level, n=n)
        if not side[0].any():
            return Estimate.undefined("undefined_no_negatives", level=level, n=n)
    return Estimate(abroca(focal, reference), None, None, level, None, "ok", n)


def _tests(
    scores: ScoreCounts,
    predicted: Prediction,
    pair: tuple[Groups, Groups],
    over: float,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    curve = _same_curve(scores, predicted, *pair)
    area = abroca_test(scores.outcomes(pair[0]), scores.outcomes(pair[1]), draws, seed)
    shown = None if curve is None else {"statistic": curve.statistic, "df": curve.df, "p": curve.p, "p_adjusted": over}
    return {
        "default": None if curve is None else "same_curve",
        "same_curve": shown,
        "abroca": {
            "statistic": area.area,
            "p": area.p,
            "by_chance": area.by_chance,
            "levels": area.levels,
            "draws": draws,
            "method": "permutation",
        }
        if area.levels
        else None,
    }


def _same_curve(scores: ScoreCounts, predicted: Prediction, a: Groups, b: Groups) -> LikelihoodRatio | None:
    if predicted.slope_at is None:
        return None
    sides = [scores.outcomes(side) for side in (a, b)]
    return same_curve(predicted.slope_at, [(side[0], side[1]) for side in sides])


def _p(test: LikelihoodRatio | None) -> float:
    return float("nan") if test is None else test.p
