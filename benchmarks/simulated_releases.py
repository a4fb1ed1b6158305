"""Pull requests that change nothing about a model's disparity, or make it worse, as hold-outs show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

LAST = 0.95  # true impact ratio of the last release
CHANGED = 0.05  # share of a group's decisions that any release changes by chance, half of them each way


class HoldOut(NamedTuple):
    """Whom a release is tried on.

    Attributes
    ----------
    applicants : int
    share : float
        Of the applicants, who belong to the compared group; the others are the reference.
    rate : float
        The reference group's true selection rate, in every release.
    """

    applicants: int
    share: float
    rate: float


class Group(NamedTuple):
    """One group's decisions: the same applicants under both releases, and others under the last.  Arrays of one shape.

    Attributes
    ----------
    n : array of int
    both, new, old, neither : array of int
        Selected by both releases, only by the new, only by the last, by neither.
    elsewhere : array of int
        Selected by the last release among ``n`` other applicants.
    """

    n: Counts
    both: Counts
    new: Counts
    old: Counts
    neither: Counts
    elsewhere: Counts


class PullRequests(NamedTuple):
    """New releases beside the last: the compared group and the reference, an array element for each pull request."""

    compared: Group
    reference: Group


def pull_requests(
    hold_out: HoldOut, ratio: float, draws: int, generator: np.random.Generator, on_each: int = 1
) -> PullRequests:
    """Draw hold-outs, and on each of them new releases.

    Parameters
    ----------
    hold_out : HoldOut
    ratio : float
        The new releases' true impact ratio, at most `LAST`.
    draws : int
        Number of hold-outs: rows of the arrays.
    on_each : int
        New releases on the same hold-out, all beside the same last release: columns.
    """
    compared = round(hold_out.applicants * hold_out.share)
    rate, shape = hold_out.rate, (draws, on_each)
    return PullRequests(
        _group(compared, LAST * rate, ratio * rate, shape, generator),
        _group(hold_out.applicants - compared, rate, rate, shape, generator),
    )


def _group(n: int, last: float, new: float, shape: tuple[int, int], generator: np.random.Generator) -> Group:
    """Draw one group with the true rates ``last`` and ``new``.

    Whom the last release selected, the new one drops with probability (c/2 + last - new)/last; whom it rejected, the
    new one selects with probability (c/2)/(1 - last).  Then last - (c/2 + last - new) + c/2 = new, whatever c is.
    """
    selected = np.broadcast_to(generator.binomial(n, last, (shape[0], 1)), shape)
    dropped = generator.binomial(selected, (CHANGED / 2 + last - new) / last)
    added = generator.binomial(n - selected, CHANGED / 2 / (1 - last))
    elsewhere = np.broadcast_to(generator.binomial(n, last, (shape[0], 1)), shape)
    return Group(np.full(shape, n), selected - dropped, added, dropped, n - selected - added, elsewhere)
