"""Clusters without their names: each is numbered by what is in it, so that no identifier leaves the source."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.tally import sortable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairwitness.audit.tally import Count, Key, Level


def numbered(cells: Mapping[Key, Count], at: int) -> dict[Key, Count]:
    """Return the cells with each cluster's label replaced by a number.

    Clusters are put in the order of their cells, so that the numbers, and a tally's digest, depend on what was counted
    alone: not on labels, not on the order of rows.  Clusters of the same content are alike, so it does not matter which
    of them comes first.

    Parameters
    ----------
    cells : mapping of Key to Count
    at : int
        Where in a key the cluster stands; from the end if negative.

    Examples
    --------
    >>> from fairwitness.audit.tally import Count
    >>> numbered({("F", "ad 7"): Count(2), ("F", "ad 3"): Count(1), ("M", "ad 3"): Count(1)}, 1)
    {('F', 1): Count(n=1, weight=0, weight_squared=0), ('M', 1): Count(n=1, weight=0, weight_squared=0), \
('F', 2): Count(n=2, weight=0, weight_squared=0)}
    """
    if not cells:
        return {}
    at %= len(next(iter(cells)))
    within: defaultdict[Level, list[tuple[Key, Count]]] = defaultdict(list)
    for key, count in cells.items():
        within[key[at]].append(((*key[:at], *key[at + 1 :]), count))
    made: dict[Key, Count] = {}
    contents = [sorted(content, key=lambda cell: (sortable(cell[0]), cell[1])) for content in within.values()]
    contents.sort(key=lambda content: [(sortable(key), count) for key, count in content])
    for number, content in enumerate(contents, start=1):
        for key, count in content:
            made[(*key[:at], number, *key[at:])] = count
    return made


def refuse_unnamed(cells: Mapping[Key, Count], at: int, column: str, where: str) -> None:
    """Refuse rows that do not say which cluster they belong to.

    Raises
    ------
    FairwitnessError
        With their number.
    """
    n = sum(count.n for key, count in cells.items() if key[at] is None)
    if n:
        raise FairwitnessError(
            f"{where}, column {quoted(column)}: {n:,} rows have no cluster. Fill it, or leave --cluster out."
        )
