"""Rates of groups of which only probabilities of membership are known: each person counts in every group, by weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import quotient
from fairwitness.metrics.linearised import spread_of_clusters

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.linearised import Spread

PLACES = 1  # to which probabilities are rounded, so that people share a class


class JointBounds(NamedTuple):
    """The smallest and the largest number selected of each group, and everybody of it.

    Attributes
    ----------
    low, high, total : array of float, shape (k,)
    classes : int
        Of people with nearly the same probabilities.
    """

    low: Floats
    high: Floats
    total: Floats
    classes: int


def membership_spread(probabilities: ArrayLike, selected: ArrayLike) -> Spread:
    """Return the rates of groups weighted by the probability of membership, and how they spread.

    Parameters
    ----------
    probabilities : array of float, shape (people, k)
        Of each person to be in each group, between 0 and 1.
    selected : array of 0 and 1, shape (people,)

    Returns
    -------
    Spread
        A person is a cluster, with a part in every group: rates of two groups are not independent.

    Notes
    -----
    Σπy / Σπ.  It estimates the rate of a group without bias if the probabilities are right on average, and if whether a
    person is selected has nothing more to do with the group than what the probabilities are made of says.  Otherwise
    it is off by the mean covariance of the two within people of equal probabilities; `joint_bounds` says how far.

    References
    ----------
    Chen, Kallus, Mao, Svacha & Udell, "Fairness under unawareness: assessing disparity when protected class is
    unobserved", FAT* 2019, doi:10.1145/3287560.3287594.

    Examples
    --------
    (.9 + .8 + .3)/2.9 and (.1 + .2 + .7)/3.1.

    >>> p = np.array([0.9, 0.8, 0.6, 0.3, 0.2, 0.1])
    >>> membership_spread(np.stack([p, 1 - p], axis=1), [1, 1, 0, 1, 0, 0]).rates.round(6).tolist()
    [0.689655, 0.322581]
    """
    p = np.asarray(probabilities, np.float64)
    y = np.asarray(selected, np.float64)[:, None]
    return spread_of_clusters(p * y, p, independent=quotient((p**2).sum(axis=0), p.sum(axis=0) ** 2))


def joint_bounds(probabilities: ArrayLike, selected: ArrayLike) -> JointBounds:
    """Return how many of each group may be selected, if membership and selection hang together as they please.

    Parameters
    ----------
    probabilities, selected
        As `membership_spread`.

    Returns
    -------
    JointBounds
        For any two groups the lower end of one and the upper end of the other are possible together.

    Notes
    -----
    People are put into classes by their probabilities, rounded to one decimal.  Of a class of n, of whom K are selected
    and m = Σπ are of the group, between max(0, K + m - n) and min(K, m) are both.  Classes of one person would leave
    nothing open, and say nothing.

    References
    ----------
    Kallus, Mao & Zhou, "Assessing algorithmic fairness with unobserved protected class using data combination",
    Management Science 68 (2022), doi:10.1287/mnsc.2020.3850.

    Examples
    --------
    Ten people who are of the group with .6, seven of them selected: 6 + 7 - 10 to 6.

    >>> found = joint_bounds([[0.6, 0.4]] * 10, [1] * 7 + [0] * 3)
    >>> found.low.round(9).tolist(), found.high.round(9).tolist(), found.classes
    ([3.0, 1.0], [6.0, 4.0], 1)
    """
    p, y = np.asarray(probabilities, np.float64), np.asarray(selected, np.float64)
    rounded, place = np.unique(np.round(p, PLACES), axis=0, return_inverse=True)
    place = place.reshape(-1)
    n = np.bincount(place)[:, None]
    k = np.bincount(place, weights=y)[:, None]
    m = np.stack([np.bincount(place, weights=column) for column in p.T], axis=1)
    return JointBounds(
        np.maximum(0.0, k + m - n).sum(axis=0), np.minimum(k, m).sum(axis=0), p.sum(axis=0), len(rounded)
    )
