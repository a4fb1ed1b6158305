"""The types of a column's parts are those of the whole: pandas itself, given all rows at once, is the measure."""

from __future__ import annotations

import io

import pandas as pd
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import csv

from fairwitness.audit.loaders.pandas_types import pandas_types

WORDS = st.sampled_from(["1", "-30", "007", "2.5", "1e3", "True", "FALSE", "NA", "None", "x", "x,y", 'a "b"', "", None])
# Columns of one kind mostly, so that what a single odd cell does to them is seen.
KINDS = [
    ["1", "22", "-3"],
    ["1", "2.5"],
    ["True", "False"],
    ["1", None],
    ["True", None],
    [None],
    ["x", "7"],
    ["x", None],
]
COLUMNS = st.sampled_from(KINDS).flatmap(lambda kind: st.lists(st.sampled_from(kind), min_size=6, max_size=6))


def read_by_pandas(columns):
    written = io.BytesIO()
    csv.write_csv(columns, written)
    written.seek(0)
    return pd.read_csv(written, skip_blank_lines=False, low_memory=False)


@settings(max_examples=300, deadline=None)
@given(first=COLUMNS, odd=WORDS, place=st.integers(0, 5), cut=st.integers(1, 5))
@example(first=["1"] * 6, odd=None, place=5, cut=3)
@example(first=["True"] * 6, odd=None, place=0, cut=5)
@example(first=["True"] * 6, odd="1", place=5, cut=3)
@example(first=[None] * 6, odd="x", place=5, cut=3)
def test_texts_become_what_pandas_reads_in_all_of_them(first, odd, place, cut):
    cells = [odd if i == place else cell for i, cell in enumerate(first)]
    table = pa.table({"cells": pa.array(cells, pa.string()), "other": ["a"] * 6})
    parts = [table.slice(0, cut), table.slice(cut)]
    types = pandas_types(parts, text=True)
    made = pd.concat([types.frame(part) for part in parts], ignore_index=True)
    expected = read_by_pandas(table)
    pd.testing.assert_frame_equal(made, expected)
    assert types.rows == 6


@settings(max_examples=200, deadline=None)
@given(
    values=st.one_of(
        *(
            st.lists(st.one_of(st.none(), kind), min_size=6, max_size=6)
            for kind in (st.integers(-5, 5), st.booleans(), st.floats(allow_nan=False), st.sampled_from(["a", "b"]))
        )
    ),
    cut=st.integers(1, 5),
    encoded=st.booleans(),
)
def test_columns_with_types_become_what_pyarrow_makes_of_the_whole(values, cut, encoded):
    column = pa.array(values)
    if encoded and not pa.types.is_null(column.type):
        column = column.dictionary_encode()
    table = pa.table({"cells": column})
    parts = [table.slice(0, cut), table.slice(cut)]
    types = pandas_types(parts, text=False)
    made = pd.concat([types.frame(part) for part in parts], ignore_index=True)
    pd.testing.assert_frame_equal(made, table.to_pandas())


def test_categories_of_all_parts_are_there_in_every_part():
    first, second = (pa.table({"degree": pa.array(words).dictionary_encode()}) for words in (["BA"], ["MA", "BA"]))
    types = pandas_types([first, second], text=False)
    assert [list(types.frame(part)["degree"].cat.categories) for part in (first, second)] == [["BA", "MA"]] * 2
    assert types.frame(second)["degree"].tolist() == ["MA", "BA"]


def test_a_comma_as_the_decimal_sign():
    table = pa.table({"points": ["1,5", "2"]})
    assert pandas_types([table], text=True, decimal=",").frame(table)["points"].tolist() == [1.5, 2.0]
    assert pandas_types([table], text=True).frame(table)["points"].tolist() == ["1,5", "2"]
