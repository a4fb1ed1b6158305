"""How often the tests and intervals of one comparison err, and how often the tests find what is there.

Up to 200 in a group the chances of all tables are summed; beyond, tables are drawn.  Prints what it finds, and writes
it into docs/errors_of_tests.md.  Takes some five minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from page import rewrite, table

from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.exact_tests import fisher_exact, mid_p
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test, pooled_z, rejected

Floats = NDArray[np.float64]
Test = Callable[..., Any]

SEED = 2026
DRAWS = 50_000
MOST_SUMMED = 200
LEVEL = 0.95
ALPHA = 0.05
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
BALANCED = (10, 20, 50, 100, 200, 1_000, 10_000)
UNBALANCED = ((10, 200), (50, 1_000), (100, 2_000), (500, 10_000))
DESIGNS = (*((n, n) for n in BALANCED), *UNBALANCED)
TESTS: dict[str, Test] = {
    "default": lambda *counts: default_test(*counts)[1],
    "pooled z": lambda *counts: pooled_z(*counts)[1],
    "mid-P": mid_p,
    "Fisher": fisher_exact,
}
RATIOS = (0.8, 0.5)


class Tables(NamedTuple):
    """Tables of two groups that occur at a pair of true rates, each with its chance."""

    xf: NDArray[np.int64]
    xr: NDArray[np.int64]
    chance: Floats


class Design:
    """Two groups of fixed sizes: the tables that are looked at, and what each test and interval says of them."""

    def __init__(self, nf: int, nr: int) -> None:
        self.nf, self.nr = nf, nr
        self.summed = max(nf, nr) <= MOST_SUMMED
        self.drawn = np.random.default_rng([SEED, nf, nr])
        if self.summed:
            self.every = tuple(np.ravel(x) for x in np.mgrid[: nf + 1, : nr + 1])
            self.p = {name: _p(test, *self.every, nf, nr) for name, test in TESTS.items()}
            self.ends = {name: ends(*self.every, nf, nr) for name, ends in INTERVALS.items()}

    def tables(self, pf: float, pr: float) -> Tables:
        """Return tables at two true rates."""
        if self.summed:
            from scipy.stats import binom

            xf, xr = self.every
            return Tables(xf, xr, binom.pmf(xf, self.nf, pf) * binom.pmf(xr, self.nr, pr))
        xf, xr = self.drawn.binomial(self.nf, pf, DRAWS), self.drawn.binomial(self.nr, pr, DRAWS)
        return Tables(xf, xr, np.full(DRAWS, 1 / DRAWS))

    def rejecting(self, name: str, pf: float, pr: float, alpha: float = ALPHA) -> tuple[float, float]:
        """Return the chances that a test shows the focal group's rate to be lower, and to be higher."""
        made = self.tables(pf, pr)
        p = self.p[name] if self.summed else _p(TESTS[name], made.xf, made.xr, self.nf, self.nr)
        shown = rejected(p, alpha)
        lower = made.xf * self.nr < made.xr * self.nf
        return float(made.chance[shown & lower].sum()), float(made.chance[shown & ~lower].sum())

    def covering(self, name: str, pf: float, pr: float) -> float:
        """Return the chance that an interval holds the truth."""
        made = self.tables(pf, pr)
        low, high = self.ends[name] if self.summed else INTERVALS[name](made.xf, made.xr, self.nf, self.nr)
        held = (low <= TRUTH[name](pf, pr)) & (TRUTH[name](pf, pr) <= high)
        known = ~np.isnan(low)  # nobody selected in either group: there is no ratio, and no interval that could err
        return float(made.chance[held & known].sum() / made.chance[known].sum())


def _p(test: Test, xf: Any, xr: Any, nf: int, nr: int) -> Floats:
    return np.nan_to_num(np.asarray(test(xf, nf, xr, nr), float), nan=1.0)


INTERVALS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "Wilson, the rate": lambda xf, xr, nf, nr: wilson(xf, nf, LEVEL),  # noqa: ARG005 -- all are called alike
    "Koopman, the ratio": lambda xf, xr, nf, nr: koopman(xf, nf, xr, nr, LEVEL),
    "Newcombe, the difference": lambda xf, xr, nf, nr: newcombe(xf, nf, xr, nr, LEVEL),
}
TRUTH: dict[str, Callable[[float, float], float]] = {
    "Wilson, the rate": lambda pf, pr: pf,  # noqa: ARG005
    "Koopman, the ratio": lambda pf, pr: pf / pr,
    "Newcombe, the difference": lambda pf, pr: pf - pr,
}


def main() -> None:
    """Sum, draw, print, rewrite the page."""
    designs = {sizes: Design(*sizes) for sizes in DESIGNS}
    parts = {"sizes": sizes_of(designs), "power": power_of(designs), "coverage": coverage_of(designs)}
    for part, text in parts.items():
        print(text, "\n")
        rewrite("errors_of_tests.md", part, text)


def sizes_of(designs: dict[tuple[int, int], Design]) -> str:
    """Return how often each test shows a difference where there is none: in all, and in the focal group's disfavour."""
    texts = []
    for alpha, said in ((ALPHA, "0.05"), (ALPHA / 13, "0.05/13")):
        rows = []
        for design in designs.values():
            for name in TESTS:
                if design.summed or name == "default":
                    found = [design.rejecting(name, rate, rate, alpha) for rate in RATES]
                    cells = [f"{sum(each):.2%} ({each[0]:.2%})".replace("%", "") for each in found]
                    rows.append([f"{_sizes(design)}: {name}", *cells, f"{max(map(sum, found)):.2%}".replace("%", "")])
        head = [f"at {said}, %", *(f"rate {rate:.0%}" for rate in RATES), "largest"]
        texts.append(table(head, rows))
    return "\n\n".join(texts)


def power_of(designs: dict[tuple[int, int], Design]) -> str:
    """Return how often each test shows a rate that is 0.8 times, or half, the other group's."""
    texts = []
    for ratio in RATIOS:
        rows = []
        for design in designs.values():
            for name in TESTS:
                if design.summed or name == "default":
                    found = [sum(design.rejecting(name, ratio * rate, rate)) for rate in RATES]
                    rows.append([f"{_sizes(design)}: {name}", *(f"{each:.1%}".replace("%", "") for each in found)])
        texts.append(table([f"ratio {ratio}, %", *(f"rate {rate:.0%}" for rate in RATES)], rows))
    return "\n\n".join(texts)


def coverage_of(designs: dict[tuple[int, int], Design]) -> str:
    """Return how often each default interval holds the truth, with equal rates and with a ratio of 0.8."""
    texts = []
    for name in INTERVALS:
        rows = []
        for design in designs.values():
            for ratio in (1.0, 0.8):
                found = [design.covering(name, ratio * rate, rate) for rate in RATES]
                cells = [f"{each:.1%}".replace("%", "") for each in found]
                rows.append([f"{_sizes(design)}, ratio {ratio:g}", *cells, f"{min(found):.1%}".replace("%", "")])
        head = [f"{name}, %", *(f"rate {rate:.0%}" for rate in RATES), "least"]
        texts.append(table(head, rows))
    return "\n\n".join(texts)


def _sizes(design: Design) -> str:
    return f"{design.nf:,} and {design.nr:,}"


if __name__ == "__main__":
    main()
