"""The figures of ranked pools, added up over pools, beside what they would be if groups were dealt out at random."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import quotient
from fairwitness.metrics.ranked_null import exchanged
from fairwitness.metrics.ranking import attention, exposure, mean_weights, ndkl, top

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fairwitness.audit.analyses.pools import Pool
    from fairwitness.metrics.counts import Floats

LENGTHS = 1_000  # of the top of a list, up to which its make-up is followed
WORK = 5_000_000  # places times draws: beyond, fewer draws are made
FEWEST = 200  # draws
AT_ONCE = 500_000  # places times draws held in memory
WEIGHTS = {"exposure": exposure, "attention": attention}


class Drawn(NamedTuple):
    """The figures of one pool: row 0 as they are, the other rows with the groups dealt out at random.

    Attributes
    ----------
    top : array, shape (1 + draws, groups)
        How many of each group are in the first places.
    means : dict of str to array, shape (1 + draws, groups)
        ``exposure`` and ``attention``: the mean of each group's places; nan for one that has nobody in the pool.
    ndkl : array, shape (1 + draws,)
    """

    top: Floats
    means: dict[str, Floats]
    ndkl: Floats


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures added up over pools, rows as in `Drawn`.

    Attributes
    ----------
    top : array, shape (1 + draws, groups)
        In the pools whose first places could have gone either way.
    own, reference : dict of str to array, shape (1 + draws, groups)
        Mean weights of each group and of what it is compared with, over the pools that have both.
    pools : array of int, shape (groups,)
        How many pools have both.
    ndkl : array, shape (1 + draws,)
        Mean over pools.
    """

    top: Floats
    own: dict[str, Floats]
    reference: dict[str, Floats]
    pools: NDArray[np.int64]
    ndkl: Floats

    def ratio(self, measure: str) -> Floats:
        """Return the ratio of the averages over pools."""
        return quotient(self.own[measure], self.reference[measure])


def drawn(pool: Pool, k: int, draws: int, generator: np.random.Generator) -> Drawn:
    """Return the figures of a pool as it is, and for so many random deals of its groups.

    Parameters
    ----------
    pool : Pool
    k : int
        Places at the top.
    draws : int
    generator : numpy.random.Generator
    """
    step, parts, made = max(1, AT_ONCE // pool.n), [_figures(pool, pool.blocks[None], k)], 0
    while made < draws:
        blocks = exchanged(pool.blocks, min(step, draws - made), generator)
        made += len(blocks)
        parts.append(_figures(pool, blocks.astype(np.float64), k))
    return Drawn(
        np.concatenate([part.top for part in parts]),
        {name: np.concatenate([part.means[name] for part in parts]) for name in WEIGHTS},
        np.concatenate([part.ndkl for part in parts]),
    )


def _figures(pool: Pool, blocks: NDArray[np.int64] | Floats, k: int) -> Drawn:
    return Drawn(
        np.asarray(top(blocks, k, pool.others).expected, np.float64),
        {name: mean_weights(blocks, weights(pool.n), pool.others) for name, weights in WEIGHTS.items()},
        ndkl(blocks, others=pool.others, most=LENGTHS),
    )


def totals(
    pools: Sequence[Pool], each: Sequence[Drawn], against: NDArray[np.int64], open_top: Sequence[bool]
) -> Totals:
    """Add figures up over pools.

    Means over pools are means of what each pool has: people of different pools are never ranked in one list.

    Parameters
    ----------
    pools : sequence of Pool
        At least one; each has two groups or more.
    each : sequence of Drawn
        Their figures.
    against : array of int, shape (groups, groups)
        Which groups (down) each (across) is compared with.
    open_top : sequence of bool
        For each pool whether its first places could have gone either way.
    """
    empty = np.zeros_like(each[0].top)
    own, reference = ({name: empty.copy() for name in WEIGHTS} for _ in range(2))
    added, both_in = empty.copy(), np.zeros(empty.shape[1], np.int64)
    for pool, figures, counted in zip(pools, each, open_top, strict=True):
        n = pool.sizes
        others = n @ against
        both = (n > 0) & (others > 0)
        both_in += both
        for name, mean in figures.means.items():
            own[name] += np.where(both, mean, 0.0)
            of_others = quotient((np.nan_to_num(mean) * n) @ against, others)
            reference[name] += np.where(both, of_others, 0.0)
        if counted:
            added += figures.top
    for sums in (own, reference):
        for name in WEIGHTS:
            sums[name] = np.asarray(quotient(sums[name], both_in))
    return Totals(added, own, reference, both_in, np.mean([figures.ndkl for figures in each], axis=0))


def draws_for(pools: Sequence[Pool], resamples: int) -> int:
    """Return how many deals are drawn: as many as the plan says, fewer where very many people are ranked.

    Examples
    --------
    >>> draws_for([], 2000)
    2000
    """
    people = sum(pool.n for pool in pools)
    return min(resamples, max(FEWEST, WORK // max(1, people)))


def generator_for(attribute: str, seed: int) -> np.random.Generator:
    """Return the generator of an attribute's deals, which no other analysis shares."""
    key = zlib.crc32(f"ranked_pools {attribute}".encode())
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(key,)))
