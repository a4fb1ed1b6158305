"""What all score intervals share: the normal quantile, one correction, and the bisection on the multiplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairwitness.metrics.counts import Floats

_HALVINGS = 72  # a bracket of up to 2^20 times the root is exhausted to the last of 52 bits


def normal_quantile(level: float) -> float:
    """Return z such that a standard normal lies within ±z with probability ``level``.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    from scipy.special import ndtri

    return -float(ndtri((1 - level) / 2))


def enlarged(z: float, total: Floats) -> Floats:
    """Return z for a variance multiplied by N/(N - 1), as Miettinen and Nurminen have it.

    Examples
    --------
    >>> enlarged(3.0, np.array([9.0])).round(6).tolist()  # 3·√(9/8)
    [3.181981]
    """
    return z * np.sqrt(total / np.maximum(total - 1, 1))


def bisect(statistic: Callable[[Floats], Floats], target: Floats, low: Floats, high: Floats) -> Floats:
    """Return where an increasing statistic first reaches its target, between ``low`` and ``high``, to the last bit.

    Examples
    --------
    >>> bisect(np.square, np.array([4.0, 9.0]), np.zeros(2), np.full(2, 10.0)).tolist()
    [2.0, 3.0]
    """
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = statistic(middle) < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high
