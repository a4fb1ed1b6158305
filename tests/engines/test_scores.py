"""Scores: exact values, bins, the exact median, and who lies beyond it."""

from __future__ import annotations

import math
import random
import statistics

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

import fairwitness as fw
from fairwitness.audit.counting.score import median, scoring_counts
from fairwitness.audit.tally import Axis, Tally


def score_tally(source, **roles):
    return fw.tally(fw.load(source, protected="sex", score="points", **roles))


def beyond(tally):
    return {key: count.n for key, count in scoring_counts(tally).cells.items()}


def test_few_scores_are_kept_as_they_are(constructor):
    data = {"sex": ["F", "M", "F", "M", None], "points": [3, 1, 3, None, 2]}
    tally = score_tally(constructor(data))
    assert {k: c.n for k, c in tally.cells.items()} == {
        ("F", "scored", 3.0): 2,
        ("M", "scored", 1.0): 1,
        ("M", "set_aside:no score", None): 1,
        (None, "scored", 2.0): 1,
    }
    assert tally.axes[1:] == (Axis("decision", "decision"), Axis("points", "score"))
    assert median(tally) == 2.5  # of 1, 2, 3, 3: the person of unknown sex belongs to the sample


def test_strictly_above_the_median(constructor):
    # sorted 1 2 2 2 5: the median 2 is not above itself
    data = {"sex": ["F", "F", "M", "M", "M"], "points": [1.0, 2.0, 2.0, 2.0, 5.0]}
    assert beyond(score_tally(constructor(data))) == {
        ("F", "not_selected"): 2,
        ("M", "not_selected"): 2,
        ("M", "selected"): 1,
    }


def test_strictly_below_where_low_scores_are_good(constructor):
    data = {"sex": ["F", "F", "M", "M", "M"], "points": [1.0, 2.0, 2.0, 2.0, 5.0]}
    assert beyond(score_tally(constructor(data), score_order="low")) == {
        ("F", "selected"): 1,
        ("F", "not_selected"): 1,
        ("M", "not_selected"): 3,
    }


def test_a_decision_and_a_score_are_both_counted_and_set_aside_rows_leave_the_median(constructor):
    # the withdrawn person's 9 leaves the sample 1 2 3: median 2
    data = {"sex": ["F", "F", "M", "M"], "hired": ["y", "n", "y", "w"], "points": [1, 3, 2, 9]}
    tally = score_tally(
        constructor(data), decision="hired", favorable="y", unfavorable="n", set_aside={"w": "withdrawn"}
    )
    assert median(tally) == 2
    assert beyond(tally) == {
        ("F", "not_selected"): 1,
        ("F", "selected"): 1,
        ("M", "not_selected"): 1,
        ("M", "set_aside:withdrawn"): 1,
    }


def many(n, seed):
    """Return n distinct scores in random order, and who has them."""
    rng = random.Random(seed)  # noqa: S311 -- test data, not secrets
    scores = [rng.gauss(0, 1) ** 3 for _ in range(n)]
    return {"sex": [rng.choice(["F", "M", None]) for _ in range(n)], "points": scores}


@pytest.mark.parametrize("n", [1500, 1501])
@pytest.mark.parametrize("order", ["high", "low"])
def test_many_scores_are_binned_around_their_exact_median(constructor, n, order):
    data = many(n, seed=n)
    tally = score_tally(constructor(data), score_order=order)
    axis = tally.axis("score")
    exact = statistics.median(data["points"])
    assert axis.median == median(tally) == exact
    assert exact in axis.edges
    assert math.nextafter(exact, -math.inf) in axis.edges
    assert len(axis.edges) == 101
    expected = {}
    for sex, score in zip(data["sex"], data["points"], strict=True):
        good = score > exact if order == "high" else score < exact
        key = (sex, "selected" if good else "not_selected")
        expected[key] = expected.get(key, 0) + 1
    assert beyond(tally) == expected


def test_bins_hold_what_their_edges_say(constructor):
    data = many(1200, seed=3)
    tally = score_tally(constructor(data))
    edges = tally.axis("score").edges
    expected = {}
    for sex, score in zip(data["sex"], data["points"], strict=True):
        key = (sex, "scored", sum(score > edge for edge in edges))
        expected[key] = expected.get(key, 0) + 1
    assert {k: c.n for k, c in tally.cells.items()} == expected


def test_the_median_counts_each_row_as_often_as_it_stands_for(constructor):
    # 1,200 scores 0…1199 once each, and 1199 another 1,200 times: of 2,400 the middle two are 1199 and 1199
    data = {"sex": ["F"] * 1200, "points": [float(i) for i in range(1200)], "times": [1] * 1199 + [1201]}
    tally = score_tally(constructor(data), count="times")
    assert median(tally) == 1199.0
    assert beyond(tally) == {("F", "not_selected"): 2400}


def test_edges_given_beforehand_are_taken_as_they_are(constructor):
    data = {"sex": ["F", "F", "M", "M"], "points": [0.0, 0.5, 0.5001, 2.0]}
    tally = score_tally(constructor(data), score_edges=[0.5, 1.0])
    assert tally.axis("score") == Axis("points", "score", edges=(0.5, 1.0))
    assert {k: c.n for k, c in tally.cells.items()} == {
        ("F", "scored", 0): 2,
        ("M", "scored", 1): 1,
        ("M", "scored", 2): 1,
    }
    assert median(tally) is None
    # two scores up to the edge 0.5 and two above: the median lies between, and all above the edge are above it
    assert beyond(tally) == {("F", "not_selected"): 2, ("M", "selected"): 2}


def test_what_bins_leave_open_is_a_bound_and_not_a_guess():
    tally = score_tally(pa.table({"sex": ["F", "F", "M"], "points": [0.0, 0.7, 0.8]}), score_edges=[0.5, 1.0])
    with pytest.raises(fw.FairwitnessError, match=r"above 0.5 and up to 1, in a bin that holds 2 scores.*score_edges"):
        scoring_counts(tally)


def test_the_middle_of_two_neighbouring_numbers_still_separates_them():
    low = 1.0
    high = math.nextafter(low, 2)  # their mean is no floating-point number
    cells = {("F", "scored", low): 3, ("M", "scored", high): 3}
    for order, good in (("high", "M"), ("low", "F")):
        axes = [Axis("sex", "protected"), Axis("decision", "decision"), Axis("points", "score", order=order)]
        tally = Tally.of(axes, cells)
        assert {k: c.n for k, c in scoring_counts(tally).cells.items() if k[1] == "selected"} == {(good, "selected"): 3}
        edge = median(tally)
        assert (high > edge) if order == "high" else (low < edge)


def test_everybody_has_the_same_score():
    tally = score_tally(pa.table({"sex": ["F", "M"], "points": [7, 7]}))
    assert beyond(tally) == {("F", "not_selected"): 1, ("M", "not_selected"): 1}


def test_minus_zero_is_zero(constructor):
    tally = score_tally(constructor({"sex": ["F", "F"], "points": [-0.0, 0.0]}))
    assert {k: (c.n, math.copysign(1, k[2])) for k, c in tally.cells.items()} == {("F", "scored", 0.0): (2, 1.0)}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_scores_that_are_no_finite_numbers_are_refused_with_their_number(bad):
    table = pa.table({"sex": ["F", "M", "M"], "points": [1.0, bad, bad]})
    for engine in ("auto", "duckdb"):
        with pytest.raises(fw.FairwitnessError, match=r"'points': [02] scores are NaN and [02] infinite"):
            score_tally(table, engine=engine)


@pytest.mark.parametrize("more", [{}, {"score_edges": [0.5]}])
@pytest.mark.parametrize("others", [[1.0, 1.0], [1.0, 2.0]])
def test_nan_is_found_in_parquet_whose_statistics_do_not_tell_it(tmp_path, others, more):
    # writers leave NaN out of a file's minimum and maximum, and DuckDB takes them to mean that there is none
    path = tmp_path / "scores.parquet"
    parquet.write_table(pa.table({"sex": ["F", "M", "M"], "points": [math.nan, *others]}), path)
    with duckdb.connect() as connection:
        sources = [path, connection.read_parquet(str(path)), parquet.read_table(path)]
        for source in sources:
            with pytest.raises(fw.FairwitnessError, match=r"1 scores are NaN and 0 infinite"):
                score_tally(source, **more)


def test_integers_beyond_exact_floating_point_are_refused():
    with pytest.raises(fw.FairwitnessError, match=r"cannot be told apart exactly\. Rescale"):
        score_tally(pa.table({"sex": ["F", "M"], "points": [2**53 + 1, 1]}))


def test_nobody_has_a_score():
    with pytest.raises(fw.FairwitnessError, match="no row has a score"):
        score_tally(pa.table({"sex": ["F", "M"], "points": pa.array([None, None], pa.float64())}))


def test_a_tally_without_scores_has_no_scoring_rate():
    tally = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")], {("F", "selected"): 1})
    assert median(tally) is None
    with pytest.raises(fw.FairwitnessError, match="no scores"):
        scoring_counts(tally)


def test_the_new_york_rules_scoring_example():
    # 6 RCNY § 5-301(c), example: 92 men, 50 above the median; 76 women, 34: of 168, exactly 84 lie above
    sex = ["Male"] * 92 + ["Female"] * 76
    above = [True] * 50 + [False] * 42 + [True] * 34 + [False] * 42
    points = [float(i) + (1000 if high else 0) for i, high in enumerate(above)]
    counted = scoring_counts(score_tally(pa.table({"sex": sex, "points": points})))
    assert counted.measure == "scoring_rate"
    assert counted.cells[("Male", "selected")].n == 50
    assert counted.cells[("Female", "selected")].n == 34
