"""The table of metrics says what is so: names, what a row reads, its parity, and its interval."""

from __future__ import annotations

import numpy as np
import pytest

from fairwitness.metrics.intervals import PAIR_INTERVALS, RATE_INTERVALS
from fairwitness.metrics.rates import RATES, parts
from fairwitness.metrics.table import METRICS, metric

# The field names of audit.json.
PUBLISHED = {
    "selection_rate", "scoring_rate", "impact_ratio", "rate_difference",
    "true_positive_rate", "false_positive_rate", "false_negative_rate", "true_negative_rate",
    "positive_predictive_value", "negative_predictive_value", "accuracy",
    "demographic_parity_difference", "demographic_parity_ratio", "equal_opportunity_difference",
    "equalized_odds_difference", "equalized_odds_ratio", "average_odds_difference",
}  # fmt: skip
# Three groups with the same rates everywhere: 4/6 of the positives and 1/4 of the negatives are selected.
EQUAL = {
    name: np.array([1, 2, 5]) * n
    for name, n in {
        "selected": 5, "not_selected": 5,
        "true_positive": 4, "false_negative": 2, "false_positive": 1, "true_negative": 3,
    }.items()
}  # fmt: skip


class Recording(dict):
    """Counts that remember which of them were read."""

    def __init__(self, counts):
        super().__init__(counts)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def compute(row, counts):
    if row.scope == "pair":
        x, n = parts(counts, RATES["selection_rate"])
        return row.compute(x[0], n[0], x[1], n[1])
    return row.compute(counts, reference=0) if row.against_reference else row.compute(counts)


def test_names_are_unique_and_the_published_ones_are_there():
    names = [row.name for row in METRICS]
    assert len(set(names)) == len(names)
    assert set(names) >= PUBLISHED
    assert set(RATES) <= set(names)
    assert all(metric(name).name == name for name in names)
    assert metric("nothing_of_the_kind") is None


@pytest.mark.parametrize("row", METRICS, ids=lambda row: row.name)
def test_a_row_reads_what_it_says(row):
    counts = Recording(EQUAL)
    compute(row, counts)
    assert counts.read == set(row.reads)


@pytest.mark.parametrize("row", METRICS, ids=lambda row: row.name)
def test_groups_with_the_same_rates_are_at_parity(row):
    value = compute(row, EQUAL)
    if row.scope == "group":
        assert row.parity is None
        assert value == pytest.approx(np.full(3, value[0]), abs=1e-15)
        assert row.rates == (row.name,)
    else:
        assert value == pytest.approx(row.parity, abs=1e-15)


@pytest.mark.parametrize("row", METRICS, ids=lambda row: row.name)
def test_rates_and_interval_are_known(row):
    assert set(row.rates) <= set(RATES)
    known = {"group": set(RATE_INTERVALS), "pair": {*PAIR_INTERVALS, None}, "table": {"bootstrap_percentile"}}
    assert row.interval in known[row.scope]
    assert row.sentence.endswith(".")
    assert row.formula
    assert row.reference


def test_rates_of_one_group_by_hand():
    """6 positives, 4 selected; 4 negatives, 1 selected; so 5 of 10 selected, 4 of them rightly, and 3 of 5 the rest."""
    expected = {
        "selection_rate": 5 / 10,
        "scoring_rate": 5 / 10,
        "true_positive_rate": 4 / 6,
        "false_positive_rate": 1 / 4,
        "true_negative_rate": 3 / 4,
        "false_negative_rate": 2 / 6,
        "positive_predictive_value": 4 / 5,
        "negative_predictive_value": 3 / 5,
        "accuracy": 7 / 10,
    }
    assert {row.name: row.compute(EQUAL)[0] for row in METRICS if row.scope == "group"} == expected


def test_disparities_of_three_groups_by_hand():
    """True positive rates 1/2, 3/4 and none (no positives); false positive rates 1/4, 1/4 and 1/2."""
    counts = {
        "true_positive": np.array([2, 3, 0]),
        "false_negative": np.array([2, 1, 0]),
        "false_positive": np.array([1, 1, 2]),
        "true_negative": np.array([3, 3, 2]),
    }
    counts["selected"] = counts["true_positive"] + counts["false_positive"]  # 3/8, 4/8, 2/4
    counts["not_selected"] = counts["false_negative"] + counts["true_negative"]
    expected = {
        "demographic_parity_difference": 1 / 2 - 3 / 8,
        "demographic_parity_ratio": (3 / 8) / (1 / 2),
        "equal_opportunity_difference": 3 / 4 - 1 / 2,
        "equal_opportunity_ratio": (1 / 2) / (3 / 4),
        "equalized_odds_difference": 1 / 4,  # of 1/4 and 1/2 - 1/4
        "equalized_odds_ratio": 1 / 2,  # of 2/3 and (1/4) / (1/2)
        "average_odds_difference": (3 / 4 + 1 / 4) / 2 - (1 / 2 + 1 / 4) / 2,
        "predictive_parity_difference": 3 / 4 - 0,  # 2/3, 3/4 and 0/2
        "predictive_parity_ratio": 0.0,
    }
    found = {row.name: compute(row, counts) for row in METRICS if row.scope == "table"}
    assert found == pytest.approx(expected, abs=1e-15)


def test_average_odds_can_cancel():
    """Rates 1/2 and 1/4 against 1/4 and 1/2: the mean difference is 0, the worst is 1/4."""
    counts = {
        "true_positive": np.array([2, 1]),
        "false_negative": np.array([2, 3]),
        "false_positive": np.array([1, 2]),
        "true_negative": np.array([3, 2]),
    }
    assert metric("average_odds_difference").compute(counts, reference=0) == 0
    assert metric("equalized_odds_difference").compute(counts) == 0.25


@pytest.mark.parametrize(
    ("tp", "fn", "fp", "tn", "expected"),
    [
        ([2, 1], [2, 3], [0, 0], [4, 4], 0.5),  # no false positives anywhere: the true positive rates alone, 1/4 : 1/2
        ([0, 0], [4, 4], [2, 1], [2, 3], 0.5),  # and the other way round
        ([0, 0], [4, 4], [0, 0], [4, 4], np.nan),  # nobody selected
        ([2, 0], [2, 0], [2, 1], [2, 3], np.nan),  # one group only has positives
    ],
)
def test_equalized_odds_ratio_where_a_rate_is_zero_or_undefined(tp, fn, fp, tn, expected):
    counts = dict(
        zip(
            ("true_positive", "false_negative", "false_positive", "true_negative"),
            map(np.array, (tp, fn, fp, tn)),
            strict=True,
        )
    )
    assert metric("equalized_odds_ratio").compute(counts) == pytest.approx(expected, nan_ok=True)
