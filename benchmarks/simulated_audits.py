"""Audits of simulated decisions: how often a difference is shown where every group has the same true rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.significance import default_test, rejected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

ALPHA = 0.05
SMALLEST, LARGEST = 50, 2000
DRAWN = "drawn anew"


class Shares(NamedTuple):
    """Shares of the audits in which at least one difference was shown.

    Attributes
    ----------
    any_pair : float
        The default: Holm over all pairs, since the decisions chose the reference.
    with_highest : float
        The same, of the pairs that a report shows: those with the highest rate.
    named : float
        Holm over the k - 1 pairs with a group named beforehand, the first.
    naive : float
        For contrast: Holm over only the k - 1 pairs with the highest rate.
    """

    any_pair: float
    with_highest: float
    named: float
    naive: float


def sizes(kind: str, k: int, draws: int, generator: np.random.Generator) -> Counts:
    """Return the sizes of k groups in each audit: one number for all, ``mixed`` (geometric) or ``drawn anew``."""
    if kind == DRAWN:
        return np.rint(np.exp(generator.uniform(np.log(SMALLEST), np.log(LARGEST), (draws, k)))).astype(np.int64)
    fixed = np.geomspace(LARGEST, SMALLEST, k) if kind == "mixed" else np.full(k, int(kind))
    return np.broadcast_to(np.rint(fixed).astype(np.int64), (draws, k))


def simulate(n: Counts, rate: float, generator: np.random.Generator) -> Shares:
    """Draw every group's selections at one true rate, and audit them.

    Parameters
    ----------
    n : array of int, shape (audits, k)
        Group sizes, 50 to 2,000.
    rate : float
        Between 0 and 1.
    """
    draws, k = n.shape
    x = generator.binomial(n, rate)
    a, b = np.triu_indices(k, 1)
    shown = _shown(_p_values(x[:, a], n[:, a], x[:, b], n[:, b]))

    best = np.lexsort((n, x / n))[:, -1:]  # of tied highest rates the largest group, as in an audit
    with_best = (a == best) | (b == best)

    against_first = _p_values(x[:, 1:], n[:, 1:], x[:, :1], n[:, :1])
    against_best = _p_values(x, n, np.take_along_axis(x, best, 1), np.take_along_axis(n, best, 1))
    others = against_best[np.arange(k) != best].reshape(draws, k - 1)
    found = (shown, shown & with_best, _shown(against_first), _shown(others))
    return Shares(*(float(each.any(axis=1).mean()) for each in found))


def _p_values(xf: Counts, nf: Counts, xr: Counts, nr: Counts) -> NDArray[np.float64]:
    """Return the default test's p-values; each different table is tested once."""
    base = LARGEST + 1
    tables, back = np.unique(((xf * base + nf) * base + xr) * base + nr, return_inverse=True)
    columns = (tables // base**3, tables // base**2 % base, tables // base % base, tables % base)
    return default_test(*columns)[1][back].reshape(xf.shape)


def _shown(p: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which tests of each row Holm's procedure rejects: none, unless it rejects the smallest p."""
    shown = np.zeros(p.shape, dtype=np.bool_)
    for row in np.flatnonzero(rejected(p.min(axis=1) * p.shape[1], ALPHA)):
        shown[row] = rejected(holm(p[row]), ALPHA)
    return shown
