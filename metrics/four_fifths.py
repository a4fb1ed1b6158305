"""The four-fifths screen and what stands beside it: shortfalls, and how few selections would change the picture.

Comparisons are made in whole numbers: 4 of 7 against 25 of 35 is exactly four fifths, and not below it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.score_statistic import normal_quantile
from fairwitness.metrics.significance import pooled_z

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

Screen = Literal["below", "not_below", "not_evaluable"]

FOUR_FIFTHS = Fraction(4, 5)


def beyond(xf: int, nf: int, xr: int, nr: int, threshold: Fraction) -> bool | None:
    """Say whether the impact ratio lies strictly below a threshold.

    Parameters
    ----------
    xf, nf, xr, nr : int
        Selected and total of the focal and of the reference group.
    threshold : Fraction
        A ratio, compared exactly.

    Returns
    -------
    bool or None
        None if the ratio is undefined: a group is empty, or nobody in the reference group is selected.

    Examples
    --------
    3/4 : 5/6 = 9/10.

    >>> beyond(3, 4, 5, 6, Fraction(9, 10)), beyond(3, 4, 5, 6, Fraction(91, 100))
    (False, True)
    """
    if not (nf and nr and xr):
        return None
    return int(xf) * int(nr) * threshold.denominator < threshold.numerator * int(xr) * int(nf)


def four_fifths(xf: int, nf: int, xr: int, nr: int) -> Screen:
    """Say on which side of four fifths the impact ratio lies.

    Parameters
    ----------
    xf, nf, xr, nr : int
        Selected and total of the focal group and of the group with the highest rate.

    Returns
    -------
    {"below", "not_below", "not_evaluable"}
        ``below`` if 5·xf·nr < 4·xr·nf.

    References
    ----------
    29 CFR 1607.4(D): "less than four-fifths (4/5) (or eighty percent)".

    Examples
    --------
    >>> four_fifths(4, 7, 25, 35), four_fifths(0, 10, 0, 20)
    ('not_below', 'not_evaluable')
    """
    below = beyond(xf, nf, xr, nr, FOUR_FIFTHS)
    return "not_evaluable" if below is None else "below" if below else "not_below"


def selections_to_four_fifths(xf: int, nf: int, xr: int, nr: int) -> tuple[int, int] | None:
    """Return the fewest selections that would bring the ratio to four fifths: added, or moved from the reference group.

    Parameters
    ----------
    xf, nf, xr, nr : int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    (added, moved) or None
        Both 0 if the ratio is not below four fifths; None if it is undefined.  Moving keeps the number selected.

    Examples
    --------
    .8·206/259·48 = 30.5, so 31 - 26; and 30/48 : 202/259 = .801, while 29/48 : 203/259 = .771.

    >>> selections_to_four_fifths(26, 48, 206, 259)
    (5, 4)
    """
    if not (nf and nr and xr):
        return None
    xf, nf, xr, nr = int(xf), int(nf), int(xr), int(nr)
    lack = 4 * xr * nf - 5 * xf * nr
    return max(0, _ceiling(lack, 5 * nr)), max(0, _ceiling(lack, 5 * nr + 4 * nf))


def flip_flop(xf: int, nf: int, xr: int, nr: int) -> bool | None:
    """Say whether moving one selection from the reference to the focal group would make the focal rate the higher one.

    Parameters
    ----------
    xf, nf, xr, nr : int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    bool or None
        None where there is nothing to move or to reverse: nobody selected in the reference group, everybody in the
        focal group, an empty group, or a focal rate that is not the lower one.

    References
    ----------
    Questions and Answers on the Uniform Guidelines, 44 FR 11996 (2 March 1979), question 21.

    Examples
    --------
    15 % and 20 % become 20 % and 18.75 %.

    >>> flip_flop(3, 20, 16, 80)
    True
    """
    xf, nf, xr, nr = int(xf), int(nf), int(xr), int(nr)
    if not (nf and nr and xr) or xf == nf or xf * nr >= xr * nf:
        return None
    return (xf + 1) * nr > (xr - 1) * nf


def swaps_to_lose_significance(xf: int, nf: int, xr: int, nr: int, level: float = 0.95) -> int | None:
    """Return how many selections, moved from the better to the worse off group, end the significance of `pooled_z`.

    Parameters
    ----------
    xf, nf, xr, nr : int
        Selected and total of the focal and of the reference group.
    level : float
        1 - alpha, between 0 and 1.

    Returns
    -------
    int or None
        0 if the difference is not significant; None if the test does not exist.

    Notes
    -----
    A move leaves the margins as they are, so Z falls by the same step each time.

    Examples
    --------
    |Z| is 2.68 for 50 of 64 against 455 of 508; each move takes .41 off, and two are needed to come below 1.96.

    >>> swaps_to_lose_significance(50, 64, 455, 508)
    2
    """
    z = abs(float(pooled_z(xf, nf, xr, nr)[0]))
    if math.isnan(z):
        return None
    critical = normal_quantile(level)
    if z < critical:
        return 0
    step = abs(float(pooled_z(xf, nf, xr, nr)[0] - pooled_z(int(xf) + 1, nf, int(xr) - 1, nr)[0]))
    return int((z - critical) // step) + 1


def shortfall(xf: ArrayLike, nf: ArrayLike, selected: ArrayLike, total: ArrayLike) -> Floats:
    """Return by how many people a group's selections fall short of a proportional share: nf·selected/total - xf.

    Parameters
    ----------
    xf, nf : int or array of int
        Selected and total of the group.
    selected, total : int or array of int
        Selected and total of the whole table, the group included.

    Returns
    -------
    float or array
        In people; negative if the group has more than its share.  nan for a table without decisions.

    References
    ----------
    The expected count of Mantel & Haenszel, "Statistical aspects of the analysis of data from retrospective studies
    of disease", Journal of the National Cancer Institute 22 (1959), 719-748.

    Examples
    --------
    48·232/307 - 26.

    >>> round(float(shortfall(26, 48, 232, 307)), 4)
    10.2736
    """
    xf, nf, selected, total = floats(xf, nf, selected, total)
    return quotient(nf * selected - xf * total, total)


def shortfall_vs_reference(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return by how many people a group's selections fall short of the reference group's rate: nf·xr/nr - xf.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    float or array
        In people; negative if the focal rate is the higher one.  nan if the reference group is empty.

    Examples
    --------
    48·206/259 - 26.

    >>> round(float(shortfall_vs_reference(26, 48, 206, 259)), 4)
    12.1776
    """
    return shortfall(xf, nf, xr, nr)


def _ceiling(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
