"""Inequality of what decisions mean for people, whoever they are, and how much of it lies between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fairwitness.audit.judging.group_counts import OUTCOMES, counts_of
from fairwitness.audit.judging.group_table import measured
from fairwitness.metrics.bootstrap import cell_draws, percentile_interval
from fairwitness.metrics.equal_rates import share_as_extreme, shuffled_kinds
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.generalized_entropy import BENEFITS, benefit_counts, between_groups, generalized_entropy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.counts import Floats

INDICES = {"generalized_entropy": 2.0, "theil_index": 1.0, "mean_log_deviation": 0.0}
NOBODY = "no decision has a known outcome"
NO_BENEFIT = "every benefit is 0: all were refused although the outcome was positive"
NO_LOGARITHM = "somebody was refused although the outcome was positive; that benefit is 0 and has no logarithm"
WEIGHTED = "the counts are weighted, and this measure is for counts of people"
REPEATED = "decisions come in clusters or rows repeat a person, so there is no interval and no test"
ONE_GROUP = "fewer than two groups have a known outcome"


@dataclass(frozen=True, slots=True)
class Index:
    """One index of inequality.

    Attributes
    ----------
    name : str
    alpha : float
    total : Estimate
    because : str or None
        Why there is no value.
    """

    name: str
    alpha: float
    total: Estimate
    because: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the index as JSON has it."""
        return self.total.to_json() | {"alpha": self.alpha, "because": self.because}


@dataclass(frozen=True, slots=True)
class Split:
    """What of an index lies between the groups of a table, and what within them.

    Attributes
    ----------
    total, between, within : float or None
        Of the people whose group is known.
    p : float or None
        How often people dealt out among the groups at random make as much lie between them.
    null_median : float or None
        What then lies between them, in the middle of the draws.
    """

    name: str
    total: float | None
    between: float | None
    within: float | None
    p: float | None
    null_median: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the split as JSON has it."""
        share = self.between / self.total if self.between is not None and self.total else None
        test = {"p": self.p, "null_median": self.null_median, "method": "shuffled_groups"}
        return {"total": self.total, "between": self.between, "within": self.within, "share": share, "test": test}


@dataclass(frozen=True, slots=True)
class Grouped:
    """The groups of one table.

    Attributes
    ----------
    means : tuple of (group, Estimate)
        Of each group, the mean benefit.
    splits : tuple of Split
    """

    by: tuple[str, ...]
    n: int
    means: tuple[tuple[Group, Estimate], ...]
    splits: tuple[Split, ...]
    because: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the table as JSON has it."""
        return {
            "by": list(self.by),
            "n": self.n,
            "groups": [{"group": list(group), "mean_benefit": e.to_json()} for group, e in self.means],
            "indices": {split.name: split.to_json() for split in self.splits},
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class Inequality:
    """The benefits of one measure.

    Attributes
    ----------
    counts : tuple of int
        How many have the benefit 0, 1 and 2.
    """

    measure: str
    counts: tuple[int, ...]
    indices: tuple[Index, ...]
    grouped: tuple[Grouped, ...]
    because: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the measure as JSON has it."""
        n = sum(self.counts)
        mean = sum(b * c for b, c in zip(BENEFITS, self.counts, strict=True)) / n if n else None
        return {
            "kind": "inequality",
            "measure": self.measure,
            "n": n,
            "benefits": dict(
                zip(("refused_though_positive", "agrees", "selected_though_negative"), self.counts, strict=True)
            ),
            "mean_benefit": mean,
            "indices": {index.name: index.to_json() for index in self.indices},
            "by": [table.to_json() for table in self.grouped],
            "status": "ok" if self.indices else "undefined",
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class Individual:
    """Inequality of benefits: one entry for each measure."""

    section: ClassVar[str] = "individual"

    measures: tuple[Inequality, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each measure."""
        return [measure.to_json() for measure in self.measures]


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Individual | None:
    """Return inequality of benefits; None without true outcomes.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Groups that are compared in them, and whose outcome is known.
    plan : AuditPlan
        Its level, seed and number of resamples.
    """
    if tally.axis("label") is None:
        return None
    made = []
    for counted in measured(tally):
        of_measure = [t for t in tables if t.measure == counted.measure and t.stage is None]
        made.append(_of_measure(counted, of_measure, plan))
    return Individual(tuple(made)) if made else None


def _of_measure(tally: Tally, tables: Iterable[GroupTable], plan: AuditPlan) -> Inequality:
    if tally.weighted:
        return Inequality(tally.measure, (0, 0, 0), (), (), WEIGHTED)
    people = _people(tally)
    if not people.any():
        return Inequality(tally.measure, (0, 0, 0), (), (), NOBODY)
    why = REPEATED if tally.repeats or tally.axis("cluster") else None
    draws = 0 if why else plan.resamples
    key = (plan.seed, *b"individual", *tally.measure.encode())
    replicates = cell_draws(people[None, :], draws, key)[:, 0] if draws else None
    indices = tuple(_index(name, alpha, people, replicates, plan.level) for name, alpha in INDICES.items())
    grouped = tuple(_grouped(t, plan, draws, key) for t in tables)
    return Inequality(tally.measure, tuple(int(c) for c in people), indices, grouped, why)


def _people(tally: Tally) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return how many have each benefit, of whatever group."""
    decision, label = tally.axis("decision"), tally.axis("label")
    counts = dict.fromkeys(OUTCOMES.values(), 0)
    if decision is not None and label is not None:
        for (chosen, outcome), c in tally.margin(decision.name, label.name).cells.items():
            kind = OUTCOMES.get((str(chosen), str(outcome)))
            if kind is not None:
                counts[kind] += c.n
    found = benefit_counts({kind: np.array([n]) for kind, n in counts.items()})
    return np.asarray(found[0], np.int64)


def _index(name: str, alpha: float, people: Any, replicates: Any, level: float) -> Index:
    value, n = float(generalized_entropy(people, alpha=alpha)), int(people.sum())
    if np.isnan(value):
        why = NO_BENEFIT if people[0] == n else NO_LOGARITHM
        return Index(name, alpha, Estimate.undefined("undefined", level=level, n=n), why)
    drawn = None if replicates is None else generalized_entropy(replicates, alpha=alpha)
    return Index(name, alpha, _with_interval(value, drawn, level, n), None)


def _with_interval(value: float, drawn: Floats | None, level: float, n: int) -> Estimate:
    """Return a figure with the interval of its replicates; without, where they are all alike or some have no value."""
    low, high, undefined = (np.nan, np.nan, 0.0) if drawn is None else percentile_interval(drawn, level)
    if undefined or np.isnan(low):
        return Estimate(value, None, None, level, None, "ok", n)
    return Estimate(value, float(low), float(high), level, "bootstrap_percentile", "ok", n)


def _grouped(table: GroupTable, plan: AuditPlan, draws: int, key: tuple[int, ...]) -> Grouped:
    groups = [g for g in table.counts.included if sum(g.outcomes.values())]
    if len(groups) < 2:
        return Grouped(table.by, 0, (), (), ONE_GROUP)
    kinds = np.asarray(benefit_counts(counts_of(groups)), np.int64)
    own = (*key, *" × ".join(table.by).encode())
    means = tuple(
        (g.group, _mean(row, plan, draws, (*own, i))) for i, (g, row) in enumerate(zip(groups, kinds, strict=True))
    )
    shuffled = shuffled_kinds(kinds, plan.resamples, own) if draws else None
    splits = tuple(_split(name, alpha, kinds, shuffled) for name, alpha in INDICES.items())
    return Grouped(table.by, int(kinds.sum()), means, splits, None)


def _mean(people: Any, plan: AuditPlan, draws: int, key: tuple[int, ...]) -> Estimate:
    """Return the mean benefit of a group."""
    benefits, n = np.array(BENEFITS), int(people.sum())
    drawn = cell_draws(people[None, :], draws, key)[:, 0] @ benefits / n if draws else None
    return _with_interval(float(people @ benefits) / n, drawn, plan.level, n)


def _split(name: str, alpha: float, kinds: Any, shuffled: Any) -> Split:
    total = float(generalized_entropy(kinds.sum(axis=0), alpha=alpha))
    between = float(between_groups(kinds, alpha=alpha))
    if np.isnan(between):
        return Split(name, None, None, None, None, None)
    p, median = None, None
    if shuffled is not None:
        null: Floats = between_groups(shuffled, alpha=alpha)
        p, median = share_as_extreme(between, null), float(np.median(null[~np.isnan(null)]))
    if np.isnan(total):  # of a benefit of 0 there is no logarithm, of the groups' means there may be
        return Split(name, None, between, None, p, median)
    return Split(name, total, between, max(total - between, 0.0), p, median)
