"""How often a release is called "not worse" that is worse by the whole margin.  It should be one time in twenty.

Prints what it finds, and writes it into docs/noninferiority.md.  Takes about seven minutes.
"""

from __future__ import annotations

from itertools import product
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import exact_sizes
import numpy as np
import simulated_sizes
from exact_sizes import ALPHA, Rates, at_margin
from page import rewrite, table
from simulated_sizes import DRAWS, MONTE_CARLO, Flips

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SEED = 2026
MARGIN = 0.05  # points of the difference, or share of the ratio
NEAR, MOST = 0.003, 0.065  # how far the mean may lie from 5 %, and how high the maximum
FEWEST = (5, 2, 0)  # selections expected in the group with the fewest
FEWEST_HEADER = ["ratio: mean and largest, by fewest selections expected", "5 or more", "2 to 5", "under 2"]

TWO = ((30, 30), (50, 50), (100, 100), (200, 50), (300, 300), (1000, 300))
OLD_RATES = np.arange(1, 1000) / 1000
FOUR = ((30, 30), (50, 50), (30, 100), (100, 100))
RATES = (0.05, *(i / 10 for i in range(1, 10)), 0.95)
FOUR_DRAWN = ((300, 300), (200, 2000), (1000, 1000))
RATES_DRAWN = (0.1, 0.3, 0.5, 0.7, 0.9)
PAIRED = (30, 50, 100)
DIFFERENTLY_F, DIFFERENTLY_R = (MARGIN, 0.1, 0.2, 0.4), (0.0, 0.02, 0.1, 0.3)
LOSSES_ALONE = range(20, 501)
PAIRED_DRAWN = (50, 200, 1000)
FLIPS = tuple(Flips(*case) for case in product((0.2, 0.5), (0.2, 0.5), (0.0, 0.01, 0.05), (0.0, 0.01, 0.05)))


class Row(NamedTuple):
    """A line of a table: what was tested, and the sizes found."""

    test: str
    groups: str
    how: str
    sizes: Sequence[float]

    def cells(self) -> list[str]:
        """Return the line as it is printed."""
        shares = (fmean(self.sizes), min(self.sizes), max(self.sizes))
        return [self.test, self.groups, self.how, f"{len(self.sizes):,}", *(f"{100 * share:.2f} %" for share in shares)]


HEADER = ["test, margin", "applicants", "how", "cases", "mean", "smallest", "largest"]


def main() -> None:
    """Sum, simulate, print, rewrite the page."""
    generator = np.random.default_rng(SEED)
    rows_of_four, lines = zip(*four_rates(generator), strict=True)
    parts = {
        "two rates": (list(two_rates()), ""),
        "four rates": (rows_of_four, f"\n\n{table(FEWEST_HEADER, [])}\n" + "\n".join(filter(None, lines))),
        "pairs": ([*pairs(), *losses_alone(), *pairs_drawn(generator)], ""),
    }
    for part, (rows, more) in parts.items():
        text = f"{table(HEADER, (row.cells() for row in rows))}\n\n{outside(rows)}{more}"
        print(text, end="\n\n")
        rewrite("noninferiority.md", part, text)


def two_rates() -> Iterable[Row]:
    """Sum the sizes of Farrington and Manning's test, for every old rate from which the margin can be lost."""
    for margin in (0.10, 0.05):
        old = OLD_RATES[margin <= OLD_RATES]
        for new, before in TWO:
            yield Row(
                f"two rates, {points(margin)}", f"{new}, {before}", "summed", size_of_two(new, before, margin, old)
            )


def size_of_two(new: int, before: int, margin: float, old: np.ndarray) -> list[float]:
    """Return the sizes as plain numbers."""
    return exact_sizes.of_two_rates(new, before, margin, old).tolist()


def cases(scale: str, rates: Sequence[float]) -> list[Rates]:
    """Return the cases at the margin, with every combination of the three free rates."""
    found = (at_margin(scale, MARGIN, *free) for free in product(rates, repeat=3))
    return [case for case in found if case]


def four_rates(generator: np.random.Generator) -> Iterable[tuple[Row, str]]:
    """Sum, or for larger groups draw, the sizes of the test of two groups in two releases.

    Each row comes with its line of the ratio's second table, "" for the difference.
    """
    for scale, (focal, reference) in product(("difference", "ratio"), (*FOUR, *FOUR_DRAWN)):
        drawn = (focal, reference) in FOUR_DRAWN
        at = cases(scale, RATES_DRAWN if drawn else RATES)
        if drawn:
            sizes = simulated_sizes.of_releases(focal, reference, scale, MARGIN, at, generator)
        else:
            sizes = exact_sizes.of_releases(focal, reference, scale, MARGIN, at)
        groups, margin = f"{focal:,}, {reference:,}", points(MARGIN) if scale == "difference" else f"{MARGIN:.0%}"
        row = Row(f"{scale}, {margin}", groups, "drawn" if drawn else "summed", sizes)
        yield row, "" if scale == "difference" else by_fewest(groups, at, sizes, focal, reference)


def by_fewest(groups: str, at: Sequence[Rates], sizes: Sequence[float], focal: int, reference: int) -> str:
    """Return the mean and the largest size by how many selections are expected in the group with the fewest."""
    bands: list[list[float]] = [[] for _ in FEWEST]
    for case, size in zip(at, sizes, strict=True):
        fewest = min(focal * min(case.f_new, case.f_old), reference * min(case.r_new, case.r_old))
        bands[next(i for i, least in enumerate(FEWEST) if fewest >= least)].append(size)
    said = (f"{100 * fmean(band):.2f} %, {100 * max(band):.2f} %" if band else "–" for band in bands)
    return f"| {groups} | {' | '.join(said)} |"


def pairs() -> Iterable[Row]:
    """Sum the sizes of the paired test of a difference."""
    for n in PAIRED:
        sizes = exact_sizes.of_pairs(n, MARGIN, list(product(DIFFERENTLY_F, DIFFERENTLY_R)))
        yield Row(f"paired difference, {points(MARGIN)}", f"{n}, {n}", "summed", sizes)


def losses_alone() -> Iterable[Row]:
    """Sum the sizes where decisions are only taken back, for every size: none lost may just suffice, or just not."""
    for margin in (0.02, 0.05):
        sizes = [exact_sizes.of_losses_alone(n, margin) for n in LOSSES_ALONE]
        name = f"paired difference, {points(margin)}; losses alone"
        yield Row(name, f"{LOSSES_ALONE[0]} to {LOSSES_ALONE[-1]} each", "summed", sizes)


def pairs_drawn(generator: np.random.Generator) -> Iterable[Row]:
    """Draw the sizes of the paired tests on both scales."""
    for scale, n in product(("difference", "ratio"), PAIRED_DRAWN):
        margin = points(MARGIN) if scale == "difference" else f"{MARGIN:.0%}"
        sizes = simulated_sizes.of_pairs(n, scale, MARGIN, FLIPS, generator)
        yield Row(f"paired {scale}, {margin}", f"{n:,}, {n:,}", "drawn", sizes)


def outside(rows: Sequence[Row]) -> str:
    """Return, in a sentence, whose mean is not near 5 % and whose maximum is high."""
    means = [f"{r.test}, {r.groups} ({100 * fmean(r.sizes):.2f} %)" for r in rows if abs(fmean(r.sizes) - ALPHA) > NEAR]
    highest = [f"{r.test}, {r.groups} ({100 * max(r.sizes):.2f} %)" for r in rows if max(r.sizes) > MOST]
    said = "; ".join
    return (
        f"Mean further than {100 * NEAR:.1f} points from 5 %: {said(means) or 'none'}. "
        f"Largest above {100 * MOST:.1f} %: {said(highest) or 'none'}."
    ) + (
        f" Drawn: {DRAWS:,} samples for each case (± {100 * MONTE_CARLO:.2f} points, two standard errors); seed {SEED}."
        if any(r.how == "drawn" for r in rows)
        else ""
    )


def points(margin: float) -> str:
    """Return a margin of a difference in words."""
    return f"{100 * margin:.0f} points"


if __name__ == "__main__":
    main()
