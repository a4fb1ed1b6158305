"""Every 2×2 table with up to 12 in each group, against rational arithmetic written out here."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest

from fairwitness.metrics.disparity import impact_ratio, odds_ratio, phi, rate_difference, rejection_ratio
from fairwitness.metrics.exact_tests import fisher_exact, mid_p, mid_p_min_likelihood
from fairwitness.metrics.four_fifths import (
    beyond,
    flip_flop,
    four_fifths,
    selections_to_four_fifths,
    shortfall,
    shortfall_vs_reference,
    swaps_to_lose_significance,
)
from fairwitness.metrics.significance import default_test, pooled_z

MOST = 12
TABLES = [
    (xf, nf, xr, nr)
    for nf, nr in product(range(MOST + 1), repeat=2)
    for xf, xr in product(range(nf + 1), range(nr + 1))
]
COLUMNS = np.array(TABLES).T


def fraction(numerator, denominator):
    """A quotient, None where it is undefined."""
    return Fraction(numerator, denominator) if denominator else None


def assert_same(found, expected, *, ulps=0):
    """Compare floats with fractions: equal to the last bit, or but for a few; undefined where it should be."""
    for table, value, exact in zip(TABLES, found, expected, strict=True):
        if exact is None:
            assert math.isnan(value), table
        else:
            assert abs(value - float(exact)) <= ulps * math.ulp(float(exact)), table


EXACT = {
    impact_ratio: lambda xf, nf, xr, nr: fraction(xf * nr, nf * xr),
    rate_difference: lambda xf, nf, xr, nr: fraction(xf * nr - xr * nf, nf * nr),
    rejection_ratio: lambda xf, nf, xr, nr: fraction((nr - xr) * nf, nr * (nf - xf)),
    odds_ratio: lambda xf, nf, xr, nr: fraction(xf * (nr - xr), (nf - xf) * xr),
    shortfall_vs_reference: lambda xf, nf, xr, nr: fraction(nf * xr - xf * nr, nr),
}


@pytest.mark.parametrize("function", EXACT, ids=lambda f: f.__name__)
def test_quotients_are_the_nearest_floats(function):
    assert_same(function(*COLUMNS), [EXACT[function](*t) for t in TABLES])


def test_shortfall_against_the_whole_is_the_nearest_float():
    xf, nf, xr, nr = COLUMNS
    expected = [fraction(nf * (xf + xr) - xf * (nf + nr), nf + nr) for xf, nf, xr, nr in TABLES]
    assert_same(shortfall(xf, nf, xf + xr, nf + nr), expected)


def test_shortfalls_of_a_table_sum_to_nothing():
    """The group's shortfall is the others' surplus."""
    for xf, nf, xr, nr in TABLES:
        if nf + nr:
            whole = (xf + xr, nf + nr)
            assert shortfall(xf, nf, *whole) == pytest.approx(-shortfall(xr, nr, *whole), abs=1e-12)


def test_four_fifths_and_any_other_line():
    lines = (Fraction(4, 5), Fraction(9, 10), Fraction(1), Fraction(2, 3))
    for table in TABLES:
        exact = EXACT[impact_ratio](*table)
        for line in lines:
            assert beyond(*table, line) == (None if exact is None else exact < line)
        expected = "not_evaluable" if exact is None else "below" if exact < Fraction(4, 5) else "not_below"
        assert four_fifths(*table) == expected


def fewest(xf, nf, xr, nr, *, moved):
    """Try 0, 1, 2, ... more selections."""
    for k in range(nf - xf + 1):
        taken = k if moved else 0
        if taken <= xr and 5 * (xf + k) * nr >= 4 * (xr - taken) * nf:
            return k
    raise AssertionError((xf, nf, xr, nr))


def test_selections_to_four_fifths_by_trying():
    for table in TABLES:
        if EXACT[impact_ratio](*table) is None:
            assert selections_to_four_fifths(*table) is None
        else:
            assert selections_to_four_fifths(*table) == (fewest(*table, moved=False), fewest(*table, moved=True))


def test_flip_flop():
    for xf, nf, xr, nr in TABLES:
        if not nf or not nr or xr == 0 or xf == nf or Fraction(xf, nf) >= Fraction(xr, nr):
            expected = None
        else:
            expected = Fraction(xf + 1, nf) > Fraction(xr - 1, nr)
        assert flip_flop(xf, nf, xr, nr) is expected


def z_squared(xf, nf, xr, nr):
    selected, total = xf + xr, nf + nr
    return fraction((xf * nr - xr * nf) ** 2 * total, nf * nr * selected * (total - selected))


def test_pooled_z_phi_and_their_square():
    expected = [z_squared(*t) for t in TABLES]
    z, p = pooled_z(*COLUMNS)
    assert_same(z**2, expected, ulps=8)
    assert_same(
        phi(*COLUMNS) ** 2, [e and e / (nf + nr) for e, (_, nf, _, nr) in zip(expected, TABLES, strict=True)], ulps=8
    )
    signs = [
        None if e is None else (xf * nr > xr * nf) - (xf * nr < xr * nf)
        for e, (xf, nf, xr, nr) in zip(expected, TABLES, strict=True)
    ]
    assert_same(np.sign(z), signs)
    assert_same(np.sign(phi(*COLUMNS)), signs)
    assert_same(p, [None if e is None else math.erfc(math.sqrt(e / 2)) for e in expected], ulps=64)


def test_swaps_to_lose_significance_by_trying():
    """1.959963984540054² is the line; no rational Z² comes within 1e-9 of it."""
    line = Fraction(1.959963984540054) ** 2
    for xf, nf, xr, nr in TABLES:
        if z_squared(xf, nf, xr, nr) is None:
            assert swaps_to_lose_significance(xf, nf, xr, nr) is None
            continue
        step = 1 if xf * nr < xr * nf else -1
        k = 0
        while (a := xf + step * k, nf, b := xr - step * k, nr) and z_squared(a, nf, b, nr) >= line:
            if step * (a * nr - b * nf) > 0:  # beyond parity: the difference in this direction is gone
                break
            k += 1
        assert swaps_to_lose_significance(xf, nf, xr, nr) == k


def hypergeometric(nf, nr, selected):
    """The probabilities of 0, 1, 2, ... selections in the focal group, given the margins."""
    return {
        x: Fraction(comb(nf, x) * comb(nr, selected - x), comb(nf + nr, selected))
        for x in range(max(0, selected - nr), min(nf, selected) + 1)
    }


@pytest.fixture(scope="module")
def exact_p():
    """Fisher's p, and Lancaster's doubled and by minimum likelihood, of every table, in fractions."""
    found = []
    for xf, nf, xr, nr in TABLES:
        if not nf or not nr:
            found.append((None, None, None))
            continue
        law = hypergeometric(nf, nr, xf + xr)
        at = law[xf]
        below, above = (sum(p for x, p in law.items() if (x < xf if lower else x > xf)) for lower in (True, False))
        less_likely = sum(p for p in law.values() if p < at)
        as_likely = sum(p for p in law.values() if p == at)
        doubled = min(Fraction(1), 2 * (min(below, above) + at / 2))
        found.append((less_likely + as_likely, doubled, less_likely + as_likely / 2))
    return list(zip(*found, strict=True))


@pytest.mark.parametrize(("place", "test"), [(0, fisher_exact), (1, mid_p), (2, mid_p_min_likelihood)])
def test_exact_tests(exact_p, place, test):
    assert_same(test(*COLUMNS), exact_p[place], ulps=64)


def test_the_default_test_of_small_tables_is_mid_p(exact_p):
    """24 decisions are fewer than 30."""
    names, p = default_test(*COLUMNS)
    assert set(names.tolist()) == {"mid_p"}
    assert_same(p, exact_p[1], ulps=64)


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ((0, 10, 20, 30), "pooled_z"),  # smallest expected 10·20/40 = 5
        ((0, 10, 20, 31), "mid_p"),  # 10·20/41 = 4.88
        ((10, 10, 10, 30), "pooled_z"),  # of those not selected too: 10·20/40
        ((10, 10, 11, 30), "mid_p"),  # 10·19/40 = 4.75
        ((7, 15, 8, 15), "pooled_z"),  # 30 decisions, 15·15/30 = 7.5
        ((7, 15, 7, 14), "mid_p"),  # 29 decisions
        ((7_000_000, 10_000_000, 6_000_000, 10_000_000), "pooled_z"),
    ],
)
def test_the_default_test_is_chosen_in_whole_numbers(table, name):
    names, p = default_test(*table)
    assert str(names) == name
    assert p == (pooled_z(*table)[1] if name == "pooled_z" else mid_p(*table))


def test_tables_one_by_one_give_what_they_give_together():
    every = slice(0, None, 41)
    for test in (fisher_exact, mid_p, mid_p_min_likelihood, lambda *t: default_test(*t)[1], lambda *t: pooled_z(*t)[1]):
        np.testing.assert_array_equal(test(*COLUMNS[:, every]), [test(*t) for t in TABLES[every]])
