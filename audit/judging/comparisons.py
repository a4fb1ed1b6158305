"""Pairs: each group of a table held against the reference, with intervals, tests and numbers of people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fairwitness.audit.judging.independent import INDEPENDENT
from fairwitness.audit.judging.pairs import OF_A_WHOLE, PAIR_METRICS, Pair, number
from fairwitness.audit.tally import SELECTED, WEIGHT_PLACES
from fairwitness.metrics import four_fifths as practical
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.power import minimum_detectable_ratio
from fairwitness.metrics.rates import RATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.judging.group_counts import Group, GroupCount, GroupCounts, Reference
    from fairwitness.audit.judging.inference import Comparing
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.table import Metric

UNIT = 10**WEIGHT_PLACES
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
    withheld : str or None
        Why tests for counts are not among them.
    """

    default: str | None
    family: str
    m: int
    p: float | None
    p_adjusted: float | None
    others: dict[str, dict[str, Any]]
    withheld: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the tests as JSON has them, the adjusted p beside the default one."""
        shown: dict[str, Any] = {name: dict(figures) for name, figures in self.others.items()}
        if self.default is not None:
            shown[self.default]["p_adjusted"] = self.p_adjusted
        if self.withheld is not None:
            shown["withheld"] = self.withheld
        return shown | {"default": self.default, "family": {"name": self.family, "m": self.m}}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group against the reference.

    Attributes
    ----------
    pair : Pair
        The counts of the group, and of what it is compared with.
    estimates : dict of str to Estimate
        Pair metrics by name.
    one_sided : dict of str to Estimate
        The same with intervals whose each end errs with probability ``1 - level``: 90 % intervals at level 0.95.
    """

    group: Group
    pair: Pair
    estimates: dict[str, Estimate]
    one_sided: dict[str, Estimate]
    tests: PairTests
    shortfall: float | None
    shortfall_vs_reference: float | None
    flip_flop: bool | None
    minimum_detectable_ratio: float | None
    selections_to_four_fifths: tuple[int, int] | None

    @property
    def selected(self) -> int:
        """Selected in the group."""
        return self.pair.selected[0]

    @property
    def n(self) -> int:
        """Decisions on the group."""
        return self.pair.n[0]

    @property
    def reference_selected(self) -> int:
        """Selected in what it is compared with."""
        return self.pair.selected[1]

    @property
    def reference_n(self) -> int:
        """Decisions on what it is compared with."""
        return self.pair.n[1]


def compare(
    counts: GroupCounts,
    reference: Reference,
    *,
    level: float,
    family: str,
    inference: Comparing = INDEPENDENT,
    metrics: Sequence[Metric] = PAIR_METRICS,
    people: bool = True,
) -> dict[Group, Comparison]:
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
    inference : Comparing
        What is known of the decisions' sampling.
    metrics : sequence of Metric
        Pair metrics.
    people : bool
        Whether to tell also in numbers of people what a difference amounts to.
    """
    included = counts.included
    focal = [g for g in included if g.group not in reference.groups]
    if len(included) < 2 or not focal:
        return {}
    pairs = [against(g, counts, reference) for g in focal]
    tests = _tests(counts, reference, pairs, family, inference)
    estimates, one_sided = (inference.estimates(pairs, each, metrics) for each in (level, 2 * level - 1))
    if reference.rule == "overall":
        estimates, one_sided = (
            [of_a_whole(e, pair) for e, pair in zip(rows, pairs, strict=True)] for rows in (estimates, one_sided)
        )
    if not people:
        return {
            g.group: Comparison(g.group, pairs[i], estimates[i], one_sided[i], tests[i], None, None, None, None, None)
            for i, g in enumerate(focal)
        }
    nf, nr, xr = inference.worth(pairs)
    detectable = minimum_detectable_ratio(nf, nr, xr, (1 - level) / max(tests[0].m, 1))
    everybody = _people(included)
    return {
        g.group: _comparison(pairs[i], everybody, estimates[i], one_sided[i], tests[i], number(detectable[i]))
        for i, g in enumerate(focal)
    }


def _comparison(
    pair: Pair,
    everybody: tuple[float, float],
    estimates: dict[str, Estimate],
    one_sided: dict[str, Estimate],
    tests: PairTests,
    detectable: float | None,
) -> Comparison:
    g = pair.focal[0]
    counts = (pair.selected[0], pair.n[0], pair.selected[1], pair.n[1])
    weighted = g.weights is not None  # then moving one selection is no whole number of anything
    return Comparison(
        group=g.group,
        pair=pair,
        estimates=estimates,
        one_sided=one_sided,
        tests=tests,
        shortfall=number(practical.shortfall(*_people(pair.focal), *everybody)),
        shortfall_vs_reference=number(practical.shortfall_vs_reference(*_people(pair.focal), *_people(pair.reference))),
        flip_flop=None if weighted else practical.flip_flop(*counts),
        minimum_detectable_ratio=detectable,
        selections_to_four_fifths=None if weighted else practical.selections_to_four_fifths(*counts),
    )


def _people(groups: Sequence[GroupCount]) -> tuple[float, float]:
    """Return selected and all decisions of groups, or how many their weights stand for."""
    x, n = sum(g.stands_for(SELECTED) for g in groups), sum(g.weight for g in groups)
    return (x / UNIT, n / UNIT) if groups[0].weights is not None else (x, n)


def all_pairs(groups: Sequence[GroupCount], inference: Comparing) -> tuple[list[tuple[Group, Group]], Floats]:
    """Return every pair of groups, each in sorted order, and the p-value of its default test."""
    every = list(combinations(groups, 2))
    _, p = inference.p_values([Pair((a,), (b,)) for a, b in every], RATES["selection_rate"])
    return [(min(a.group, b.group), max(a.group, b.group)) for a, b in every], p


def reference_used(counts: GroupCounts, reference: Reference) -> GroupCount:
    """Return the reference group that is computed with: of tied ones the largest."""
    return max((g for g in counts.included if g.group in reference.groups), key=lambda g: g.n)


def against(g: GroupCount, counts: GroupCounts, reference: Reference) -> Pair:
    """Return a group with what it is compared with: of tied groups the largest, or everybody else."""
    others = tuple(o for o in counts.included if o is not g)
    return Pair((g,), (reference_used(counts, reference),) if reference.groups else others)


def of_a_whole(row: dict[str, Estimate], pair: Pair) -> dict[str, Estimate]:
    """Turn estimates against the rest into those against the whole, of which the group is a part.

    With r = p_f / p_rest and weights w = n_f / N: p_f / p_all = r / (w r + 1 - w), which grows with r, so the
    interval's ends map likewise; and p_f - p_all = (1 - w)(p_f - p_rest).
    """
    w = float(pair.share)

    def ratio(r: float | None) -> float | None:
        return None if r is None else r / (w * r + 1 - w)

    def difference(d: float | None) -> float | None:
        return None if d is None else (1 - w) * d

    made = {}
    for name, turn in zip(OF_A_WHOLE, (ratio, difference), strict=True):
        if name not in row:
            continue
        e = row[name]
        high = 1 / w if e.unbounded == "high" else turn(e.high)
        made[name] = Estimate(turn(e.value), turn(e.low), high, e.level, e.method, e.status, e.n)
    return made


def _tests(
    counts: GroupCounts, reference: Reference, pairs: Sequence[Pair], family: str, inference: Comparing
) -> list[PairTests]:
    tested = inference.tested(pairs)
    p = np.array([t.p for t in tested])
    if reference.chosen_from_outcomes:
        every, p_all = all_pairs(counts.included, inference)
        place = {pair: i for i, pair in enumerate(every)}
        adjusted_all = holm(p_all)
        best = reference_used(counts, reference).group
        focal = [pair.focal[0].group for pair in pairs]
        adjusted = [adjusted_all[place[min(group, best), max(group, best)]] for group in focal]
        m = int(np.isfinite(p_all).sum())
    else:
        adjusted = list(holm(p))
        m = int(np.isfinite(p).sum())
    return [
        PairTests(
            default=t.name if np.isfinite(t.p) else None,
            family=family,
            m=m,
            p=number(t.p),
            p_adjusted=number(adjusted[i]),
            others=t.figures,
            withheld=inference.withheld,
        )
        for i, t in enumerate(tested)
    ]
