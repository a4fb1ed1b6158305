"""Group tables: one measure by one combination of attributes, every figure with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from fairwitness.audit.counting.score import scoring_counts
from fairwitness.audit.counting.stages import stage_tallies
from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.judging.adjusted import Adjusted, adjust
from fairwitness.audit.judging.comparisons import Comparison, FourFifths, compare
from fairwitness.audit.judging.contrasts import Contrast, contrasts
from fairwitness.audit.judging.disparities import Disparity, disparities
from fairwitness.audit.judging.group_counts import (
    Group,
    GroupCount,
    GroupCounts,
    Reference,
    choose_reference,
    count_groups,
    names_group,
)
from fairwitness.audit.judging.independent import INDEPENDENT
from fairwitness.audit.judging.pairs import PAIR_METRICS
from fairwitness.audit.judging.sampled import inference_of
from fairwitness.audit.judging.stratified import Stratified, stratify
from fairwitness.audit.tally import SELECTED
from fairwitness.metrics import four_fifths as practical
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.rates import RATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.audit.judging.inference import Inference, Omnibus
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Measure, Tally
    from fairwitness.metrics.null_ratio import NullRatio
    from fairwitness.metrics.rates import Rate

NULL_LINE = Fraction(4, 5)
ERROR_RATES = tuple(
    r
    for r in RATES.values()
    if "true_positive" in r.numerator or "true_positive" in r.denominator or "true_negative" in r.denominator
)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of a table.

    Attributes
    ----------
    share : float or None
        Of the people whose group is known.
    is_reference : bool
    estimates : dict of str to Estimate
        Rates of the group, and its pair metrics against the reference.
    comparison : Comparison or None
        None for the reference and for groups left out.
    four_fifths : {"below", "not_below", "not_evaluable"}
        Against the highest included rate, whatever the reference; compared in integers.
    """

    count: GroupCount
    share: float | None
    is_reference: bool
    estimates: dict[str, Estimate]
    comparison: Comparison | None
    four_fifths: FourFifths

    @property
    def group(self) -> Group:
        """The group's labels, in the order of the table's attributes."""
        return self.count.group


@dataclass(frozen=True, slots=True)
class GroupTable:
    """One measure by one combination of attributes.

    Attributes
    ----------
    kind : {"confirmatory", "exploratory"}
        Single attributes are confirmatory, intersections exploratory.
    null_worst_ratio : NullRatio or None
        How small the smallest ratio would come out if all true rates were equal.
    omnibus : Omnibus or None
        The test of all groups at once.
    contrasts : tuple of Contrast
        Of an intersection.
    stage : str or None
        The stage of a funnel of which these are the decisions, among those who entered it; None for the decision.
    stratified : Stratified or None
        The same comparisons within strata, where there are any.
    adjusted : Adjusted or None
        The same comparisons with controls, where any were named.
    inference : Inference
        Where the intervals and tests come from.
    """

    counts: GroupCounts
    measure: Measure
    kind: Literal["confirmatory", "exploratory"]
    reference: Reference
    rows: tuple[GroupRow, ...]
    null_worst_ratio: NullRatio | None
    omnibus: Omnibus | None
    disparities: dict[str, Disparity]
    contrasts: tuple[Contrast, ...]
    stage: str | None = None
    stratified: Stratified | None = None
    adjusted: Adjusted | None = None
    inference: Inference = INDEPENDENT

    @property
    def by(self) -> tuple[str, ...]:
        """The attributes that make the groups."""
        return self.counts.by


def group_tables(tally: Tally, plan: AuditPlan) -> Iterator[GroupTable]:
    """Yield every table that a plan asks of a tally: single attributes first, then intersections.

    Raises
    ------
    FairwitnessError
        An intersection of unknown attributes, a reference that no table has.
    """
    if plan.decides == "stratified" and (tally.axis("stratum") is None or tally.weighted):
        raise FairwitnessError(
            "decides = 'stratified': this tally has no figures within strata. Name the column of requisitions, jobs or "
            "sites (--stratum), without weights; or leave decides out."
        )
    combos = _combinations(tally, plan)
    if plan.reference not in ("highest", "largest", "overall", "rest"):
        _check_named_reference(tally, plan, combos)
    for counted in measured(tally):
        for by in combos:
            yield group_table(counted, by, plan)
    for stage, entered in stage_tallies(tally):
        for by in combos:
            yield group_table(entered, by, plan, stage)


def group_table(
    tally: Tally,
    by: tuple[str, ...],
    plan: AuditPlan,
    stage: str | None = None,
) -> GroupTable:
    """Return the table by some attributes of a tally whose decision axis tells selected from not selected.

    Parameters
    ----------
    tally : Tally
    by : tuple of str
    plan : AuditPlan
    stage : str, optional
        Of which the tally's decisions are.
    """
    counts = count_groups(tally, by, exclude_under=plan.exclude_under, min_n=plan.min_n)
    if stage is not None and not _has_reference(counts, plan.reference):
        counts = _not_to_compare(counts)
    reference = choose_reference(counts, plan.reference)
    family = " · ".join([" × ".join(by), counts.measure, *([stage] if stage else [])])
    inference = inference_of(tally, counts)
    compared = compare(counts, reference, level=plan.level, family=family, inference=inference)
    stratified = stratify(tally, counts, reference, compared, plan.level, stage)
    included = counts.included
    several = len(included) > 1
    worst = inference.null_worst(included, NULL_LINE, plan.resamples, plan.seed) if several else None
    return GroupTable(
        counts=counts,
        measure=counts.measure,
        kind="confirmatory" if len(by) == 1 else "exploratory",
        reference=reference,
        rows=tuple(_row(g, counts, reference, compared.get(g.group), plan.level, inference) for g in counts.groups),
        null_worst_ratio=worst if worst is not None and np.isfinite(worst.median) else None,
        omnibus=inference.omnibus(included) if several else None,
        disparities=disparities(
            counts, reference, level=plan.level, resamples=plan.resamples, seed=plan.seed, inference=inference
        ),
        contrasts=contrasts(counts, plan.level, family, inference) if len(by) > 1 else (),
        stage=stage,
        stratified=stratified,
        adjusted=adjust(tally, counts, reference, compared, plan.level),
        inference=inference,
    )


def _has_reference(counts: GroupCounts, rule: str) -> bool:
    """Tell whether a group that is named as the reference can be compared with: it may not have come to a stage."""
    return all(g.status == "ok" for g in counts.groups if names_group(rule, g.group))


def _not_to_compare(counts: GroupCounts) -> GroupCounts:
    groups = (replace(g, status="single_group") if g.status == "ok" else g for g in counts.groups)
    return replace(counts, groups=tuple(groups))


def measured(tally: Tally) -> Iterator[Tally]:
    """Yield the tally once for each measure it can tell: by its decisions, and by its scores."""
    decision = tally.axis("decision")
    if decision is not None and not any(key[tally.axes.index(decision)] == "scored" for key in tally.cells):
        yield tally
    if tally.axis("score") is not None:
        yield scoring_counts(tally)


def _combinations(tally: Tally, plan: AuditPlan) -> list[tuple[str, ...]]:
    names = tally.attributes
    singles: list[tuple[str, ...]] = [(name,) for name in names]
    if tally.axis("table") or plan.intersect == "none":
        if not isinstance(plan.intersect, str):
            raise FairwitnessError(
                "intersect: a table of counts with its own tables has no cells to intersect. Leave intersect out."
            )
        return singles
    if plan.intersect == "all":
        return [*singles, *combinations(names, 2)]
    for wanted in plan.intersect:
        for name in wanted:
            if name not in names:
                hint = did_you_mean(name, names)
                raise FairwitnessError(
                    f"intersect: no protected attribute {quoted(name)}; there are {listed(names)}.{hint}"
                )
        if len(set(wanted)) < max(len(wanted), 2):
            raise FairwitnessError(
                f"intersect: {quoted(', '.join(wanted))} does not name two or more different attributes."
            )
    return [*singles, *(tuple(wanted) for wanted in plan.intersect)]


def _check_named_reference(tally: Tally, plan: AuditPlan, combos: list[tuple[str, ...]]) -> None:
    groups = [
        g.group for by in combos for g in count_groups(tally, by, exclude_under=plan.exclude_under, min_n=0).groups
    ]
    if not any(names_group(plan.reference, group) for group in groups):
        known = [", ".join(group) for group in groups]
        raise FairwitnessError(
            f"reference: no group {quoted(plan.reference)}; there are {listed(known)}."
            f"{did_you_mean(plan.reference, known)} Or give highest, largest, overall or rest."
        )


def _row(
    g: GroupCount,
    counts: GroupCounts,
    reference: Reference,
    compared: Comparison | None,
    level: float,
    inference: Inference,
) -> GroupRow:
    rates = [RATES[counts.measure], *(ERROR_RATES if g.outcomes else ())]
    estimates = {r.name: _rate_estimate(g, r, level, inference) for r in rates}
    is_reference = g.group in reference.groups
    if compared is not None:
        estimates |= compared.estimates
    else:
        estimates |= {
            m.name: not_compared(m.parity, g, counts, is_reference=is_reference, level=level) for m in PAIR_METRICS
        }
    return GroupRow(
        count=g,
        share=g.n / counts.known if counts.known else None,
        is_reference=is_reference,
        estimates=estimates,
        comparison=compared,
        four_fifths=_four_fifths(g, counts),
    )


def _rate_estimate(g: GroupCount, r: Rate, level: float, inference: Inference) -> Estimate:
    if g.stands_for(*r.denominator) == 0:
        return Estimate.undefined("undefined_empty_group" if g.weight == 0 else r.undefined, level=level, n=0)
    return inference.rate(g, r, level)


def not_compared(
    parity: float | None, g: GroupCount, counts: GroupCounts, *, is_reference: bool, level: float
) -> Estimate:
    """Return the pair metric of a group that is compared with nothing: the reference's own, or why there is none."""
    if g.status != "ok":
        return Estimate.undefined(g.status, level=level, n=g.n)
    if len(counts.included) < 2:
        return Estimate.undefined("single_group", level=level, n=g.n)
    if g.rate == 0 or not is_reference:
        return Estimate.undefined("undefined_no_selections", level=level, n=g.n)
    return Estimate(parity, None, None, level, None, "ok", g.n)


def _four_fifths(g: GroupCount, counts: GroupCounts) -> FourFifths:
    if g.status != "ok" or len(counts.included) < 2:
        return "not_evaluable"
    best = max(counts.included, key=lambda o: o.rate)
    return practical.four_fifths(g.stands_for(SELECTED), g.weight, best.stands_for(SELECTED), best.weight)
