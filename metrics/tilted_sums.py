"""The sums behind Fisher's noncentral hypergeometric distribution, of many tables and many odds ratios at once.

Of each table: log Σ pmf(x)·e^{δx} over all counts x that its margins allow, and mean and variance of x at each δ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from fairwitness.metrics.counts import Floats

    Whole = NDArray[np.int64]

PIECE = 128  # counts that are added up in one product of matrices: e^{10·64} is still a float
ROWS = 2048  # pieces at a time, to bound memory
SAMPLED = 4096  # possible counts from which on not every one is added
REACH = 48  # steps to either side of the most likely count


class Tables(NamedTuple):
    """Margins of tables: people of either group, how many were selected, and the counts x that this allows."""

    nf: Whole
    nr: Whole
    selected: Whole
    least: Whole
    most: Whole


class Sums(NamedTuple):
    """By table and δ: the logarithm of the sum, mean and variance of x."""

    log: Floats
    mean: Floats
    variance: Floats


def log_factorials(most: int) -> Floats:
    """Return log 0!, log 1!, …, log most!.

    Examples
    --------
    >>> np.exp(log_factorials(4)).round(6).tolist()
    [1.0, 1.0, 2.0, 6.0, 24.0]
    """
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])


def log_pmf(x: Whole, t: Tables, log_factorial: Floats) -> Floats:
    """Return hypergeometric log probabilities, and -inf of what the margins do not allow."""

    def choose(n: Whole, k: Whole) -> Floats:
        ways: Floats = log_factorial[n] - log_factorial[k] - log_factorial[n - k]
        return ways

    inside = np.clip(x, t.least, t.most)
    found = choose(t.nf, inside) + choose(t.nr, t.selected - inside) - choose(t.nf + t.nr, t.selected)
    return np.where(inside == x, found, -np.inf)


def tilted_sums(t: Tables, log_factorial: Floats, deltas: Floats) -> Iterator[tuple[slice, Sums]]:
    """Yield the sums of tables, some at a time.

    Parameters
    ----------
    t : Tables
        In the order of how many counts they allow, the fewest first.
    log_factorial : array
        Of `log_factorials`, up to the largest table.
    deltas : array
        Log odds ratios, between -10 and 10.
    """
    counts = t.most - t.least + 1
    large = int(np.searchsorted(counts, SAMPLED))
    start = 0
    while start < counts.size:
        if start >= large:
            part = slice(start, min(start + 16, counts.size))
            made = sampled(Tables(*(column[part] for column in t)), log_factorial, deltas)
        else:
            pieces = -(-counts[start:large] // PIECE)
            fit = int(np.sum(pieces * np.arange(1, pieces.size + 1) <= ROWS))  # the last of them is the longest
            part = slice(start, start + max(fit, 1))
            made = entire(Tables(*(column[part] for column in t)), log_factorial, deltas)
        yield part, made
        start = part.stop


def entire(t: Tables, log_factorial: Floats, deltas: Floats) -> Sums:
    """Return the sums over every count: pieces weighted by powers of e^δ, joined by their logarithms."""
    width = int((t.most - t.least).max()) + 1
    step = np.arange(min(PIECE, width))
    pieces = -(-width // PIECE)
    start = t.least[:, None] + PIECE * np.arange(pieces)
    of_table = Tables(*(column[:, None, None] for column in t))
    logs = log_pmf(start[:, :, None] + step, of_table, log_factorial)
    top = logs.max(axis=2)
    there = np.isfinite(top)
    top = np.where(there, top, 0.0)
    middle = (step.size - 1) / 2  # powers around it stay far from what a float cannot hold
    powers = np.exp((step - middle)[:, None] * deltas)
    moments = np.concatenate([powers, step[:, None] * powers, (step**2)[:, None] * powers], axis=1)
    found = np.exp(logs - top[:, :, None]).reshape(-1, step.size) @ moments
    mass, first, second = np.split(found.reshape(*top.shape, -1), 3, axis=2)
    mass = np.where(there[:, :, None], mass, 1.0)
    inner = first / mass
    log_mass = np.log(mass) + top[:, :, None] + (start + middle)[:, :, None] * deltas
    if pieces == 1:
        return Sums(log_mass[:, 0], t.least[:, None] + inner[:, 0], (second / mass - inner**2)[:, 0])
    return _joined(np.where(there[:, :, None], log_mass, -np.inf), start[:, :, None] + inner, second / mass - inner**2)


def sampled(t: Tables, log_factorial: Floats, deltas: Floats) -> Sums:
    """Return the sums over every m-th count around the most likely one, m about half a standard deviation.

    x is a sum of independent trials, so that its characteristic function at angle a is at most e^{-σ²(1 - cos a)}.  By
    Poisson's summation formula m times the sum over every m-th count is then the sum over all of them but for a share
    of about 2·e^{-σ²(1 - cos(2π/m))}: less than 1e-13.

    References
    ----------
    Vatutin & Mikhailov, Theory of Probability and Its Applications 27 (1982), 734-743, for the trials.
    """
    nf, nr, selected = (column[:, None].astype(np.float64) for column in (t.nf, t.nr, t.selected))
    odds = np.exp(deltas)
    a, b, c = odds - 1, -((nf + selected) * odds + nr - selected), odds * nf * selected
    likely = 2 * c / (-b + np.sqrt(b * b - 4 * a * c))  # where the odds ratio of the table is e^δ
    cells = (likely, nf - likely, selected - likely, nr - selected + likely)
    spread = np.sqrt(1 / sum(1 / np.maximum(cell, 0.5) for cell in cells))
    m = np.maximum(1, np.floor(spread / 2)).astype(np.int64)
    x = np.round(likely).astype(np.int64)[:, :, None] + m[:, :, None] * np.arange(-REACH, REACH + 1)
    logs = log_pmf(x, Tables(*(column[:, None, None] for column in t)), log_factorial) + deltas[:, None] * x
    made = _joined(np.moveaxis(logs, 2, 1), np.moveaxis(x.astype(np.float64), 2, 1), np.zeros(1))
    return made._replace(log=made.log + np.log(m))


def _joined(logs: Floats, means: Floats, variances: Floats) -> Sums:
    """Return the sums of parts, which lie along the second axis."""
    top = logs.max(axis=1, keepdims=True)
    share = np.exp(logs - top)
    whole = share.sum(axis=1, keepdims=True)
    mean = (share * means).sum(axis=1, keepdims=True) / whole
    around = (share * (variances + (means - mean) ** 2)).sum(axis=1, keepdims=True) / whole
    return Sums((top + np.log(whole))[:, 0], mean[:, 0], around[:, 0])
