"""A test of every pair of an attribute's groups that belongs to the family, adjusted by Holm's method."""

from __future__ import annotations

import zlib
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.analyses.score_counts import compared
from fairwitness.metrics.multiplicity import holm

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan


def adjusted(
    table: GroupTable, p_of: Callable[[tuple[Group, ...], tuple[Group, ...]], float]
) -> tuple[dict[Group, tuple[float, float]], int]:
    """Return for each group that is compared its test's p, the p adjusted over the family, and the family's size.

    Parameters
    ----------
    table : GroupTable
        Where its decisions chose the reference, the family is all pairs of groups; otherwise the pairs compared.
    p_of : callable
        From the group and what it is compared with to a p-value, nan where there is no test.
    """
    pairs = compared(table)
    if not pairs:
        return {}, 0
    if table.reference.chosen_from_outcomes:
        family = list(combinations([g.group for g in table.counts.included], 2))
        values = [p_of((a,), (b,)) for a, b in family]
        place = {frozenset(pair): i for i, pair in enumerate(family)}
        at = {g: place[frozenset((g, *others))] for g, others in pairs.items()}
    else:
        values = [p_of((g,), others) for g, others in pairs.items()]
        at = {g: i for i, g in enumerate(pairs)}
    over = holm(values)
    return {g: (float(values[i]), float(over[i])) for g, i in at.items()}, int(np.isfinite(values).sum())


def seed_of(plan: AuditPlan, section: str, *names: str) -> int:
    """Return a seed of a figure's own, so that no two sections or groups share their draws.

    The same plan gives the same seed on every machine.
    """
    key = zlib.crc32("\0".join([section, *names]).encode())
    return int(np.random.SeedSequence([plan.seed, key]).generate_state(1, np.uint64)[0])
