"""Tests of the components of a funnel, adjusted over all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.significance import default_test, pooled_z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.analyses.funnel_figures import Passage


class ComponentTests(NamedTuple):
    """For each step the test of each compared group, by its place; ``m`` defined tests were adjusted together."""

    of: list[dict[int, dict[str, Any]]]
    m: int


def component_tests(p: Passage, *, by_outcome: bool) -> ComponentTests:
    """Test every compared group at every step, and adjust by Holm over all groups and steps.

    Parameters
    ----------
    p : Passage
    by_outcome : bool
        Whether the decisions themselves chose the reference: then all pairs of groups are in the family.
    """
    focal = [i for i in p.included if i != p.reference]
    keys = [(step, i) for step in range(len(p.passed)) for i in focal if p.status_at(step, i) == "ok"]
    against = p.against
    pairs = [_pair(p, step, i, against[:, i]) for step, i in keys]
    if by_outcome:
        pairs += [
            _pair(p, step, i, np.eye(len(p.groups), dtype=np.int64)[j])
            for step in range(len(p.passed))
            for i in focal
            for j in focal
            if i < j and min(p.entered[step, i], p.entered[step, j]) >= max(1, p.min_n)
        ]
    counts = np.array(pairs, np.int64).reshape(-1, 4).T
    names, values = default_test(*counts)
    statistic, _ = pooled_z(*counts)
    adjusted = holm(values)
    made: list[dict[int, dict[str, Any]]] = [{} for _ in p.passed]
    for k, (step, i) in enumerate(keys):
        if np.isfinite(values[k]):
            method = str(names[k])
            z = float(statistic[k]) if method == "pooled_z" else None
            made[step][i] = {
                "statistic": z,
                "p": float(values[k]),
                "p_adjusted": float(adjusted[k]),
                "method": method,
            }
    return ComponentTests(made, int(np.isfinite(values).sum()))


def _pair(p: Passage, step: int, i: int, others: NDArray[np.int64]) -> tuple[int, int, int, int]:
    """Return passed and entered of a group, and of those it is compared with."""
    of_group = int(p.passed[step, i]), int(p.entered[step, i])
    return (*of_group, int(p.passed[step] @ others), int(p.entered[step] @ others))
