"""How often an audit shows a difference although all true rates are equal.

Prints what it finds, and writes it into docs/family_error.md.  Takes less than a minute.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from one_pair import chances
from page import rewrite, table
from simulated_audits import ALPHA, DRAWN, Shares, simulate, sizes

SEED = 2026
AUDITS = {2: 200_000, 7: 20_000, 14: 20_000}  # by number of groups
KINDS = ("50", "200", "2000", "mixed", DRAWN)
RATES = (0.05, 0.1, 0.3, 0.5)
SMALL, LARGE, FAMILY = 100, 2000, 13
MONTE_CARLO = {k: 2 * sqrt(ALPHA * (1 - ALPHA) / audits) for k, audits in AUDITS.items()}  # two standard errors

Found = dict[tuple[int, str, float], Shares]


def main() -> None:
    """Simulate, print, rewrite the page."""
    generator = np.random.default_rng(SEED)
    found = {
        (k, kind, rate): simulate(sizes(kind, k, audits, generator), rate, generator)
        for k, audits in AUDITS.items()
        for kind in KINDS
        for rate in RATES
    }
    audits = ", ".join(f"{n:,} of {k} groups (± {100 * MONTE_CARLO[k]:.2f} points)" for k, n in AUDITS.items())
    errors = (
        f"Audits in each cell: {audits}. In brackets: two Monte-Carlo standard errors at 5 %. Seed {SEED}.\n\n"
        f"{by_size(found)}\n\n{above(found)}\n\n"
        f"Ways of choosing the reference, smallest and largest of all sizes and rates above:\n\n{by_reference(found)}"
    )
    directions = by_direction()
    print(errors, directions, sep="\n\n")
    rewrite("family_error.md", "family error", errors)
    rewrite("family_error.md", "directions", directions)


def by_size(found: Found) -> str:
    """Return the error of the default comparison for every number of groups, size and rate."""
    rows = [
        [f"{k} groups, {said(kind)}", *(percent(found[k, kind, rate].any_pair) for rate in RATES)]
        for k in AUDITS
        for kind in KINDS
    ]
    of_two = [(kind, rate, exact(kind, rate)) for kind in KINDS if kind != DRAWN for rate in RATES]
    sums = [
        [f"2 groups, {said(kind)}: summed", *(percent(e) for at, _, e in of_two if at == kind)]
        for kind in KINDS
        if kind != DRAWN
    ]
    furthest = max(abs(found[2, kind, rate].any_pair - e) for kind, rate, e in of_two)
    header = ["any pair, Holm over all pairs", *(f"rate {rate:.0%}" for rate in RATES)]
    return (
        f"{table(header, rows)}\n\nFor two groups of fixed size the chances of all tables can be summed instead, which "
        f"is exact; the simulation is at most {100 * furthest:.2f} points away:\n\n{table(header, sums)}"
    )


def said(kind: str) -> str:
    """Return sizes in words."""
    return {"mixed": "50 to 2,000", DRAWN: "drawn from 50 to 2,000"}.get(kind) or f"{int(kind):,} each"


def exact(kind: str, rate: float) -> float:
    """Return the error of the one test of two groups, without simulation."""
    n, other = sizes(kind, 2, 1, np.random.default_rng(SEED))[0].tolist()
    return sum(chances(n, other, rate, ALPHA)[0])


def above(found: Found) -> str:
    """Return which cells lie above 5 % by more than the Monte-Carlo error, in a sentence."""
    cells = [key for key, shares in found.items() if shares.any_pair > ALPHA + MONTE_CARLO[key[0]]]
    if not cells:
        return "No cell lies above 5 % by more than the Monte-Carlo error."
    named = "; ".join(f"{k} groups, {said(kind)}, rate {rate:.0%}" for k, kind, rate in cells)
    return f"Above 5 % by more than the Monte-Carlo error: {named}."


def by_reference(found: Found) -> str:
    """Return the smallest and largest error of each way of choosing the reference."""
    names = {
        "any_pair": "the default: any pair",
        "with_highest": "the default: a pair with the highest rate, as reports show",
        "named": "a group named beforehand, k − 1 tests",
        "naive": "not done here: the highest rate, but only k − 1 tests",
    }
    rows = []
    for field, name in names.items():
        shares = [[getattr(s, field) for (k, _, _), s in found.items() if k == groups] for groups in AUDITS]
        rows.append([name, *(f"{100 * min(s):.1f}–{percent(max(s))}" for s in shares)])
    return table(["some difference shown", *(f"{k} groups" for k in AUDITS)], rows)


def by_direction() -> str:
    """Return how often a small group is found to be the lower and the higher one, summed exactly."""
    levels = (ALPHA, ALPHA / FAMILY)
    header = ["true rate of both"]
    header += [f"{way} at {name}" for name in ("0.05", f"0.05/{FAMILY}") for way in ("lower", "higher", "share lower")]
    rows = []
    for rate in RATES:
        cells = [f"{rate:.0%}"]
        for lower, higher in chances(SMALL, LARGE, rate, *levels):
            cells += [percent(lower), percent(higher), f"{lower / (lower + higher):.0%}"]
        rows.append(cells)
    return table(header, rows)


def percent(share: float) -> str:
    """Return a share as it is printed."""
    return f"{100 * share:.2f} %"


if __name__ == "__main__":
    main()
