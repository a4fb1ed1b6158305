"""Tests of a change between releases, the long way: the likelihood maximised numerically under the constraint.

Then Pearson's statistic of all cells, with the sign of the estimate.  Random tables, many with zeros.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import xlogy

from fairwitness.metrics import paired_change, release_change
from fairwitness.metrics.noninferiority import farrington_manning, restricted_rates
from fairwitness.metrics.paired_change import Pairs
from fairwitness.metrics.release_change import Releases

# scipy before 1.16 tells that it clips a step that leaves the bounds, which is what is wanted
pytestmark = pytest.mark.filterwarnings("ignore:Values in x were outside bounds:RuntimeWarning")

TINY = 1e-9  # a numeric maximum stays this far away from 0 and 1


def of_two(x1, n1, x2, n2, difference):
    """The likeliest rates with p1 - p2 = difference."""
    low, high = max(0, -difference), min(1, 1 - difference)

    def minus(p2):
        p1 = np.clip(p2 + difference, 0, 1)
        return -(xlogy(x1, p1) + xlogy(n1 - x1, 1 - p1) + xlogy(x2, p2) + xlogy(n2 - x2, 1 - p2))

    p2 = minimize_scalar(minus, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
    return p2 + difference, p2


def tables_of_two(count, seed):
    rng = np.random.default_rng(seed)
    n1, n2 = rng.integers(1, 200, (2, count))
    base = rng.beta(0.4, 0.4, (2, count))
    return np.stack([rng.binomial(n1, base[0]), n1, rng.binomial(n2, base[1]), n2]).T.tolist()


def test_restricted_rates_of_two_groups_maximise_the_likelihood():
    differences = np.random.default_rng(1).uniform(-0.9, 0.9, 200)
    for table, difference in zip(tables_of_two(200, seed=0), differences, strict=True):
        found = restricted_rates(*table, difference)
        assert found == pytest.approx(of_two(*table, difference), abs=3e-7), (table, difference)
        assert found[0] - found[1] == pytest.approx(difference, abs=1e-14)
        assert min(found) >= 0
        assert max(found) <= 1


def test_farrington_and_manning_with_rates_from_a_numerical_maximum():
    for x_new, n_new, x_old, n_old in tables_of_two(100, seed=2):
        new, old = of_two(x_new, n_new, x_old, n_old, -0.1)
        error = np.sqrt(new * (1 - new) / n_new + old * (1 - old) / n_old)
        z, _ = farrington_manning(x_new, n_new, x_old, n_old, 0.1)
        assert z == pytest.approx((x_new / n_new - x_old / n_old + 0.1) / error, rel=1e-5, abs=1e-6)


def likeliest(counts, sizes, constraints, start):
    """Maximise a sum of x·log p under equality constraints; return the probabilities."""
    counts = np.asarray(counts, dtype=float) / sizes

    def minus(p):
        return -float(np.sum(xlogy(counts, p)))

    def slope(p):
        return -counts / p

    found = minimize(
        minus, start, jac=slope, method="SLSQP", bounds=[(TINY, 1 - TINY)] * len(counts), constraints=constraints,
        options={"ftol": 1e-15, "maxiter": 1000},
    )  # fmt: skip
    assert all(np.abs(c["fun"](found.x)).max() < 1e-7 for c in constraints)
    return found.x


def equality(function, gradient):
    return {"type": "eq", "fun": function, "jac": gradient}


def pearson(counts, totals, p):
    return float(np.sum((np.asarray(counts) - totals * p) ** 2 / (totals * p)))


SIGNS = {"f_new": 1, "r_new": -1, "f_old": -1, "r_old": 1}


def independent_z(counts, scale, null):
    """The score statistic of four binomials; cells are selected and not selected of each."""
    x, n = np.array(counts[::2], dtype=float), np.array(counts[1::2], dtype=float)
    signs = np.array(list(SIGNS.values()))
    cells, totals = np.concatenate([x, n - x]), np.concatenate([n, n])

    def value(p):
        return signs @ (p[:4] if scale == "difference" else np.log(p[:4])) - (
            null if scale == "difference" else np.log(null)
        )

    def gradient(p):
        return np.concatenate([signs * (1 if scale == "difference" else 1 / p[:4]), np.zeros(4)])

    ones = np.hstack([np.eye(4), np.eye(4)])
    start = np.clip((x + 1) / (n + 2), 0.05, 0.95)
    p = likeliest(
        cells, n.sum(), [equality(lambda p: ones @ p - 1, lambda _: ones), equality(value, gradient)],
        np.concatenate([start, 1 - start]),
    )  # fmt: skip
    with np.errstate(divide="ignore"):
        above = value(np.concatenate([x / n, 1 - x / n])) > 0
    return (1 if above else -1) * np.sqrt(pearson(cells, totals, p))


def paired_z(counts, scale, null):
    """The score statistic of two multinomials of four cells."""
    cells = np.array(counts, dtype=float)
    n = np.repeat([cells[:4].sum(), cells[4:].sum()], 4)
    new, old = np.array([1.0, 1, 0, 0]), np.array([1.0, 0, 1, 0])

    def rates(p):
        return p[:4] @ new, p[:4] @ old, p[4:] @ new, p[4:] @ old

    def value(p):
        f_new, f_old, r_new, r_old = rates(p)
        if scale == "difference":
            return f_new - r_new - f_old + r_old - null
        return np.log(f_new) - np.log(r_new) - np.log(f_old) + np.log(r_old) - np.log(null)

    def gradient(p):
        f_new, f_old, r_new, r_old = (1,) * 4 if scale == "difference" else rates(p)
        return np.concatenate([new / f_new - old / f_old, old / r_old - new / r_new])

    ones = np.kron(np.eye(2), np.ones(4))
    start = (cells + 1) / (n + 4)
    p = likeliest(
        cells, n.sum(), [equality(lambda p: ones @ p - 1, lambda _: ones), equality(value, gradient)], start
    )  # fmt: skip
    with np.errstate(divide="ignore"):
        above = value(cells / n) > 0
    return (1 if above else -1) * np.sqrt(pearson(cells, n, p))


def random_releases(count, seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(5, 120, (count, 4))
    x = rng.binomial(n, rng.beta(0.5, 0.5, (count, 4)))
    return np.stack([x, n], axis=2).reshape(count, 8).tolist()


def random_pairs(count, seed):
    rng = np.random.default_rng(seed)
    cells = rng.integers(1, 60, (count, 8)) * (rng.random((count, 8)) > 0.2)
    cells[:, [0, 4]] += 1  # both rates above 0 in both releases
    return cells.tolist()


@pytest.mark.parametrize(("scale", "nulls"), [("difference", (0, -0.1, 0.4)), ("ratio", (1, 0.9, 1.7))])
def test_four_binomials(scale, nulls):
    for counts in random_releases(60, seed=3):
        f_new, r_new, f_old, r_old = counts[::2]
        if scale == "ratio" and f_new * r_old == r_new * f_old == 0:
            assert np.isnan(release_change.change_z(Releases(*counts), scale, 1))
            continue
        for null in nulls:
            expected = independent_z(counts, scale, null)
            found = release_change.change_z(Releases(*counts), scale, null)
            assert found == pytest.approx(expected, rel=2e-4, abs=2e-5), (counts, null)


@pytest.mark.parametrize(("scale", "nulls"), [("difference", (0, -0.1, 0.4)), ("ratio", (1, 0.9, 1.7))])
def test_two_multinomials(scale, nulls):
    for counts in random_pairs(40, seed=4):
        for null in nulls:
            expected = paired_z(counts, scale, null)
            found = paired_change.change_z(Pairs(*counts), scale, null)
            assert found == pytest.approx(expected, rel=2e-4, abs=2e-5), (counts, null)


# Only one group changes: what the reference group's rates are is known exactly, or as good as.

KNOWN = 10**14


def tango(new, old, n, difference):
    """Tango's statistic (Statistics in Medicine 17, 1998, 891-908) with his closed formula for the likeliest q21."""
    b = 2 * n * 1.0, -new - old + (2 * n - new + old) * difference, -old * difference * (1 - difference)
    q = (np.sqrt(b[1] ** 2 - 4 * b[0] * b[2]) - b[1]) / (2 * b[0])
    return (new - old - n * difference) / np.sqrt(n * (2 * q + difference * (1 - difference)))


@pytest.mark.parametrize("cells", [(10, 7, 12, 20), (1, 1, 7, 12), (59, 6, 16, 80), (40, 3, 1, 0)])
def test_tango_is_the_case_of_a_known_reference(cells):
    both, new, old, neither = cells
    counts = Pairs(*cells, KNOWN, 0, 0, KNOWN)
    for difference in (0.01, 0.1, 0.3):
        expected = tango(new, old, sum(cells), difference)
        assert paired_change.change_z(counts, "difference", difference) == pytest.approx(expected, rel=1e-6)
        mirrored = Pairs(both, old, new, neither, KNOWN, 0, 0, KNOWN)
        assert paired_change.change_z(mirrored, "difference", -difference) == pytest.approx(-expected, rel=1e-6)


def test_published_intervals_of_one_paired_group():
    """R's contingencytables 3.0.0 prints these for 59, 6, 16 and 80 (Cavo and others, 2012)."""
    counts = Pairs(59, 6, 16, 80, KNOWN, 0, 0, KNOWN)
    assert paired_change.change_interval(counts, "difference", 0.95) == pytest.approx((-0.1240, -0.0054), abs=5.1e-5)
    assert paired_change.change_interval(counts, "ratio", 0.95) == pytest.approx((0.7476, 0.9876), abs=5.1e-5)
    exact, mid_p, chi_square = paired_change.mcnemar(6, 16)
    assert (exact, mid_p) == pytest.approx((0.052479, 0.034690), abs=5.1e-7)
    assert np.sqrt(chi_square) == pytest.approx(2.132, abs=5.1e-4)


def test_one_group_of_pairs_without_numeric_maximum():
    """Nam and Blackwelder's statistic for a ratio (Statistics in Medicine 21, 2002), by a search of their likelihood."""
    both, new, old, neither = 20, 9, 14, 30
    n = both + new + old + neither
    for ratio in (0.6, 0.95, 1.3):

        def minus(p0, ratio=ratio):  # p1 = ratio · p0, and neither is likeliest as it was seen
            some = 1 - neither / n
            return -(
                xlogy(both, max((1 + ratio) * p0 - some, 0)) + xlogy(new, max(some - p0, 0))
                + xlogy(old, max(some - ratio * p0, 0))
            )  # fmt: skip

        some = 1 - neither / n
        bounds = (some / (1 + ratio), min(some, some / ratio))
        p0 = minimize_scalar(minus, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        discordant = 2 * some - (1 + ratio) * p0
        expected = (both + new - ratio * (both + old)) / np.sqrt(n * ratio * discordant)
        counts = Pairs(both, new, old, neither, KNOWN, 0, 0, KNOWN)
        assert paired_change.change_z(counts, "ratio", ratio) == pytest.approx(expected, rel=1e-5)


def test_an_interval_ends_where_a_search_of_the_statistic_does():
    counts = [30, 100, 50, 100, 40, 100, 50, 100]
    low, high = release_change.change_interval(Releases(*counts), "ratio", 0.9)
    z = 1.6448536269514722
    for end, side, bracket in ((low, z, (0.3, 0.74)), (high, -z, (0.76, 2))):
        found = brentq(lambda null, side=side: independent_z(counts, "ratio", null) - side, *bracket, xtol=1e-9)
        assert end == pytest.approx(found, rel=1e-4)
