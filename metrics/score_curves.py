"""Score tests and intervals of a sum of independent parts, found along one multiplier.

The score test of a value compares the data with their likeliest fit under that value.  Where the parameter is a sum of
parts, one from each of several independent groups, the fit follows from a Lagrange multiplier that all parts share.  As
the multiplier grows from 0, the parameter falls from its estimate, and the squared statistic rises from 0.  So a test
is a search for the parameter's value, and an interval's end a search for the statistic's, along one curve.  No rate
needs to lie away from 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from fairwitness.metrics.counts import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scale = Literal["difference", "ratio"]

Curve = Callable[[Floats], tuple[Floats, Floats]]
"""From a step between 0 and 1, both excluded, to the parameter, falling, and the squared score statistic, rising."""

CurveOf = Callable[[list[Floats]], Curve]
"""From counts to the curve of a parameter."""

_LAST = 1 - 2.0**-53
_NEAR = 2.0**-51
_TURNS = 200  # far more than a crossing needs; about a dozen is usual


def parameter(value: Floats, scale: Scale) -> Floats:
    """Return the parameter that belongs to a change: the change of a difference itself, the logarithm of a ratio's.

    nan where a change cannot have that value: a difference of differences of 2 or more, a ratio of 0 or less.
    """
    if scale == "difference":
        return np.where(np.abs(value) < 2, value, np.nan)
    return np.log(np.where(value > 0, value, np.nan))


def signed_statistic(
    of: CurveOf, counts: list[Floats], swapped: list[Floats], estimate: Floats, null: Floats
) -> Floats:
    """Return the score statistic of a value, positive where the data lie above it.

    Parameters
    ----------
    of : function
        From counts to the curve of the parameter.
    counts, swapped : list of array
        The counts, and those counts whose parameter is the negative of theirs.
    estimate : array
        The parameter's estimate from the counts, which may be infinite; nan where there is none.
    null : array
        The value in question; nan where there is no test.
    """
    below, same = estimate < null, np.abs(estimate - null) <= _NEAR
    curve = of([np.where(below, b, a) for a, b in zip(counts, swapped, strict=True)])
    value = np.where(same | np.isnan(estimate), np.nan, np.where(below, -null, null))  # nan: nothing to look for
    z = np.sqrt(curve(_crossing(lambda step: np.clip(value - curve(step)[0], -1, 1), value.shape))[1])
    return np.where(same, 0.0, np.where(np.isnan(value), np.nan, np.where(below, -z, z)))


def score_interval(
    of: CurveOf, counts: list[Floats], swapped: list[Floats], estimate: Floats, z: float
) -> tuple[Floats, Floats]:
    """Return the values whose score statistic lies within ±z; the other parameters are those of `signed_statistic`."""
    curve = of([np.stack(sides) for sides in zip(counts, swapped, strict=True)])
    step = _crossing(lambda step: 0.5 - z / (z + np.sqrt(curve(step)[1])), (2, *estimate.shape))
    low, high = np.where(np.isnan(estimate), np.nan, curve(step)[0])
    return np.where(np.isneginf(estimate), -np.inf, low), np.where(np.isposinf(estimate), np.inf, -high)


def _crossing(excess: Callable[[Floats], Floats], shape: tuple[int, ...]) -> Floats:
    """Return the step at which an increasing function with values from -1 to 1 crosses 0.

    By false position that halves the value at an end which stays (Dowell & Jarratt, "A modified regula falsi method for
    computing the root of an equation", BIT 11, 1971, doi:10.1007/BF01934364), every fourth time by halving the bracket.
    """
    low, high = np.zeros(shape), np.full(shape, _LAST)
    below, above = np.full(shape, -1.0), np.full(shape, 1.0)
    found, was_short = np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
    for turn in range(_TURNS):
        step = (low + high) / 2 if turn % 4 == 3 else low + (high - low) * (below / (below - above))
        value = excess(step)
        near = (np.abs(value) <= _NEAR) | (np.minimum(step - low, high - step) <= _NEAR * high) | np.isnan(value)
        found = np.where(np.isnan(found) & near, step, found)
        if not np.any(np.isnan(found)):
            break
        short = value < 0
        stays = np.where(short == was_short, 0.5, 1.0)
        below, above = np.where(short, value, below * stays), np.where(short, above * stays, value)
        low, high, was_short = np.where(short, step, low), np.where(short, high, step), short
    return found


def difference_curve(x: Floats, n: Floats) -> Curve:
    """Return the curve of a sum of differences of binomial rates.

    Half of the groups, which are along the first axis, enter by their rejections: the rates of selection of some and of
    rejection of as many others are added, and the number of pairs subtracted.

    Parameters
    ----------
    x, n : array
        Selected, or rejected, and total; n is nan where there is no group.
    """
    total, pairs = n.sum(axis=0), len(x) / 2

    def curve(step: Floats) -> tuple[Floats, Floats]:
        lam = total * step / (1 - step)
        p, q = lowered(x, n, lam)
        return p.sum(axis=0) - pairs, lam**2 * (p * q / n).sum(axis=0)

    return curve


def lowered(x: Floats, n: Floats, lam: Floats) -> tuple[Floats, Floats]:
    """Return p and 1 - p that solve x/p - (n - x)/(1 - p) = λ, for λ ≥ 0: x/n lowered by the pull of λ."""
    root = np.sqrt((n - lam) ** 2 + 4 * lam * (n - x))
    p = 2 * x / (n + lam + root)
    gap = np.abs(n - lam)
    q_small = 2 * (n - x) / np.where(gap + root == 0, 1.0, gap + root)
    q_large = (gap + root) / np.where(lam == 0, 1.0, 2 * lam)
    return p, np.where(lam < n, q_small, q_large)


def ratio_curve(x: Floats, n: Floats, x_below: Floats, n_below: Floats) -> Curve:
    """Return the curve of the logarithm of a ratio: of one product of binomial rates to another.

    With λ the multiplier, a rate above the line is (x - λ)/(n - λ), and one below it (x + λ)/(n + λ).

    Parameters
    ----------
    x, n, x_below, n_below : array
        Selected and total of the groups above and below the line, along the first axis; n is nan where there is no
        group.
    """
    most, every = x.min(axis=0), x == n
    last = every & (x == most)
    closed = np.all(last | (x > most), axis=0)

    def curve(step: Floats) -> tuple[Floats, Floats]:
        lam, odds = ratio_multiplier(step, most, closed)
        with np.errstate(divide="ignore", invalid="ignore"):  # nobody selected above the line: an infinite estimate
            p = np.where(every, 1 / (1 + last * odds), (x - lam) / np.where(every, 1.0, n - lam))
            p_below = (x_below + lam) / (n_below + lam)
            value = np.log(p).sum(axis=0) - np.log(p_below).sum(axis=0)
            variance = ((1 - p) / (n * p)).sum(axis=0) + ((1 - p_below) / (n_below * p_below)).sum(axis=0)
            return value, lam**2 * variance

    return curve


def ratio_multiplier(step: Floats, most: Floats, closed: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the multiplier of a ratio at a step, and the odds against selection in a group that selects everybody.

    The multiplier cannot exceed the smallest count above the line.  Where every group with that count selects everybody
    (``closed``), their rates stay 1 until the multiplier is there.  Half of the steps lead to it; along the other half
    the odds against selection rise from 0, as high as the value asked for needs.
    """
    double = np.where(closed, 2 * step, step)
    return most * np.minimum(double, 1.0), np.where(closed, np.maximum(double - 1, 0.0) / (2 * (1 - step)), 0.0)
