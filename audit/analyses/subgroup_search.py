"""The search for the subgroup that departs most from what is expected, with what searching costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fairwitness.audit.analyses.subgroup_table import SubgroupTable, subgroup_table
from fairwitness.audit.analyses.subgroup_test import Held, held
from fairwitness.audit.bridges.subset_scan import aif360_scan, members
from fairwitness.audit.judging.group_table import measured
from fairwitness.metrics.equal_rates import share_as_extreme
from fairwitness.metrics.subset_scan import best_odds_ratio, scan, scan_scores, shuffled_within, size_of_search

if TYPE_CHECKING:
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.subset_scan import Direction, Subset

REPLICATES = 999
MOST_IN_FULL = 8000  # subgroups times levels of the longest axis: a few seconds for all replicates
MOST_CELLS = 20_000
DIRECTIONS: tuple[Direction, ...] = ("fewer", "more")

TOO_FEW_AXES = "a subgroup is made of two or more attributes, and the tally has fewer"
WEIGHTED = "the counts are weighted, and the search is for counts of independent decisions"
REPEATED = "decisions come in clusters or rows repeat a person, and the search is for independent decisions"
NO_CHOICE = "nobody or everybody was selected"
TOO_MANY_CELLS = f"the attributes and controls have more than {MOST_CELLS:,} combinations: name fewer, or bin them"
TOO_LARGE = (
    "there are too many subgroups to search again in every replicate, so the search in all decisions is left out; the "
    "one in half of them climbs from random starts and may miss the largest departure"
)
NOTHING_THERE = "in the half that was searched no subgroup departs in this direction"


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found in one direction.

    Attributes
    ----------
    subgroup : list of dict
        For each attribute that it is limited on, the labels it has; empty where no subgroup departs.
    n, selected, expected : int, int, float or None
        Of the subgroup: decisions, selections, and how many selections its share would be.
    odds_ratio : float or None
        By which its expected odds are multiplied; None where nobody or everybody in it was selected.
    score : float
        The log-likelihood ratio.
    p : float or None
        How often the same search in shuffled decisions finds as high a score, in either direction.
    """

    direction: Direction
    subgroup: list[dict[str, Any]]
    n: int | None
    selected: int | None
    expected: float | None
    odds_ratio: float | None
    score: float | None
    p: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Search:
    """The searches in the decisions of one measure.

    Attributes
    ----------
    method : {"exact", "aif360"} or None
        Whether all subgroups were searched, or aif360's scan climbed from random starts.
    whole : tuple of Found
        In all decisions; empty where the replicates would take too long.
    halves : tuple of Held
        Found in one half of the decisions, held against the other.
    because : str or None
        Why there is nothing, or why a part is left out.
    """

    measure: str
    table: SubgroupTable | None
    method: str | None
    whole: tuple[Found, ...]
    halves: tuple[Held, ...]
    because: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the searches as JSON has them."""
        table = self.table
        searched = table is not None and self.method is not None
        return {
            "measure": self.measure,
            "attributes": [] if table is None else list(table.names[: len(table.names) - table.controls]),
            "controls": [] if table is None else list(table.names[len(table.names) - table.controls :]),
            "n": None if table is None else int(table.n.sum()),
            "unknown": None if table is None else table.unknown,
            "subgroups": int(np.prod([2.0**levels - 1 for levels in table.n.shape])) if table and searched else None,
            "method": self.method,
            "replicates": REPLICATES if self.whole else None,
            "whole": [found.to_json() for found in self.whole],
            "halves": [part.to_json() for part in self.halves],
            "status": "ok" if searched else "undefined",
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class SubgroupSearch:
    """Searches of subgroups: one for each measure."""

    section: ClassVar[str] = "subgroup_search"

    searches: tuple[Search, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each measure."""
        return [search.to_json() for search in self.searches]


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> SubgroupSearch | None:  # noqa: ARG001
    """Return what a search of subgroups finds; None where the plan does not ask for it.

    Parameters
    ----------
    tally : Tally
        Subgroups are sets of levels of its protected attributes and controls.
    tables : tuple of GroupTable
        Not read: every analysis is given them.
    plan : AuditPlan
        ``search_subgroups``, level and seed.
    """
    if not plan.search_subgroups:
        return None
    return SubgroupSearch(tuple(_search(counted, plan) for counted in measured(tally)))


def _search(tally: Tally, plan: AuditPlan) -> Search:
    table = subgroup_table(tally)
    if table is None:
        return Search(tally.measure, None, None, (), (), TOO_FEW_AXES)
    why = _obstacle(tally, table)
    if why:
        return Search(tally.measure, table, None, (), (), why)
    key = (plan.seed, *b"subgroups", *tally.measure.encode())
    in_full = size_of_search(table.n.shape) * max(table.n.shape) <= MOST_IN_FULL
    first, second = table.halves((*key, 0))
    halves = []
    for direction in DIRECTIONS:
        found = _scan(first, direction, plan.seed, in_full=in_full)
        halves.append(
            held(direction, found.levels if found.score > 0 else None, first, second, plan.level, NOTHING_THERE)
        )
    whole = _whole(table, (*key, 1)) if in_full else ()
    return Search(
        measure=tally.measure,
        table=table,
        method="exact" if in_full else "aif360",
        whole=whole,
        halves=tuple(halves),
        because=None if in_full else TOO_LARGE,
    )


def _obstacle(tally: Tally, table: SubgroupTable) -> str | None:
    selected, n = int(table.selected.sum()), int(table.n.sum())
    if tally.weighted:
        return WEIGHTED
    if tally.repeats or tally.axis("cluster"):
        return REPEATED
    if table.n.size > MOST_CELLS:
        return TOO_MANY_CELLS
    return NO_CHOICE if selected in (0, n) else None


def _scan(table: SubgroupTable, direction: Direction, seed: int, *, in_full: bool) -> Subset:
    counts = (table.selected, table.n, table.expected)
    return scan(*counts, direction) if in_full else aif360_scan(*counts, direction, seed=seed % 2**32)


def _whole(table: SubgroupTable, key: tuple[int, ...]) -> tuple[Found, ...]:
    """Search all decisions, and shuffled ones in the same way."""
    shuffled = shuffled_within(table.selected, table.n, table.strata, REPLICATES, key)
    null = np.maximum(*(scan_scores(shuffled, table.n, table.expected, direction) for direction in DIRECTIONS))
    return tuple(_found(table, scan(table.selected, table.n, table.expected, d), null) for d in DIRECTIONS)


def _found(table: SubgroupTable, subset: Subset, null: Any) -> Found:
    p = share_as_extreme(subset.score, null)
    if subset.score <= 0:
        return Found(subset.direction, [], None, None, None, None, None, p)
    inside = members(table.n.shape, subset.levels) & (table.n > 0)
    x, n, expected = table.selected[inside], table.n[inside], table.expected[inside]
    odds_ratio, score = best_odds_ratio(x, n, expected)
    return Found(
        direction=subset.direction,
        subgroup=table.named(subset.levels),
        n=int(n.sum()),
        selected=int(x.sum()),
        expected=float(n @ expected),
        odds_ratio=odds_ratio if 0 < odds_ratio < np.inf else None,
        score=score,
        p=p,
    )
