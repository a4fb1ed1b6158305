"""Contrasts: one attribute of an intersection compared within each level of the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.judging.comparisons import Comparison, all_pairs, compare, reference_used
from fairwitness.audit.judging.group_counts import Group, GroupCounts, choose_reference
from fairwitness.metrics.multiplicity import holm

if TYPE_CHECKING:
    from fairwitness.audit.judging.inference import Inference


@dataclass(frozen=True, slots=True)
class Contrast:
    """One attribute of an intersection compared within a level of the others.

    Attributes
    ----------
    attribute : str
    within : dict of str to str
    comparison : Comparison
        Against the highest rate within that level; the tests of all contrasts of a table are one family.
    reference : str
    """

    attribute: str
    within: dict[str, str]
    reference: str
    comparison: Comparison


def contrasts(counts: GroupCounts, level: float, family: str, inference: Inference) -> tuple[Contrast, ...]:
    """Compare each attribute within every combination of the others.

    The reference within each is the highest rate, so the family of tests is all pairs of all contrasts.
    """
    made: list[Contrast] = []
    pairs: list[tuple[Group, Group]] = []
    p: list[float] = []
    for i, attribute in enumerate(counts.by):
        for rest in sorted({_without(g.group, i) for g in counts.included}):
            part = tuple(g for g in counts.included if _without(g.group, i) == rest)
            within = GroupCounts(counts.by, counts.measure, part, 0, 0)
            reference = choose_reference(within, "highest")
            others = dict(zip(_without(counts.by, i), rest, strict=True))
            every, p_every = all_pairs(part, inference)
            pairs, p = pairs + every, [*p, *p_every]
            named = f"{family} · contrasts"
            compared = compare(within, reference, level=level, family=named, inference=inference).values()
            made += [Contrast(attribute, others, reference_used(within, reference).group[i], c) for c in compared]
    adjusted = dict(zip(pairs, holm(np.array(p)), strict=True))
    m = int(np.isfinite(p).sum())
    return tuple(_readjusted(c, counts, adjusted, m) for c in made)


def _readjusted(c: Contrast, counts: GroupCounts, adjusted: dict[tuple[Group, Group], float], m: int) -> Contrast:
    i = counts.by.index(c.attribute)
    group = c.comparison.group
    other = (*group[:i], c.reference, *group[i + 1 :])
    p = adjusted[min(group, other), max(group, other)]
    tests = replace(c.comparison.tests, m=m, p_adjusted=float(p) if np.isfinite(p) else None)
    return replace(c, comparison=replace(c.comparison, tests=tests))


def _without(labels: tuple[str, ...], i: int) -> tuple[str, ...]:
    return labels[:i] + labels[i + 1 :]
