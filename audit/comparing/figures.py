"""The figures of changes: intervals and tests of each compared group, adjusted over all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.metrics import paired_change, release_change
from fairwitness.metrics.multiplicity import holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fairwitness.audit.comparing.compared_tables import ComparedTable, Pair
    from fairwitness.audit.comparing.question import Question
    from fairwitness.audit.judging.group_counts import Group


@dataclass(frozen=True, slots=True)
class Figures:
    """What the tests say of one group; None where undefined."""

    low: float | None
    high: float | None
    low_one_sided: float | None
    high_one_sided: float | None
    z: float | None
    p: float | None
    p_no_change: float | None
    p_adjusted: float | None
    m: int
    detectable: float | None


NO_FIGURES = Figures(None, None, None, None, None, None, None, None, 0, None)


def figures_of(
    table: ComparedTable, focal: Sequence[Group], against: Group, question: Question, level: float
) -> dict[Group, Figures]:
    """Return what the tests say of groups whose change is defined, adjusted over all of them."""
    tests: Any = release_change if table.pairs is None else paired_change
    counts = _independent(table, focal, against) if table.pairs is None else _paired(table.pairs, focal, against)
    scale = question.scale
    z = tests.change_z(counts, scale, float(question.threshold))
    z_same = tests.change_z(counts, scale, float(question.same))
    p_same = np.array([_two_sided(each) for each in z_same])
    m = int(np.isfinite(p_same).sum())
    adjusted = holm(p_same)
    low, high = tests.change_interval(counts, scale, level)
    low_one_sided, high_one_sided = tests.change_interval(counts, scale, 2 * level - 1)
    detectable = tests.detectable_worsening(counts, scale, (1 - level) / max(m, 1))
    return {
        group: Figures(
            low=number_of(low[i]),
            high=number_of(high[i]),
            low_one_sided=number_of(low_one_sided[i]),
            high_one_sided=number_of(high_one_sided[i]),
            z=number_of(z[i]),
            p=number_of(_one_sided(z[i])),
            p_no_change=number_of(p_same[i]),
            p_adjusted=number_of(adjusted[i]),
            m=m,
            detectable=number_of(detectable[i]),
        )
        for i, group in enumerate(focal)
    }


def _independent(table: ComparedTable, focal: Sequence[Group], against: Group) -> release_change.Releases:
    columns = []
    for release in (table.new, table.old):
        reference = release.groups[against]
        columns += [
            np.array([release.groups[group].selected for group in focal], np.int64),
            np.array([release.groups[group].n for group in focal], np.int64),
            np.full(len(focal), reference.selected, np.int64),
            np.full(len(focal), reference.n, np.int64),
        ]
    return release_change.Releases(*columns)


def _paired(pairs: Mapping[Group, Pair], focal: Sequence[Group], against: Group) -> paired_change.Pairs:
    own = np.array([pairs[group] for group in focal], np.int64).T
    reference = np.array([pairs[against]] * len(focal), np.int64).T
    return paired_change.Pairs(*own, *reference)


def _one_sided(z: float) -> float:
    """Return the upper tail of the normal distribution."""
    return math.erfc(z / math.sqrt(2)) / 2


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def number_of(value: Any) -> float | None:
    """Return a number of numpy as a float, or None where it is none."""
    return float(value) if np.isfinite(value) else None
