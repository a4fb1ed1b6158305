"""The page on "no worse": figures of its tables and its sentences are summed again, exactly."""

from __future__ import annotations

import runpy
from itertools import product
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from scipy.stats import binom

from fairwitness.metrics.noninferiority import farrington_manning
from fairwitness.metrics.paired_change import Pairs, change_interval, change_z

ROOT = Path(__file__).parents[2]
PAGE = " ".join((ROOT / "docs/noninferiority.md").read_text(encoding="utf-8").split())
SIZES = runpy.run_path(str(ROOT / "benchmarks/exact_sizes.py"))
RATES = (0.05, *(i / 10 for i in range(1, 10)), 0.95)
OLD = np.arange(1, 1000) / 1000
Z = 1.6448536269514722


def line(test, groups, sizes):
    shares = " | ".join(f"{100 * share:.2f} %" for share in (fmean(sizes), min(sizes), max(sizes)))
    return f"| {test} | {groups} | summed | {len(sizes):,} | {shares} |"


@pytest.mark.parametrize(
    ("new", "old", "margin", "largest"),
    [  # the largest error over a fine grid of rates, enumerated independently of this package
        (30, 30, 0.10, 0.0539), (200, 50, 0.10, 0.0605), (300, 300, 0.10, 0.0529),
        (30, 30, 0.05, 0.0604), (200, 50, 0.05, 0.0574), (300, 300, 0.05, 0.0525),
    ],
)  # fmt: skip
def test_one_rate_before_and_after(new, old, margin, largest):
    sizes = SIZES["of_two_rates"](new, old, margin, OLD[margin <= OLD]).tolist()
    assert max(sizes) == pytest.approx(largest, abs=5.1e-5)
    assert line(f"two rates, {100 * margin:.0f} points", f"{new}, {old}", sizes) in PAGE


def test_what_the_correction_of_miettinen_and_nurminen_would_change():
    """Farrington and Manning's z times √((N - 1)/N), at the sizes of the page."""
    means, highest = [], []
    for (new, before), margin in product(
        ((30, 30), (50, 50), (100, 100), (200, 50), (300, 300), (1000, 300)), (0.05, 0.10)
    ):
        x_new, x_old = np.arange(new + 1), np.arange(before + 1)
        z, _ = farrington_manning(x_new[:, None], new, x_old, before, margin)
        old = OLD[margin <= OLD][::5, None]
        chance_new, chance_old = binom.pmf(x_new, new, old - margin), binom.pmf(x_old, before, old)
        plain, corrected = (
            np.sum((chance_new @ (z * factor >= Z)) * chance_old, axis=1)
            for factor in (1, np.sqrt(1 - 1 / (new + before)))
        )
        means.append(plain.mean() - corrected.mean())
        highest.append(plain.max() - corrected.max())
    said = f"lowers the means by at most {100 * max(means):.1f} points and the largest shares by at most {100 * max(highest):.1f}"
    assert said in PAGE


@pytest.mark.parametrize(("scale", "said"), [("difference", "difference, 5 points"), ("ratio", "ratio, 5%")])
def test_two_groups(scale, said):
    cases = [c for c in (SIZES["at_margin"](scale, 0.05, *free) for free in product(RATES, repeat=3)) if c]
    sizes = SIZES["of_releases"](30, 30, scale, 0.05, cases)
    assert line(said, "30, 30", sizes) in PAGE
    if scale == "ratio":
        bands = {least: [] for least in (5, 2, 0)}
        for case, size in zip(cases, sizes, strict=True):
            bands[next(least for least in bands if 30 * min(case) >= least)].append(size)
        shown = " | ".join(f"{100 * fmean(band):.2f} %, {100 * max(band):.2f} %" for band in bands.values())
        assert f"| 30, 30 | {shown} |" in PAGE


def test_a_sum_over_tables_is_what_drawing_them_gives():
    """50,000 draws of one case each; five standard errors are .005."""
    rng = np.random.default_rng(9)
    case = SIZES["at_margin"]("difference", 0.05, 0.3, 0.4, 0.5)
    assert case.f_new == pytest.approx(0.4 + 0.3 - 0.5 - 0.05)
    focal, reference = (rng.multinomial(30, [0.05, lost, 0.95 - lost], 50_000).T for lost in (0.1, 0.05))
    counts = Pairs(0, *focal, 0, *reference)
    shown = change_z(counts, "difference", -0.05) >= Z
    assert SIZES["of_pairs"](30, 0.05, [(0.15, 0.1)])[0] == pytest.approx(shown.mean(), abs=0.005)


def test_pairs():
    sizes = SIZES["of_pairs"](30, 0.05, list(product((0.05, 0.1, 0.2, 0.4), (0.0, 0.02, 0.1, 0.3))))
    assert line("paired difference, 5 points", "30, 30", sizes) in PAGE
    alone = [SIZES["of_losses_alone"](n, 0.05) for n in range(20, 501)]
    assert line("paired difference, 5 points; losses alone", "20 to 500 each", alone) in PAGE


def test_where_no_decision_changed():
    """The sentences on 5 and on 134 applicants."""
    low, _ = change_interval(Pairs(3, 0, 0, 2, 3, 0, 0, 2), "difference", 0.9)
    said = f"if no decision at all changed among 5 applicants of each group, a loss of {int(-100 * low)} points is"
    assert said in PAGE
    n = np.arange(1, 500)
    enough = n[change_z(Pairs(n, 0, 0, 0, n, 0, 0, 0), "difference", -0.02) >= Z]
    assert f"A loss of 2 points is, by no changed decision, from {enough[0]} applicants in each group on" in PAGE
