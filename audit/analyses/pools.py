"""From a tally to its ranked pools: for each pool, how many of each group stand in each block of equal scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.tally import SCORED, SELECTED, SET_ASIDE, sortable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.tally import Axis, Level, Tally

    Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pool:
    """People who were ranked among one another.

    Attributes
    ----------
    name : str or None
        The stratum; None where there are no strata, and everybody is in one pool.
    blocks : array of int, shape (blocks, groups)
        Of the groups that are compared, best score first.
    others : array of int, shape (blocks,)
        People of another group, or of none that is known: they hold their places.
    selected : array of int, shape (blocks,)
        How many of each block were selected, of whatever group.
    decided : bool
        Whether there are decisions besides the scores.
    """

    name: str | None
    blocks: Counts
    others: Counts
    selected: Counts
    decided: bool = True

    @property
    def n(self) -> int:
        """How many people hold a place."""
        return int(self.blocks.sum() + self.others.sum())

    @property
    def sizes(self) -> Counts:
        """How many people of each group there are."""
        return np.asarray(self.blocks.sum(axis=0), np.int64)

    @property
    def several_groups(self) -> bool:
        """Whether people of two groups or more can be compared here."""
        return int((self.sizes > 0).sum()) > 1

    def places(self, top_k: int | None) -> int:
        """Return how many places at the top are looked at: those asked for, otherwise as many as were selected."""
        return int(self.selected.sum()) if top_k is None else top_k


@dataclass(frozen=True, slots=True)
class Ranked:
    """All pools of a tally.

    Attributes
    ----------
    pools : tuple of Pool
        In the order of their names.
    without_score, without_pool : int
        People who were decided upon and hold no place.
    """

    pools: tuple[Pool, ...]
    without_score: int
    without_pool: int


def ranked(tally: Tally, score: Axis, attribute: str, groups: tuple[Group, ...]) -> Ranked:
    """Return the pools of a tally, ranked by its score.

    Parameters
    ----------
    tally : Tally
        With a stratum where people were ranked in several pools.
    score : Axis
    attribute : str
    groups : tuple of groups
        Those that are compared.
    """
    decision, stratum = tally.axis("decision"), tally.axis("stratum")
    names = [attribute, *(a.name for a in (score, decision, stratum) if a is not None)]
    found: dict[str | None, dict[float, list[int]]] = {}
    without_score = without_pool = 0
    place = {group[0]: i for i, group in enumerate(groups)}
    for key, count in tally.margin(*names).cells.items():
        group, level, outcome, pool = _parts(key, decided=decision is not None, pooled=stratum is not None)
        if isinstance(outcome, str) and outcome.startswith(SET_ASIDE):
            continue
        if not isinstance(level, int | float):
            without_score += count.n
        elif stratum is not None and pool is None:
            without_pool += count.n
        else:
            row = found.setdefault(None if pool is None else str(pool), {})
            at = row.setdefault(level, [0] * (len(groups) + 2))
            at[place.get(str(group), len(groups)) if group is not None else len(groups)] += count.n
            at[-1] += count.n if outcome == SELECTED else 0
    decided = any(key[-1] != SCORED for key in tally.margin(decision.name).cells) if decision else False
    made = []
    for name in sorted(found, key=lambda n: sortable((n,))):
        levels = sorted(found[name], reverse=score.order == "high")
        table = np.array([found[name][level] for level in levels], np.int64)
        table = table[table[:, :-1].sum(axis=1) > 0]
        if len(table):
            made.append(Pool(name, table[:, :-2], table[:, -2], table[:, -1], decided))
    return Ranked(tuple(made), without_score, without_pool)


def _parts(key: tuple[Level, ...], *, decided: bool, pooled: bool) -> tuple[Level, Level, Level, Level]:
    """Return group, score, outcome and pool; None for what the tally does not have."""
    outcome = key[2] if decided else None
    return key[0], key[1], outcome, key[-1] if pooled else None


def selected_below(pool: Pool) -> int:
    """Return how many were selected although people who were not selected scored better.

    Counted from the score at which as many places are filled as people were selected: who was selected below it.

    Examples
    --------
    Best first: one selected, one passed over, one selected.

    >>> blocks = np.array([[1], [1], [1]])
    >>> selected_below(Pool(None, blocks, np.zeros(3, np.int64), np.array([1, 0, 1])))
    1
    """
    sizes = pool.blocks.sum(axis=1) + pool.others
    k = int(pool.selected.sum())
    starts = np.cumsum(sizes) - sizes
    return int(pool.selected[starts >= k].sum())
