"""Decisions watched one after another, outside any audit: bets against equal rates, and an alarm.

An audit counts periods and needs neither (`fairwitness.metrics.e_process` takes over).  These are for whoever sees each
decision as it is made and states beforehand what is to be found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def block_e_value(
    xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, *, focal: float, reference: float
) -> Floats:
    """Return the e-value of a block of decisions on two groups, for two rates stated before it.

    Blocks multiply: whoever stops when the product reaches 1/α errs in at most a share α of cases, however often the
    product was looked at.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group in each block.
    focal, reference : float
        The rates that are bet on, above 0 and below 1; they may depend on earlier blocks, not on this one.

    Returns
    -------
    float or array
        At least 0; its mean is at most 1 if both groups have the same rate, whichever it is.

    Raises
    ------
    ValueError
        Rates out of range.

    References
    ----------
    Turner, Ly & Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional stopping",
    Journal of Statistical Planning and Inference 230 (2024), doi:10.1016/j.jspi.2023.106116.

    Examples
    --------
    One of each; .6 and .3 are bet on, .45 is their mean.  Only the focal one is selected: .6·.7 / (.45·.55).

    >>> round(float(block_e_value(1, 1, 0, 1, focal=0.6, reference=0.3)), 4)
    1.697
    """
    if not (0 < focal < 1 and 0 < reference < 1):
        raise ValueError("give rates above 0 and below 1")
    x, n, y, m = floats(xf, nf, xr, nr)
    both = (n * focal + m * reference) / (n + m)
    bets = x * np.log(focal) + (n - x) * np.log1p(-focal) + y * np.log(reference) + (m - y) * np.log1p(-reference)
    made: Floats = np.exp(bets - (x + y) * np.log(both) - (n + m - x - y) * np.log1p(-both))
    return made[()]


def bernoulli_cusum(selected: ArrayLike, *, usual: float, changed: float) -> Floats:
    """Return the path of a cumulative sum that rises where selections look more like a changed rate than the usual one.

    An alarm, not evidence: where to draw its line is found by simulating how long it runs without a change.

    Parameters
    ----------
    selected : array of 0 and 1, shape (n,)
        Decisions in their order.
    usual, changed : float
        Rates above 0 and below 1.

    Returns
    -------
    array, shape (n,)
        Never below 0.

    Raises
    ------
    ValueError
        Rates out of range.

    References
    ----------
    Page, "Continuous inspection schemes", Biometrika 41 (1954), doi:10.1093/biomet/41.1-2.100.

    Examples
    --------
    From one half to one quarter: a rejection adds log(.75/.5), a selection takes log(.5/.25) away.

    >>> bernoulli_cusum([0, 0, 1, 1], usual=0.5, changed=0.25).round(3).tolist()
    [0.405, 0.811, 0.118, 0.0]
    """
    if not (0 < usual < 1 and 0 < changed < 1):
        raise ValueError("give rates above 0 and below 1")
    chosen = np.asarray(selected, bool)
    steps = np.where(chosen, np.log(changed / usual), np.log((1 - changed) / (1 - usual)))
    path = np.zeros(len(steps))
    height = 0.0
    for i, step in enumerate(steps):
        path[i] = height = max(0.0, height + float(step))
    return path
