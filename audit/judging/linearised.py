"""Inference from decisions in clusters or with survey weights: linearised variances, robust z, cluster bootstrap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.errors import listed
from fairwitness.audit.judging.independent import CELLS_AT_ONCE, tests_for_counts
from fairwitness.audit.judging.inference import Omnibus, Tested
from fairwitness.audit.judging.pairs import PAIR_METRICS, estimate, number, undefined_pair
from fairwitness.metrics.cluster_bootstrap import cluster_draws, weighted_draws
from fairwitness.metrics.design_effect import design_effect
from fairwitness.metrics.linearised import FEW_CLUSTERS, FEWEST_CLUSTERS, Spread, spread_of_clusters, spread_of_rows
from fairwitness.metrics.linearised_intervals import robust_pair, robust_rate
from fairwitness.metrics.linearised_tests import equal_rates_z, mean_difference_robust_z, rao_scott
from fairwitness.metrics.null_ratio import null_worst_ratio_of_rates
from fairwitness.metrics.paired_change import mcnemar
from fairwitness.metrics.rates import RATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group, GroupCount
    from fairwitness.audit.judging.inference import Ends, Names
    from fairwitness.audit.judging.pairs import Pair
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Estimate
    from fairwitness.metrics.null_ratio import NullRatio
    from fairwitness.metrics.rates import Rate
    from fairwitness.metrics.table import Metric

    Part = tuple[Sequence[GroupCount], Rate]

WITHHELD = (
    "Decisions have weights: tests for counts (pooled z, Fisher's exact test, mid-P) would take weights for people, "
    "and are not shown."
)
INDEPENDENCE = "independence"
ALONE = 1e-9
MEASURE = RATES["selection_rate"]
LARGEST = 2.0**40  # draws of weights are scaled to whole numbers, which is what counts are


@dataclass(frozen=True, slots=True)
class Linearised:
    """Decisions in clusters, with weights, or both.

    Attributes
    ----------
    places : mapping of Group to int
    kinds : tuple of str
        Kinds of decisions: selected and not, and the four outcomes where they are known.
    amounts : array of float, shape (profiles, groups, kinds)
        What clusters hold: counts, or sums of weights.  Clusters of the same content are one profile; without clusters
        there is one profile, of everybody.
    times : array of int, shape (profiles,), or None
        How many clusters have that content; None without clusters.
    numbers, squares : array of float, shape (groups, kinds)
        Decisions, and the sum of their squared weights.
    weighted : bool
    resampled : bool
        False where rows repeat a unit and no clusters say which.
    """

    places: Mapping[Group, int]
    kinds: tuple[str, ...]
    amounts: Floats
    times: NDArray[np.int64] | None
    numbers: Floats
    squares: Floats
    weighted: bool
    resampled: bool

    @property
    def method(self) -> str:
        """``design_based`` with weights, otherwise ``cluster_robust``."""
        return "design_based" if self.weighted else "cluster_robust"

    @property
    def resampling(self) -> str:
        """``cluster_bootstrap``, or ``weighted_bootstrap`` without clusters."""
        return "weighted_bootstrap" if self.times is None else "cluster_bootstrap"

    @property
    def clusters(self) -> int | None:
        """How many there are."""
        return None if self.times is None else int(self.times.sum())

    @property
    def withheld(self) -> str | None:
        """Why tests for counts are not shown."""
        return WITHHELD if self.weighted else None

    def cautions(self, by: str, groups: Sequence[GroupCount]) -> list[str]:
        """Return what must be said of few clusters, and of groups in one cluster alone."""
        if self.times is None or not groups:
            return []
        found = self._spread([((g,), MEASURE) for g in groups])
        if found.clusters < FEWEST_CLUSTERS:
            few = f"The table by {by} rests on {found.clusters} clusters: with fewer than {FEWEST_CLUSTERS} there are"
            return [f"{few} neither intervals nor tests."]
        made = []
        if found.clusters < FEW_CLUSTERS:
            made.append(
                f"The table by {by} rests on {found.clusters} clusters: with fewer than {FEW_CLUSTERS}, intervals are "
                "wide, and both they and the tests are approximate."
            )
        alone = [" · ".join(g.group) for g, n in zip(groups, found.effective, strict=True) if n < 1 + ALONE]
        if alone:
            made.append(
                f"The table by {by}: all decisions on {listed(alone)} are in one cluster, so that nothing tells how "
                "sure a figure about them is."
            )
        return made

    # -- rates and pairs -------------------------------------------------------------------------------------------

    def rate(self, g: GroupCount, kind: Rate, level: float) -> Estimate:
        """Return a rate with Wilson's interval at the effective number of decisions."""
        low, high = robust_rate(self._spread([((g,), kind)]), 0, level)
        n = int(self._total(self.numbers, (g,), kind.denominator))
        value = float(g.stands_for(*kind.numerator) / g.stands_for(*kind.denominator))
        return estimate(value, low, high, level, self.method, "ok", n)

    def estimates(
        self, pairs: Sequence[Pair], level: float, metrics: Sequence[Metric] = PAIR_METRICS
    ) -> list[dict[str, Estimate]]:
        """Return values of pair metrics, with intervals joined from those of the rates."""
        return [self._estimates(pair, level, metrics) for pair in pairs]

    def _estimates(self, pair: Pair, level: float, metrics: Sequence[Metric]) -> dict[str, Estimate]:
        found = self._spread_of(pair, MEASURE)
        whole = found.total
        xf, xr = (self._total(self._sums, side, MEASURE.numerator) for side in (pair.focal, pair.reference))
        why, n = undefined_pair(xf, whole[0], xr, whole[1]), sum(pair.n)
        made = {}
        for m in metrics:
            value = float(m.compute(xf, whole[0], xr, whole[1]))
            made[m.name] = estimate(value, *robust_pair(found, m.name, level), level, self.method, why, n)
        return made

    def worth(self, pairs: Sequence[Pair]) -> Sequence[Floats]:
        """Return the numbers of decisions, each divided by the design effect of the difference."""
        effects = np.array([design_effect(self._spread_of(pair, MEASURE), pair.n) for pair in pairs])
        nf, nr = (np.array([pair.n[i] for pair in pairs]) / effects for i in (0, 1))
        return nf, nr, nr * np.array([float(pair.rates[1]) for pair in pairs])

    def grown(self, times: int) -> Linearised:
        """Return what so many times as many clusters, or decisions, would tell."""
        numbers, squares = self.numbers * times, self.squares * times
        if self.times is None:
            return replace(self, amounts=self.amounts * times, numbers=numbers, squares=squares)
        return replace(self, times=self.times * times, numbers=numbers, squares=squares)

    # -- tests -----------------------------------------------------------------------------------------------------

    def tested(self, pairs: Sequence[Pair]) -> list[Tested]:
        """Return the robust z, and where decisions have no weights the tests that take them for independent."""
        return [self._tested(pair) for pair in pairs]

    def _tested(self, pair: Pair) -> Tested:
        found = self._spread_of(pair, MEASURE)
        statistic, df, p = equal_rates_z(found)
        figures: dict[str, dict[str, Any]] = {
            f"{self.method}_z": {"statistic": number(statistic), "p": number(p), "df": number(df)}
        }
        if self.times is not None:
            figures[f"{self.method}_z"]["clusters"] = found.clusters
        if not self.weighted:
            figures |= self._of_pairs(pair)
            counts = (np.array([count]) for x, n in zip(pair.selected, pair.n, strict=True) for count in (x, n))
            for name, figure in tests_for_counts(*counts)[0].items():
                figures[name] = figure | {"assumes": INDEPENDENCE}
        return Tested(f"{self.method}_z", p, figures)

    def _of_pairs(self, pair: Pair) -> dict[str, dict[str, Any]]:
        """Return McNemar's tests where every cluster has one decision on each side, as in a paired audit."""
        if self.times is None:
            return {}
        x, n = self._columns(pair.focal, MEASURE), self._columns(pair.reference, MEASURE)
        held = (x[1] > 0) | (n[1] > 0)
        if not (held.any() and (x[1][held] == 1).all() and (n[1][held] == 1).all()):
            return {}
        only_f = int(self.times[held & (x[0] > n[0])].sum())
        only_r = int(self.times[held & (x[0] < n[0])].sum())
        exact, mid_p, _ = mcnemar(only_f, only_r)
        discordant = {"only_group": only_f, "only_reference": only_r}
        return {
            "mcnemar_exact": {"p": float(exact), **discordant},
            "mcnemar_mid_p": {"p": float(mid_p), **discordant},
        }

    def p_values(self, pairs: Sequence[Pair], kind: Rate) -> tuple[Names, Floats]:
        """Return the robust z of any rate."""
        p = [equal_rates_z(self._spread_of(pair, kind))[2] for pair in pairs]
        return [f"{self.method}_z"] * len(pairs), np.array(p)

    def mean_p_values(self, pairs: Sequence[Pair], kinds: Sequence[Rate]) -> tuple[Names, Floats]:
        """Return the robust z of the mean of two differences."""
        made = []
        for pair in pairs:
            parts = [(side, kind) for kind in kinds for side in (pair.focal, pair.reference)]
            made.append(mean_difference_robust_z(self._spread(parts))[2])
        return [f"{self.method}_z"] * len(pairs), np.array(made)

    def omnibus(self, groups: Sequence[GroupCount]) -> Omnibus | None:
        """Return Rao and Scott's χ²."""
        found = rao_scott(self._spread([((g,), MEASURE) for g in groups]))
        return Omnibus(*found, "rao_scott") if np.isfinite(found[0]) else None

    # -- resampling ------------------------------------------------------------------------------------------------

    def extreme_pair(self, pair: Pair, kind: Rate, parity: float | None, level: float) -> tuple[Ends, str]:
        """Return the interval of two groups' ratio or difference."""
        name = "rate_difference" if parity == 0 else "impact_ratio"
        return robust_pair(self._spread_of(pair, kind), name, level), f"{self.method}_extreme_pair"

    def replicates(
        self, groups: Sequence[GroupCount], names: Sequence[str], draws: int, seed: int
    ) -> tuple[dict[str, NDArray[Any]], ...]:
        """Draw clusters anew, or weights as the Bayesian bootstrap does."""
        if not self.resampled or not self._spread([((g,), MEASURE) for g in groups]).enough:
            return ()
        at = np.ix_([self.places[g.group] for g in groups], [self.kinds.index(name) for name in names])
        content = np.stack([amounts[at].ravel() for amounts in self.amounts])
        scale = LARGEST / max(1.0, float(content.sum())) if self.weighted else 1.0
        at_once = max(1, CELLS_AT_ONCE // max(content.size, 1))
        made = []
        for start in range(0, draws, at_once):
            size = min(at_once, draws - start)
            if self.times is None:
                drawn = weighted_draws(content[0], self.squares[at].ravel(), size, seed + start)
            else:
                drawn = cluster_draws(content, self.times, size, seed + start)
            shaped = np.rint(drawn * scale).astype(np.int64).reshape(size, len(groups), len(names))
            made.append({name: shaped[..., i] for i, name in enumerate(names)})
        return tuple(made)

    def null_worst(self, groups: Sequence[GroupCount], line: Fraction, draws: int, seed: int) -> NullRatio | None:
        """Draw rates from the normal distribution with the spread that they would have if they were equal."""
        found = self._spread([((g,), MEASURE) for g in groups])
        return null_worst_ratio_of_rates(found, line, draws, seed) if found.enough else None

    # -- sums ------------------------------------------------------------------------------------------------------

    @property
    def _sums(self) -> Floats:
        times = np.ones(len(self.amounts)) if self.times is None else self.times
        return np.asarray(np.tensordot(times, self.amounts, axes=1))

    def _total(self, table: Floats, side: Sequence[GroupCount], kinds: Sequence[str]) -> float:
        at = np.ix_([self.places[g.group] for g in side], [self.kinds.index(kind) for kind in kinds])
        return float(table[at].sum())

    def _columns(self, side: Sequence[GroupCount], kind: Rate) -> tuple[Floats, Floats]:
        """Return the selected and all of each profile, of some groups together."""
        groups = self.amounts[:, [self.places[g.group] for g in side]].sum(axis=1)
        x, n = (groups[:, [self.kinds.index(k) for k in ks]].sum(axis=1) for ks in (kind.numerator, kind.denominator))
        return x, n

    def _spread_of(self, pair: Pair, kind: Rate) -> Spread:
        return self._spread([(pair.focal, kind), (pair.reference, kind)])

    def _spread(self, parts: Sequence[Part]) -> Spread:
        """Return the spread of rates, each of some groups together."""
        columns = [self._columns(side, kind) for side, kind in parts]
        x, n = (np.stack([column[i] for column in columns], axis=1) for i in (0, 1))
        squares = [self._total(self.squares, side, kind.denominator) for side, kind in parts]
        if self.times is not None:
            whole = self.times @ n
            return spread_of_clusters(x, n, self.times, np.array(squares) / np.where(whole == 0, 1.0, whole) ** 2)
        chosen = [self._total(self.squares, side, kind.numerator) for side, kind in parts]
        decisions = sum(self._total(self.numbers, side, kind.denominator) for side, kind in parts)
        return spread_of_rows(x[0], (n - x)[0], (chosen, np.subtract(squares, chosen)), int(decisions))
