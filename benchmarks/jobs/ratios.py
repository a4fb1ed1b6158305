"""The smallest ratio to the highest selection rate, from the counts that a group-by gives."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WAYS = {"sex": (0,), "race": (1,), "sex × race": (0, 1)}


def of_counts(cells: Iterable[tuple[str, str, int, int, int]]) -> dict[str, float]:
    """Return the ratio by sex, race and both; a cell is sex, race, selected, qualified and how many."""
    cells = list(cells)
    found = {}
    for way, places in WAYS.items():
        total: Counter[tuple[str, ...]] = Counter()
        chosen: Counter[tuple[str, ...]] = Counter()
        for sex, race, selected, _, n in cells:
            group = tuple((sex, race)[place] for place in places)
            total[group] += n
            chosen[group] += n * int(selected)
        rates = [chosen[group] / total[group] for group in total]
        found[way] = min(rates) / max(rates)
    return found


def of_rates(rates: Iterable[float]) -> float:
    """Return the ratio of the smallest rate to the largest."""
    rates = list(rates)
    return float(min(rates) / max(rates))
