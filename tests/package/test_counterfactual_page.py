"""The page on a counterfactual study's intervals: a line of its tables is drawn again, and its sentences are checked."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest
from scipy.stats import binom

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/counterfactual_coverage.md").read_text(encoding="utf-8")
PAGE = " ".join(TEXT.split())
RUNS = 1000


@pytest.fixture(scope="module")
def benchmark():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        yield importlib.import_module("counterfactual_coverage")
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
        for name in ("counterfactual_coverage", "synthetic_scorer", "page"):
            sys.modules.pop(name, None)


def cells(part):
    """Yield what was asked, the column, the share in percent and the word beside it, of every cell of a table."""
    inside = TEXT.split(f"<!-- {part} -->")[1].split(f"<!-- end of {part} -->")[0]
    header, _, *lines = [line.strip("| ").split(" | ") for line in inside.splitlines() if line.startswith("|")]
    for line in lines:
        for column, cell in zip(header[3:], line[3:], strict=True):
            if found := re.fullmatch(r"([\d.]+) %(?:, \*(\w+)\*)?", cell):
                yield tuple(line[:3]), column, float(found[1]), found[2] or ""


def table(part):
    """Return the shares of a table in percent, by what was asked and column."""
    shares = {}
    for asked, column, percent, _ in cells(part):
        shares.setdefault(asked, {})[column] = percent
    return shares


def is_as_it_should_be(percent, aim, runs=RUNS):
    """Say whether the exact 99 % interval of a share of runs holds what it should be."""
    n = round(percent * runs / 100)
    return binom.cdf(n, runs, aim) > 0.005 and binom.sf(n - 1, runs, aim) > 0.005


@pytest.mark.parametrize(("names", "effect"), [(0.3, 0.4), (0.0, 0.0)])
def test_a_line_drawn_again(benchmark, names, effect):
    design, scorer = benchmark.Design(50, 50, 5), benchmark.Scorer(effect, names)
    counts = benchmark.simulated(design, scorer)
    asked = (benchmark.said(design), f"{names:g}", f"{effect:g}")
    for part, columns in (("coverage", benchmark.HELD), ("naive", benchmark.NAIVE)):
        for name, title in columns.items():
            assert table(part)[asked][title] == pytest.approx(100 * counts[f"held: {name}"] / RUNS, abs=0.051)
    if not effect:
        for name, title in benchmark.ALARMS.items():
            assert table("alarms")[asked][title] == pytest.approx(100 * counts[f"alarmed: {name}"] / RUNS, abs=0.051)


@pytest.mark.parametrize(
    ("part", "aim", "below", "above", "fewest"),
    [
        ("coverage", 0.95, "short", "long", 120),
        ("hard", 0.95, "short", "long", 100),
        ("alarms", 0.05, "rare", "often", 50),
    ],
)
def test_the_words_beside_the_shares(part, aim, below, above, fewest):
    """They stand exactly where the binomial interval of the share leaves the aim out."""
    judged = [cell for cell in cells(part) if "ignored" not in cell[1]]
    assert len(judged) >= fewest
    for asked, column, percent, word in judged:
        expected = "" if is_as_it_should_be(percent, aim) else above if percent > 100 * aim else below
        assert word == expected, (part, asked, column)


def test_what_the_page_says_of_scores_and_decisions():
    held = table("coverage")
    scores = [line["score"] for line in held.values()]
    assert 94.2 < sum(scores) / len(scores) < 95.8
    assert min(scores) > 93 and max(scores) < 97.2  # noqa: PT018 -- one range
    of_500 = [
        line[column] for asked, line in held.items() if asked[0].startswith("500") for column in ("net effect", "ratio")
    ]
    assert sum(is_as_it_should_be(share, 0.95) for share in of_500) >= len(of_500) - 2
    assert "they hold the truth in 93.5 % at least" in PAGE
    five = [line for asked, line in held.items() if asked[0].endswith(", 5") and asked[1] == "0.3"]
    assert min(line[column] for line in five for column in ("flips", "ranked first")) == 93.5
    of_50 = [
        line[column]
        for asked, line in held.items()
        if asked[0].startswith("50, ")
        for column in ("net effect", "ratio")
    ]
    assert all(share > 94 for share in of_50)


def test_what_the_page_says_of_the_naive_ways():
    worst = [
        line["names ignored"]
        for asked, line in table("naive").items()
        if asked[0] == "500, 500, 5" and asked[1] == "0.3"
    ]
    fewer = [
        line["names ignored"] for asked, line in table("naive").items() if asked[0] == "50, 50, 5" and asked[1] == "0.3"
    ]
    assert max(worst) < min(fewer) < 75
    alarms = max(line["score, names ignored"] for line in table("alarms").values())
    assert "in up to eight of ten studies" in PAGE
    assert alarms == pytest.approx(80, abs=5)


def test_what_the_page_says_of_the_scorer(benchmark):
    assert "about 25 of 100 pairs flip" in PAGE
    for names in benchmark.NAMES:
        for effect in benchmark.EFFECTS:
            scorer = benchmark.Scorer(effect, names)
            assert all(share == pytest.approx(1 / 3, abs=0.07) for share in scorer.selected)
            assert scorer.flips == pytest.approx(0.24, abs=0.025)


def test_whole_studies_hold_the_truth_as_often_as_their_parts():
    shares = [share for line in table("whole").values() for share in line.values()]
    assert len(shares) == 24
    assert 94 < sum(shares) / len(shares) < 98.5
    assert min(shares) > 90  # .5 % of 200 studies at 95 % are 181, and there are 24 shares
