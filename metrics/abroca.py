"""The area between two groups' ROC curves: how differently a score tells positive from negative outcomes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fairwitness.metrics.score_levels import block_starts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

    Ints = NDArray[np.int64]

LEVELS = 15  # of the permutation test: dealing thousands of levels anew takes minutes
_ROUNDING = 1e-9


class AbrocaTest(NamedTuple):
    """A permutation test of the area between two ROC curves.

    Attributes
    ----------
    area : float
        The area that is tested, at the levels that the test looks at.
    p : float
        (1 + replicates whose area is as large) / (1 + replicates): never 0.
    by_chance : float
        The mean area of the replicates: what one would see without any difference.
    levels : int
        At how many levels of the score the curves are taken: where there are many, fewer.
    """

    area: float
    p: float
    by_chance: float
    levels: int


def abroca(focal: ArrayLike, reference: ArrayLike) -> float:
    """Return the area between the ROC curves of two groups: ∫|ROC_f − ROC_r| over the false positive rate.

    Parameters
    ----------
    focal, reference : array of int, shape (2, levels)
        How many people of negative outcome, and how many of positive, have each score; in increasing order of the score
        that is to tell the positive.

    Returns
    -------
    float
        Between 0 and 1, at least the size of the difference of the two areas under the curves; nan where a group lacks
        positives or negatives.

    Notes
    -----
    The curves are broken lines through the points of all cut-offs; a score that ties positives and negatives makes a
    sloping piece.  Between two neighbouring corners of either curve the difference is a straight line, and its size is
    integrated in closed form, on both sides of a crossing where there is one.  Nothing is interpolated on a grid.

    It is positive even if the two curves are equal in truth, the more so the smaller the groups: `abroca_test` says by
    how much.

    References
    ----------
    Gardner, Brooks & Baker, "Evaluating the fairness of predictive student models through slicing analysis" (2019),
    doi:10.1145/3303772.3303791.

    Examples
    --------
    One curve goes up and then right, the other right and then up: all of the square lies between.

    >>> abroca([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    1.0

    A useless score in one group, a perfect one in the other: half of the square.

    >>> abroca([[1, 1], [1, 1]], [[2, 0], [0, 2]])
    0.5
    """
    f, r = (np.asarray(side, np.int64)[np.newaxis] for side in (focal, reference))
    if not (f.sum(axis=2).all() and r.sum(axis=2).all()):
        return float("nan")
    return float(_areas(f, r)[0])


def abroca_test(focal: ArrayLike, reference: ArrayLike, draws: int, seed: int) -> AbrocaTest:
    """Test that a score tells outcomes alike in two groups, by the area between their ROC curves.

    Parameters
    ----------
    focal, reference : array of int, shape (2, levels)
        As of `abroca`.
    draws : int
        How many times people are dealt to the groups anew.
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    AbrocaTest
        nan where a group lacks positives or negatives.

    Notes
    -----
    People of positive outcome are exchanged between the groups, and people of negative outcome likewise: the share of
    positives in each group stays, and does not count as a difference.  The scores stay as they are, so a replicate is a
    draw from a multivariate hypergeometric law.  Beyond 15 levels the score is first cut into so many parts of about
    equal number, whatever group and outcome, and the area of the curves so cut is tested.

    References
    ----------
    Gardner, Brooks & Baker (2019), doi:10.1145/3303772.3303791.
    Phipson & Smyth, "Permutation p-values should never be zero" (2010), doi:10.2202/1544-6115.1585.

    Examples
    --------
    Of four ways to deal two positives and two negatives, every one has area 1 or 0.

    >>> found = abroca_test([[1, 0], [0, 1]], [[0, 1], [1, 0]], draws=999, seed=0)
    >>> found.area, 0.45 < found.p < 0.55
    (1.0, True)
    """
    f, r = (np.asarray(side, np.int64) for side in (focal, reference))
    both = f + r
    if not (f.sum(axis=1).all() and r.sum(axis=1).all()):
        return AbrocaTest(float("nan"), float("nan"), float("nan"), 0)
    starts = block_starts(both.sum(axis=0), LEVELS)
    f, r, both = (np.add.reduceat(side, starts, axis=1) for side in (f, r, both))
    generator = np.random.default_rng(seed)
    dealt = np.stack(
        [generator.multivariate_hypergeometric(all_, int(own.sum()), draws) for all_, own in zip(both, f, strict=True)],
        axis=1,
    )
    area = float(_areas(f[np.newaxis], r[np.newaxis])[0])
    replicates = _areas(dealt, both - dealt)
    found = int((replicates >= area - _ROUNDING).sum())
    return AbrocaTest(area, (1 + found) / (1 + draws), float(replicates.mean()), both.shape[1])


def _areas(focal: Ints, reference: Ints) -> Floats:
    """Return the area between the curves of each pair of tables, arrays of shape (pairs, 2, levels)."""
    curves = [_curve(side) for side in (focal, reference)]
    corners = np.sort(np.concatenate([across for across, _ in curves], axis=1), axis=1)
    after = _heights(*curves[0], corners, "right") - _heights(*curves[1], corners, "right")
    before = _heights(*curves[0], corners, "left") - _heights(*curves[1], corners, "left")
    start, end = after[:, :-1], before[:, 1:]
    sizes = np.abs(start) + np.abs(end)
    crossing = start * end < 0  # two triangles
    squares = (start**2 + end**2) / np.where(crossing, sizes, 1.0)
    return np.asarray((np.diff(corners, axis=1) * np.where(crossing, squares, sizes) / 2).sum(axis=1))


def _curve(counts: Ints) -> tuple[Floats, Floats]:
    """Return false and true positive rates at every cut-off, from nobody to everybody."""
    from_above = np.cumsum(counts[:, :, ::-1], axis=2)
    rates = np.concatenate([np.zeros((*counts.shape[:2], 1)), from_above / from_above[:, :, -1:]], axis=2)
    return rates[:, 0], rates[:, 1]


def _heights(across: Floats, up: Floats, corners: Floats, side: Literal["left", "right"]) -> Floats:
    """Return how high each curve is at the corners: where it rises straight up, before the rise or after it.

    ``left`` for the height to which a curve has come, ``right`` for that from which it goes on.
    """
    rows, points = across.shape
    offset = 2.0 * np.arange(rows)[:, np.newaxis]  # one search for all rows
    place = np.searchsorted((across + offset).ravel(), (corners + offset).ravel(), side=side).reshape(corners.shape)
    end = np.clip(
        place, 1 + points * np.arange(rows)[:, np.newaxis], points * np.arange(1, rows + 1)[:, np.newaxis] - 1
    )
    flat, tall = across.ravel(), up.ravel()
    width = flat[end] - flat[end - 1]
    steep = width <= 0
    share = np.where(steep, float(side == "right"), (corners - flat[end - 1]) / np.where(steep, 1.0, width))
    return tall[end - 1] + np.clip(share, 0.0, 1.0) * (tall[end] - tall[end - 1])
