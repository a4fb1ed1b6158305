"""Inference from independent decisions of equal weight: score intervals, pooled z or an exact test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fairwitness.audit.judging.group_counts import counts_of
from fairwitness.audit.judging.inference import Omnibus, Tested
from fairwitness.audit.judging.pairs import PAIR_METRICS, estimate, number, undefined_pair
from fairwitness.metrics.bootstrap import cell_draws
from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.intervals import PAIR_INTERVALS
from fairwitness.metrics.mean_difference import mean_difference_z
from fairwitness.metrics.null_ratio import null_worst_ratio
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.rates import RATES, parts
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test, fisher_exact, mid_p, omnibus_chi_square, pooled_z

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import GroupCount
    from fairwitness.audit.judging.inference import Ends, Names
    from fairwitness.audit.judging.pairs import Pair
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Estimate
    from fairwitness.metrics.null_ratio import NullRatio
    from fairwitness.metrics.rates import Rate
    from fairwitness.metrics.table import Metric

    Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]

TestName = Literal["pooled_z", "mid_p", "fisher_exact"]
EXACT = {"mid_p": mid_p, "fisher_exact": fisher_exact}
CELLS_AT_ONCE = 2_000_000  # of a bootstrap's draws, to bound memory


@dataclass(frozen=True, slots=True)
class Independent:
    """Independent decisions of equal weight.

    Attributes
    ----------
    resampled : bool
        False where rows repeat a unit: such a bootstrap would be too narrow, so there is none.
    times : int
        As if every count were so many times as large.
    test : {"pooled_z", "mid_p", "fisher_exact"}, optional
        The test that decides, whatever the margins; by default they choose it.
    """

    resampled: bool = True
    times: int = 1
    test: TestName | None = None

    method = "independent"
    resampling = "bootstrap_percentile"
    clusters = None
    withheld = None

    def cautions(self, by: str, groups: Sequence[GroupCount]) -> list[str]:  # noqa: ARG002 -- as others answer
        """Return nothing: there are no clusters."""
        return []

    def rate(self, g: GroupCount, kind: Rate, level: float) -> Estimate:
        """Return a rate with Wilson's interval."""
        x, n = (int(part[0]) for part in parts(counts_of([g]), kind))
        low, high = wilson(x, n, level)
        return estimate(x / n, float(low), float(high), level, "wilson", "ok", n)

    def estimates(
        self, pairs: Sequence[Pair], level: float, metrics: Sequence[Metric] = PAIR_METRICS
    ) -> list[dict[str, Estimate]]:
        """Return values and score intervals of pair metrics."""
        xf, nf, xr, nr = self._columns(pairs)
        rows: list[dict[str, Estimate]] = [{} for _ in pairs]
        nothing = np.full(len(pairs), np.nan)
        for m in metrics:
            values = np.asarray(m.compute(xf, nf, xr, nr), float)
            lows, highs = PAIR_INTERVALS[m.interval](xf, nf, xr, nr, level) if m.interval else (nothing, nothing)
            for i, row in enumerate(rows):
                why = undefined_pair(xf[i], nf[i], xr[i], nr[i])
                row[m.name] = estimate(values[i], lows[i], highs[i], level, m.interval, why, int(nf[i] + nr[i]))
        return rows

    def tested(self, pairs: Sequence[Pair]) -> list[Tested]:
        """Return pooled z, Fisher's exact test and mid-P, of which z or mid-P decides."""
        columns = self._columns(pairs)
        names, p = self._deciding(columns)
        figures = tests_for_counts(*columns)
        return [Tested(names[i], float(p[i]), figures[i]) for i in range(len(pairs))]

    def p_values(self, pairs: Sequence[Pair], kind: Rate) -> tuple[Names, Floats]:
        """Return the default test of each pair."""
        return self._deciding(self._columns(pairs, kind))

    def mean_p_values(self, pairs: Sequence[Pair], kinds: Sequence[Rate]) -> tuple[Names, Floats]:
        """Return z of the mean difference."""
        first, second = (self._columns(pairs, kind) for kind in kinds)
        return ["mean_difference_z"] * len(pairs), np.asarray(mean_difference_z(first, second)[1])

    def extreme_pair(self, pair: Pair, kind: Rate, parity: float | None, level: float) -> tuple[Ends, str]:
        """Return Newcombe's or Koopman's interval."""
        interval, name = (newcombe, "newcombe") if parity == 0 else (koopman, "koopman")
        low, high = (float(np.ravel(end)[0]) for end in interval(*self._columns([pair], kind), level))
        return (low, high), f"{name}_extreme_pair"

    def replicates(
        self, groups: Sequence[GroupCount], names: Sequence[str], draws: int, seed: int
    ) -> tuple[dict[str, NDArray[Any]], ...]:
        """Draw the cells anew."""
        if not self.resampled:
            return ()
        counts = counts_of(groups)
        cells = np.stack([counts[name] for name in names], axis=-1)
        at_once = max(1, CELLS_AT_ONCE // cells.size)
        made = []
        for start in range(0, draws, at_once):
            drawn = cell_draws(cells, min(at_once, draws - start), seed + start)
            made.append({name: drawn[..., i] for i, name in enumerate(names)})
        return tuple(made)

    def omnibus(self, groups: Sequence[GroupCount]) -> Omnibus | None:
        """Return Pearson's χ²."""
        statistic, df, p = omnibus_chi_square([g.selected for g in groups], [g.n for g in groups])
        return Omnibus(float(statistic), int(df), float(p), "pearson") if np.isfinite(statistic) else None

    def null_worst(self, groups: Sequence[GroupCount], line: Fraction, draws: int, seed: int) -> NullRatio | None:
        """Draw every group's selected at the pooled rate."""
        selected = sum(g.selected for g in groups)
        return null_worst_ratio([g.n for g in groups], selected, line, draws, seed)

    def worth(self, pairs: Sequence[Pair]) -> Sequence[Floats]:
        """Return the counts themselves."""
        _, nf, xr, nr = (np.asarray(column, np.float64) for column in self._columns(pairs))
        return nf, nr, xr

    def grown(self, times: int) -> Independent:
        """Return what so many times the counts would tell."""
        return replace(self, times=times)

    def _deciding(self, columns: Columns) -> tuple[Names, Floats]:
        """Return the name and the p-value of the test that decides each pair."""
        if self.test is None:
            names, p = default_test(*columns)
            return [str(name) for name in names], np.asarray(p)
        made = pooled_z(*columns)[1] if self.test == "pooled_z" else EXACT[self.test](*columns)
        return [self.test] * len(columns[0]), np.asarray(made)

    def _columns(self, pairs: Sequence[Pair], kind: Rate = RATES["selection_rate"]) -> Columns:
        f, r = ([_summed(side, kind) for side in sides] for sides in _sides(pairs))
        columns = [np.array([c[i] for c in side], np.int64) * self.times for side in (f, r) for i in (0, 1)]
        return columns[0], columns[1], columns[2], columns[3]


INDEPENDENT = Independent()


def tests_for_counts(
    xf: NDArray[np.int64], nf: NDArray[np.int64], xr: NDArray[np.int64], nr: NDArray[np.int64]
) -> list[dict[str, dict[str, Any]]]:
    """Return the figures of all tests of independent decisions, for each pair."""
    statistic, p_z = pooled_z(xf, nf, xr, nr)
    p_fisher, p_mid = fisher_exact(xf, nf, xr, nr), mid_p(xf, nf, xr, nr)
    return [
        {
            "pooled_z": {"statistic": number(statistic[i]), "p": number(p_z[i])},
            "fisher_exact": {"p": number(p_fisher[i])},
            "mid_p": {"p": number(p_mid[i])},
        }
        for i in range(len(xf))
    ]


def _sides(pairs: Iterable[Pair]) -> tuple[list[tuple[GroupCount, ...]], list[tuple[GroupCount, ...]]]:
    given = list(pairs)
    return [pair.focal for pair in given], [pair.reference for pair in given]


def _summed(side: Sequence[GroupCount], kind: Rate) -> tuple[int, int]:
    x, n = parts(counts_of(side), kind)
    return int(x.sum()), int(n.sum())
