"""Who is asked under what: a sample of résumés that fits the budget, and variants spread evenly over them.

Nothing here depends on the order of the rows: a row's place in line comes from its content and the seed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    Ints = np.ndarray[Any, np.dtype[np.int64]]
    Keys = np.ndarray[Any, np.dtype[np.uint64]]


def row_keys(rows: pd.DataFrame, seed: int) -> Keys:
    """Return a number for every row that its cells and the seed decide, and nothing else."""
    keys = np.full(len(rows), _digest(f"seed {seed}"), dtype=np.uint64)
    for column in rows.columns:
        keys += cell_keys(rows[column], str(column))
    return _mixed(keys ^ np.uint64(_digest(f"rows {seed}")))


def cell_keys(cells: pd.Series[Any], name: str) -> Keys:
    """Return a number for every cell of a column; equal cells have equal ones."""
    import pandas as pd

    if isinstance(cells.dtype, np.dtype) and cells.dtype.kind in "biuf":
        bits = (cells.to_numpy(dtype=np.float64) + 0.0).view(np.uint64)  # + 0.0: there is one zero
        return _mixed(bits ^ np.uint64(_digest(name)))
    try:
        codes, distinct = pd.factorize(cells)
    except TypeError:  # lists, arrays
        codes, distinct = pd.factorize(cells.map(repr))
    numbers = np.array([_digest(f"{name}\x1f{_written(value)}") for value in distinct], dtype=np.uint64)
    return np.append(numbers, np.uint64(0))[codes]  # a missing cell has the code -1


def sampled(keys: Keys, jobs: Keys | None, most: int, seed: int) -> Ints:
    """Return which of the résumés are asked, at most so many: drawn evenly over jobs, each as likely as the other.

    Résumés are put in line by job and then by key; from a random start, every (N / most)-th is taken.  So a job gets
    its share of the sample to within one résumé.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd edition. Wiley. Chapter 8, systematic sampling.
    """
    n = len(keys)
    if n <= most:
        return np.arange(n)
    line = (
        np.lexsort((keys, _mixed(jobs + np.uint64(_digest(f"jobs {seed}"))))) if jobs is not None else np.argsort(keys)
    )
    start = np.random.default_rng([seed, 1]).random()
    return np.sort(line[np.floor((start + np.arange(most)) * n / most).astype(np.int64)])


def variants_for(keys: Keys, sizes: Sequence[int], slots: int, *, together: bool, seed: int) -> Ints:
    """Return which variant of each group every résumé is shown in every slot, by résumé, group and slot.

    Résumés stand in line by key.  As many as there are variants make a round; in a round, each variant is shown once
    in every slot, in a new random order: the design is crossed and balanced, so that a name can be told from the
    résumés that bore it.  Within a résumé no variant of a group comes twice.

    Parameters
    ----------
    keys : array of uint64
        One a résumé.
    sizes : sequence of int
        How many variants each group has, each at least ``slots``.
    slots : int
        How many variants of a group a résumé is shown.
    together : bool
        Groups share one order, so that the k-th variants of all are shown side by side.
    seed : int
        Of the orders.

    Examples
    --------
    >>> shown = variants_for(np.array([5, 3, 9], dtype=np.uint64), [3], 2, together=False, seed=0)
    >>> sorted(shown[:, 0, 0].tolist()), sorted(shown[:, 0, 1].tolist())
    ([0, 1, 2], [0, 1, 2])
    """
    n = len(keys)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(keys, kind="stable")] = np.arange(n)
    shown = np.empty((n, len(sizes), slots), dtype=np.int64)
    for g, size in enumerate(sizes):
        rounds = -(-n // size)
        orders = np.random.default_rng([seed, 2, 0 if together else g]).permuted(
            np.tile(np.arange(size), (rounds, 1)), axis=1
        )
        for slot in range(slots):
            shown[:, g, slot] = orders[rank // size, (rank + slot) % size]
    return shown


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _mixed(keys: Keys) -> Keys:
    """Return the keys well mixed: the last step of SplitMix (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
