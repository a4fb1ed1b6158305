"""Consistency: whether people who are alike are decided on alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def consistency(decisions: ArrayLike, nearby: ArrayLike) -> float:
    """Return 1 less the mean distance of each person's decision from the mean decision on the nearest neighbours.

    Parameters
    ----------
    decisions : array of shape (people,)
        1 selected, 0 not selected.
    nearby : array of shape (people,)
        The share selected among each person's neighbours, between 0 and 1.

    Returns
    -------
    float
        Between 0 and 1; 1 where everybody is decided on as all their neighbours are.  nan without people.

    References
    ----------
    Zemel, Wu, Swersky, Pitassi & Dwork, "Learning fair representations", ICML 2013, PMLR 28(3), 325-333.

    Examples
    --------
    Distances 0, ½ and ½.

    >>> consistency([1, 1, 0], [1.0, 0.5, 0.5])
    0.6666666666666667
    """
    chosen, near = floats(decisions, nearby)
    return float(1 - np.mean(np.abs(chosen - near))) if chosen.size else float("nan")


def consistency_at_random(selected: int, n: int, neighbours: int, *, itself: bool) -> float:
    """Return the consistency to be expected if the same number were selected without regard to who they are.

    Parameters
    ----------
    selected, n : int
        Selected and total, at least 2 people.
    neighbours : int
        How many neighbours each person has, at least 1.
    itself : bool
        Whether each person is one of their own neighbours.

    Returns
    -------
    float
        1 - 2·K·(N - K)/(N·(N - 1)), K of N selected; with ``itself`` the deviation is (k - 1)/k of that.

    Notes
    -----
    The mean over all ways of dealing out the decisions, exactly.  A rare selection makes almost everybody be decided
    on alike: with 5 % selected at random, consistency is about .9.

    Examples
    --------
    One of two selected: the other one always differs; with itself, the mean of the two is ½ for both.

    >>> consistency_at_random(1, 2, 1, itself=False), consistency_at_random(1, 2, 2, itself=True)
    (0.0, 0.5)
    """
    apart = 2 * selected * (n - selected) / (n * (n - 1))
    return 1 - apart * ((neighbours - 1) / neighbours if itself else 1)
