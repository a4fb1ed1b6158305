"""How often five years of monthly looks raise a false alarm, and how soon they see what is there.

Prints what it finds, and writes it into docs/drift.md.  Takes about ten minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from page import rewrite, table

from fairwitness.metrics.cmh import score
from fairwitness.metrics.e_process import e_process, first_reaching
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Iterable

SEED = 2026
RUNS, POWER_RUNS = 1000, 200
MONTHS, LINE, LEVEL = 60, 20.0, 0.95
SIZES = {"100 and 100": (100, 100), "10 and 200": (10, 200)}  # focal and reference people a month
RATES = (0.02, 0.1, 0.5)
STRATA = (1, 20)
CONSTANT = 0.5  # an odds ratio that stays the same
CHANGE = 12  # months before which nothing is different


@dataclass(frozen=True, slots=True)
class Alarms:
    """In which month each alarm first went off; None where it never did."""

    equality: int | None
    drift: int | None
    naive: int | None


def one_run(
    sizes: tuple[int, int], rate: float, strata: int, odds: np.ndarray, generator: np.random.Generator
) -> Alarms:
    """Simulate months of decisions, and look after each.

    The rate of everybody moves with the months, by half of itself, and differs between strata by as much.  ``odds`` are
    the odds ratios of the months.
    """
    shape = (odds.size, strata)
    nf, nr = (generator.multinomial(n, np.full(strata, 1 / strata), odds.size) for n in sizes)
    wave = 1 + 0.5 * np.sin(np.arange(odds.size) / 5)[:, None]
    apart = np.linspace(0.5, 1.5, strata)[None, :] if strata > 1 else np.ones((1, 1))
    p = np.broadcast_to(np.minimum(rate * wave * apart, 0.95), shape)
    focal = p * odds[:, None] / (1 - p + p * odds[:, None])
    counts = generator.binomial(nf, focal), nf, generator.binomial(nr, p), nr
    found = e_process(*counts, LEVEL)
    return Alarms(first_reaching(found.equality, LINE), first_reaching(found.drift, LINE), naive(*counts))


def naive(xf: np.ndarray, nf: np.ndarray, xr: np.ndarray, nr: np.ndarray) -> int | None:
    """Return the first month in which the Mantel–Haenszel test of all decisions so far has p ≤ .05."""
    seen, expected, variance = (part.cumsum() for part in score(xf, nf, xr, nr))
    beyond = (variance > 0) & (np.abs(seen - expected) >= normal_quantile(LEVEL) * np.sqrt(variance))
    return int(np.argmax(beyond)) if beyond.any() else None


def main(runs: int = RUNS, power_runs: int = POWER_RUNS) -> None:
    """Simulate, print, rewrite the page."""
    generator = np.random.default_rng(SEED)
    alarms, seen = false_alarms(runs, generator), months_until(power_runs, generator)
    print(alarms, seen, sep="\n\n")
    rewrite("drift.md", "false alarms", alarms)
    rewrite("drift.md", "months until", seen)


def false_alarms(runs: int, generator: np.random.Generator) -> str:
    """Return how often each alarm ever goes off in five years although its hypothesis is true."""
    rows = []
    for size, people in SIZES.items():
        for rate in RATES:
            for strata in STRATA:
                equal, constant = (
                    [one_run(people, rate, strata, np.full(MONTHS, odds), generator) for _ in range(runs)]
                    for odds in (1.0, CONSTANT)
                )
                shares = [share(a.naive for a in equal), share(a.equality for a in equal)]
                shares += [share(a.drift for a in equal), share(a.drift for a in constant)]
                rows.append([f"{size}, rate {rate:.0%}, {strata} a month", *map(percent, shares)])
    error = 200 * sqrt(0.05 * 0.95 / runs)
    header = ["people a month, strata", "p-value ≤ .05", "e-value of equality", "of drift, equal odds"]
    header.append(f"of drift, odds ratio {CONSTANT:g}")
    return (
        f"{runs:,} runs of {MONTHS} months in each cell; two Monte-Carlo standard errors at 5 % are {error:.1f} "
        f"points. Seed {SEED}.\n\n{table(header, rows)}"
    )


def months_until(runs: int, generator: np.random.Generator) -> str:
    """Return how soon a ratio of rates is seen, from the first month on and after a year without."""
    rows = []
    for size, people in SIZES.items():
        for rate in (0.1, 0.3):
            for ratio in (0.5, 0.7, 0.8):
                odds = ratio * (1 - rate) / (1 - ratio * rate)
                always = [one_run(people, rate, 1, np.full(MONTHS, odds), generator) for _ in range(runs)]
                later = np.concatenate([np.ones(CHANGE), np.full(MONTHS - CHANGE, odds)])
                changed = [one_run(people, rate, 1, later, generator) for _ in range(runs)]
                cells = [until([a.equality for a in always], 0), until([a.equality for a in changed], CHANGE)]
                cells.append(until([a.drift for a in changed], CHANGE))
                rows.append([f"{size}, rate {rate:.0%}, ratio {ratio:g}", *cells])
    header = ["people a month, reference rate", "unequal from the first month", "unequal after a year: equality"]
    header.append("the same: drift")
    return (
        f"Months (median of {runs:,} runs) until the e-value reaches {LINE:g}, counted from when the odds became "
        f"unequal; in brackets the share of runs in which it is reached by month {MONTHS}. Odds ratios are those at "
        f"the average rate.\n\n{table(header, rows)}"
    )


def until(months: list[int | None], start: int) -> str:
    """Return the median month after a start, and the share of runs with any."""
    reached = [np.inf if m is None or m < start else m - start + 1 for m in months]
    median = float(np.median(reached))
    told = f"{median:.0f}" if np.isfinite(median) else "–"
    return f"{told} ({np.mean(np.isfinite(reached)):.0%})"


def share(months: Iterable[int | None]) -> float:
    """Return in what share of runs an alarm went off."""
    return float(np.mean([m is not None for m in months]))


def percent(of: float) -> str:
    """Return a share as it is printed."""
    return f"{100 * of:.1f} %"


if __name__ == "__main__":
    main()
