"""What people who did not disclose their group could change: the smallest and the largest figure they allow.

Everyone who did not disclose is taken to belong to one of the groups named, and nothing more: no figure here guesses
who.  All is in whole numbers and exact.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Selected = tuple[int, int]  # selected, and all decisions


class Undisclosed(NamedTuple):
    """Decisions on people of no known group: ``selected`` and ``rejected``."""

    selected: int
    rejected: int


class Bounds(NamedTuple):
    """The smallest and the largest value; None where there is no such end, as of a ratio to a rate that can be 0."""

    low: Fraction | None
    high: Fraction | None


def ratio_bounds(focal: Selected, others: Sequence[Selected], unknown: Undisclosed) -> Bounds:
    """Return the bounds of a group's rate as a multiple of the highest rate of the others.

    Parameters
    ----------
    focal : tuple of int
        Selected and all decisions of the group.
    others : sequence of tuple of int
        Of what it is compared with: one group, or several of which the highest rate counts.
    unknown : Undisclosed

    Returns
    -------
    Bounds
        ``low`` is None where the highest rate is 0 whoever they are; ``high`` also where it can be 0, so that the
        ratio has no largest value.

    Notes
    -----
    The ratio is smallest where all the rejected are of the group, and all the selected of that other group in which
    they make the highest rate.  It is largest where all the selected are of the group, and the rejected are spread over
    the others so that their highest rate is as low as whole people allow; which group has it may change.  With one
    other group these are x_f/(n_f + u_rejected) ÷ (x_r + u_selected)/(n_r + u_selected), and the same with the roles
    exchanged.

    References
    ----------
    Manski, "Partial Identification of Probability Distributions" (2003), chapter 1, doi:10.1007/b97478.  Horowitz &
    Manski, "Nonparametric analysis of randomized experiments with missing covariate and outcome data", Journal of the
    American Statistical Association 95 (2000), doi:10.1080/01621459.2000.10473902.

    Examples
    --------
    30 of 100 and 50 of 120, and 6 selected and 14 rejected of whom nothing is known: 30/114 ÷ 56/126, 36/106 ÷ 50/134.

    >>> low, high = ratio_bounds((30, 100), [(50, 120)], Undisclosed(6, 14))
    >>> round(float(low), 4), round(float(high), 4)
    (0.5921, 0.9102)
    """
    worst, best = _rates(focal, others, unknown)
    low = worst[0] / worst[1] if worst[1] else None
    return Bounds(low, best[0] / best[1] if best[1] else None)


def difference_bounds(focal: Selected, others: Sequence[Selected], unknown: Undisclosed) -> Bounds:
    """Return the bounds of a group's rate less the highest rate of the others.

    Parameters
    ----------
    focal, others, unknown
        As `ratio_bounds`.

    Returns
    -------
    Bounds

    References
    ----------
    As `ratio_bounds`; the same shares of the undisclosed make both.

    Examples
    --------
    >>> low, high = difference_bounds((30, 100), [(50, 120)], Undisclosed(6, 14))
    >>> round(float(low), 4), round(float(high), 4)
    (-0.1813, -0.0335)
    """
    worst, best = _rates(focal, others, unknown)
    return Bounds(worst[0] - worst[1], best[0] - best[1])


def rate_bounds(group: Selected, unknown: Undisclosed) -> Bounds:
    """Return the bounds of a rate: all the rejected are of the group, or all the selected.

    Examples
    --------
    >>> [str(end) for end in rate_bounds((1, 2), Undisclosed(1, 2))]
    ['1/4', '2/3']
    """
    x, n = group
    return Bounds(_share(x, n + unknown.rejected), _share(x + unknown.selected, n + unknown.selected))


def extreme_tables(
    focal: Selected, others: Sequence[Selected], unknown: Undisclosed
) -> tuple[tuple[Selected, Selected], tuple[Selected, Selected]]:
    """Return the two groups' counts, focal and highest of the others, that make the lower and the upper bound.

    Examples
    --------
    >>> extreme_tables((30, 100), [(50, 120)], Undisclosed(6, 14))
    (((30, 114), (56, 126)), ((36, 106), (50, 134)))
    """
    (x, n), (selected, rejected) = focal, unknown
    raised = max(((a + selected, b + selected) for a, b in others), key=lambda g: _share(*g))
    lowered = _with_rejected(others, rejected)
    return ((x, n + rejected), raised), ((x + selected, n + selected), max(lowered, key=lambda g: _share(*g)))


def _rates(
    focal: Selected, others: Sequence[Selected], unknown: Undisclosed
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
    worst, best = extreme_tables(focal, others, unknown)
    return (_share(*worst[0]), _share(*worst[1])), (_share(*best[0]), _share(*best[1]))


def _with_rejected(groups: Sequence[Selected], rejected: int) -> list[Selected]:
    """Return groups with the rejected spread over them so that their highest rate is as low as can be.

    The lowest such rate is that of some group with some number of the rejected.  To bring every rate to λ or below
    takes Σ max(0, ⌈x/λ⌉ - n) of them; for each group the largest number it may get is found by halving.
    """
    if not any(x for x, _ in groups):
        return list(groups)
    least = min(line for line in (_lowest_line(group, groups, rejected) for group in groups) if line is not None)
    return [(x, n + _needed(x, n, least)) for x, n in groups]


def _lowest_line(group: Selected, groups: Sequence[Selected], rejected: int) -> Fraction | None:
    """Return the lowest rate that this group can have as the highest of all; None where it cannot have the highest."""
    x, n = group
    if x == 0:
        return None

    def reached(added: int) -> bool:
        line = Fraction(x, n + added)
        return sum(_needed(a, b, line) for a, b in groups) <= rejected

    if not reached(0):
        return None
    low, high = 0, rejected  # reached(low) holds; the more this group gets, the more the others need
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if reached(middle) else (low, middle - 1)
    return Fraction(x, n + low)


def _needed(x: int, n: int, line: Fraction) -> int:
    return max(0, -(-x * line.denominator // line.numerator) - n) if x else 0


def _share(x: int, n: int) -> Fraction:
    return Fraction(x, n) if n else Fraction(0)
