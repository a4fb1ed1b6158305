"""The page on the best of many: its intervals are computed again from its counts, and one search is made again."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/alternatives_winners_curse.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (validation: naive|test) \| (\d+) of (\d+) \| ([\d.]+) % \| ([\d.]+) % to ([\d.]+) % \|", re.MULTILINE
)


@pytest.fixture(scope="module")
def benchmark_page():
    """The module, which imports another of benchmarks/ by its bare name."""
    folder, before = str(ROOT / "benchmarks"), set(sys.modules)
    sys.path.insert(0, folder)
    try:
        yield import_module("alternatives_winners_curse")
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:
            if getattr(sys.modules[name], "__file__", None) and folder in str(sys.modules[name].__file__):
                del sys.modules[name]


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


def test_a_search_is_told_with_the_truth_of_fresh_people(benchmark_page):
    """The truth of 20,000 others is not that of 50,000, and near it: rates of about a quarter have an error of .005."""
    one, more = (benchmark_page.search(4, fresh=n) for n in (20_000, 50_000))
    assert one.validation == more.validation
    assert one.test == more.test
    assert one.truth != more.truth
    assert one.truth == pytest.approx(more.truth, rel=0.12)
    assert one.validation != one.test
    assert np.isfinite(one.baseline_truth)
