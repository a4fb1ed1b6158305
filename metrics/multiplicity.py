"""Adjusting p-values for the number of tests in a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def holm(p: ArrayLike) -> Floats:
    """Return Holm's adjusted p-values: the chance of any false rejection in the family stays at most alpha.

    Parameters
    ----------
    p : array of float
        The family's p-values.  nan is a test that does not exist: it is not counted and stays nan.

    Returns
    -------
    array of float
        In the order given, at most 1: max over j ≤ i of min(1, (m - j + 1)·p_(j)) for the i-th smallest of m.

    References
    ----------
    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979),
    65-70.

    Examples
    --------
    3·.01, 2·.04, and the largest of .08 and 1·.05.

    >>> holm([0.04, 0.01, 0.05]).tolist()
    [0.08, 0.03, 0.08]
    """
    values = np.asarray(p, dtype=np.float64)
    order = _ascending(values)
    m = order.size
    return _placed(values, order, np.maximum.accumulate(values[order] * np.arange(m, 0, -1)))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return Benjamini and Hochberg's adjusted p-values: the expected share of false rejections stays at most alpha.

    Parameters
    ----------
    p : array of float
        The family's p-values.  nan is a test that does not exist: it is not counted and stays nan.

    Returns
    -------
    array of float
        In the order given, at most 1: min over j ≥ i of min(1, m·p_(j)/j) for the i-th smallest of m.

    References
    ----------
    Benjamini & Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57 (1995),
    doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    From the largest down: .05, the smaller of .05 and 3·.04/2, the smaller of .05 and 3·.01.

    >>> benjamini_hochberg([0.04, 0.01, 0.05]).tolist()
    [0.05, 0.03, 0.05]
    """
    values = np.asarray(p, dtype=np.float64)
    order = _ascending(values)
    m = order.size
    raised = values[order] * (m / np.arange(1, m + 1))
    return _placed(values, order, np.minimum.accumulate(raised[::-1])[::-1])


def _ascending(values: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the places of the existing p-values, smallest first."""
    order = np.argsort(values, kind="stable")
    return order[~np.isnan(values[order])]


def _placed(values: Floats, order: np.ndarray[tuple[int], np.dtype[np.intp]], adjusted: Floats) -> Floats:
    result = np.full_like(values, np.nan)
    result[order] = np.minimum(1.0, adjusted)
    return result
