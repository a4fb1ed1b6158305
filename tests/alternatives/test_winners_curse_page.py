"""The page on the best of many: its intervals are computed again from its counts, and one search is made again."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, binom

from fairwitness.metrics.ratio_intervals import koopman

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/alternatives_winners_curse.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (validation: naive|test) \| (\d+) of (\d+) \| ([\d.]+) % \| ([\d.]+) % to ([\d.]+) % \|", re.MULTILINE
)


@pytest.fixture(scope="module")
def modules():
    """The two modules, which import others of benchmarks/ by their bare names."""
    folder, before = str(ROOT / "benchmarks"), set(sys.modules)
    sys.path.insert(0, folder)
    try:
        yield import_module("alternatives_winners_curse"), import_module("alternatives_chosen_again")
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            if getattr(sys.modules[name], "__file__", None) and folder in str(sys.modules[name].__file__):
                del sys.modules[name]


@pytest.fixture
def benchmark_page(modules):
    return modules[0]


@pytest.fixture
def again(modules):
    return modules[1]


def rows():
    return {m[1]: [float(value) for value in m.groups()[1:]] for m in ROW.finditer(PAGE)}


@pytest.mark.parametrize("part", ["validation: naive", "test"])
def test_the_interval_of_a_share_is_clopper_and_pearson_s(part):
    covered, n, share, low, high = rows()[part]
    assert share == pytest.approx(100 * covered / n, abs=0.05)
    assert low == pytest.approx(100 * beta.ppf(0.005, covered, n - covered + 1), abs=0.05)
    assert high == pytest.approx(100 * beta.ppf(0.995, covered + 1, n - covered), abs=0.05)


def test_the_test_part_covers_as_it_says_and_the_validation_part_does_not():
    _, n, _, low, high = rows()["test"]
    assert n >= 195
    assert low <= 95 <= high
    assert rows()["validation: naive"][4] < 95


def test_the_page_tells_how_it_was_made(benchmark_page):
    said = " ".join(PAGE.split())
    assert f"{benchmark_page.SEARCHES} searches, each in a population of its own" in said
    assert f"{benchmark_page.PEOPLE:,} people have eight features" in said
    assert benchmark_page.FEATURES == 8
    assert f"Then {benchmark_page.FRESH:,} fresh people" in said
    assert f"Seed {benchmark_page.SEED}." in said
    assert "a quarter of the people" in said
    assert benchmark_page.SHARE == 0.25


def test_the_check_with_models_kept_covers_as_it_says_and_tells_how_it_was_made(again):
    n, covered, share, low, high = (
        float(value.replace(",", ""))
        for value in re.search(
            r"chosen in ([\d,]+) of [\d,]+ cases.*truth in ([\d,]+) of them: ([\d.]+) %, .* ([\d.]+) % to ([\d.]+) %",
            PAGE,
        ).groups()
    )
    assert share == pytest.approx(100 * covered / n, abs=0.05)
    assert low == pytest.approx(100 * beta.ppf(0.005, covered, n - covered + 1), abs=0.05)
    assert high == pytest.approx(100 * beta.ppf(0.995, covered + 1, n - covered), abs=0.05)
    assert low <= 95 <= high
    assert f"In {again.POPULATIONS} of the populations, {again.TIMES} times each" in PAGE
    assert n <= again.POPULATIONS * again.TIMES


def test_what_the_page_says_of_chance_and_of_koopmans_interval_is_computed_again():
    covered, n = (int(value) for value in rows()["test"][:2])
    chance = f"{100 * binom.cdf(covered, n, 0.95):.1f}"
    assert f"At 95 %, {covered} or fewer of {n} are covered in {chance} of a hundred" in " ".join(PAGE.split())
    focal, reference = np.arange(121), np.arange(181)
    low, high = koopman(focal[:, None], 120, reference, 180, 0.95)
    shares = []
    for ratio in (0.15, 0.21, 0.3, 0.45, 0.6, 0.75, 0.95):
        rate = 0.25 / (0.4 * ratio + 0.6)  # of the reference group
        covers = (low <= ratio) & (ratio <= high)
        shares.append(binom.pmf(focal, 120, ratio * rate) @ covers @ binom.pmf(reference, 180, rate))
    assert f"probability of {100 * min(shares):.1f} % to {100 * max(shares):.1f} %" in " ".join(PAGE.split())


def test_a_choice_made_again_is_held_against_the_truth(again):
    """Of 40 intervals at 95 %, fewer than 33 cover in less than one case of a thousand."""
    covers = again.choices(0, times=40, fresh=20_000)
    assert 30 < len(covers) <= 40
    assert sum(covers) >= len(covers) - 7


def test_a_search_is_told_with_the_truth_of_fresh_people(benchmark_page):
    """The truth of 20,000 others is not that of 50,000, and near it: rates of about a quarter have an error of .005."""
    one, more = (benchmark_page.search(4, fresh=n) for n in (20_000, 50_000))
    assert one.validation == more.validation
    assert one.test == more.test
    assert one.truth != more.truth
    assert one.truth == pytest.approx(more.truth, rel=0.12)
    assert one.validation != one.test
    assert np.isfinite(one.baseline_truth)
