"""Pairs: each group of a table held against the reference, with intervals, tests and numbers of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fairwitness.metrics import four_fifths as practical
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.intervals import PAIR_INTERVALS
from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.power import minimum_detectable_ratio
from fairwitness.metrics.significance import default_test, fisher_exact, mid_p, pooled_z
from fairwitness.metrics.table import METRICS, Metric

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group, GroupCount, GroupCounts, Reference
    from fairwitness.metrics.estimate import Status

PAIR_METRICS = tuple(m for m in METRICS if m.scope == "pair")
OF_A_WHOLE = ("impact_ratio", "rate_difference")  # what can be said of a group against all, itself included

FourFifths = Literal["below", "not_below", "not_evaluable"]


@dataclass(frozen=True, slots=True)
class PairTests:
    """The tests of parity of one pair.

    Attributes
    ----------
    default : str or None
        The one that decides, chosen from the margins alone; None where it is undefined.
    family : str
        The measure in the table whose tests are adjusted together.
    m : int
        How many defined tests the family has.
    p, p_adjusted : float or None
        Of the default test, by itself and by Holm over the family.
    others : dict
        Name of a test to its figures, unadjusted.
    """

    default: str | None
    family: str
    m: int
    p: float | None
    p_adjusted: float | None
    others: dict[str, dict[str, float | None]]

    def to_json(self) -> dict[str, Any]:
        """Return the tests as JSON has them, the adjusted p beside the default one."""
        shown: dict[str, Any] = {name: dict(figures) for name, figures in self.others.items()}
        if self.default is not None:
            shown[self.default]["p_adjusted"] = self.p_adjusted
        return shown | {"default": self.default, "family": {"name": self.family, "m": self.m}}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group against the reference.

    Attributes
    ----------
    selected, n : int
        Of the group.
    reference_selected, reference_n : int
        Of what it is compared with.
    estimates : dict of str to Estimate
        Pair metrics by name.
    one_sided : dict of str to Estimate
        The same with intervals whose each end errs with probability ``1 - level``: 90 % intervals at level 0.95.
    """

    group: Group
    selected: int
    n: int
    reference_selected: int
    reference_n: int
    estimates: dict[str, Estimate]
    one_sided: dict[str, Estimate]
    tests: PairTests
    shortfall: float | None
    shortfall_vs_reference: float | None
    flip_flop: bool | None
    minimum_detectable_ratio: float | None
    selections_to_four_fifths: tuple[int, int] | None


def compare(counts: GroupCounts, reference: Reference, *, level: float, family: str) -> dict[Group, Comparison]:
    """Hold every included group that is not the reference against it.

    Parameters
    ----------
    counts : GroupCounts
    reference : Reference
        With ``highest`` the family of tests is all pairs of included groups, since the decisions themselves
        chose the reference; otherwise it is the pairs compared.
    level : float
        Confidence level of the intervals.
    family : str
        The family's name, printed beside its size.
    """
    included = counts.included
    focal = [g for g in included if g.group not in reference.groups]
    if len(included) < 2 or not focal:
        return {}
    against = [_against(g, counts, reference) for g in focal]
    xf, nf = _columns((g.selected, g.n) for g in focal)
    xr, nr = _columns(against)
    tests = _tests(counts, reference, focal, (xf, nf, xr, nr), family)
    estimates, one_sided = (pair_estimates(xf, nf, xr, nr, each) for each in (level, 2 * level - 1))
    if reference.rule == "overall":
        estimates, one_sided = (
            [_of_a_whole(e, g, counts) for e, g in zip(rows, focal, strict=True)] for rows in (estimates, one_sided)
        )
    pooled = sum(g.selected for g in included), sum(g.n for g in included)
    detectable = minimum_detectable_ratio(nf, nr, xr, (1 - level) / max(tests[0].m, 1))
    made = {}
    for i, g in enumerate(focal):
        x, n = against[i]
        made[g.group] = Comparison(
            group=g.group,
            selected=g.selected,
            n=g.n,
            reference_selected=x,
            reference_n=n,
            estimates=estimates[i],
            one_sided=one_sided[i],
            tests=tests[i],
            shortfall=_number(practical.shortfall(g.selected, g.n, *pooled)),
            shortfall_vs_reference=_number(practical.shortfall_vs_reference(g.selected, g.n, x, n)),
            flip_flop=practical.flip_flop(g.selected, g.n, x, n),
            minimum_detectable_ratio=_number(detectable[i]),
            selections_to_four_fifths=practical.selections_to_four_fifths(g.selected, g.n, x, n),
        )
    return made


def pair_estimates(
    xf: NDArray[np.int64],
    nf: NDArray[np.int64],
    xr: NDArray[np.int64],
    nr: NDArray[np.int64],
    level: float,
    metrics: tuple[Metric, ...] = PAIR_METRICS,
) -> list[dict[str, Estimate]]:
    """Return for each pair the value and interval of pair metrics."""
    rows: list[dict[str, Estimate]] = [{} for _ in xf]
    nothing = np.full(len(xf), np.nan)
    for m in metrics:
        values = np.asarray(m.compute(xf, nf, xr, nr), float)
        lows, highs = PAIR_INTERVALS[m.interval](xf, nf, xr, nr, level) if m.interval else (nothing, nothing)
        for i, row in enumerate(rows):
            status = _undefined(int(xf[i]), int(nf[i]), int(xr[i]), int(nr[i]))
            row[m.name] = estimate(values[i], lows[i], highs[i], level, m.interval, status, int(nf[i] + nr[i]))
    return rows


def estimate(
    value: float, low: float, high: float, level: float, method: str | None, undefined: Status, n: int
) -> Estimate:
    """Return a number and its interval as an estimate; what is not finite becomes the status given."""
    if not np.isfinite(value):
        return Estimate.undefined(undefined, level=level, n=n)
    if np.isnan(low) or np.isnan(high):
        return Estimate(float(value), None, None, level, None, "ok", n)
    unbounded: Literal["low", "high"] | None = "high" if np.isinf(high) else "low" if np.isinf(low) else None
    return Estimate(float(value), _number(low), _number(high), level, method, "ok", n, unbounded)


def _undefined(xf: int, nf: int, xr: int, nr: int) -> Status:
    if nf == 0 or nr == 0:
        return "undefined_empty_group"
    return "undefined_no_selections" if xr == 0 or xf == 0 else "undefined_no_rejections"


def all_pairs(groups: Sequence[GroupCount]) -> tuple[list[tuple[Group, Group]], NDArray[np.float64]]:
    """Return every pair of groups, each in sorted order, and the p-value of its default test."""
    x, n = _columns((g.selected, g.n) for g in groups)
    a, b = np.triu_indices(len(groups), 1)
    _, p = default_test(x[a], n[a], x[b], n[b])
    names = [g.group for g in groups]
    pairs = ((names[i], names[j]) for i, j in zip(a, b, strict=True))
    return [(min(pair), max(pair)) for pair in pairs], p


def reference_used(counts: GroupCounts, reference: Reference) -> GroupCount:
    """Return the reference group that is computed with: of tied ones the largest."""
    return max((g for g in counts.included if g.group in reference.groups), key=lambda g: g.n)


def _against(g: GroupCount, counts: GroupCounts, reference: Reference) -> tuple[int, int]:
    """Return selected and n of what a group is compared with: of tied groups the largest, or everybody else."""
    if reference.groups:
        best = reference_used(counts, reference)
        return best.selected, best.n
    others = [o for o in counts.included if o is not g]
    return sum(o.selected for o in others), sum(o.n for o in others)


def _of_a_whole(row: dict[str, Estimate], g: GroupCount, counts: GroupCounts) -> dict[str, Estimate]:
    """Turn estimates against the rest into those against the whole, of which the group is a part.

    With r = p_f / p_rest and weights w = n_f / N: p_f / p_all = r / (w r + 1 - w), which grows with r, so the
    interval's ends map likewise; and p_f - p_all = (1 - w)(p_f - p_rest).
    """
    w = g.n / sum(o.n for o in counts.included)

    def ratio(r: float | None) -> float | None:
        return None if r is None else r / (w * r + 1 - w)

    def difference(d: float | None) -> float | None:
        return None if d is None else (1 - w) * d

    made = {}
    for name, turn in zip(OF_A_WHOLE, (ratio, difference), strict=True):
        e = row[name]
        high = 1 / w if e.unbounded == "high" else turn(e.high)
        made[name] = Estimate(turn(e.value), turn(e.low), high, e.level, e.method, e.status, e.n)
    return made


def _tests(
    counts: GroupCounts,
    reference: Reference,
    focal: Sequence[GroupCount],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    family: str,
) -> list[PairTests]:
    xf, nf, xr, nr = pairs
    names, p = default_test(xf, nf, xr, nr)
    if reference.chosen_from_outcomes:
        every, p_all = all_pairs(counts.included)
        place = {pair: i for i, pair in enumerate(every)}
        adjusted_all = holm(p_all)
        best = reference_used(counts, reference).group
        adjusted = [adjusted_all[place[min(g.group, best), max(g.group, best)]] for g in focal]
        m = int(np.isfinite(p_all).sum())
    else:
        adjusted = list(holm(p))
        m = int(np.isfinite(p).sum())
    statistic, p_z = pooled_z(xf, nf, xr, nr)
    p_fisher, p_mid = fisher_exact(xf, nf, xr, nr), mid_p(xf, nf, xr, nr)
    return [
        PairTests(
            default=str(names[i]) if np.isfinite(p[i]) else None,
            family=family,
            m=m,
            p=_number(p[i]),
            p_adjusted=_number(adjusted[i]),
            others={
                "pooled_z": {"statistic": _number(statistic[i]), "p": _number(p_z[i])},
                "fisher_exact": {"p": _number(p_fisher[i])},
                "mid_p": {"p": _number(p_mid[i])},
            },
        )
        for i in range(len(focal))
    ]


def _columns(pairs: Iterable[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = np.array(list(pairs), np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _number(x: Any) -> float | None:
    return float(x) if np.isfinite(x) else None
