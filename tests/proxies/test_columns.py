"""What is read of an input column, and when nothing can be learnt from one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from fairwitness.audit.proxies.column import read_column

MANY = 200


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ([None, None, None], "missing", "no value in any row"),
        ([7, 7, 7, 7], "constant", "the same value"),
        (["a", "a", "a"], "constant", "the same value"),
        ([f"person {i}" for i in range(MANY)], "identifier", "every value is another"),
        ([f"v{i // 2 if i < 40 else i}" for i in range(MANY)], "too_many_levels", "180 values in 200 rows"),
        ([[1], [2], [1]], "unreadable", "neither text, numbers nor dates"),
    ],
)
def test_an_input_that_says_nothing_says_why(values, status, words):
    column = read_column(pd.Series(values))
    assert column.status == status
    assert words in column.because


@pytest.mark.parametrize(
    "values",
    [
        [3, 1, 2, None],
        pd.array([3, 1, 2, None], dtype="Int64"),
        [Decimal(3), Decimal(1), Decimal(2), None],
        pd.to_datetime(["2020-03-01", "2020-01-01", "2020-02-01", None]),
        pd.array([True, False, True, None], dtype="boolean"),
    ],
)
def test_numbers_dates_and_booleans_have_an_order(values):
    column = read_column(pd.Series(values))
    order = column.numbers
    assert order[1] == np.nanmin(order)
    assert order[0] == np.nanmax(order)
    assert np.isnan(order[3])
    assert column.levels[3] == 0  # missing is a level of its own


@pytest.mark.parametrize(
    "values",
    [["b", "a", None, ""], pd.Categorical(["b", "a", None, None]), [date(2020, 1, 2), date(2020, 1, 1), None, None]],
)
def test_text_is_levels_and_empty_is_missing(values):
    column = read_column(pd.Series(values))
    assert column.numbers is None
    assert column.levels.tolist() == [2, 1, 0, 0]


def test_numbers_are_cut_into_tenths():
    column = read_column(pd.Series(np.random.default_rng(0).normal(size=1000)))
    assert np.bincount(column.levels).tolist() == [100] * 10


def test_infinite_and_missing_numbers_have_their_place():
    column = read_column(pd.Series([np.inf, -np.inf, np.nan, *range(100)]))
    assert column.levels[2] == 0
    assert column.levels[1] == 1
    assert column.levels[0] == column.levels.max()


def test_rare_values_are_counted_together_and_that_is_said():
    column = read_column(
        pd.Series(["common"] * 100 + ["usual"] * 50 + [f"rare {i}" for i in range(10) for _ in range(3)])
    )
    assert sorted(np.bincount(column.cells).tolist()) == [30, 50, 100]
    assert column.levels.max() == 11
    assert "10 rare values of 12 are counted together" in column.because


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["f", "m", "f", "m"], [1, 0, 1, 0], True),
        ([160.0, 170.5, 181.0, 175.0], [63.0, 67.1, 71.3, 68.9], True),  # the same heights in inches
        ([1, 2, 3, 4], [-1, -2, -3, -4], True),
        ([1, 2, 3, 4], [1, 3, 2, 4], False),
        (["f", "m", "f", None], ["f", "m", "f", "m"], False),
    ],
)
def test_columns_that_say_the_same_in_other_words(one, other, same):
    assert (read_column(pd.Series(one)).content == read_column(pd.Series(other)).content) is same
