"""Bands, cuts, ratios, precisions, the frontier and the choice, on people few enough to count."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwitness.audit.alternatives.banding import banded, bands, fill
from fairwitness.audit.alternatives.baseline import pair_of
from fairwitness.audit.alternatives.candidates import Candidate, Outcome, Pair, Setting, observe, selected_with
from fairwitness.audit.alternatives.choice import choose
from fairwitness.audit.alternatives.features import constant
from fairwitness.audit.alternatives.frontier import on_frontier
from fairwitness.audit.alternatives.impact import ratio
from fairwitness.audit.alternatives.people import People, copies
from fairwitness.audit.alternatives.result import Figures
from fairwitness.audit.alternatives.splits import places
from fairwitness.audit.alternatives.validity import estimate, validity_of

Z = 1.959963984540054
PAIR = Pair(focal=0, reference=1, below=True)


def outcome(chance, group, label=None, score=None):
    chance = np.array(chance, float)
    label = np.zeros(len(chance)) if label is None else label
    return Outcome(np.array(label, bool), np.array(group), chance if score is None else np.array(score, float), chance)


def precision(level=0.95):
    return validity_of("precision_at_selection_rate", margin=0.02, level=level, draws=100, seed=0)


# -- bands ---------------------------------------------------------------------------------------------------------


def test_the_lot_of_the_last_band_selects_exactly_the_share():
    """10 people, share .5. Bands of 1 below 10: (9, 10], (8, 9], (7, 8]: 3, 3 and 4 people; 2 places for the second 3."""
    score = np.array([10, 9.8, 9.1, 9, 8.5, 8.1, 8, 7.9, 7.5, 7.2])
    band = bands(score, top=10.0, step=1.0)
    assert band.tolist() == [0, 0, 0, -1, -1, -1, -2, -2, -2, -2]
    cut, chance = fill(band, share=0.5)
    assert (cut, chance) == (-1.0, pytest.approx(2 / 3))
    assert selected_with(band, cut, chance).sum() == pytest.approx(5)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_however_scores_tie_exactly_the_share_is_selected(scores, share):
    score = np.array(scores, float)
    cut, chance = fill(score, share)
    assert selected_with(score, cut, chance).sum() == pytest.approx(share * len(score))
    assert 0 <= chance <= 1 + 1e-9


def of_people(score, tie_break=None, width=1.0, share=0.5):
    """Band people with a given score; the column is named ``score``."""
    rows = pd.DataFrame({"score": np.array(score, float)} | ({"years": tie_break} if tie_break is not None else {}))
    people = People(rows, np.zeros(len(rows), bool), np.zeros(len(rows), np.int64))
    base = Candidate("baseline", "baseline", "", ("score",), lambda r: r["score"].to_numpy(), 0.0)
    setting = Setting(None, ("score",), people, people, PAIR, share, base, 0)
    step = width / float(np.std(score, ddof=1))  # so that a band is as wide as said
    (made,) = banded(setting, (step,), "years" if tie_break is not None else None)
    return made, people


def test_expected_selection_is_what_drawing_lots_gives_on_average():
    made, people = of_people([10, 9.8, 9.1, 9, 8.5, 8.1, 8, 7.9, 7.5, 7.2])
    assert observe(made, people).chance == pytest.approx([1, 1, 1, 2 / 3, 2 / 3, 2 / 3, 0, 0, 0, 0])
    rng, chosen = np.random.default_rng(1), np.zeros(10)
    for _ in range(4000):  # five places: the band of three first, then two of the next three by lot
        chosen[[0, 1, 2, *rng.permutation([3, 4, 5])[:2]]] += 1
    assert observe(made, people).chance == pytest.approx(chosen / 4000, abs=0.03)


def test_a_stated_column_breaks_ties_before_the_lot_and_not_across_bands():
    """In the second band 4 and 4 years come before 1; the first band is above whatever its years are."""
    years = [0, 0, 0, 4, 4, 1, 9, 9, 9, 9]
    made, people = of_people([10, 9.8, 9.1, 9, 8.5, 8.1, 8, 7.9, 7.5, 7.2], tie_break=years)
    assert observe(made, people).chance.tolist() == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert made.columns == ("score", "years")
    assert "'years'" in made.what


def test_a_band_of_no_width_to_speak_of_ranks_as_the_scores_do():
    made, people = of_people([5, 4, 3, 2], width=1e-6)
    assert observe(made, people).chance.tolist() == [1, 1, 0, 0]


# -- impact ratio ----------------------------------------------------------------------------------------------------


def test_the_ratio_of_decisions_has_koopman_s_interval():
    """36 of 40 against 16 of 80, printed in Koopman (1984) as 2.94 to 7.15; the ratio is .9 / .2."""
    seen = outcome([1] * 36 + [0] * 4 + [1] * 16 + [0] * 64, [0] * 40 + [1] * 80)
    found = ratio(seen, PAIR, 0.95)
    assert (found.value, found.method, found.n) == (4.5, "koopman", 120)
    assert (round(found.low, 2), round(found.high, 2)) == (2.94, 7.15)


def test_the_ratio_under_a_lot_is_one_of_expected_rates():
    """Chances 1 ½ ½ 0 0 and 1 1 ½ ½ 0: rates .4 and .6. Both have the variance .7/4, over 5 people and squared rates."""
    seen = outcome([1, 0.5, 0.5, 0, 0, 1, 1, 0.5, 0.5, 0], [0] * 5 + [1] * 5)
    found = ratio(seen, PAIR, 0.95)
    error = math.sqrt(0.175 / 5 / 0.16 + 0.175 / 5 / 0.36)
    assert found.value == pytest.approx(2 / 3)
    assert (found.low, found.high) == pytest.approx((2 / 3 * math.exp(-Z * error), 2 / 3 * math.exp(Z * error)))
    assert found.method == "delta_log"


@pytest.mark.parametrize(
    ("chance", "group", "status"),
    [([1, 0, 0, 0], [0, 0, 1, 1], "undefined_no_selections"), ([1, 0], [1, 1], "undefined_empty_group")],
)
def test_a_ratio_that_cannot_be_told_has_a_reason_and_no_value(chance, group, status):
    found = ratio(outcome(chance, group), PAIR, 0.95)
    assert (found.value, found.status) == (None, status)


def test_nobody_selected_in_the_group_is_a_ratio_of_zero():
    assert ratio(outcome([0, 0, 1, 0], [0, 0, 1, 1]), PAIR, 0.95).value == 0
    by_lot = ratio(outcome([0, 0, 0.5, 0], [0, 0, 1, 1]), PAIR, 0.95)
    assert (by_lot.value, by_lot.low, by_lot.high) == (0, None, None)


# -- precision and utility -------------------------------------------------------------------------------------------


def test_precision_is_the_share_of_positives_among_those_selected():
    """3 of 4 selected are positive; Wilson's interval of 3/4 is .3006 to .9544."""
    found = estimate(precision(), outcome([1, 1, 1, 1, 0, 0], [0] * 6, label=[1, 1, 1, 0, 1, 0]))
    assert (found.value, found.n, found.method) == (0.75, 4, "wilson")
    assert (round(found.low, 4), round(found.high, 4)) == (0.3006, 0.9544)


def test_precision_under_a_lot_is_the_expected_share():
    """Expected: 1 + ½ positives of 1 + ½ + ½ selected."""
    assert estimate(precision(), outcome([1, 0.5, 0.5, 0], [0] * 4, label=[1, 1, 0, 0])).value == 0.75


def test_nobody_selected_has_no_precision():
    assert estimate(precision(), outcome([0, 0], [0, 0])).status == "undefined_no_selections"


def test_a_utility_is_called_with_outcome_selection_and_score():
    seen = outcome([1, 1, 0, 0] * 25, [0] * 100, label=[1, 0, 1, 0] * 25, score=[4, 3, 2, 1] * 25)

    def gain(y, selected, score):
        assert set(np.unique(y)) <= {0, 1}
        assert len(y) == len(selected) == len(score)
        return float((selected * (3 * y - 1)).sum())  # a good one brings 2, a bad one costs 1

    wanted = validity_of(gain, margin=5, level=0.95, draws=400, seed=0)
    found = estimate(wanted, seen)
    assert (found.value, found.method) == (25.0, "bootstrap_percentile")  # 25 · 2 − 25
    # One person's part is 2, −1, 0 or 0: mean ¼, variance 5/4 − 1/16; over 100 people that is ±1.96 · 10.9.
    assert (found.low, found.high) == pytest.approx((25 - 21.4, 25 + 21.4), abs=3.5)


# -- frontier and choice ---------------------------------------------------------------------------------------------


def test_the_frontier_is_what_nothing_dominates():
    points = [(0.80, 0.60), (0.78, 0.90), (0.79, 0.90), (0.80, 0.59), (0.70, 0.95), (0.70, 0.95), (None, 1.0)]
    assert on_frontier(points) == [True, False, True, False, True, True, False]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_whatever_is_not_on_the_frontier_is_dominated_by_something_that_is(points):
    kept = on_frontier(points)
    front = [p for p, on in zip(points, kept, strict=True) if on]
    assert bool(points) == bool(front)
    for point, on in zip(points, kept, strict=True):
        beaten = any(f != point and f[0] >= point[0] and f[1] >= point[1] for f in front)
        assert on is not beaten


def figures(wanted, seen):
    return [Figures(estimate(wanted, s), ratio(s, PAIR, 0.95), float(s.chance.mean())) for s in seen]


def test_the_choice_is_the_nearest_to_parity_of_those_as_valid():
    """Each selects 40 of 80. Positives are the first 25 of either group of 40."""
    label, group = ([1] * 25 + [0] * 15) * 2, [0] * 40 + [1] * 40

    def of(focal, reference, offset=0):
        """Select so many of either group, beginning ``offset`` after the first: with 20 the good ones are missed."""
        rows = [[float(offset <= i < offset + k) for i in range(40)] for k in (focal, reference)]
        return outcome(rows[0] + rows[1], group, label)

    base, nearer, nearest, useless = of(15, 25), of(18, 22), of(20, 20), of(20, 20, offset=20)
    wanted = precision()

    def choice(*seen):
        return choose(wanted, seen, figures(wanted, seen))

    assert choice(base, nearer, nearest) == 2
    assert choice(base, useless, nearer) == 2  # at parity, with a precision of 10/40 instead of 1
    assert choice(nearest, nearer, base) is None
    assert choice(base) is None
    assert choice(base, base) is None


def test_by_the_area_under_the_curve_nobody_is_chosen_for_selecting_more_people():
    score = np.arange(100.0)
    label, group = score + 40 * np.sin(score) > 50, np.array([0, 1] * 50)
    base = Outcome(label, group, score, (score >= 60) * (1.0 - (group == 0) * (score < 80)))
    more = Outcome(label, group, score, (score >= 40) * 1.0)
    area = validity_of("auc", margin=0.02, level=0.95, draws=0, seed=0)
    assert choose(area, [base, more], figures(area, [base, more])) is None


def test_the_pair_is_the_lowest_rate_with_the_highest_of_groups_large_enough():
    selected, group = np.array([1, 1, 0, 1, 0, 0, 0], bool), np.array([0, 0, 0, 1, 1, 1, 2])
    rates = ["2/3", "1/3", "0/1"]
    assert pair_of(selected, group, rates, named=(None, None), min_n=1) == Pair(2, 0, below=True)
    assert pair_of(selected, group, rates, named=(None, None), min_n=2) == Pair(1, 0, below=True)
    assert pair_of(selected, group, rates, named=("0/1", None), min_n=2) == Pair(2, 0, below=True)
    assert pair_of(selected, group, rates, named=("2/3", "1/3"), min_n=2) == Pair(0, 1, below=False)


# -- parts and columns -------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), min_size=1, max_size=200), st.integers(0, 5))
def test_every_stratum_is_divided_by_the_shares_to_within_a_person(stratum, seed):
    stratum = np.array(stratum)
    place = places(stratum, (0.5, 0.25, 0.25), seed)
    for level in np.unique(stratum):
        n = (stratum == level).sum()
        counts = np.bincount(place[stratum == level], minlength=3)
        assert np.abs(counts - n * np.array([0.5, 0.25, 0.25])).max() <= 1


def test_a_column_that_tells_everybody_s_group_is_a_copy_and_an_identifier_is_none():
    group = np.array([0, 0, 1, 1] * 5)
    rows = pd.DataFrame(
        {
            "code": np.where(group == 0, "x", "y"),
            "name": [["Ann", "Eve", "Bob", "Tom"][i % 4] for i in range(20)],
            "id": range(20),
            "points": [1, 2, 1, 2] * 5,
            "same": 1,
        }
    )
    told = copies(People(rows, group == 0, group), "sex")
    assert [text.split("'")[1] for text in told] == ["code", "name"]
    assert "'sex'" in told[0]


@pytest.mark.parametrize(
    ("values", "one"),
    [
        ([3, 1, 2], 2),
        ([1.0, None, 9.0], 1.0),
        (["b", "a", "b"], "b"),
        ([True, True, False], True),
        ([None, None], None),
    ],
)
def test_one_value_stands_for_a_column_in_its_own_type(values, one):
    column = pd.Series(values)
    made = constant(column)
    assert len(made) == 1
    assert made.dtype == column.dtype
    assert made.iloc[0] == one or pd.isna(one)
