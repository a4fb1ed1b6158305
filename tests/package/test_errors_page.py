"""docs/errors_of_tests.md: a slice of its tables summed anew with scipy alone, and the reasons that it gives."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact, hypergeom, norm

PAGE = (Path(__file__).parents[2] / "docs" / "errors_of_tests.md").read_text(encoding="utf-8")
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)


def z_p(xf, nf, xr, nr):
    pooled = (xf + xr) / (nf + nr)
    if pooled in (0, 1):
        return 1.0
    z = (xf / nf - xr / nr) / np.sqrt(pooled * (1 - pooled) * (1 / nf + 1 / nr))
    return 2 * norm.sf(abs(z))


def mid_p(xf, nf, xr, nr):
    null = hypergeom(nf + nr, xf + xr, nf)
    half = null.pmf(xf) / 2
    return min(1.0, 2 * min(null.cdf(xf - 1) + half, null.sf(xf) + half))


def fisher(xf, nf, xr, nr):
    return fisher_exact([[xf, nf - xf], [xr, nr - xr]]).pvalue


def default(xf, nf, xr, nr):
    selected, total = xf + xr, nf + nr
    smallest = min(nf, nr) * min(selected, total - selected) / total
    return z_p(xf, nf, xr, nr) if smallest >= 5 and total >= 30 else mid_p(xf, nf, xr, nr)


TESTS = {"default": default, "pooled z": z_p, "mid-P": mid_p, "Fisher": fisher}


def row(part, head, label):
    """Return the cells of a row of one of a part's tables, by the beginning of the table's head."""
    text = PAGE.partition(f"<!-- {part} -->")[2].partition(f"<!-- end of {part} -->")[0]
    (table,) = (t for t in text.strip().split("\n\n") if t.startswith(f"| {head}"))
    (line,) = (line for line in table.splitlines() if line.startswith(f"| {label} |"))
    return [cell.strip() for cell in line.strip("| ").split("|")][1:]


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize(("nf", "nr"), [(10, 10), (20, 20)])
@pytest.mark.parametrize(("alpha", "said"), [(0.05, "0.05"), (0.05 / 13, "0.05/13")])
def test_the_size_of_a_test_in_all_and_in_the_first_groups_disfavour(name, nf, nr, alpha, said):
    xf, xr = np.arange(nf + 1), np.arange(nr + 1)
    p = np.array([[TESTS[name](x, nf, y, nr) for y in xr] for x in xf])
    shown = p <= alpha * (1 + 1e-9)
    lower = xf[:, None] * nr < xr * nf
    *cells, largest = row("sizes", f"at {said},", f"{nf} and {nr}: {name}")
    sizes = []
    for rate, cell in zip(RATES, cells, strict=True):
        chance = np.outer(binom.pmf(xf, nf, rate), binom.pmf(xr, nr, rate))
        both, one = (float(part) for part in re.fullmatch(r"(\S+) \((\S+)\)", cell).groups())
        assert both == pytest.approx(100 * chance[shown].sum(), abs=0.0051)
        assert one == pytest.approx(100 * chance[shown & lower].sum(), abs=0.0051)
        sizes.append(both)
    assert float(largest) == max(sizes)


def test_wilsons_interval_holds_the_truth_as_often_as_the_page_says():
    n, z = 20, norm.ppf(0.975)
    x = np.arange(n + 1)
    middle = (x + z**2 / 2) / (n + z**2)
    reach = z / (n + z**2) * np.sqrt(x * (n - x) / n + z**2 / 4)
    *cells, least = row("coverage", "Wilson", "20 and 20, ratio 1")
    held = [binom.pmf(x, n, rate)[(middle - reach <= rate) & (rate <= middle + reach)].sum() for rate in RATES]
    assert [float(cell) for cell in cells] == pytest.approx([100 * each for each in held], abs=0.051)
    assert float(least) == min(float(cell) for cell in cells)


def test_the_choice_of_the_default_is_the_tables():
    """The pooled z alone errs more than the default where a group of ten stands beside one of 200."""
    largest = {name: float(row("sizes", "at 0.05,", f"10 and 200: {name}")[-1]) for name in TESTS}
    assert largest["default"] < 5 < largest["pooled z"]
    assert f"errs in up to {largest['pooled z']:.1f} %" in PAGE
    summed = ("10 and 10", "20 and 20", "50 and 50", "100 and 100", "200 and 200", "10 and 200")
    errs = {
        name: np.mean([float(row("sizes", "at 0.05,", f"{sizes}: {name}")[-1]) for sizes in summed]) for name in TESTS
    }
    assert errs["Fisher"] < errs["mid-P"] < errs["pooled z"]
    found = {
        name: np.mean([float(c) for sizes in summed for c in row("power", "ratio 0.5", f"{sizes}: {name}")])
        for name in TESTS
    }
    assert found["Fisher"] < found["mid-P"] < found["default"] + 0.5
