"""Strata: the pools (requisitions, departments, sites) inside which people competed with one another.

Every function on strata takes four arrays, selected and total of the focal and of the reference group, with the strata
along the last axis; leading axes are other comparisons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

ONE_GROUP = "one_group"
NOBODY_SELECTED = "nobody_selected"
EVERYBODY_SELECTED = "everybody_selected"


def informative(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> NDArray[np.bool_]:
    """Say which strata can tell the groups apart: both have people in it, and some but not all of them are selected.

    All others add nothing to a test within strata, whatever happened in them.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    Examples
    --------
    >>> informative([1, 0, 3], [4, 2, 3], [2, 0, 1], [5, 0, 1]).tolist()
    [True, False, False]
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    selected = xf + xr
    return (nf > 0) & (nr > 0) & (selected > 0) & (selected < nf + nr)


def uninformative_because(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> NDArray[np.str_]:
    """Say of each stratum why it tells nothing, or "" where it tells something.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    array of str
        ``one_group`` (at least one of the groups has nobody in it), ``nobody_selected``, ``everybody_selected`` or "".

    Examples
    --------
    >>> uninformative_because([1, 0, 3, 0], [4, 2, 3, 2], [2, 0, 1, 0], [5, 0, 1, 3]).tolist()
    ['', 'one_group', 'everybody_selected', 'nobody_selected']
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    selected = xf + xr
    return np.select(
        [(nf == 0) | (nr == 0), selected == 0, selected == nf + nr],
        [ONE_GROUP, NOBODY_SELECTED, EVERYBODY_SELECTED],
        "",
    )
