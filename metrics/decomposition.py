"""Two parts of a gap: what is left within strata, and what comes of who is in which stratum."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import floats, quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Decomposition(NamedTuple):
    """The aggregate difference of rates, its two parts, and the standardised rates that they come from.

    ``covered`` is the share of all people who are in strata with both groups; the others are compared with nobody, and
    what they add to the aggregate is counted as composition.
    """

    aggregate: float
    within: float
    composition: float
    standardised_focal: float
    standardised_reference: float
    covered: float


def decompose(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Decomposition:
    """Split the difference of two groups' rates by direct standardisation to all people of both.

    Within: the difference that there would be if both groups were spread over strata as all people are, each selected
    at its own rate of the stratum.  Composition: the rest of the aggregate difference.

    Parameters
    ----------
    xf, nf, xr, nr : array of int
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    Decomposition
        nan where there is no stratum with both groups, or a group is empty.

    References
    ----------
    Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed. (2003), chapter 19 (direct
    standardisation).  Kitagawa, "Components of a difference between two rates", Journal of the American Statistical
    Association 50 (1955), doi:10.1080/01621459.1955.10501299.

    Examples
    --------
    8/10 of both groups in one department, 1/10 in the other: nothing within, though 17/100 against 73/100 in all.

    >>> parts = decompose([8, 9], [10, 90], [72, 1], [90, 10])
    >>> round(parts.aggregate, 2), round(parts.within, 2), round(parts.composition, 2)
    (-0.56, 0.0, -0.56)
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    aggregate = float(quotient(xf.sum(), nf.sum()) - quotient(xr.sum(), nr.sum()))
    both = (nf > 0) & (nr > 0)
    total = (nf + nr) * both
    shares = quotient(total, total.sum())
    focal, reference = (
        float(np.sum(shares * np.where(both, x / np.maximum(n, 1), 0.0))) for x, n in ((xf, nf), (xr, nr))
    )
    within = focal - reference
    covered = float(quotient(total.sum(), np.sum(nf + nr)))
    return Decomposition(aggregate, within, aggregate - within, focal, reference, covered)
