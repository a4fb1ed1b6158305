"""The sign-flip test of paired differences: had the two been exchanged, every sign would be the other one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_ROUNDING = 1e-9  # of the largest sum possible: sums that differ by less are tied
_AT_ONCE = 2**22  # signs held in memory


class SignFlip(NamedTuple):
    """A sign-flip test.

    Attributes
    ----------
    p : float
        Two-sided.
    draws : int
        Assignments of signs looked at: drawn, or where ``exact`` all there are.
    exact : bool
    """

    p: float
    draws: int
    exact: bool


def sign_flip(differences: ArrayLike, cluster: ArrayLike, *, draws: int = 9999, seed: int = 0) -> SignFlip:
    """Test that exchanging the two sides of every pair changes nothing, whatever the law of the differences.

    Parameters
    ----------
    differences : array of float, shape (n,)
        One a pair.
    cluster : array of int, shape (n,)
        The résumé or the job: all its pairs are exchanged together.
    draws : int
        Where there are no more assignments of signs to the clusters than that, all are looked at.
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    SignFlip
        The share of assignments under which the sum is at least as far from 0.  Of drawn ones, with the assignment
        seen counted among them, so that the p-value is never 0 and never too small.

    Notes
    -----
    It tests that the field swapped makes no difference to the answers at all: under one name as under another.  Where
    names differ within a group, it also rejects, rightly.  That the groups differ by more than their names do is what
    the interval of the effect says.

    References
    ----------
    Fisher, The Design of Experiments (1935), chapter 3.  Phipson & Smyth, "Permutation p-values should never be zero",
    Statistical Applications in Genetics and Molecular Biology 9 (2010), article 39, doi:10.2202/1544-6115.1585.

    Examples
    --------
    Sums 1, 2 and 3: of eight assignments, only all signs plus and all minus reach 6.

    >>> sign_flip([1.0, 2.0, 1.0, 2.0], [0, 1, 2, 2])
    SignFlip(p=0.25, draws=8, exact=True)
    """
    given = np.asarray(differences, np.float64)
    place = np.unique(np.asarray(cluster), return_inverse=True)[1]
    sums = np.bincount(place, weights=given)
    sums = sums[sums != 0]
    if not sums.size:
        return SignFlip(1.0, 1, exact=True)
    reached = abs(sums.sum()) - _ROUNDING * np.abs(sums).sum()
    clusters = len(sums)
    if 2 ** min(clusters, 62) <= draws:
        signs = 1 - 2 * ((np.arange(2**clusters)[:, None] >> np.arange(clusters)) & 1)
        return SignFlip(float((np.abs(signs @ sums) >= reached).mean()), 2**clusters, exact=True)
    generator, found, left = np.random.default_rng(seed), 0, draws
    while left:
        part = min(left, max(1, _AT_ONCE // clusters))
        drawn = generator.integers(0, 2, (part, clusters), dtype=np.int8) * 2 - 1
        found += int((np.abs(drawn @ sums) >= reached).sum())
        left -= part
    return SignFlip((found + 1) / (draws + 1), draws, exact=False)
