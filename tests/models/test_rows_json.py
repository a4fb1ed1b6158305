"""Rows as JSON, and back: nothing is lost, nothing is made up."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fairwitness as fw
from fairwitness.audit.models.rows_json import canonical, json_rows


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (["Ann", "", "é\u2028\0"], ["Ann", "", "é\u2028\0"]),
        ([1, -1, 2**62], [1, -1, 2**62]),
        (pd.array([1, None], "Int64"), [1, None]),
        (pd.array([255, 0], "uint8"), [255, 0]),
        ([2**70, 1], [2**70, 1]),
        ([0.1 + 0.2, -0.0, 5e-324], [0.30000000000000004, -0.0, 5e-324]),
        ([1.0, None], [1.0, None]),  # pandas has no whole numbers beside a missing one
        (np.array([0.1], "float32"), [0.10000000149011612]),  # the double nearest to 0.1 in single precision
        ([True, False], [True, False]),
        (pd.array([True, None], "boolean"), [True, None]),
        ([np.bool_(True), np.int8(3), np.float64(0.5), np.str_("x"), None], [True, 3, 0.5, "x", None]),
        ([None, float("nan"), pd.NA, pd.NaT], [None] * 4),
        (pd.Series(["a", "b", None], dtype="category"), ["a", "b", None]),
        (pd.to_datetime(["2024-02-29", None]), ["2024-02-29T00:00:00", None]),
        (pd.to_datetime(["2024-02-29T23:59:59.5+02:00"]), ["2024-02-29T23:59:59.500000+02:00"]),
        ([dt.date(2024, 2, 29), dt.time(9, 30)], ["2024-02-29", "09:30:00"]),
        ([np.datetime64("2024-02-29"), np.datetime64("NaT")], ["2024-02-29T00:00:00", None]),
        ([Decimal(12345678901234567890), Decimal("0.1"), Decimal("NaN")], [12345678901234567890, 0.1, None]),
    ],
)
def test_each_kind_of_value(values, written):
    made = list(json_rows(pd.DataFrame({"x": pd.Series(values)})))
    assert made == [{"x": value} for value in written]
    assert [type(row["x"]) for row in made] == [type(value) for value in written]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"x": [float("inf")]}, "'x' holds an infinite number"),
        ({"x": [Decimal("-Infinity")]}, "'x' holds an infinite number"),
        ({"x": [[1, 2]]}, "'x' holds a list"),
        ({"x": [{"a": 1}]}, "'x' holds a dict"),
        ({"x": [b"a"]}, "'x' holds a bytes"),
        ({"x": [pd.Timedelta(1)]}, "'x' holds a Timedelta"),
        ({"x": [1j]}, "'x' holds a complex"),
        ({"x": [object()]}, "'x' holds a object"),
        ({7: [1]}, "'7' has a name that is no text"),
    ],
)
def test_what_json_has_no_word_for(column, said):
    with pytest.raises(fw.FairwitnessError) as caught:
        list(json_rows(pd.DataFrame(column)))
    assert said in str(caught.value)


def test_two_columns_of_one_name():
    with pytest.raises(fw.FairwitnessError, match="two columns 'x'"):
        list(json_rows(pd.DataFrame([[1, 2]], columns=["x", "x"])))


def test_no_columns_and_no_rows():
    assert list(json_rows(pd.DataFrame(index=range(2)))) == [{}, {}]
    assert list(json_rows(pd.DataFrame({"x": []}))) == []


@given(
    st.dictionaries(
        st.text(st.characters(), max_size=5),
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        max_size=5,
    )
)
def test_a_rows_one_text_says_all_of_it_whatever_the_order(row):
    text = canonical(row)
    back = json.loads(text)
    assert back == row
    assert {name: type(value) for name, value in back.items()} == {name: type(value) for name, value in row.items()}
    assert canonical(dict(reversed(row.items()))) == text
