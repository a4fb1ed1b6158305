"""The figures of groups by probability: with sampling error, and with all that other ties would allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.metrics.counts import quotient
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.linearised_intervals import robust_pair, robust_rate
from fairwitness.metrics.membership import membership_spread

if TYPE_CHECKING:
    from fairwitness.metrics.estimate import Status
    from fairwitness.metrics.membership import JointBounds

    Array = np.ndarray[Any, Any]
    Pair = tuple[int, int | None]  # places of a group and of the reference

CERTAIN = 1.0  # of bounds, which hold whatever ties selection to the group
METHOD, BOUNDS = "membership_weighted", "joint_bounds"
COMPARED = ("impact_ratio", "rate_difference")


def weighted_figures(p: Array, y: Array, pair: Pair, level: float, *, enough: bool) -> dict[str, Estimate]:
    """Return rate, ratio and difference with sampling error.

    Parameters
    ----------
    p : array of float, shape (people, groups)
    y : array of 0 and 1
    pair : tuple
        The group, and the reference if there is one.
    level : float
    enough : bool
        Whether enough people are expected in the group.
    """
    i, best = pair
    n = len(y)
    if not enough:
        return _nothing("below_min_n", pair, level, n)
    alone = membership_spread(p[:, [i]], y)
    made = {"selection_rate": _told(float(alone.rates[0]), robust_rate(alone, 0, level), level, METHOD, n)}
    if best is None or i == best:
        return made | ({} if i == best else _compared("single_group", level, n))
    both = membership_spread(p[:, [i, best]], y)
    values = {"impact_ratio": quotient(*both.rates), "rate_difference": both.rates[0] - both.rates[1]}
    return made | {
        name: _told(float(values[name]), robust_pair(both, name, level), level, METHOD, n) for name in COMPARED
    }


def bounded_figures(bounds: JointBounds, p: Array, y: Array, pair: Pair, *, enough: bool) -> dict[str, Estimate]:
    """Return the same figures with the ends that other ties between group and selection allow."""
    i, best = pair
    n = len(y)
    if not enough:
        return _nothing("below_min_n", pair, CERTAIN, n)
    low, high = ([float(end) for end in ends / bounds.total] for ends in (bounds.low, bounds.high))
    rates = membership_spread(p, y).rates
    made = {"selection_rate": _told(float(rates[i]), (low[i], high[i]), CERTAIN, BOUNDS, n)}
    if best is None or i == best:
        return made | ({} if i == best else _compared("single_group", CERTAIN, n))
    ratio = float(quotient(low[i], high[best])), high[i] / low[best] if low[best] > 0 else float("inf")
    return made | {
        "impact_ratio": _told(float(quotient(rates[i], rates[best])), ratio, CERTAIN, BOUNDS, n),
        "rate_difference": _told(
            float(rates[i] - rates[best]), (low[i] - high[best], high[i] - low[best]), CERTAIN, BOUNDS, n
        ),
    }


def _told(value: float, ends: tuple[float, float], level: float, method: str, n: int) -> Estimate:
    if not np.isfinite(value):
        return Estimate.undefined("undefined_no_selections", level=level, n=n)
    if np.isnan(ends).any():
        return Estimate(value, None, None, level, None, "ok", n)
    low, high = ends
    return Estimate(
        value, low, None if np.isinf(high) else high, level, method, "ok", n, "high" if np.isinf(high) else None
    )


def _nothing(status: Status, pair: Pair, level: float, n: int) -> dict[str, Estimate]:
    rate = {"selection_rate": Estimate.undefined(status, level=level, n=n)}
    return rate if pair[0] == pair[1] else rate | _compared(status, level, n)


def _compared(status: Status, level: float, n: int) -> dict[str, Estimate]:
    return {name: Estimate.undefined(status, level=level, n=n) for name in COMPARED}
