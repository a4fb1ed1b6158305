"""Exact tests that hold only the sizes of two groups fixed: for a pass mark, where nobody fixed how many pass.

The common rate is not known; the p is the largest over all its values, which scipy looks for.  Slow beyond about 100
in a group.  Arguments are scalars or arrays that broadcast; a test that does not exist is nan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

POINTS = 128  # values of the common rate that are tried before the largest p is looked for among them


def boschloo(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the p of Boschloo's test, which orders tables by the p of Fisher's; twice the smaller of its two sides.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group; whole numbers.

    Returns
    -------
    float or array
        nan if a group is empty, or nobody or everybody is selected.

    References
    ----------
    Boschloo, "Raised conditional level of significance for the 2 × 2-table when testing the equality of two
    probabilities", Statistica Neerlandica 24 (1970), doi:10.1111/j.1467-9574.1970.tb00104.x.

    Examples
    --------
    All of 3 against none of 3: at a common rate θ that has the probability θ³(1 − θ)³, at most 1/64, and twice that
    with the other end.

    >>> round(float(boschloo(3, 3, 0, 3)), 6)
    0.03125
    """
    from scipy.stats import boschloo_exact

    return _of_each(boschloo_exact, xf, nf, xr, nr)


def barnard(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the p of Barnard's test, which orders tables by the pooled z.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group; whole numbers.

    Returns
    -------
    float or array
        nan if a group is empty, or nobody or everybody is selected.

    References
    ----------
    Barnard, "Significance tests for 2 × 2 tables", Biometrika 34 (1947), doi:10.1093/biomet/34.1-2.123.

    Examples
    --------
    All of 3 against none of 3 is one of the two tables farthest from equal rates: 2 · θ³(1 − θ)³, at most 2/64.

    >>> round(float(barnard(3, 3, 0, 3)), 6)
    0.03125
    """
    from scipy.stats import barnard_exact

    return _of_each(barnard_exact, xf, nf, xr, nr)


def _of_each(test: Callable[..., Any], *counts: ArrayLike) -> Floats:
    columns = np.broadcast_arrays(*(np.asarray(c, dtype=np.int64) for c in counts))
    p = [_p(test, *(int(part) for part in row)) for row in zip(*(c.ravel() for c in columns), strict=True)]
    return np.array(p).reshape(columns[0].shape)[()]


def _p(test: Callable[..., Any], xf: int, nf: int, xr: int, nr: int) -> float:
    if 0 in (nf, nr) or xf + xr in (0, nf + nr):
        return float("nan")
    # scipy holds the sums of the columns fixed: each group is a column.
    return min(float(test([[xf, xr], [nf - xf, nr - xr]], n=POINTS).pvalue), 1.0)
