"""docs/clusters_and_weights.md: what it says of its tables stands in them, and a slice of them is drawn anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "clusters_and_weights.md").read_text(encoding="utf-8")


def rows(part):
    text = PAGE.partition(f"<!-- {part} -->")[2].partition(f"<!-- end of {part} -->")[0]
    lines = [line.strip("| ").split(" | ") for line in text.strip().splitlines()]
    return {line[0]: line[1:] for line in lines[2:]}


def numbers(part, place):
    return [float(cell.split(" / ")[place]) for line in rows(part).values() for cell in line]


def test_the_extremes_are_those_of_the_tables():
    said = " ".join(PAGE.split())
    assert f"shows a difference in up to {max(numbers('others', 1))} % of tables" in said
    assert f"the regression in up to {max(numbers('others', 0))} %" in said
    assert f"The default's largest share is {max(numbers('sizes', 0))} %" in said
    worst = (
        f"At worst {min(numbers('coverage', 0))} % of intervals of a rate and {min(numbers('coverage', 1))} % of those"
    )
    assert worst in said


def test_the_default_is_the_one_that_errs_least():
    assert max(numbers("sizes", 0)) < 10 < min(max(numbers("others", 0)), max(numbers("others", 1)))
    assert max(float(line[0]) for line in rows("weights").values()) < 5


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import clustered_tests

    yield clustered_tests
    for name in ("clustered_tests", "page"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(("design", "clusters"), [(0, 10), (3, 20)])
def test_a_slice_of_the_clusters_comes_out_again(bench, design, clusters):
    found = bench.measured(bench.DESIGNS[design], clusters, 0.05, 0.1)
    line = f"{bench.DESIGNS[design].name}, {clusters}"
    column = 1  # 5 %, 0.1
    for part, names in (("sizes", ("default", "against")), ("coverage", ("rate", "ratio"))):
        assert rows(part)[line][column] == " / ".join(bench.percent(found[name]) for name in names)


def test_a_slice_of_the_weights_comes_out_again(bench):
    found = bench.weighted(50, 0.05, 0.5)
    assert rows("weights")["50 in each group, rate 5 %, spread 0.5"] == [bench.percent(v) for v in found.values()]


def test_no_figure_of_the_tables_is_missing():
    assert not re.search(r"\| *\|", "".join(PAGE.split("<!-- sizes -->")[1:]))
