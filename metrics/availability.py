"""Selections held against a rate from outside: the share of a group in the labour market, a census, a workforce."""

from __future__ import annotations

from math import nan, sqrt
from typing import NamedTuple


class Availability(NamedTuple):
    """How many of a group were selected, held against the share that was available.

    Attributes
    ----------
    expected : float
        Of the group among all selected, at its share outside.
    sd : float
        Standard deviation of that number: the courts' "standard deviations" are counted in it.
    z : float
        nan where the share is 0 or 1.
    p : float
        Of the exact binomial test, two-sided.
    """

    expected: float
    sd: float
    z: float
    p: float


def availability(selected: int, n: int, share: float) -> Availability:
    """Return the one-sample test of a group's number among the selected.

    Parameters
    ----------
    selected : int
        Of the group, among the ``n``.
    n : int
        All who were selected, at least 1.
    share : float
        Of the group among those available, between 0 and 1.

    Returns
    -------
    Availability
        The exact p adds up all numbers no likelier than the one seen.

    Raises
    ------
    ValueError
        Numbers out of these ranges.

    References
    ----------
    Hazelwood School District v. United States, 433 U.S. 299, 309 n. 14 (1977).

    Examples
    --------
    4 of 4 where one half is available: 2 are expected, and the standard deviation is √(4 · ½ · ½) = 1.

    >>> made = availability(4, 4, 0.5)
    >>> made.expected, made.sd, made.z, made.p
    (2.0, 1.0, 2.0, 0.125)
    """
    from scipy.stats import binomtest

    if not (0 <= selected <= n and n >= 1 and 0 <= share <= 1):
        raise ValueError("give a number of selected from 0 to n, and a share from 0 to 1")
    expected, sd = n * share, sqrt(n * share * (1 - share))
    z = (selected - expected) / sd if sd else nan
    return Availability(expected, sd, z, float(binomtest(selected, n, share).pvalue))
