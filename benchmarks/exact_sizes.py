"""The actual size of the one-sided 5 % tests of "not worse": how often they reject although the loss is the margin.

Nothing is simulated here: the chances of all tables that can occur are summed.  Whatever the other counts are, a test
rejects from some number of the focal group's new selections on; that number is looked for by halving.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics import paired_change, release_change
from fairwitness.metrics.noninferiority import farrington_manning
from fairwitness.metrics.paired_change import Pairs
from fairwitness.metrics.release_change import Releases
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

ALPHA = 0.05
CRITICAL = normal_quantile(1 - 2 * ALPHA)


class Rates(NamedTuple):
    """True rates at the margin: of the focal and the reference group, in the new and in the old release."""

    f_new: float
    r_new: float
    f_old: float
    r_old: float


def null(scale: str, margin: float) -> float:
    """Return the change that is the margin's loss."""
    return -margin if scale == "difference" else 1 - margin


def at_margin(scale: str, margin: float, r_new: float, f_old: float, r_old: float) -> Rates | None:
    """Return the rates with which the focal group loses the margin; None where there are none between 0 and 1."""
    f_new = f_old + r_new - r_old - margin if scale == "difference" else (1 - margin) * f_old * r_new / r_old
    return Rates(f_new, r_new, f_old, r_old) if 0 <= f_new <= 1 else None


def of_two_rates(n_new: int, n_old: int, margin: float, old: Floats) -> Floats:
    """Return the size of Farrington and Manning's test for each old rate."""
    from scipy.stats import binom

    x_new, x_old = np.arange(n_new + 1), np.arange(n_old + 1)
    shown = farrington_manning(x_new[:, None], n_new, x_old, n_old, margin)[0] >= CRITICAL
    new = binom.pmf(x_new, n_new, old[:, None] - margin)
    return np.sum((new @ shown) * binom.pmf(x_old, n_old, old[:, None]), axis=1)


def of_releases(focal: int, reference: int, scale: str, margin: float, cases: Sequence[Rates]) -> list[float]:
    """Return the size of the test of four rates in each case; both releases have groups of these sizes."""
    from scipy.stats import binom

    f_old, r_old = np.ogrid[: focal + 1, : reference + 1]

    def z(f_new: Whole, r_new: int) -> Floats:
        counts = Releases(f_new, focal, r_new, reference, f_old, focal, r_old, reference)
        return release_change.change_z(counts, scale, null(scale, margin))

    shape = focal + 1, reference + 1
    least = np.stack([_least(partial(z, r_new=r_new), focal, shape) for r_new in range(reference + 1)])
    sizes = []
    for case in cases:
        shown = binom.sf(np.arange(focal + 2) - 1, focal, case.f_new)[least]
        for n, rate in ((reference, case.r_old), (focal, case.f_old), (reference, case.r_new)):
            shown = shown @ binom.pmf(np.arange(n + 1), n, rate)
        sizes.append(float(shown))
    return sizes


def of_pairs(n: int, margin: float, cases: Sequence[tuple[float, float]]) -> list[float]:
    """Return the size of the paired test of a difference in each case; both groups have n applicants.

    A case is the share of applicants decided differently in the focal and in the reference group.  The reference
    group's rate does not change, and the focal group's falls by the margin.
    """
    from scipy.stats import binom

    old_f, old_r = np.arange(n + 1), np.arange(n + 1)[:, None]

    def z(new_f: Whole, new_r: int) -> Floats:
        possible = np.minimum(old_r, n - new_r)
        counts = Pairs(0, new_f, old_f, n - new_f - old_f, 0, new_r, possible, n - new_r - possible)
        return paired_change.change_z(counts, "difference", -margin)

    least = np.stack([_least(partial(z, new_r=new_r), n - old_f, (n + 1, n + 1)) for new_r in range(n + 1)])
    sizes = []
    for differently_f, differently_r in cases:
        won, lost = (differently_f - margin) / 2, (differently_f + margin) / 2
        shown = binom.sf(least - 1, n - old_f, won / (1 - lost)) @ binom.pmf(old_f, n, lost)
        new_r, either = old_f[:, None], differently_r / 2
        chance = binom.pmf(new_r, n, either) * binom.pmf(old_f, np.maximum(n - new_r, 0), either / (1 - either))
        sizes.append(float(np.sum(shown * chance)))
    return sizes


def of_losses_alone(n: int, margin: float) -> float:
    """Return the size of the paired test of a difference where the new release only takes decisions back.

    Both groups have n applicants; the focal group's lose their selection with the margin as chance, and in the
    reference group no decision changes.
    """
    from scipy.stats import binom

    lost = np.arange(n + 1)
    z = paired_change.change_z(Pairs(0, 0, lost, n - lost, 0, 0, 0, n), "difference", -margin)
    return float((z >= CRITICAL) @ binom.pmf(lost, n, margin))


def _least(z: Callable[[Whole], Floats], most: int | Whole, shape: tuple[int, ...]) -> Whole:
    """Return the smallest count at which the test rejects, for each of the other counts; most + 1 if none does."""
    low, high = np.zeros(shape, dtype=np.int64), np.broadcast_to(np.asarray(most) + 1, shape).copy()
    while np.any(low < high):
        middle = (low + high) // 2
        shown = (middle <= most) & (z(np.minimum(middle, most)) >= CRITICAL)
        low, high = np.where(shown, low, np.minimum(middle + 1, high)), np.where(shown, middle, high)
    return high
