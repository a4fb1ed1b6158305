"""The actual size of the one-sided 5 % tests of "not worse" where there are too many tables to sum their chances."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from exact_sizes import ALPHA, CRITICAL, null

from fairwitness.metrics import paired_change, release_change
from fairwitness.metrics.paired_change import Pairs
from fairwitness.metrics.release_change import Releases

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from exact_sizes import Rates

DRAWS = 50_000
MONTE_CARLO = 2 * sqrt(ALPHA * (1 - ALPHA) / DRAWS)  # two standard errors


class Flips(NamedTuple):
    """A paired case at the margin: old rates, and the shares whose decision changes either way besides the loss."""

    f_old: float
    r_old: float
    f_flips: float
    r_flips: float


def of_releases(
    focal: int, reference: int, scale: str, margin: float, cases: Sequence[Rates], generator: np.random.Generator
) -> list[float]:
    """Return the size of the test of four rates in each case, by drawing."""
    sizes = []
    for case in cases:
        counts = [
            count
            for n, rate in zip((focal, reference) * 2, case, strict=True)
            for count in (generator.binomial(n, rate, DRAWS), n)
        ]
        z = release_change.change_z(Releases(*counts), scale, null(scale, margin))
        sizes.append(float((z >= CRITICAL).mean()))
    return sizes


def of_pairs(n: int, scale: str, margin: float, cases: Sequence[Flips], generator: np.random.Generator) -> list[float]:
    """Return the size of the paired test in each case, by drawing; both groups have n applicants."""
    sizes = []
    for case in cases:
        loss = margin if scale == "difference" else margin * case.f_old
        drawn = [
            generator.multinomial(n, [old - flips - lost, flips, flips + lost, 1 - old - flips], DRAWS).T
            for old, flips, lost in ((case.f_old, case.f_flips, loss), (case.r_old, case.r_flips, 0.0))
        ]
        z = paired_change.change_z(Pairs(*drawn[0], *drawn[1]), scale, null(scale, margin))
        sizes.append(float((z >= CRITICAL).mean()))
    return sizes
