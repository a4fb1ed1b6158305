"""The frontier: candidates than which no other is as valid and as near parity, and better in one of the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def parity(ratio: float | None) -> float | None:
    """Return how near a ratio is to parity: itself, or its inverse above 1.

    Examples
    --------
    >>> parity(0.8), parity(1.25), parity(0.0), parity(None)
    (0.8, 0.8, 0.0, None)
    """
    return ratio if ratio is None or ratio <= 1 else 1 / ratio


def on_frontier(points: Sequence[tuple[float | None, float | None]]) -> list[bool]:
    """Say for each candidate whether no other dominates it.

    Parameters
    ----------
    points : sequence of (validity, parity)
        More is better in both.  One with an undefined figure is not on the frontier and dominates nobody.

    Examples
    --------
    The third is no better than the first in anything; the fourth is undefined.

    >>> on_frontier([(0.7, 0.9), (0.8, 0.6), (0.7, 0.8), (0.9, None)])
    [True, True, False, False]
    """
    known = [(v, r) for v, r in points if v is not None and r is not None]
    return [
        v is not None
        and r is not None
        and not any(other[0] >= v and other[1] >= r and other != (v, r) for other in known)
        for v, r in points
    ]
