"""Whole-table disparities: how far apart the groups of a table are, with bootstrap intervals and tests of parity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.judging.group_counts import Group, GroupCount, GroupCounts, Reference, counts_of
from fairwitness.audit.judging.pairs import Pair, number
from fairwitness.metrics.bootstrap import percentile_interval
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.rates import RATES, rate
from fairwitness.metrics.table import METRICS, Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.inference import Inference

    Parts = tuple[dict[str, NDArray[Any]], ...]  # replicates of counts
    Drawn = dict[tuple[tuple[str, ...], tuple[Group, ...]], Parts]

TABLE_METRICS = tuple(m for m in METRICS if m.scope == "table")
Ends = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Disparity:
    """One figure for a whole table.

    Attributes
    ----------
    exact : Fraction or None
        The value without rounding, for comparison with a line.
    estimate : Estimate
    one_sided : tuple
        The interval whose each end errs with probability ``1 - level``.
    test : str or None
        The test of parity, None where the metric has none.
    p, p_adjusted : float or None
        Of the pair of groups that makes the figure; adjusted by Holm over ``m`` tests.
    left_out : tuple of groups
        Compared groups for which a rate that the metric needs is undefined.
    undefined_replicates : float
        In which share of the bootstrap's draws a compared group had no such rate; the interval is that of the rest of
        its draw, or of the other draws.
    """

    exact: Fraction | None
    estimate: Estimate
    one_sided: Ends
    test: str | None
    p: float | None
    p_adjusted: float | None
    m: int
    left_out: tuple[Group, ...]
    undefined_replicates: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the estimate as JSON has it, with its test and the groups left out."""
        test = {"name": self.test, "p": self.p, "p_adjusted": self.p_adjusted, "m": self.m} if self.test else None
        shown = self.estimate.to_json() | {"left_out": [list(g) for g in self.left_out], "test": test}
        return shown | ({"undefined_replicates": self.undefined_replicates} if self.undefined_replicates else {})


def disparities(
    counts: GroupCounts, reference: Reference, *, level: float, resamples: int, seed: int, inference: Inference
) -> dict[str, Disparity]:
    """Return every whole-table metric that the counts allow.

    Parameters
    ----------
    counts : GroupCounts
    reference : Reference
        Average odds are measured against it; where it is no single group, against the highest rate.
    level : float
    resamples, seed : int
        Of the bootstrap.
    inference : Inference
        How decisions are resampled and tested; where they cannot be resampled there is no interval.
    """
    labelled = any(g.outcomes for g in counts.included)
    made: dict[str, Disparity] = {}
    drawn: Drawn = {}
    for m in TABLE_METRICS:
        if "true_positive" in m.reads and not labelled:
            continue
        groups = [g for g in counts.included if all(_rate(g, name) is not None for name in m.rates)]
        left_out = tuple(g.group for g in counts.included if g not in groups)
        names = (m.reads, left_out)
        if names not in drawn and len(groups) > 1:
            drawn[names] = inference.replicates(groups, m.reads, resamples, seed)
        made[m.name] = _disparity(m, groups, left_out, reference, level, drawn.get(names, ()), inference)
    return made


def _disparity(
    m: Metric,
    groups: list[GroupCount],
    left_out: tuple[Group, ...],
    reference: Reference,
    level: float,
    drawn: Parts,
    inference: Inference,
) -> Disparity:
    counts = counts_of(groups)
    n = sum(int(counts[name].sum()) for name in m.reads) if groups else 0
    if len(groups) < 2:
        nothing = Estimate.undefined("single_group", level=level, n=n)
        return Disparity(None, nothing, (None, None), None, None, None, 0, left_out)
    best = max(range(len(groups)), key=lambda i: groups[i].rate)
    anchor = next((i for i, g in enumerate(groups) if g.group in reference.groups), best)
    exact, pair = _exact(m, groups, anchor)
    if exact is None:
        nothing = Estimate.undefined("undefined_no_selections", level=level, n=n)
        return Disparity(None, nothing, (None, None), None, None, None, 0, left_out)
    test, p, adjusted, tests = _test(m, groups, pair, inference)
    wide, narrow, method = _intervals(m, groups, anchor, pair, (level, 2 * level - 1), drawn, inference)
    estimate = Estimate(float(exact), *wide, level, method, "ok", n)
    return Disparity(exact, estimate, narrow, test, p, adjusted, tests, left_out, _undefined(m, drawn))


def _undefined(m: Metric, drawn: Parts) -> float:
    """Return the share of draws in which a group has not every rate that the metric needs."""
    without = [np.any([np.isnan(rate(part, RATES[name])) for name in m.rates], axis=(0, -1)) for part in drawn]
    return float(np.concatenate(without).mean()) if without else 0.0


def _rate(g: GroupCount, name: str) -> Fraction | None:
    of = RATES[name]
    below = g.stands_for(*of.denominator)
    return Fraction(g.stands_for(*of.numerator), below) if below else None


def _exact(m: Metric, groups: list[GroupCount], anchor: int) -> tuple[Fraction | None, tuple[str, int, int]]:
    """Return the metric as a fraction, and the rate and pair of groups (lower, higher) that make it."""
    rates = {name: [_rate(g, name) or Fraction(0) for g in groups] for name in m.rates}
    if m.against_reference:
        means = [sum((r[i] - r[anchor] for r in rates.values()), Fraction(0)) / len(rates) for i in range(len(groups))]
        far = max(range(len(groups)), key=lambda i: (abs(means[i]), -i))
        far = far if far != anchor else (anchor + 1) % len(groups)
        return means[far], (m.rates[0], far, anchor)
    found: list[tuple[Fraction | None, tuple[str, int, int]]] = []
    for name, values in rates.items():
        low = values.index(min(values))
        high = len(values) - 1 - values[::-1].index(max(values))  # of equal rates the last: never the lowest itself
        if m.parity == 0:
            found.append((values[high] - values[low], (name, low, high)))
        else:
            found.append((values[low] / values[high] if values[high] else None, (name, low, high)))
    known = [f for f in found if f[0] is not None]
    if not known:
        return found[0]
    return (max if m.parity == 0 else min)(known, key=lambda f: f[0] or Fraction(0))


def _test(
    m: Metric, groups: list[GroupCount], pair: tuple[str, int, int], inference: Inference
) -> tuple[str | None, float | None, float | None, int]:
    """Return test, p, adjusted p and family size: all pairs of groups, over every rate that the metric compares."""
    every = list(combinations(range(len(groups)), 2))
    pairs = [Pair((groups[a],), (groups[b],)) for a, b in every]
    kinds = [RATES[name] for name in m.rates]
    names: list[str] = []
    p = np.empty(0)
    for one in (kinds,) if m.against_reference else ([kind] for kind in kinds):
        found = inference.mean_p_values(pairs, one) if m.against_reference else inference.p_values(pairs, one[0])
        names, p = names + found[0], np.concatenate([p, found[1]])
    at = every.index((min(pair[1:]), max(pair[1:]))) + (
        0 if m.against_reference else m.rates.index(pair[0]) * len(every)
    )
    adjusted = holm(p)
    if not np.isfinite(p[at]):
        return None, None, None, int(np.isfinite(p).sum())
    return names[at], float(p[at]), float(adjusted[at]), int(np.isfinite(p).sum())


def _intervals(
    m: Metric,
    groups: list[GroupCount],
    anchor: int,
    pair: tuple[str, int, int],
    levels: tuple[float, float],
    drawn: Parts,
    inference: Inference,
) -> tuple[Ends, Ends, str | None]:
    """Return intervals at two levels, and their method; none where decisions cannot be resampled.

    Where every draw gives the same value (nobody selected in the lowest group, say) the percentiles would claim
    certainty: then it is the score interval of the pair of groups that makes the figure.
    """
    if not drawn:
        return (None, None), (None, None), None
    draws = np.concatenate([m.compute(part, anchor) if m.against_reference else m.compute(part) for part in drawn])
    ends = [percentile_interval(draws, level)[:2] for level in levels]
    if all(np.isfinite(e).all() for e in ends):
        wide, narrow = [(float(low), float(high)) for low, high in ends]
        return wide, narrow, inference.resampling
    _, low, high = pair
    f, r = (high, low) if m.parity == 0 and not m.against_reference else (low, high)
    of_two = Pair((groups[f],), (groups[r],))
    made: list[Ends] = []
    method: str | None = None
    for level in levels:
        (lower, upper), method = inference.extreme_pair(of_two, RATES[pair[0]], m.parity, level)
        made.append((number(lower), number(upper)))
    return made[0], made[1], method
