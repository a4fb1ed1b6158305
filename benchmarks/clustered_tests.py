"""How often the tests and intervals of decisions in clusters, or with weights, err.

Prints what it finds, and writes it into docs/clusters_and_weights.md.  Takes about five minutes.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from page import rewrite, table
from scipy.special import stdtr

from fairwitness.metrics.linearised import spread_of_clusters, spread_of_rows, variance_of
from fairwitness.metrics.linearised_intervals import robust_pair, robust_rate
from fairwitness.metrics.linearised_tests import equal_rates_z
from fairwitness.metrics.significance import pooled_z

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from fairwitness.metrics.linearised import Spread

SEED, DRAWS, ALPHA = 2026, 2000, 0.05
CLUSTERS = (10, 20, 40, 100)
RATES = (0.05, 0.3)
ALIKE = (0.0, 0.1, 0.3)  # correlation of two decisions in one cluster
WEIGHTED = (50, 200, 1000)
SPREADS = (0.5, 1.0)  # of the logarithm of the weights


class Design(NamedTuple):
    """Who is in which cluster; cluster sizes differ, two to some forty decisions."""

    name: str
    kind: str


DESIGNS = (
    Design("both groups in every cluster", "both"),
    Design("the first group a tenth of every cluster", "tenth"),
    Design("every cluster of one group", "apart"),
    Design("the first group in a fifth of the clusters", "few"),
)


def sizes(design: Design, clusters: int, draw: np.random.Generator) -> NDArray[np.int64]:
    """Return how many decisions on either group each cluster has."""
    n = np.maximum(2, np.rint(draw.lognormal(np.log(6), 0.8, clusters))).astype(int)
    if design.kind == "both":
        return np.stack([(n + 1) // 2, n // 2], axis=1)
    if design.kind == "tenth":
        first = draw.binomial(n, 0.1)
        first[: max(3, clusters // 5)] += 1
        return np.stack([first, n], axis=1)
    mine = np.arange(clusters) % 2 == 0 if design.kind == "apart" else np.arange(clusters) < max(3, clusters // 5)
    return np.stack([n * mine, n * ~mine], axis=1)


def tables(n: NDArray[np.int64], rate: float, alike: float, draw: np.random.Generator) -> NDArray[np.int64]:
    """Return draws of the selected; the rate of a cluster is drawn from the Beta law with this correlation."""
    shape = (DRAWS, len(n), 1)
    odds = (1 - alike) / alike if alike else 0.0
    of_cluster = draw.beta(rate * odds, (1 - rate) * odds, shape) if alike else np.full(shape, rate)
    return draw.binomial(n, np.broadcast_to(of_cluster, (DRAWS, *n.shape)))


def regression_p(found: Spread) -> float:
    """Return the p of a regression with cluster-robust errors: each group's own rate, t with clusters - 1."""
    variance = variance_of(found, (1.0, -1.0))
    if not variance > 0:
        return 1.0
    return float(2 * stdtr(found.clusters - 1, -abs(found.rates[0] - found.rates[1]) / np.sqrt(variance)))


def measured(design: Design, clusters: int, rate: float, alike: float) -> dict[str, float]:
    """Return how often each test shows a difference, the default in the first group's disfavour, and intervals hold."""
    draw = np.random.default_rng((SEED, DESIGNS.index(design), clusters, round(100 * rate), round(100 * alike)))
    n = sizes(design, clusters, draw)
    whole = n.sum(axis=0)
    found = dict.fromkeys(("default", "against", "regression", "independent", "rate", "ratio", "defined"), 0)
    for x in tables(n, rate, alike, draw):
        spread = spread_of_clusters(x, n)
        z, _, p = equal_rates_z(spread)
        found["default"] += p <= ALPHA
        found["against"] += p <= ALPHA and z < 0
        found["regression"] += regression_p(spread) <= ALPHA
        selected = x.sum(axis=0)
        found["independent"] += pooled_z(selected[0], whole[0], selected[1], whole[1])[1] <= ALPHA
        low, high = robust_rate(spread, 0, 1 - ALPHA)
        found["rate"] += low <= rate <= high
        if selected[1]:
            low, high = robust_pair(spread, "impact_ratio", 1 - ALPHA)
            found["defined"] += 1
            found["ratio"] += low <= 1 <= high
    made = {name: count / DRAWS for name, count in found.items()}
    return made | {"ratio": found["ratio"] / max(found["defined"], 1)}


def weighted(n: int, rate: float, spread: float) -> dict[str, float]:
    """Return the same for independent decisions with weights, n in either group."""
    draw = np.random.default_rng((SEED, n, round(100 * rate), round(10 * spread)))
    found = {"default": 0, "counts": 0, "rate": 0}
    for _ in range(DRAWS):
        w = draw.lognormal(0, spread, (2, n))
        y = draw.random((2, n)) < rate
        sums = [(w * y).sum(axis=1), (w * ~y).sum(axis=1)]
        squares = ((w**2 * y).sum(axis=1), (w**2 * ~y).sum(axis=1))
        seen = spread_of_rows(*sums, squares, 2 * n)
        found["default"] += equal_rates_z(seen)[2] <= ALPHA
        pretended = np.rint(sums[0] / (sums[0] + sums[1]) * w.sum(axis=1))
        found["counts"] += pooled_z(pretended[0], w[0].sum(), pretended[1], w[1].sum())[1] <= ALPHA
        low, high = robust_rate(seen, 0, 1 - ALPHA)
        found["rate"] += low <= rate <= high
    return {name: count / DRAWS for name, count in found.items()}


def percent(share: float) -> str:
    """Write a share as the tables have it."""
    return f"{100 * share:.1f}"


def rows(parts: dict[tuple[Design, int, float, float], dict[str, float]], *names: str) -> Iterator[list[str]]:
    """Yield a line for each design and number of clusters."""
    for design, clusters in product(DESIGNS, CLUSTERS):
        cells = [parts[design, clusters, rate, alike] for rate, alike in product(RATES, ALIKE)]
        yield [f"{design.name}, {clusters}", *(" / ".join(percent(cell[name]) for name in names) for cell in cells)]


def main() -> None:
    """Draw, print and write."""
    parts = {}
    for case in product(DESIGNS, CLUSTERS, RATES, ALIKE):
        parts[case] = measured(*case)
        print(case[0].kind, *case[1:], {name: percent(value) for name, value in parts[case].items()}, flush=True)
    columns = [f"{100 * rate:g} %, {alike:g}" for rate, alike in product(RATES, ALIKE)]
    header = ["clusters; rate, correlation", *columns]
    rewrite("clusters_and_weights.md", "sizes", table(header, rows(parts, "default", "against")))
    rewrite("clusters_and_weights.md", "others", table(header, rows(parts, "regression", "independent")))
    rewrite("clusters_and_weights.md", "coverage", table(header, rows(parts, "rate", "ratio")))
    cases = list(product(WEIGHTED, RATES, SPREADS))
    of_weights = {case: weighted(*case) for case in cases}
    lines = [
        [
            f"{n} in each group, rate {100 * rate:g} %, spread {spread:g}",
            *map(percent, of_weights[n, rate, spread].values()),
        ]
        for n, rate, spread in cases
    ]
    named = ["weights", "design-based z", "pooled z of weights taken for people", "interval of a rate holds"]
    rewrite("clusters_and_weights.md", "weights", table(named, lines))


if __name__ == "__main__":
    main()
