"""The page on family error says in words what no table there shows: those figures are summed here, exactly."""

from __future__ import annotations

import runpy
from pathlib import Path
from statistics import fmean

ROOT = Path(__file__).parents[2]
PAGE = " ".join((ROOT / "docs/family_error.md").read_text(encoding="utf-8").split())


def test_the_size_of_one_test_at_equal_sizes_and_a_rate_of_one_half():
    chances = runpy.run_path(str(ROOT / "benchmarks/one_pair.py"))["chances"]
    error = {n: sum(chances(n, n, 0.5, 0.05)[0]) for n in range(50, 200)}
    worst = max(error, key=error.get)
    said = f"the error is {100 * fmean(error.values()):.1f} % on average and {100 * error[worst]:.1f} % at worst ({worst} each)"
    assert said in PAGE
