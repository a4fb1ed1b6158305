"""The difference of one figure between two groups that share nobody, from the figure's own intervals."""

from __future__ import annotations

import math

from fairwitness.metrics.estimate import Estimate


def independent_difference(focal: Estimate, reference: Estimate) -> Estimate:
    """Return a figure of one group less that of another, with an interval from both of theirs.

    Parameters
    ----------
    focal, reference : Estimate
        Of groups that share nobody, at the same level.

    Returns
    -------
    Estimate
        With the status of the first of the two that is not ``ok``.  Without an interval where either has none.

    Notes
    -----
    d − √((a − l_a)² + (u_b − b)²) to d + √((u_a − a)² + (b − l_b)²): what Newcombe does with Wilson's intervals of two
    rates, for any figure.  Intervals that are not symmetric stay so (``square_and_add``).

    References
    ----------
    Zou & Donner, "Construction of confidence limits about effect measures: a general approach" (2008),
    doi:10.1002/sim.3095.

    Examples
    --------
    .5 (.3 to .9) less .2 (.1 to .6): .3 − √(.04 + .16), and .3 + √(.16 + .01).

    >>> a, b = (Estimate(v, l, u, 0.95, "wilson", "ok", 9) for v, l, u in ((0.5, 0.3, 0.9), (0.2, 0.1, 0.6)))
    >>> found = independent_difference(a, b)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.3, -0.1472, 0.7123)
    """
    n = focal.n + reference.n
    for e in (focal, reference):
        if e.status != "ok":
            return Estimate.undefined(e.status, level=focal.level, n=n)
    if focal.value is None or reference.value is None:
        raise ValueError("an estimate of status ok has no value")
    difference = focal.value - reference.value
    if focal.low is None or focal.high is None or reference.low is None or reference.high is None:
        return Estimate(difference, None, None, focal.level, None, "ok", n)
    down = math.hypot(focal.value - focal.low, reference.high - reference.value)
    up = math.hypot(focal.high - focal.value, reference.value - reference.low)
    return Estimate(difference, difference - down, difference + up, focal.level, "square_and_add", "ok", n)
