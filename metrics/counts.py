"""What a metric reads: arrays of counts, one entry per group; and the division that every metric shares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = Mapping[str, NDArray[np.int64]]
"""Counts by name, each an array of shape ``(..., groups)``; leading axes are replicates.

``selected`` and ``not_selected`` are always there.  Where the true outcome is known there are also
``true_positive``, ``false_positive``, ``false_negative`` and ``true_negative``: "positive" means selected,
"true" that the outcome agrees with the decision.
"""

Floats = NDArray[np.float64]


def floats(*counts: ArrayLike) -> list[Floats]:
    """Return counts as arrays of floats of one common shape.

    Counts, and products of two counts up to 94 million, are exact in a float.

    Examples
    --------
    >>> [a.tolist() for a in floats(3, [10, 20])]
    [[3.0, 3.0], [10.0, 20.0]]
    """
    return list(np.broadcast_arrays(*(np.asarray(c, dtype=np.float64) for c in counts)))


def quotient(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """Return numerator / denominator, and nan (undefined) wherever the denominator is 0.

    Anything divided by 0 is undefined, not only 0/0: an infinite ratio is no number to report.

    Examples
    --------
    >>> quotient([3, 3, 0], [4, 0, 0]).tolist()
    [0.75, nan, nan]
    """
    above, below = floats(numerator, denominator)
    nothing = below == 0
    return np.where(nothing, np.nan, above / np.where(nothing, 1.0, below))[()]
