"""Whole-table disparities: how far apart the groups of a table are, with bootstrap intervals and tests of parity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.judging.group_counts import OUTCOMES, Group, GroupCount, GroupCounts, Reference
from fairwitness.audit.tally import NOT_SELECTED, SELECTED
from fairwitness.metrics.bootstrap import cell_draws, percentile_interval
from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.mean_difference import mean_difference_z
from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.rates import RATES, parts
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test
from fairwitness.metrics.table import METRICS, Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TABLE_METRICS = tuple(m for m in METRICS if m.scope == "table")
CELLS_AT_ONCE = 2_000_000  # of a bootstrap's draws, to bound memory
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
    """

    exact: Fraction | None
    estimate: Estimate
    one_sided: Ends
    test: str | None
    p: float | None
    p_adjusted: float | None
    m: int
    left_out: tuple[Group, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the estimate as JSON has it, with its test and the groups left out."""
        test = {"name": self.test, "p": self.p, "p_adjusted": self.p_adjusted, "m": self.m} if self.test else None
        return self.estimate.to_json() | {"left_out": [list(g) for g in self.left_out], "test": test}


def disparities(
    counts: GroupCounts, reference: Reference, *, level: float, resamples: int, seed: int, independent: bool
) -> dict[str, Disparity]:
    """Return every whole-table metric that the counts allow.

    Parameters
    ----------
    counts : GroupCounts
    reference : Reference
        Average odds are measured against it; where it is no single group, against the highest rate.
    level : float
    resamples, seed : int
        Multinomial draws over the table's cells: in law the same as resampling independent rows.
    independent : bool
        False where rows repeat a unit: such a bootstrap would be too narrow, so there is no interval.
    """
    labelled = any(g.outcomes for g in counts.included)
    made = {}
    for m in TABLE_METRICS:
        if "true_positive" in m.reads and not labelled:
            continue
        groups = [g for g in counts.included if all(_rate(g, name) is not None for name in m.rates)]
        left_out = tuple(g.group for g in counts.included if g not in groups)
        made[m.name] = _disparity(m, groups, left_out, reference, level, resamples if independent else 0, seed)
    return made


def arrays(groups: list[GroupCount]) -> dict[str, NDArray[np.int64]]:
    """Return the counts of groups by name, one entry per group, as metrics read them."""
    made = {SELECTED: [g.selected for g in groups], NOT_SELECTED: [g.not_selected for g in groups]}
    if groups and all(g.outcomes for g in groups):
        made |= {kind: [g.outcomes[kind] for g in groups] for kind in OUTCOMES.values()}
    return {name: np.array(column, np.int64) for name, column in made.items()}


def _disparity(
    m: Metric,
    groups: list[GroupCount],
    left_out: tuple[Group, ...],
    reference: Reference,
    level: float,
    resamples: int,
    seed: int,
) -> Disparity:
    counts = arrays(groups)
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
    test, p, adjusted, tests = _test(m, counts, pair)
    one_sided = 2 * level - 1
    wide: Ends = (None, None)
    narrow: Ends = (None, None)
    method = None
    if resamples:
        wide, narrow, method = _intervals(m, counts, anchor, pair, (level, one_sided), resamples, seed)
    estimate = Estimate(float(exact), *wide, level, method, "ok", n)
    return Disparity(exact, estimate, narrow, test, p, adjusted, tests, left_out)


def _rate(g: GroupCount, name: str) -> Fraction | None:
    counts = {SELECTED: g.selected, NOT_SELECTED: g.not_selected, **g.outcomes}
    of = RATES[name]
    below = sum(counts[c] for c in of.denominator)
    return Fraction(sum(counts[c] for c in of.numerator), below) if below else None


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
    m: Metric, counts: dict[str, NDArray[np.int64]], pair: tuple[str, int, int]
) -> tuple[str | None, float | None, float | None, int]:
    """Return test, p, adjusted p and family size: all pairs of groups, over every rate that the metric compares."""
    k = len(counts[SELECTED])
    every = list(combinations(range(k), 2))
    a, b = np.array(every).T
    columns = {name: parts(counts, RATES[name]) for name in m.rates}
    if m.against_reference:
        (x1, n1), (x2, n2) = columns.values()
        p = mean_difference_z((x1[a], n1[a], x1[b], n1[b]), (x2[a], n2[a], x2[b], n2[b]))[1]
        names = np.full(len(every), "mean_difference_z")
    else:
        each = [default_test(x[a], n[a], x[b], n[b]) for x, n in columns.values()]
        names, p = np.concatenate([e[0] for e in each]), np.concatenate([e[1] for e in each])
    at = every.index((min(pair[1:]), max(pair[1:]))) + (
        0 if m.against_reference else m.rates.index(pair[0]) * len(every)
    )
    adjusted = holm(p)
    if not np.isfinite(p[at]):
        return None, None, None, int(np.isfinite(p).sum())
    return str(names[at]), float(p[at]), float(adjusted[at]), int(np.isfinite(p).sum())


def _intervals(
    m: Metric,
    counts: dict[str, NDArray[np.int64]],
    anchor: int,
    pair: tuple[str, int, int],
    levels: tuple[float, float],
    resamples: int,
    seed: int,
) -> tuple[Ends, Ends, str]:
    """Return intervals at two levels, and their method.

    Where every draw gives the same value (nobody selected in the lowest group, say) the percentiles would claim
    certainty: then it is the score interval of the pair of groups that makes the figure.
    """
    draws = _replicates(m, counts, anchor, resamples, seed)
    ends = [percentile_interval(draws, level)[:2] for level in levels]
    if all(np.isfinite(e).all() for e in ends):
        wide, narrow = [(float(low), float(high)) for low, high in ends]
        return wide, narrow, "bootstrap_percentile"
    x, n = parts(counts, RATES[pair[0]])
    _, low, high = pair
    score: Callable[..., Any] = newcombe if m.parity == 0 else koopman
    f, r = (high, low) if m.parity == 0 and not m.against_reference else (low, high)
    made: list[Ends] = []
    for level in levels:
        lower, upper = (np.ravel(end)[0] for end in score(x[f], n[f], x[r], n[r], level))
        made.append((float(lower), float(upper) if np.isfinite(upper) else None))
    return made[0], made[1], f"{'newcombe' if m.parity == 0 else 'koopman'}_extreme_pair"


def _replicates(
    m: Metric, counts: dict[str, NDArray[np.int64]], anchor: int, resamples: int, seed: int
) -> NDArray[np.float64]:
    names = list(m.reads)
    cells = np.stack([counts[name] for name in names], axis=-1)
    at_once = max(1, CELLS_AT_ONCE // cells.size)
    made = []
    for start in range(0, resamples, at_once):
        drawn = cell_draws(cells, min(at_once, resamples - start), seed if start == 0 else seed + start)
        replicate = {name: drawn[..., i] for i, name in enumerate(names)}
        made.append(m.compute(replicate, anchor) if m.against_reference else m.compute(replicate))
    return np.concatenate(made)
