"""Laws of the tally: no engine, order or split changes what was counted."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fairwitness as fw
from fairwitness.audit.counting.score import median, scoring_counts
from fairwitness.audit.counting.score_scale import exact_median, middle
from fairwitness.audit.tally import Tally
from fairwitness.audit.tally_file import read

LABELS = st.sampled_from([None, "", "F", "M", "NA", "None", "f"])
WEIGHTS = st.integers(0, 10**12).map(lambda millionths: millionths / 10**6)
SCORES = st.none() | st.integers(-5, 5).map(float) | st.floats(-1e6, 1e6)
EDGES = (-100.0, 0.0, 0.5, 3.0)


@st.composite
def rows(draw, min_size=1, max_size=30):
    row = st.tuples(
        LABELS, LABELS, st.sampled_from(["y", "n", "w"]), st.sampled_from([None, True, False]), WEIGHTS, SCORES
    )
    return draw(st.lists(row, min_size=min_size, max_size=max_size))


SCHEMA = pa.schema(
    [
        ("sex", pa.string()),
        ("race", pa.string()),
        ("hired", pa.string()),
        ("good", pa.bool_()),
        ("w", pa.float64()),
        ("points", pa.float64()),
    ]
)
MEANING = {"favorable": "y", "unfavorable": "n", "set_aside": {"w": "withdrawn"}}
WEIGHTED = {"protected": ["sex", "race"], "decision": "hired", "label": "good", "weight": "w"} | MEANING
SCORED = {"protected": ["sex", "race"], "decision": "hired", "score": "points"} | MEANING
SCORED_IN_BINS = SCORED | {"score_edges": EDGES}
SCORE_ALONE = {"protected": ["sex", "race"], "score": "points"}
QUESTIONS = pytest.mark.parametrize("roles", [WEIGHTED, SCORED, SCORED_IN_BINS], ids=["weighted", "scored", "in bins"])


def table(people):
    return pa.table(dict(zip(SCHEMA.names, map(list, zip(*people, strict=True)), strict=True)), schema=SCHEMA)


def count(people, roles, **more):
    return fw.tally(fw.load(table(people), **roles, **more))


def has_scores(people):
    return any(points is not None for *_, points in people)


@QUESTIONS
@settings(max_examples=25, deadline=None)
@given(people=rows())
def test_every_engine_counts_the_same(need, roles, people):
    need("polars")
    if "score" in roles and not has_scores(people):
        people = [*people, ("F", "F", "y", None, 1.0, 2.0)]
    here = count(people, roles)
    for engine in ("pandas", "polars", "duckdb"):
        assert count(people, roles, engine=engine).digest == here.digest
    with duckdb.connect() as connection:
        assert fw.tally(fw.load(connection.from_arrow(table(people)), **roles)).digest == here.digest


@QUESTIONS
@settings(max_examples=25, deadline=None)
@given(people=rows(min_size=3), data=st.data())
def test_shuffling_splitting_and_merging_change_nothing(roles, people, data):
    if "score" in roles:
        people = [*people, ("F", "F", "y", None, 1.0, 2.0)]
    whole = count(people, roles)
    shuffled = data.draw(st.permutations(people))
    assert count(shuffled, roles).digest == whole.digest
    cut = data.draw(st.integers(1, len(people) - 1))
    shards = [shard for shard in (shuffled[:cut], shuffled[cut:]) if "score" not in roles or has_scores(shard)]
    if sum(map(len, shards)) == len(people):
        merged = fw.merge(*(count(shard, roles) for shard in shards))
        assert merged.digest == whole.digest
        assert merged.rows == len(people)


@settings(max_examples=50, deadline=None)
@given(people=rows())
def test_rows_in_are_rows_counted_and_rows_set_aside(people):
    tally = count(people, WEIGHTED)
    assert tally.decisions == tally.rows == len(people)
    aside = sum(c.n for key, c in tally.cells.items() if str(key[2]).startswith("set_aside:"))
    assert aside == sum(outcome == "w" for _, _, outcome, *_ in people)


@settings(max_examples=50, deadline=None)
@given(people=rows())
def test_weights_and_their_squares_are_exact(people):
    tally = count(people, WEIGHTED)
    weights = [Fraction(round(w * 10**6), 10**6) for *_, w, _ in people]
    assert sum(Fraction(c.weight, 10**6) for c in tally.cells.values()) == sum(weights)
    assert sum(Fraction(c.weight_squared, 10**12) for c in tally.cells.values()) == sum(w * w for w in weights)


@settings(max_examples=25, deadline=None)
@given(people=rows())
def test_a_saved_tally_is_the_tally(people, tmp_path_factory):
    tally = count(people, WEIGHTED)
    path = tmp_path_factory.mktemp("saved") / "tally.json"
    tally.save(path)
    back = read(path)
    assert back == tally
    assert (back.digest, back.sources, back.warnings) == (tally.digest, tally.sources, tally.warnings)
    assert isinstance(back, Tally)


@settings(max_examples=50, deadline=None)
@given(people=rows().filter(has_scores))
def test_the_scoring_counts_are_those_of_the_exact_median(people):
    for order in ("high", "low"):
        tally = count(people, SCORE_ALONE, score_order=order)
        scores = sorted(Fraction(points) for *_, points in people if points is not None)
        exact = (scores[(len(scores) - 1) // 2] + scores[len(scores) // 2]) / 2
        good = [points > exact if order == "high" else points < exact for points in scores]
        selected = sum(c.n for key, c in scoring_counts(tally).cells.items() if key[-1] == "selected")
        assert selected == sum(good)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=60), st.integers(1, 20))
def test_the_median_found_by_narrowing_is_the_median(points, few):
    from fairwitness.audit.counting import score_scale
    from fairwitness.audit.loaders.engine import lazy

    decisions = fw.load(pa.table({"sex": ["F"] * len(points), "points": points}), protected="sex", score="points")
    frame = lazy(pa.table({"s": points}))
    before = score_scale.FEW
    score_scale.FEW = few  # so that bins are narrowed even for a handful of rows
    try:
        found = exact_median(frame, decisions.roles)
    finally:
        score_scale.FEW = before
    ordered = sorted(points)
    assert found == middle(ordered[(len(points) - 1) // 2], ordered[len(points) // 2], "high")


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_the_middle_lies_between_and_is_the_mean_as_near_as_may_be(a, b):
    low, high = sorted((a, b))
    for order in ("high", "low"):
        between = middle(low, high, order)
        assert low <= between <= high
        mean = (Fraction(low) + Fraction(high)) / 2
        assert abs(Fraction(between) - mean) <= math.ulp(between)
        assert (low < between if order == "low" else between < high) or low == high


def test_the_median_of_an_exact_axis_is_that_of_the_standard_library():
    points = [3.5, -1.0, 8.25, 8.25, 0.0, 2.0]
    tally = fw.tally(fw.load(pa.table({"sex": ["F"] * 6, "points": points}), protected="sex", score="points"))
    assert median(tally) == statistics.median(points) == 2.75
