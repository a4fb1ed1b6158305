"""Which inference a table's decisions call for: independent, in clusters, or with survey weights."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.judging.group_counts import OUTCOMES, kinds_of
from fairwitness.audit.judging.independent import INDEPENDENT, Independent
from fairwitness.audit.judging.linearised import Linearised
from fairwitness.audit.tally import NOT_SELECTED, NOTHING, SELECTED, WEIGHT_PLACES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.audit.judging.group_counts import Group, GroupCounts
    from fairwitness.audit.judging.inference import Inference
    from fairwitness.audit.tally import Count, Tally

    Place = tuple[int, str]  # a group, and a kind of decision
    Cluster = int | None

UNIT = 10**WEIGHT_PLACES


def inference_of(tally: Tally, counts: GroupCounts) -> Inference:
    """Return where the intervals and tests of a table come from.

    Parameters
    ----------
    tally : Tally
        Of which the table is: with a cluster axis, with weights, with both or neither.
    counts : GroupCounts
        The table's counts.
    """
    if tally.axis("cluster") is None and not tally.weighted:
        return Independent(resampled=False) if tally.repeats else INDEPENDENT
    if tally.axis("table"):
        tally = tally.table(counts.by[0])
    places = {g.group: i for i, g in enumerate(counts.groups)}
    kinds = (SELECTED, NOT_SELECTED, *(OUTCOMES.values() if tally.axis("label") else ()))
    content: defaultdict[Cluster, dict[Place, Count]] = defaultdict(dict)
    for cluster, place, count in _cells(tally, counts.by, places):
        content[cluster][place] = content[cluster].get(place, NOTHING) + count
    profiles = Counter(tuple(sorted(cells.items())) for cells in content.values())
    shape = (len(places), len(kinds))
    amounts = np.zeros((len(profiles), *shape))
    numbers, squares = np.zeros(shape), np.zeros(shape)
    for row, (profile, times) in enumerate(profiles.items()):
        for (group, kind), count in profile:
            at = (group, kinds.index(kind))
            amounts[(row, *at)] = count.weight / UNIT if tally.weighted else count.n
            numbers[at] += times * count.n
            squares[at] += times * (count.weight_squared / UNIT**2 if tally.weighted else count.n)
    return Linearised(
        places=places,
        kinds=kinds,
        amounts=amounts,
        times=np.array(list(profiles.values()), np.int64) if tally.axis("cluster") else None,
        numbers=numbers,
        squares=squares,
        weighted=tally.weighted,
        resampled=tally.axis("cluster") is not None or not tally.repeats,
    )


def _cells(tally: Tally, by: tuple[str, ...], places: dict[Group, int]) -> Iterator[tuple[Cluster, Place, Count]]:
    """Yield what each cluster has of each group and kind; without clusters, what all have."""
    decision, label, cluster = tally.axis("decision"), tally.axis("label"), tally.axis("cluster")
    names = [*by, *(axis.name for axis in (decision, label, cluster) if axis)]
    for key, count in tally.margin(*names).cells.items():
        group, outcome = places.get(tuple(str(level) for level in key[: len(by)])), key[len(by)]
        known = all(level is not None for level in key[: len(by)])
        if group is None or not known or outcome not in (SELECTED, NOT_SELECTED):
            continue
        number = key[-1] if cluster else None
        for kind in kinds_of(str(outcome), key[len(by) + 1] if label else None):
            yield (None if number is None else int(number)), (group, kind), count
