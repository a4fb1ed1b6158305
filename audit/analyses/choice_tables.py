"""The tables that choices make: only what their findings need, and the figures of all of them computed at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.judging.comparisons import against, compare
from fairwitness.audit.judging.group_counts import choose_reference, count_groups
from fairwitness.audit.judging.group_table import GroupRow, GroupTable, not_compared
from fairwitness.audit.judging.independent import Independent
from fairwitness.audit.judging.inference import Tested
from fairwitness.audit.judging.pairs import Pair
from fairwitness.audit.judging.sampled import inference_of
from fairwitness.audit.judging.stratified import stratify
from fairwitness.metrics.rates import RATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fairwitness.audit.analyses.choice_questions import Question
    from fairwitness.audit.judging.comparisons import Comparison
    from fairwitness.audit.judging.group_counts import Group, GroupCounts, Reference
    from fairwitness.audit.judging.independent import TestName
    from fairwitness.audit.judging.inference import Inference, Names
    from fairwitness.audit.judging.stratified import Stratified
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Estimate
    from fairwitness.metrics.rates import Rate
    from fairwitness.metrics.table import Metric

    Numbers = tuple[int, int, int, int]  # selected and all of a group, and of what it is compared with

MEASURE = RATES["selection_rate"]


class Asked(NamedTuple):
    """A question, and what its table is made of."""

    question: Question
    counts: GroupCounts
    reference: Reference
    inference: Inference

    def pairs(self) -> tuple[list[Pair], list[Pair]]:
        """Return the groups that are compared, each with its reference; and all pairs that are tested."""
        included = self.counts.included
        if len(included) < 2:
            return [], []
        compared = [against(g, self.counts, self.reference) for g in included if g.group not in self.reference.groups]
        every = combinations(included, 2) if self.reference.chosen_from_outcomes else ()
        return compared, [*compared, *(Pair((a,), (b,)) for a, b in every)]


def tables_of(
    asked: Sequence[Question], table: GroupTable, plan: AuditPlan, metrics: Sequence[Metric]
) -> list[GroupTable | str]:
    """Return the table that each question makes, or why it makes none.

    Parameters
    ----------
    asked : sequence of Question
    table : GroupTable
        The audit's, which questions ask anew.
    plan : AuditPlan
        The audit's.
    metrics : sequence of Metric
        Pair metrics that findings need.
    """
    ready = [_asked(question, table, plan) for question in asked]
    figures = Figures(tuple(metrics))
    figures.prepare([each for each in ready if isinstance(each, Asked)])
    return [each if isinstance(each, str) else _table(each, table, figures) for each in ready]


def _asked(question: Question, table: GroupTable, plan: AuditPlan) -> Asked | str:
    if question.test is not None:
        return Asked(question, table.counts, table.reference, Independent(test=question.test))
    if question.plan is plan and (question.rule or question.alone):
        return Asked(question, table.counts, table.reference, table.inference)
    asked = question.plan
    counts = count_groups(question.tally, table.by, exclude_under=asked.exclude_under, min_n=asked.min_n)
    try:
        reference = choose_reference(counts, asked.reference)
    except FairwitnessError as error:
        return str(error)
    return Asked(question, counts, reference, inference_of(question.tally, counts))


def _table(asked: Asked, made: GroupTable, figures: Figures) -> GroupTable:
    """Return the table of a question, with its pairs and nothing of the whole table."""
    question, counts, reference, inference = asked
    level = question.plan.level
    comparing = Recalled(inference, figures) if isinstance(inference, Independent) else inference
    compared = compare(
        counts, reference, level=level, family="", inference=comparing, metrics=figures.metrics, people=False
    )
    if counts is made.counts:
        stratified = made.stratified
    else:
        stratified = stratify(question.tally, counts, reference, compared, level, each=False)
    if question.alone:
        compared = {
            group: replace(c, tests=replace(c.tests, p_adjusted=c.tests.p, m=1)) for group, c in compared.items()
        }
        stratified = _alone(stratified)
    return GroupTable(
        counts=counts,
        measure=counts.measure,
        kind=made.kind,
        reference=reference,
        rows=tuple(_rows(asked, compared, figures.metrics)),
        null_worst_ratio=None,
        omnibus=None,
        disparities={},
        contrasts=(),
        stratified=stratified,
        inference=inference,
    )


def _alone(stratified: Stratified | None) -> Stratified | None:
    """Return figures within strata with p as it is."""
    if stratified is None:
        return None
    compared = {
        group: replace(c, tests=replace(c.tests, p_adjusted=c.tests.p, m=1))
        for group, c in stratified.comparisons.items()
    }
    return replace(stratified, comparisons=compared)


def _rows(asked: Asked, compared: dict[Group, Comparison], metrics: Sequence[Metric]) -> Iterable[GroupRow]:
    counts, level = asked.counts, asked.question.plan.level
    for g in counts.groups:
        c, is_reference = compared.get(g.group), g.group in asked.reference.groups
        absent = {m.name: not_compared(m.parity, g, counts, is_reference=is_reference, level=level) for m in metrics}
        yield GroupRow(g, None, is_reference, c.estimates if c else absent, c, "not_evaluable")


@dataclass(slots=True)
class Figures:
    """Figures of pairs of independent decisions, by their numbers: each is computed once, and many in one go."""

    metrics: tuple[Metric, ...]
    estimates: dict[tuple[float, Numbers], dict[str, Estimate]] = field(default_factory=dict)
    p: dict[tuple[TestName | None, Numbers], tuple[str, float]] = field(default_factory=dict)

    def prepare(self, asked: Sequence[Asked]) -> None:
        """Compute what tables will ask for."""
        pairs: dict[float, list[Pair]] = {}
        families: dict[TestName | None, list[Pair]] = {}
        for each in asked:
            if isinstance(each.inference, Independent):
                level, compared, family = each.question.plan.level, *each.pairs()
                for wanted in (level, 2 * level - 1):
                    pairs.setdefault(wanted, []).extend(compared)
                families.setdefault(each.inference.test, []).extend(family)
        for level, those in pairs.items():
            self.estimates_of(those, level)
        for test, family in families.items():
            self.p_of(family, test)

    def estimates_of(self, pairs: Sequence[Pair], level: float) -> list[dict[str, Estimate]]:
        """Return estimates and score intervals."""
        numbers = [_numbers(pair) for pair in pairs]
        fresh = {n: pair for n, pair in zip(numbers, pairs, strict=True) if (level, n) not in self.estimates}
        if fresh:
            made = Independent().estimates(list(fresh.values()), level, self.metrics)
            self.estimates |= {(level, n): row for n, row in zip(fresh, made, strict=True)}
        return [self.estimates[level, n] for n in numbers]

    def p_of(self, pairs: Sequence[Pair], test: TestName | None) -> list[tuple[str, float]]:
        """Return the name of the test that decides, and its p."""
        numbers = [_numbers(pair) for pair in pairs]
        fresh = {n: pair for n, pair in zip(numbers, pairs, strict=True) if (test, n) not in self.p}
        if fresh:
            names, p = Independent(test=test).p_values(list(fresh.values()), MEASURE)
            self.p |= {(test, n): found for n, found in zip(fresh, zip(names, p.tolist(), strict=True), strict=True)}
        return [self.p[test, n] for n in numbers]


def _numbers(pair: Pair) -> Numbers:
    return pair.selected[0], pair.n[0], pair.selected[1], pair.n[1]


@dataclass(frozen=True, slots=True)
class Recalled:
    """Independent decisions whose figures are recalled."""

    inference: Independent
    figures: Figures

    withheld = None

    def estimates(self, pairs: Sequence[Pair], level: float, metrics: Sequence[Metric]) -> list[dict[str, Estimate]]:  # noqa: ARG002 -- as others answer
        """Return values and score intervals of the metrics that findings need."""
        return self.figures.estimates_of(pairs, level)

    def tested(self, pairs: Sequence[Pair]) -> list[Tested]:
        """Return the test that decides, and no other."""
        return [Tested(name, p, {}) for name, p in self.figures.p_of(pairs, self.inference.test)]

    def p_values(self, pairs: Sequence[Pair], kind: Rate) -> tuple[Names, Floats]:  # noqa: ARG002 -- as others answer
        """Return the test that decides each pair."""
        found = self.figures.p_of(pairs, self.inference.test)
        return [name for name, _ in found], np.array([p for _, p in found])

    def worth(self, pairs: Sequence[Pair]) -> Sequence[Floats]:
        """Return the counts themselves."""
        return self.inference.worth(pairs)
