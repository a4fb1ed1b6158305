"""Intersections: small groups told with what all of them show, and the worst-off one without being fooled by chance."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.analyses.intersection_figures import LINE, Cell, Intersection, Intersections, Spread
from fairwitness.audit.analyses.worst_group import NO_CHOICE, TOO_FEW, worst_group
from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.group_counts import in_order
from fairwitness.audit.judging.pairs import estimate
from fairwitness.metrics.beta_binomial import fit_beta_law, shrunk_rates
from fairwitness.metrics.differential_fairness import (
    differential_fairness,
    differential_fairness_interval,
)
from fairwitness.metrics.equal_rates import equal_rate_draws, share_as_extreme
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.ratio_posterior import JEFFREYS, ratio_below
from fairwitness.metrics.simultaneous import all_pairs_level, several_level
from fairwitness.metrics.smallest_ratio import can_be_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.beta_binomial import BetaLaw
    from fairwitness.metrics.estimate import Status

MOST_COMBINATIONS = 1000  # of levels, among which those that nobody bears are listed
WEIGHTED = "the counts are weighted, and these methods are for counts of independent decisions"
REPEATED = "decisions come in clusters or rows repeat a person, and these methods are for independent decisions"


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Intersections | None:
    """Return what can be said of small groups; None without an intersection.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
    plan : AuditPlan
        Its level, seed and number of resamples.
    """
    why = WEIGHTED if tally.weighted else REPEATED if tally.repeats or tally.axis("cluster") else None
    made = []
    for table in tables:
        if len(table.by) < 2:
            continue
        nobody = _borne_by_nobody(tally, table)
        empty = Intersection(table, (), None, None, None, None, nobody, why)
        made.append(empty if why else _of_table(table, plan, nobody))
    return Intersections(tuple(made)) if made else None


def _of_table(table: GroupTable, plan: AuditPlan, nobody: tuple[Group, ...]) -> Intersection:
    included = table.counts.included
    x, n = (np.array([getattr(g, name) for g in included], np.int64) for name in ("selected", "n"))
    law, together = fit_beta_law(x, n), _together(table, plan.level)
    told = can_be_told(n, int(x.sum()), plan.level)
    evaluable = [g for g, tells in zip(included, told, strict=True) if tells]
    key = (plan.seed, *" × ".join(table.by).encode(), *table.measure.encode(), *(table.stage or "").encode())
    return Intersection(
        table=table,
        cells=tuple(_cells(table, law, together, plan.level, {g.group for g in evaluable})),
        law=law,
        together=together,
        worst=worst_group(evaluable, law, plan, key, TOO_FEW if 0 < x.sum() < n.sum() else NO_CHOICE),
        spread=_spread(x, n, plan, key),
        nobody=nobody,
    )


def _together(table: GroupTable, level: float) -> tuple[str, int, float] | None:
    """Return how the intervals against the reference hold together; None where nothing is compared."""
    k = len(table.counts.included)
    if k < 2:
        return None
    if table.reference.chosen_from_outcomes:
        return "koopman_all_pairs", k * (k - 1) // 2, all_pairs_level(level, k)
    comparisons = k - len(table.reference.groups)
    return "koopman_several", comparisons, several_level(level, comparisons)


def _cells(
    table: GroupTable,
    law: BetaLaw | None,
    together: tuple[str, int, float] | None,
    level: float,
    evaluable: set[Group],
) -> Iterator[Cell]:
    shrunk = {} if law is None else _shrunk(table, law, level)
    ratios = {} if together is None else _ratios(table, together, level)
    best = reference_used(table.counts, table.reference) if table.reference.groups else None
    for row in table.rows:
        g = row.count
        why: Status = "undefined" if g.status == "ok" else g.status
        pair = best if g.group in ratios else None
        of_shrunk, below = None, None
        if pair is not None:
            counts = (g.selected, g.n, pair.selected, pair.n)
            fitted = None if law is None else float(ratio_below(*counts, LINE, (law.alpha, law.beta)))
            below = float(ratio_below(*counts, LINE, JEFFREYS)), fitted
            if shrunk:
                of_shrunk = _value(shrunk[g.group]) / _value(shrunk[pair.group])
        yield Cell(
            count=g,
            evaluable=g.group in evaluable,
            is_reference=row.is_reference,
            rate=row.estimates[table.measure],
            shrunk_rate=shrunk.get(g.group) or Estimate.undefined(why, level=level, n=g.n),
            impact_ratio=ratios.get(g.group),
            shrunk_ratio=of_shrunk,
            below=below,
        )


def _value(e: Estimate) -> float:
    return e.value if e.value is not None else float("nan")


def _shrunk(table: GroupTable, law: BetaLaw, level: float) -> dict[Group, Estimate]:
    included = table.counts.included
    figures = shrunk_rates(law, [g.selected for g in included], [g.n for g in included], level)
    return {
        g.group: Estimate(float(value), float(low), float(high), level, "beta_binomial", "ok", g.n)
        for g, value, low, high in zip(included, *figures, strict=True)
    }


def _ratios(table: GroupTable, together: tuple[str, int, float], level: float) -> dict[Group, Estimate]:
    """Return the ratio of each compared group to the reference, with an interval that holds with all the others."""
    compared = [row.comparison for row in table.rows if row.comparison is not None]
    columns = ("selected", "n", "reference_selected", "reference_n")
    pairs = [np.array([getattr(c, name) for c in compared], np.int64) for name in columns]
    method, _, level_of_each = together
    xf, nf, xr, nr = pairs
    ends = np.array(koopman(xf, nf, xr, nr, level_of_each))
    if table.reference.rule == "overall":  # against the rest; of the whole the group is a part: r / (w r + 1 - w)
        w = nf / (nf + nr)
        known = np.where(np.isinf(ends), 1.0, ends)
        ends = np.where(np.isinf(ends), 1 / w, known / (w * known + 1 - w))
    made = {}
    for c, low, high in zip(compared, *ends, strict=True):
        plain = c.estimates["impact_ratio"]
        value = np.nan if plain.value is None else plain.value
        made[c.group] = estimate(value, float(low), float(high), level, method, plain.status, plain.n)
    return made


def _spread(x: np.ndarray[Any, Any], n: np.ndarray[Any, Any], plan: AuditPlan, key: tuple[int, ...]) -> Spread:
    """Return differential fairness over all groups compared."""
    total, selected = int(n.sum()), int(x.sum())
    if len(n) < 2 or selected in (0, total):
        why: Status = "undefined_no_selections" if selected == 0 else "undefined_no_rejections"
        if len(n) < 2:
            why = "single_group"
        return Spread(Estimate.undefined(why, level=plan.level, n=total), None, None)
    value = float(differential_fairness(x, n))
    low, high = differential_fairness_interval(x, n, plan.level)
    null = differential_fairness(equal_rate_draws(n, selected, plan.resamples, (*key, 1)), n)
    figure = estimate(value, low, high, plan.level, "koopman_all_pairs", "undefined", total)
    return Spread(figure, share_as_extreme(value, null), float(np.median(null)))


def _borne_by_nobody(tally: Tally, table: GroupTable) -> tuple[Group, ...]:
    """Return the combinations of labels that no decision is about, unless there are very many."""
    levels = [axis.levels for name in table.by for axis in tally.axes if axis.name == name]
    if prod(len(labels) for labels in levels) > MOST_COMBINATIONS:
        return ()
    there = {g.group for g in table.counts.groups if g.n}
    return tuple(sorted((group for group in product(*levels) if group not in there), key=in_order))
