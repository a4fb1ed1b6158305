"""Figures within strata: each group of a table compared with the reference among people of the same stratum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.pairs import estimate, undefined_pair
from fairwitness.audit.judging.sentences import done, name_of
from fairwitness.audit.judging.simpson import Sides, Simpson, simpson
from fairwitness.audit.judging.strata_counts import StrataCounts, count_strata
from fairwitness.audit.judging.stratified_tests import StratifiedTests, tests_within
from fairwitness.metrics.cmh import score
from fairwitness.metrics.conditional_odds_ratio import conditional_odds_ratio
from fairwitness.metrics.decomposition import Decomposition, decompose
from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.mantel_haenszel import (
    exact_odds_ratio,
    exact_risk_difference,
    exact_risk_ratio,
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    mantel_haenszel_risk_ratio,
)
from fairwitness.metrics.mantel_haenszel_intervals import (
    greenland_robins,
    klingenberg,
    risk_ratio_score,
    robins_breslow_greenland,
)
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import rejected
from fairwitness.metrics.strata import ONE_GROUP, uninformative_because

if TYPE_CHECKING:
    from fractions import Fraction

    from fairwitness.audit.judging.comparisons import Comparison
    from fairwitness.audit.judging.group_counts import Group, GroupCounts, Reference
    from fairwitness.audit.judging.strata_counts import Pools
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Estimate, Status

RATIO, ODDS, DIFFERENCE = (
    "mantel_haenszel_risk_ratio",
    "mantel_haenszel_odds_ratio",
    "mantel_haenszel_risk_difference",
)
COUNTERPART = {"impact_ratio": RATIO, "odds_ratio": ODDS, "rate_difference": DIFFERENCE}
"""What a metric of all decisions is within strata."""
MOST_BY_STRATUM = 60  # strata; with more the ratio of each by itself is the sweep's business


@dataclass(frozen=True, slots=True)
class StratifiedComparison:
    """One group against the reference within strata.

    Attributes
    ----------
    strata : tuple of (selected, n, reference_selected, reference_n)
        In the order of the table's strata.
    uninformative : tuple of str
        For each stratum why it tells nothing, or "".
    estimates, one_sided : dict of str to Estimate
        The latter with intervals whose each end errs with probability ``1 - level``.
    shortfall : float
        How many more of the group would have been selected at equal rates in every stratum.
    ratios : tuple of Estimate
        For each stratum by itself the ratio of rates; empty where there are many strata.
    """

    group: Group
    strata: tuple[tuple[int, int, int, int], ...]
    uninformative: tuple[str, ...]
    estimates: dict[str, Estimate]
    one_sided: dict[str, Estimate]
    tests: StratifiedTests
    shortfall: float
    ratios: tuple[Estimate, ...]
    parts: Decomposition
    simpson: Simpson

    @property
    def informative(self) -> int:
        """How many strata tell something."""
        return sum(not why for why in self.uninformative)

    @property
    def shared(self) -> int:
        """How many strata both are in: those that the Mantel–Haenszel figures join, whoever was selected there."""
        return sum(why != ONE_GROUP for why in self.uninformative)

    def exact(self, name: str) -> Fraction | None:
        """Return a Mantel–Haenszel figure as a fraction, None where it is undefined."""
        of = {RATIO: exact_risk_ratio, ODDS: exact_odds_ratio, DIFFERENCE: exact_risk_difference}
        return of[name](self.strata)


@dataclass(frozen=True, slots=True)
class Stratified:
    """A table within strata.

    Attributes
    ----------
    column : str
        Which says the stratum.
    names : tuple of str
    not_stated : int
        Decisions whose stratum is not stated: in no figure here.
    against_rest : bool
        A group is held against everybody else of its stratum: the reference is everybody, or everybody else.
    comparisons : dict of Group to StratifiedComparison
    counts : StrataCounts
        Of every compared group in every stratum.
    """

    column: str
    names: tuple[str, ...]
    not_stated: int
    against_rest: bool
    comparisons: dict[Group, StratifiedComparison]
    counts: StrataCounts

    @property
    def uninformative(self) -> int:
        """How many strata tell nothing of any compared group."""
        told = [c.uninformative for c in self.comparisons.values()]
        return sum(all(why[i] for why in told) for i in range(len(self.names)))


def stratify(
    tally: Tally,
    counts: GroupCounts,
    reference: Reference,
    compared: dict[Group, Comparison],
    level: float,
    stage: str | None = None,
    *,
    each: bool = True,
) -> Stratified | None:
    """Return a table within strata, or None where there are none, or nobody is compared.

    Parameters
    ----------
    tally : Tally
    counts, reference, compared
        Of the table.
    level : float
        Confidence level.
    stage : str, optional
        Of a funnel, whose outcome the table counts.
    each : bool
        Whether to tell also of each stratum by itself.
    """
    found = count_strata(tally, counts) if compared and not tally.weighted else None
    if found is None:
        return None
    best = reference_used(counts, reference).group if reference.groups else None
    tests = tests_within(found, reference, best, tuple(compared), repeats=tally.repeats)
    said = (name_of(best) if best else "everybody else", done(counts.measure, stage))
    made = {group: _compared(found, c, best, tests[group], level, said, each=each) for group, c in compared.items()}
    return Stratified(found.column, found.names, found.not_stated, best is None, made, found)


def _compared(
    counts: StrataCounts,
    c: Comparison,
    best: Group | None,
    tests: StratifiedTests,
    level: float,
    said: tuple[str, str],
    *,
    each: bool,
) -> StratifiedComparison:
    pools = counts.pools(c.group, best)
    strata = tuple(zip(*(column.tolist() for column in pools), strict=True))
    seen, expected, _ = score(*pools)
    parts = decompose(*pools)
    why = tuple(uninformative_because(*pools).tolist())
    sides = Sides(
        column=counts.column,
        shared=sum(w != ONE_GROUP for w in why),
        informative=sum(not w for w in why),
        within=exact_risk_ratio(strata),
        shown=_shown(c.tests.p_adjusted, level),
        shown_within=_shown(tests.p_adjusted, level),
        parts=parts,
    )
    return StratifiedComparison(
        group=c.group,
        strata=strata,
        uninformative=why,
        estimates=_estimates(pools, level, tests.inflation),
        one_sided=_estimates(pools, 2 * level - 1, tests.inflation),
        tests=tests,
        shortfall=float(expected - seen),
        ratios=_ratios(pools, level, independent=counts.clusters is None) if each else (),
        parts=parts,
        simpson=simpson(c, *said, sides),
    )


def _shown(p: float | None, level: float) -> bool:
    return p is not None and bool(rejected(p, 1 - level))


def _ratios(pools: Pools, level: float, *, independent: bool) -> tuple[Estimate, ...]:
    """Return the ratio of rates in each stratum by itself; of clustered decisions without an interval."""
    if pools[0].size > MOST_BY_STRATUM:
        return ()
    values, ends = impact_ratio(*pools), koopman(*pools, level)
    low, high = ends if independent else np.full((2, values.size), np.nan)
    rows = zip(values, low, high, *pools, strict=True)
    return tuple(
        estimate(v, a, b, level, "koopman", undefined_pair(xf, nf, xr, nr), int(nf + nr))
        for v, a, b, xf, nf, xr, nr in rows
    )


def _estimates(pools: Pools, level: float, inflation: float) -> dict[str, Estimate]:
    """Return the three figures; each with the interval that its counts allow."""
    _, nf, xr, nr = pools
    both = (nf > 0) & (nr > 0)
    n = int(np.sum((nf + nr)[both]))
    empty = not xr[both].any()
    status: Status = "undefined_empty_group" if not both.any() else "undefined_no_selections" if empty else "undefined"
    ratio, by_ratio = _ends(greenland_robins(*pools, level, inflation)), "greenland_robins"
    if np.isnan(ratio[0]):
        ratio, by_ratio = _ends(risk_ratio_score(*pools, level, inflation)), "risk_ratio_score"
    odds, by_odds = _ends(robins_breslow_greenland(*pools, level, inflation)), "robins_breslow_greenland"
    if np.isnan(odds[0]) and inflation == 1:
        exact = conditional_odds_ratio(*pools, level)
        odds, by_odds = (exact.low, exact.high) if exact else odds, "conditional_exact"
    gap = _ends(klingenberg(*pools, level, inflation))
    values = {
        RATIO: (mantel_haenszel_risk_ratio(*pools), *ratio, by_ratio),
        ODDS: (mantel_haenszel_odds_ratio(*pools), *odds, by_odds),
        DIFFERENCE: (mantel_haenszel_risk_difference(*pools), *gap, "klingenberg"),
    }
    return {
        name: estimate(float(value), low, high, level, method, status, n)
        for name, (value, low, high, method) in values.items()
    }


def _ends(interval: tuple[Floats, Floats]) -> tuple[float, float]:
    return float(interval[0]), float(interval[1])
