"""The page on looking every month: what its table says of false alarms, and that it says it of these tests."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/drift.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def benchmark():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        return runpy.run_path(str(ROOT / "benchmarks/drift_false_alarms.py"))
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


def test_every_cell_keeps_the_promise_and_the_p_value_does_not():
    error = float(re.search(r"two Monte-Carlo standard errors at 5 % are ([\d.]+) points", PAGE)[1])
    part = PAGE.split("<!-- false alarms -->")[1].split("<!-- end of false alarms -->")[0]
    rows = [
        [float(cell) for cell in re.findall(r"([\d.]+) % \|", line)]
        for line in part.splitlines()
        if "a month |" in line
    ]
    assert len(rows) == 12
    for naive, *e_values in rows:
        assert len(e_values) == 3
        assert max(e_values) <= 5 + error
        assert naive > 20


def test_the_p_value_is_that_of_all_decisions_so_far(benchmark):
    """statsmodels' Mantel–Haenszel test without correction, month by month."""
    generator = np.random.default_rng(4)
    nf, nr = np.full((8, 3), 20), np.full((8, 3), 25)
    xf, xr = generator.binomial(nf, 0.2), generator.binomial(nr, 0.4)
    p = []
    for t in range(1, 9):
        flat = [column[:t].ravel() for column in (xf, nf, xr, nr)]
        tables = [np.array([[a, n - a], [c, m - c]]) for a, n, c, m in zip(*flat, strict=True)]
        p.append(StratifiedTable(tables).test_null_odds(correction=False).pvalue)
    assert benchmark["naive"](xf, nf, xr, nr) == int(np.argmax(np.array(p) <= 0.05))


def test_a_run_finds_a_large_difference_and_tells_when_it_began(benchmark):
    odds = np.concatenate([np.ones(12), np.full(12, 0.1)])
    found = benchmark["one_run"]((200, 200), 0.3, 4, odds, np.random.default_rng(1))
    assert 12 <= found.equality < 15
    assert 12 <= found.drift < 18
