"""The counts of one table within strata: requisitions, departments, sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.judging.group_counts import in_order
from fairwitness.audit.tally import NOT_SELECTED, SELECTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group, GroupCounts
    from fairwitness.audit.tally import Tally

Pools = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"]


@dataclass(frozen=True, slots=True)
class Cells:
    """The decisions of compared groups, apart by cluster: one entry for each group, stratum and cluster."""

    group: NDArray[np.int64]
    stratum: NDArray[np.int64]
    cluster: NDArray[np.int64]
    selected: NDArray[np.int64]
    n: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StrataCounts:
    """Selected and total of every compared group in every stratum.

    Attributes
    ----------
    column : str
    names : tuple of str
        The strata in which anybody of a compared group was decided on, as a reader would sort them.
    groups : tuple of Group
        Those that are compared, in the order of the table.
    selected, n : array of int, groups by strata
    not_stated : int
        Decisions on compared groups whose stratum is not stated: they are in no figure within strata.
    clusters : Cells or None
        Where decisions of one cluster belong together.
    """

    column: str
    names: tuple[str, ...]
    groups: tuple[Group, ...]
    selected: NDArray[np.int64]
    n: NDArray[np.int64]
    not_stated: int
    clusters: Cells | None

    def pools(self, group: Group, best: Group | None) -> Pools:
        """Return selected and total of a group and of what it is compared with, by stratum.

        ``best`` is the reference that is computed with; None for everybody else, which is also what a group is held
        against where the reference is everybody: within a stratum equal rates mean the same.
        """
        at = self.groups.index(group)
        others = [i for i in range(len(self.groups)) if i != at] if best is None else [self.groups.index(best)]
        return self.selected[at], self.n[at], self.selected[others].sum(axis=0), self.n[others].sum(axis=0)


def count_strata(tally: Tally, counts: GroupCounts) -> StrataCounts | None:
    """Return a table's counts within strata, or None where the tally has no strata, or fewer than two compared groups.

    Parameters
    ----------
    tally : Tally
        Whose decision tells selected from not selected; what was set aside is in no count.
    counts : GroupCounts
        Of the table, which say who is compared.
    """
    if tally.axis("table"):
        tally = tally.table(counts.by[0])
    stratum, decision, cluster = tally.axis("stratum"), tally.axis("decision"), tally.axis("cluster")
    groups = tuple(g.group for g in counts.included)
    if stratum is None or decision is None or len(groups) < 2:
        return None
    place = {group: i for i, group in enumerate(groups)}
    names = [*counts.by, stratum.name, decision.name, *([cluster.name] if cluster else [])]
    width = len(counts.by)
    found: dict[tuple[int, str, int], list[int]] = {}
    not_stated = 0
    for key, count in tally.margin(*names).cells.items():
        at, name, outcome = place.get(tuple(map(str, key[:width]))), key[width], key[width + 1]
        if at is None or any(level is None for level in key[:width]) or outcome not in (SELECTED, NOT_SELECTED):
            continue
        if name is None:
            not_stated += count.n
            continue
        cell = found.setdefault((at, str(name), int(str(key[-1])) if cluster else 0), [0, 0])
        cell[0] += count.n if outcome == SELECTED else 0
        cell[1] += count.n
    strata = sorted({name for _, name, _ in found}, key=lambda name: in_order((name,)))
    where = {name: i for i, name in enumerate(strata)}
    columns = np.array([(at, where[name], c, *cell) for (at, name, c), cell in found.items()], np.int64).reshape(-1, 5)
    cells = Cells(*columns.T)
    selected, n = np.zeros((2, len(groups), len(strata)), np.int64)
    np.add.at(selected, (cells.group, cells.stratum), cells.selected)
    np.add.at(n, (cells.group, cells.stratum), cells.n)
    return StrataCounts(stratum.name, tuple(strata), groups, selected, n, not_stated, cells if cluster else None)
