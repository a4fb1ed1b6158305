"""Likelihood curves between the points at which they are known: their maximum, and where they fall below a height.

A log-likelihood of an odds ratio is concave and very smooth.  Between two neighbouring points it is taken to be the
polynomial of the fifth degree with its values, slopes and curvatures there (Hermite's interpolation); what that
misses is of the sixth order in their distance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.score_statistic import bisect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.noncentral_hypergeometric import LogLikelihood

# Of value, slope and curvature at the left end, then at the right: coefficients of 1, s, …, s⁵ with s from 0 to 1.
HERMITE = np.array(
    [
        [1, 0, 0, -10, 15, -6],
        [0, 1, 0, -6, 8, -3],
        [0, 0, 0.5, -1.5, 1.5, -0.5],
        [0, 0, 0, 10, -15, 6],
        [0, 0, 0, -4, 7, -3],
        [0, 0, 0, 0.5, -1, 0.5],
    ]
)


def maximum(curves: LogLikelihood, deltas: Floats) -> tuple[Floats, Floats]:
    """Return where each curve is highest, and how high.

    Parameters
    ----------
    curves : LogLikelihood
        One a row, known at ``deltas``.
    deltas : array
        Increasing.

    Returns
    -------
    where, height : array
        ``where`` is -inf or inf for a curve that still rises towards that end, and ``height`` then what it cannot
        exceed; a curve that is flat has its maximum at 0.

    Examples
    --------
    1 of 2 against 1 of 2 is likeliest at equal odds.

    >>> from fairwitness.metrics.noncentral_hypergeometric import log_likelihood
    >>> deltas = np.array([-2.0, -1.0, 1.5, 2.0])
    >>> where, height = maximum(log_likelihood([[1]], [[2]], [[1]], [[2]], deltas), deltas)
    >>> bool(abs(where[0]) < 0.01), bool(abs(height[0]) < 0.001)
    (True, True)
    """
    left = np.clip(np.sum(curves.slope > 0, axis=1) - 1, 0, deltas.size - 2)
    coefficients, width = _pieces(curves, deltas, left)
    falling = coefficients[:, 1:] * np.arange(1, 6)
    s = bisect(lambda at: -_polynomial(falling, at), np.zeros(left.size), np.zeros(left.size), np.ones(left.size))
    flat = np.all(curves.curvature == 0, axis=1)
    where = np.where(flat, 0.0, deltas[left] + s * width)
    height = np.where(flat, 0.0, _polynomial(coefficients, s))
    for rising, end in ((curves.slope[:, 0] < 0, -np.inf), (curves.slope[:, -1] > 0, np.inf)):
        where, height = np.where(rising, end, where), np.where(rising, curves.most, height)
    return where, height


def above(curves: LogLikelihood, deltas: Floats, where: Floats, height: Floats) -> tuple[Floats, Floats]:
    """Return between which log odds ratios each curve lies above a height.

    Parameters
    ----------
    curves : LogLikelihood
        One a row, known at ``deltas``.
    deltas : array
        Increasing.
    where : array
        Where each curve is highest.
    height : array
        One a curve; below its maximum.

    Returns
    -------
    low, high : array
        -inf and inf where the curve is above the height as far as it is known.

    Examples
    --------
    1 of 2 against 1 of 2 has 4ψ/(1 + 4ψ + ψ²) at an odds ratio of ψ, and half as much as at 1 where ψ² - 8ψ + 1 = 0.

    >>> from fairwitness.metrics.noncentral_hypergeometric import log_likelihood
    >>> deltas = np.linspace(-3, 3, 25)
    >>> curve = log_likelihood([[1]], [[2]], [[1]], [[2]], deltas)
    >>> low, high = above(curve, deltas, np.zeros(1), np.log([0.5]))
    >>> round(float(np.exp(high[0])), 3), round(float(np.exp(low[0] + high[0])), 3)
    (7.873, 1.0)
    """
    under, last = curves.value < height[:, None], deltas.size - 1
    before, after = under & (deltas < where[:, None]), under & (deltas > where[:, None])
    start, stop = last - np.argmax(before[:, ::-1], axis=1), np.argmax(after, axis=1)
    ends = []
    for left, rising in ((np.minimum(start, last - 1), 1.0), (np.maximum(stop - 1, 0), -1.0)):
        coefficients, width = _pieces(curves, deltas, left)
        top = np.clip((where - deltas[left]) / width, 0.0, 1.0)
        near, far = (np.zeros(top.size), top) if rising > 0 else (top, np.ones(top.size))

        def level(at: Floats, own: Floats = coefficients, sign: float = rising) -> Floats:
            return sign * _polynomial(own, at)

        ends.append(deltas[left] + width * bisect(level, rising * height, near, far))
    return np.where(before.any(axis=1), ends[0], -np.inf), np.where(after.any(axis=1), ends[1], np.inf)


def _pieces(curves: LogLikelihood, deltas: Floats, left: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return each curve's polynomial on the piece that begins at a point, and how wide that piece is."""
    width = deltas[left + 1] - deltas[left]
    row = np.arange(left.size)
    known = [
        part[row, at] * width**order
        for at in (left, left + 1)
        for order, part in enumerate((curves.value, curves.slope, curves.curvature))
    ]
    return np.stack(known, axis=1) @ HERMITE, width


def _polynomial(coefficients: Floats, at: Floats) -> Floats:
    """Return polynomials, one a row, each at its own place."""
    found = np.zeros(at.size)
    for column in coefficients.T[::-1]:
        found = found * at + column
    return found
