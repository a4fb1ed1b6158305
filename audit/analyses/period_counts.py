"""The counts of one table period by period, apart by stratum where there are strata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.tally import NOT_SELECTED, SELECTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group, GroupCounts
    from fairwitness.audit.tally import Tally

    Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """Selected and total of every compared group in every period.

    Attributes
    ----------
    column : str
    stratum : str or None
        The column of strata, where there is one.
    names : tuple of str
        The periods in which anybody of a compared group was decided on, in the order of time.
    groups : tuple of Group
        Those that are compared, in the order of the table.
    selected, n : array of int, groups by periods by strata
        Where there are strata the last of them holds decisions whose stratum is not stated.
    not_stated : int
        Decisions on compared groups whose period is not stated: they are in no figure of a period.
    """

    column: str
    stratum: str | None
    names: tuple[str, ...]
    groups: tuple[Group, ...]
    selected: NDArray[np.int64]
    n: NDArray[np.int64]
    not_stated: int

    @property
    def stratum_not_stated(self) -> int:
        """Decisions of a stated period whose stratum is not: they are in a period's rates, and in no e-value."""
        return int(self.n[:, :, -1].sum()) if self.stratum else 0

    def tables(self, group: Group, best: Group | None) -> Columns:
        """Return selected and total of a group and of what it is held against, by period and stratum.

        ``best`` is the reference that is computed with; None for everybody else.
        """
        at = self.groups.index(group)
        others = [i for i in range(len(self.groups)) if i != at] if best is None else [self.groups.index(best)]
        x, n = self.selected, self.n
        return x[at], n[at], x[others].sum(axis=0), n[others].sum(axis=0)

    def within(self, tables: Columns) -> Columns:
        """Return tables without those of which the stratum is not stated."""
        xf, nf, xr, nr = (column[:, :-1] for column in tables) if self.stratum else tables
        return xf, nf, xr, nr


def whole_periods(tables: Columns) -> Columns:
    """Return tables summed over strata."""
    xf, nf, xr, nr = (column.sum(axis=1) for column in tables)
    return xf, nf, xr, nr


def count_periods(tally: Tally, counts: GroupCounts) -> PeriodCounts | None:
    """Return a table's counts by period; None where fewer than two periods or fewer than two groups are there.

    Parameters
    ----------
    tally : Tally
        Whose decision tells selected from not selected; what was set aside is in no count.
    counts : GroupCounts
        Of the table, which say who is compared.
    """
    if tally.axis("table"):
        tally = tally.table(counts.by[0])
    period, stratum, decision = tally.axis("period"), tally.axis("stratum"), tally.axis("decision")
    groups = tuple(g.group for g in counts.included)
    if period is None or decision is None or len(groups) < 2:
        return None
    place = {group: i for i, group in enumerate(groups)}
    width = len(counts.by)
    found: list[tuple[int, str, str | None, int, int]] = []
    not_stated = 0
    axes = [*counts.by, period.name, decision.name, *([stratum.name] if stratum else [])]
    for key, count in tally.margin(*axes).cells.items():
        at, when, outcome = place.get(tuple(map(str, key[:width]))), key[width], key[width + 1]
        if at is None or any(level is None for level in key[:width]) or outcome not in (SELECTED, NOT_SELECTED):
            continue
        if when is None:
            not_stated += count.n
            continue
        where = str(key[-1]) if stratum and key[-1] is not None else None
        found.append((at, str(when), where, count.n if outcome == SELECTED else 0, count.n))
    names = sorted({when for _, when, *_ in found}, key=in_time)
    if len(names) < 2:
        return None
    strata = sorted({where for _, _, where, *_ in found if where is not None})
    row = {name: i for i, name in enumerate(names)}
    column = {name: i for i, name in enumerate(strata)}
    selected, n = np.zeros((2, len(groups), len(names), len(strata) + 1), np.int64)
    for at, when, where, x, of in found:
        cell = at, row[when], len(strata) if where is None else column[where]
        selected[cell] += x
        n[cell] += of
    return PeriodCounts(period.name, stratum.name if stratum else None, tuple(names), groups, selected, n, not_stated)


def in_time(period: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts periods: numbers in a name by size, words by letter.

    Examples
    --------
    >>> sorted(["2026-10", "2026-9", "2025-12", "v10", "v9"], key=in_time)
    ['2025-12', '2026-9', '2026-10', 'v9', 'v10']
    """
    parts = re.split(r"(\d+)", period)
    return tuple((int(part), "") if i % 2 else (-1, part) for i, part in enumerate(parts))
